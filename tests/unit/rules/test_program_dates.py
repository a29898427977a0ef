"""What a program's dates ask for, what it does by itself, and what breaks give back."""

from datetime import date, timedelta

import pytest

from lti_mentoring.rules.breaks import rested_days
from lti_mentoring.rules.program_dates import due_move, moves_by_itself_on
from lti_mentoring.vocabulary import ProgramState

FIRST, LAST = date(2026, 3, 2), date(2026, 6, 7)
DAY = timedelta(days=1)
RUNNING, CLOSING, CLOSED = ProgramState.RUNNING, ProgramState.CLOSING, ProgramState.CLOSED


@pytest.mark.parametrize(
    ("state", "today", "due"),
    [
        (ProgramState.RECRUITING, FIRST - DAY, None),
        (ProgramState.RECRUITING, FIRST, RUNNING),
        (RUNNING, LAST - 15 * DAY, None),
        (RUNNING, LAST - 14 * DAY, CLOSING),
        (CLOSING, LAST, None),
        (CLOSING, LAST + DAY, CLOSED),
        (ProgramState.PAUSED, LAST + DAY, None),
    ],
)
def test_the_dates_call_for_a_step(state, today, due):
    assert due_move(state, FIRST, LAST, today) is due


@pytest.mark.parametrize(
    ("state", "since", "step"),
    [
        (RUNNING, FIRST, (CLOSING, LAST - 14 * DAY)),
        (RUNNING, LAST - 14 * DAY, (CLOSING, LAST)),
        (RUNNING, LAST, None),
        (RUNNING, LAST + 20 * DAY, None),
        (CLOSING, LAST - 14 * DAY, (CLOSED, LAST + 15 * DAY)),
        (CLOSING, LAST + 30 * DAY, (CLOSED, LAST + 45 * DAY)),
        (ProgramState.RECRUITING, FIRST, None),
        (ProgramState.PAUSED, FIRST, None),
        (CLOSED, LAST, None),
    ],
)
def test_a_program_finishes_by_itself_unless_somebody_has_decided_otherwise(state, since, step):
    assert moves_by_itself_on(state, LAST, since) == step


@pytest.mark.parametrize(
    ("breaks", "days"),
    [
        ([], 0),
        ([(FIRST, FIRST)], 1),
        ([(FIRST - 10 * DAY, FIRST - DAY)], 0),
        ([(FIRST - 10 * DAY, FIRST)], 1),
        ([(FIRST + DAY, None)], 9),
        ([(FIRST, FIRST + DAY), (FIRST + 5 * DAY, FIRST + 6 * DAY)], 4),
        ([(FIRST + 20 * DAY, None)], 0),
    ],
)
def test_days_of_breaks_since_something_waits_are_counted_once(breaks, days):
    assert rested_days(breaks, FIRST, FIRST + 9 * DAY) == days
