"""Delivering scores: claim, send, settle; the network between two short transactions.

Killing the process at any moment loses nothing: what was claimed is claimed again when its
lease is over, and sending it again means the same, since value and timestamp belong together.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.scores import Outcome, TryLater, send
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock
from lti_mentoring.core.db import Transaction
from lti_mentoring.grading import line_items, outbox
from lti_mentoring.grading.outbox import Claim, Parcel

PATIENCE = 3
"""After so many failures in a row, a platform is left alone for a while."""

REST_SECONDS = 60.0


class Publisher:
    """Delivers what is due. One for the process; its threads keep their connections."""

    def __init__(
        self,
        transaction: Transaction,
        client_of: Callable[[RegisteredTool], ServiceClient],
        *,
        workers: int,
        batch: int,
        lease_seconds: float,
    ) -> None:
        self._transaction = transaction
        self._client_of = client_of
        self._batch = batch
        self._lease_seconds = lease_seconds
        self._rests = Rests()
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="scores")

    def publish_due(self) -> int:
        """Make sure of the columns, then deliver one batch; how many rows were worked on."""
        line_items.ensure_due(self._transaction, self._client_of, self._lease_seconds)
        with self._transaction() as db:
            claims = outbox.claim(db, self._batch, self._lease_seconds)
        # Reading the results lets an error of ours come out here.
        return len(list(self._pool.map(self._deliver, claims)))

    def close(self) -> None:
        """Finish what is on its way and let the threads go."""
        self._pool.shutdown()

    def _deliver(self, claimed: Claim) -> None:
        with self._transaction() as db:
            parcel = outbox.open_parcel(db, claimed, self._lease_seconds)
        if parcel is None:
            return
        outcome = self._send(parcel)
        with self._transaction() as db:
            outbox.settle(db, parcel, outcome)

    def _send(self, parcel: Parcel) -> Outcome:
        platform = parcel.tool.registration_id
        resting = self._rests.seconds_left(platform)
        if resting is not None:
            return TryLater("the LMS cannot answer just now", resting)
        outcome = send(self._client_of(parcel.tool), parcel.line_item_url, parcel.score)
        self._rests.note(platform, outcome)
        return outcome


class Rests:
    """Which platforms to leave alone for now, so that one that is down holds up nobody else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: dict[int, int] = {}
        self._until: dict[int, datetime] = {}

    def seconds_left(self, platform: int) -> float | None:
        """Seconds for which the platform is to be left alone; null if it may be asked."""
        with self._lock:
            until = self._until.get(platform)
            left = (until - clock.now()).total_seconds() if until else 0.0
        return left if left > 0 else None

    def note(self, platform: int, outcome: Outcome) -> None:
        """Count a failure, or forget them. What a platform asks for is granted at once."""
        with self._lock:
            if not isinstance(outcome, TryLater):
                self._failures.pop(platform, None)
                self._until.pop(platform, None)
                return
            self._failures[platform] = self._failures.get(platform, 0) + 1
            asked = outcome.seconds
            if asked is None and self._failures[platform] < PATIENCE:
                return
            rest = REST_SECONDS if asked is None else asked
            self._until[platform] = clock.now() + timedelta(seconds=rest)
