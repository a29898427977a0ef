"""Whether a deployment is let in, for a launch that stores nothing yet (LTI-03).

A launch with its cookie learns the same from the query that finds everything else.
"""

from typing import cast

from sqlalchemy import Connection, Table, bindparam, select

from lti_mentoring.core.errors import AwaitingActivation
from lti_mentoring.launch.provision import UnknownDeployment
from lti_mentoring.models import Deployment
from lti_mentoring.vocabulary import DeploymentState

_TABLE = cast(Table, Deployment.__table__)
_STATE = select(_TABLE.c.state).where(
    _TABLE.c.registration_id == bindparam("registration_id"),
    _TABLE.c.lti_id == bindparam("lti_id"),
)


def check_deployment(connection: Connection, registration_id: int, lti_id: str) -> None:
    """Go on only with approved deployments.

    Raises:
        UnknownDeployment: if it was never seen before.
        AwaitingActivation: ``deployment-pending`` or ``deployment-disabled``.
    """
    key = {"registration_id": registration_id, "lti_id": lti_id}
    state = connection.scalar(_STATE, key)
    if state is None:
        raise UnknownDeployment(lti_id)
    if state is not DeploymentState.APPROVED:
        raise AwaitingActivation(f"deployment-{state.value}", f"the deployment is {state.value}")
