"""How much of a program a learner could take part in, in whole days.

Whoever comes late, waits for a mentor or pauses is expected to do less, in proportion.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lti_mentoring.vocabulary import Component

WAITING_LIMIT_PERCENT = 40
"""Who waits longer than this share of a program is not held to its number of sessions."""


@dataclass(frozen=True)
class Window:
    """Days from ``starts_on`` to ``ends_on``, both included, in the program's zone.

    ``ends_on`` None means without an end; one before ``starts_on`` means no day at all.
    """

    starts_on: date
    ends_on: date | None = None


def program_days(starts_on: date, ends_on: date, breaks: Sequence[Window] = ()) -> int:
    """Days of a program without its breaks, 0 or more; both dates are included."""
    return len(_days(starts_on, ends_on) - _days_of(breaks, starts_on, ends_on))


def opportunity(
    program_starts_on: date,
    program_ends_on: date,
    breaks: Sequence[Window],
    joined_on: date,
    left_on: date | None,
    lost_days: int,
) -> Decimal:
    """The share ``f`` of the program that was open to a learner, from 0 to 1.

    Args:
        program_starts_on: first day.
        program_ends_on: last day, included.
        breaks: days that count for nobody.
        joined_on: first day in the program; earlier than its start is the same as its start.
        left_on: last day, included; None while the learner takes part.
        lost_days: days that are not the learner's doing and lie within these dates and
            outside the breaks, as ``lost_days_without_pairing`` counts them.

    Source: mentoring.md 5.3.
    """
    total = program_days(program_starts_on, program_ends_on, breaks)
    first = max(program_starts_on, joined_on)
    last = program_ends_on if left_on is None else min(program_ends_on, left_on)
    open_days = max(0, program_days(first, last, breaks) - max(0, lost_days))
    return Decimal(open_days) / total if total else Decimal(0)


def lost_days_without_pairing(
    window: Window,
    pairing_intervals: Sequence[Window],
    breaks: Sequence[Window] = (),
    pauses: Sequence[Window] = (),
) -> int:
    """Days of ``window`` without a mentor or in an approved pause, outside the breaks.

    While a program runs, let the window end today: nobody knows yet whether the coming days
    will be lost. A day on which a pairing began or ended is not lost.

    Args:
        window: the learner's dates in the program; needs an end.
        pairing_intervals: the learner's pairings that had started, one after the other.
        breaks: the program's breaks; they are taken off elsewhere.
        pauses: approved pauses and days on which the pairing's clocks stood still.

    Raises:
        ValueError: if ``window`` has no end.

    Source: mentoring.md 5.3 and 5.4.
    """
    if window.ends_on is None:
        raise ValueError("lost days can only be counted up to a day")
    first, last = window.starts_on, window.ends_on
    counted = _days(first, last) - _days_of(breaks, first, last)
    usable = _days_of(pairing_intervals, first, last) - _days_of(pauses, first, last)
    return len(counted - usable)


def exempt_by_waiting(waiting_days: int, total_days: int) -> frozenset[Component]:
    """``SESSIONS`` for a learner who waited for a mentor more than 40 % of the program.

    Args:
        waiting_days: days without a pairing, pauses left out.
        total_days: ``program_days`` of the program.

    Source: mentoring.md 5.4.
    """
    is_long = waiting_days * 100 > total_days * WAITING_LIMIT_PERCENT
    return frozenset({Component.SESSIONS}) if is_long else frozenset()


def _days(first: date, last: date) -> set[int]:
    return set(range(first.toordinal(), last.toordinal() + 1))


def _days_of(windows: Iterable[Window], first: date, last: date) -> set[int]:
    found: set[int] = set()
    for window in windows:
        end = last if window.ends_on is None else min(window.ends_on, last)
        found |= _days(max(window.starts_on, first), end)
    return found
