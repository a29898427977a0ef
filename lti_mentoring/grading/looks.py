"""Looking at a cell before a changed value is put into it, so that no override is fought (LTI-119).

A column is read once for all scores of a batch that need it, and not at all for people who have
no score yet. What others wrote in the moment between the look and the post is found at the next.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.results import Results, grade_in, read_all, read_one
from lti_mentoring.advantage.scores import Overridden, TryLater
from lti_mentoring.core import clock
from lti_mentoring.core.errors import AddressRefused, PlatformRefused, PlatformUnavailable
from lti_mentoring.grading.parcels import Parcel
from lti_mentoring.rules.overrides import is_overridden

KEPT_FOR = timedelta(seconds=60)
"""For so long a reading serves for scores that were sent before it began."""

SETTLES_WITHIN = timedelta(seconds=60)
"""For so long an LMS may show an older score than it has just taken."""

BEHIND = "the LMS shows an older score"

PATIENCE = 3
"""After so many tries of a score, an LMS that only fails to show its results gets it unseen."""


@dataclass
class _Reading:
    """What one column showed, or why that is not known."""

    began_at: datetime
    results: Results = field(default_factory=dict)
    trouble: TryLater | None = None


class Looks:
    """What columns show now; for the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._columns: dict[int, threading.Lock] = {}
        self._readings: dict[int, _Reading] = {}
        self._expected: Counter[int] = Counter()

    def expect(self, parcels: Iterable[Parcel]) -> None:
        """These will be asked for: one alone is read alone, several with their whole column."""
        with self._lock:
            self._expected = Counter(each.line_item_id for each in parcels if each.needs_look)
            old = clock.now() - KEPT_FOR
            kept = {key: one for key, one in self._readings.items() if one.began_at > old}
            self._readings = kept

    def at(self, client: ServiceClient, parcel: Parcel) -> Overridden | TryLater | None:
        """Why the score must not be sent now; null if it may be."""
        if not parcel.needs_look:
            return None
        reading = self._reading(client, parcel)
        if reading.trouble is not None:
            return None if parcel.attempts > PATIENCE else reading.trouble
        score = parcel.score
        shown = grade_in(reading.results, score.user_id, score.maximum)
        decimals = client.tool.profile.result_decimals
        if shown is None or not is_overridden(shown, parcel.ours, decimals):
            return None
        left = parcel.sent_at + SETTLES_WITHIN - clock.now() if parcel.sent_at else timedelta()
        if left > timedelta():
            return TryLater(BEHIND, left.total_seconds())
        return Overridden(shown)

    def _reading(self, client: ServiceClient, parcel: Parcel) -> _Reading:
        """A reading that began after this cell was last written, by whoever needs it first."""
        with self._lock:
            column = self._columns.setdefault(parcel.line_item_id, threading.Lock())
        with column:
            known = self._readings.get(parcel.line_item_id)
            if known is not None and self._serves(known, parcel):
                return known
            reading = _Reading(clock.now())
            is_alone = self._expected[parcel.line_item_id] == 1
            try:
                reading.results = (
                    read_one(client, parcel.line_item_url, parcel.score.user_id)
                    if is_alone
                    else read_all(client, parcel.line_item_url)
                )
            except PlatformUnavailable as error:
                reading.trouble = TryLater(error.reason, error.retry_after_seconds)
            except (PlatformRefused, AddressRefused):
                pass  # nothing can be seen, and sending will say why
            if not is_alone:
                self._readings[parcel.line_item_id] = reading
            return reading

    def _serves(self, reading: _Reading, parcel: Parcel) -> bool:
        is_fresh = clock.now() - reading.began_at < KEPT_FOR
        return is_fresh and (parcel.sent_at is None or parcel.sent_at < reading.began_at)
