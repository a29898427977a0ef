"""How a learner's request travels: to the next choice, away from a mentor, out of the world."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core import clock
from lti_mentoring.models import MentorProfile, MentorRequest, Pairing, Participant, Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.pairings import fit_by_groups
from lti_mentoring.rules.request_turns import expires_at, next_in_line, seats_left
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    MentorState,
    ParticipantState,
    RequestState,
    Verb,
)

OPEN = (RequestState.DRAFTED, RequestState.SENT)


def can_be_asked(db: Session, mentor_id: int) -> bool:
    """Whether the mentor is in the pool and has a free seat."""
    taken = (
        select(func.count())
        .select_from(Pairing)
        .where(Pairing.mentor_id == mentor_id, Pairing.state.in_(LIVE_PAIRING))
        .scalar_subquery()
    )
    row = db.execute(
        select(MentorProfile.state, MentorProfile.capacity, Participant.state, taken)
        .join(Participant, Participant.id == MentorProfile.participant_id)
        .where(MentorProfile.participant_id == mentor_id)
    ).first()
    return (
        row is not None
        and row[0] is MentorState.ACTIVE
        and row[2] is ParticipantState.ACTIVE
        and seats_left(row[1], row[3]) > 0
    )


def send_next(db: Session, actor: Actor, mentee_id: int) -> MentorRequest | None:
    """Send the learner's next choice, unless one is waiting for its answer; what was sent.

    Choices whose mentor has no seat any more, or is in groups that do not fit any more, are
    released on the way.
    """
    db.flush()
    asks = _open_asks(db, MentorRequest.mentee_id == mentee_id)
    if any(ask.state is RequestState.SENT for ask in asks):
        return None
    waiting = {ask.rank: ask for ask in asks}
    while (rank := next_in_line(waiting)) is not None:
        ask = waiting.pop(rank)
        if can_be_asked(db, ask.mentor_id) and fit_by_groups(db, mentee_id, ask.mentor_id):
            return _send(db, actor, ask)
        move(db, actor, ask, RequestState.RELEASED)
    return None


def _send(db: Session, actor: Actor, ask: MentorRequest) -> MentorRequest:
    mentor = db.get_one(Participant, ask.mentor_id)
    answer_days = db.get_one(Program, mentor.program_id).answer_days
    now = clock.now()
    ask.sent_at, ask.expires_at = now, expires_at(now, answer_days)
    move(db, actor, ask, RequestState.SENT)
    return ask


def move(db: Session, actor: Actor, ask: MentorRequest, wanted: RequestState) -> None:
    """Let the request go to ``wanted`` and record it.

    Raises:
        Conflict: if it may not go there any more.
    """
    ask.state = next_state(ask.state, wanted)
    activity.record(db, actor, Verb.REQUEST_MOVED, "mentor_request", ask.id, wanted)
    db.flush()


def release_from_mentor(db: Session, actor: Actor, mentor_id: int) -> int:
    """Let everybody who waits for this mentor go on to their next choice; how many those were."""
    asks = _open_asks(db, MentorRequest.mentor_id == mentor_id)
    for ask in asks:
        move(db, actor, ask, RequestState.RELEASED)
    for mentee_id in sorted({ask.mentee_id for ask in asks}):
        send_next(db, actor, mentee_id)
    return len(asks)


def release_misfits(db: Session, actor: Actor, program: Program) -> int:
    """Let requests go on to the next choice that the program's groups forbid; how many."""
    mentee = aliased(Participant)
    in_program = select(mentee.id).where(mentee.program_id == program.id)
    asks = _open_asks(db, MentorRequest.mentee_id.in_(in_program))
    apart = [ask for ask in asks if not fit_by_groups(db, ask.mentee_id, ask.mentor_id)]
    for ask in apart:
        move(db, actor, ask, RequestState.RELEASED)
    for mentee_id in sorted({ask.mentee_id for ask in apart}):
        send_next(db, actor, mentee_id)
    return len(apart)


def supersede(db: Session, actor: Actor, mentee_id: int) -> None:
    """The learner has a mentor now: nobody else needs to answer."""
    for ask in _open_asks(db, MentorRequest.mentee_id == mentee_id):
        move(db, actor, ask, RequestState.SUPERSEDED)


def _open_asks(db: Session, whose: ColumnElement[bool]) -> list[MentorRequest]:
    found = db.scalars(
        select(MentorRequest)
        .where(whose, MentorRequest.state.in_(OPEN))
        .order_by(MentorRequest.rank, MentorRequest.id)
    )
    return list(found)
