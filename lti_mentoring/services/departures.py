"""When people leave the course or come back: their pairings, requests and gradebook cells."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_mentoring.grading import outbox, recompute
from lti_mentoring.models import (
    Activity,
    Membership,
    MentorRequest,
    Pairing,
    Participant,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.transitions import may_become
from lti_mentoring.services import pairings, request_travel
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    EndReason,
    MembershipState,
    PairingState,
    ParticipantRole,
    RequestState,
    Verb,
)

OPEN_REQUEST = (RequestState.DRAFTED, RequestState.SENT)


def member_left(db: Session, course_id: int, membership_ids: Collection[int]) -> None:
    """Interrupt what these people had begun. History stays, and so may they come back.

    Pairings that both had signed are interrupted, for staff to decide; those that waited for
    a signature are let go, and those with a test user end, since nobody comes back (LTI-59).
    Nothing more is written into their gradebook cells.
    """
    participants = _participants(db, membership_ids)
    if not participants:
        return
    actor = Actor.system("left the course", course_id)
    everybody = [participant.id for participant in participants]
    outbox.stop(db, everybody)
    previews = _previews(db, everybody)
    for pairing in _live_pairings(db, everybody):
        _break_off(db, actor, pairing, previews)
    for participant in participants:
        if participant.role is ParticipantRole.MENTOR:
            request_travel.release_from_mentor(db, actor, participant.id)
    for request in _open_requests(db, everybody):
        request_travel.move(db, actor, request, RequestState.WITHDRAWN)


def member_back(db: Session, course_id: int, membership_ids: Collection[int]) -> None:
    """Take up again what was interrupted when these people left, where both are there now."""
    participants = _participants(db, membership_ids)
    actor = Actor.system("back in the course", course_id)
    for pairing in _live_pairings(db, [participant.id for participant in participants]):
        if pairing.state is PairingState.INTERRUPTED and both_are_here(db, pairing):
            pairings.move(db, actor, pairing, state_before(db, pairing))
    mentees = [p.id for p in participants if p.role is ParticipantRole.MENTEE]
    outbox.resume(db, mentees)
    for mentee_id in mentees:
        recompute.participant(db, mentee_id)


def _break_off(db: Session, actor: Actor, pairing: Pairing, previews: Collection[int]) -> None:
    if pairing.mentor_id in previews or pairing.mentee_id in previews:
        pairings.end(db, actor, pairing, EndReason.LEFT_COURSE)
    elif may_become(pairing.state, PairingState.INTERRUPTED):
        pairings.move(db, actor, pairing, PairingState.INTERRUPTED)
    elif pairing.state is PairingState.PROPOSED:
        pairings.expire(db, actor, pairing)


def _participants(db: Session, membership_ids: Collection[int]) -> list[Participant]:
    if not membership_ids:
        return []
    return list(
        db.scalars(
            select(Participant)
            .where(Participant.membership_id.in_(membership_ids))
            .order_by(Participant.id)
        )
    )


def _previews(db: Session, participant_ids: Collection[int]) -> set[int]:
    """Those of the participants who are test users of the LMS, and no people."""
    tested = (
        select(Participant.id)
        .join(Membership, Membership.id == Participant.membership_id)
        .where(Participant.id.in_(participant_ids), Membership.is_test_user)
    )
    return set(db.scalars(tested))


def _live_pairings(db: Session, participant_ids: Collection[int]) -> list[Pairing]:
    either = or_(Pairing.mentor_id.in_(participant_ids), Pairing.mentee_id.in_(participant_ids))
    return list(
        db.scalars(
            select(Pairing)
            .where(either, Pairing.state.in_(LIVE_PAIRING))
            .order_by(Pairing.id)
            .with_for_update()
        )
    )


def _open_requests(db: Session, mentee_ids: Collection[int]) -> list[MentorRequest]:
    return list(
        db.scalars(
            select(MentorRequest)
            .where(MentorRequest.mentee_id.in_(mentee_ids), MentorRequest.state.in_(OPEN_REQUEST))
            .order_by(MentorRequest.id)
        )
    )


def both_are_here(db: Session, pairing: Pairing) -> bool:
    """Whether mentor and mentee are in the course now."""
    states = db.scalars(
        select(Membership.state)
        .join(Participant, Participant.membership_id == Membership.id)
        .where(Participant.id.in_((pairing.mentor_id, pairing.mentee_id)))
    ).all()
    return all(state is MembershipState.ACTIVE for state in states)


def state_before(db: Session, pairing: Pairing) -> PairingState:
    """Where the pairing was before it was interrupted, or ended with its program.

    The record of its moves knows: the last state that was neither. Without a record it worked.
    """
    passed_by = {PairingState.INTERRUPTED}
    if pairing.state is not PairingState.INTERRUPTED:
        passed_by |= {PairingState.CLOSING, PairingState.CLOSED}
    before = db.scalars(
        select(Activity.detail)
        .where(
            Activity.verb == Verb.PAIRING_MOVED,
            Activity.noun == "pairing",
            Activity.noun_id == pairing.id,
            Activity.detail.not_in([state.value for state in passed_by]),
        )
        .order_by(Activity.id.desc())
        .limit(1)
    ).first()
    return PairingState(before) if before else PairingState.ACTIVE
