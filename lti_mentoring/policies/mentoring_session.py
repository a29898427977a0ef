"""Who may write in a session's room, say whether it took place, and settle a dispute."""

from lti_mentoring.models import MentoringSession
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.pairing import WORKING, is_in, may_open_session
from lti_mentoring.policies.program import is_open


def may_write_in_room(actor: Actor, session: MentoringSession) -> bool:
    """The two people of the pair while they work together, until the program is closed."""
    works_together = session.pairing.state in WORKING
    return may_open_session(actor, session) and works_together and is_open(actor)


def may_write_note(actor: Actor, session: MentoringSession) -> bool:
    """Who may write in the room, and the mentee after it: looking back on a session still counts.

    Nobody else reads the note, so it says nothing to the one who was the mentor.
    """
    is_mentee = actor.mentee_id == session.pairing.mentee_id
    return may_write_in_room(actor, session) or (is_mentee and is_open(actor))


def may_report(actor: Actor, session: MentoringSession) -> bool:
    """Each side of the pair, also after the pairing has ended, until the program is closed."""
    return is_in(actor, session.pairing) and is_open(actor)


def may_cancel(actor: Actor, session: MentoringSession) -> bool:
    """Each side of the pair, also while it rests, until the program is closed."""
    return is_in(actor, session.pairing) and is_open(actor)


def may_settle(actor: Actor) -> bool:
    """Whoever coordinates the program, by facts alone."""
    return actor.coordinates
