"""One place up or down in a list that people put in order."""

import pytest

from lti_mentoring.rules.order import Way, moved


@pytest.mark.parametrize(
    ("thing", "way", "after"),
    [
        ("b", Way.UP, "bacd"),
        ("b", Way.DOWN, "acbd"),
        ("a", Way.UP, "abcd"),
        ("d", Way.DOWN, "abcd"),
        ("d", Way.UP, "abdc"),
    ],
)
def test_a_thing_changes_places_with_its_neighbor(thing, way, after):
    assert "".join(moved("abcd", thing, way)) == after


def test_the_given_order_stays_as_it_is():
    given = [1, 2, 3]

    moved(given, 3, Way.UP)

    assert given == [1, 2, 3]
