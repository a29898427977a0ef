"""Who chooses what is placed into a course."""

from lti_mentoring.policies.actor import Actor


def may_look_at_contents(actor: Actor) -> bool:
    """Staff of the course see what there is."""
    return actor.is_staff


def may_place(actor: Actor) -> bool:
    """Whoever coordinates the program; teaching assistants only look (LTI-77)."""
    return actor.coordinates
