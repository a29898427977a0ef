"""Words, turns of requests, and what a roster changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.rules.request_turns import expires_at, next_in_line, seats_left
from lti_mentoring.rules.roster import (
    MOST_IN_A_ROW,
    OLDEST_LINK,
    Differences,
    DifferencesLink,
    differences,
    removal_needs_confirmation,
)
from lti_mentoring.rules.words import word_count

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  …  – \n", 0),
        ("I learned a lot.", 4),
        ("Übermorgen prüfen wir's", 3),
        ("मैंने आज बहुत सीखा", 4),
        ("我学会了统计", 6),
        ("今日は Statistics を学んだ", 8),
        ("ฉันเรียนสถิติ", 3),
    ],
)
def test_words_are_counted_in_any_script(text, words):
    assert word_count(text) == words


def test_a_request_expires_after_the_days_that_the_program_gives():
    assert expires_at(NOW, 5) == NOW + timedelta(days=5)
    with pytest.raises(ValueError, match="at least a day"):
        expires_at(NOW, 0)


@pytest.mark.parametrize(("ranks", "turn"), [([], None), ([3], 3), ([4, 2, 5], 2)])
def test_the_best_rank_that_is_left_comes_next(ranks, turn):
    assert next_in_line(ranks) == turn


@pytest.mark.parametrize(
    ("capacity", "live", "left"), [(2, 0, 2), (2, 1, 1), (2, 2, 0), (1, 2, 0), (0, 0, 0)]
)
def test_seats_are_never_fewer_than_none(capacity, live, left):
    assert seats_left(capacity, live) == left


@pytest.mark.parametrize(
    ("active", "leaving", "percent", "asks"),
    [
        (4, 3, 50, False),  # a small course, where three are most of it
        (4, 4, 50, True),
        (8, 4, 50, False),  # exactly half
        (100, 50, 50, False),
        (100, 51, 50, True),
        (100, 4, 0, True),
        (100, 100, 100, False),
        (0, 0, 50, False),
    ],
)
def test_a_person_confirms_it_when_too_many_would_leave_at_once(active, leaving, percent, asks):
    assert removal_needs_confirmation(active, leaving, percent) is asks


def test_a_reading_tells_who_is_new_who_changed_and_who_is_missing():
    stored = {"ana": "learner", "rui": "learner", "eva": "instructor"}
    listed = {"zoe": "learner", "ana": "learner", "rui": "instructor"}

    assert differences(stored, listed) == Differences(
        added=("zoe",), changed=("rui",), missing=("eva",)
    )


URL = "https://lms.test/roster"
HALF_A_DAY = timedelta(hours=12)
LINK = DifferencesLink("https://lms.test/changes", URL, given_at=NOW, whole_at=NOW)


@pytest.mark.parametrize(
    ("facts", "after", "serves"),
    [
        ({}, timedelta(0), True),
        ({}, HALF_A_DAY - timedelta(seconds=1), True),
        ({}, HALF_A_DAY, False),
        ({"in_a_row": MOST_IN_A_ROW - 1}, timedelta(0), True),
        ({"in_a_row": MOST_IN_A_ROW}, timedelta(0), False),
        ({"given_at": NOW - OLDEST_LINK}, timedelta(0), False),
        ({"whole_at": NOW - HALF_A_DAY}, timedelta(0), False),
        ({"memberships_url": "https://lms.test/roster?moved"}, timedelta(0), False),
    ],
)
def test_changes_are_asked_for_while_they_can_be_believed(facts, after, serves):
    assert replace(LINK, **facts).serves(URL, NOW + after, HALF_A_DAY) is serves
