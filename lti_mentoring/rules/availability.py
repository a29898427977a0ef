"""When two people are both free: weekly windows in each one's own zone, across clock changes.

Every window holds wall-clock time. Where the clock jumps forward the missing hour is free for
nobody; where it is set back, the hour that comes twice counts twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from statistics import median_low
from zoneinfo import ZoneInfo

DAY = 24 * 60
WEEK_DAYS = 7

LOOK_AHEAD_DAYS = 42
"""How far ``next_common_times`` looks: six weeks, so that a monthly break is bridged."""

START_GRAIN = 15
"""Suggested times start at a quarter of an hour."""

_PROBE = timedelta(hours=6)  # no zone changes its clock twice within this
_MINUTE = timedelta(minutes=1)

Interval = tuple[int, int]
"""Half open, in minutes after 00:00 UTC of some first day."""

Clock = tuple[tuple[int, int, int], ...]
"""Since when, until when (as in ``Interval``), and how many minutes ahead of UTC a clock is."""


@dataclass(frozen=True, order=True)
class Window:
    """A weekly free time: half open, in minutes after local midnight; Monday is 0.

    Raises:
        ValueError: if the day, the minutes or the zone cannot be.
    """

    weekday: int
    start_minute: int
    end_minute: int
    time_zone: str

    def __post_init__(self) -> None:
        if not 0 <= self.weekday < WEEK_DAYS:
            raise ValueError(f"impossible weekday: {self.weekday}")
        if not 0 <= self.start_minute < self.end_minute <= DAY:
            raise ValueError(f"impossible minutes: {self.start_minute} to {self.end_minute}")
        zone_of(self.time_zone)


def zone_of(name: str) -> ZoneInfo:
    """The zone with this IANA name.

    Raises:
        ValueError: if there is none; LMSs send things like "99" for "the server's zone".
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"unknown time zone: {name!r}") from error


def overlap_minutes(
    a: Sequence[Window], b: Sequence[Window], week_start: date, shortest: int
) -> int:
    """Minutes in which both are free in one week, in pieces long enough to meet.

    A piece that reaches into the next or from the last week is judged by its whole length,
    and only its minutes within this week count.

    Args:
        a: one person's windows, in any order, also overlapping.
        b: the other's.
        week_start: the week is the seven days from 00:00 UTC of this day.
        shortest: minutes below which a piece is of no use, 1 or more.

    Source: mentoring.md 4.6, component 4.
    """
    return sum(end - start for start, end in _pieces(a, b, week_start, shortest))


def typical_overlap(
    a: Sequence[Window], b: Sequence[Window], starts_on: date, ends_on: date, shortest: int
) -> int:
    """The median of ``overlap_minutes`` over a program's weeks, Monday to Sunday.

    With an even number of weeks it is the lower of the two middle ones.

    Args:
        a: one person's windows.
        b: the other's.
        starts_on: the program's first day.
        ends_on: its last day, included and not before the first.
        shortest: minutes, 1 or more.

    Raises:
        ValueError: if the program ends before it starts.
    """
    if ends_on < starts_on:
        raise ValueError(f"{ends_on} is before {starts_on}")
    monday = starts_on - timedelta(days=starts_on.weekday())
    count = (ends_on - monday).days // WEEK_DAYS + 1
    weeks = [monday + timedelta(days=WEEK_DAYS * number) for number in range(count)]
    zones = sorted({window.time_zone for window in (*a, *b)})
    # Weeks in which every clock shows the same are the same: a program has few kinds of weeks.
    known: dict[tuple[Clock, ...], int] = {}
    minutes = []
    for week in weeks:
        kind = tuple(_clock(zone, week, WEEK_DAYS) for zone in zones)
        if kind not in known:
            known[kind] = overlap_minutes(a, b, week, shortest)
        minutes.append(known[kind])
    return median_low(minutes)


def overlap_days(
    a: Sequence[Window], b: Sequence[Window], week_start: date, shortest: int, in_zone: str
) -> list[int]:
    """The weekdays on which both are free, as the clock in ``in_zone`` shows them, Monday is 0.

    A piece over midnight belongs to each day on which ``shortest`` minutes of it lie, or to
    the day on which it starts if there is no such day.

    Raises:
        ValueError: if there is no such zone.
    """
    zone_of(in_zone)
    days: set[int] = set()
    for piece in _pieces(a, b, week_start, shortest):
        parts = _by_local_day(piece, _clock(in_zone, week_start, WEEK_DAYS))
        long_enough = [day for day, minutes in parts.items() if minutes >= shortest]
        days.update(long_enough or [min(parts)])
    return sorted({(week_start.weekday() + day) % WEEK_DAYS for day in days})


def next_common_times(
    a: Sequence[Window], b: Sequence[Window], after: datetime, count: int, length_minutes: int
) -> list[datetime]:
    """Up to ``count`` starts, in UTC, at which both are free for ``length_minutes``.

    One for each time they share, and one a day where they share whole days; on a quarter of
    an hour; within the next six weeks.

    Args:
        a: one person's windows.
        b: the other's.
        after: aware; no start is earlier. Add the notice that people need.
        count: 0 or more.
        length_minutes: 1 or more.

    Raises:
        ValueError: if ``after`` is naive.
    """
    if after.tzinfo is None:
        raise ValueError(f"naive datetime: {after!r}")
    first_day = after.astimezone(UTC).date()
    earliest = -(-(after.astimezone(UTC) - _moment(first_day, 0)) // _MINUTE)
    found: list[int] = []
    for start, end in _common(a, b, first_day, LOOK_AHEAD_DAYS):
        soonest = -(-max(start, earliest) // START_GRAIN) * START_GRAIN
        found += range(soonest, min(end, LOOK_AHEAD_DAYS * DAY) - length_minutes + 1, DAY)
    return [_moment(first_day, minute) for minute in sorted(found)[:count]]


def windows_from_cells(
    cells: Iterable[tuple[int, int]], cell_minutes: int, time_zone: str
) -> list[Window]:
    """The windows that a grid's ticked cells make, with neighbors of one day joined.

    Args:
        cells: (weekday, minute of the day at which the cell starts).
        cell_minutes: how long a cell is, 1 to 1440.
        time_zone: the person's.

    Raises:
        ValueError: if a cell does not lie within a day, or there is no such zone.
    """
    windows: list[Window] = []
    for weekday, start in sorted(set(cells)):
        cell = Window(weekday, start, start + cell_minutes, time_zone)
        last = windows[-1] if windows else None
        if last and last.weekday == weekday and start <= last.end_minute:
            windows[-1] = Window(weekday, last.start_minute, cell.end_minute, time_zone)
        else:
            windows.append(cell)
    return windows


def cells_from_windows(windows: Iterable[Window], cell_minutes: int) -> frozenset[tuple[int, int]]:
    """The cells (weekday, start minute) of a grid from midnight that lie wholly in a window.

    Args:
        windows: of one person.
        cell_minutes: how long a cell is; a day is a whole number of them.

    Raises:
        ValueError: if a day is not.
    """
    if cell_minutes < 1 or DAY % cell_minutes:
        raise ValueError(f"a day cannot be cut into pieces of {cell_minutes} minutes")
    return frozenset(
        (window.weekday, start)
        for window in windows
        for start in range(0, DAY, cell_minutes)
        if window.start_minute <= start and start + cell_minutes <= window.end_minute
    )


def _pieces(
    a: Sequence[Window], b: Sequence[Window], week_start: date, shortest: int
) -> list[Interval]:
    """The parts within the week of every common time that is long enough as a whole."""
    week_end = WEEK_DAYS * DAY
    whole = [piece for piece in _common(a, b, week_start, WEEK_DAYS) if _length(piece) >= shortest]
    cut = ((max(0, start), min(week_end, end)) for start, end in whole)
    return [(start, end) for start, end in cut if start < end]


def _by_local_day(piece: Interval, clock: Clock) -> dict[int, int]:
    """Minutes of ``piece`` on each local day, counted from the clock's first day."""
    minutes: dict[int, int] = {}
    for since, until, offset in clock:
        start, end = max(since, piece[0]) + offset, min(until, piece[1]) + offset
        while start < end:
            day = start // DAY
            stop = min(end, (day + 1) * DAY)
            minutes[day] = minutes.get(day, 0) + stop - start
            start = stop
    return minutes


def _length(piece: Interval) -> int:
    return piece[1] - piece[0]


def _common(a: Sequence[Window], b: Sequence[Window], first_day: date, days: int) -> list[Interval]:
    """When both are free, from a day before ``first_day`` to a day after the ``days``."""
    ours, theirs = _free(a, first_day, days), _free(b, first_day, days)
    common: list[Interval] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start, end = max(ours[i][0], theirs[j][0]), min(ours[i][1], theirs[j][1])
        if start < end:
            common.append((start, end))
        if ours[i][1] < theirs[j][1]:
            i += 1
        else:
            j += 1
    return common


def _free(windows: Sequence[Window], first_day: date, days: int) -> list[Interval]:
    """One person's free times, joined where they touch, in order."""
    found: list[Interval] = []
    for window in windows:
        # A local day begins up to 14 hours before or after the UTC day of the same name.
        first = -2 + (window.weekday - (first_day.weekday() - 2)) % WEEK_DAYS
        for day in range(first, days + 2, WEEK_DAYS):
            start, end = day * DAY + window.start_minute, day * DAY + window.end_minute
            for since, until, offset in _clock(window.time_zone, first_day, days):
                begin, stop = max(since, start - offset), min(until, end - offset)
                if begin < stop:
                    found.append((begin, stop))
    return _joined(sorted(found))


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for start, end in intervals:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


@lru_cache(maxsize=4096)
def _clock(time_zone: str, first_day: date, days: int) -> Clock:
    """The zone's clock from a day before ``first_day`` to a day after the ``days``."""
    zone = zone_of(time_zone)
    moment, end = _moment(first_day, -DAY), _moment(first_day, (days + 1) * DAY)
    changes: list[tuple[datetime, int]] = [(moment, _offset(zone, moment))]
    while moment < end:
        probe = min(moment + _PROBE, end)
        if _offset(zone, probe) != changes[-1][1]:
            changes.append((_change(zone, moment, probe), _offset(zone, probe)))
        moment = probe
    starts = [(start - _moment(first_day, 0)) // _MINUTE for start, _ in changes]
    ends = [*starts[1:], (days + 1) * DAY]
    offsets = [offset for _, offset in changes]
    return tuple(zip(starts, ends, offsets, strict=True))


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first minute with the offset of ``after``."""
    while after - before > _MINUTE:
        middle = before + (after - before) // 2 // _MINUTE * _MINUTE
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return (offset or timedelta(0)) // _MINUTE


def _moment(first_day: date, minute: int) -> datetime:
    midnight = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)
    return midnight + timedelta(minutes=minute)
