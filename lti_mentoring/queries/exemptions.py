"""What a program's staff have let off for a learner."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import Exemption, Participant, Program
from lti_mentoring.policies.actor import Actor


def exemptions(db: Session, participant_id: int) -> Sequence[Exemption]:
    """What does not count for the learner, and what was taken back, the newest first."""
    found = select(Exemption).where(Exemption.participant_id == participant_id)
    return db.scalars(found.order_by(Exemption.id.desc())).all()


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
