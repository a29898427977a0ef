"""Launch attempts: begun by a login, used up once, bound to one browser (LTI-18…21, 37, 38).

The table holds hashes only. ``state`` names the attempt and travels through the platform;
the browser secret never leaves the browser and us; the code joins the two steps of a launch
whose cookie did not arrive.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, Table, bindparam, insert, select, update

from lti_mentoring.core.errors import AwaitingActivation, LaunchRefused
from lti_mentoring.core.keys import digest, new_secret
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.models import LaunchAttempt, PlatformKeySet, Registration
from lti_mentoring.vocabulary import RegistrationState

NONCE_BYTES = 24  # 32 characters: some platforms refuse longer ones (LTI-19)
COOKIE = "__Host-lti-"
COOKIE_DIGITS = 12

_ATTEMPT = cast(Table, LaunchAttempt.__table__)
_INSERT = insert(_ATTEMPT)
_FACTS: Select[Any] = select(
    _ATTEMPT.c.id,
    _ATTEMPT.c.nonce_hash,
    _ATTEMPT.c.browser_hash,
    _ATTEMPT.c.deployment_lti_id,
    _ATTEMPT.c.target_link_uri,
    _ATTEMPT.c.created_at,
    _ATTEMPT.c.used_at,
    _ATTEMPT.c.claims,
    Registration.id.label("registration_id"),
    Registration.issuer,
    Registration.client_id,
    Registration.auth_url,
    Registration.token_url,
    Registration.jwks_url,
    Registration.trusted_audiences,
    Registration.state.label("registration_state"),
    PlatformKeySet.fetched_at.label("keys_stored_at"),
).select_from(
    _ATTEMPT.join(Registration, Registration.id == _ATTEMPT.c.registration_id).outerjoin(
        PlatformKeySet, PlatformKeySet.url == Registration.jwks_url
    )
)
_BY_STATE = _FACTS.where(_ATTEMPT.c.state_hash == bindparam("state_hash"))
_BY_CODE = _FACTS.where(
    _ATTEMPT.c.code_hash == bindparam("code_hash"), _ATTEMPT.c.finished_at.is_(None)
)
_TAKE = (
    update(_ATTEMPT)
    .where(
        _ATTEMPT.c.state_hash == bindparam("its_state_hash"),
        _ATTEMPT.c.used_at.is_(None),
        _ATTEMPT.c.created_at > bindparam("since"),
    )
    .values(used_at=bindparam("now"))
)
_PARK = (
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == bindparam("its_id"))
    .values(code_hash=bindparam("its_code_hash"), claims=bindparam("its_claims"))
)
_FINISH = (
    update(_ATTEMPT)
    .where(
        _ATTEMPT.c.code_hash == bindparam("its_code_hash"),
        _ATTEMPT.c.finished_at.is_(None),
        _ATTEMPT.c.used_at > bindparam("since"),
    )
    .values(finished_at=bindparam("now"), claims=None, code_hash=None)
)


@dataclass(frozen=True)
class Begun:
    """A new attempt's secrets, known here and in the browser only."""

    state: str
    nonce: str
    browser_secret: str


def cookie_name(state: str) -> str:
    """The cookie that binds the attempt to its browser; parallel tabs each have their own."""
    return COOKIE + digest(state)[:COOKIE_DIGITS]


def begin(
    connection: Connection,
    registration_id: int,
    deployment_lti_id: str | None,
    target_link_uri: str,
    now: datetime,
) -> Begun:
    """Write down a new attempt."""
    begun = Begun(new_secret(), secrets.token_urlsafe(NONCE_BYTES), new_secret())
    connection.execute(
        _INSERT,
        {
            "state_hash": digest(begun.state),
            "nonce_hash": digest(begun.nonce),
            "browser_hash": digest(begun.browser_secret),
            "registration_id": registration_id,
            "deployment_lti_id": deployment_lti_id,
            "target_link_uri": target_link_uri,
            "created_at": now,
        },
    )
    return begun


def find(connection: Connection, state: str, now: datetime, lifetime: timedelta) -> Row[Any]:
    """The attempt that ``state`` names, with its registration and the age of its key set.

    Raises:
        LaunchRefused: ``state`` if there is none, ``state-used`` or ``state-expired``.
        AwaitingActivation: if its registration is not approved.
    """
    found = connection.execute(_BY_STATE, {"state_hash": digest(state)}).first()
    if found is None:
        raise LaunchRefused("state", "no login has made this state")
    if found.used_at is not None:
        raise LaunchRefused("state-used", "the state has been used")
    if found.created_at <= now - lifetime:
        raise LaunchRefused("state-expired", "the login was too long ago")
    check_registration(found.registration_state)
    return found


def check_registration(state: RegistrationState) -> None:
    """Go on only with approved registrations.

    Raises:
        AwaitingActivation: ``registration-pending`` or ``registration-disabled``.
    """
    if state is not RegistrationState.APPROVED:
        raise AwaitingActivation(f"registration-{state.value}", f"the registration is {state}")


def is_bound(attempt: Row[Any], browser_secret: str | None) -> bool:
    """Whether the browser that brought ``browser_secret`` is the one that began the attempt."""
    return browser_secret is not None and hmac.compare_digest(
        digest(browser_secret), attempt.browser_hash
    )


def take(connection: Connection, state: str, now: datetime, lifetime: timedelta) -> None:
    """Use the attempt up. Of two at the same time one gets here, also in two processes.

    Raises:
        LaunchRefused: ``state-used`` for the other.
    """
    taken = connection.execute(
        _TAKE, {"its_state_hash": digest(state), "now": now, "since": now - lifetime}
    )
    if taken.rowcount != 1:
        raise LaunchRefused("state-used", "the state was used at the same moment")


def park(connection: Connection, attempt_id: int, claims: LaunchClaims) -> str:
    """Keep the launch until the browser has proved itself; returns the one-time code for that."""
    code = new_secret()
    values = {"its_id": attempt_id, "its_code_hash": digest(code), "its_claims": claims.as_json()}
    connection.execute(_PARK, values)
    return code


def finish(
    connection: Connection,
    code: str,
    browser_secret: str | None,
    now: datetime,
    lifetime: timedelta,
) -> tuple[Row[Any], LaunchClaims]:
    """The parked launch that ``code`` names, if this is its browser. Its facts are forgotten.

    Raises:
        LaunchRefused: ``code`` if there is no such launch or it is too old, ``no-binding`` if
            another browser brings the code.
        AwaitingActivation: if its registration is not approved any more.
    """
    found = connection.execute(_BY_CODE, {"code_hash": digest(code)}).first()
    if found is None or not isinstance(found.claims, Mapping):
        raise LaunchRefused("code", "no launch waits for this code")
    if not is_bound(found, browser_secret):
        raise LaunchRefused("no-binding", "another browser began this launch")
    check_registration(found.registration_state)
    finished = connection.execute(
        _FINISH, {"its_code_hash": digest(code), "now": now, "since": now - lifetime}
    )
    if finished.rowcount != 1:
        raise LaunchRefused("code", "the launch waited too long, or was finished already")
    return found, LaunchClaims.from_json(found.claims)
