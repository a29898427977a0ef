"""The small things to do: agreed on, done, opened again, dropped."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import ActionItem, Goal, MentoringSession
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.goal import may_change_action, may_comment
from lti_mentoring.policies.mentoring_session import may_write_in_room
from lti_mentoring.queries.actions import ActionInHand
from lti_mentoring.queries.goals import GoalInHand
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.services.goal_credits import count_goal, count_progress
from lti_mentoring.vocabulary import ActionState, Verb, Visibility


@dataclass(frozen=True)
class ActionDraft:
    """What is to be done, by which participant, and until when."""

    text: str
    owner_id: int
    due_on: date | None


def add_to_goal(db: Session, actor: Actor, held: GoalInHand, draft: ActionDraft) -> ActionItem:
    """A thing to do for this goal. On a private goal it stays with the owner.

    Raises:
        NotAllowed: if the actor may not write on this goal.
        NotFound: if it is given to somebody who does not know of it.
    """
    goal, pairing = held.goal, held.pairing
    require(may_comment(actor, goal, pairing), "add something to do here")
    is_shared = goal.visibility is Visibility.SHARED and pairing is not None
    people = {goal.owner_id}
    if is_shared and pairing is not None:
        people.add(pairing.mentor_id)
    if draft.owner_id not in people:
        raise NotFound("participant", draft.owner_id)
    item = _add(
        db, draft, goal_id=goal.id, pairing_id=pairing.id if is_shared and pairing else None
    )
    activity.record(db, actor, Verb.ACTION_CHANGED, "action", item.id, ActionState.OPEN)
    count_goal(db, goal)
    return item


def add_to_session(
    db: Session, actor: Actor, session: MentoringSession, draft: ActionDraft
) -> ActionItem:
    """A thing to do that the two agreed on in this session.

    Raises:
        NotAllowed: if the actor is not one of the two.
        NotFound: if it is given to anybody else.
    """
    require(may_write_in_room(actor, session), "add something to do here")
    pairing = session.pairing
    if draft.owner_id not in {pairing.mentor_id, pairing.mentee_id}:
        raise NotFound("participant", draft.owner_id)
    item = _add(db, draft, pairing_id=pairing.id, mentoring_session_id=session.id)
    activity.record(db, actor, Verb.ACTION_CHANGED, "action", item.id, ActionState.OPEN)
    return item


def finish(db: Session, actor: Actor, held: ActionInHand) -> None:
    """It is done; a mentee's counts as progress, once a week. Done twice changes nothing.

    Raises:
        NotAllowed: if it does not concern the actor.
    """
    require(_may_change(actor, held), "tick this off")
    item = held.item
    if item.state is ActionState.DONE:
        return
    _move(db, actor, item, ActionState.DONE)
    item.done_at = clock.now()
    count_progress(db, item.owner_id)


def reopen(db: Session, actor: Actor, held: ActionInHand) -> None:
    """It is open again.

    Raises:
        NotAllowed: if it does not concern the actor.
    """
    require(_may_change(actor, held), "open this again")
    if held.item.state is not ActionState.OPEN:
        _move(db, actor, held.item, ActionState.OPEN)
        held.item.done_at = None


def drop(db: Session, actor: Actor, held: ActionInHand) -> None:
    """It need not be done any more.

    Raises:
        NotAllowed: if it does not concern the actor.
        Conflict: if it was done.
    """
    require(_may_change(actor, held), "drop this")
    if held.item.state is not ActionState.DROPPED:
        _move(db, actor, held.item, ActionState.DROPPED)


def _may_change(actor: Actor, held: ActionInHand) -> bool:
    return may_change_action(actor, held.item, held.goal, held.pairing)


def _move(db: Session, actor: Actor, item: ActionItem, wanted: ActionState) -> None:
    item.state = next_state(item.state, wanted)
    activity.record(db, actor, Verb.ACTION_CHANGED, "action", item.id, wanted)


def _add(db: Session, draft: ActionDraft, **place: int | None) -> ActionItem:
    """The item; the one that stands open there with the same words, after a double click."""
    if place.get("goal_id"):
        db.scalar(select(Goal.id).where(Goal.id == place["goal_id"]).with_for_update())
    words = {"owner_id": draft.owner_id, "text": draft.text, "state": ActionState.OPEN, **place}
    item = db.scalar(select(ActionItem).filter_by(**words).limit(1))
    if item is None:
        item = ActionItem(**words, due_on=draft.due_on, created_at=clock.now())
        db.add(item)
        db.flush()
    return item
