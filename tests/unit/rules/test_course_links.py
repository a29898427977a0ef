"""What a listed link leads to, and when its title is out of date (LTI-147)."""

import pytest

from lti_mentoring.rules.course_links import LinkTarget, PlacedTitle, newer_title, target_of

OURS, TYPED = PlacedTitle("Old name", is_programs=True), PlacedTitle("Week 1", is_programs=False)


@pytest.mark.parametrize(
    ("key", "placed_in", "target"),
    [
        ("", None, LinkTarget.PROGRAM),
        ("k", 7, LinkTarget.PLACED),
        ("k", 8, LinkTarget.COPIED),
        ("k", None, LinkTarget.LOST),
    ],
)
def test_a_link_leads_to_the_content_that_it_names(key, placed_in, target):
    assert target_of(key, placed_in, course_id=7) is target


@pytest.mark.parametrize(
    ("shown", "placed", "our_title", "newer"),
    [
        ("Old name", OURS, None, "New name"),
        ("New name", OURS, None, None),
        ("Typed in the LMS", OURS, None, None),
        ("Between", OURS, "Between", "New name"),
        ("Week 1", TYPED, None, None),
        ("Old name", None, None, None),
    ],
)
def test_only_the_programs_own_former_name_goes_out_of_date(shown, placed, our_title, newer):
    assert newer_title(shown, placed, our_title, "New name") == newer


@pytest.mark.parametrize("program", [None, ""])
def test_without_a_name_there_is_nothing_newer(program):
    assert newer_title("Old name", OURS, None, program) is None
