"""Free times of two people, checked minute by minute, also where clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.rules.availability import (
    Window,
    cells_from_windows,
    next_common_times,
    overlap_days,
    overlap_minutes,
    typical_overlap,
    windows_from_cells,
    zone_of,
)

ZONES = [
    "UTC",
    "Europe/Lisbon",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Kiritimati",  # 14 hours ahead
    "Pacific/Pago_Pago",  # 11 hours behind
    "Pacific/Apia",
]
WEEK = date(2026, 3, 2)  # a Monday without changes of clocks
TUESDAY, THURSDAY, SUNDAY = 1, 3, 6


def window(weekday: int, start: str, end: str, zone: str = "Europe/Lisbon") -> Window:
    def minutes(clock: str) -> int:
        hours, rest = clock.split(":")
        return int(hours) * 60 + int(rest)

    return Window(weekday, minutes(start), minutes(end), zone)


@st.composite
def windows(draw: st.DrawFn) -> list[Window]:
    zone = draw(st.sampled_from(ZONES))
    found = []
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, 1439))
        end = draw(st.integers(start + 1, 1440))
        found.append(Window(draw(st.integers(0, 6)), start, end, zone))
    return found


def is_free(own: list[Window], moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(own[0].time_zone))
    minute = local.hour * 60 + local.minute
    return any(
        w.weekday == local.weekday() and w.start_minute <= minute < w.end_minute for w in own
    )


def runs(a: list[Window], b: list[Window], week: date) -> list[list[datetime]]:
    """Common minutes from a day before the week to a day after it, in unbroken runs."""
    first = datetime(week.year, week.month, week.day, tzinfo=UTC) - timedelta(days=1)
    minutes = [first + timedelta(minutes=number) for number in range(9 * 1440)]
    return [
        list(run)
        for free, run in groupby(minutes, lambda moment: is_free(a, moment) and is_free(b, moment))
        if free
    ]


def is_within(week: date, moment: datetime) -> bool:
    return week <= moment.date() < week + timedelta(days=7)


# When clocks change somewhere, in both hemispheres, and the island that skipped a day.
CHANGES = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4)]
CHANGES += [date(2026, 10, 25), date(2026, 11, 1), date(2018, 11, 4), date(2011, 12, 30)]
WEEKS = st.sampled_from(CHANGES).flatmap(
    lambda change: st.integers(-7, 1).map(lambda days: change + timedelta(days=days))
)


@settings(max_examples=25)
@given(windows(), windows(), WEEKS, st.sampled_from([1, 30, 45, 90]))
def test_the_overlap_is_that_of_a_count_minute_by_minute(a, b, week, shortest):
    counted = sum(
        is_within(week, moment)
        for run in runs(a, b, week)
        if len(run) >= shortest
        for moment in run
    )

    assert overlap_minutes(a, b, week, shortest) == counted
    assert overlap_minutes(b, a, week, shortest) == counted


@settings(max_examples=25)
@given(windows(), windows(), WEEKS, st.sampled_from(ZONES))
def test_overlap_days_are_days_on_which_both_are_free(a, b, week, in_zone):
    zone = ZoneInfo(in_zone)
    free_days = {
        moment.astimezone(zone).weekday()
        for run in runs(a, b, week)
        for moment in run
        if is_within(week, moment)
    }

    assert overlap_days(a, b, week, 1, in_zone) == sorted(free_days)


@settings(max_examples=25)
@given(windows(), windows(), WEEKS, st.integers(15, 90))
def test_suggested_times_suit_both_from_the_first_to_the_last_minute(a, b, week, length):
    after = datetime(week.year, week.month, week.day, 7, 20, 30, tzinfo=UTC)
    times = next_common_times(a, b, after, 5, length)

    assert times == sorted(times)
    assert all(time >= after and time.minute % 15 == 0 for time in times)
    for time in times:
        for minute in range(length):
            moment = time + timedelta(minutes=minute)
            assert is_free(a, moment)
            assert is_free(b, moment)


@pytest.mark.parametrize(
    ("theirs", "shortest", "expected"),
    [
        (window(TUESDAY, "18:00", "20:00"), 45, 60),
        (window(TUESDAY, "19:30", "20:00"), 45, 0),  # too short to meet
        (window(TUESDAY, "19:30", "20:00"), 30, 30),
        (window(THURSDAY, "18:00", "20:00"), 45, 0),
        (window(TUESDAY, "20:00", "22:00", "Europe/Berlin"), 45, 120),
        (window(TUESDAY, "14:00", "15:00", "America/New_York"), 45, 60),
    ],
)
def test_what_two_people_share_in_an_ordinary_week(theirs, shortest, expected):
    ours = [window(TUESDAY, "19:00", "21:00")]

    assert overlap_minutes(ours, [theirs], WEEK, shortest) == expected


def test_windows_that_touch_are_one_time_also_over_midnight():
    ours = [window(TUESDAY, "23:30", "24:00"), window(TUESDAY + 1, "00:00", "00:30")]
    theirs = [window(TUESDAY, "22:00", "23:45"), window(TUESDAY, "23:40", "24:00")]
    theirs += [window(TUESDAY + 1, "00:00", "02:00")]

    assert overlap_minutes(ours, theirs, WEEK, 60) == 60


def test_a_time_over_the_end_of_the_week_is_judged_as_a_whole_and_counted_once():
    evening = [window(SUNDAY, "15:00", "17:00", "America/Los_Angeles")]  # 23:00 to 01:00 UTC

    winter = date(2026, 1, 12)

    assert overlap_minutes(evening, evening, winter, 90) == 120
    assert overlap_days(evening, evening, winter, 90, "America/Los_Angeles") == [SUNDAY]


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        (date(2026, 3, 2), 60),
        (date(2026, 3, 9), 120),  # New York has changed its clocks, Lisbon has not
        (date(2026, 3, 30), 60),
    ],
)
def test_a_shared_time_moves_when_one_clock_changes_before_the_other(week, expected):
    lisbon = [window(THURSDAY, "17:00", "19:00")]
    new_york = [window(THURSDAY, "13:00", "16:00", "America/New_York")]

    assert overlap_minutes(lisbon, new_york, week, 30) == expected


@pytest.mark.parametrize(
    ("week", "expected"),
    [(date(2026, 3, 23), 60), (date(2026, 10, 19), 180), (date(2026, 5, 4), 120)],
)
def test_the_hour_that_is_skipped_is_nobodys_and_the_one_that_comes_twice_counts_twice(
    week, expected
):
    night = [window(SUNDAY, "00:30", "02:30")]

    assert overlap_minutes(night, night, week, 1) == expected


def test_the_typical_week_is_the_median_of_all_weeks():
    lisbon = [window(THURSDAY, "17:00", "19:00")]
    new_york = [window(THURSDAY, "13:00", "16:00", "America/New_York")]

    assert typical_overlap(lisbon, new_york, WEEK, WEEK + timedelta(days=97), 30) == 60
    assert typical_overlap(lisbon, new_york, date(2026, 3, 10), date(2026, 3, 24), 30) == 120
    assert typical_overlap(lisbon, [], WEEK, WEEK, 30) == 0
    assert typical_overlap([], [], WEEK, WEEK, 30) == 0


def test_a_program_that_ends_before_it_starts_has_no_typical_week():
    with pytest.raises(ValueError, match="is before"):
        typical_overlap([], [], WEEK, WEEK - timedelta(days=1), 30)


@settings(max_examples=15)
@given(windows(), windows(), WEEKS, st.integers(0, 60))
def test_the_typical_week_is_one_of_the_weeks(a, b, starts_on, days):
    ends_on = starts_on + timedelta(days=days)
    monday = starts_on - timedelta(days=starts_on.weekday())
    weeks = [
        monday + timedelta(days=7 * number) for number in range((ends_on - monday).days // 7 + 1)
    ]
    all_minutes = sorted(overlap_minutes(a, b, week, 30) for week in weeks)

    assert typical_overlap(a, b, starts_on, ends_on, 30) == all_minutes[(len(weeks) - 1) // 2]


def test_the_days_are_those_of_the_reader():
    late = [window(TUESDAY, "20:00", "21:30", "America/New_York")]

    assert overlap_days(late, late, WEEK, 45, "America/New_York") == [TUESDAY]
    assert overlap_days(late, late, WEEK, 45, "Asia/Tokyo") == [TUESDAY + 1]
    assert overlap_days(late, [], WEEK, 45, "Asia/Tokyo") == []
    with pytest.raises(ValueError, match="unknown time zone"):
        overlap_days(late, late, WEEK, 45, "99")


def test_a_time_over_midnight_belongs_to_the_days_on_which_one_could_meet():
    night = [window(TUESDAY, "23:00", "24:00"), window(TUESDAY + 1, "00:00", "01:00")]

    assert overlap_days(night, night, WEEK, 60, "Europe/Lisbon") == [TUESDAY, TUESDAY + 1]
    assert overlap_days(night, night, WEEK, 90, "Europe/Lisbon") == [TUESDAY]


def test_suggestions_begin_with_the_soonest_and_keep_to_the_wall_clock():
    ours = [window(TUESDAY, "18:00", "20:00")]
    after = datetime(2026, 3, 17, 18, 10, tzinfo=UTC)

    assert next_common_times(ours, ours, after, 3, 45) == [
        datetime(2026, 3, 17, 18, 15, tzinfo=UTC),
        datetime(2026, 3, 24, 18, 0, tzinfo=UTC),
        datetime(2026, 3, 31, 17, 0, tzinfo=UTC),  # summer time
    ]


def test_suggestions_are_one_a_day_for_people_who_are_always_free():
    always = [window(weekday, "00:00", "24:00") for weekday in range(7)]
    after = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)

    times = next_common_times(always, always, after, 100, 60)

    assert times[:2] == [
        datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        datetime(2026, 3, 3, 9, 15, tzinfo=UTC),
    ]
    assert len(times) == 42


def test_there_is_no_suggestion_where_nothing_is_shared_or_asked():
    ours, theirs = [window(TUESDAY, "18:00", "20:00")], [window(THURSDAY, "18:00", "20:00")]
    after = datetime(2026, 3, 2, tzinfo=UTC)

    assert next_common_times(ours, theirs, after, 3, 45) == []
    assert next_common_times(ours, ours, after, 0, 45) == []
    assert next_common_times(ours, ours, after, 3, 121) == []


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"):
        next_common_times([], [], datetime(2026, 3, 2), 3, 45)  # noqa: DTZ001 - it is the point


@pytest.mark.parametrize(
    ("weekday", "start", "end", "zone"),
    [
        (7, 0, 60, "UTC"),
        (-1, 0, 60, "UTC"),
        (0, 60, 60, "UTC"),
        (0, -1, 60, "UTC"),
        (0, 0, 1441, "UTC"),
        (0, 0, 60, "99"),
    ],
)
def test_an_impossible_window_is_refused(weekday, start, end, zone):
    with pytest.raises(ValueError, match=r"impossible|unknown"):
        Window(weekday, start, end, zone)


@pytest.mark.parametrize(
    "name", ["", "99", "Mars/Olympus", "../etc/passwd", "/etc", "Europe", "a\0b"]
)
def test_what_is_no_zone_is_refused_in_one_way(name):
    with pytest.raises(ValueError, match="unknown time zone"):
        zone_of(name)


def test_neighboring_cells_of_a_day_become_one_window():
    cells = [(TUESDAY, 1140), (TUESDAY, 1080), (THURSDAY, 1080), (TUESDAY, 1260), (TUESDAY, 1080)]

    assert windows_from_cells(cells, 60, "Asia/Tokyo") == [
        Window(TUESDAY, 1080, 1200, "Asia/Tokyo"),
        Window(TUESDAY, 1260, 1320, "Asia/Tokyo"),
        Window(THURSDAY, 1080, 1140, "Asia/Tokyo"),
    ]


def test_a_cell_outside_the_day_is_refused():
    with pytest.raises(ValueError, match="impossible minutes"):
        windows_from_cells([(TUESDAY, 1400)], 60, "UTC")


def test_a_cell_that_is_only_half_in_a_window_is_not_ticked():
    assert cells_from_windows([Window(0, 30, 180, "UTC")], 60) == {(0, 60), (0, 120)}
    assert cells_from_windows([Window(0, 30, 32, "UTC")], 1) == {(0, 30), (0, 31)}


@pytest.mark.parametrize("cell_minutes", [0, -60, 50])
def test_a_day_is_a_whole_number_of_cells(cell_minutes):
    with pytest.raises(ValueError, match="cannot be cut"):
        cells_from_windows([], cell_minutes)


@given(
    st.sampled_from([15, 30, 60, 120]).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.frozensets(
                st.tuples(st.integers(0, 6), st.integers(0, 1440 // size - 1).map(size.__mul__))
            ),
        )
    )
)
def test_a_grid_comes_back_as_it_was_ticked(grid):
    size, cells = grid

    assert cells_from_windows(windows_from_cells(cells, size, "UTC"), size) == cells
