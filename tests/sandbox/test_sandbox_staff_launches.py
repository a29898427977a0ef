"""Launches of staff: reviews of one learner, a person's data, the institution's own."""

import pytest

from lti_mentoring.sandbox.staff_launches import account_launch, privacy_launch, review_launch
from lti_mentoring.sandbox.vocabulary import AGS_CLAIM, LTI_CLAIM, NRPS_CLAIM

TOOL = "http://localhost:8000"
REVIEW = {
    "url": f"{TOOL}/lti/review?x=1",
    "custom": {"rev": "yes", "before": "$Context.id.history"},
}


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


@pytest.fixture
def column(sandbox, course):
    return sandbox.gradebook.column_labeled(course.id, "Mentoring")


@pytest.fixture
def reviewed(sandbox, course, helena, amara):
    """The claims of Helena's review of Amara in a column."""

    def launch(item):
        begun = review_launch(sandbox, course.id, item.id, viewer=helena.id, learner=amara.id)
        return sandbox.claims_of(begun, nonce="n")

    return launch


def test_a_review_is_about_one_learner_in_one_column(
    reviewed, column, link, sandbox, amara, helena
):
    claims = reviewed(column)

    assert claims["sub"] == helena.id
    assert claims[LTI_CLAIM + "message_type"] == "LtiSubmissionReviewRequest"
    assert claims[LTI_CLAIM + "for_user"]["user_id"] == amara.id
    assert claims[LTI_CLAIM + "for_user"]["name"] == "Amara Diallo"
    assert claims[LTI_CLAIM + "for_user"]["roles"][-1].endswith("#Learner")
    assert claims[LTI_CLAIM + "resource_link"]["id"] == link.id
    assert claims[AGS_CLAIM]["lineitem"] == sandbox.line_item_url(column)


@only_with("moodle")
def test_moodle_says_only_the_id_of_who_is_reviewed(reviewed, column, amara):
    assert reviewed(column)[LTI_CLAIM + "for_user"] == {"user_id": amara.id}


def test_a_column_may_say_where_its_reviews_go(reviewed, sandbox, course):
    item = sandbox.gradebook.create(
        course.id, {"label": "Alone", "scoreMaximum": 5, "submissionReview": REVIEW}
    )

    claims = reviewed(item)

    assert claims[LTI_CLAIM + "target_link_uri"] == REVIEW["url"]
    assert claims[LTI_CLAIM + "custom"]["rev"] == "yes"
    assert claims[LTI_CLAIM + "custom"]["before"] == ""
    assert LTI_CLAIM + "resource_link" not in claims
    assert claims[AGS_CLAIM]["lineitem"] == sandbox.line_item_url(item)


def test_each_cell_opens_its_review_in_a_frame(client, course, column, amara, form_in):
    page = client.get(f"/courses/{course.id}/gradebook").text
    here = f"/courses/{course.id}/gradebook/{column.id}/review/{amara.id}"
    assert f'href="{here}"' in page

    assert "<iframe" in client.get(here).text
    action, fields = form_in(client.get(f"{here}/open"))
    assert action == f"{TOOL}/lti/login"
    assert fields["target_link_uri"] == f"{TOOL}/lti/launch"


def test_a_learner_may_open_their_own(client, course, column, amara, form_in):
    here = f"/courses/{course.id}/gradebook/{column.id}/review/{amara.id}"

    _, fields = form_in(client.get(f"{here}/open?viewer={amara.id}"))

    assert fields["login_hint"] == amara.id


@only_with("canvas", "openedx")
def test_some_lms_know_no_reviews(client, course, column, amara):
    here = f"/courses/{course.id}/gradebook"

    assert ">Review<" not in client.get(here).text
    assert client.get(f"{here}/{column.id}/review/{amara.id}").status_code == 404


def test_a_privacy_launch_is_about_a_person_and_no_course(sandbox, amara, world):
    launch = privacy_launch(sandbox, sandbox.client_id, amara.id)

    claims = sandbox.claims_of(launch, nonce="n")

    assert claims["sub"] == world.person_named("Ingrid Solberg").id
    assert claims[LTI_CLAIM + "message_type"] == "DataPrivacyLaunchRequest"
    assert claims[LTI_CLAIM + "for_user"]["user_id"] == amara.id
    assert claims[LTI_CLAIM + "roles"][0].endswith("/institution/person#Administrator")
    for absent in (LTI_CLAIM + "context", LTI_CLAIM + "resource_link", AGS_CLAIM, NRPS_CLAIM):
        assert absent not in claims


def test_an_administrator_chooses_whose_data(client, sandbox, amara, form_in):
    here = f"/admin/tools/{sandbox.client_id}/privacy"
    assert "<iframe" not in client.get(here).text
    assert f"{here}/open?person={amara.id}" in client.get(f"{here}?person={amara.id}").text

    _, fields = form_in(client.get(f"{here}/open?person={amara.id}"))
    assert fields["client_id"] == sandbox.client_id
    assert client.get(f"{here}/open?person=nobody").status_code == 404


@only_with("canvas")
def test_an_account_is_a_context_and_a_link_at_once(sandbox):
    claims = sandbox.claims_of(account_launch(sandbox, sandbox.client_id), nonce="n")

    context = claims[LTI_CLAIM + "context"]
    assert context["type"] == ["Account"]
    assert claims[LTI_CLAIM + "resource_link"]["id"] == context["id"]
    assert claims["https://www.instructure.com/placement"] == "account_navigation"
    assert not [role for role in claims[LTI_CLAIM + "roles"] if "/membership" in role]
    assert NRPS_CLAIM not in claims


def test_an_administrator_opens_the_tool_and_comes_back(client, sandbox, form_in):
    here = f"/admin/tools/{sandbox.client_id}/account"
    assert here in client.get("/admin/tools").text

    assert "<iframe" in client.get(here).text
    _, fields = form_in(client.get(f"{here}/open"))
    assert fields["target_link_uri"] == f"{TOOL}/lti/launch"
    assert "Go to the tools" in client.get("/admin/tools/return?lti_msg=Bye").text


@only_with("moodle")
def test_moodle_opens_nothing_outside_of_courses(client, sandbox):
    page = client.get("/admin/tools").text

    assert "Open Mentoring as administrator" not in page
    assert "Data privacy in Mentoring" not in page
