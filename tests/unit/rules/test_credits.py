"""Credits: what a session, a week and a reflection are worth."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from lti_mentoring.rules.credits import (
    counts_this_session,
    is_missed_by_mentor,
    progress_week_source,
    reflection_counts,
    session_credit,
    session_credits,
)
from lti_mentoring.vocabulary import SessionState

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "minutes", "by_mentor", "credit"),
    [
        (SessionState.HELD, None, False, "1"),
        (SessionState.HELD, 15, False, "1"),
        (SessionState.HELD, 14, False, "0"),
        (SessionState.MISSED_BY_MENTOR, None, False, "1"),
        (SessionState.MISSED_BY_MENTEE, None, False, "0"),
        (SessionState.MISSED_BY_BOTH, None, False, "0"),
        (SessionState.DISPUTED, None, False, "0.5"),
        (SessionState.CANCELLED_LATE, None, True, "1"),
        (SessionState.CANCELLED_LATE, None, False, "0"),
        (SessionState.CANCELLED_IN_TIME, None, True, "0"),
        (SessionState.TO_CONFIRM, None, False, "0"),
    ],
)
def test_what_a_session_is_worth_to_the_mentee(state, minutes, by_mentor, credit):
    found = session_credit(state, minutes=minutes, cancelled_by_mentor=by_mentor)

    assert found == Decimal(credit)


def test_only_what_the_mentor_missed_falls_under_the_limit():
    assert is_missed_by_mentor(SessionState.MISSED_BY_MENTOR)
    assert is_missed_by_mentor(SessionState.CANCELLED_LATE, cancelled_by_mentor=True)
    assert not is_missed_by_mentor(SessionState.CANCELLED_LATE)
    assert not is_missed_by_mentor(SessionState.HELD, cancelled_by_mentor=True)


@pytest.mark.parametrize(
    ("held", "missed", "target", "expected"),
    [
        (3, 1, 4, "4"),
        (3, 2, 6, "5"),
        (3, 3, 6, "5"),
        (0, 6, 6, "2"),
        (Decimal("1.5"), 2, 4, "2.833333333333333334"),  # never less than the third
        (0, 1, 0, "0"),
    ],
)
def test_a_mentors_absence_makes_up_a_third_of_the_sessions_at_most(held, missed, target, expected):
    assert session_credits(held, missed, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("days_before", "counts"),
    [([], True), ([3], True), ([2.99], False), ([-2], False), ([-3, 7], True), ([10, 1], False)],
)
def test_one_session_counts_in_three_days(days_before, counts):
    previous = [NOW - timedelta(days=days) for days in days_before]

    assert counts_this_session(previous, NOW) is counts


@pytest.mark.parametrize(
    ("moment", "zone", "source"),
    [
        (datetime(2026, 3, 2, 12, tzinfo=UTC), "Europe/Lisbon", "week:2026-W10"),
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "Europe/Lisbon", "week:2026-W09"),
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "Europe/Berlin", "week:2026-W10"),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), "UTC", "week:2026-W53"),
    ],
)
def test_the_week_of_progress_begins_on_the_programs_monday(moment, zone, source):
    assert progress_week_source(moment, ZoneInfo(zone)) == source


def test_a_reflection_needs_fifty_words():
    assert not reflection_counts("word " * 49)
    assert reflection_counts("word " * 50)
