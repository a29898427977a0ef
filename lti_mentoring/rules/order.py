"""Things in an order that people choose: one place up or down at a time."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Way(StrEnum):
    """Where something goes in its list."""

    UP = "up"
    DOWN = "down"


def moved(things: Sequence[T], thing: T, way: Way) -> list[T]:
    """The same things with ``thing`` one place further; the same order if it stands at that end."""
    order = list(things)
    here = order.index(thing)
    there = max(here - 1, 0) if way is Way.UP else min(here + 1, len(order) - 1)
    order[here], order[there] = order[there], order[here]
    return order
