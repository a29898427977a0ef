"""What sessions, and reflections on them, add to a learner's ledger."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import (
    AttendanceReport,
    EngagementEvent,
    MentoringSession,
    Note,
    Pairing,
)
from lti_mentoring.rules.engagement import (
    counts_this_session,
    is_missed_by_mentor,
    reflection_counts,
    session_credit,
)
from lti_mentoring.vocabulary import AttendanceAnswer, Component, SessionState

ONE = Decimal(1)
OVER = (
    SessionState.HELD,
    SessionState.DISPUTED,
    SessionState.MISSED_BY_MENTEE,
    SessionState.MISSED_BY_MENTOR,
    SessionState.MISSED_BY_BOTH,
    SessionState.CANCELLED_LATE,
)


@dataclass(frozen=True)
class _Fact:
    """What became of one session: its name in the ledger and what it would be worth."""

    session: MentoringSession
    source: str
    worth: Decimal
    mentor_missed: bool


def count_sessions(db: Session, mentee_id: int, scored_by_id: int | None = None) -> bool:
    """Bring the ledger up to what became of the mentee's sessions; true if it changed.

    ``scored_by_id`` is the person who decided what became of one, if the two did not agree.

    A session that counts goes on counting, also when an earlier one is confirmed later within
    the same three days. Corrections are new lines; nothing is overwritten.
    """
    db.flush()
    ledger.hold(db, mentee_id)  # two sessions settled at once count one after the other
    facts = _facts(db, mentee_id)
    standing = _standing(db, mentee_id)
    stands = [fact for fact in facts if fact.worth and standing[fact.source]]
    changed = [_correct(db, mentee_id, fact, standing) for fact in facts]
    counted = [fact.session.starts_at for fact in stands if not fact.mentor_missed]
    for fact in facts:
        if fact in stands or not fact.worth:
            continue
        starts_at = fact.session.starts_at
        if fact.mentor_missed or counts_this_session(counted, starts_at):
            changed.append(_restate(db, mentee_id, fact.session, fact.source, fact.worth))
            counted += [] if fact.mentor_missed else [starts_at]
    if any(changed):
        recompute.participant(db, mentee_id, scored_by_id)
    return any(changed)


def _correct(db: Session, mentee_id: int, fact: _Fact, standing: Mapping[str, Decimal]) -> bool:
    """Take back or change what stands in the ledger and is no longer so."""
    number = fact.session.id
    changed = False
    for name in (ledger.session_source(number), ledger.mentor_missed_source(number)):
        worth = fact.worth if name == fact.source else Decimal(0)
        if standing[name] and standing[name] != worth:
            changed |= _restate(db, mentee_id, fact.session, name, worth)
    return changed


def count_reflection(db: Session, session: MentoringSession) -> bool:
    """Credit the mentee's private note on a held session, if it has enough words.

    The words are counted, nobody reads them.
    """
    if session.state is not SessionState.HELD:
        return False
    mentee_id = session.pairing.mentee_id
    db.flush()
    body = db.scalar(
        select(Note.body).where(
            Note.mentoring_session_id == session.id, Note.author_id == mentee_id
        )
    )
    if not reflection_counts(body or ""):
        return False
    source = ledger.session_source(session.id)
    if not ledger.credit(db, mentee_id, Component.REFLECTION, ONE, source, session.starts_at):
        return False
    recompute.participant(db, mentee_id)
    return True


def _facts(db: Session, mentee_id: int) -> list[_Fact]:
    """The mentee's sessions that are over, in order, judged by the shorter length that was told."""
    told = (
        select(func.min(AttendanceReport.minutes))
        .where(
            AttendanceReport.mentoring_session_id == MentoringSession.id,
            AttendanceReport.answer == AttendanceAnswer.HELD,
            AttendanceReport.minutes > 0,
        )
        .scalar_subquery()
    )
    rows = db.execute(
        select(MentoringSession, told, Pairing.mentor_id)
        .join(MentoringSession.pairing)
        .where(Pairing.mentee_id == mentee_id, MentoringSession.state.in_(OVER))
        .order_by(MentoringSession.starts_at, MentoringSession.id)
    )
    return [_fact(session, minutes, mentor_id) for session, minutes, mentor_id in rows]


def _fact(session: MentoringSession, minutes: int | None, mentor_id: int) -> _Fact:
    by_mentor = session.cancelled_by_id == mentor_id
    worth = session_credit(session.state, minutes=minutes, cancelled_by_mentor=by_mentor)
    missed = is_missed_by_mentor(session.state, cancelled_by_mentor=by_mentor)
    name = ledger.mentor_missed_source if missed else ledger.session_source
    return _Fact(session, name(session.id), worth, missed)


def _standing(db: Session, mentee_id: int) -> defaultdict[str, Decimal]:
    """What each fact is worth in the ledger now, versions and reversals added up."""
    rows = db.execute(
        select(EngagementEvent.source, EngagementEvent.credit).where(
            EngagementEvent.participant_id == mentee_id,
            EngagementEvent.component == Component.SESSIONS,
        )
    )
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for source, credit in rows:
        sums[source.partition(ledger.VERSION)[0]] += credit
    return sums


def _restate(
    db: Session, mentee_id: int, session: MentoringSession, source: str, worth: Decimal
) -> bool:
    return ledger.restate(db, mentee_id, Component.SESSIONS, worth, source, session.starts_at)
