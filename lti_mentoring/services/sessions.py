"""Sessions of a pair: a time is proposed, answered, kept, moved or cancelled."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, Stale
from lti_mentoring.models import (
    ActionItem,
    AgendaItem,
    MentoringSession,
    Note,
    Pairing,
)
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.mentoring_session import may_cancel, may_write_in_room
from lti_mentoring.policies.pairing import may_work
from lti_mentoring.rules.attendance import default_agenda, is_late_cancel
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.services.session_credits import count_sessions
from lti_mentoring.vocabulary import MeetingMode, SessionState, Verb

MOST_ROUNDS = 3
"""So many times in a row may a time be proposed; then it is better to talk."""

OPEN = (SessionState.PROPOSED, SessionState.SCHEDULED)


@dataclass(frozen=True)
class SessionDraft:
    """When (aware), how long, how and where two people want to meet."""

    starts_at: datetime
    length_minutes: int
    mode: MeetingMode
    join_url: str
    place: str


def ends_at(session: MentoringSession) -> datetime:
    """The planned end."""
    return session.starts_at + timedelta(minutes=session.length_minutes)


def side_of(actor: Actor, pairing: Pairing) -> int:
    """The actor's participant in this pairing."""
    return pairing.mentee_id if actor.mentee_id == pairing.mentee_id else pairing.mentor_id


def propose(db: Session, actor: Actor, pairing: Pairing, draft: SessionDraft) -> MentoringSession:
    """A time waits for the other side's answer; its agenda is ready.

    Raises:
        NotAllowed: if the two do not work together now.
        Conflict: if the time is over, or the two have something at that time already.
    """
    require(may_work(actor, pairing), "propose a time to this person")
    _check_time(db, pairing.id, draft, except_id=None)
    now = clock.now()
    session = MentoringSession(
        pairing_id=pairing.id,
        proposed_by_id=side_of(actor, pairing),
        state=SessionState.PROPOSED,
        time_zone=actor.time_zone,
        round_count=1,
        created_at=now,
    )
    _write(session, draft)
    db.add(session)
    db.flush()
    _write_agenda(db, session)
    activity.record(db, actor, Verb.SESSION_PROPOSED, "session", session.id)
    return session


def counter(
    db: Session, actor: Actor, session: MentoringSession, draft: SessionDraft, version: int
) -> None:
    """Another time is proposed instead; the other side is asked, and the 72 hours begin again.

    Raises:
        NotAllowed: if the time was proposed by the actor, or they do not work together now.
        Stale: if it was changed since the page was opened.
        Conflict: if it has been answered, three rounds are over, or the time does not do.
    """
    _check_answerable(actor, session, version)
    if session.round_count >= MOST_ROUNDS:
        raise Conflict("three times were proposed already")
    _check_time(db, session.pairing_id, draft, except_id=session.id)
    session.state = next_state(session.state, SessionState.PROPOSED)
    had = session.length_minutes
    _write(session, draft)
    session.proposed_by_id = side_of(actor, session.pairing)
    session.time_zone = actor.time_zone
    session.round_count += 1
    session.created_at = clock.now()  # of the newest time, from which its life counts
    if had != session.length_minutes:
        _write_agenda(db, session)
    activity.record(db, actor, Verb.SESSION_PROPOSED, "session", session.id)


def confirm(db: Session, actor: Actor, session: MentoringSession, version: int) -> None:
    """The proposed time holds.

    Raises:
        NotAllowed: if the actor proposed it, or they do not work together now.
        Stale: if it was changed since the page was opened.
        Conflict: if it has been answered, or the time is over.
    """
    _check_answerable(actor, session, version)
    if session.starts_at <= clock.now():
        raise Conflict("this time is over")
    _move(db, actor, session, SessionState.SCHEDULED)


def decline(db: Session, actor: Actor, session: MentoringSession, version: int) -> None:
    """The proposed time does not hold, and nothing else is proposed.

    Raises:
        NotAllowed: if the actor proposed it, or they do not work together now.
        Stale: if it was changed since the page was opened.
        Conflict: if it has been answered.
    """
    _check_answerable(actor, session, version)
    _move(db, actor, session, SessionState.DECLINED)
    session.settled_at = clock.now()
    let_move_fail(db, actor, session)


def cancel(db: Session, actor: Actor, session: MentoringSession, version: int) -> None:
    """It does not take place: taken back, cancelled in time, or late (under 24 hours).

    A mentee whose mentor cancels late was ready and is credited.

    Raises:
        NotAllowed: if the actor is not one of the two, or takes back what the other proposed, or
            the program is closed.
        Stale: if it was changed since the page was opened.
        Conflict: if it is over or settled.
    """
    wanted = _how_cancelled(actor, session, version)
    was_proposed = session.state is SessionState.PROPOSED
    _call_off(db, actor, session, wanted)
    if was_proposed:
        let_move_fail(db, actor, session)
    elif wanted is SessionState.CANCELLED_LATE:
        count_sessions(db, session.pairing.mentee_id)


def _how_cancelled(actor: Actor, session: MentoringSession, version: int) -> SessionState:
    """What the session becomes if the actor cancels it now; raises what ``cancel`` raises."""
    require(may_cancel(actor, session), "cancel this session")
    _check_version(session, version)
    now = clock.now()
    if session.state is SessionState.PROPOSED:
        mine = session.proposed_by_id == side_of(actor, session.pairing)
        require(mine, "take this back")
        return SessionState.CANCELLED_IN_TIME
    if session.state is not SessionState.SCHEDULED:
        raise Conflict("this session is settled")
    if now >= ends_at(session):
        raise Conflict("this session's time is over")
    late = is_late_cancel(session.starts_at, now)
    return SessionState.CANCELLED_LATE if late else SessionState.CANCELLED_IN_TIME


def _call_off(db: Session, actor: Actor, session: MentoringSession, wanted: SessionState) -> None:
    _move(db, actor, session, wanted)
    session.cancelled_by_id = side_of(actor, session.pairing)
    session.settled_at = clock.now()


def let_move_fail(db: Session, actor: Actor, session: MentoringSession) -> None:
    """Nobody agreed to this time: what it was to replace on short notice is cancelled late."""
    moved = db.get(MentoringSession, session.moved_from_id) if session.moved_from_id else None
    if moved is None or moved.state is not SessionState.CANCELLED_IN_TIME:
        return
    if moved.settled_at is not None and is_late_cancel(moved.starts_at, moved.settled_at):
        _move(db, actor, moved, SessionState.CANCELLED_LATE)
        count_sessions(db, moved.pairing.mentee_id)


def reschedule(
    db: Session, actor: Actor, session: MentoringSession, draft: SessionDraft, version: int
) -> MentoringSession:
    """The agreed time is cancelled and another one proposed; agenda, notes and actions come along.

    The other side has to agree to the new time: nobody can miss what they never agreed to. If
    it does, moving was no cancellation, on however short notice; if not, it was one.

    Raises:
        NotAllowed: if the two do not work together now.
        Stale: if it was changed since the page was opened.
        Conflict: if the session has begun, or the time does not do.
    """
    require(may_work(actor, session.pairing), "find another time")
    _check_version(session, version)
    if session.starts_at <= clock.now():
        raise Conflict("this session has begun")
    notes = session.shared_notes
    _how_cancelled(actor, session, version)
    was_agreed = session.state is SessionState.SCHEDULED
    _call_off(db, actor, session, SessionState.CANCELLED_IN_TIME)
    made = propose(db, actor, session.pairing, draft)
    made.moved_from_id = session.id if was_agreed else session.moved_from_id
    db.flush()
    made.shared_notes = notes
    if session.length_minutes == draft.length_minutes:
        db.execute(delete(AgendaItem).where(AgendaItem.mentoring_session_id == made.id))
        _take_along(db, AgendaItem, session, made)
    _take_along(db, Note, session, made)
    _take_along(db, ActionItem, session, made)
    return made


def _take_along(
    db: Session,
    table: type[AgendaItem] | type[Note] | type[ActionItem],
    old: MentoringSession,
    new: MentoringSession,
) -> None:
    rows = update(table).where(table.mentoring_session_id == old.id)
    db.execute(rows.values(mentoring_session_id=new.id))


def change_place(
    db: Session,
    actor: Actor,
    session: MentoringSession,
    draft: tuple[MeetingMode, str, str],
    version: int,
) -> None:
    """Both know how and where: mode, join link, place.

    Raises:
        NotAllowed: if the actor is not one of the two.
        Stale: if it was changed since the page was opened.
    """
    require(may_write_in_room(actor, session), "change this session")
    _check_version(session, version)
    session.mode, session.join_url, session.place = draft
    activity.record(db, actor, Verb.SESSION_MOVED, "session", session.id, "place")


def cancel_open(db: Session, actor: Actor, pairing: Pairing) -> int:
    """The pair has ended: whatever was open is cancelled in time, to nobody's loss; how many."""
    open_ones = db.scalars(
        select(MentoringSession).where(
            MentoringSession.pairing_id == pairing.id,
            MentoringSession.state.in_(OPEN),
            MentoringSession.starts_at > clock.now(),
        )
    ).all()
    for session in open_ones:
        _move(db, actor, session, SessionState.CANCELLED_IN_TIME)
        session.settled_at = clock.now()
    return len(open_ones)


def _check_answerable(actor: Actor, session: MentoringSession, version: int) -> None:
    require(may_work(actor, session.pairing), "answer this")
    if session.state is not SessionState.PROPOSED:
        raise Conflict("this time has been answered")
    _check_version(session, version)
    require(session.proposed_by_id != side_of(actor, session.pairing), "answer your own proposal")


def _check_version(session: MentoringSession, version: int) -> None:
    if session.version != version:
        raise Stale("this session was changed meanwhile")


def _check_time(db: Session, pairing_id: int, draft: SessionDraft, except_id: int | None) -> None:
    if draft.starts_at <= clock.now():
        raise Conflict("this time is over")
    # Two proposals at the same moment come one after the other.
    db.scalar(select(Pairing.id).where(Pairing.id == pairing_id).with_for_update())
    if overlapping(db, pairing_id, draft.starts_at, draft.length_minutes, except_id):
        raise Conflict("the two have something at that time already")


def overlapping(
    db: Session, pairing_id: int, starts_at: datetime, length_minutes: int, except_id: int | None
) -> bool:
    """Whether the pair has another session, agreed or proposed, that overlaps this time."""
    until = starts_at + timedelta(minutes=length_minutes)
    near = db.scalars(
        select(MentoringSession).where(
            MentoringSession.pairing_id == pairing_id,
            MentoringSession.state.in_(OPEN),
            MentoringSession.starts_at < until,
            MentoringSession.starts_at > starts_at - timedelta(days=1),
            MentoringSession.id != (except_id or 0),
        )
    )
    return any(ends_at(session) > starts_at for session in near)


def _write(session: MentoringSession, draft: SessionDraft) -> None:
    session.starts_at = draft.starts_at
    session.length_minutes = draft.length_minutes
    session.mode = draft.mode
    session.join_url = draft.join_url
    session.place = draft.place


def _write_agenda(db: Session, session: MentoringSession) -> None:
    """The blocks of the template, as codes; what people wrote stays where it stood."""
    template = (
        AgendaItem.mentoring_session_id == session.id,
        AgendaItem.added_by_id.is_(None),
    )
    for item in db.scalars(select(AgendaItem).where(*template)).all():
        db.delete(item)
    for position, block in enumerate(default_agenda(session.length_minutes)):
        db.add(
            AgendaItem(
                mentoring_session_id=session.id,
                position=position,
                minutes=block.minutes,
                text=block.key,
            )
        )
    db.flush()


def _move(db: Session, actor: Actor, session: MentoringSession, wanted: SessionState) -> None:
    session.state = next_state(session.state, wanted)
    activity.record(db, actor, Verb.SESSION_MOVED, "session", session.id, wanted)
