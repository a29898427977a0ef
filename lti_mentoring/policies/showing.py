"""Who may show a learner's text to the teaching staff of the course."""

from lti_mentoring.models import Closing, Goal, Note
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import GoalState

Showable = Goal | Note | Closing
"""What a learner has written and may show: a goal's sentence, a reflection, the closing words."""


def may_show(actor: Actor, text: Showable) -> bool:
    """The learner who wrote it, at any time; not what a mentor has only suggested."""
    if isinstance(text, Goal) and text.state is GoalState.PROPOSED:
        return False
    return actor.mentee_id is not None and _author_id(text) == actor.mentee_id


def _author_id(text: Showable) -> int:
    if isinstance(text, Goal):
        return text.owner_id
    return text.author_id if isinstance(text, Note) else text.participant_id
