"""Mentors for a learner who waits, as the coordinator sees them who brings the two together."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Intake,
    Membership,
    MentorProfile,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.fits import Why, frame_of, likes_of, load_book, why
from lti_mentoring.queries.lists import AnySelect
from lti_mentoring.rules.groups import Group, may_pair, read
from lti_mentoring.rules.request_turns import seats_left
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    IntakeState,
    MembershipState,
    MentorState,
    PairingGroups,
    PairingState,
    ParticipantRole,
    ParticipantState,
)


@dataclass(frozen=True)
class Candidate:
    """A mentor for a learner, with reasons."""

    participant_id: int
    name: str
    short_name: str
    headline: str
    seats_left: int
    has_parted: bool
    why: Why
    groups: tuple[Group, ...]
    fits_groups: bool


@dataclass(frozen=True)
class Choice:
    """A learner without a mentor, and the mentors of the pool, the best fit first."""

    mentee_id: int
    name: str
    short_name: str
    wants: tuple[str, ...]
    goal: str  # in the learner's own words; coordinators read it to find a mentor
    candidates: tuple[Candidate, ...]
    groups: tuple[Group, ...]
    pairing_groups: PairingGroups

    def of_group(self, group_id: str) -> "Choice":
        """The same with the mentors of one group; with all of them, if the id is empty."""
        if not group_id:
            return self
        held = (one for one in self.candidates if group_id in {group.id for group in one.groups})
        return replace(self, candidates=tuple(held))


def choice_for(db: Session, actor: Actor, mentee_id: int, now: datetime) -> Choice:
    """The mentors of the pool for a learner who waits, ranked by a sum that can be told; 4 queries.

    Left out is the learner; mentors without a free seat go last. Whoever has parted from the
    learner before is marked: such a pair is not suggested, and made with a reason only.

    Raises:
        NotFound: if the learner is not in the actor's program.
    """
    learner = db.execute(_learner(actor, mentee_id)).first()
    if learner is None:
        raise NotFound("mentee", mentee_id)
    member, user, intake, program = learner
    rows = db.execute(_candidates(actor, mentee_id, member.id)).all()
    ids = {row.MentorProfile.participant_id for row in rows}
    book = load_book(db, actor.program_id, ids | {mentee_id})
    frame = frame_of(program, now.date(), actor.time_zone)
    mine = (mentee_id, likes_of(intake))
    found = [
        Candidate(
            participant_id=profile.participant_id,
            name=person.display_name,
            short_name=person.short_name,
            headline=profile.headline,
            seats_left=seats_left(profile.capacity, taken),
            has_parted=has_parted,
            why=why(book, frame, mine, (profile.participant_id, likes_of(profile))),
            groups=read(groups),
            fits_groups=may_pair(program.pairing_groups, member.groups, groups),
        )
        for profile, person, taken, has_parted, groups in rows
    ]
    found.sort(key=lambda one: (one.seats_left == 0, -one.why.fit.score, one.name))
    return Choice(
        mentee_id=mentee_id,
        name=user.display_name,
        short_name=user.short_name,
        wants=book.offered_names(mentee_id),
        goal=intake.goal_text,
        candidates=tuple(found),
        groups=read(member.groups),
        pairing_groups=program.pairing_groups,
    )


def _learner(actor: Actor, mentee_id: int) -> AnySelect:
    return (
        select(Membership, PlatformUser, Intake, Program)
        .select_from(Participant)
        .join(Program, Program.id == Participant.program_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .join(Intake, Intake.participant_id == Participant.id)
        .where(
            Participant.id == mentee_id,
            Participant.program_id == actor.program_id,
            Participant.role == ParticipantRole.MENTEE,
            Intake.state == IntakeState.SUBMITTED,
            Program.course_id == actor.course_id,
            Membership.is_test_user.is_(False),
        )
    )


def _candidates(actor: Actor, mentee_id: int, member_id: int) -> AnySelect:
    taken = (
        select(func.count(Pairing.id))
        .where(Pairing.mentor_id == Participant.id, Pairing.state.in_(LIVE_PAIRING))
        .correlate(Participant)
        .scalar_subquery()
    )
    parted = exists().where(
        Pairing.mentor_id == Participant.id,
        Pairing.mentee_id == mentee_id,
        Pairing.state == PairingState.ENDED_NO_FAULT,
    )
    return (
        select(MentorProfile, PlatformUser, taken, parted.correlate(Participant), Membership.groups)
        .join(Participant, Participant.id == MentorProfile.participant_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(
            Participant.program_id == actor.program_id,
            Participant.state == ParticipantState.ACTIVE,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
            Membership.id != member_id,
            MentorProfile.state == MentorState.ACTIVE,
        )
    )
