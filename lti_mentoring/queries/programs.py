"""A program as its coordinator designs it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, String, cast, func, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Activity,
    Agreement,
    Course,
    EngagementRubric,
    Participant,
    Program,
    Topic,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.gradebook import access_of
from lti_mentoring.vocabulary import GradebookAccess, Verb

_Text = aliased(Agreement)
_Rubric = aliased(EngagementRubric)


@dataclass(frozen=True)
class Design:
    """A program with the newest versions of what belongs to it, and what its gradebook allows."""

    program: Program
    agreement: Agreement
    rubric: EngagementRubric
    access: GradebookAccess


def current_program(db: Session, actor: Actor) -> Program:
    """The program of the actor's course.

    Raises:
        NotFound: if there is none.
    """
    found = db.scalar(
        select(Program).where(Program.id == actor.program_id, Program.course_id == actor.course_id)
    )
    if found is None:
        raise NotFound("program", actor.program_id)
    return found


def design_of(db: Session, actor: Actor) -> Design:
    """The program of the actor's course with its newest agreement and rubric, in one query.

    Raises:
        NotFound: if there is none.
    """
    newest_text = (
        select(func.max(_Text.version_number))
        .where(_Text.program_id == Program.id)
        .correlate(Program)
        .scalar_subquery()
    )
    newest_rubric = (
        select(func.max(_Rubric.version_number))
        .where(_Rubric.program_id == Program.id)
        .correlate(Program)
        .scalar_subquery()
    )
    found = db.execute(
        select(Program, Agreement, EngagementRubric, Course.ags_scopes)
        .join(Course, Course.id == Program.course_id)
        .join(Agreement, Agreement.program_id == Program.id)
        .join(EngagementRubric, EngagementRubric.program_id == Program.id)
        .where(
            Program.id == actor.program_id,
            Program.course_id == actor.course_id,
            Agreement.version_number == newest_text,
            EngagementRubric.version_number == newest_rubric,
        )
    ).first()
    if found is None:
        raise NotFound("program", actor.program_id)
    program, agreement, rubric, scopes = found
    return Design(program, agreement, rubric, access_of(scopes.split()))


def topic_names(db: Session, program_id: int) -> list[str]:
    """The program's topics in their order."""
    found = select(Topic.name).where(Topic.program_id == program_id)
    return list(db.scalars(found.order_by(Topic.position, Topic.name)))


def has_people(db: Session, program_id: int) -> bool:
    """Whether anybody takes part in the program."""
    anybody = select(Participant.id).where(Participant.program_id == program_id).limit(1)
    return db.scalar(anybody) is not None


def in_state_since() -> ScalarSelect[datetime]:
    """When a program of the query around it came into its state; null if nobody moved it there."""
    return (
        select(func.max(Activity.at))
        .where(
            Activity.noun == "program",
            Activity.noun_id == Program.id,
            Activity.verb == Verb.PROGRAM_MOVED,
            Activity.detail == cast(Program.state, String),
        )
        .correlate(Program)
        .scalar_subquery()
    )
