from datetime import date
from decimal import Decimal

import pytest

from lti_mentoring.grading.comment import Counts, build_comment, counts_of
from lti_mentoring.rules.engagement import RubricLine, engagement
from lti_mentoring.vocabulary import Component

DAY = date(2026, 3, 14)


def test_a_comment_is_counts_and_a_date():
    counts = Counts(4, 6, 1, 1, 3, 5, 2, 3, orientation_done=True)

    assert build_comment(counts, DAY) == (
        "Sessions 4/6 · Goals 1/1 · Progress 3/5 · Reflections 2/3 · Orientation done"
        " · updated 2026-03-14"
    )


def test_what_is_not_expected_is_not_mentioned():
    assert build_comment(Counts(), DAY) == "updated 2026-03-14"


@pytest.mark.parametrize("secret", ["Ana", 1.5, None, Decimal(1)])
def test_no_text_can_get_into_a_comment(secret):
    with pytest.raises(TypeError):
        Counts(sessions=secret)
    with pytest.raises(TypeError):
        build_comment(Counts(), secret)


def test_counts_come_from_the_computed_parts():
    lines = (
        RubricLine(Component.ORIENTATION, 50, 1),
        RubricLine(Component.SESSIONS, 40, 6),
        RubricLine(Component.GOALS_SET, 10, 1),
    )
    earned = {Component.SESSIONS: Decimal("2.5"), Component.ORIENTATION: Decimal(1)}

    counts = counts_of(engagement(lines, earned, Decimal(1)).parts)

    assert (counts.sessions, counts.sessions_expected) == (3, 6)
    assert counts.orientation_done is True
    assert counts.goals_expected == 1
