"""Whether a session took place: each side says so, and the two answers settle it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict
from lti_mentoring.models import AttendanceReport, MentoringSession
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.mentoring_session import may_report, may_settle
from lti_mentoring.rules import attendance
from lti_mentoring.rules.transitions import may_become, next_state
from lti_mentoring.services import activity, pairings
from lti_mentoring.services.session_credits import count_reflection, count_sessions
from lti_mentoring.services.sessions import ends_at, side_of
from lti_mentoring.vocabulary import AttendanceAnswer, PairingState, SessionState, Verb

HAPPENED = frozenset(attendance.STATE_OF.values())
REPORTABLE = HAPPENED | {SessionState.TO_CONFIRM, SessionState.DISPUTED}
BOTH = 2


@dataclass(frozen=True)
class ReportDraft:
    """One side's answer; ``minutes`` is how long it was, 0 unless it was held."""

    answer: AttendanceAnswer
    minutes: int


def report(db: Session, actor: Actor, session: MentoringSession, draft: ReportDraft) -> None:
    """Keep what the actor's side says; the newest answer counts, and two settle it.

    Raises:
        NotAllowed: if the actor is not one of the two.
        Conflict: if the session has not begun, did not take place, or was settled by a
            coordinator.
    """
    require(may_report(actor, session), "say whether this session took place")
    _lock(db, session)
    now = clock.now()
    if now < session.starts_at:
        raise Conflict("this session has not begun")
    if session.state is SessionState.SCHEDULED:
        _move(db, actor, session, SessionState.TO_CONFIRM)
    reports = _reports(db, session)
    if session.state not in REPORTABLE or _is_decided(session, reports):
        raise Conflict("this session is settled")
    side = side_of(actor, session.pairing)
    mine = reports.get(side)
    if mine is None:
        mine = AttendanceReport(mentoring_session_id=session.id, reporter_id=side)
        db.add(mine)
    mine.answer, mine.minutes, mine.reported_at = draft.answer, draft.minutes, now
    activity.record(db, actor, Verb.SESSION_REPORTED, "session", session.id, draft.answer)
    settle(db, actor, session, now)


def settle(db: Session, actor: Actor, session: MentoringSession, now: datetime) -> bool:
    """Let the answers that there are decide; true if the session has changed its state."""
    _lock(db, session)
    reports = _reports(db, session)
    by_mentee = reports.get(session.pairing.mentee_id)
    by_mentor = reports.get(session.pairing.mentor_id)
    wanted = attendance.settle(
        by_mentee.answer if by_mentee else None,
        by_mentor.answer if by_mentor else None,
        attendance.patience_from(ends_at(session), _newest(reports)),
        now,
    )
    has_moved = wanted is not None and wanted is not session.state
    if wanted is not None and has_moved:
        _settle_as(db, actor, session, wanted, now)
    count_sessions(db, session.pairing.mentee_id)
    return has_moved


def settle_dispute(
    db: Session, actor: Actor, session: MentoringSession, state: SessionState
) -> None:
    """A coordinator decides, by facts; from then on the two cannot dispute it again.

    Raises:
        NotAllowed: if the actor does not coordinate the program.
        Conflict: if nothing is in dispute, or ``state`` is no answer to it.
    """
    require(may_settle(actor), "settle this")
    _lock(db, session)
    if session.state is not SessionState.DISPUTED or state not in HAPPENED:
        raise Conflict("nothing is in dispute here")
    _settle_as(db, actor, session, state, clock.now())
    count_sessions(db, session.pairing.mentee_id, scored_by_id=actor.user_id)


def _lock(db: Session, session: MentoringSession) -> None:
    """Two answers at once come one after the other; the second sees what the first has done."""
    pairings.lock(db, session.pairing)
    db.refresh(session, ["state", "settled_at", "version"])


def _settle_as(
    db: Session, actor: Actor, session: MentoringSession, wanted: SessionState, now: datetime
) -> None:
    if not may_become(session.state, wanted):  # nothing jumps from held to missed
        _move(db, actor, session, SessionState.DISPUTED)
    _move(db, actor, session, wanted)
    session.settled_at = None if wanted is SessionState.DISPUTED else now
    if wanted is SessionState.HELD:
        count_reflection(db, session)
        if session.pairing.state is PairingState.TRIAL:
            db.flush()
            pairings.settle_trial(db, actor, session.pairing)


def _move(db: Session, actor: Actor, session: MentoringSession, wanted: SessionState) -> None:
    session.state = next_state(session.state, wanted)
    activity.record(db, actor, Verb.SESSION_MOVED, "session", session.id, wanted)


def _reports(db: Session, session: MentoringSession) -> dict[int, AttendanceReport]:
    found = db.scalars(select(AttendanceReport).filter_by(mentoring_session_id=session.id))
    return {row.reporter_id: row for row in found}


def _newest(reports: dict[int, AttendanceReport]) -> datetime | None:
    return max((row.reported_at for row in reports.values()), default=None)


def _is_decided(session: MentoringSession, reports: dict[int, AttendanceReport]) -> bool:
    """Two answers differ and yet it is settled: a coordinator was asked."""
    answers = {row.answer for row in reports.values()}
    return len(answers) == BOTH and session.state in HAPPENED
