"""How much of a program a learner could take part in, in whole days.

Whoever comes late, waits for a mentor or pauses is expected to do less, in proportion. Waiting
is only what the learner cannot end: who does not ask, does not sign or does not want a mentor
loses no days by it, and so gains nothing.
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


@dataclass(frozen=True)
class Tie:
    """One pairing as its learner lived it, in days of the program's zone.

    ``signed_on`` is the day of the learner's own signature, ``started_on`` that on which both had
    signed. ``learner_ended`` says that the learner ended or declined it, or let it lapse unsigned;
    ``is_finished`` that its work was done, so that nobody has to be found again.
    """

    made_on: date
    signed_on: date | None = None
    started_on: date | None = None
    ended_on: date | None = None
    learner_ended: bool = False
    is_finished: bool = False


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
            outside the breaks, as ``lost_days`` counts them.

    Source: mentoring.md 5.3.
    """
    total = program_days(program_starts_on, program_ends_on, breaks)
    first = max(program_starts_on, joined_on)
    last = program_ends_on if left_on is None else min(program_ends_on, left_on)
    open_days = max(0, program_days(first, last, breaks) - max(0, lost_days))
    return Decimal(open_days) / total if total else Decimal(0)


def waiting(
    ready_on: date | None,
    ties: Sequence[Tie],
    asked: Sequence[Window],
    *,
    by_coordinator: bool,
) -> list[Window]:
    """The days on which a learner waited for somebody else to do something about a mentor.

    Those are the days on which a request is open or a mentor has not signed what the learner has
    signed; where coordinators make the pairs, the days from the three steps to the first
    pairing and from one pairing to the next; and everywhere those after a pairing that others
    ended. Not waiting is who leaves an agreement unsigned, or ends a pairing and asks nobody.

    Args:
        ready_on: day on which the three steps were done; None while they are not.
        ties: the learner's pairings, one after the other.
        asked: days from each request to its end; without an end while it is open.
        by_coordinator: whether learners cannot ask themselves.

    Returns:
        Windows that may overlap and may contain days with a pairing; the last may have no end.

    Source: mentoring.md 5.3 ("not the learner's doing") and 5.4.
    """
    found = list(asked)
    since = ready_on if by_coordinator else None
    for tie in ties:
        if since is not None:
            found.append(Window(since, tie.made_on))
        if tie.signed_on is not None:
            found.append(Window(tie.signed_on, tie.started_on or tie.ended_on))
        since = tie.ended_on if _is_looked_for_again(tie, by_coordinator=by_coordinator) else None
    if since is not None:
        found.append(Window(since))
    return found


def _is_looked_for_again(tie: Tie, *, by_coordinator: bool) -> bool:
    """Whether others have to find the next mentor after this pairing."""
    if tie.is_finished:
        return False
    return not tie.learner_ended or (by_coordinator and tie.started_on is not None)


def lost_days(
    window: Window,
    waits: Sequence[Window],
    pairing_intervals: Sequence[Window],
    breaks: Sequence[Window] = (),
    pauses: Sequence[Window] = (),
) -> int:
    """Days of ``window`` on which the learner waited or paused, outside the breaks.

    While a program runs, let the window end yesterday: nobody knows yet whether today will be
    lost, and a day that was lost once has to stay so. A day on which a pairing began or ended
    is not lost.

    Args:
        window: the learner's dates in the program; needs an end.
        waits: days of waiting, as ``waiting`` tells them; what the pairings cover is left out.
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
    waited = _days_of(waits, first, last) - _days_of(pairing_intervals, first, last)
    return len(counted & (waited | _days_of(pauses, first, last)))


def exempt_by_waiting(waiting_days: int, total_days: int) -> frozenset[Component]:
    """``SESSIONS`` for a learner who waited for a mentor more than 40 % of the program.

    Args:
        waiting_days: days of waiting without a pairing, pauses left out.
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
