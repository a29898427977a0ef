"""Deployments: which are let in, and what becomes of one that was never seen before (LTI-03).

A launch with its cookie learns about its deployment from the query that finds everything else.
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, Table, bindparam, insert, select

from lti_mentoring.core.errors import AwaitingActivation
from lti_mentoring.launch import registrations
from lti_mentoring.launch.registrations import ReliedOn
from lti_mentoring.models import Activity, Deployment, PlatformKeySet
from lti_mentoring.vocabulary import DeploymentState, Verb

_TABLE = cast(Table, Deployment.__table__)
_NOTE = insert(_TABLE).returning(_TABLE.c.id)
_NOTE_ACT = insert(cast(Table, Activity.__table__))
_KEYS = cast(Table, PlatformKeySet.__table__)
_ADMITS = select(registrations.TABLE.c.admits_deployments).where(
    registrations.TABLE.c.id == bindparam("registration_id")
)
_STATE: Select[Any] = (
    select(
        *registrations.COLUMNS,
        _TABLE.c.state.label("deployment_state"),
        _KEYS.c.fetched_at.label("keys_fetched_at"),
    )
    .join_from(_TABLE, registrations.TABLE)
    .outerjoin(_KEYS, _KEYS.c.url == registrations.TABLE.c.jwks_url)
    .where(
        _TABLE.c.registration_id == bindparam("registration_id"),
        _TABLE.c.lti_id == bindparam("lti_id"),
    )
)


class UnknownDeployment(AwaitingActivation):
    """The deployment was never seen before; it is to be written down as pending."""

    def __init__(self, lti_id: str) -> None:
        super().__init__("deployment-pending", "the deployment is not known yet")
        self.lti_id = lti_id


def check_deployment(
    connection: Connection, registration_id: int, lti_id: str, relied_on: ReliedOn | None
) -> None:
    """Go on only with approved deployments.

    Raises:
        Outdated: if the launch was checked against something that has changed.
        UnknownDeployment: if it was never seen before.
        AwaitingActivation: ``deployment-pending``, ``-paused`` or ``-disabled``.
    """
    key = {"registration_id": registration_id, "lti_id": lti_id}
    found = connection.execute(_STATE, key).first()
    if found is None:
        raise UnknownDeployment(lti_id)
    if relied_on is not None:
        registrations.check_unchanged(found, relied_on)
    check_state(found.deployment_state)


def check_state(state: DeploymentState) -> None:
    """Go on only with approved deployments.

    Raises:
        AwaitingActivation: ``deployment-pending``, ``-paused`` or ``-disabled``.
    """
    if state is not DeploymentState.APPROVED:
        raise AwaitingActivation(f"deployment-{state.value}", f"the deployment is {state.value}")


def note_unknown_deployment(
    connection: Connection, registration_id: int, lti_id: str, now: datetime
) -> DeploymentState:
    """Write down a deployment that was never seen before; returns whether it is let in.

    It waits for the administrator (LTI-03), unless its client id belongs to one institution.
    """
    admits = connection.scalar(_ADMITS, {"registration_id": registration_id})
    state = DeploymentState.APPROVED if admits else DeploymentState.PENDING
    values = {
        "registration_id": registration_id,
        "lti_id": lti_id,
        "state": state,
        "created_at": now,
    }
    deployment_id = connection.scalar(_NOTE, values)
    act = {"verb": Verb.DEPLOYMENT_SEEN, "noun": "deployment", "noun_id": deployment_id, "at": now}
    connection.execute(_NOTE_ACT, {**act, "detail": state})
    return state
