"""Invites: one-time addresses at which an LMS registers the tool by itself (LTI-130, LTI-137)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import NotFound, RegistrationRefused
from lti_mentoring.core.keys import digest, new_secret
from lti_mentoring.models import Registration, RegistrationInvite
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.platform_configuration import (
    PlatformConfiguration,
    RegisteredAs,
    speaks_for,
)
from lti_mentoring.services import activity, platforms
from lti_mentoring.services.deployments import find_deployment, note_deployment
from lti_mentoring.services.platforms import PlatformFacts
from lti_mentoring.vocabulary import DeploymentState, RegistrationState, Verb

LONGEST_HOURS = 24 * 30
USUAL_HOURS = 72
CLAIM = timedelta(minutes=2)  # longer than a platform may take to answer
BY_INVITE = Actor.system("dynamic registration")


@dataclass(frozen=True)
class InviteFacts:
    """What an invite is to be: for whom, and what it may do; the fields are the model's."""

    name: str
    approves: bool = False
    hours: int = USUAL_HOURS
    registration_id: int | None = None
    own_host: str = ""


@dataclass(frozen=True)
class NewInvite:
    """An invite just made; ``token`` is the secret, known here and to whoever gets the address."""

    id: int
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class OpenInvite:
    """What an invite that can be used promises."""

    id: int
    name: str
    approves: bool
    updates_id: int | None
    own_host: str


def path_of(token: str) -> str:
    """Where the LMS opens the invite."""
    return f"/lti/register/{token}"


def make_invite(db: Session, actor: Actor, facts: InviteFacts) -> NewInvite:
    """Make an invite; with a ``registration_id`` one that brings that registration up to date.

    Raises:
        NotFound: if there is no such registration.
    """
    number = facts.registration_id
    if number is not None and db.get(Registration, number) is None:
        raise NotFound("registration", number)
    token, now = new_secret(), clock.now()
    invite = RegistrationInvite(
        token_hash=digest(token),
        name=facts.name,
        approves=facts.approves,
        registration_id=number,
        own_host=facts.own_host,
        created_at=now,
        expires_at=now + timedelta(hours=facts.hours),
    )
    db.add(invite)
    db.flush()
    activity.record(db, actor, Verb.INVITE_MADE, "registration_invite", invite.id)
    return NewInvite(invite.id, token, invite.expires_at)


def open_invite(db: Session, token: str) -> OpenInvite:
    """The invite of ``token``, if it can still be used.

    Raises:
        RegistrationRefused: ``invite``, ``invite-used`` or ``invite-expired``.
    """
    invite = db.scalar(
        select(RegistrationInvite).where(RegistrationInvite.token_hash == digest(token))
    )
    if invite is None:
        raise RegistrationRefused("invite", "there is no such invite")
    if invite.used_at is not None:
        raise RegistrationRefused("invite-used", "the invite has been used")
    if invite.expires_at <= clock.now():
        raise RegistrationRefused("invite-expired", "the invite has expired")
    return OpenInvite(
        invite.id, invite.name, invite.approves, invite.registration_id, invite.own_host
    )


def claim(db: Session, invite_id: int) -> None:
    """Keep everybody else from using the invite for as long as the platform may take to answer.

    Raises:
        RegistrationRefused: ``busy`` if somebody is using it, or has.
    """
    now = clock.now()
    claimed = db.connection().execute(
        update(RegistrationInvite)
        .where(
            RegistrationInvite.id == invite_id,
            RegistrationInvite.used_at.is_(None),
            or_(
                RegistrationInvite.claimed_until.is_(None),
                RegistrationInvite.claimed_until <= now,
            ),
        )
        .values(claimed_until=now + CLAIM)
    )
    if claimed.rowcount != 1:
        raise RegistrationRefused("busy", "the invite is being used at this moment")


def release(db: Session, invite_id: int) -> None:
    """Let the invite be used again: the platform said no."""
    db.execute(
        update(RegistrationInvite)
        .where(RegistrationInvite.id == invite_id, RegistrationInvite.used_at.is_(None))
        .values(claimed_until=None)
    )


def use(
    db: Session,
    invite: OpenInvite,
    found_at: str,
    platform: PlatformConfiguration,
    registered: RegisteredAs,
) -> Registration:
    """Write down what the platform has registered, and use the invite up.

    A client id that we know already is brought up to date and never made a second time: by an
    invite that was made for it, or if its own site asks. Nobody else gets at it (LTI-132).

    Raises:
        RegistrationRefused: ``taken`` if it belongs to somebody else.
    """
    facts = _facts(invite, platform, registered)
    known = platforms.find_registration(db, facts.issuer, facts.client_id)
    if invite.updates_id is not None and (known is None or known.id != invite.updates_id):
        raise RegistrationRefused("taken", "the invite is for another registration")
    if known is None:
        registration = _add(db, invite, facts)
    elif invite.updates_id == known.id or speaks_for(platform.issuer, found_at):
        registration = known
        platforms.change_addresses(db, BY_INVITE, registration, facts)
    else:
        raise RegistrationRefused("taken", "the client id is registered already")
    if invite.approves and registration.state is RegistrationState.PENDING:
        platforms.move_registration(db, registration.id, RegistrationState.APPROVED, BY_INVITE)
    row = db.get_one(RegistrationInvite, invite.id)
    row.used_at, row.claimed_until, row.registration_id = clock.now(), None, registration.id
    _note_deployment(db, invite, registration, registered.deployment_id)
    return registration


def list_invites(db: Session) -> list[RegistrationInvite]:
    """Invites that can still be used, the newest first."""
    return list(
        db.scalars(
            select(RegistrationInvite)
            .where(
                RegistrationInvite.used_at.is_(None), RegistrationInvite.expires_at > clock.now()
            )
            .order_by(RegistrationInvite.id.desc())
        )
    )


def withdraw(db: Session, invite_id: int) -> None:
    """Let nobody use the invite any more; one that was used stays as it was.

    Raises:
        NotFound: if there is no such invite.
    """
    invite = db.get(RegistrationInvite, invite_id)
    if invite is None:
        raise NotFound("invite", invite_id)
    if invite.used_at is None:
        invite.expires_at = min(invite.expires_at, clock.now())


def _add(db: Session, invite: OpenInvite, facts: PlatformFacts) -> Registration:
    state = RegistrationState.APPROVED if invite.approves else RegistrationState.PENDING
    registration = platforms.add_registration(db, BY_INVITE, facts, state)
    # The client id was made for this invite, so whatever is deployed with it is the same customer.
    registration.admits_deployments = invite.approves
    return registration


def _facts(
    invite: OpenInvite, platform: PlatformConfiguration, registered: RegisteredAs
) -> PlatformFacts:
    return PlatformFacts(
        name=invite.name,
        issuer=platform.issuer,
        client_id=registered.client_id,
        auth_url=platform.auth_url,
        token_url=platform.token_url,
        jwks_url=platform.jwks_url,
        audience=platform.audience,
        product=platform.offer.product,
    )


def _note_deployment(
    db: Session, invite: OpenInvite, registration: Registration, lti_id: str | None
) -> None:
    """A deployment that the answer names is the registration's own."""
    if lti_id is None or find_deployment(db, registration.id, lti_id) is not None:
        return
    state = DeploymentState.APPROVED if invite.approves else DeploymentState.PENDING
    note_deployment(db, BY_INVITE, registration.id, lti_id, state)
