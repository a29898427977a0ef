"""What learners keep at the end of a program, and how they want to go on."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import Closing, Membership, Participant, PlatformUser, Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.lists import AnySelect
from lti_mentoring.vocabulary import ClosingDecision, ParticipantState


@dataclass(frozen=True)
class Words:
    """A mentee's closing words, for the mentee's own page; ``version`` is 0 before there are."""

    takeaway: str = ""
    decision: ClosingDecision | None = None
    version: int = 0
    is_shown_to_staff: bool = False


@dataclass(frozen=True)
class Decided:
    """How one learner wants to go on."""

    name: str
    decision: ClosingDecision


def words_of(db: Session, mentee_id: int) -> Words:
    """What the mentee has written for themselves."""
    row = db.execute(
        select(
            Closing.takeaway, Closing.decision, Closing.version, Closing.is_shown_to_staff
        ).where(Closing.participant_id == mentee_id)
    ).first()
    return Words(*row) if row else Words()


def closing_for(db: Session, actor: Actor) -> Closing:
    """The actor's own closing words.

    Raises:
        NotFound: if there are none yet.
    """
    found = db.get(Closing, actor.mentee_id) if actor.mentee_id else None
    if found is None:
        raise NotFound("closing", actor.mentee_id or 0)
    return found


def decisions(db: Session, actor: Actor) -> list[Decided]:
    """How the learners of the actor's program want to go on, by name; never what they wrote."""
    rows = db.execute(
        _decided(actor, PlatformUser, Closing.decision)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .order_by(PlatformUser.name, Participant.id)
    )
    return [Decided(user.display_name, decision) for user, decision in rows]


def decision_counts(db: Session, actor: Actor) -> dict[ClosingDecision, int]:
    """How many learners have decided what; nothing before the first has."""
    counted = _decided(actor, Closing.decision, func.count()).group_by(Closing.decision)
    return dict(db.execute(counted).all())


def _decided(actor: Actor, *columns: Any) -> AnySelect:
    return (
        select(*columns)
        .select_from(Closing)
        .join(Participant, Participant.id == Closing.participant_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(Program, Program.id == Participant.program_id)
        .where(
            Closing.decision.is_not(None),
            Participant.state == ParticipantState.ACTIVE,
            Membership.is_test_user.is_(False),
            Participant.program_id == actor.program_id,
            Program.course_id == actor.course_id,
        )
    )
