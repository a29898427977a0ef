"""The small things to do, for the two people whom they concern."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    ActionItem,
    Goal,
    Membership,
    MentoringSession,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.goals import ActionLine, action_line
from lti_mentoring.vocabulary import LIVE_PAIRING, ActionState, Visibility

NOBODY = 0  # an id that no row has


@dataclass(frozen=True)
class ActionInHand:
    """An action item that the actor may see, with its goal and the pairing it belongs to."""

    item: ActionItem
    goal: Goal | None
    pairing: Pairing | None


def action_for(db: Session, actor: Actor, action_id: int) -> ActionInHand:
    """The action item, if it is the actor's, the pair's, or belongs to the actor's goal.

    Raises:
        NotFound: if not, or if there is none; the caller cannot tell which.
    """
    row = db.execute(
        select(ActionItem, Goal, Pairing)
        .join(Participant, Participant.id == ActionItem.owner_id)
        .join(Program, Program.id == Participant.program_id)
        .outerjoin(Goal, Goal.id == ActionItem.goal_id)
        .outerjoin(Pairing, Pairing.id == ActionItem.pairing_id)
        .where(
            ActionItem.id == action_id,
            Program.id == actor.program_id,
            Program.course_id == actor.course_id,
            _concerns(actor),
        )
    ).first()
    if row is None:
        raise NotFound("action", action_id)
    return ActionInHand(*row)


def _concerns(actor: Actor) -> ColumnElement[bool]:
    mine = actor.participant_ids or {NOBODY}
    not_private = or_(Goal.id.is_(None), Goal.visibility == Visibility.SHARED)
    in_pair = or_(Pairing.mentor_id.in_(mine), Pairing.mentee_id.in_(mine))
    return or_(ActionItem.owner_id.in_(mine), Goal.owner_id.in_(mine), and_(in_pair, not_private))


def open_actions(db: Session, actor: Actor, limit: int = 5) -> list[ActionLine]:
    """What is open for the actor and the other person of a live pairing, soonest first."""
    mine = actor.participant_ids or {NOBODY}
    in_pair = or_(Pairing.mentor_id.in_(mine), Pairing.mentee_id.in_(mine))
    not_private = or_(Goal.id.is_(None), Goal.visibility == Visibility.SHARED)
    concerns = or_(
        ActionItem.owner_id.in_(mine),
        and_(in_pair, Pairing.state.in_(LIVE_PAIRING), not_private),
    )
    rows = db.execute(
        select(ActionItem, PlatformUser)
        .join(ActionItem.owner)
        .join(Participant.membership)
        .join(Membership.user)
        .outerjoin(Goal, Goal.id == ActionItem.goal_id)
        .outerjoin(Pairing, Pairing.id == ActionItem.pairing_id)
        .where(
            ActionItem.state == ActionState.OPEN,
            Participant.program_id == actor.program_id,
            concerns,
        )
        .order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id)
        .limit(limit)
    )
    return [action_line(item, user) for item, user in rows]


def actions_for_session(db: Session, session: MentoringSession) -> list[ActionLine]:
    """What the two agreed on in this session and, above it, what is still open from before."""
    here = ActionItem.mentoring_session_id == session.id
    still_open = and_(
        ActionItem.pairing_id == session.pairing_id, ActionItem.state == ActionState.OPEN
    )
    not_private = or_(Goal.id.is_(None), Goal.visibility == Visibility.SHARED)
    rows = db.execute(
        select(ActionItem, PlatformUser)
        .join(ActionItem.owner)
        .join(Participant.membership)
        .join(Membership.user)
        .outerjoin(Goal, Goal.id == ActionItem.goal_id)
        .where(or_(here, still_open), not_private, ActionItem.state != ActionState.DROPPED)
        .order_by(ActionItem.state.desc(), ActionItem.due_on.is_(None), ActionItem.due_on)
        .order_by(ActionItem.id)
    )
    return [action_line(item, user) for item, user in rows]
