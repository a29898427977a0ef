"""Looking back at the end: every goal is reviewed, what stays is kept, and the closing counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, Stale
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Closing, EngagementEvent, Goal
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.goal import may_look_back, may_write_closing
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.services.goals import tell_change
from lti_mentoring.vocabulary import ClosingDecision, Component, GoalState, Verb

CLOSING = "closing"
UNDER_WAY = (GoalState.ACTIVE, GoalState.ON_HOLD)


@dataclass(frozen=True)
class ClosingDraft:
    """What became of each goal, by its id (None is "I go on with it"), and the closing words."""

    answers: Mapping[int, GoalState | None]
    takeaway: str = ""
    decision: ClosingDecision | None = None


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


def close(db: Session, actor: Actor, draft: ClosingDraft, version: int) -> None:
    """Every goal under way gets its answer, the words are kept, and the closing counts, once.

    ``version`` is that of the closing words; 0 if there were none when the page was opened.

    Raises:
        NotAllowed: if the actor is no mentee, or the program is not closing.
        Conflict: if a goal has appeared or changed that has no answer here, or if there are
            new words and the program was closed meanwhile.
        Stale: if the words were changed since, in another window.
    """
    require(may_look_back(actor), "look back now")
    mentee_id = actor.mentee_id or 0
    goals = open_goals(db, mentee_id)
    if {goal.id for goal in goals} - draft.answers.keys():
        raise Conflict("a goal has no answer yet")
    _keep_words(db, actor, draft, version)
    for goal in goals:
        _review(db, actor, goal, draft.answers[goal.id])
    activity.record(db, actor, Verb.LOOKED_BACK, "participant", mentee_id)
    db.flush()
    ledger.credit(db, mentee_id, Component.CLOSURE, Decimal(1), CLOSING, clock.now())
    recompute.participant(db, mentee_id)


def _keep_words(db: Session, actor: Actor, draft: ClosingDraft, version: int) -> None:
    kept = db.get(Closing, actor.mentee_id)
    before = (kept.takeaway, kept.decision) if kept else ("", None)
    if before == (draft.takeaway, draft.decision):
        return
    if not may_write_closing(actor):
        raise Conflict("the program was closed meanwhile")
    if version != (kept.version if kept else 0):
        raise Stale("the closing words were changed in another window")
    if kept is None:
        kept = Closing(participant_id=actor.mentee_id)
        db.add(kept)
    kept.takeaway, kept.decision = draft.takeaway, draft.decision
    kept.is_shown_to_staff = bool(kept.is_shown_to_staff and kept.takeaway)
    kept.updated_at = clock.now()


def _review(db: Session, actor: Actor, goal: Goal, wanted: GoalState | None) -> None:
    goal.reviewed_at = clock.now()
    if wanted is None:
        tell_change(db, actor, goal, "reviewed")
        return
    goal.state = next_state(goal.state, wanted)
    goal.progress = 100 if wanted is GoalState.ACHIEVED else goal.progress
    tell_change(db, actor, goal, f"state:{wanted.value}")
