"""How long a program rested since something began to wait, so that its clock can stand still."""

from collections.abc import Iterable
from datetime import date

Break = tuple[date, date | None]
"""First and last day, both included; without a last day it lasts until today."""

ONE_DAY = 1


def rested_days(breaks: Iterable[Break], since: date, today: date) -> int:
    """Days of breaks from ``since`` until today, both included; breaks do not overlap."""
    return sum(_overlap(first, last or today, since, today) for first, last in breaks)


def _overlap(first: date, last: date, since: date, today: date) -> int:
    days = (min(last, today) - max(first, since)).days + ONE_DAY
    return max(days, 0)
