"""Groups of a course: what LMSs send, and what is kept of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.rules.groups import (
    LONGEST_ID,
    MOST,
    Group,
    in_launch,
    in_roster,
    mark_of,
    may_pair,
    read,
    shares,
    with_names,
    write,
)
from lti_mentoring.vocabulary import PairingGroups

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["group_id", "name"]), inner),
    max_leaves=8,
)


def groups_in(told):
    """The groups of a text; there has to be one."""
    assert told is not None
    return read(told)


@pytest.mark.parametrize(
    ("told", "groups"),
    [
        ([{"group_id": "17"}, {"group_id": "18"}], ["17", "18"]),
        ([{"group_id": "18"}, {"group_id": "17"}, {"group_id": "17"}], ["17", "18"]),
        ([{"group_id": 17}], ["17"]),
        (["17", "18"], ["17", "18"]),
        ("17, 18", ["17", "18"]),
        ({"group_id": "17"}, ["17"]),
        ([{"id": "17"}], ["17"]),
        ([], []),
        ("", []),
        ([None, {}, {"group_id": None}, {"group_id": True}, 1.5, [], "  "], []),
        ([{"group_id": "a\x00b\n"}], ["ab"]),
    ],
)
def test_a_roster_tells_groups_in_many_ways(told, groups):
    assert [group.id for group in groups_in(in_roster(told))] == groups


@pytest.mark.parametrize("told", [None, 17, True, 1.5])
def test_junk_in_a_roster_says_nothing(told):
    assert in_roster(told) is None


def test_names_that_a_roster_sends_are_kept():
    told = [{"group_id": "17", "group_name": " Tutorial A "}, {"group_id": "18", "name": "B"}]

    assert groups_in(in_roster(told)) == (Group("17", "Tutorial A"), Group("18", "B"))


@given(ANYTHING)
def test_nothing_that_a_roster_sends_breaks_the_reading(told):
    text = in_roster(told)

    assert text is None or write(read(text)) == text


@pytest.mark.parametrize(
    ("custom", "groups"),
    [
        ({"group_ids": "17,18"}, ["17", "18"]),
        ({"group_ids": ""}, []),
        ({"section_ids": "9"}, ["section/9"]),
        ({"group_ids": "17", "section_ids": "17"}, ["17", "section/17"]),
        ({"group_ids": "17", "section_ids": "$Canvas.course.sectionIds"}, ["17"]),
    ],
)
def test_a_launch_tells_groups_in_its_own_parameters(custom, groups):
    assert [group.id for group in groups_in(in_launch(custom))] == groups


@pytest.mark.parametrize(
    "custom",
    [{}, {"group_ids": "$Moodle.Person.userGroupIds"}, {"group_ids": None}, {"group_ids": [17]}],
)
def test_a_variable_that_was_not_filled_in_says_nothing(custom):
    assert in_launch(custom) is None


def test_only_so_much_is_kept():
    ids = ",".join(f"{n:03}" + "x" * 500 for n in range(200))

    groups = groups_in(in_launch({"group_ids": ids}))

    assert len(groups) == MOST
    assert {len(group.id) for group in groups} == {LONGEST_ID}


def test_a_launch_that_knows_no_names_does_not_take_them_away():
    known = write([Group("17", "Tutorial A"), Group("18", "Tutorial B")])

    assert with_names(None, known) == known
    assert with_names(write([Group("17"), Group("18")]), known) == known
    told = with_names(write([Group("17"), Group("19")]), known)
    assert read(told) == (Group("17", "Tutorial A"), Group("19"))


def test_a_group_is_told_from_one_whose_number_or_name_begins_alike():
    text = write([Group("171", '["17",')])

    assert mark_of("171") in text
    assert mark_of("17") not in text


@pytest.mark.parametrize(
    ("group_id", "is_word", "is_section", "short"),
    [
        ("17", False, False, "17"),
        ("tutorial-a", True, False, "tutorial-a"),
        ("3f2a9c1e-77aa-4b1c-9d2e-000000000001", False, False, "3f2a9c1e"),
        ("section/9", True, True, "9"),
    ],
)
def test_a_group_without_a_name_is_called_by_what_people_can_compare(
    group_id, is_word, is_section, short
):
    group = Group(group_id)

    assert (group.is_word, group.is_section, group.short_id) == (is_word, is_section, short)


ONE, OTHER, BOTH = (write([Group(each) for each in ids]) for ids in (["1"], ["11"], ["1", "11"]))


def test_two_share_a_group_whatever_it_is_called():
    assert shares(ONE, BOTH)
    assert shares(ONE, write([Group("1", "Lab A")]))
    assert not shares(ONE, OTHER)
    assert not shares("", "")


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (PairingGroups.ANY, [True, True, True]),
        (PairingGroups.SAME, [True, False, False]),
        (PairingGroups.DIFFERENT, [False, True, True]),
    ],
)
def test_who_may_be_a_pair_follows_from_their_groups(rule, allowed):
    """Who is in no group shares none with anybody."""
    assert [may_pair(rule, ONE, other) for other in (BOTH, OTHER, "")] == allowed
