"""Platforms that may open the tool: added, approved, disabled by an administrator's command."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import AddressRefused, Conflict, NotFound
from lti_mentoring.core.http import check_address
from lti_mentoring.models import (
    Course,
    Deployment,
    Membership,
    Platform,
    Registration,
    SignIn,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import (
    DeploymentState,
    Product,
    RegistrationState,
    SignInState,
    Verb,
)

ADDRESSES = ("issuer", "authorization", "token", "key set")
ADMINISTRATOR = Actor.system("administrator's command")

Door = TypeVar("Door", Registration, Deployment)
"""What people come in through, and what can be approved and disabled."""


@dataclass(frozen=True)
class DeploymentRow:
    """One deployment, as a list shows it."""

    id: int
    lti_id: str
    state: DeploymentState
    course_count: int


@dataclass(frozen=True)
class PlatformRow:
    """One registration with its platform, as a list shows it."""

    id: int
    name: str
    product: Product
    issuer: str
    client_id: str
    state: RegistrationState
    created_at: datetime
    deployments: tuple[DeploymentRow, ...]


def add_platform(  # noqa: PLR0913 -- an LMS has that many addresses, all told by name
    db: Session,
    *,
    name: str,
    issuer: str,
    client_id: str,
    deployment_id: str | None,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    audience: str | None = None,
    trusted_audiences: Iterable[str] = (),
    product: Product = Product.OTHER,
    allow_private: bool = False,
) -> Registration:
    """Register a platform, approved, with its first deployment, if that is known.

    Raises:
        AddressRefused: if one of the addresses is none that the tool talks to.
        Conflict: if the issuer and client id are registered already.
    """
    named = zip(ADDRESSES, (issuer, auth_url, token_url, jwks_url), strict=True)
    for what, url in named:
        _check(what, url, allow_private=allow_private)
    known = find_registration(db, issuer, client_id)
    if known is not None:
        raise Conflict(f"this issuer and client id are registered already (number {known.id})")
    now = clock.now()
    platform = Platform(name=name, product=product, created_at=now)
    registration = Registration(
        platform=platform,
        issuer=issuer,
        client_id=client_id,
        auth_url=auth_url,
        token_url=token_url,
        jwks_url=jwks_url,
        audience=audience or None,
        trusted_audiences=" ".join(trusted_audiences),
        state=RegistrationState.APPROVED,
        created_at=now,
    )
    db.add(registration)
    db.flush()  # the record and the deployment name it
    activity.record(
        db, ADMINISTRATOR, Verb.REGISTRATION_ADDED, "registration", registration.id, product
    )
    if deployment_id:
        add_deployment(db, registration.id, deployment_id)
    return registration


def find_registration(db: Session, issuer: str, client_id: str) -> Registration | None:
    """The registration with this issuer and client id."""
    return db.scalar(
        select(Registration).where(
            Registration.issuer == issuer, Registration.client_id == client_id
        )
    )


def add_deployment(db: Session, registration_id: int, lti_id: str) -> Deployment:
    """Approve a deployment by the id that the LMS shows, known or not yet seen."""
    known = db.scalar(
        select(Deployment).where(
            Deployment.registration_id == registration_id, Deployment.lti_id == lti_id
        )
    )
    if known is not None:
        return approve_deployment(db, known.id)
    deployment = Deployment(
        registration_id=registration_id,
        lti_id=lti_id,
        state=DeploymentState.APPROVED,
        created_at=clock.now(),
    )
    db.add(deployment)
    db.flush()
    _record(db, deployment)
    return deployment


def approve_registration(db: Session, registration_id: int) -> Registration:
    """Let its approved deployments in; what is approved stays so.

    Raises:
        NotFound: if there is no such registration.
    """
    return _moved(db, _registration(db, registration_id), RegistrationState.APPROVED)


def approve_deployment(db: Session, deployment_number: int) -> Deployment:
    """Let launches of this deployment in; what is approved stays so.

    Raises:
        NotFound: if there is no such deployment.
    """
    return _moved(db, _deployment(db, deployment_number), DeploymentState.APPROVED)


def disable_registration(db: Session, registration_id: int) -> Registration:
    """Let nobody in any more from this platform, and end who is in.

    Raises:
        NotFound: if there is no such registration.
    """
    registration = _moved(db, _registration(db, registration_id), RegistrationState.DISABLED)
    deployments = select(Deployment.id).where(Deployment.registration_id == registration.id)
    _end_sign_ins(db, list(db.scalars(deployments)))
    return registration


def disable_deployment(db: Session, deployment_number: int) -> Deployment:
    """Let nobody in any more from this deployment, and end who is in.

    Raises:
        NotFound: if there is no such deployment.
    """
    deployment = _moved(db, _deployment(db, deployment_number), DeploymentState.DISABLED)
    _end_sign_ins(db, [deployment.id])
    return deployment


def list_platforms(db: Session) -> list[PlatformRow]:
    """Every registration with its deployments, the oldest first."""
    counts = dict(
        db.execute(select(Course.deployment_id, func.count()).group_by(Course.deployment_id)).all()
    )
    deployments: dict[int, list[DeploymentRow]] = {}
    for row in db.scalars(select(Deployment).order_by(Deployment.id)):
        shown = DeploymentRow(row.id, row.lti_id, row.state, counts.get(row.id, 0))
        deployments.setdefault(row.registration_id, []).append(shown)
    rows = db.execute(select(Registration, Platform).join(Platform).order_by(Registration.id))
    return [
        PlatformRow(
            id=registration.id,
            name=platform.name,
            product=platform.product,
            issuer=registration.issuer,
            client_id=registration.client_id,
            state=registration.state,
            created_at=registration.created_at,
            deployments=tuple(deployments.get(registration.id, ())),
        )
        for registration, platform in rows
    ]


def _registration(db: Session, registration_id: int) -> Registration:
    found = db.get(Registration, registration_id, with_for_update=True)  # launches hold it
    if found is None:
        raise NotFound("registration", registration_id)
    return found


def _deployment(db: Session, deployment_number: int) -> Deployment:
    found = db.get(Deployment, deployment_number, with_for_update=True)
    if found is None:
        raise NotFound("deployment", deployment_number)
    return found


def _check(what: str, url: str, *, allow_private: bool) -> None:
    try:
        check_address(url, allow_private=allow_private)
    except AddressRefused as error:
        raise AddressRefused(f"the {what} address {url!r}: {error}") from error


def _end_sign_ins(db: Session, deployment_ids: list[int]) -> None:
    inside = (
        select(Membership.id)
        .join(Course, Course.id == Membership.course_id)
        .where(Course.deployment_id.in_(deployment_ids))
    )
    db.execute(
        update(SignIn)
        .where(SignIn.membership_id.in_(inside), SignIn.state == SignInState.ACTIVE)
        .values(state=SignInState.ENDED)
        .execution_options(synchronize_session=False)
    )


def _moved(db: Session, row: Door, wanted: RegistrationState | DeploymentState) -> Door:
    if row.state is not wanted:
        after: Any = next_state(row.state, wanted)  # each has states of its own
        row.state = after
        _record(db, row)
    return row


def _record(db: Session, row: Registration | Deployment) -> None:
    is_deployment = isinstance(row, Deployment)
    verb = Verb.DEPLOYMENT_APPROVED if is_deployment else Verb.REGISTRATION_ADDED
    activity.record(db, ADMINISTRATOR, verb, row.__tablename__, row.id, row.state)
