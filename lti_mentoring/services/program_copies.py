"""Starting a program from the design of another: settings and texts, never people."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict
from lti_mentoring.models import Agreement, EngagementRubric, Program, Topic
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.program import coordinates
from lti_mentoring.services import activity, programs, rubrics
from lti_mentoring.vocabulary import Verb

DESIGN = (
    "preset",
    "title",
    "purpose",
    "objectives",
    "audience",
    "time_zone",
    "cadence",
    "session_target",
    "session_length_minutes",
    "mentor_source",
    "pairing_method",
    "pairing_groups",
    "answer_days",
    "trial_days",
    "trial_sessions",
    "posts_engagement",
    "posts_completion",
    "mentors_see_engagement",
)
"""What of a program travels as it is."""

ANEW = (
    "id",
    "course_id",
    "state",
    "audience_groups",  # the groups of another course are others
    "starts_on",
    "ends_on",
    "setup_step",
    "created_at",
    "version",
)
"""What every program has of its own."""


def copy_design(db: Session, actor: Actor, origin: Program) -> Program:
    """A draft for the actor's course that is designed like ``origin`` and begins today.

    Topics, the newest agreement and the newest rubric come along. People, pairs, what they have
    written, scores and breaks do not.

    Args:
        db: the session.
        actor: a coordinator of a course without a program.
        origin: as ``queries/course_copies.py`` finds it.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Conflict: if the course has a program that is not over.
    """
    require(coordinates(actor), "set up a program")
    if actor.course_id is None or actor.program_state not in {None, *programs.OVER}:
        raise Conflict("the course has a program already")
    today = clock.now().astimezone(ZoneInfo(origin.time_zone)).date()
    program = Program(
        course_id=actor.course_id,
        starts_on=today,
        ends_on=today + max(origin.ends_on - origin.starts_on, timedelta(days=1)),
        setup_step=len(programs.STEPS),
        created_at=clock.now(),
        **{name: getattr(origin, name) for name in DESIGN},
    )
    db.add(program)
    db.flush()
    _copy_texts(db, origin, program)
    activity.record(db, actor, Verb.PROGRAM_CREATED, "program", program.id, "copy")
    return program


def _copy_texts(db: Session, origin: Program, program: Program) -> None:
    now = clock.now()
    for topic in db.scalars(select(Topic).where(Topic.program_id == origin.id)):
        db.add(Topic(program_id=program.id, name=topic.name, position=topic.position))
    text = programs.newest_agreement(db, origin).body
    db.add(Agreement(program_id=program.id, version_number=1, body=text, created_at=now))
    rubric = rubrics.newest_rubric(db, origin)
    db.add(
        EngagementRubric(
            program_id=program.id,
            version_number=1,
            weights=dict(rubric.weights),
            targets=dict(rubric.targets),
            gates=list(rubric.gates),
            created_at=now,
        )
    )
    db.flush()
