"""What a link was copied from, as the platform tells it (LTI-70)."""

import pytest

from lti_mentoring.models import Course, ResourceLink, SignIn
from tests.launch.lms import INSTRUCTOR
from tests.launch.test_placed_links import KEY, launched, place

FIELD = "resource_link_id_history"
COPY = {"id": "link-2", "title": "Mentoring (copy)"}
NEXT_TERM = {"id": "course-2", "title": "Statistics, again"}


@pytest.fixture
def placed(house):
    """Content that link-1 of course-1 opens."""
    house.enter(sub="teacher", roles=[INSTRUCTOR])
    item = place(house, KEY)
    launched(house, url=KEY, resource_link={"id": "link-1"})
    return item


def link(house, lti_id):
    return next(row for row in house.rows(ResourceLink) if row.lti_id == lti_id)


def course(house, context_id):
    return next(row for row in house.rows(Course) if row.context_id == context_id)


def test_a_duplicated_link_opens_the_same_although_its_keys_were_lost(house, placed):
    for _ in range(2):
        opened = launched(house, custom={FIELD: "link-1"}, resource_link=COPY)
        assert opened == "content/open"

    assert link(house, "link-2").content_item_id == placed
    assert {row.content_item_id for row in house.rows(SignIn)} == {None, placed}


def test_the_newest_of_several_counts_and_unknown_ones_do_not(house, placed):
    history = {FIELD: "link-9,link%2D1"}

    assert launched(house, custom=history, resource_link=COPY) == "content/open"


@pytest.mark.parametrize("told", ["", "$ResourceLink.id.history", "link-9", 7, ["link-1"], None])
def test_a_history_that_says_nothing_leads_to_the_whole_program(house, placed, told):
    assert launched(house, custom={FIELD: told}, resource_link=COPY) == ""
    assert link(house, "link-2").content_item_id is None


def test_a_new_course_is_known_as_a_copy_by_the_history_of_its_link(house, placed):
    launched(house, custom={FIELD: "link-1"}, resource_link=COPY, context=NEXT_TERM)

    assert course(house, "course-2").copied_from_id == course(house, "course-1").id


def test_a_history_that_a_teacher_may_have_typed_is_no_proof_of_content(house, placed):
    """Whoever has the key of a former course's content is asked whether to start from it."""
    launched(house, custom={FIELD: "link-1"}, resource_link=COPY, context=NEXT_TERM)

    assert link(house, "link-2").content_item_id is None


def test_observers_have_their_own_page_whatever_the_link_was_copied_from(house, placed):
    history = {FIELD: "link-1"}

    assert launched(house, custom=history, resource_link=COPY, roles=["Mentor"]) == ""
