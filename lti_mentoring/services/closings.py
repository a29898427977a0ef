"""Looking back at the end: every goal is reviewed, and the closing counts."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import EngagementEvent, Goal, GoalEntry
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.goal import may_look_back
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import Component, GoalEntryKind, GoalState, Verb

CLOSING = "closing"
UNDER_WAY = (GoalState.ACTIVE, GoalState.ON_HOLD)


def open_goals(db: Session, mentee_id: int) -> list[Goal]:
    """The goals that want a look back, oldest first."""
    found = db.scalars(
        select(Goal).where(Goal.owner_id == mentee_id, Goal.state.in_(UNDER_WAY)).order_by(Goal.id)
    )
    return list(found)


def is_done(db: Session, mentee_id: int) -> bool:
    """Whether the mentee has looked back already."""
    found = db.scalar(
        select(EngagementEvent.id).where(
            EngagementEvent.participant_id == mentee_id,
            EngagementEvent.component == Component.CLOSURE,
            EngagementEvent.source == CLOSING,
        )
    )
    return found is not None


def close(db: Session, actor: Actor, answers: Mapping[int, GoalState | None]) -> None:
    """Every goal under way gets its answer, and the closing is credited, once.

    ``answers`` maps goal ids to what became of them; None is "I go on with it".

    Raises:
        NotAllowed: if the actor is no mentee, or the program is not closing.
        Conflict: if a goal has appeared or changed that has no answer here.
    """
    require(may_look_back(actor), "look back now")
    mentee_id = actor.mentee_id or 0
    now = clock.now()
    goals = open_goals(db, mentee_id)
    if {goal.id for goal in goals} - answers.keys():
        raise Conflict("a goal has no answer yet")
    for goal in goals:
        wanted = answers[goal.id]
        goal.reviewed_at = goal.updated_at = now
        if wanted is not None:
            goal.state = next_state(goal.state, wanted)
            goal.progress = 100 if wanted is GoalState.ACHIEVED else goal.progress
            _tell(db, actor, goal, f"state:{wanted.value}")
        else:
            _tell(db, actor, goal, "reviewed")
    db.flush()
    ledger.credit(db, mentee_id, Component.CLOSURE, Decimal(1), CLOSING, now)
    recompute.participant(db, mentee_id)


def _tell(db: Session, actor: Actor, goal: Goal, what: str) -> None:
    db.add(
        GoalEntry(
            goal_id=goal.id,
            author_id=goal.owner_id,
            kind=GoalEntryKind.CHANGE,
            body=what,
            created_at=clock.now(),
        )
    )
    activity.record(db, actor, Verb.GOAL_CHANGED, "goal", goal.id, what)
