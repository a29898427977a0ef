"""Whether what stands in a gradebook cell is what the tool put there (LTI-119)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

LARGEST = Decimal(10) ** 12


class Grade(NamedTuple):
    """Points of so many. LMSs scale them when somebody changes a column's maximum."""

    score: Decimal
    maximum: Decimal


def is_same(one: Grade, other: Grade, decimals: int) -> bool:
    """Whether two grades differ by no more than an LMS rounds.

    Args:
        one: with a maximum above 0.
        other: with a maximum above 0.
        decimals: to how many places the LMS keeps points.
    """
    last_place = Decimal(1).scaleb(-decimals)
    rounded = last_place / one.maximum + last_place / other.maximum
    return abs(one.score / one.maximum - other.score / other.maximum) <= rounded


def is_overridden(shown: Grade, ours: Iterable[Grade], decimals: int) -> bool:
    """Whether a cell shows something else than any of the values that the tool has put there.

    ``ours`` also has what may have arrived without an answer, and what a person knows of.
    """
    return not any(is_same(shown, each, decimals) for each in ours)


def as_text(grade: Grade) -> str:
    """Such as ``62.5/100``, as it is kept beside others."""
    return f"{grade.score:f}/{grade.maximum:f}"


def in_text(text: str) -> list[Grade]:
    """The grades in a text of several, with blanks between them."""
    pairs = (each.partition("/") for each in text.split())
    return [Grade(Decimal(score), Decimal(maximum)) for score, _slash, maximum in pairs]
