"""How a delivery ended, written down; what it says about an older value moves no newer one."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from lti_mentoring.advantage.scores import Delivered, Outcome, Overridden, Refused, TryLater
from lti_mentoring.core import clock, leases
from lti_mentoring.core.bell import ring_soon
from lti_mentoring.grading.outbox import BELL
from lti_mentoring.grading.parcels import Parcel
from lti_mentoring.models import ScorePublication
from lti_mentoring.vocabulary import PublicationState

# Made once, since making a statement takes longer than running it; each score runs one.
_ARRIVED = (
    update(ScorePublication)
    .where(
        ScorePublication.id == bindparam("its_id"),
        ScorePublication.revision == bindparam("its_revision"),
        ScorePublication.state == PublicationState.SENDING,
        ScorePublication.lease_until == bindparam("its_lease"),
    )
    .values(
        state=PublicationState.SENT,
        lease_until=None,
        attempts=0,
        error=None,
        sent_at=bindparam("now"),
        sent_score=bindparam("score"),
        sent_maximum=bindparam("maximum"),
        unsettled="",
        sent_scored_at=bindparam("at"),
    )
)


def settle(db: Session, parcel: Parcel, outcome: Outcome) -> None:
    """Write down how a delivery ended. What it says about an older revision moves no newer one."""
    if isinstance(outcome, Delivered) and _settle_at_once(db, parcel):
        return
    row = db.get(ScorePublication, parcel.publication_id, with_for_update=True)
    if row is None:
        return
    ours = row.lease_until == parcel.lease_until
    if isinstance(outcome, Delivered) and _is_newest(row, parcel):
        row.sent_at = clock.now()
        row.sent_score, row.sent_maximum = parcel.score.given, parcel.score.maximum
        row.sent_scored_at = parcel.score.scored_at
    if ours:
        row.lease_until = None
    if row.revision != parcel.revision or row.state is not PublicationState.SENDING:
        return
    if isinstance(outcome, Delivered):
        row.state, row.error, row.attempts, row.unsettled = PublicationState.SENT, None, 0, ""
    elif ours:
        _put_back(db, row, outcome)


def _settle_at_once(db: Session, parcel: Parcel) -> bool:
    """The usual end in one statement: it has arrived, and nothing newer is wanted."""
    facts = {
        "its_id": parcel.publication_id,
        "its_revision": parcel.revision,
        "its_lease": parcel.lease_until,
        "now": clock.now(),
        "score": parcel.score.given,
        "maximum": parcel.score.maximum,
        "at": parcel.score.scored_at,
    }
    return db.connection().execute(_ARRIVED, facts).rowcount == 1


def _is_newest(row: ScorePublication, parcel: Parcel) -> bool:
    return row.sent_scored_at is None or row.sent_scored_at <= parcel.score.scored_at


def _put_back(db: Session, row: ScorePublication, outcome: Refused | TryLater | Overridden) -> None:
    if isinstance(outcome, Overridden):
        row.state, row.error, row.attempts = PublicationState.OVERRIDDEN, None, 0
        row.lms_score, row.lms_maximum = map(_in_points, outcome.shown)
        row.resumed_at = None
        return
    row.error = outcome.reason
    if isinstance(outcome, Refused):
        row.state = PublicationState.BLOCKED
        return
    wait = leases.wait_seconds(row.attempts, outcome.seconds)
    row.state = PublicationState.PENDING
    row.next_at = clock.now() + timedelta(seconds=wait)
    ring_soon(db, BELL, wait)


def _in_points(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.0001"))
