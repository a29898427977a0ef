"""How many logins and launches a network address, and a registration, gets in a minute (LTI-22).

Counting costs two look-ups in this process, or one call where a Redis or Valkey server counts for
all processes. One that is too many is told when to try again, and writes nothing anywhere.
"""

import ipaddress
import logging
import math
import threading
from functools import lru_cache
from typing import Any, Protocol

from lti_mentoring.core import clock
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.settings import REDIS_SCHEMES, Settings

try:
    import redis
except ImportError:  # an extra, for those who have a server
    redis = None  # type: ignore[assignment]

WINDOW_SECONDS = 60
MOST_KEYS = 100_000  # a flood from more addresses is nothing that a limit for each can hold
REDIS_SECONDS = 0.25  # nobody waits longer for a count
PREFIX = "lti-mentoring:throttle:"
SUBNET_BITS = 64  # what one IPv6 customer has

log = logging.getLogger(__name__)


class TooMany(LaunchRefused):
    """One more than the limit; ``seconds`` later there is room again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("busy", "too many logins or launches within a minute")
        self.seconds = seconds


class Counts(Protocol):
    """Something that counts keys in windows of a minute."""

    def add(self, key: str) -> tuple[int, int]:
        """How often ``key`` was counted in this window, now included; seconds until it ends."""
        ...


class OwnCounts:
    """Counts of this process. All windows begin together, so that forgetting them is one step."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._ends = 0.0

    def add(self, key: str) -> tuple[int, int]:
        """How often ``key`` was counted in this window, now included; seconds until it ends."""
        now = clock.now().timestamp()
        with self._lock:
            if not self._ends - WINDOW_SECONDS <= now < self._ends or len(self._counts) > MOST_KEYS:
                self._counts.clear()
                self._ends = now + WINDOW_SECONDS
            count = self._counts[key] = self._counts.get(key, 0) + 1
            left = self._ends - now
        return count, max(1, math.ceil(left))


class SharedCounts:
    """Counts of all processes, on a server. While that is away, each process counts for itself."""

    def __init__(self, url: str) -> None:
        if redis is None:
            raise RuntimeError("to count on Redis or Valkey, install lti-mentoring[redis]")
        timeouts = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
        self._server = redis.Redis.from_url(url, **timeouts)
        self._own = OwnCounts()
        self._away_until = 0.0

    def add(self, key: str) -> tuple[int, int]:
        """How often ``key`` was counted in this window, now included; seconds until it ends."""
        now = clock.now().timestamp()
        if now < self._away_until:
            return self._own.add(key)
        try:
            asked: Any = self._server.pipeline()  # its methods return themselves, its types not
            asked.incr(PREFIX + key).expire(PREFIX + key, WINDOW_SECONDS, nx=True)
            count, _set, left = asked.ttl(PREFIX + key).execute()
        except redis.RedisError:
            self._away_until = now + WINDOW_SECONDS
            log.warning("the server that counts launches is away; each process counts for itself")
            return self._own.add(key)
        return int(count), max(1, int(left))


class Throttle:
    """Lets logins and launches in until there are too many. One for the process, for all threads.

    Steps are counted apart, since a launch is a login and a post, and without cookies one more.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.limits
        self._counts = _counts_for(settings)

    def address(self, step: str, address: str | None) -> None:
        """Let one more of ``step`` in from a browser's address.

        Raises:
            TooMany: if its network had its share of this minute.
        """
        self._add(f"{step}:address:{network_of(address)}", self._limits.per_address)

    def registration(self, step: str, registration_id: int) -> None:
        """Let one more of ``step`` in for a registration, whatever its address.

        Raises:
            TooMany: if the registration had its share of this minute.
        """
        self._add(f"{step}:registration:{registration_id}", self._limits.per_registration)

    def _add(self, key: str, most: int) -> None:
        count, seconds = self._counts.add(key)
        if count <= most:
            return
        if count == most + 1:  # once a window; an address is personal, and stays out
            step, kind, _who = key.split(":", 2)
            facts = {"step": step, "per": kind, "most": most, "seconds": seconds}
            log.warning("too many launches within a minute", extra=facts)
        raise TooMany(seconds)


@lru_cache(maxsize=4096)
def network_of(address: str | None) -> str:
    """What counts as one address: an IPv4 address, or the network of 64 bits of an IPv6 one."""
    if not address or ":" not in address:
        return address or "unknown"
    try:
        whole = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    return str(whole.ipv4_mapped or ipaddress.IPv6Address(int(whole) >> SUBNET_BITS << SUBNET_BITS))


def _counts_for(settings: Settings) -> Counts:
    url = settings.limits.store_url
    if not url and settings.jobs_url.startswith(REDIS_SCHEMES):
        url = settings.jobs_url
    return SharedCounts(url) if url else OwnCounts()
