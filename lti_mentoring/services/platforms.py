"""Platforms that may open the tool: their registrations, added and changed by administrators."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import AddressRefused, Conflict, NotFound, RegistrationRefused
from lti_mentoring.core.http import check_address
from lti_mentoring.models import Deployment, Platform, Registration
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.roles import RoleChange, read_overrides, write_change, write_overrides
from lti_mentoring.services import activity
from lti_mentoring.services.deployments import add_deployment, move_deployment
from lti_mentoring.services.doors import ADMINISTRATOR, move
from lti_mentoring.vocabulary import CourseRole, DeploymentState, Product, RegistrationState, Verb

MOST_OVERRIDES = 50
NEEDED = ("name", "issuer", "client_id", "auth_url", "token_url", "jwks_url")
NAMES = ("issuer", "authorization", "token", "key set")


@dataclass(frozen=True)
class PlatformFacts:
    """What a registration is made of.

    ``audience`` only where that is not the token address; ``trusted_audiences`` as in the model.
    """

    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    audience: str | None = None
    trusted_audiences: tuple[str, ...] = ()
    product: Product = Product.OTHER

    @classmethod
    def told(cls, told: Mapping[str, str]) -> "PlatformFacts":
        """The facts that ``told`` has, by the names of these fields.

        Raises:
            RegistrationRefused: ``file``, naming what is missing.
        """
        missing = [field for field in NEEDED if not told.get(field)]
        if missing:
            raise RegistrationRefused("file", f"nothing says {', '.join(missing)}")
        return cls(
            name=told["name"],
            issuer=told["issuer"],
            client_id=told["client_id"],
            auth_url=told["auth_url"],
            token_url=told["token_url"],
            jwks_url=told["jwks_url"],
            audience=told.get("audience") or None,
            trusted_audiences=tuple(told.get("trusted_audiences", "").split()),
            product=Product(told.get("product", Product.OTHER.value)),
        )


def add_platform(
    db: Session, facts: PlatformFacts, deployment_id: str | None, *, allow_private: bool = False
) -> Registration:
    """Register a platform, approved, with its first deployment, if that is known.

    Raises:
        AddressRefused: if one of the addresses is none that the tool talks to.
        Conflict: if the issuer and client id are registered already.
    """
    _check_all(facts, allow_private=allow_private)
    known = find_registration(db, facts.issuer, facts.client_id)
    if known is not None:
        raise Conflict(f"this issuer and client id are registered already (number {known.id})")
    registration = add_registration(db, ADMINISTRATOR, facts, RegistrationState.APPROVED)
    if deployment_id:
        add_deployment(db, registration.id, deployment_id)
    return registration


def add_registration(
    db: Session, actor: Actor, facts: PlatformFacts, state: RegistrationState
) -> Registration:
    """Write down a registration whose addresses were checked."""
    now = clock.now()
    registration = Registration(
        platform=Platform(name=facts.name, product=facts.product, created_at=now),
        issuer=facts.issuer,
        client_id=facts.client_id,
        auth_url=facts.auth_url,
        token_url=facts.token_url,
        jwks_url=facts.jwks_url,
        audience=facts.audience or None,
        trusted_audiences=" ".join(facts.trusted_audiences),
        state=state,
        created_at=now,
    )
    db.add(registration)
    db.flush()  # the record and the deployments name it
    activity.record(
        db, actor, Verb.REGISTRATION_ADDED, "registration", registration.id, facts.product
    )
    return registration


def correct_platform(
    db: Session, actor: Actor, registration_id: int, facts: PlatformFacts, *, allow_private: bool
) -> Registration:
    """Put right what was typed wrong; people, courses and who may come in stay as they were.

    Raises:
        NotFound: if there is no such registration.
        AddressRefused: if one of the addresses is none that the tool talks to.
        Conflict: if another registration has the issuer and client id.
    """
    _check_all(facts, allow_private=allow_private)
    registration = _found(db, registration_id)
    known = find_registration(db, facts.issuer, facts.client_id)
    if known is not None and known.id != registration_id:
        raise Conflict(f"this issuer and client id are registered already (number {known.id})")
    registration.issuer, registration.client_id = facts.issuer, facts.client_id
    registration.platform.name, registration.platform.product = facts.name, facts.product
    registration.trusted_audiences = " ".join(facts.trusted_audiences)
    change_addresses(db, actor, registration, facts)
    return registration


def change_addresses(
    db: Session, actor: Actor, registration: Registration, facts: PlatformFacts
) -> None:
    """Bring a registration's addresses up to date; who may come in stays as it was."""
    registration.auth_url = facts.auth_url
    registration.token_url = facts.token_url
    registration.jwks_url = facts.jwks_url
    registration.audience = facts.audience
    activity.record(db, actor, Verb.REGISTRATION_CHANGED, "registration", registration.id)


def find_registration(db: Session, issuer: str, client_id: str) -> Registration | None:
    """The registration with this issuer and client id."""
    return db.scalar(
        select(Registration).where(
            Registration.issuer == issuer, Registration.client_id == client_id
        )
    )


def override_role(
    db: Session, actor: Actor, registration_id: int, role: str, ours: CourseRole | None
) -> None:
    """Let a role of the LMS mean ``ours`` in every course of this registration (LTI-62).

    Null takes the decision back. It counts from each person's next launch on, and from the next
    reading of a roster.

    Raises:
        NotFound: if there is no such registration.
        Conflict: if there are too many decisions already.
    """
    registration = _found(db, registration_id)
    decided = dict(read_overrides(registration.role_overrides))
    change = RoleChange(role, decided.get(role), ours)
    if ours is None:
        decided.pop(role, None)
    else:
        decided[role] = ours
    if len(decided) > MOST_OVERRIDES:
        raise Conflict("there are too many roles already")
    registration.role_overrides = write_overrides(decided)
    if change.before is change.after:
        return
    detail = write_change(change)
    activity.record(db, actor, Verb.ROLE_OVERRIDDEN, "registration", registration_id, detail)


def admit_administrators(db: Session, actor: Actor, registration_id: int, *, admits: bool) -> None:
    """Open this connection's administration to whoever administers the LMS, or close it.

    Raises:
        NotFound: if there is no such registration.
    """
    _found(db, registration_id).admits_administrators = admits
    detail = "admits administrators" if admits else "admits no administrators"
    activity.record(db, actor, Verb.REGISTRATION_CHANGED, "registration", registration_id, detail)


def show_observers(db: Session, actor: Actor, registration_id: int, *, shows: bool) -> None:
    """Let learners of this connection show their progress to observers, or nobody any more.

    What each learner has allowed is kept, and counts again once it is on again.

    Raises:
        NotFound: if there is no such registration.
    """
    _found(db, registration_id).shows_observers = shows
    detail = "shows observers progress" if shows else "shows observers nothing"
    activity.record(db, actor, Verb.REGISTRATION_CHANGED, "registration", registration_id, detail)


def move_registration(
    db: Session, registration_id: int, wanted: RegistrationState, actor: Actor = ADMINISTRATOR
) -> Registration:
    """Let its approved deployments in, pause it, or close it for good and end who is in.

    The deployment that a platform named while it registered is approved with it.

    Raises:
        NotFound: if there is no such registration.
        Conflict: if it cannot go there from where it is.
    """
    found = _found(db, registration_id)
    was_pending = found.state is RegistrationState.PENDING
    move(db, actor, found, wanted)
    if was_pending and wanted is RegistrationState.APPROVED:
        waiting = select(Deployment.id).where(
            Deployment.registration_id == registration_id,
            Deployment.state == DeploymentState.PENDING,
        )
        for number in db.scalars(waiting).all():
            move_deployment(db, number, DeploymentState.APPROVED, actor)
    return found


def _found(db: Session, registration_id: int) -> Registration:
    found = db.get(Registration, registration_id, with_for_update=True)  # launches hold it
    if found is None:
        raise NotFound("registration", registration_id)
    return found


def _check_all(facts: PlatformFacts, *, allow_private: bool) -> None:
    addresses = (facts.issuer, facts.auth_url, facts.token_url, facts.jwks_url)
    for what, url in zip(NAMES, addresses, strict=True):
        _check(what, url, allow_private=allow_private)


def _check(what: str, url: str, *, allow_private: bool) -> None:
    try:
        check_address(url, allow_private=allow_private)
    except AddressRefused as error:
        raise AddressRefused(f"the {what} address {url!r}: {error}") from error
