"""What a program's staff have let off for a learner."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Exemption,
    LineItem,
    Participant,
    PlatformUser,
    Program,
    ScorePublication,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import LineItemKind


def exemptions(db: Session, participant_id: int) -> Sequence[Exemption]:
    """What does not count for the learner, and what was taken back, the newest first."""
    found = select(Exemption).where(Exemption.participant_id == participant_id)
    return db.scalars(found.order_by(Exemption.id.desc())).all()


def decided_by(db: Session, actor: Actor, participant_id: int) -> str | None:
    """Whose decision the learner's newest score is; null if it only follows from facts."""
    scorer = db.scalar(
        select(PlatformUser)
        .join(ScorePublication, ScorePublication.scored_by_id == PlatformUser.id)
        .join(LineItem, LineItem.id == ScorePublication.line_item_id)
        .join(Program, Program.id == LineItem.program_id)
        .where(
            ScorePublication.participant_id == participant_id,
            LineItem.kind == LineItemKind.ENGAGEMENT,
            Program.id == actor.program_id,
            Program.course_id == actor.course_id,
        )
    )
    return scorer.display_name if scorer else None


def exemption_for(db: Session, actor: Actor, exemption_id: int) -> Exemption:
    """The exemption, if it is in the actor's program.

    Raises:
        NotFound: if it is not, or does not exist; the caller cannot tell which.
    """
    found = db.scalar(
        select(Exemption)
        .join(Participant, Participant.id == Exemption.participant_id)
        .join(Program, Program.id == Participant.program_id)
        .where(
            Exemption.id == exemption_id,
            Program.id == actor.program_id,
            Program.course_id == actor.course_id,
        )
    )
    if found is None:
        raise NotFound("exemption", exemption_id)
    return found
