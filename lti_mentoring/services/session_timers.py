"""What happens to sessions by the clock alone."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from lti_mentoring.models import AttendanceReport, MentoringSession, Pairing
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.attendance import PATIENCE, PROPOSAL_LIFE
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity, attendances
from lti_mentoring.services.sessions import ends_at
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
    due = _in_state(db, SessionState.PROPOSED, silent)
    for session in due:
        _move(db, session, SessionState.LAPSED)
        session.settled_at = now
    return len(due)


def _ask(db: Session, now: datetime) -> int:
    """Sessions whose time is over: both are asked whether it took place."""
    due = [
        session
        for session in _in_state(
            db, SessionState.SCHEDULED, MentoringSession.starts_at <= now - SHORTEST
        )
        if ends_at(session) <= now
    ]
    for session in due:
        _move(db, session, SessionState.TO_CONFIRM)
    return len(due)


def _settle(db: Session, now: datetime) -> int:
    """One side answered a week ago and the other did not object."""
    answered = and_(
        MentoringSession.starts_at <= now - PATIENCE - SHORTEST,
        MentoringSession.id.in_(select(AttendanceReport.mentoring_session_id)),
    )
    due = [
        session
        for session in _in_state(db, SessionState.TO_CONFIRM, answered)
        if ends_at(session) + PATIENCE <= now
    ]
    return sum(attendances.settle(db, _system(session), session, now) for session in due)


def _in_state(
    db: Session, state: SessionState, condition: ColumnElement[bool]
) -> list[MentoringSession]:
    found = (
        select(MentoringSession)
        .where(MentoringSession.state == state, condition)
        .options(joinedload(MentoringSession.pairing).joinedload(Pairing.program))
        .order_by(MentoringSession.starts_at)
        .limit(BATCH)
    )
    return list(db.scalars(found))


def _move(db: Session, session: MentoringSession, wanted: SessionState) -> None:
    session.state = next_state(session.state, wanted)
    activity.record(db, _system(session), Verb.SESSION_MOVED, "session", session.id, wanted)


def _system(session: MentoringSession) -> Actor:
    return Actor.system("the session clock", session.pairing.program.course_id)
