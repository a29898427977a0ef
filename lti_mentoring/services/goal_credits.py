"""What goals, told progress and finished actions add to a learner's ledger."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Goal, Participant, Program
from lti_mentoring.queries.goals import facts_of
from lti_mentoring.rules.engagement import progress_week_source
from lti_mentoring.rules.smart import is_countable_goal
from lti_mentoring.vocabulary import Component, GoalState, ParticipantRole

ONE = Decimal(1)


def goal_source(goal_id: int) -> str:
    """The ledger's name for the fact that a goal was set."""
    return f"goal:{goal_id}"


def count_goal(db: Session, goal: Goal) -> bool:
    """Credit the owner once the goal has all its parts; true if that is just so now.

    What has counted once stays counted, whatever becomes of the goal.
    """
    if goal.state in {GoalState.PROPOSED, GoalState.DRAFT}:
        return False
    db.flush()
    now = clock.now()
    zone = ZoneInfo(_program_of(db, goal.owner_id).time_zone)
    if not is_countable_goal(facts_of(db, goal), now.astimezone(zone).date()):
        return False
    source = goal_source(goal.id)
    if not ledger.credit(db, goal.owner_id, Component.GOALS_SET, ONE, source, now):
        return False
    recompute.participant(db, goal.owner_id)
    return True


def count_progress(db: Session, participant_id: int) -> bool:
    """Credit a mentee's progress, once a week; true if this is the week's first."""
    if db.get_one(Participant, participant_id).role is not ParticipantRole.MENTEE:
        return False
    now = clock.now()
    week = progress_week_source(now, ZoneInfo(_program_of(db, participant_id).time_zone))
    if not ledger.credit(db, participant_id, Component.GOAL_PROGRESS, ONE, week, now):
        return False
    recompute.participant(db, participant_id)
    return True


def _program_of(db: Session, participant_id: int) -> Program:
    return db.get_one(Program, db.get_one(Participant, participant_id).program_id)
