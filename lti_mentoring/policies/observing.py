"""Who may see how somebody's mentoring goes without being part of it, by the learner's word."""

from lti_mentoring.models import Observation
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import CourseRole


def observes(actor: Actor) -> bool:
    """Parents and advisers: the LTI role *Mentor*, which is no mentor of ours (LTI-60)."""
    return actor.role is CourseRole.OBSERVER


def may_share(actor: Actor, observation: Observation) -> bool:
    """Only who is followed decides what the observer sees."""
    return actor.membership_id is not None and observation.learner_id == actor.membership_id
