"""Launch attempts: begun by a login, used up once, bound to one browser (LTI-18…21, 37, 38).

A login writes nothing: its ``state`` travels through the platform and says, signed by us, what
the launch will be held against. It holds hashes only; the browser secret never leaves the
browser and us. What was used up is written down when the launch comes. The code joins the two
steps of a launch whose cookie did not arrive.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self, cast
from urllib.parse import quote, unquote

from itsdangerous import BadSignature, Signer
from sqlalchemy import Connection, Select, Table, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.core.keys import digest, fingerprint, new_secret
from lti_mentoring.launch import registrations
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.launch.registrations import RegistrationFacts, check_approved
from lti_mentoring.models import UsedState, WaitingLaunch
from lti_mentoring.settings import Settings

NONCE_BYTES = 24  # 32 characters: some platforms refuse longer ones (LTI-19)
COOKIE = "__Host-lti-"
COOKIE_DIGITS = 12

_USED = cast(Table, UsedState.__table__)
_WAITING = cast(Table, WaitingLaunch.__table__)
_TAKE = insert(_USED)
_PARK = insert(_WAITING)
_BY_CODE: Select[Any] = (
    select(
        *registrations.COLUMNS,
        _WAITING.c.browser_hash,
        _WAITING.c.claims,
        _WAITING.c.registration_id,
    )
    .join_from(_WAITING, registrations.TABLE)
    .where(_WAITING.c.code_hash == bindparam("its_code_hash"))
)
_FINISH = delete(_WAITING).where(
    _WAITING.c.code_hash == bindparam("its_code_hash"), _WAITING.c.waits_since > bindparam("since")
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a login has settled: fingerprints, but for the first two and the last."""

    registration_id: int
    begun_at: datetime
    nonce: str
    browser: str
    target_link_uri: str
    deployment: str
    """Empty if the platform named none."""
    storage_target: str = ""
    """Where the platform keeps things for tools; empty if it named none."""

    def signed(self, settings: Settings) -> str:
        """The attempt as a state."""
        moment = int(self.begun_at.timestamp())
        parts = (self.nonce, self.browser, self.target_link_uri, self.deployment)
        target = quote(self.storage_target, safe="").replace("~", "%7E")
        text = "~".join((str(self.registration_id), str(moment), *parts, target))
        return _signer(settings).sign(text).decode()

    @classmethod
    def read(cls, settings: Settings, state: str) -> Self:
        """The attempt of a state that we have signed.

        Raises:
            BadSignature: of any other.
        """
        number, moment, nonce, browser, link, deployment, target = (
            _signer(settings).unsign(state).decode().split("~")
        )
        begun_at = datetime.fromtimestamp(int(moment), UTC)
        return cls(int(number), begun_at, nonce, browser, link, deployment, unquote(target))


class LoginFacts(NamedTuple):
    """What the platform said at the login, and its launch must agree with or makes use of."""

    deployment_lti_id: str | None
    target_link_uri: str
    storage_target: str = ""


@dataclass(frozen=True)
class Begun:
    """A new attempt's secrets, known here and in the browser only."""

    state: str
    nonce: str
    browser_secret: str


class Waited(NamedTuple):
    """A launch whose browser has proved itself in the second step."""

    registration_id: int
    registration: RegistrationFacts
    claims: LaunchClaims


def cookie_name(state: str) -> str:
    """The cookie that binds the attempt to its browser; parallel tabs each have their own."""
    return COOKIE + digest(state)[:COOKIE_DIGITS]


def begin(settings: Settings, registration_id: int, login: LoginFacts, now: datetime) -> Begun:
    """Make a new attempt."""
    nonce, browser_secret = secrets.token_urlsafe(NONCE_BYTES), new_secret()
    attempt = Attempt(
        registration_id,
        now,
        nonce=fingerprint(nonce),
        browser=fingerprint(browser_secret),
        target_link_uri=fingerprint(login.target_link_uri),
        deployment=fingerprint(login.deployment_lti_id) if login.deployment_lti_id else "",
        storage_target=login.storage_target,
    )
    return Begun(attempt.signed(settings), nonce, browser_secret)


def read(settings: Settings, state: str, now: datetime) -> Attempt:
    """The attempt that ``state`` names.

    Raises:
        LaunchRefused: ``state`` if we did not make it, or ``state-expired``.
    """
    try:
        attempt = Attempt.read(settings, state)
    except BadSignature as error:
        raise LaunchRefused("state", "no login has made this state") from error
    if attempt.begun_at <= now - lifetime(settings):
        raise LaunchRefused("state-expired", "the login was too long ago")
    return attempt


def lifetime(settings: Settings) -> timedelta:
    """How long a launch may take from its login to its sign-in."""
    return timedelta(minutes=settings.launching.attempt_minutes)


def is_bound(browser: str, browser_secret: str | None) -> bool:
    """Whether ``browser`` is the fingerprint of the secret that a browser has brought."""
    return browser_secret is not None and hmac.compare_digest(fingerprint(browser_secret), browser)


def take(connection: Connection, state: str, now: datetime) -> None:
    """Use the attempt up. Of two at the same time one gets here, also in two processes.

    Raises:
        LaunchRefused: ``state-used`` for the other.
    """
    try:
        connection.execute(_TAKE, {"state_hash": digest(state), "used_at": now})
    except IntegrityError as error:
        raise LaunchRefused("state-used", "the state has been used") from error


def park(connection: Connection, attempt: Attempt, claims: LaunchClaims, now: datetime) -> str:
    """Keep the launch until the browser has proved itself; returns the one-time code for that."""
    code = new_secret()
    values = {
        "code_hash": digest(code),
        "browser_hash": attempt.browser,
        "registration_id": attempt.registration_id,
        "claims": claims.as_json(),
        "waits_since": now,
    }
    connection.execute(_PARK, values)
    return code


def finish(
    connection: Connection,
    code: str,
    browser_secret: str | None,
    since: datetime,
) -> Waited:
    """The launch that waits for ``code``, if this is its browser. It is forgotten by that.

    Args:
        connection: in whose transaction the sign-in follows.
        code: from the page of the first step.
        browser_secret: what that page found in the tab.
        since: what has waited longer is over.

    Raises:
        LaunchRefused: ``code`` if there is no such launch or it is too old, ``no-binding`` if
            another browser brings the code.
        AwaitingActivation: if its registration is not approved any more.
    """
    found = connection.execute(_BY_CODE, {"its_code_hash": digest(code)}).first()
    if found is None or not isinstance(found.claims, Mapping):
        raise LaunchRefused("code", "no launch waits for this code")
    if not is_bound(found.browser_hash, browser_secret):
        raise LaunchRefused("no-binding", "another browser began this launch")
    registration = RegistrationFacts(*found[: len(registrations.COLUMNS)])
    check_approved(registration.state)
    finished = connection.execute(_FINISH, {"its_code_hash": digest(code), "since": since})
    if finished.rowcount != 1:
        raise LaunchRefused("code", "the launch waited too long, or was finished already")
    return Waited(found.registration_id, registration, LaunchClaims.from_json(found.claims))


def _signer(settings: Settings) -> Signer:
    """Signs with the secret key; states of the one before it stay good (the newest is last)."""
    secrets_known = [key for key in (settings.secret_key_previous, settings.secret_key) if key]
    return Signer(secrets_known, salt="launch-state", digest_method=hashlib.sha256)
