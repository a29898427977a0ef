"""Goals: the letters of SMART, and when a goal counts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lti_mentoring.rules.smart import GoalFacts, is_countable_goal, smart_parts

TODAY = date(2026, 3, 2)
WHOLE = GoalFacts(
    title="Pass the statistics exam",
    measure="At least 12 of 20 points",
    means="Two evenings a week",
    reason="I need it for my thesis",
    due_on=TODAY + timedelta(days=60),
    step_count=2,
)


def test_a_whole_goal_has_all_five_letters_and_counts():
    parts = smart_parts(WHOLE, TODAY)

    assert "".join(part.name[0] for part in parts) == "smart"
    assert all(part.is_there for part in parts)
    assert is_countable_goal(WHOLE, TODAY)


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"title": "Statistics"}, {"specific"}),
        ({"title": "学会统计"}, set()),
        ({"measure": " – "}, {"measurable"}),
        ({"means": "", "step_count": 1}, {"achievable"}),
        ({"means": "", "step_count": 2}, set()),
        ({"reason": ""}, {"relevant"}),
        ({"due_on": None}, {"timed"}),
        ({"due_on": TODAY - timedelta(days=1)}, {"timed"}),
        ({"due_on": TODAY}, set()),
    ],
)
def test_a_letter_is_missing_when_nothing_stands_for_it(change, lacking):
    goal = replace(WHOLE, **change)

    assert {part.name for part in smart_parts(goal, TODAY) if not part.is_there} == lacking
    assert is_countable_goal(goal, TODAY) is (not lacking)


def test_a_goal_with_one_step_does_not_count_yet():
    goal = replace(WHOLE, step_count=1)

    assert all(part.is_there for part in smart_parts(goal, TODAY))
    assert not is_countable_goal(goal, TODAY)
