"""The small things to do, for the two people whom they concern."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, or_, select
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
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.pairing import SIGNED
from lti_mentoring.queries.goals import ActionLine, action_line
from lti_mentoring.queries.lists import AnyRow
from lti_mentoring.queries.prepared import MINE, PROGRAM, one_of, parts_of
from lti_mentoring.vocabulary import ActionState, Visibility

NOBODY = 0  # an id that no row has
MOST_OPEN = 5

_actions = cast(Table, ActionItem.__table__)
_goals = cast(Table, Goal.__table__)
_pairings = cast(Table, Pairing.__table__)
_participants = cast(Table, Participant.__table__)
_members = cast(Table, Membership.__table__)
_users = cast(Table, PlatformUser.__table__)

_in_live_pair = and_(
    or_(_pairings.c.mentor_id.in_(MINE), _pairings.c.mentee_id.in_(MINE)),
    one_of(_pairings.c.state, SIGNED),
)
_not_private = or_(_goals.c.id.is_(None), _goals.c.visibility == Visibility.SHARED)

OPEN_ACTIONS = (
    select(
        _actions.c.id,
        _actions.c.text,
        _actions.c.due_on,
        _actions.c.owner_id,
        _actions.c.goal_id,
        _users.c.id.label("user_id"),
        _users.c.name,
        _users.c.given_name,
    )
    .select_from(_actions)
    .join(_participants, _participants.c.id == _actions.c.owner_id)
    .join(_members, _members.c.id == _participants.c.membership_id)
    .join(_users, _users.c.id == _members.c.user_id)
    .outerjoin(_goals, _goals.c.id == _actions.c.goal_id)
    .outerjoin(_pairings, _pairings.c.id == _actions.c.pairing_id)
    .where(
        _actions.c.state == ActionState.OPEN,
        _participants.c.program_id == PROGRAM,
        or_(_actions.c.owner_id.in_(MINE), and_(_in_live_pair, _not_private)),
    )
    .order_by(_actions.c.due_on.is_(None), _actions.c.due_on, _actions.c.id)
    .limit(MOST_OPEN)
)
"""What is open for somebody and the other person of a live pairing, soonest first."""


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


def open_actions(db: Session, actor: Actor) -> list[ActionLine]:
    """What is open for the actor and the other person of a live pairing, soonest first; five."""
    return [open_action(row) for row in db.connection().execute(OPEN_ACTIONS, parts_of(actor))]


def open_action(row: AnyRow) -> ActionLine:
    """The line of a row of ``OPEN_ACTIONS``."""
    return ActionLine(
        id=row.id,
        text=row.text,
        due_on=row.due_on,
        state=ActionState.OPEN,
        owner_id=row.owner_id,
        owner_name=row.given_name or shown_name(row.user_id, row.name),
        done_at=None,
        goal_id=row.goal_id,
    )


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
