"""What observers see of those whom they follow, and who follows a learner.

What a learner does not share is not read at all.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    EngagementScore,
    Goal,
    Membership,
    MentoringSession,
    Observation,
    Pairing,
    Participant,
    PlatformUser,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.lists import AnyRow, Page, Wanted, fetch
from lti_mentoring.vocabulary import (
    CourseRole,
    GoalState,
    MembershipState,
    ParticipantRole,
    ParticipantState,
    SessionState,
)

COUNTED_GOALS = (
    GoalState.ACTIVE,
    GoalState.ON_HOLD,
    GoalState.ACHIEVED,
    GoalState.PARTLY_ACHIEVED,
    GoalState.DROPPED,
)
"""Drafts and suggestions are no goals yet."""

_Observer = aliased(Membership)


@dataclass(frozen=True)
class Progress:
    """What a learner shares: numbers. ``score`` is null before anything counts."""

    score: Decimal | None
    held: int
    goals: Mapping[GoalState, int] = field(default_factory=dict)


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
    """Learners of the actor's course whom the actor follows now, with what they share."""
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
            EngagementScore.score,
            _held_count().label("held"),
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
        )
        .order_by(PlatformUser.name, Observation.id)
    )
    rows, total = fetch(db, found, Wanted(page=page))
    goals = _goal_counts(db, [row.mentee_id for row in rows if row.mentee_id is not None])
    return Page([_followed(row, goals) for row in rows], total, page)


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
    """Whether ``_Observer`` follows the actor and is still what the LMS said."""
    return (
        Observation.learner_id == actor.membership_id,
        _Observer.course_id == actor.course_id,
        _Observer.role == CourseRole.OBSERVER,
        _Observer.state == MembershipState.ACTIVE,
    )


def _held_count() -> ScalarSelect[int]:
    return (
        select(func.count(MentoringSession.id))
        .join(Pairing, Pairing.id == MentoringSession.pairing_id)
        .where(Pairing.mentee_id == Participant.id, MentoringSession.state == SessionState.HELD)
        .correlate(Participant)
        .scalar_subquery()
    )


def _goal_counts(db: Session, mentee_ids: Collection[int]) -> dict[int, dict[GoalState, int]]:
    """For each mentee, how many goals are in which state."""
    counts: dict[int, dict[GoalState, int]] = {mentee_id: {} for mentee_id in mentee_ids}
    if not counts:
        return counts
    rows = db.execute(
        select(Goal.owner_id, Goal.state, func.count(Goal.id))
        .where(Goal.owner_id.in_(counts), Goal.state.in_(COUNTED_GOALS))
        .group_by(Goal.owner_id, Goal.state)
    )
    for owner_id, state, count in rows:
        counts[owner_id][state] = count
    return counts


def _followed(row: AnyRow, goals: Mapping[int, Mapping[GoalState, int]]) -> Followed:
    progress = None
    if row.mentee_id is not None:
        progress = Progress(row.score, row.held, goals[row.mentee_id])
    user = row.PlatformUser
    return Followed(user.display_name, user.short_name, row.is_shared, progress)
