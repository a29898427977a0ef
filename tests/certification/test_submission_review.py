"""Opening somebody's record from a cell of the gradebook (LTI-140)."""

import pytest

from lti_mentoring.models import Membership, ResourceLink
from lti_mentoring.vocabulary import AGS_CLAIM, CLAIM
from tests.launch.lms import GONE, INSTRUCTOR, LEARNER, TOOL

COLUMN = {"lineitem": "https://lms.test/courses/1/columns/7", "scope": []}
FOR_USER = CLAIM + "for_user"


def review(house, client=None, **changes):
    """The answer to a request to see the work of Ana, by a teacher."""
    usual = {
        "message_type": "LtiSubmissionReviewRequest",
        "sub": "teacher",
        "roles": [INSTRUCTOR],
        FOR_USER: {"user_id": "ana-1"},
        AGS_CLAIM: COLUMN,
    }
    return house.launch(client, **{**usual, **changes})


def refused(answer, code):
    return (answer.status_code, f"code {code}," in answer.text) == (400, True)


def test_staff_land_on_the_record_of_whom_the_platform_names(house):
    house.enter()
    ana = house.only(Membership)

    assert review(house).location.endswith(f"/records/{ana.id}")


@pytest.mark.parametrize("for_user", [{"user_id": "nobody"}, {"user_id": "teacher"}])
def test_somebody_without_a_record_is_a_calm_page(house, for_user):
    client = house.browser()
    answer = review(house, client, **{FOR_USER: for_user})

    page = client.get(answer.location, base_url=TOOL)

    assert page.status_code == 404
    assert "There is nothing to show about this person." in page.text


def test_a_person_of_another_course_is_unknown_in_this_one(house):
    house.enter(context={"id": "course-2"})

    assert review(house).location.endswith("/records/0")


def test_names_that_the_platform_adds_are_not_needed(house):
    told = {"user_id": "ana-1", "name": "Eve", "roles": [INSTRUCTOR], "email": "e@example.edu"}
    house.enter()

    assert review(house, **{FOR_USER: told}).status_code == 303
    assert len(house.rows(Membership)) == 2


def test_a_column_without_a_link_is_reviewed_too(house):
    assert review(house, resource_link=GONE).status_code == 303
    assert house.rows(ResourceLink) == []


@pytest.mark.parametrize("link", [None, {}, {"id": 7}, "x"])
def test_a_link_that_is_named_has_to_be_one(house, link):
    assert refused(review(house, resource_link=link), "resource-link")


@pytest.mark.parametrize(
    "told", [GONE, None, [], {}, {"user_id": None}, {"user_id": ""}, {"user_id": 7}, "ana-1"]
)
def test_missing_user(house, told):
    assert refused(review(house, **{FOR_USER: told}), "for-user")


@pytest.mark.parametrize("told", [GONE, None, {}, {"lineitem": None}, {"lineitem": 7}])
def test_missing_column(house, told):
    assert refused(review(house, **{AGS_CLAIM: told}), "line-item")


def test_a_learner_lands_on_what_is_their_own(house):
    client = house.browser()
    answer = review(house, client, roles=[LEARNER], **{FOR_USER: {"user_id": "teacher"}})

    page = client.get(answer.location, base_url=TOOL, follow_redirects=True)

    assert page.status_code == 200
    assert "/records/" not in page.request.path
