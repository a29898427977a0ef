"""Who may write goals, comment on them, and tick what is to be done."""

from lti_mentoring.models import ActionItem, Goal, Pairing
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.pairing import may_read_goal, may_work, owns_goal
from lti_mentoring.policies.program import LIVE
from lti_mentoring.vocabulary import ProgramState, Visibility

LOOKING_BACK = frozenset({ProgramState.CLOSING, ProgramState.CLOSED})


def may_set_goals(actor: Actor) -> bool:
    """A mentee, with or without a mentor, while the program is alive."""
    return actor.mentee_id is not None and actor.program_state in LIVE


def may_write_goal(actor: Actor, goal: Goal) -> bool:
    """The owner alone, while the program is alive."""
    return owns_goal(actor, goal) and actor.program_state in LIVE


def may_comment(actor: Actor, goal: Goal, pairing: Pairing | None) -> bool:
    """Who may read the goal: the owner, and the mentor while the two work together."""
    if owns_goal(actor, goal):
        return actor.program_state in LIVE
    if pairing is None or not may_read_goal(actor, goal, pairing):
        return False
    return may_work(actor, pairing)


def may_suggest_goal(actor: Actor, pairing: Pairing) -> bool:
    """The mentor of a pairing that works together."""
    return actor.mentor_id == pairing.mentor_id and may_work(actor, pairing)


def may_change_action(
    actor: Actor, item: ActionItem, goal: Goal | None, pairing: Pairing | None
) -> bool:
    """Whose it is; the owner of its goal; the two of its pairing while they work together."""
    if actor.program_state not in LIVE:
        return False
    if item.owner_id in actor.participant_ids or (goal is not None and owns_goal(actor, goal)):
        return True
    if pairing is None or not may_work(actor, pairing):
        return False
    return goal is None or goal.visibility is Visibility.SHARED


def may_write_closing(actor: Actor) -> bool:
    """A mentee while the program is closing; once it is closed, the words are there to read."""
    return actor.mentee_id is not None and actor.program_state is ProgramState.CLOSING


def may_look_back(actor: Actor) -> bool:
    """A mentee, once the program is closing or closed."""
    return actor.mentee_id is not None and actor.program_state in LOOKING_BACK
