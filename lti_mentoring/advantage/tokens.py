"""Access tokens for a platform's services: asked for with a signed assertion, kept, dropped.

Tokens are kept in the database, encrypted, per registration and sorted scopes (LTI-123), and
in this process's memory, so that a thousand scores need one token and one look.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.db import Transaction
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.core.http import Answer, Client
from lti_mentoring.core.keys import SecretBox, Signer, Unreadable, new_secret
from lti_mentoring.core.retry_after import retry_after
from lti_mentoring.core.upsert import upsert
from lti_mentoring.models import AccessToken, Registration
from lti_mentoring.rules.platform_profiles import PlatformProfile, profile_of
from lti_mentoring.vocabulary import Product, Scope

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = timedelta(minutes=4)  # at most five are allowed (LTI-122)
MARGIN = timedelta(seconds=60)
USUAL_LIFE_SECONDS = 3600
LONGEST_LIFE_SECONDS = 24 * 3600
WORDS = {
    "invalid_client": "the LMS does not know the tool, or cannot check its signature",
    "invalid_scope": "the LMS grants none of the permissions that are needed",
    "unauthorized_client": "the LMS does not let the tool ask for access",
    "invalid_grant": "the LMS did not accept the tool's signature",
    "invalid_request": "the LMS did not understand the request for access",
}


@dataclass(frozen=True)
class RegisteredTool:
    """What calling a platform takes to know of a registration; safe to keep after a transaction."""

    registration_id: int
    client_id: str
    token_url: str
    audience: str | None
    product: Product

    @property
    def profile(self) -> PlatformProfile:
        """How the platform does things; chooses words and ways, never rights."""
        return profile_of(self.product)

    @classmethod
    def of(cls, registration: Registration) -> "RegisteredTool":
        """The facts of a loaded registration."""
        return cls(
            registration_id=registration.id,
            client_id=registration.client_id,
            token_url=registration.token_url,
            audience=registration.audience,
            product=registration.platform.product,
        )


@dataclass(frozen=True)
class Grant:
    """An access token with what it opens and until when."""

    token: str
    granted: frozenset[str]
    expires_at: datetime

    def missing(self, scopes: Collection[Scope]) -> list[Scope]:
        """Those of ``scopes`` that the platform did not grant; writing implies reading."""
        held = set(self.granted)
        if Scope.LINE_ITEM in held:
            held.add(Scope.LINE_ITEM_READ)
        return sorted(scope for scope in scopes if scope not in held)

    @property
    def holds(self) -> bool:
        """Whether it can still be used, with a margin for the way."""
        return self.expires_at - MARGIN > clock.now()


Key = tuple[int, str]


class Tokens:
    """Gets tokens; one for the whole process, used from any thread."""

    def __init__(
        self,
        transaction: Transaction,
        http: Client,
        box: SecretBox,
        signer: Callable[[Session], Signer],
    ) -> None:
        self._transaction = transaction
        self._http = http
        self._box = box
        self._signer = signer
        self._known: dict[Key, Grant] = {}
        self._fetching: defaultdict[Key, threading.Lock] = defaultdict(threading.Lock)

    def get(self, tool: RegisteredTool, scopes: Collection[Scope]) -> str:
        """A token for all of ``scopes``; kept ones first. One thread asks, the others wait.

        Raises:
            PlatformRefused: if the platform gives none, or not for all of them.
            PlatformUnavailable: if it does not answer.
        """
        key = (tool.registration_id, " ".join(sorted(scopes)))
        grant = self._known.get(key)
        if grant is None or not grant.holds:
            with self._fetching[key]:
                grant = self._known.get(key)
                if grant is None or not grant.holds:
                    grant = self._stored(key) or self._fetch_and_store(key, tool, scopes)
                    self._known[key] = grant
        if grant.missing(scopes):
            raise PlatformRefused("the LMS does not grant the permissions that are needed", 403)
        return grant.token

    def drop(self, tool: RegisteredTool, scopes: Collection[Scope], token: str) -> None:
        """Forget a token that the platform no longer takes, unless a newer one is there."""
        key = (tool.registration_id, " ".join(sorted(scopes)))
        with self._fetching[key]:
            grant = self._known.get(key)
            if grant is not None and grant.token == token:
                del self._known[key]
            stored = self._stored(key)
            if stored is not None and stored.token == token:
                with self._transaction() as db:
                    db.execute(delete(AccessToken).where(*_is(key)))

    def fetch(self, tool: RegisteredTool, scopes: Collection[Scope]) -> Grant:
        """Ask the platform for a new token, whatever is kept. ``granted`` says what it gave.

        Raises:
            PlatformRefused: if it gives none.
            PlatformUnavailable: if it does not answer, or not in JSON.
        """
        with self._transaction() as db:
            signer = self._signer(db)
        now = clock.now()
        assertion = signer.sign(
            {
                "iss": tool.client_id,
                "sub": tool.client_id,
                "aud": tool.audience or tool.profile.audience or tool.token_url,
                "iat": int(now.timestamp()),
                "exp": int((now + ASSERTION_LIFE).timestamp()),
                "jti": new_secret(),
            }
        )
        answer = self._http.request(
            "POST",
            tool.token_url,
            headers={"Accept": "application/json"},
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion,
                "scope": " ".join(sorted(scopes)),
            },
        )
        return _read_grant(answer, scopes)

    def _stored(self, key: Key) -> Grant | None:
        with self._transaction() as db:
            row = db.scalar(select(AccessToken).where(*_is(key)))
            if row is None:
                return None
            try:
                token = self._box.decrypt(row.token_encrypted)
            except Unreadable:
                return None
            grant = Grant(token, frozenset(row.granted.split()), row.expires_at)
        return grant if grant.holds else None

    def _fetch_and_store(self, key: Key, tool: RegisteredTool, scopes: Collection[Scope]) -> Grant:
        grant = self.fetch(tool, scopes)
        granted = " ".join(sorted(scope for scope in grant.granted if scope in set(Scope)))
        row = {
            "registration_id": key[0],
            "scopes": key[1],
            "granted": granted,
            "token_encrypted": self._box.encrypt(grant.token),
            "expires_at": grant.expires_at,
        }
        with self._transaction() as db:
            upsert(db, AccessToken, ("registration_id", "scopes"), row)
        return grant


def _is(key: Key) -> tuple[Any, Any]:
    return AccessToken.registration_id == key[0], AccessToken.scopes == key[1]


def _read_grant(answer: Answer, scopes: Collection[Scope]) -> Grant:
    if answer.status >= 500 or answer.status in {408, 429}:  # noqa: PLR2004 -- HTTP's numbers
        raise PlatformUnavailable("the LMS gives no access just now", retry_after(answer))
    content = _object(answer)
    token = content.get("access_token")
    if not answer.ok or not isinstance(token, str) or not token:
        words = WORDS.get(str(content.get("error")), "the LMS refuses the tool access")
        raise PlatformRefused(words, answer.status)
    said = content.get("scope")
    granted = said.split() if isinstance(said, str) and said.strip() else list(scopes)
    lasts = timedelta(seconds=_life_seconds(content.get("expires_in")))
    return Grant(token, frozenset(granted), clock.now() + lasts)


def _object(answer: Answer) -> dict[str, Any]:
    """The answer's JSON object; a refusal may come without one."""
    try:
        content = answer.json()
    except PlatformUnavailable:
        if answer.ok:
            raise
        return {}
    return content if isinstance(content, dict) else {}


def _life_seconds(value: object) -> int:
    try:
        seconds = int(str(value))
    except ValueError:
        return USUAL_LIFE_SECONDS
    return max(0, min(seconds, LONGEST_LIFE_SECONDS))
