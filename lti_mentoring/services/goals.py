"""Goals: set, suggested, changed, told about, commented on, and looked back at."""

from dataclasses import dataclass, fields
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, Stale
from lti_mentoring.models import Goal, GoalEntry, Milestone, Pairing
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.goal import (
    may_comment,
    may_set_goals,
    may_suggest_goal,
    may_write_goal,
)
from lti_mentoring.queries.goals import OVER, GoalInHand, milestones_of
from lti_mentoring.rules.order import Way, moved
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.services.goal_credits import count_goal, count_progress
from lti_mentoring.vocabulary import GoalEntryKind, GoalState, Verb, Visibility

DOUBLE_CLICK = timedelta(minutes=1)
"""The same words by the same person within this time were sent once and arrived twice."""


@dataclass(frozen=True)
class GoalDraft:
    """A goal in its five parts, with the day on which to look at it again and who may read it."""

    title: str
    measure: str
    means: str
    reason: str
    due_on: date | None
    review_on: date | None
    visibility: Visibility


@dataclass(frozen=True)
class Told:
    """Progress in percent, 0 to 100, and in words."""

    progress: int
    body: str


def set_goal(db: Session, actor: Actor, draft: GoalDraft) -> Goal:
    """The learner has a goal; it counts as soon as it has all its parts.

    The same title within a minute is a double click and gives the goal that exists.

    Raises:
        NotAllowed: if the actor is no mentee, or the program does not run.
    """
    require(may_set_goals(actor), "set a goal in this program")
    owner_id = actor.mentee_id or 0
    twin = _twin(db, owner_id, draft.title, None)
    if twin is not None:
        return twin
    goal = _new(owner_id, draft, GoalState.ACTIVE)
    db.add(goal)
    db.flush()
    activity.record(db, actor, Verb.GOAL_SET, "goal", goal.id)
    count_goal(db, goal)
    return goal


def suggest_goal(db: Session, actor: Actor, pairing: Pairing, draft: GoalDraft) -> Goal:
    """The mentor's suggestion stands on the mentee's list, who takes it or does not.

    Raises:
        NotAllowed: if the actor is not the mentor of a pairing that works together.
    """
    require(may_suggest_goal(actor, pairing), "suggest a goal to this mentee")
    twin = _twin(db, pairing.mentee_id, draft.title, pairing.mentor_id)
    if twin is not None:
        return twin
    goal = _new(pairing.mentee_id, draft, GoalState.PROPOSED)
    goal.visibility = Visibility.SHARED
    goal.proposed_by_id = pairing.mentor_id
    db.add(goal)
    db.flush()
    activity.record(db, actor, Verb.GOAL_SET, "goal", goal.id, GoalState.PROPOSED)
    return goal


def _new(owner_id: int, draft: GoalDraft, state: GoalState) -> Goal:
    now = clock.now()
    goal = Goal(owner_id=owner_id, state=state, progress=0, created_at=now, updated_at=now)
    for part in fields(draft):
        setattr(goal, part.name, getattr(draft, part.name))
    return goal


def _twin(db: Session, owner_id: int, title: str, proposed_by_id: int | None) -> Goal | None:
    return db.scalar(
        select(Goal)
        .where(
            Goal.owner_id == owner_id,
            Goal.title == title,
            Goal.proposed_by_id == proposed_by_id
            if proposed_by_id
            else Goal.proposed_by_id.is_(None),
            Goal.created_at > clock.now() - DOUBLE_CLICK,
        )
        .limit(1)
    )


def change_goal(db: Session, actor: Actor, goal: Goal, draft: GoalDraft, version: int) -> None:
    """The goal reads as in ``draft``; its story says which parts changed, not what they said.

    Raises:
        NotAllowed: if the actor does not own the goal.
        Stale: if it was changed since the page was opened.
    """
    require(may_write_goal(actor, goal), "change this goal")
    _check_version(goal, version)
    changed = [
        part.name for part in fields(draft) if getattr(goal, part.name) != getattr(draft, part.name)
    ]
    if not changed:
        return
    for name in changed:
        setattr(goal, name, getattr(draft, name))
    tell_change(db, actor, goal, " ".join(changed))
    count_goal(db, goal)


def move_goal(db: Session, actor: Actor, goal: Goal, wanted: GoalState, version: int) -> None:
    """Put the goal on hold, take it up again, or end it; an ending counts as looked back on.

    Raises:
        NotAllowed: if the actor does not own the goal.
        Stale: if it was changed since the page was opened.
        Conflict: if it cannot go there from where it is.
    """
    require(may_write_goal(actor, goal), "change this goal")
    _check_version(goal, version)
    was_over = goal.state in OVER
    goal.state = next_state(goal.state, wanted)
    if wanted in OVER:
        goal.reviewed_at = clock.now()
    elif was_over:  # it is looked back on when it ends again
        goal.reviewed_at = None
    if wanted is GoalState.ACHIEVED:
        goal.progress = 100
    tell_change(db, actor, goal, f"state:{wanted.value}")
    count_goal(db, goal)


def take_goal(db: Session, actor: Actor, goal: Goal, version: int) -> None:
    """The mentee makes the mentor's suggestion a goal of their own.

    Raises:
        NotAllowed: if the goal was suggested to somebody else.
        Conflict: if it was taken or put aside before.
    """
    _check_proposed(goal)
    move_goal(db, actor, goal, GoalState.ACTIVE, version)


def decline_goal(db: Session, actor: Actor, goal: Goal, version: int) -> None:
    """The mentee puts the mentor's suggestion aside; nobody has to explain it.

    Raises:
        NotAllowed: if the goal was suggested to somebody else.
        Conflict: if it was taken or put aside before.
    """
    require(may_write_goal(actor, goal), "answer this suggestion")
    _check_proposed(goal)
    _check_version(goal, version)
    goal.state = next_state(goal.state, GoalState.DROPPED)
    tell_change(db, actor, goal, "state:declined")


def _check_proposed(goal: Goal) -> None:
    if goal.state is not GoalState.PROPOSED:
        raise Conflict("this suggestion has been answered")


def tell_progress(db: Session, actor: Actor, goal: Goal, told: Told, version: int) -> None:
    """A dated line in the goal's story, and the bar moves. It counts once a week.

    Raises:
        NotAllowed: if the actor does not own the goal.
        Stale: if it was changed since the page was opened.
        Conflict: if the goal is over, or not taken yet.
    """
    require(may_write_goal(actor, goal), "tell progress on this goal")
    _check_version(goal, version)
    if goal.state not in {GoalState.ACTIVE, GoalState.ON_HOLD}:
        raise Conflict("this goal is not under way")
    goal.progress = told.progress
    goal.updated_at = clock.now()
    _add_entry(db, goal, goal.owner_id, GoalEntryKind.UPDATE, told.body, told.progress)
    activity.record(db, actor, Verb.GOAL_CHANGED, "goal", goal.id, f"progress {told.progress}")
    count_progress(db, goal.owner_id)


def comment(db: Session, actor: Actor, held: GoalInHand, kind: GoalEntryKind, body: str) -> None:
    """A comment or a suggestion in the goal's story, by the owner or the mentor.

    Raises:
        NotAllowed: if the actor is neither of the two, or they do not work together now.
    """
    require(may_comment(actor, held.goal, held.pairing), "comment on this goal")
    is_mine = held.goal.owner_id == actor.mentee_id
    author_id = held.goal.owner_id if is_mine else (actor.mentor_id or 0)
    _lock(db, held.goal)
    said = db.scalar(
        select(GoalEntry.id).where(
            GoalEntry.goal_id == held.goal.id,
            GoalEntry.author_id == author_id,
            GoalEntry.body == body,
            GoalEntry.created_at > clock.now() - DOUBLE_CLICK,
        )
    )
    if said is None:
        _add_entry(db, held.goal, author_id, kind, body, None)
        activity.record(db, actor, Verb.GOAL_CHANGED, "goal", held.goal.id, kind.value)


def add_milestone(
    db: Session, actor: Actor, goal: Goal, title: str, due_on: date | None
) -> Milestone:
    """A step on the way, behind the others; the same title again is a double click.

    Raises:
        NotAllowed: if the actor does not own the goal.
    """
    require(may_write_goal(actor, goal), "change this goal")
    _lock(db, goal)
    twin = db.scalar(select(Milestone).filter_by(goal_id=goal.id, title=title))
    if twin is not None:
        return twin
    last = db.scalar(select(func.max(Milestone.position)).where(Milestone.goal_id == goal.id))
    step = Milestone(
        goal_id=goal.id, title=title, due_on=due_on, position=0 if last is None else last + 1
    )
    db.add(step)
    activity.record(db, actor, Verb.GOAL_CHANGED, "goal", goal.id, "milestone added")
    count_goal(db, goal)
    return step


def finish_milestone(db: Session, actor: Actor, goal: Goal, step: Milestone) -> None:
    """The step is done, since now unless it was before.

    Raises:
        NotAllowed: if the actor does not own the goal.
    """
    require(may_write_goal(actor, goal), "change this goal")
    step.done_at = step.done_at or clock.now()
    activity.record(db, actor, Verb.GOAL_CHANGED, "goal", goal.id, "milestone done")


def reopen_milestone(db: Session, actor: Actor, goal: Goal, step: Milestone) -> None:
    """The step is open again.

    Raises:
        NotAllowed: if the actor does not own the goal.
    """
    require(may_write_goal(actor, goal), "change this goal")
    step.done_at = None
    activity.record(db, actor, Verb.GOAL_CHANGED, "goal", goal.id, "milestone open")


def move_milestone(
    db: Session, actor: Actor, goal: Goal, step: Milestone, way: Way, version: int
) -> None:
    """The step stands one place further up or down; ``version`` is the step's.

    Raises:
        NotAllowed: if the actor does not own the goal.
        Stale: if the step was changed or moved since the page was opened.
    """
    require(may_write_goal(actor, goal), "change this goal")
    _lock(db, goal)
    if step.version != version:
        raise Stale("this step was changed meanwhile")
    for position, one in enumerate(moved(milestones_of(db, goal), step, way)):
        one.position = position
    activity.record(db, actor, Verb.GOAL_CHANGED, "goal", goal.id, "milestone moved")


def remove_milestone(db: Session, actor: Actor, goal: Goal, step: Milestone) -> None:
    """The step is gone.

    Raises:
        NotAllowed: if the actor does not own the goal.
    """
    require(may_write_goal(actor, goal), "change this goal")
    db.delete(step)
    activity.record(db, actor, Verb.GOAL_CHANGED, "goal", goal.id, "milestone removed")


def _check_version(goal: Goal, version: int) -> None:
    if goal.version != version:
        raise Stale("this goal was changed meanwhile")


def _lock(db: Session, goal: Goal) -> None:
    """Who adds to the same goal at the same moment comes after us."""
    db.scalar(select(Goal.id).where(Goal.id == goal.id).with_for_update())


def tell_change(db: Session, actor: Actor, goal: Goal, what: str) -> None:
    """The goal's story and the record of what happened say that ``what`` has changed: no words."""
    goal.updated_at = clock.now()
    _add_entry(db, goal, goal.owner_id, GoalEntryKind.CHANGE, what, None)
    activity.record(db, actor, Verb.GOAL_CHANGED, "goal", goal.id, what)


def _add_entry(
    db: Session,
    goal: Goal,
    author_id: int,
    kind: GoalEntryKind,
    body: str,
    progress: int | None,
) -> None:
    db.add(
        GoalEntry(
            goal_id=goal.id,
            author_id=author_id,
            kind=kind,
            body=body,
            progress=progress,
            created_at=clock.now(),
        )
    )
