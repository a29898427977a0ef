"""What a learner lets an observer see: off until the learner says so, and off again at once."""

from sqlalchemy.orm import Session

from lti_mentoring.models import Observation
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.observing import may_share
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import Verb


def share(db: Session, actor: Actor, observation: Observation) -> None:
    """The observer sees the actor's numbers from now on; a second time changes nothing.

    Raises:
        NotAllowed: if it is not the actor who is followed.
    """
    _set(db, actor, observation, is_shared=True)


def stop_sharing(db: Session, actor: Actor, observation: Observation) -> None:
    """The observer sees nothing of the actor any more; a second time changes nothing.

    Raises:
        NotAllowed: if it is not the actor who is followed.
    """
    _set(db, actor, observation, is_shared=False)


def _set(db: Session, actor: Actor, observation: Observation, *, is_shared: bool) -> None:
    require(may_share(actor, observation), "decide what others see of somebody else")
    if observation.is_shared is is_shared:
        return
    observation.is_shared = is_shared
    told = "on" if is_shared else "off"
    activity.record(db, actor, Verb.PROGRESS_SHARED, "observation", observation.id, told)
