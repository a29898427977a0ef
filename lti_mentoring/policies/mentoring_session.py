"""Who may write in a session's room, say whether it took place, and settle a dispute."""

from lti_mentoring.models import MentoringSession
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.pairing import is_in, may_open_session
from lti_mentoring.policies.program import LIVE
from lti_mentoring.vocabulary import ProgramState

STILL_OPEN = LIVE | {ProgramState.PAUSED}


def may_write_in_room(actor: Actor, session: MentoringSession) -> bool:
    """The two people of the pair, until the program is closed."""
    return may_open_session(actor, session) and actor.program_state in STILL_OPEN


def may_report(actor: Actor, session: MentoringSession) -> bool:
    """Each side of the pair, also after the pairing has ended, until the program is closed."""
    return is_in(actor, session.pairing) and actor.program_state in STILL_OPEN


def may_settle(actor: Actor) -> bool:
    """Whoever coordinates the program, by facts alone."""
    return actor.coordinates
