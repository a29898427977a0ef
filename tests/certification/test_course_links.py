"""The claim and the lists of the Link and Content Service, well-made and not (LTI-147)."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.advantage.course_links import list_links
from lti_mentoring.models import Course
from lti_mentoring.vocabulary import LINKS_CLAIM, Scope
from tests.support.canned_platform import LMS

URL = "https://lms.test/links/5"
CLAIM = {
    "version": ["1.0.0"],
    "scopes": [Scope.LINKS_UPDATE.value, Scope.LINKS_READ.value, "https://lms.test/other"],
    "types": ["ltiResourceLink", "html"],
    "contentitems": URL,
    "contentitem": f"{URL}/31",
}
BOTH = f"{Scope.LINKS_READ} {Scope.LINKS_UPDATE}"

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
MEMBERS = ["id", "type", "resourceLinkId", "title", "url", "custom", "readonly"]


def course_of(house):
    (course,) = house.rows(Course)
    return course.links_url, course.links_scopes


def test_the_service_is_kept_with_the_permissions_that_are_ours(house):
    house.enter(**{LINKS_CLAIM: CLAIM})

    assert course_of(house) == (URL, BOTH)


def test_the_claim_of_a_blackboard_learn_is_taken(house):
    """Its version is short, and there is no word about deleting."""
    told = {**CLAIM, "version": ["1.0"], "types": ["ltiResourceLink"]}

    house.enter(**{LINKS_CLAIM: told})

    assert course_of(house) == (URL, BOTH)


def test_reading_alone_is_of_use(house):
    house.enter(**{LINKS_CLAIM: {**CLAIM, "scopes": [Scope.LINKS_READ.value]}})

    assert course_of(house) == (URL, Scope.LINKS_READ)


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes": [Scope.LINKS_UPDATE.value]},
        {"scopes": "x"},
        {"scopes": None},
        {"types": ["html"]},
        {"types": 7},
    ],
)
def test_a_service_that_cannot_be_read_or_has_no_links_is_none(house, changes):
    house.enter(**{LINKS_CLAIM: {**CLAIM, **changes}})

    assert course_of(house) == (None, "")


@pytest.mark.parametrize("address", [None, 7, "", "ftp://lms.test/", "javascript:alert(1)", []])
def test_an_address_that_is_none_is_not_kept(house, address):
    house.enter(**{LINKS_CLAIM: {**CLAIM, "contentitems": address}})

    assert course_of(house)[0] is None


@pytest.mark.parametrize("claim", [None, 7, "x", [], {}, {"scopes": {}}])
def test_a_misshapen_claim_refuses_nobody(house, claim):
    house.enter(**{LINKS_CLAIM: claim})

    assert course_of(house) == (None, "")


def test_a_permission_that_was_taken_back_is_noticed(house):
    house.enter(**{LINKS_CLAIM: CLAIM})

    house.enter(**{LINKS_CLAIM: {**CLAIM, "scopes": [Scope.LINKS_READ.value]}})

    assert course_of(house) == (URL, Scope.LINKS_READ)


def test_a_launch_that_does_not_speak_of_it_takes_nothing_away(house):
    house.enter(**{LINKS_CLAIM: CLAIM})

    house.enter()

    assert course_of(house) == (URL, BOTH)


@given(entries=st.lists(ANYTHING | st.dictionaries(st.sampled_from(MEMBERS), ANYTHING), max_size=4))
def test_any_list_of_links_can_be_read(entries):
    links = list_links(_listing(entries), f"{LMS}/links")

    assert all(link.address.startswith(LMS) for link in links)


def _listing(entries):
    """A client whose LMS lists ``entries``."""
    answer = SimpleNamespace(headers={}, body=b"[...]", json=lambda: entries)
    return SimpleNamespace(call=lambda *_asked, **_how: answer)
