"""Pairs: made, tried, moved on and ended. Nobody has to explain a wish for a new mentor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import AlreadyPaired, Conflict, GroupsApart, MentorFull, NotFound
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import (
    FitCheck,
    MentoringSession,
    MentorProfile,
    Pairing,
    Participant,
    Program,
)
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.pairing import may_answer_fit, may_end
from lti_mentoring.policies.program import LIVE
from lti_mentoring.queries.pairings import (
    fit_answers,
    fit_by_groups,
    live_count,
    live_pairing_of_mentee,
    worked_together,
)
from lti_mentoring.rules.request_turns import seats_left
from lti_mentoring.rules.transitions import after_fit_checks, next_state, trial_is_over
from lti_mentoring.services import activity, request_travel, sessions
from lti_mentoring.vocabulary import (
    AgainReason,
    Component,
    EndReason,
    FitAnswer,
    MentorState,
    PairingOrigin,
    PairingState,
    ParticipantState,
    SessionState,
    Verb,
)

SEAT_HELD = timedelta(days=7)
"""How long a proposed pairing waits for both signatures before the seat is free again."""

ENDS_AS: Mapping[PairingState, tuple[PairingState, ...]] = {
    PairingState.PROPOSED: (PairingState.DECLINED,),
    PairingState.TRIAL: (PairingState.ENDED_NO_FAULT,),
    PairingState.ACTIVE: (PairingState.ENDED_NO_FAULT,),
    PairingState.PAUSED: (PairingState.ENDED_NO_FAULT,),
    PairingState.INTERRUPTED: (PairingState.ENDED_NO_FAULT,),
    PairingState.SUSPENDED: (PairingState.CLOSED,),
    PairingState.CLOSING: (PairingState.CLOSED,),
}
"""The steps by which a live pairing ends before its time."""

REGULAR: Mapping[PairingState, tuple[PairingState, ...]] = {
    **ENDS_AS,
    PairingState.TRIAL: (PairingState.CLOSING, PairingState.CLOSED),
    PairingState.ACTIVE: (PairingState.CLOSING, PairingState.CLOSED),
    PairingState.PAUSED: (PairingState.CLOSING, PairingState.CLOSED),
    PairingState.INTERRUPTED: (PairingState.CLOSED,),
}
"""The same where nobody wanted somebody else: such a pair may be suggested again."""

PARTS_THAT_MOVE = ("state", "version", "started_at", "trial_ends_at", "ended_at", "end_reason")
"""What others may have changed of a pairing since it was read."""

ASKED_FOR_FIT = frozenset(
    {PairingState.TRIAL, PairingState.ACTIVE, PairingState.PAUSED, PairingState.CLOSING}
)
"""States in which the two may say whether it fits."""

REGULAR_REASONS = frozenset({EndReason.GOALS_REACHED, EndReason.PROGRAM_END, EndReason.LEFT_COURSE})


@dataclass(frozen=True)
class Despite:
    """What a coordinator knows to speak against a pair, and wants it all the same.

    ``again`` is why two who have parted should try once more; ``groups``, that the program's
    groups keep the two apart.
    """

    again: AgainReason | None = None
    groups: bool = False


def pair(
    db: Session,
    actor: Actor,
    mentee: Participant,
    mentor: Participant,
    origin: PairingOrigin,
    despite: Despite | None = None,
) -> Pairing:
    """The two belong together from now on; the trial begins when both have signed.

    Two against whom something speaks are brought together by a coordinator who was told so.

    The learner's other requests are superseded; when this was the mentor's last seat, whoever
    else waits for the mentor goes on to the next choice.

    Raises:
        NotAllowed: if the actor neither coordinates nor accepts a request as this mentor.
        NotFound: if the two are not in the actor's program.
        MentorFull: if the last seat has gone.
        AlreadyPaired: if the learner has a mentor.
        GroupsApart: if the program does not pair people of such groups.
        Conflict: if the program or one of the two does not take part now, or the two have
            parted and no reason was given.
    """
    by_mentor = origin is PairingOrigin.REQUEST and actor.mentor_id == mentor.id
    require(actor.coordinates or by_mentor, "bring these two people together")
    profile = _check_both(db, actor, mentee, mentor)
    left = seats_left(profile.capacity, live_count(db, mentor.id))
    if not left:
        raise MentorFull(mentor.id)
    if live_pairing_of_mentee(db, mentee.id) is not None:
        raise AlreadyPaired(mentee.id)
    told = _told(db, mentee, mentor, origin, despite or Despite())
    pairing = Pairing(
        program_id=mentee.program_id,
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        state=PairingState.PROPOSED,
        origin=origin,
        created_at=clock.now(),
    )
    db.add(pairing)
    db.flush()
    activity.record(db, actor, Verb.PAIRED, "pairing", pairing.id, told)
    request_travel.supersede(db, actor, mentee.id)
    if left == 1:
        request_travel.release_from_mentor(db, actor, mentor.id)
    recompute.participant(db, mentee.id)
    return pairing


def _told(
    db: Session, mentee: Participant, mentor: Participant, origin: PairingOrigin, despite: Despite
) -> str:
    """What the record says of the new pair: who brought it together, and despite of what."""
    told: str = origin
    if worked_together(db, mentee.id, mentor.id):
        if despite.again is None:
            raise Conflict("these two have parted, and nobody said why they should try again")
        told += f" again {despite.again}"
    if not fit_by_groups(db, mentee.id, mentor.id):
        if not despite.groups:
            raise GroupsApart
        told += " despite groups"
    return told


def _check_both(
    db: Session, actor: Actor, mentee: Participant, mentor: Participant
) -> MentorProfile:
    """The mentor's profile, locked, if the two may be paired at all."""
    if {mentee.program_id, mentor.program_id} != {actor.program_id}:
        raise NotFound("participant")
    if actor.program_state not in LIVE:
        raise Conflict("the program is not running")
    if mentee.membership_id == mentor.membership_id:
        raise Conflict("nobody mentors themselves")
    # Locked, so that two who take the last seat at once come one after the other.
    profile = db.scalar(
        select(MentorProfile).where(MentorProfile.participant_id == mentor.id).with_for_update()
    )
    both_here = {mentee.state, mentor.state} == {ParticipantState.ACTIVE}
    if profile is None or profile.state is not MentorState.ACTIVE or not both_here:
        raise Conflict("one of the two does not take part now")
    return profile


def start_trial(db: Session, actor: Actor, pairing: Pairing) -> None:
    """Both have signed: the trial begins, or the pairing itself where the program tries nothing."""
    program = db.get_one(Program, pairing.program_id)
    now = clock.now()
    pairing.started_at = now
    if not has_trial(program):
        _move(db, actor, pairing, PairingState.ACTIVE)
    else:
        if program.trial_days:
            pairing.trial_ends_at = now + timedelta(days=program.trial_days)
        _move(db, actor, pairing, PairingState.TRIAL)
    recompute.participant(db, pairing.mentee_id)


def lock(db: Session, pairing: Pairing) -> None:
    """Two who act for this pair at once come one after the other; the second sees what is now.

    A pairing is locked before its mentee's score, never after it.
    """
    db.refresh(pairing, [*PARTS_THAT_MOVE], with_for_update={"of": Pairing})


def has_trial(program: Program) -> bool:
    """Whether pairs try each other first; only then are they asked whether it fits."""
    return bool(program.trial_days or program.trial_sessions)


def answer_fit(db: Session, actor: Actor, pairing: Pairing, answer: FitAnswer) -> None:
    """Keep one side's private answer; two times "good" ends the trial well.

    The mentee is credited for having answered, once, whatever the answer is. Trials end without
    waiting for answers; while the two are a pair, it can still be given.

    Raises:
        NotAllowed: if the actor is not one of the two.
        Conflict: if the program has no trial, or the two are no pair at the moment.
    """
    require(may_answer_fit(actor, pairing), "answer for this pair")
    lock(db, pairing)
    if pairing.state not in ASKED_FOR_FIT or not has_trial(db.get_one(Program, pairing.program_id)):
        raise Conflict("nobody asks this pair")
    side = _side_of(actor, pairing)
    _keep_answer(db, pairing, side, answer)
    activity.record(db, actor, Verb.FIT_ANSWERED, "pairing", pairing.id)
    if pairing.state is PairingState.TRIAL:
        settle_trial(db, actor, pairing)
    if side == pairing.mentee_id:
        ledger.credit(db, side, Component.FEEDBACK, Decimal(1), f"fit:{pairing.id}", clock.now())
        recompute.participant(db, side)


def _side_of(actor: Actor, pairing: Pairing) -> int:
    return pairing.mentee_id if actor.mentee_id == pairing.mentee_id else pairing.mentor_id


def _keep_answer(db: Session, pairing: Pairing, side: int, answer: FitAnswer) -> None:
    check = db.scalar(select(FitCheck).filter_by(pairing_id=pairing.id, participant_id=side))
    if check is None:
        check = FitCheck(pairing_id=pairing.id, participant_id=side)
        db.add(check)
    check.answer, check.answered_at = answer, clock.now()
    db.flush()


def settle_trial(db: Session, actor: Actor, pairing: Pairing) -> bool:
    """Whether the trial has just become a pairing: by two good answers, by days or by sessions."""
    answers = fit_answers(db, pairing.id)
    program = db.get_one(Program, pairing.program_id)
    over = trial_is_over(
        clock.now(), pairing.trial_ends_at, _held_count(db, pairing.id), program.trial_sessions
    )
    wanted = after_fit_checks(
        answers.get(pairing.mentee_id), answers.get(pairing.mentor_id), trial_over=over
    )
    if wanted is None:
        return False
    _move(db, actor, pairing, wanted)
    return True


def _held_count(db: Session, pairing_id: int) -> int:
    held = select(MentoringSession.id).where(
        MentoringSession.pairing_id == pairing_id, MentoringSession.state == SessionState.HELD
    )
    return len(db.scalars(held).all())


def end(db: Session, actor: Actor, pairing: Pairing, reason: EndReason) -> None:
    """The pairing is over and the seat is free.

    A learner who parted from a mentor, or whose mentor has left the course, comes first next
    time. Who has finished needs nobody new.

    Raises:
        NotAllowed: if the actor is neither one of the two nor a coordinator.
        Conflict: if it is over already.
    """
    lock(db, pairing)
    steps = (REGULAR if reason in REGULAR_REASONS else ENDS_AS).get(pairing.state)
    if steps is None:
        raise Conflict("this pairing is over")
    require(may_end(actor, pairing) or actor.system_reason is not None, "end this pairing")
    for step in steps:
        _move(db, actor, pairing, step)
    pairing.ended_at, pairing.end_reason = clock.now(), reason
    sessions.cancel_open(db, actor, pairing)
    if steps[-1] is PairingState.ENDED_NO_FAULT or reason is EndReason.LEFT_COURSE:
        mentee = db.get_one(Participant, pairing.mentee_id)
        mentee.fit_priority += 1
    db.flush()
    recompute.participant(db, pairing.mentee_id)


def take_up(db: Session, actor: Actor, pairing: Pairing, state: PairingState) -> None:
    """What ended with its program goes on where it was.

    Raises:
        NotAllowed: if somebody else than a coordinator or the system asks for it.
        Conflict: if the pairing did not end that way.
    """
    require(actor.coordinates or actor.system_reason is not None, "take up this pairing")
    _move(db, actor, pairing, state)
    pairing.ended_at = pairing.end_reason = None
    db.flush()
    recompute.participant(db, pairing.mentee_id)


def expire(db: Session, actor: Actor, pairing: Pairing) -> None:
    """Nobody signed in time: it never started, and the seat is free.

    Raises:
        Conflict: if it has started meanwhile.
    """
    _move(db, actor, pairing, PairingState.EXPIRED)
    pairing.ended_at = clock.now()
    db.flush()
    recompute.participant(db, pairing.mentee_id)


def move(db: Session, actor: Actor, pairing: Pairing, wanted: PairingState) -> None:
    """Pause, resume, suspend, interrupt: by coordinators and by the system.

    Raises:
        NotAllowed: if it is somebody else.
        Conflict: if the pairing may not go there.
    """
    require(actor.coordinates or actor.system_reason is not None, "change this pairing")
    _move(db, actor, pairing, wanted)
    recompute.participant(db, pairing.mentee_id)


def _move(db: Session, actor: Actor, pairing: Pairing, wanted: PairingState) -> None:
    pairing.state = next_state(pairing.state, wanted)
    db.flush()
    activity.record(db, actor, Verb.PAIRING_MOVED, "pairing", pairing.id, wanted)
