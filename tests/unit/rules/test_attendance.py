"""Sessions: which answer counts, what is late, and how the time is shared out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.rules.attendance import (
    STATE_OF,
    default_agenda,
    is_late_cancel,
    lapse_at,
    patience_from,
    settle,
)
from lti_mentoring.vocabulary import AttendanceAnswer, SessionState

ENDS_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOON = ENDS_AT + timedelta(hours=1)
ALMOST = ENDS_AT + timedelta(days=7) - timedelta(seconds=1)
LATE = ENDS_AT + timedelta(days=7)
HELD, MENTEE, MENTOR, BOTH = AttendanceAnswer


@pytest.mark.parametrize(
    ("mentee", "mentor", "now", "expected"),
    [
        (HELD, HELD, SOON, SessionState.HELD),
        (MENTEE, MENTEE, SOON, SessionState.MISSED_BY_MENTEE),
        (MENTOR, MENTOR, SOON, SessionState.MISSED_BY_MENTOR),
        (BOTH, BOTH, SOON, SessionState.MISSED_BY_BOTH),
        (HELD, MENTEE, SOON, SessionState.DISPUTED),
        (MENTOR, MENTEE, LATE, SessionState.DISPUTED),
        (HELD, None, SOON, None),
        (HELD, None, ALMOST, None),
        (HELD, None, LATE, SessionState.HELD),
        (None, HELD, LATE, SessionState.HELD),
        (MENTOR, None, LATE, SessionState.MISSED_BY_MENTOR),
        (None, None, SOON, None),
        (None, None, LATE, None),
    ],
)
def test_two_answers_count_at_once_and_one_alone_after_a_week(mentee, mentor, now, expected):
    assert settle(mentee, mentor, ENDS_AT, now) is expected


@pytest.mark.parametrize(
    ("answered", "expected"),
    [(None, ENDS_AT), (ENDS_AT - timedelta(minutes=5), ENDS_AT), (LATE, LATE)],
)
def test_the_other_side_has_a_week_from_the_answer_and_never_less_than_from_the_end(
    answered, expected
):
    assert patience_from(ENDS_AT, answered) == expected


def test_every_answer_says_what_the_session_becomes():
    assert set(STATE_OF) == set(AttendanceAnswer)


@pytest.mark.parametrize(
    ("before", "late"),
    [
        (timedelta(hours=24), False),
        (timedelta(hours=24, seconds=-1), True),
        (timedelta(0), True),
        (timedelta(hours=-1), True),
        (timedelta(days=3), False),
    ],
)
def test_a_day_of_notice_is_in_time(before, late):
    assert is_late_cancel(ENDS_AT, ENDS_AT - before) is late


def test_a_proposal_lapses_after_three_days_or_at_its_own_start():
    proposed_at = ENDS_AT

    assert lapse_at(proposed_at) == proposed_at + timedelta(hours=72)
    assert lapse_at(proposed_at, proposed_at + timedelta(days=9)) == lapse_at(proposed_at)
    assert lapse_at(proposed_at, proposed_at + timedelta(days=1)) == proposed_at + timedelta(days=1)


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        (5, [1, 1, 1, 1, 1]),
        (15, [2, 2, 7, 2, 2]),
        (30, [5, 5, 10, 5, 5]),
        (45, [5, 5, 25, 5, 5]),
        (60, [5, 10, 30, 10, 5]),
        (90, [10, 15, 40, 15, 10]),
    ],
)
def test_an_agenda_is_cut_in_proportion(length, minutes):
    agenda = default_agenda(length)

    assert [block.minutes for block in agenda] == minutes
    assert [block.key for block in agenda] == [
        "check_in",
        "review_actions",
        "main_topic",
        "next_steps",
        "wrap_up",
    ]


@given(st.integers(5, 480))
def test_an_agenda_fills_the_session_to_the_minute(length):
    minutes = [block.minutes for block in default_agenda(length)]

    assert sum(minutes) == length
    assert min(minutes) >= 1
    assert max(minutes) == minutes[2]


def test_four_minutes_are_too_short_for_an_agenda():
    with pytest.raises(ValueError, match="too short"):
        default_agenda(4)
