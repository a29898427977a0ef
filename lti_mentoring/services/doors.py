"""Doors: registrations and deployments, what people come in through; opened, paused, closed."""

from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_mentoring.models import Course, Deployment, Membership, Registration, SignIn
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import DeploymentState, RegistrationState, SignInState, Verb

ADMINISTRATOR = Actor.system("administrator's command")

Door = TypeVar("Door", Registration, Deployment)


def move(
    db: Session, actor: Actor, door: Door, wanted: RegistrationState | DeploymentState
) -> None:
    """Open, pause or close a door, and end who is in unless it is open.

    Raises:
        Conflict: if it cannot go there from where it is.
    """
    if door.state is wanted:
        return
    after: Any = next_state(door.state, wanted)  # each has states of its own
    door.state = after
    note(db, actor, door)
    if door.state.value != RegistrationState.APPROVED.value:
        _end_sign_ins(db, door)


def note(db: Session, actor: Actor, door: Registration | Deployment) -> None:
    """Write down in which state the door is now."""
    is_deployment = isinstance(door, Deployment)
    verb = Verb.DEPLOYMENT_MOVED if is_deployment else Verb.REGISTRATION_MOVED
    activity.record(db, actor, verb, door.__tablename__, door.id, door.state)


def _end_sign_ins(db: Session, door: Registration | Deployment) -> None:
    inside = (
        select(Membership.id)
        .join(Course, Course.id == Membership.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(
            Deployment.id == door.id
            if isinstance(door, Deployment)
            else Deployment.registration_id == door.id
        )
    )
    db.execute(
        update(SignIn)
        .where(SignIn.membership_id.in_(inside), SignIn.state == SignInState.ACTIVE)
        .values(state=SignInState.ENDED)
        .execution_options(synchronize_session=False)
    )
