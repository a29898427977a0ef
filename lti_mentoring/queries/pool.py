"""The pool as its coordinator sees it: mentors in every state, who could join, and the gauge."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
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
    Topic,
    TopicOffer,
    TopicWant,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.groups import is_in
from lti_mentoring.queries.lists import AnyRow, AnySelect, Page, Wanted, contains, fetch
from lti_mentoring.queries.previews import are_people, is_person
from lti_mentoring.rules.groups import Group, read
from lti_mentoring.rules.transitions import may_become
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    CourseRole,
    IntakeState,
    MembershipState,
    MentorState,
    ParticipantState,
)

CAN_BE_INVITED = tuple(s for s in MentorState if may_become(s, MentorState.INVITED))
MENTOR_ROLES = (CourseRole.LEARNER, CourseRole.TEACHING_ASSISTANT, CourseRole.INSTRUCTOR)


@dataclass(frozen=True)
class MentorRow:
    """A mentor in whatever state. ``since`` is when they were invited, applied or decided on."""

    participant_id: int
    profile_id: int
    version: int
    name: str
    role: CourseRole
    state: MentorState
    headline: str
    capacity: int
    taken: int
    topics: str
    invited_at: datetime | None
    submitted_at: datetime | None
    decided_at: datetime | None
    groups: tuple[Group, ...] = ()

    @property
    def since(self) -> datetime | None:
        """When the mentor came into this state, as far as it is known."""
        moments = {
            MentorState.INVITED: self.invited_at,
            MentorState.SUBMITTED: self.submitted_at,
        }
        return moments.get(self.state, self.decided_at or self.submitted_at or self.invited_at)


@dataclass(frozen=True)
class MemberRow:
    """A member of the course who could be nominated; ``was`` is an earlier answer."""

    membership_id: int
    name: str
    role: CourseRole
    was: MentorState | None
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Gauge:
    """Seats against learners. ``free`` counts only seats that can be taken."""

    mentors: int
    seats: int
    taken: int
    free: int
    waiting: int
    applications: int
    invited: int
    oldest_application: datetime | None


@dataclass(frozen=True)
class ShortTopic:
    """A topic that learners without a mentor want and no mentor with a free seat offers."""

    name: str
    wanted: int


def gauge(db: Session, actor: Actor) -> Gauge:
    """Seats, learners and applications of the actor's program, in one query."""
    pool = _pool(actor).subquery()
    submitted = pool.c.state == MentorState.SUBMITTED
    active = pool.c.state == MentorState.ACTIVE
    free = case(
        (active & (pool.c.capacity > pool.c.taken), pool.c.capacity - pool.c.taken), else_=0
    )
    row = db.execute(
        select(
            func.count(case((active, 1))),
            _whole_sum(case((active, pool.c.capacity), else_=0)),
            _live_pairings(actor),
            _whole_sum(free),
            _waiting_learners(actor),
            func.count(case((submitted, 1))),
            func.count(case((pool.c.state == MentorState.INVITED, 1))),
            func.min(case((submitted, pool.c.submitted_at))),
        ).select_from(pool)
    ).one()
    return Gauge(*row)


def _whole_sum(what: ColumnElement[int]) -> ColumnElement[int]:
    """A sum that is a whole number on every database; PostgreSQL makes a decimal of some."""
    return cast(func.coalesce(func.sum(what), 0), Integer)


def short_topics(db: Session, actor: Actor) -> list[ShortTopic]:
    """Wanted topics that nobody with a free seat offers, the most wanted first."""
    pool = _pool(actor).subquery()
    offered = (
        select(TopicOffer.topic_id)
        .join(pool, pool.c.participant_id == TopicOffer.participant_id)
        .where(pool.c.state == MentorState.ACTIVE, pool.c.capacity > pool.c.taken)
    )
    wanted = func.count(TopicWant.id)
    rows = db.execute(
        select(Topic.name, wanted)
        .join(TopicWant, TopicWant.topic_id == Topic.id)
        .join(Participant, Participant.id == TopicWant.participant_id)
        .join(Intake, Intake.participant_id == Participant.id)
        .where(
            Topic.program_id == actor.program_id,
            Topic.id.not_in(offered),
            Participant.state == ParticipantState.ACTIVE,
            Intake.state == IntakeState.SUBMITTED,
            is_person(Intake.participant_id),
            ~is_paired(),
        )
        .group_by(Topic.id, Topic.name)
        .order_by(wanted.desc(), Topic.name)
    )
    return [ShortTopic(*row) for row in rows]


def mentors(db: Session, actor: Actor, wanted: Wanted) -> Page:
    """Mentors of the actor's program in every state, applications first."""
    pool = _pool(actor).subquery()
    found = select(pool)
    if wanted.state in set(MentorState):
        found = found.where(pool.c.state == wanted.state)
    if wanted.group:
        found = found.where(is_in(pool.c.groups, wanted.group))
    if wanted.text:
        found = found.where(
            or_(
                contains(pool.c.name, wanted.text),
                contains(pool.c.headline, wanted.text),
                contains(pool.c.topics, wanted.text),
            )
        )
    found = found.add_columns(PlatformUser).join(PlatformUser, PlatformUser.id == pool.c.user_id)
    first = case({MentorState.SUBMITTED: 0, MentorState.ACTIVE: 1}, value=pool.c.state, else_=2)
    rows, total = fetch(db, found.order_by(first, pool.c.name, pool.c.participant_id), wanted)
    return Page([_mentor(row) for row in rows], total, wanted.page)


def members(db: Session, actor: Actor, wanted: Wanted) -> Page:
    """Members of the actor's course who are no mentors and could be asked to be."""
    found = _members(actor, wanted)
    rows, total = fetch(db, found.order_by(PlatformUser.name, Membership.id), wanted)
    people = [
        MemberRow(row[0], row[1].display_name, row[2], row[3], read(row.groups)) for row in rows
    ]
    return Page(people, total, wanted.page)


def member_ids(db: Session, actor: Actor, wanted: Wanted) -> list[int]:
    """All of them on every page."""
    return list(db.scalars(_members(actor, wanted).order_by(Membership.id)))


def _members(actor: Actor, wanted: Wanted) -> AnySelect:
    mentor = (
        select(Participant.membership_id, MentorProfile.state)
        .join(MentorProfile, MentorProfile.participant_id == Participant.id)
        .where(Participant.program_id == actor.program_id)
        .subquery()
    )
    found = (
        select(Membership.id, PlatformUser, Membership.role, mentor.c.state, Membership.groups)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .outerjoin(mentor, mentor.c.membership_id == Membership.id)
        .where(
            Membership.course_id == actor.course_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
            Membership.role.in_(MENTOR_ROLES),
            or_(mentor.c.state.is_(None), mentor.c.state.in_(CAN_BE_INVITED)),
        )
    )
    if wanted.state in set(CourseRole):
        found = found.where(Membership.role == wanted.state)
    if wanted.group:
        found = found.where(is_in(Membership.groups, wanted.group))
    if wanted.text:
        found = found.where(contains(PlatformUser.name, wanted.text))
    return found


def profile_for(db: Session, actor: Actor, participant_id: int) -> MentorProfile:
    """A mentor's profile, if it is in the actor's program.

    Raises:
        NotFound: if it is not, or does not exist; the caller cannot tell which.
    """
    found = profiles_for(db, actor, [participant_id])
    if not found:
        raise NotFound("mentor", participant_id)
    return found[0]


def profiles_for(db: Session, actor: Actor, participant_ids: list[int]) -> list[MentorProfile]:
    """Those of these mentors that are in the actor's program."""
    found = db.scalars(
        select(MentorProfile)
        .join(Participant, Participant.id == MentorProfile.participant_id)
        .join(Program, Program.id == Participant.program_id)
        .where(
            Participant.id.in_(participant_ids),
            Program.id == actor.program_id,
            Program.course_id == actor.course_id,
        )
        .order_by(MentorProfile.id)
    )
    return list(found)


def mentor_row(db: Session, actor: Actor, participant_id: int) -> MentorRow:
    """One mentor's line.

    Raises:
        NotFound: if there is none in the actor's program.
    """
    pool = _pool(actor).subquery()
    row = db.execute(
        select(pool, PlatformUser)
        .join(PlatformUser, PlatformUser.id == pool.c.user_id)
        .where(pool.c.participant_id == participant_id)
    ).first()
    if row is None:
        raise NotFound("mentor", participant_id)
    return _mentor(row)


def _mentor(row: AnyRow) -> MentorRow:
    return MentorRow(
        participant_id=row.participant_id,
        profile_id=row.profile_id,
        version=row.version,
        name=row.PlatformUser.display_name,
        role=row.role,
        state=row.state,
        headline=row.headline,
        capacity=row.capacity,
        taken=row.taken,
        topics=row.topics or "",
        invited_at=row.invited_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        groups=read(row.groups),
    )


def _pool(actor: Actor) -> AnySelect:
    """One row a mentor of the actor's program, with seats taken and topics offered."""
    taken = (
        select(func.count(Pairing.id))
        .where(Pairing.mentor_id == Participant.id, Pairing.state.in_(LIVE_PAIRING))
        .correlate(Participant)
        .scalar_subquery()
    )
    topics = (
        select(func.aggregate_strings(Topic.name, ", "))
        .join(TopicOffer, TopicOffer.topic_id == Topic.id)
        .where(TopicOffer.participant_id == Participant.id)
        .correlate(Participant)
        .scalar_subquery()
    )
    return (
        select(
            Participant.id.label("participant_id"),
            MentorProfile.id.label("profile_id"),
            MentorProfile.version,
            PlatformUser.id.label("user_id"),
            PlatformUser.name,
            Membership.role,
            Membership.groups,
            MentorProfile.state,
            MentorProfile.headline,
            MentorProfile.capacity,
            taken.label("taken"),
            topics.label("topics"),
            MentorProfile.invited_at,
            MentorProfile.submitted_at,
            MentorProfile.decided_at,
        )
        .join(MentorProfile, MentorProfile.participant_id == Participant.id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(
            Participant.program_id == actor.program_id,
            Membership.course_id == actor.course_id,
            Membership.is_test_user.is_(False),
            Participant.state == ParticipantState.ACTIVE,
        )
    )


def _live_pairings(actor: Actor) -> ScalarSelect[int]:
    return (
        select(func.count(Pairing.id))
        .where(
            Pairing.program_id == actor.program_id, Pairing.state.in_(LIVE_PAIRING), are_people()
        )
        .scalar_subquery()
    )


def _waiting_learners(actor: Actor) -> ScalarSelect[int]:
    return (
        select(func.count(Participant.id))
        .join(Intake, Intake.participant_id == Participant.id)
        .where(
            Participant.program_id == actor.program_id,
            Participant.state == ParticipantState.ACTIVE,
            Intake.state == IntakeState.SUBMITTED,
            is_person(Intake.participant_id),
            ~is_paired(),
        )
        .scalar_subquery()
    )


def is_paired() -> ColumnElement[bool]:
    """Whether the participant of the outer query is the mentee of a live pairing."""
    return (
        exists()
        .where(Pairing.mentee_id == Participant.id, Pairing.state.in_(LIVE_PAIRING))
        .correlate(Participant)
    )
