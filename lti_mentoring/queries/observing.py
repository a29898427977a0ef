"""What observers see of those whom they follow, and who follows a learner.

What a learner does not share is not read at all.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Course,
    Deployment,
    EngagementScore,
    Membership,
    MentoringSession,
    Observation,
    Pairing,
    Participant,
    PlatformUser,
    Registration,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.lists import AnyRow, Page, Wanted, fetch
from lti_mentoring.vocabulary import (
    CourseRole,
    MembershipState,
    ParticipantRole,
    ParticipantState,
    SessionState,
)

PLANNED = (SessionState.PROPOSED, SessionState.SCHEDULED)

_Observer = aliased(Membership)


@dataclass(frozen=True)
class Progress:
    """What a learner shares: how many sessions were held and are planned, and if it is done."""

    held: int
    planned: int
    is_complete: bool


@dataclass(frozen=True)
class Followed:
    """A learner whom the observer follows; ``progress`` is null for who takes no part."""

    name: str
    short_name: str
    is_shared: bool
    progress: Progress | None


@dataclass(frozen=True)
class Follower:
    """An observer who follows the learner."""

    observation_id: int
    name: str
    is_shared: bool


def followed(db: Session, actor: Actor, page: int) -> Page:
    """Learners of the actor's course whom the actor follows now, with what they share.

    Nobody, unless the institution has it switched on. One query for the learners of a page.
    """
    mentee = and_(
        Observation.is_shared,
        Participant.membership_id == Membership.id,
        Participant.program_id == actor.program_id,
        Participant.role == ParticipantRole.MENTEE,
        Participant.state == ParticipantState.ACTIVE,
    )
    found = (
        select(
            PlatformUser,
            Observation.is_shared,
            Participant.id.label("mentee_id"),
            EngagementScore.is_complete,
            _session_count(SessionState.HELD).label("held"),
            _session_count(*PLANNED).label("planned"),
        )
        .select_from(Observation)
        .join(Membership, Membership.id == Observation.learner_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .outerjoin(Participant, mentee)
        .outerjoin(EngagementScore, EngagementScore.participant_id == Participant.id)
        .where(
            Observation.observer_id == actor.membership_id,
            Membership.course_id == actor.course_id,
            Membership.role == CourseRole.LEARNER,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
            _is_on(actor),
        )
        .order_by(PlatformUser.name, Observation.id)
    )
    rows, total = fetch(db, found, Wanted(page=page))
    return Page([_followed(row) for row in rows], total, page)


def followers(db: Session, actor: Actor) -> list[Follower]:
    """Those who follow the actor in the course now, by name."""
    rows = db.execute(
        select(Observation.id, PlatformUser, Observation.is_shared)
        .join(_Observer, _Observer.id == Observation.observer_id)
        .join(PlatformUser, PlatformUser.id == _Observer.user_id)
        .where(*_follows(actor))
        .order_by(PlatformUser.name, Observation.id)
    )
    return [Follower(number, user.display_name, shared) for number, user, shared in rows]


def observation_for(db: Session, actor: Actor, observation_id: int) -> Observation:
    """Somebody's following of the actor.

    Raises:
        NotFound: if it is somebody else who is followed, or nobody any more.
    """
    found = db.scalar(
        select(Observation)
        .join(_Observer, _Observer.id == Observation.observer_id)
        .where(Observation.id == observation_id, *_follows(actor))
    )
    if found is None:
        raise NotFound("observation", observation_id)
    return found


def _follows(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Whether ``_Observer`` follows the actor, is still what the LMS said, and may be shown."""
    return (
        Observation.learner_id == actor.membership_id,
        _Observer.course_id == actor.course_id,
        _Observer.role == CourseRole.OBSERVER,
        _Observer.state == MembershipState.ACTIVE,
        _is_on(actor),
    )


def _is_on(actor: Actor) -> ColumnElement[bool]:
    """Whether the institution lets learners show observers anything at all."""
    return exists().where(
        Course.id == actor.course_id,
        Deployment.id == Course.deployment_id,
        Registration.id == Deployment.registration_id,
        Registration.shows_observers,
    )


def _session_count(*states: SessionState) -> ScalarSelect[int]:
    return (
        select(func.count(MentoringSession.id))
        .join(Pairing, Pairing.id == MentoringSession.pairing_id)
        .where(Pairing.mentee_id == Participant.id, MentoringSession.state.in_(states))
        .correlate(Participant)
        .scalar_subquery()
    )


def _followed(row: AnyRow) -> Followed:
    progress = None
    if row.mentee_id is not None:
        progress = Progress(row.held, row.planned, bool(row.is_complete))
    user = row.PlatformUser
    return Followed(user.display_name, user.short_name, row.is_shared, progress)
