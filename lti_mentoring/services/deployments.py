"""Deployments: the tenants of a registration (LTI-02, LTI-03)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import Deployment
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services.doors import ADMINISTRATOR, move, note
from lti_mentoring.vocabulary import DeploymentState


def find_deployment(db: Session, registration_id: int, lti_id: str) -> Deployment | None:
    """The registration's deployment with the id that the LMS shows."""
    return db.scalar(
        select(Deployment).where(
            Deployment.registration_id == registration_id, Deployment.lti_id == lti_id
        )
    )


def require_of_registration(db: Session, registration_id: int, deployment_number: int) -> None:
    """Go on only with a deployment of that registration.

    Raises:
        NotFound: if it belongs to another one, or there is none.
    """
    found = db.get(Deployment, deployment_number)
    if found is None or found.registration_id != registration_id:
        raise NotFound("deployment", deployment_number)


def note_deployment(
    db: Session, actor: Actor, registration_id: int, lti_id: str, state: DeploymentState
) -> Deployment:
    """Write down a deployment that is new to us."""
    deployment = Deployment(
        registration_id=registration_id, lti_id=lti_id, state=state, created_at=clock.now()
    )
    db.add(deployment)
    db.flush()  # the record names it
    note(db, actor, deployment)
    return deployment


def add_deployment(db: Session, registration_id: int, lti_id: str) -> Deployment:
    """Approve a deployment by the id that the LMS shows, known or not yet seen."""
    known = find_deployment(db, registration_id, lti_id)
    if known is not None:
        return move_deployment(db, known.id, DeploymentState.APPROVED)
    return note_deployment(db, ADMINISTRATOR, registration_id, lti_id, DeploymentState.APPROVED)


def move_deployment(
    db: Session, deployment_number: int, wanted: DeploymentState, actor: Actor = ADMINISTRATOR
) -> Deployment:
    """Let its launches in, pause it, or close it for good and end who is in.

    Raises:
        NotFound: if there is no such deployment.
        Conflict: if it cannot go there from where it is.
    """
    found = db.get(Deployment, deployment_number, with_for_update=True)  # launches hold it
    if found is None:
        raise NotFound("deployment", deployment_number)
    move(db, actor, found, wanted)
    return found
