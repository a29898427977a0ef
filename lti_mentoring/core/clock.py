"""The one place that asks what time it is, so that tests and demos can choose it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_frozen: datetime | None = None


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _frozen or datetime.now(UTC)


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Within the block, ``now()`` is ``moment``, in every thread of this process.

    Raises:
        ValueError: if ``moment`` is naive.
    """
    global _frozen  # noqa: PLW0603 -- the clock is the one ambient value, and this is its switch
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime: {moment!r}")
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
