"""Goals as their owner sees them, and as the mentor sees those that are shared."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    ActionItem,
    Goal,
    GoalEntry,
    Intake,
    Membership,
    Milestone,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.pairing import SIGNED, WORKING
from lti_mentoring.queries.lists import AnySelect
from lti_mentoring.queries.prepared import one_of
from lti_mentoring.rules.smart import GoalFacts
from lti_mentoring.vocabulary import ActionState, GoalEntryKind, GoalState, Visibility

OVER = frozenset({GoalState.ACHIEVED, GoalState.PARTLY_ACHIEVED, GoalState.DROPPED})
LONGEST_STORY = 100
MOST_GOALS = 200

LAST = 3
GOAL_ORDER = {
    GoalState.PROPOSED: 0,
    GoalState.DRAFT: 1,
    GoalState.ACTIVE: 1,
    GoalState.ON_HOLD: 2,
}
"""Where a goal stands in its owner's list; all others come last."""

_goals = cast(Table, Goal.__table__)
_milestones = cast(Table, Milestone.__table__)
_actions = cast(Table, ActionItem.__table__)
_pairings = cast(Table, Pairing.__table__)
_participants = cast(Table, Participant.__table__)
_members = cast(Table, Membership.__table__)
_users = cast(Table, PlatformUser.__table__)

_milestone_count = select(func.count()).where(_milestones.c.goal_id == _goals.c.id)
_action_count = select(func.count()).where(
    _actions.c.goal_id == _goals.c.id, _actions.c.state != ActionState.DROPPED
)
STEP_COUNT = _milestone_count.scalar_subquery() + _action_count.scalar_subquery()
"""How many milestones and actions a goal has."""

DONE_COUNT = (
    _milestone_count.where(_milestones.c.done_at.is_not(None)).scalar_subquery()
    + _action_count.where(_actions.c.state == ActionState.DONE).scalar_subquery()
)
"""How many of them are done."""

_LINES = (
    select(
        _goals.c.id,
        _goals.c.title,
        _goals.c.state,
        _goals.c.visibility,
        _goals.c.progress,
        _goals.c.due_on,
        _goals.c.review_on,
        _goals.c.created_at,
        _goals.c.is_shown_to_staff,
        _users.c.id.label("user_id"),
        _users.c.name,
        _users.c.given_name,
        STEP_COUNT.label("step_count"),
        DONE_COUNT.label("done_count"),
    )
    .select_from(_goals)
    .join(_participants, _participants.c.id == _goals.c.owner_id)
    .join(_members, _members.c.id == _participants.c.membership_id)
    .join(_users, _users.c.id == _members.c.user_id)
    .order_by(_users.c.name, _goals.c.id.desc())
    .limit(MOST_GOALS)
)
_OWN = _LINES.where(_goals.c.owner_id == bindparam("owner_id"))
_SHARED = _LINES.where(
    _goals.c.visibility == Visibility.SHARED,
    select(_pairings.c.id)
    .where(
        _pairings.c.mentee_id == _goals.c.owner_id,
        _pairings.c.mentor_id == bindparam("mentor_id"),
        one_of(_pairings.c.state, SIGNED),
    )
    .exists(),
)


@dataclass(frozen=True)
class GoalLine:
    """A goal in a list; ``step_count`` is milestones and actions together."""

    id: int
    title: str
    state: GoalState
    visibility: Visibility
    progress: int
    due_on: date | None
    review_on: date | None
    owner_name: str
    step_count: int
    done_count: int
    created_at: datetime
    is_shown_to_staff: bool

    @property
    def is_over(self) -> bool:
        """Whether it was achieved or given up."""
        return self.state in OVER


@dataclass(frozen=True)
class Partner:
    """The other person of a pairing. ``time_zone`` is the one in which that person reads times."""

    participant_id: int
    name: str
    short_name: str
    time_zone: str

    def clock_against(self, moment: datetime, my_zone: str) -> Literal["same", "time", "day"]:
        """How much of ``moment`` this person's clock shows differently from one in ``my_zone``."""
        theirs = moment.astimezone(ZoneInfo(self.time_zone))
        mine = moment.astimezone(ZoneInfo(my_zone))
        if theirs.date() != mine.date():
            return "day"
        return "same" if theirs.time() == mine.time() else "time"


@dataclass(frozen=True)
class GoalInHand:
    """A goal that the actor may read, with the owner's live pairing and the other person in it.

    ``partner`` is the mentor for the owner and the owner for the mentor; none without a pairing.
    """

    goal: Goal
    pairing: Pairing | None
    owner_name: str
    partner: Partner | None


@dataclass(frozen=True)
class StoryLine:
    """A line of a goal's story."""

    kind: GoalEntryKind
    body: str
    progress: int | None
    author_id: int
    author_name: str
    at: datetime


@dataclass(frozen=True)
class ActionLine:
    """Something to do, with whose it is."""

    id: int
    text: str
    due_on: date | None
    state: ActionState
    owner_id: int
    owner_name: str
    done_at: datetime | None
    goal_id: int | None = None


@dataclass(frozen=True)
class Suggestable:
    """A mentee to whom the mentor may suggest a goal."""

    pairing_id: int
    name: str


def goals_of(db: Session, mentee_id: int) -> list[GoalLine]:
    """The mentee's goals: suggested ones first, then those under way, then those that are over."""
    lines = _lines(db, _OWN, {"owner_id": mentee_id})
    return sorted(lines, key=lambda line: GOAL_ORDER.get(line.state, LAST))


def shared_goals(db: Session, mentor_id: int) -> list[GoalLine]:
    """What the mentor's mentees share: goals of live pairings only, by mentee."""
    return _lines(db, _SHARED, {"mentor_id": mentor_id})


def suggestable(db: Session, mentor_id: int) -> list[Suggestable]:
    """The mentor's present mentees, by name."""
    rows = db.execute(
        select(Pairing.id, PlatformUser)
        .join(Pairing.mentee)
        .join(Participant.membership)
        .join(Membership.user)
        .where(Pairing.mentor_id == mentor_id, Pairing.state.in_(WORKING))
        .order_by(PlatformUser.name, Pairing.id)
    )
    return [Suggestable(pairing_id, user.short_name) for pairing_id, user in rows]


def _lines(db: Session, statement: AnySelect, given: dict[str, int]) -> list[GoalLine]:
    return [
        GoalLine(
            id=row.id,
            title=row.title,
            state=row.state,
            visibility=row.visibility,
            progress=row.progress,
            due_on=row.due_on,
            review_on=row.review_on,
            owner_name=row.given_name or shown_name(row.user_id, row.name),
            step_count=row.step_count,
            done_count=row.done_count,
            created_at=row.created_at,
            is_shown_to_staff=row.is_shown_to_staff,
        )
        for row in db.connection().execute(statement, given)
    ]


def goal_for(db: Session, actor: Actor, goal_id: int) -> GoalInHand:
    """The goal, if the actor owns it or mentors its owner now and it is shared.

    Raises:
        NotFound: if not, or if there is none; the caller cannot tell which.
    """
    mentor, owner = aliased(Participant), aliased(Participant)
    mentor_user, owner_user = aliased(PlatformUser), aliased(PlatformUser)
    mentor_member, owner_member = aliased(Membership), aliased(Membership)
    reads = or_(
        Goal.owner_id == (actor.mentee_id or 0),
        and_(Goal.visibility == Visibility.SHARED, Pairing.mentor_id == (actor.mentor_id or 0)),
    )
    row = db.execute(
        select(Goal, Pairing, owner_user, mentor_user, Program.time_zone)
        .join(owner, owner.id == Goal.owner_id)
        .join(owner_member, owner_member.id == owner.membership_id)
        .join(owner_user, owner_user.id == owner_member.user_id)
        .join(Program, Program.id == owner.program_id)
        .outerjoin(Pairing, and_(Pairing.mentee_id == Goal.owner_id, Pairing.state.in_(SIGNED)))
        .outerjoin(mentor, mentor.id == Pairing.mentor_id)
        .outerjoin(mentor_member, mentor_member.id == mentor.membership_id)
        .outerjoin(mentor_user, mentor_user.id == mentor_member.user_id)
        .where(
            Goal.id == goal_id,
            Program.id == actor.program_id,
            Program.course_id == actor.course_id,
            reads,
        )
    ).first()
    if row is None:
        raise NotFound("goal", goal_id)
    goal, pairing, owner_person, mentor_person, program_zone = row
    is_mine = goal.owner_id == actor.mentee_id
    partner = None
    if not is_mine:
        partner = _partner(goal.owner_id, owner_person, program_zone)
    elif pairing is not None:
        partner = _partner(pairing.mentor_id, mentor_person, program_zone)
    return GoalInHand(goal, pairing, owner_person.short_name, partner)


def mentor_of(db: Session, actor: Actor) -> Partner | None:
    """The mentor with whom the actor, as a mentee, is paired now."""
    if actor.mentee_id is None:
        return None
    row = db.execute(
        select(Pairing.mentor_id, PlatformUser, Program.time_zone)
        .join(Pairing.mentor)
        .join(Participant.membership)
        .join(Membership.user)
        .join(Program, Program.id == Pairing.program_id)
        .where(Pairing.mentee_id == actor.mentee_id, Pairing.state.in_(SIGNED))
    ).first()
    return _partner(*row) if row else None


def _partner(participant_id: int, user: PlatformUser, program_zone: str) -> Partner:
    return Partner(
        participant_id, user.display_name, user.short_name, user.time_zone or program_zone
    )


def milestones_of(db: Session, goal: Goal) -> list[Milestone]:
    """The goal's steps in their order."""
    found = db.scalars(
        select(Milestone)
        .where(Milestone.goal_id == goal.id)
        .order_by(Milestone.position, Milestone.id)
    )
    return list(found)


def milestone_of(db: Session, goal: Goal, milestone_id: int) -> Milestone:
    """One step of this goal.

    Raises:
        NotFound: if it is none of this goal's.
    """
    found = db.scalar(
        select(Milestone).where(Milestone.id == milestone_id, Milestone.goal_id == goal.id)
    )
    if found is None:
        raise NotFound("milestone", milestone_id)
    return found


def story_of(db: Session, actor: Actor, held: GoalInHand) -> list[StoryLine]:
    """The goal's story, newest first; a mentor reads what was written since the pairing began."""
    shown = select(GoalEntry, PlatformUser).where(GoalEntry.goal_id == held.goal.id)
    if held.goal.owner_id != actor.mentee_id and held.pairing is not None:
        shown = shown.where(GoalEntry.created_at >= held.pairing.created_at)
    rows = db.execute(
        shown.join(GoalEntry.author)
        .join(Participant.membership)
        .join(Membership.user)
        .order_by(GoalEntry.id.desc())
        .limit(LONGEST_STORY)
    )
    return [
        StoryLine(
            entry.kind, entry.body, entry.progress, entry.author_id, user.short_name,
            entry.created_at,
        )
        for entry, user in rows
    ]  # fmt: skip


def actions_of(db: Session, actor: Actor, held: GoalInHand) -> list[ActionLine]:
    """What is to be done for the goal: open first, by date; without what was dropped.

    A mentor sees the learner's own and what these two agreed on, nothing of an earlier pair.
    """
    shown = select(ActionItem, PlatformUser).where(
        ActionItem.goal_id == held.goal.id, ActionItem.state != ActionState.DROPPED
    )
    if held.goal.owner_id != actor.mentee_id and held.pairing is not None:
        of_nobody_else = (ActionItem.pairing_id.is_(None), ActionItem.pairing_id == held.pairing.id)
        shown = shown.where(or_(*of_nobody_else))
    rows = db.execute(
        shown.join(ActionItem.owner)
        .join(Participant.membership)
        .join(Membership.user)
        .order_by(ActionItem.state.desc(), ActionItem.due_on.is_(None), ActionItem.due_on)
        .order_by(ActionItem.id)
    )
    return [action_line(item, user) for item, user in rows]


def action_line(item: ActionItem, user: PlatformUser) -> ActionLine:
    """The line of ``item``, which belongs to ``user``."""
    return ActionLine(
        id=item.id,
        text=item.text,
        due_on=item.due_on,
        state=item.state,
        owner_id=item.owner_id,
        owner_name=user.short_name,
        done_at=item.done_at,
        goal_id=item.goal_id,
    )


def facts_of(db: Session, goal: Goal) -> GoalFacts:
    """What the SMART meter reads."""
    milestones = select(func.count()).where(Milestone.goal_id == goal.id).scalar_subquery()
    actions = (
        select(func.count())
        .where(ActionItem.goal_id == goal.id, ActionItem.state != ActionState.DROPPED)
        .scalar_subquery()
    )
    step_count = db.scalar(select(milestones + actions)) or 0
    return GoalFacts(
        goal.title, goal.measure, goal.means, goal.reason, goal.due_on, int(step_count)
    )


def first_goal_text(db: Session, mentee_id: int) -> str:
    """What the learner wrote as a goal when getting started, as long as no goal exists."""
    has_goal = select(Goal.id).where(Goal.owner_id == mentee_id).exists()
    text = db.scalar(select(Intake.goal_text).where(Intake.participant_id == mentee_id, ~has_goal))
    return text or ""
