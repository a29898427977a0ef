"""What does not count for one learner: a pause, other work, an accessibility adjustment."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict
from lti_mentoring.grading import recompute
from lti_mentoring.models import Exemption, Participant
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.program import coordinates
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import Component, ExemptionReason, Verb


@dataclass(frozen=True)
class Allowance:
    """What is let off: days (``components`` empty), or components from the start on.

    ``private_note`` is for coordinators and never leaves the tool.
    """

    components: tuple[Component, ...]
    starts_on: date | None
    ends_on: date | None
    reason: ExemptionReason
    private_note: str


def grant(db: Session, actor: Actor, learner: Participant, allowance: Allowance) -> None:
    """The allowance holds for ``learner``, and the score follows.

    Raises:
        NotAllowed: if the actor does not coordinate.
    """
    require(coordinates(actor), "change what counts for a learner")
    for component in allowance.components or (None,):
        db.add(
            Exemption(
                participant_id=learner.id,
                component=component,
                starts_on=allowance.starts_on,
                ends_on=allowance.ends_on,
                reason=allowance.reason,
                private_note=allowance.private_note,
                created_at=clock.now(),
            )
        )
    _follow(db, actor, learner.id)


def take_back(db: Session, actor: Actor, exemption: Exemption) -> None:
    """The exemption holds no longer, and the score follows.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Conflict: if it was taken back already.
    """
    require(coordinates(actor), "change what counts for a learner")
    if exemption.ended_at is not None:
        raise Conflict("this was taken back already")
    exemption.ended_at = clock.now()
    _follow(db, actor, exemption.participant_id)


def _follow(db: Session, actor: Actor, participant_id: int) -> None:
    db.flush()
    activity.record(db, actor, Verb.EXEMPTION_CHANGED, "participant", participant_id)
    recompute.participant(db, participant_id, scored_by_id=actor.user_id)
