"""What happens to sessions by the clock alone, while their program does not rest."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from lti_mentoring.models import AttendanceReport, MentoringSession, Pairing, Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.program import LIVE
from lti_mentoring.rules.attendance import PATIENCE, PROPOSAL_LIFE, patience_from
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity, attendances
from lti_mentoring.services.program_effects import breaks_of, rested
from lti_mentoring.services.row_by_row import each
from lti_mentoring.services.sessions import ends_at, let_move_fail
from lti_mentoring.vocabulary import SessionState, Verb

BATCH = 200
SHORTEST = timedelta(minutes=5)


def run_due(db: Session, now: datetime) -> int:
    """Lapse old proposals, ask about sessions that are over, let single answers count; how many."""
    return _lapse(db, now) + _ask(db, now) + _settle(db, now)


def _lapse(db: Session, now: datetime) -> int:
    """Proposals that nobody answered: after 72 hours, or at their own start."""
    silent = or_(
        MentoringSession.created_at <= now - PROPOSAL_LIFE, MentoringSession.starts_at <= now
    )

    def lapse(session: MentoringSession) -> int:
        _move(db, session, SessionState.LAPSED)
        session.settled_at = now
        let_move_fail(db, _system(session), session)
        return 1

    return _each(db, _in_state(db, SessionState.PROPOSED, silent), lapse)


def _ask(db: Session, now: datetime) -> int:
    """Sessions whose time is over: both are asked whether it took place."""
    begun = _in_state(db, SessionState.SCHEDULED, MentoringSession.starts_at <= now - SHORTEST)

    def ask(session: MentoringSession) -> int:
        _move(db, session, SessionState.TO_CONFIRM)
        return 1

    return _each(db, [session for session in begun if ends_at(session) <= now], ask)


def _settle(db: Session, now: datetime) -> int:
    """One side answered a week ago and the other did not object; days of breaks do not count."""
    answered = _answered(db, now)
    breaks = breaks_of(db, [session.pairing.program_id for session, _at in answered])

    def is_due(session: MentoringSession, answered_at: datetime) -> bool:
        since = patience_from(ends_at(session), answered_at)
        program = session.pairing.program
        return since + PATIENCE + rested(program, breaks[program.id], since, now) <= now

    def settle(row: tuple[MentoringSession, datetime]) -> int:
        session, answered_at = row
        is_settled = is_due(session, answered_at) and attendances.settle(
            db, _system(session), session, now
        )
        return int(is_settled)

    return each(db, "session", [(row[0].id, row) for row in answered], settle)


def _answered(db: Session, now: datetime) -> list[tuple[MentoringSession, datetime]]:
    """Sessions to confirm that were answered a week ago, with the newest answer's time."""
    newest = (
        select(
            AttendanceReport.mentoring_session_id.label("session_id"),
            func.max(AttendanceReport.reported_at).label("at"),
        )
        .group_by(AttendanceReport.mentoring_session_id)
        .subquery()
    )
    found = (
        _sessions(SessionState.TO_CONFIRM)
        .add_columns(newest.c.at)
        .join(newest, newest.c.session_id == MentoringSession.id)
        .where(newest.c.at <= now - PATIENCE)
        .where(MentoringSession.starts_at <= now - PATIENCE - SHORTEST)
    )
    return [(session, at) for session, at in db.execute(found)]


def _each(
    db: Session, due: Iterable[MentoringSession], act: Callable[[MentoringSession], int]
) -> int:
    return each(db, "session", [(session.id, session) for session in due], act)


def _in_state(
    db: Session, state: SessionState, condition: ColumnElement[bool]
) -> list[MentoringSession]:
    return list(db.scalars(_sessions(state).where(condition).limit(BATCH)))


def _sessions(state: SessionState) -> Select[MentoringSession]:
    return (
        select(MentoringSession)
        .join(MentoringSession.pairing)
        .join(Pairing.program)
        .where(MentoringSession.state == state, Program.state.in_(LIVE))
        .options(contains_eager(MentoringSession.pairing).contains_eager(Pairing.program))
        .order_by(MentoringSession.starts_at, MentoringSession.id)
    )


def _move(db: Session, session: MentoringSession, wanted: SessionState) -> None:
    session.state = next_state(session.state, wanted)
    activity.record(db, _system(session), Verb.SESSION_MOVED, "session", session.id, wanted)


def _system(session: MentoringSession) -> Actor:
    return Actor.system("the session clock", session.pairing.program.course_id)
