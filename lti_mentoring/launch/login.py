"""The first step: a platform asks us to begin a launch, and we send the browser back to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from sqlalchemy import Connection, Row, Select, bindparam, select

from lti_mentoring.core import texts
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.launch import attempts, facts
from lti_mentoring.launch.attempts import LoginFacts
from lti_mentoring.launch.registrations import TABLE as _REGISTRATION
from lti_mentoring.launch.registrations import check_approved
from lti_mentoring.launch.storage import Storage
from lti_mentoring.settings import Settings

LAUNCH_PATH = "/lti/launch"
TARGET_PATHS = frozenset({LAUNCH_PATH, "/", ""})
"""What a link may name as its target. Some administrators enter the bare address of the tool."""

LONGEST_HINT = 16_384  # characters; Canvas's hints are tokens of a few hundred

_COLUMNS: Select[Any] = select(
    _REGISTRATION.c.id,
    _REGISTRATION.c.client_id,
    _REGISTRATION.c.auth_url,
    _REGISTRATION.c.state,
)
_BY_ISSUER = _COLUMNS.where(_REGISTRATION.c.issuer == bindparam("issuer")).limit(2)
_BY_BOTH = _BY_ISSUER.where(_REGISTRATION.c.client_id == bindparam("client_id"))


@dataclass(frozen=True)
class LoginRequest:
    """A login initiation as the platform sent it (Security Framework 1.0, 5.1.1.1)."""

    issuer: str
    login_hint: str
    target_link_uri: str
    message_hint: str | None
    client_id: str | None
    deployment_lti_id: str | None
    storage_target: str = ""
    """The frame of the platform that keeps things for tools; empty if it named none (LTI-150)."""


@dataclass(frozen=True)
class Login:
    """An attempt that was begun, and where the browser goes now."""

    state: str
    browser_secret: str
    authorization_url: str
    storage: Storage


def read_request(sent: Mapping[str, Sequence[str]]) -> LoginRequest:
    """The request in ``sent``, each name with all its values. Unknown names are ignored.

    Canvas calls the deployment ``deployment_id``, the specification ``lti_deployment_id``.

    Raises:
        LaunchRefused: ``login-parameters`` if something is missing, repeated or misshapen.
    """
    message_hint = _one(sent, "lti_message_hint", LONGEST_HINT)
    return LoginRequest(
        issuer=_needed(_name(sent, "iss"), "iss"),
        login_hint=_needed(_one(sent, "login_hint", LONGEST_HINT), "login_hint"),
        target_link_uri=_needed(
            _one(sent, "target_link_uri", facts.LONGEST_ADDRESS), "target_link_uri"
        ),
        message_hint=message_hint,
        client_id=_name(sent, "client_id") or None,
        deployment_lti_id=_name(sent, "lti_deployment_id") or _name(sent, "deployment_id") or None,
        storage_target=_name(sent, "lti_storage_target") or "",
    )


def begin(
    connection: Connection,
    asked: LoginRequest,
    settings: Settings,
    now: datetime,
    let_in: Callable[[int], None],
) -> tuple[int, Login]:
    """Begin a launch, if ``let_in`` does not raise for its registration; returns that id too.

    It writes nothing (promise P4): whoever can open our address could fill a table.

    Raises:
        LaunchRefused: ``registration-unknown``, ``registration-ambiguous`` or ``target``.
        AwaitingActivation: if the registration is not approved.
    """
    registration = _registration(connection, asked)
    let_in(registration.id)
    check_approved(registration.state)
    if not is_target(asked.target_link_uri, settings):
        raise LaunchRefused("target", "target_link_uri is not an address of this tool")
    begun = attempts.begin(
        settings,
        registration.id,
        LoginFacts(asked.deployment_lti_id, asked.target_link_uri, asked.storage_target),
        now,
    )
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": settings.url(LAUNCH_PATH),
        "login_hint": asked.login_hint,
        "state": begun.state,
        "nonce": begun.nonce,
    }
    if asked.message_hint is not None:
        query["lti_message_hint"] = asked.message_hint
    address = _with_query(registration.auth_url, query)
    storage = Storage.of(begun.state, registration.auth_url, asked.storage_target)
    return registration.id, Login(begun.state, begun.browser_secret, address, storage)


def is_target(address: str, settings: Settings) -> bool:
    """Whether a link may point there: our own origin, and a path that launches."""
    ours = facts.origin(settings.public_url, allow_plain=True)
    return (
        facts.origin(address, allow_plain=True) == ours and urlsplit(address).path in TARGET_PATHS
    )


def _registration(connection: Connection, asked: LoginRequest) -> Row[Any]:
    if asked.client_id is not None:
        key = {"issuer": asked.issuer, "client_id": asked.client_id}
        found = connection.execute(_BY_BOTH, key).all()
    else:
        found = connection.execute(_BY_ISSUER, {"issuer": asked.issuer}).all()
    if not found:
        raise LaunchRefused("registration-unknown", "no registration has this issuer and client id")
    if len(found) > 1:
        raise LaunchRefused(
            "registration-ambiguous", "several registrations have this issuer; client_id is missing"
        )
    return found[0]


def _one(sent: Mapping[str, Sequence[str]], name: str, limit: int) -> str | None:
    values = sent.get(name, ())
    if len(values) > 1:
        raise LaunchRefused("login-parameters", f"{name} was sent more than once")
    if values and len(values[0]) > limit:
        raise LaunchRefused("login-parameters", f"{name} is too long")
    return values[0] if values else None


def _name(sent: Mapping[str, Sequence[str]], name: str) -> str | None:
    """A name that is looked up or kept: short, and without controls."""
    value = _one(sent, name, 255)
    if value and not texts.is_identifier(value):
        raise LaunchRefused("login-parameters", f"{name} is misshapen")
    return value


def _needed(value: str | None, name: str) -> str:
    if not value:
        raise LaunchRefused("login-parameters", f"{name} is missing")
    return value


def _with_query(address: str, query: Mapping[str, str]) -> str:
    """``address`` with more in its query; what it has there stays (LTI-15)."""
    base = address.partition("#")[0]
    joint = "&" if "?" in base else "?"
    if base.endswith(("?", "&")):
        joint = ""
    return base + joint + urlencode(query, quote_via=quote, errors="replace")
