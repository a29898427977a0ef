"""Asking mentors: one, or up to five in a row, and the mentors' answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import (
    AlreadyAsked,
    AlreadyPaired,
    Conflict,
    GroupsApart,
    MentorFull,
    Stale,
)
from lti_mentoring.models import Intake, MentorRequest, Pairing, Participant, Program
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.pairing import may_answer, may_withdraw
from lti_mentoring.policies.program import LIVE, is_mentee
from lti_mentoring.queries.pairings import fit_by_groups, live_pairing_of_mentee, worked_together
from lti_mentoring.services import activity, mentor_profiles, pairings, request_travel
from lti_mentoring.vocabulary import (
    DeclineReason,
    IntakeState,
    PairingMethod,
    PairingOrigin,
    RequestState,
    Verb,
)

MOST = 5
"""Choices in a learner's list."""


@dataclass(frozen=True)
class Answer:
    """A mentor's no: a code, and maybe somebody who fits better."""

    reason: DeclineReason
    suggested: Participant | None = None


def ask(
    db: Session, actor: Actor, mentors: Sequence[Participant], note: str
) -> list[MentorRequest]:
    """Put these mentors at the end of the learner's list, in order; the first in line is asked now.

    Args:
        db: the session.
        actor: the learner, whose three steps are done.
        mentors: of the actor's program, the best choice first.
        note: what each of them reads.

    Raises:
        NotAllowed: if the actor is no mentee, or coordinators make the pairs here.
        AlreadyPaired: if the learner has a mentor.
        AlreadyAsked: if one of them is on the list.
        MentorFull: if the only one has no free seat, or does not take part now.
        GroupsApart: if the program does not pair people of such groups.
        Conflict: if the list would be too long, or the two have parted before.
    """
    require(is_mentee(actor), "ask a mentor")
    mentee_id = _may_ask_now(db, actor)
    standing = _open_of(db, mentee_id)
    if len(standing) + len(mentors) > MOST:
        raise Conflict("the list is full")
    if {request.mentor_id for request in standing} & {mentor.id for mentor in mentors}:
        raise AlreadyAsked
    first_rank = max((request.rank for request in standing), default=0) + 1
    if first_rank + len(mentors) - 1 > MOST:
        first_rank = _close_up(db, standing)
    asked = [
        _draft(db, actor, mentee_id, mentor, rank, note)
        for rank, mentor in enumerate(mentors, first_rank)
    ]
    request_travel.send_next(db, actor, mentee_id)
    return asked


def _may_ask_now(db: Session, actor: Actor) -> int:
    program = db.get_one(Program, actor.program_id)
    require(program.pairing_method is not PairingMethod.COORDINATOR, "ask a mentor yourself")
    if actor.program_state not in LIVE:
        raise Conflict("the program is not running")
    # Locked, so that a double click is one ask.
    intake = db.scalar(
        select(Intake).where(Intake.participant_id == actor.mentee_id).with_for_update()
    )
    if intake is None or intake.state is not IntakeState.SUBMITTED:
        raise Conflict("the three steps come first")
    if live_pairing_of_mentee(db, intake.participant_id) is not None:
        raise AlreadyPaired(intake.participant_id)
    return intake.participant_id


def _draft(
    db: Session, actor: Actor, mentee_id: int, mentor: Participant, rank: int, note: str
) -> MentorRequest:
    if mentor.membership_id == actor.membership_id or worked_together(db, mentee_id, mentor.id):
        raise Conflict("these two are not paired again")
    if not fit_by_groups(db, mentee_id, mentor.id):
        raise GroupsApart
    if not request_travel.can_be_asked(db, mentor.id):
        raise MentorFull(mentor.id)
    request = MentorRequest(
        mentee_id=mentee_id, mentor_id=mentor.id, rank=rank, note=note, created_at=clock.now()
    )
    db.add(request)
    db.flush()
    activity.record(db, actor, Verb.MENTOR_ASKED, "mentor_request", request.id, str(rank))
    return request


def _close_up(db: Session, standing: Sequence[MentorRequest]) -> int:
    """Number the list anew from 1; the first free place."""
    for rank, request in enumerate(standing, 1):
        request.rank = rank
    db.flush()
    return len(standing) + 1


def prefer(db: Session, actor: Actor, request: MentorRequest, version: int) -> None:
    """Move a choice that waits for its turn one place up.

    Raises:
        NotAllowed: if it is not the actor's.
        Stale: if the list has changed meanwhile.
        Conflict: if it does not wait any more.
    """
    require(may_withdraw(actor, request), "change this list")
    _unchanged(request, version)
    if request.state is not RequestState.DRAFTED:
        raise Conflict("this choice has been asked already")
    waiting = [r for r in _open_of(db, request.mentee_id) if r.state is RequestState.DRAFTED]
    place = waiting.index(request)
    if place:
        other = waiting[place - 1]
        request.rank, other.rank = other.rank, request.rank
        db.flush()


def withdraw(db: Session, actor: Actor, request: MentorRequest) -> None:
    """The learner does not ask any more; the next choice is asked.

    Raises:
        NotAllowed: if it is not the actor's.
        Conflict: if it has been answered meanwhile.
    """
    require(may_withdraw(actor, request), "withdraw this request")
    request_travel.move(db, actor, request, RequestState.WITHDRAWN)
    request_travel.send_next(db, actor, request.mentee_id)


def accept(db: Session, actor: Actor, request: MentorRequest) -> Pairing:
    """The mentor says yes: the two are a pair as soon as both have signed.

    Raises:
        NotAllowed: if the actor is not the mentor who was asked.
        MentorFull: if the last seat has gone since.
        AlreadyPaired: if the learner has found somebody else.
        GroupsApart: if the two are in other groups than when one asked the other.
        Conflict: if it has been answered or withdrawn already.
    """
    require(may_answer(actor, request), "answer this request")
    _answered(db, actor, request, RequestState.ACCEPTED)
    mentee = db.get_one(Participant, request.mentee_id)
    mentor = db.get_one(Participant, request.mentor_id)
    return pairings.pair(db, actor, mentee, mentor, PairingOrigin.REQUEST)


def accept_and_pause(db: Session, actor: Actor, request: MentorRequest) -> Pairing:
    """The same, and no more requests for a while.

    Raises:
        NotAllowed, MentorFull, AlreadyPaired, GroupsApart, Conflict: as in ``accept``.
    """
    pairing = accept(db, actor, request)
    mentor_profiles.pause(db, actor)
    return pairing


def decline(db: Session, actor: Actor, request: MentorRequest, answer: Answer) -> None:
    """The mentor says no, kindly; the next choice is asked at once.

    Raises:
        NotAllowed: if the actor is not the mentor who was asked.
        Conflict: if it has been answered or withdrawn already.
    """
    require(may_answer(actor, request), "answer this request")
    request.decline_reason = answer.reason
    request.suggested_mentor_id = answer.suggested.id if answer.suggested else None
    _answered(db, actor, request, RequestState.DECLINED)
    request_travel.send_next(db, actor, request.mentee_id)


def _answered(db: Session, actor: Actor, request: MentorRequest, answer: RequestState) -> None:
    if request.state is not RequestState.SENT:
        raise Conflict("this request does not wait for an answer any more")
    request.answered_at = clock.now()
    request_travel.move(db, actor, request, answer)
    activity.record(db, actor, Verb.REQUEST_ANSWERED, "mentor_request", request.id, answer)


def _unchanged(request: MentorRequest, version: int) -> None:
    if request.version != version:
        raise Stale("mentor request")


def _open_of(db: Session, mentee_id: int) -> list[MentorRequest]:
    found = db.scalars(
        select(MentorRequest)
        .where(MentorRequest.mentee_id == mentee_id, MentorRequest.state.in_(request_travel.OPEN))
        .order_by(MentorRequest.rank, MentorRequest.id)
    )
    return list(found)
