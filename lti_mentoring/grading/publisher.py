"""Delivering scores: claim, send, settle; the network between two short transactions.

Killing the process at any moment loses nothing: what was claimed is claimed again when its
lease is over, and sending it again means the same, since value and timestamp belong together.
"""

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from lti_mentoring.advantage import pace
from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.scores import Gone, Outcome, TryLater, send
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock
from lti_mentoring.core.db import Transaction
from lti_mentoring.grading import line_items, outbox, removals
from lti_mentoring.grading.looks import BEHIND, Looks
from lti_mentoring.grading.parcels import Parcel
from lti_mentoring.grading.settling import settle

PATIENCE = 3
"""After so many failures in a row, a platform is left alone for a while."""

REST_SECONDS = 60.0

SLOW_ONES = 100
"""So many scores of a platform that takes one at a time are sent in a round."""


class Publisher:
    """Delivers what is due. One for the process; its threads keep their connections.

    ``delivery_seconds`` is the longest that one delivery may take. Leases are twice as long,
    since a claimed score waits for a thread; one that waited longer gets a new lease first.
    """

    def __init__(
        self,
        transaction: Transaction,
        client_of: Callable[[RegisteredTool], ServiceClient],
        *,
        workers: int,
        batch: int,
        delivery_seconds: float,
    ) -> None:
        self._transaction = transaction
        self._client_of = client_of
        self._workers = workers
        self._batch = batch
        self._delivery = timedelta(seconds=delivery_seconds)
        self._lease_seconds = 2 * delivery_seconds
        self._rests = Rests()
        self._looks = Looks()
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="scores")

    def publish_due(self) -> int:
        """Make sure of the columns, then deliver everything that is due; how many scores."""
        line_items.ensure_due(self._transaction, self._client_of, self._lease_seconds)
        removals.remove_due(self._transaction, self._client_of, self._lease_seconds)
        slow = [self._pool.submit(self._deliver_slowly, one) for one in self._slow_ones()]
        running: set[Future[None]] = set()
        count = 0
        while parcels := self._claim():
            count += len(parcels)
            self._looks.expect(parcels)
            running |= {self._pool.submit(self._deliver, parcel) for parcel in parcels}
            # The next ones are fetched before the threads run out of work.
            running = _wait_for(running, most_left=self._workers)
        _wait_for(running, most_left=0)
        return count + sum(each.result() for each in slow)

    def close(self) -> None:
        """Finish what is on its way and let the threads go."""
        self._pool.shutdown()

    def _slow_ones(self) -> list[int]:
        with self._transaction() as db:
            return pace.slow_registrations(db)

    def _deliver_slowly(self, registration_id: int) -> int:
        """One score after the other, in this process only, for a while; how many.

        What is left waits for the next round; scores of other platforms do not wait for it.
        """
        for count in range(SLOW_ONES):
            with self._transaction() as db:
                turn = pace.take_turn(db, registration_id, self._lease_seconds)
                parcels = outbox.claim(db, 1, self._lease_seconds, registration_id) if turn else []
            for parcel in parcels:
                self._deliver(parcel)
            if turn is not None:
                with self._transaction() as db:
                    pace.give_back(db, registration_id, turn)
            if not parcels:
                return count
        return SLOW_ONES

    def _claim(self) -> list[Parcel]:
        with self._transaction() as db:
            return outbox.claim(db, self._batch, self._lease_seconds)

    def _deliver(self, parcel: Parcel) -> None:
        held: Parcel | None = parcel
        if parcel.lease_until - clock.now() < self._delivery:
            with self._transaction() as db:
                held = outbox.renew(db, parcel, self._lease_seconds)
        if held is None:
            return
        outcome = self._send(held)
        with self._transaction() as db:
            if isinstance(outcome, Gone) and line_items.miss(
                db, held.line_item_id, held.line_item_url
            ):
                outcome = TryLater(outcome.reason)
            settle(db, held, outcome)

    def _send(self, parcel: Parcel) -> Outcome:
        platform = parcel.tool.registration_id
        resting = self._rests.seconds_left(platform)
        if resting is not None:
            return TryLater("the LMS cannot answer just now", resting)
        client = self._client_of(parcel.tool)
        in_the_way = self._looks.at(client, parcel)
        if in_the_way is not None:
            if isinstance(in_the_way, TryLater) and in_the_way.reason != BEHIND:
                self._rests.note(platform, in_the_way)
            return in_the_way
        outcome = send(client, parcel.line_item_url, parcel.score)
        self._rests.note(platform, outcome)
        return outcome


def _wait_for(running: set[Future[None]], most_left: int) -> set[Future[None]]:
    """Wait until at most so many are left, which are returned; errors of ours come out here."""
    while len(running) > most_left:
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for each in finished:
            each.result()
    return running


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
