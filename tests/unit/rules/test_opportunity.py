"""Days: what share of a program was open to a learner."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.rules.opportunity import (
    Window,
    exempt_by_waiting,
    lost_days_without_pairing,
    opportunity,
    program_days,
)
from lti_mentoring.vocabulary import Component

START = date(2026, 3, 2)
END = START + timedelta(days=14 * 7 - 1)
DAYS = st.integers(-10, 60).map(lambda days: START + timedelta(days=days))
WINDOWS = st.lists(st.builds(Window, DAYS, st.none() | DAYS), max_size=3)


def day(number: int) -> date:
    """The program's day with this number, from 1."""
    return START + timedelta(days=number - 1)


def days_in(windows: list[Window], number: int) -> bool:
    return any(
        window.starts_on <= day(number)
        and (window.ends_on is None or day(number) <= window.ends_on)
        for window in windows
    )


def test_both_ends_of_a_program_count():
    assert program_days(START, END) == 98
    assert program_days(START, START) == 1
    assert program_days(START, START - timedelta(days=1)) == 0


def test_breaks_are_nobodys_days_and_may_overlap():
    breaks = [Window(day(1), day(7)), Window(day(5), day(10)), Window(day(97), None)]

    assert program_days(START, END, breaks) == 98 - 10 - 2


@pytest.mark.parametrize(
    ("joined_on", "left_on", "lost", "expected"),
    [
        (START, None, 0, Decimal(1)),
        (START - timedelta(days=30), None, 0, Decimal(1)),
        (START, END + timedelta(days=9), 0, Decimal(1)),
        (day(50), None, 0, Decimal(49) / 98),
        (START, day(49), 0, Decimal(49) / 98),
        # Added in week 5, with a mentor from week 6 on: the example of the decision record.
        (day(29), None, 7, Decimal(9) / 14),
        (START, None, 200, Decimal(0)),
        (END + timedelta(days=1), None, 0, Decimal(0)),
        (START, START - timedelta(days=1), 0, Decimal(0)),
    ],
)
def test_the_share_of_days_that_were_open(joined_on, left_on, lost, expected):
    assert opportunity(START, END, [], joined_on, left_on, lost) == expected


def test_a_break_makes_nobodys_share_smaller():
    assert opportunity(START, END, [Window(day(1), day(49))], START, None, 0) == 1
    assert opportunity(START, END, [Window(day(1), day(49))], day(50), None, 0) == 1


def test_a_program_of_breaks_only_offers_nothing():
    assert opportunity(START, END, [Window(START, None)], START, None, 0) == 0


def test_days_without_a_mentor_are_lost_and_the_days_of_change_are_not():
    pairings = [Window(day(8), day(20)), Window(day(24), None)]

    assert lost_days_without_pairing(Window(day(1), day(30)), pairings) == 7 + 3


def test_a_pause_is_lost_and_a_break_is_nobodys():
    window, pairings = Window(day(1), day(30)), [Window(day(1), None)]

    assert lost_days_without_pairing(window, pairings) == 0
    assert lost_days_without_pairing(window, pairings, [], [Window(day(3), day(9))]) == 7
    breaks = [Window(day(8), day(14))]
    assert lost_days_without_pairing(window, pairings, breaks, [Window(day(3), day(9))]) == 5
    assert lost_days_without_pairing(window, [], breaks) == 23


def test_lost_days_are_counted_up_to_a_day():
    with pytest.raises(ValueError, match="up to a day"):
        lost_days_without_pairing(Window(START), [])


@pytest.mark.parametrize(
    ("waiting", "total", "exempt"),
    [
        (40, 100, set()),
        (41, 100, {Component.SESSIONS}),
        (0, 0, set()),
        (98, 98, {Component.SESSIONS}),
    ],
)
def test_who_waits_for_most_of_the_time_owes_no_sessions(waiting, total, exempt):
    assert exempt_by_waiting(waiting, total) == exempt


@given(DAYS, st.none() | DAYS, WINDOWS, WINDOWS, WINDOWS)
def test_the_share_is_that_of_a_count_day_by_day(joined_on, left_on, breaks, pairings, pauses):
    numbers = [number for number in range(1, 41) if not days_in(breaks, number)]
    taken = [number for number in numbers if joined_on <= day(number) <= (left_on or day(40))]
    usable = [n for n in taken if days_in(pairings, n) and not days_in(pauses, n)]

    window = Window(max(START, joined_on), min(day(40), left_on or day(40)))
    lost = lost_days_without_pairing(window, pairings, breaks, pauses)
    f = opportunity(START, day(40), breaks, joined_on, left_on, lost)

    assert lost == len(taken) - len(usable)
    assert f == (Decimal(len(usable)) / len(numbers) if numbers else 0)
    assert 0 <= f <= 1
