"""The platforms' public keys: parsed once per process, fetched rarely, shared by all processes.

A launch with a known key costs no request and no query. An unknown key id leads to one new
fetch, which forged ids cannot repeat within ``key_refetch_seconds`` (LTI-07). While a platform
is down its last known set goes on working, for ``key_set_stale_days``; a key that a newer set
lacks stops at once.
"""

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from lti_mentoring.core import clock
from lti_mentoring.core.db import Database
from lti_mentoring.core.errors import AddressRefused, LaunchRefused, PlatformUnavailable
from lti_mentoring.core.http import Client
from lti_mentoring.models import PlatformKeySet
from lti_mentoring.settings import Launching

SMALLEST_KEY_BITS = 2048
MOST_KEYS = 50  # of one platform
LARGEST_DOCUMENT = 256 * 1024  # bytes
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

log = logging.getLogger(__name__)

_TABLE = cast(Table, PlatformKeySet.__table__)
_ROW = select(PlatformKeySet.document, PlatformKeySet.fetched_at).where(
    PlatformKeySet.url == bindparam("url")
)


@dataclass(frozen=True)
class _KeySet:
    """One address's keys by id, as they were at ``fetched_at``."""

    keys: Mapping[str, RSAPublicKey]
    fetched_at: datetime


class FoundKey(NamedTuple):
    """A key, and when the set that holds it was fetched."""

    key: RSAPublicKey
    fetched_at: datetime


@dataclass
class _Address:
    """What this process knows about one key set's address."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    known: _KeySet | None = None
    asked_at: datetime = LONG_AGO


class KeySets:
    """Finds the key that a token names. One for the whole process, used from any thread."""

    def __init__(self, database: Database, http: Client, launching: Launching) -> None:
        self._database = database
        self._http = http
        self._lifetime = timedelta(hours=launching.key_set_hours)
        self._oldest = timedelta(days=launching.key_set_stale_days)
        self._pause = timedelta(seconds=launching.key_refetch_seconds)
        self._addresses: dict[str, _Address] = {}

    def key(self, url: str, kid: str, stored_at: datetime | None) -> FoundKey:
        """The platform's public key ``kid``. Call it with no transaction open: it may fetch.

        Args:
            url: of the platform's key set.
            kid: which key; not to be trusted.
            stored_at: when the set in the database was fetched, if that is known: what another
                process learned (a key withdrawn, say) then holds here too.

        Raises:
            LaunchRefused: ``key`` if the platform has no such key, ``key-set`` if its keys
                cannot be had.
        """
        address = self._addresses.get(url) or self._addresses.setdefault(url, _Address())
        known = address.known
        is_current = known is not None and self._is_fresh(known, stored_at)
        if known is not None and is_current and kid in known.keys:
            return FoundKey(known.keys[kid], known.fetched_at)
        is_newest = known is None or stored_at is None or stored_at <= known.fetched_at
        if known is not None and kid in known.keys and is_newest and self._is_bearable(known):
            # One thread renews what is out of date; the others go on with the old set meanwhile.
            if not address.turn.acquire(blocking=False):
                return FoundKey(known.keys[kid], known.fetched_at)
        else:
            address.turn.acquire()
        try:
            return self._look(address, url, kid, stored_at)
        finally:
            address.turn.release()

    def _look(self, address: _Address, url: str, kid: str, stored_at: datetime | None) -> FoundKey:
        """Memory, then the database, then the platform; only with the address's lock held."""
        if not self._has(address, kid, stored_at):
            self._read(address, url)
        if not self._has(address, kid, None) and self._may_ask(address, url):
            self._ask(address, url)
        known = address.known
        if known is None or not self._is_bearable(known):
            raise LaunchRefused("key-set", "the platform's keys cannot be fetched")
        if kid not in known.keys:
            raise LaunchRefused("key", "the platform publishes no key with this kid")
        return FoundKey(known.keys[kid], known.fetched_at)

    def _has(self, address: _Address, kid: str, stored_at: datetime | None) -> bool:
        known = address.known
        return known is not None and self._is_fresh(known, stored_at) and kid in known.keys

    def _is_fresh(self, known: _KeySet, stored_at: datetime | None) -> bool:
        if stored_at is not None and stored_at > known.fetched_at:
            return False
        return clock.now() < known.fetched_at + self._lifetime

    def _is_bearable(self, known: _KeySet) -> bool:
        """Whether it may serve while there is no newer one."""
        return clock.now() < known.fetched_at + self._oldest

    def _read(self, address: _Address, url: str) -> None:
        """Take over what any process stored last, if it is newer than what we have."""
        with self._database.reading() as db:
            row = db.execute(_ROW, {"url": url}).first()
        if row is None or row.fetched_at is None:
            return
        if address.known is None or row.fetched_at > address.known.fetched_at:
            address.known = _KeySet(parse(row.document), row.fetched_at)

    def _may_ask(self, address: _Address, url: str) -> bool:
        """Whether it is time to ask the platform; saying yes counts for every process.

        A process that knows no key at all may ask whatever the others did, once per pause.
        """
        now = clock.now()
        if now < address.asked_at + self._pause:
            return False
        if self._claim(url, now) or address.known is None:
            address.asked_at = now
            return True
        return False

    def _claim(self, url: str, now: datetime) -> bool:
        due = update(_TABLE).where(_TABLE.c.url == url, _TABLE.c.refetched_at <= now - self._pause)
        try:
            with self._database.transaction() as db:
                if db.connection().execute(due.values(refetched_at=now)).rowcount:
                    return True
                if db.execute(_ROW, {"url": url}).first() is not None:
                    return False
                first: dict[str, Any] = {
                    "url": url,
                    "document": {},
                    "fetched_at": None,
                    "refetched_at": now,
                }
                db.connection().execute(insert(_TABLE), first)
        except IntegrityError:
            return False  # another process was first
        return True

    def _ask(self, address: _Address, url: str) -> None:
        """Fetch and store; a platform that is down leaves what we know as it is."""
        try:
            document = self._fetch(url)
        except (PlatformUnavailable, AddressRefused) as error:
            log.warning("no key set", extra={"why": str(error)})
            return
        now = clock.now()
        stored = update(_TABLE).where(_TABLE.c.url == url)
        with self._database.transaction() as db:
            db.connection().execute(stored.values(document=document, fetched_at=now))
        address.known = _KeySet(parse(document), now)

    def _fetch(self, url: str) -> dict[str, Any]:
        answer = self._http.request(
            "GET", url, headers={"Accept": "application/json"}, follow_redirects=True
        )
        if not answer.ok:
            raise PlatformUnavailable(f"the key set's address answers {answer.status}")
        if len(answer.body) > LARGEST_DOCUMENT:
            raise PlatformUnavailable("the key set is too large")
        try:
            document = answer.json()
        except RecursionError as error:
            raise PlatformUnavailable("the key set is no JSON") from error
        if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
            raise PlatformUnavailable("the key set holds no list of keys")
        return {"keys": [key for key in document["keys"] if _is_plain(key)][:MOST_KEYS]}


def parse(document: Mapping[str, Any]) -> dict[str, RSAPublicKey]:
    """The RSA keys of a key set by their ids; whatever else is in it is left out."""
    found: dict[str, RSAPublicKey] = {}
    entries = document.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        key = _rsa_key(entry)
        if key is not None:
            found.setdefault(entry["kid"], key)
    return found


def _rsa_key(entry: object) -> RSAPublicKey | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
        return None
    if entry.get("alg", "RS256") != "RS256" or "d" in entry:
        return None
    try:
        key = jwt.algorithms.RSAAlgorithm.from_jwk(entry)
    except (jwt.InvalidKeyError, ValueError, TypeError, AttributeError, KeyError):
        return None
    is_usable = isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST_KEY_BITS
    return key if is_usable and isinstance(key, RSAPublicKey) else None


def _is_plain(entry: object) -> bool:
    """Whether the database can keep it: PostgreSQL's JSON takes no NUL, and no NaN either."""
    if not isinstance(entry, dict):
        return False
    try:
        text = json.dumps(entry, allow_nan=False)
        text.encode()
    except ValueError:
        return False
    return "\\u0000" not in text and "\\ud" not in text
