"""The pool as its coordinator runs it: nominate, approve, pause, and how many seats each offers."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, Stale
from lti_mentoring.models import Membership, MentorProfile, Participant, Program
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.program import coordinates
from lti_mentoring.rules.mentor_steps import ENDS_INVITATION, coordinators_moves
from lti_mentoring.rules.transitions import may_become, next_state
from lti_mentoring.services import activity, request_travel
from lti_mentoring.vocabulary import (
    CourseRole,
    MembershipState,
    MentorState,
    ParticipantRole,
    ParticipantState,
    ProgramState,
    Verb,
)

MOST_SEATS = 20
MENTOR_ROLES = (CourseRole.LEARNER, CourseRole.TEACHING_ASSISTANT, CourseRole.INSTRUCTOR)
"""Who can be asked to mentor: whoever belongs to the course. Observers do not."""

CAN_GROW = frozenset({ProgramState.DRAFT, ProgramState.RECRUITING, ProgramState.RUNNING})
"""The states of a program in which people are still looked for."""


def nominate(db: Session, actor: Actor, program: Program, membership_ids: Iterable[int]) -> int:
    """These members of the actor's course are invited to be mentors; how many newly are.

    Who is in the pool already, or waits to be let in, stays as they are. Test users and people
    who have left are passed over.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Conflict: if the program does not look for people any more.
    """
    require(coordinates(actor), "nominate mentors")
    if program.state not in CAN_GROW:
        raise Conflict("this program is not looking for mentors any more")
    chosen = select(Membership).where(
        Membership.id.in_(list(membership_ids)),
        Membership.course_id == program.course_id,
        Membership.course_id == actor.course_id,
        Membership.state == MembershipState.ACTIVE,
        Membership.is_test_user.is_(False),
        Membership.role.in_(MENTOR_ROLES),
    )
    return sum(_invite(db, actor, program, member) for member in db.scalars(chosen).all())


def approve(db: Session, actor: Actor, profiles: Sequence[MentorProfile]) -> int:
    """These applicants are mentors from now on; how many there were.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Conflict: if none of them waits for an answer any more.
    """
    return _decide(db, actor, profiles, MentorState.ACTIVE, Verb.MENTOR_APPROVED)


def reject(db: Session, actor: Actor, profiles: Sequence[MentorProfile]) -> int:
    """These applications are declined; how many there were. Raises what ``approve`` raises."""
    return _decide(db, actor, profiles, MentorState.REJECTED, Verb.MENTOR_REJECTED)


def change_capacity(
    db: Session, actor: Actor, profile: MentorProfile, capacity: int, version: int
) -> None:
    """The mentor offers ``capacity`` seats, 0 to 20; pairs that exist stay, whatever it is.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Stale: if the profile was changed since ``version``.
    """
    require(coordinates(actor), "change how many seats a mentor offers")
    if profile.version != version:
        raise Stale
    profile.capacity = min(max(capacity, 0), MOST_SEATS)
    activity.record(db, actor, Verb.MENTOR_MOVED, "mentor_profile", profile.id, f"seats {capacity}")


def move_mentor(db: Session, actor: Actor, profile: MentorProfile, wanted: MentorState) -> None:
    """The mentor is paused, active again, retired, invited again, or not invited any more.

    A paused or retired mentor is asked by nobody, and whoever waits for them goes on to the
    next choice; pairs that exist go on.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Conflict: if the mentor is no longer in a state that allows it, or it would put
            somebody into the pool who has not said yes.
    """
    require(coordinates(actor), "move a mentor")
    if wanted not in coordinators_moves(profile.state):
        raise Conflict(f"a coordinator cannot make a mentor {wanted} who is {profile.state}")
    profile.state = next_state(profile.state, wanted)
    profile.decided_at = clock.now()
    activity.record(db, actor, Verb.MENTOR_MOVED, "mentor_profile", profile.id, wanted)
    if wanted is MentorState.INVITED:
        profile.invited_at = clock.now()
    if wanted in ENDS_INVITATION:
        profile.invited_at = None
    if wanted in {MentorState.PAUSED, MentorState.RETIRED}:
        request_travel.release_from_mentor(db, actor, profile.participant_id)


def _decide(
    db: Session,
    actor: Actor,
    profiles: Sequence[MentorProfile],
    wanted: MentorState,
    verb: Verb,
) -> int:
    require(coordinates(actor), "decide on applications")
    waiting = [profile for profile in profiles if profile.state is MentorState.SUBMITTED]
    if not waiting:
        raise Conflict("nobody among them waits for an answer any more")
    for profile in waiting:
        profile.state = next_state(profile.state, wanted)
        profile.decided_at = clock.now()
        if wanted in ENDS_INVITATION:
            profile.invited_at = None
        activity.record(db, actor, verb, "mentor_profile", profile.id)
    return len(waiting)


def _invite(db: Session, actor: Actor, program: Program, member: Membership) -> bool:
    """Whether the member was invited just now."""
    profile = _profile_of(db, program, member)
    if profile is None:
        participant = _participant_of(db, program, member)
        profile = MentorProfile(participant_id=participant.id, state=MentorState.INVITED)
        db.add(profile)
    elif not may_become(profile.state, MentorState.INVITED):
        return False
    else:
        _participant_of(db, program, member)
    profile.state, profile.invited_at = MentorState.INVITED, clock.now()
    db.flush()
    activity.record(db, actor, Verb.MENTOR_NOMINATED, "mentor_profile", profile.id)
    return True


def _profile_of(db: Session, program: Program, member: Membership) -> MentorProfile | None:
    return db.scalar(
        select(MentorProfile)
        .join(Participant, Participant.id == MentorProfile.participant_id)
        .where(Participant.program_id == program.id, Participant.membership_id == member.id)
    )


def _participant_of(db: Session, program: Program, member: Membership) -> Participant:
    """The member's part as a mentor: the old one, active again, or a new one."""
    found = db.scalar(
        select(Participant).where(
            Participant.program_id == program.id,
            Participant.membership_id == member.id,
            Participant.role == ParticipantRole.MENTOR,
        )
    )
    if found is None:
        found = Participant(
            program_id=program.id,
            membership_id=member.id,
            role=ParticipantRole.MENTOR,
            joined_at=clock.now(),
        )
        db.add(found)
    found.state, found.left_at = ParticipantState.ACTIVE, None
    db.flush()
    return found
