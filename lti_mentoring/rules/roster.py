"""What a new reading of a course's roster changes, and when that is too much to believe."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ALWAYS_BELIEVED = 3
"""So many people may leave at once without a question; in a course of five, two are 40 %."""


MOST_IN_A_ROW = 50
"""After so many readings of differences everything is read, lest small errors add up."""

OLDEST_LINK = timedelta(days=2)
"""No LMS promises to remember a roster as it was longer than that."""


@dataclass(frozen=True)
class DifferencesLink:
    """Where an LMS tells what has changed in the roster at ``memberships_url`` (LTI-97).

    It counts from ``given_at``; the roster was last read whole at ``whole_at``, and
    ``in_a_row`` readings of differences have followed.
    """

    url: str
    memberships_url: str
    given_at: datetime
    whole_at: datetime
    in_a_row: int = 0

    def serves(self, memberships_url: str, now: datetime, whole_every: timedelta) -> bool:
        """Whether to ask there now, or to read everything.

        An LMS may leave out who was deleted (NRPS 2.0, 2.4.3), so only a whole reading says who
        is gone, and one is due every so often.
        """
        return (
            self.memberships_url == memberships_url
            and self.in_a_row < MOST_IN_A_ROW
            and now - self.given_at < OLDEST_LINK
            and now - self.whole_at < whole_every
        )


@dataclass(frozen=True)
class Differences(Generic[K]):
    """Keys that a reading adds, changes and misses, each in the order of its mapping."""

    added: tuple[K, ...]
    changed: tuple[K, ...]
    missing: tuple[K, ...]


def removal_needs_confirmation(active_count: int, leaving_count: int, percent: int) -> bool:
    """Whether so many would leave that a person should confirm it first.

    An LMS with a fault may list nobody; pairings must not end for that.

    Args:
        active_count: members before the reading, 0 or more.
        leaving_count: those of them whom the reading misses, or lists as no longer active.
        percent: 0 to 100; more than this share needs a confirmation.
    """
    return leaving_count > ALWAYS_BELIEVED and leaving_count * 100 > active_count * percent


def differences(stored: Mapping[K, V], listed: Mapping[K, V]) -> Differences[K]:
    """What changes when ``listed`` replaces ``stored``; values are compared by equality."""
    return Differences(
        added=tuple(key for key in listed if key not in stored),
        changed=tuple(key for key in listed if key in stored and listed[key] != stored[key]),
        missing=tuple(key for key in stored if key not in listed),
    )
