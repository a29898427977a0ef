"""A learner's ranked requests: how long a mentor has, and whose turn is next."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def expires_at(sent_at: datetime, answer_days: int) -> datetime:
    """The moment from which an unanswered request counts as expired.

    Args:
        sent_at: an aware moment.
        answer_days: the program's patience, 1 or more days of 24 hours.

    Raises:
        ValueError: if ``answer_days`` is less than 1.
    """
    if answer_days < 1:
        raise ValueError(f"a mentor needs at least a day to answer, not {answer_days}")
    return sent_at + timedelta(days=answer_days)


def next_in_line(drafted_ranks: Iterable[int]) -> int | None:
    """The rank to send next, now that none is waiting for an answer; None if the list is used up.

    Source: mentoring.md 8.4.
    """
    return min(drafted_ranks, default=None)


def seats_left(capacity: int, live_count: int) -> int:
    """Places that a mentor still has, 0 or more, also after the capacity was lowered."""
    return max(0, capacity - live_count)
