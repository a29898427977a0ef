"""Days: what share of a program was open to a learner."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.rules.opportunity import (
    Tie,
    Window,
    exempt_by_waiting,
    lost_days,
    opportunity,
    program_days,
    waiting,
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


def test_days_of_waiting_are_lost_and_the_days_of_change_are_not():
    pairings = [Window(day(8), day(20)), Window(day(24), None)]

    assert lost_days(Window(day(1), day(30)), [Window(day(1))], pairings) == 7 + 3
    assert lost_days(Window(day(1), day(30)), [Window(day(5), day(22))], pairings) == 3 + 2
    assert lost_days(Window(day(1), day(30)), [], pairings) == 0


def test_a_pause_is_lost_and_a_break_is_nobodys():
    window, pairings = Window(day(1), day(30)), [Window(day(1), None)]

    assert lost_days(window, [], pairings) == 0
    assert lost_days(window, [], pairings, [], [Window(day(3), day(9))]) == 7
    breaks = [Window(day(8), day(14))]
    assert lost_days(window, [], pairings, breaks, [Window(day(3), day(9))]) == 5
    assert lost_days(window, [Window(day(1))], [], breaks) == 23


def test_lost_days_are_counted_up_to_a_day():
    with pytest.raises(ValueError, match="up to a day"):
        lost_days(Window(START), [], [])


BY_OTHERS = Tie(day(3), day(4), day(5), day(9))
BY_THE_LEARNER = Tie(day(3), day(4), day(5), day(9), learner_ended=True)
LAPSED = Tie(day(3), ended_on=day(10), learner_ended=True)


@pytest.mark.parametrize(
    ("ready", "ties", "asked", "by_coordinator", "expected"),
    [
        (None, [], [], True, set()),  # the three steps are not done
        (2, [], [], True, {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
        (2, [], [], False, set()),  # nobody was asked
        (2, [], [(4, 6), (9, None)], False, {4, 5, 6, 9, 10, 11, 12}),
        (2, [Tie(day(5))], [], True, {2, 3, 4, 5}),  # the learner has not signed
        (2, [Tie(day(5), day(7))], [], False, {7, 8, 9, 10, 11, 12}),  # the mentor has not
        (2, [Tie(day(5), day(7), day(9))], [], False, {7, 8, 9}),
        (2, [BY_OTHERS], [], False, {4, 5, 9, 10, 11, 12}),
        (2, [BY_THE_LEARNER], [], False, {4, 5}),  # and nobody was asked since
        (2, [BY_THE_LEARNER], [], True, {2, 3, 4, 5, 9, 10, 11, 12}),
        (2, [BY_THE_LEARNER], [(11, None)], False, {4, 5, 11, 12}),
        (2, [LAPSED], [], True, {2, 3}),
        (2, [LAPSED, Tie(day(11), day(11))], [], True, {2, 3, 11, 12}),
        (2, [replace(BY_OTHERS, is_finished=True)], [], True, {2, 3, 4, 5}),
    ],
)
def test_waiting_is_what_the_learner_cannot_end(ready, ties, asked, by_coordinator, expected):
    found = waiting(
        ready and day(ready),
        ties,
        [Window(day(first), last and day(last)) for first, last in asked],
        by_coordinator=by_coordinator,
    )

    assert {number for number in range(1, 13) if days_in(found, number)} == expected


@pytest.mark.parametrize(
    ("days", "total", "exempt"),
    [
        (40, 100, set()),
        (41, 100, {Component.SESSIONS}),
        (0, 0, set()),
        (98, 98, {Component.SESSIONS}),
    ],
)
def test_who_waits_for_most_of_the_time_owes_no_sessions(days, total, exempt):
    assert exempt_by_waiting(days, total) == exempt


@given(DAYS, st.none() | DAYS, WINDOWS, WINDOWS, WINDOWS, WINDOWS)
def test_the_share_is_that_of_a_count_day_by_day(
    joined_on, left_on, breaks, waits, pairings, pauses
):
    numbers = [number for number in range(1, 41) if not days_in(breaks, number)]
    taken = [number for number in numbers if joined_on <= day(number) <= (left_on or day(40))]
    waited = [n for n in taken if days_in(waits, n) and not days_in(pairings, n)]
    usable = [n for n in taken if n not in waited and not days_in(pauses, n)]

    window = Window(max(START, joined_on), min(day(40), left_on or day(40)))
    lost = lost_days(window, waits, pairings, breaks, pauses)
    f = opportunity(START, day(40), breaks, joined_on, left_on, lost)

    assert lost == len(taken) - len(usable)
    assert f == (Decimal(len(usable)) / len(numbers) if numbers else 0)
    assert 0 <= f <= 1


@st.composite
def histories(draw: st.DrawFn) -> list[Tie]:
    """Pairings one after the other, the last one perhaps alive."""
    ties: list[Tie] = []
    today = draw(st.integers(1, 10))
    for _number in range(draw(st.integers(1, 4))):
        made = today
        dates = sorted(draw(st.lists(st.integers(made, made + 12), min_size=3, max_size=3)))
        signed, started, ended = (day(number) for number in dates)
        steps = draw(st.integers(0, 2))  # unsigned, signed by the learner, started
        ties.append(
            Tie(
                day(made),
                signed if steps else None,
                started if steps == 2 else None,
                ended,
                draw(st.booleans()),
                draw(st.booleans()),
            )
        )
        today = dates[-1] + draw(st.integers(0, 9))
    is_alive = draw(st.booleans())
    if is_alive:
        ties[-1] = replace(ties[-1], ended_on=None, learner_ended=False, is_finished=False)
    return ties


def known_on(ties: list[Tie], today: date) -> list[Tie]:
    """The same history as it stood in the evening of ``today``."""
    return [
        Tie(
            tie.made_on,
            tie.signed_on if tie.signed_on and tie.signed_on <= today else None,
            tie.started_on if tie.started_on and tie.started_on <= today else None,
            *(
                (tie.ended_on, tie.learner_ended, tie.is_finished)
                if tie.ended_on and tie.ended_on <= today
                else (None, False, False)
            ),
        )
        for tie in ties
        if tie.made_on <= today
    ]


def lost_until(last: int, ties: list[Tie], ready_on: date | None, by_coordinator: bool) -> int:
    waits = waiting(ready_on, ties, [], by_coordinator=by_coordinator)
    worked = [Window(tie.started_on, tie.ended_on) for tie in ties if tie.started_on]
    return lost_days(Window(day(1), day(last)), waits, worked)


@given(histories(), st.none() | DAYS, st.booleans(), st.integers(1, 60))
def test_a_day_that_was_lost_once_stays_lost(ties, ready_on, by_coordinator, today):
    in_the_evening = known_on(ties, day(today))
    a_day_later = known_on(ties, day(today + 1))
    ready_on = ready_on if ready_on is None or ready_on <= day(today) else None

    then = lost_until(today - 1, in_the_evening, ready_on, by_coordinator)

    assert then == lost_until(today - 1, a_day_later, ready_on, by_coordinator)
    assert then <= lost_until(today, a_day_later, ready_on, by_coordinator)


@given(histories(), DAYS, st.booleans())
def test_who_signs_nothing_and_asks_nobody_loses_no_day(ties, ready_on, by_coordinator):
    idle = [replace(t, signed_on=None, started_on=None, learner_ended=True) for t in ties]

    assert waiting(None, idle, [], by_coordinator=by_coordinator) == []
    assert waiting(ready_on, idle, [], by_coordinator=False) == []
    until = idle[0].made_on
    assert waiting(ready_on, idle, [], by_coordinator=True) == [Window(ready_on, until)]
