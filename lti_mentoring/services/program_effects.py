"""What a program's steps do to its pairs and to everything that waits in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.models import (
    MentoringSession,
    MentorRequest,
    Pairing,
    Participant,
    Program,
    ProgramBreak,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.pairings import live_pairing_of_mentee
from lti_mentoring.rules.breaks import Break, rested_days
from lti_mentoring.services import departures, pairings, request_travel
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    EndReason,
    PairingState,
    RequestState,
    SessionState,
)


def breaks_of(db: Session, program_ids: Sequence[int]) -> dict[int, list[Break]]:
    """The breaks of these programs; every program has its list."""
    found = select(ProgramBreak).where(ProgramBreak.program_id.in_(program_ids))
    breaks: dict[int, list[Break]] = {program_id: [] for program_id in program_ids}
    for one in db.scalars(found):
        breaks[one.program_id].append((one.starts_on, one.ends_on))
    return breaks


def rested(program: Program, breaks: Sequence[Break], since: datetime, now: datetime) -> timedelta:
    """For how many days since that moment the program's clocks stood still."""
    zone = ZoneInfo(program.time_zone)
    days = rested_days(breaks, since.astimezone(zone).date(), now.astimezone(zone).date())
    return timedelta(days=days)


def move_deadlines(db: Session, program: Program, pause: ProgramBreak) -> None:
    """The break is over: whatever was waiting when it began has as many days more.

    Pairs without signatures and answers about sessions need nothing here: their timers count
    the days of breaks themselves.
    """
    now = clock.now()
    over: list[Break] = [(pause.starts_on, pause.ends_on)]
    for request in _requests(db, program.id, RequestState.SENT):
        if request.expires_at is not None and request.sent_at is not None:
            request.expires_at += rested(program, over, request.sent_at, now)
    for pairing in _pairings(db, program.id, PairingState.TRIAL):
        if pairing.trial_ends_at is not None:
            begun = pairing.started_at or pairing.created_at
            pairing.trial_ends_at += rested(program, over, begun, now)
    for session in _proposals(db, program.id):  # created_at is what its life counts from
        session.created_at += rested(program, over, session.created_at, now)
    db.flush()


def end_all(db: Session, actor: Actor, program: Program) -> None:
    """The program is over: every pair ends regularly, and nobody waits for an answer any more."""
    for request in _requests(db, program.id, *request_travel.OPEN):
        request_travel.move(db, actor, request, RequestState.RELEASED)
    for pairing in _pairings(db, program.id, *LIVE_PAIRING):
        pairings.end(db, actor, pairing, EndReason.PROGRAM_END)


def take_up_pairs(db: Session, actor: Actor, program: Program) -> None:
    """The program is open again: the pairs that it had ended are where they were."""
    for pairing in _pairings(db, program.id, PairingState.CLOSED):
        ended_with_it = pairing.end_reason is EndReason.PROGRAM_END
        if ended_with_it and live_pairing_of_mentee(db, pairing.mentee_id) is None:
            before = departures.state_before(db, pairing)
            here = departures.both_are_here(db, pairing)
            pairings.take_up(db, actor, pairing, before if here else PairingState.INTERRUPTED)


def held_until(db: Session, pairing: Pairing) -> datetime:
    """Until when a pairing that waits for signatures keeps the mentor's seat; one query."""
    if pairing.state is not PairingState.PROPOSED:
        return pairing.created_at + pairings.SEAT_HELD
    program = db.get_one(Program, pairing.program_id)
    breaks = breaks_of(db, [program.id])[program.id]
    waited = rested(program, breaks, pairing.created_at, clock.now())
    return pairing.created_at + pairings.SEAT_HELD + waited


def _pairings(db: Session, program_id: int, *states: PairingState) -> Sequence[Pairing]:
    found = select(Pairing).where(Pairing.program_id == program_id, Pairing.state.in_(states))
    return db.scalars(found.order_by(Pairing.id).with_for_update()).all()


def _requests(db: Session, program_id: int, *states: RequestState) -> Sequence[MentorRequest]:
    return db.scalars(
        select(MentorRequest)
        .join(MentorRequest.mentee)
        .where(Participant.program_id == program_id, MentorRequest.state.in_(states))
        .order_by(MentorRequest.id)
        .with_for_update(of=MentorRequest)
    ).all()


def _proposals(db: Session, program_id: int) -> Sequence[MentoringSession]:
    return db.scalars(
        select(MentoringSession)
        .join(MentoringSession.pairing)
        .where(Pairing.program_id == program_id, MentoringSession.state == SessionState.PROPOSED)
        .order_by(MentoringSession.id)
        .with_for_update(of=MentoringSession)
    ).all()
