"""How a learner's search for a mentor went, in days: what the share of a program follows from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    Activity,
    AgreementSignature,
    Intake,
    MentorRequest,
    Pairing,
    Participant,
)
from lti_mentoring.rules.opportunity import Tie, Window
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    EndReason,
    PairingState,
    RequestState,
    Verb,
)

STANDSTILL = frozenset(
    {PairingState.PAUSED.value, PairingState.INTERRUPTED.value, PairingState.SUSPENDED.value}
)
OVER = frozenset(state.value for state in PairingState if state not in LIVE_PAIRING)
FINISHED = frozenset({EndReason.GOALS_REACHED, EndReason.PROGRAM_END})
OPEN_REQUEST = frozenset({RequestState.DRAFTED, RequestState.SENT})
ANSWERED = tuple(state.value for state in RequestState if state not in OPEN_REQUEST)


@dataclass(frozen=True)
class Lived:
    """A learner's pairings in their order, and the days on which one of them stood still."""

    ties: list[Tie]
    standstills: list[Window]


@dataclass(frozen=True)
class _Move:
    """A step of a pairing in the record: to which state, when, and by whom."""

    pairing_id: int | None
    state: str
    at: datetime
    by: int | None


def ready_on(db: Session, participant_id: int, zone: ZoneInfo) -> date | None:
    """The day on which the three steps were done; null while they are not."""
    moment = db.scalar(select(Intake.submitted_at).where(Intake.participant_id == participant_id))
    return _day(moment, zone)


def requests_of(db: Session, participant_id: int, zone: ZoneInfo) -> list[Window]:
    """The days on which each request of the learner was open, by the record of its moves."""
    closed_at = (
        select(func.min(Activity.at))
        .where(
            Activity.noun == "mentor_request",
            Activity.noun_id == MentorRequest.id,
            Activity.verb == Verb.REQUEST_MOVED,
            Activity.detail.in_(ANSWERED),
        )
        .scalar_subquery()
    )
    rows = db.execute(
        select(MentorRequest.state, MentorRequest.created_at, closed_at.label("closed_at")).where(
            MentorRequest.mentee_id == participant_id
        )
    )
    return [
        Window(_on(row.created_at, zone), _day(row.closed_at, zone))
        for row in rows
        if row.state in OPEN_REQUEST or row.closed_at is not None
    ]


def pairings_of(db: Session, learner: Participant, zone: ZoneInfo) -> Lived:
    """The learner's pairings, with who ended them, by the record of their moves."""
    signed_at = (
        select(func.min(AgreementSignature.signed_at))
        .where(
            AgreementSignature.pairing_id == Pairing.id,
            AgreementSignature.participant_id == learner.id,
        )
        .scalar_subquery()
    )
    rows = db.execute(
        select(
            Pairing.id,
            Pairing.state,
            Pairing.created_at,
            Pairing.started_at,
            Pairing.ended_at,
            Pairing.end_reason,
            signed_at.label("signed_at"),
        )
        .where(Pairing.mentee_id == learner.id)
        .order_by(Pairing.created_at, Pairing.id)
    ).all()
    moves = _moves(db, [row.id for row in rows])
    enders = {move.pairing_id: move.by for move in moves if move.state in OVER}
    ties = [
        Tie(
            made_on=_on(row.created_at, zone),
            signed_on=_day(row.signed_at, zone),
            started_on=_day(row.started_at, zone),
            ended_on=_day(row.ended_at, zone),
            learner_ended=(
                enders.get(row.id) == learner.membership_id
                and row.end_reason is not EndReason.LEFT_COURSE  # the mentor was gone already
            )
            or (row.state is PairingState.EXPIRED and row.signed_at is None),
            is_finished=row.end_reason in FINISHED,
        )
        for row in rows
    ]
    return Lived(ties, _standstills(moves, zone))


def _moves(db: Session, pairing_ids: Sequence[int]) -> list[_Move]:
    if not pairing_ids:
        return []
    rows = db.execute(
        select(Activity.noun_id, Activity.detail, Activity.at, Activity.membership_id)
        .where(
            Activity.verb == Verb.PAIRING_MOVED,
            Activity.noun == "pairing",
            Activity.noun_id.in_(pairing_ids),
        )
        .order_by(Activity.noun_id, Activity.id)
    )
    return [_Move(noun_id, detail, at, by) for noun_id, detail, at, by in rows]


def _standstills(moves: Sequence[_Move], zone: ZoneInfo) -> list[Window]:
    """Days on which a pairing was paused, interrupted or suspended."""
    found = []
    for now, following in zip_longest(moves, moves[1:]):
        if now.state in STANDSTILL:
            is_over = following is not None and following.pairing_id == now.pairing_id
            found.append(Window(_on(now.at, zone), _on(following.at, zone) if is_over else None))
    return found


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else _on(moment, zone)


def _on(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
