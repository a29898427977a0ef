"""Who may call the services: the tool's keys, its assertions and the tokens it was given."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import RLock
from typing import TypeGuard

import jwt
import requests
from jwt.types import Options

from lti_mentoring.sandbox.tools import Tool

TOKEN_LIFETIME = 3600
ASSERTION_LIFETIME = 300  # the longest an assertion may live
LEEWAY = 30  # how far a tool's clock may be ahead
FETCH_TIMEOUT = 5


class AccessRefused(Exception):
    """An OAuth 2 error answer (RFC 6749, section 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True)
class Grant:
    """Whose an access token is, what it allows, and until when (seconds since the epoch)."""

    client_id: str
    scopes: frozenset[str]
    expires_at: float


class ToolKeys:
    """The tool's public keys, fetched once and again when an unknown key id turns up."""

    def __init__(self, url: str, http: requests.Session) -> None:
        self.url = url
        self._http = http
        self._keys: dict[str, jwt.PyJWK] = {}

    def find(self, kid: str) -> jwt.PyJWK:
        """The tool's key of that id.

        Raises:
            AccessRefused: if the tool does not publish it, or its keys cannot be read.
        """
        if kid not in self._keys:
            self._keys = self._fetch()
        if kid not in self._keys:
            raise AccessRefused("invalid_client", "the tool does not publish this key", 401)
        return self._keys[kid]

    def _fetch(self) -> dict[str, jwt.PyJWK]:
        try:
            answer = self._http.get(self.url, timeout=FETCH_TIMEOUT)
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        except (requests.RequestException, ValueError, AttributeError, jwt.PyJWTError) as error:
            raise AccessRefused(
                "invalid_client", "the tool's keys could not be read", 401
            ) from error
        return {key.key_id: key for key in keys if key.key_id}


class AccessTokens:
    """Checks assertions and hands out bearer tokens for an hour."""

    def __init__(self, clock: Callable[[], float], lock: RLock) -> None:
        self._clock = clock
        self._lock = lock
        self._grants: dict[str, Grant] = {}
        self._seen: dict[str, float] = {}

    def check_assertion(
        self, assertion: str, keys: ToolKeys, *, client_id: str, audience: str
    ) -> None:
        """Accept the tool's signed proof of who it is, once.

        Raises:
            AccessRefused: ``invalid_client``, with what is wrong in words.

        Source: 1EdTech Security Framework 1.1, section 4.1; RFC 7523, section 3.
        """
        claims = verified_claims(assertion, keys)
        if claims.get("iss") != client_id or claims.get("sub") != client_id:
            raise _not_them("iss and sub must be the client_id")
        audiences = claims.get("aud")
        if audience not in (audiences if isinstance(audiences, list) else [audiences]):
            raise _not_them("aud must be the token URL")
        self._check_times(claims)
        self._use_once(claims)

    def grant(self, tool: Tool, wanted: Iterable[str]) -> tuple[str, frozenset[str]]:
        """A new token for those of the wanted scopes that the tool was granted.

        Raises:
            AccessRefused: ``invalid_scope``, if none does.
        """
        scopes = frozenset(wanted) & tool.scopes
        if not scopes:
            raise AccessRefused("invalid_scope", "none of these scopes can be granted")
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._grants = {t: grant for t, grant in self._grants.items() if grant.expires_at > now}
            self._grants[token] = Grant(tool.client_id, scopes, now + TOKEN_LIFETIME)
        return token, scopes

    def grant_of(self, token: str) -> Grant | None:
        """What the token allows now; None if it is unknown, expired or revoked."""
        found = self._grants.get(token)
        if found is None or found.expires_at <= self._clock():
            self._grants.pop(token, None)
            return None
        return found

    def revoke(self, token: str) -> None:
        """The token is worth nothing from now on."""
        self._grants.pop(token, None)

    def revoke_all(self) -> None:
        """Every token handed out so far is worth nothing from now on."""
        self._grants.clear()

    def _check_times(self, claims: Mapping[str, object]) -> None:
        now, issued, expires = self._clock(), claims.get("iat"), claims.get("exp")
        if not is_number(issued) or not is_number(expires):
            raise _not_them("iat and exp must be numbers")
        if expires <= now:
            raise _not_them("the assertion has expired")
        if issued > now + LEEWAY:
            raise _not_them("the assertion is from the future")
        if expires - issued > ASSERTION_LIFETIME or expires > now + ASSERTION_LIFETIME + LEEWAY:
            raise _not_them("the assertion lives longer than five minutes")

    def _use_once(self, claims: Mapping[str, object]) -> None:
        jti, expires, now = claims.get("jti"), claims["exp"], self._clock()
        if not isinstance(jti, str) or not jti:
            raise _not_them("jti is missing")
        with self._lock:
            self._seen = {seen: until for seen, until in self._seen.items() if until > now}
            if jti in self._seen:
                raise _not_them("this assertion has been used before")
            if is_number(expires):
                self._seen[jti] = expires


def claimed_issuer(assertion: str) -> object:
    """Who the assertion says it is from; nothing about it has been checked.

    Raises:
        AccessRefused: if it is no JWT.
    """
    try:
        return jwt.decode(assertion, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError as error:
        raise _not_them("the assertion is not a JWT") from error


def verified_claims(assertion: str, keys: ToolKeys) -> dict[str, object]:
    """What the tool has signed; times and audience are for the caller to judge.

    Raises:
        AccessRefused: if the token is none, or its signature is not the tool's.
    """
    try:
        kid = jwt.get_unverified_header(assertion).get("kid")
    except jwt.PyJWTError as error:
        raise _not_them("the assertion is not a JWT") from error
    if not isinstance(kid, str):
        raise _not_them("the assertion names no key")
    key = keys.find(kid)
    try:
        return dict(jwt.decode(assertion, key.key, algorithms=["RS256"], options=SIGNATURE_ONLY))
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise _not_them("the signature is wrong") from error


SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def is_number(value: object) -> TypeGuard[float]:
    """Whether the value is a number, which a truth value is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _not_them(description: str) -> AccessRefused:
    return AccessRefused("invalid_client", description, 401)
