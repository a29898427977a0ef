from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.rules.overrides import Grade, as_text, in_text, is_overridden, is_same

POINTS = st.decimals(0, 1000, places=4)
MAXIMA = st.decimals("0.5", 1000, places=4)


def grade(score, maximum):
    return Grade(Decimal(score), Decimal(maximum))


@pytest.mark.parametrize(
    ("one", "other", "decimals", "same"),
    [
        (("87.7", "100"), ("87.7", "100"), 2, True),
        (("87.7", "100"), ("88", "100"), 2, False),
        (("50", "100"), ("20", "40"), 2, True),  # a teacher has changed the maximum
        (("0.3333", "1"), ("13.3332", "40"), 4, True),  # Moodle scales
        (("0.3333", "1"), ("0.33", "1"), 2, True),
        (("0.3333", "1"), ("0.33", "1"), 4, False),
        (("66.6667", "100"), ("66.67", "100"), 2, True),
        (("90", "100"), ("-1", "100"), 2, False),
    ],
)
def test_two_grades_are_the_same_up_to_what_an_lms_rounds(one, other, decimals, same):
    assert is_same(grade(*one), grade(*other), decimals) is same


@given(POINTS, MAXIMA, MAXIMA)
def test_scaling_to_another_maximum_is_no_override(score, maximum, scaled_to):
    shown = round(score / maximum * scaled_to, 4)

    assert is_same(grade(score, maximum), grade(shown, scaled_to), 4)


def test_any_value_of_ours_may_be_shown():
    ours = [grade(40, 100), grade(50, 100)]

    assert not is_overridden(grade(50, 100), ours, 2)
    assert is_overridden(grade(60, 100), ours, 2)


@given(st.lists(st.builds(Grade, POINTS, MAXIMA), max_size=5))
def test_grades_are_kept_as_a_text_and_come_back(grades):
    assert in_text(" ".join(map(as_text, grades))) == grades
