"""The wish to be told of copied courses, where a platform can tell (LTI-142)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock
from lti_mentoring.models import Deployment, Registration
from lti_mentoring.vocabulary import DeploymentState

PATH = "/lti/notices"
MOST_AT_ONCE = 20
REFUSED = timedelta(days=7)  # permissions change now and then
UNAVAILABLE = timedelta(minutes=30)


@dataclass(frozen=True)
class Wish:
    """One deployment whose platform is to be told; no transaction is needed for that."""

    deployment_id: int
    tool: RegisteredTool
    url: str


def due_wishes(db: Session) -> list[Wish]:
    """Whom to tell now, a few at a time."""
    rows = db.execute(
        select(Deployment, Registration)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(
            Deployment.notices_due_at <= clock.now(),
            Deployment.notices_url.is_not(None),
            Deployment.state == DeploymentState.APPROVED,
        )
        .order_by(Deployment.notices_due_at)
        .limit(MOST_AT_ONCE)
        .options(selectinload(Registration.platform))
    )
    return [
        Wish(deployment.id, RegisteredTool.of(registration), deployment.notices_url or "")
        for deployment, registration in rows
    ]


def note_wish(db: Session, wish: Wish, later: timedelta | None) -> None:
    """Write down that the platform was told, or when to try again."""
    due_at = None if later is None else clock.now() + later
    db.execute(
        update(Deployment)
        .where(Deployment.id == wish.deployment_id, Deployment.notices_url == wish.url)
        .values(notices_due_at=due_at)
    )
