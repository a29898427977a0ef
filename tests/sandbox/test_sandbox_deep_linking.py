"""Deep linking: what a tool is asked, what it may answer, and what becomes of it."""

from dataclasses import replace

import pytest

from lti_mentoring.sandbox.vocabulary import (
    AGS_CLAIM,
    DEEP_LINKING,
    DEEP_LINKING_CLAIM,
    LTI_CLAIM,
    NRPS_CLAIM,
    Role,
)

BASE = "http://127.0.0.1:8001"
TOOL = "http://localhost:8000"
SETTINGS = DEEP_LINKING_CLAIM + "deep_linking_settings"

REVIEW = {"url": f"{TOOL}/lti/review", "custom": {"review": "yes"}}
GOALS = {
    "type": "ltiResourceLink",
    "title": "Set a goal",
    "text": "One goal for this term",
    "url": f"{TOOL}/lti/launch?content=goals",
    "custom": {"content": "goals", "before": "$Context.id.history"},
}
GRADED = GOALS | {
    "title": "Engagement",
    "lineItem": {
        "scoreMaximum": 40,
        "label": "Engagement points",
        "resourceId": "mentoring:engagement",
        "tag": "engagement",
        "submissionReview": REVIEW,
    },
}


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


@pytest.fixture
def asked(sandbox, course, helena):
    """The claims of a new selection."""
    return sandbox.claims_of(sandbox.dialog_launch(helena.id, course.id), nonce="n")


def test_a_selection_is_asked_for_without_a_link(asked, course):
    assert asked[LTI_CLAIM + "message_type"] == DEEP_LINKING
    assert asked[LTI_CLAIM + "context"]["id"] == course.id
    assert LTI_CLAIM + "resource_link" not in asked
    settings = asked[SETTINGS]
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["accept_multiple"] is True
    assert settings["accept_lineitem"] is True
    assert settings["deep_link_return_url"].startswith(
        f"{BASE}/courses/{course.id}/deep_linking_response?dialog="
    )


@only_with("moodle")
def test_moodle_sends_no_data_and_no_roster(asked):
    assert "data" not in asked[SETTINGS]
    assert "accept_lineitem" not in asked[SETTINGS]
    assert NRPS_CLAIM not in asked
    assert "lineitem" not in asked[AGS_CLAIM]


@only_with("moodle")
def test_moodle_has_null_for_what_a_selection_lacks(sandbox, course, helena):
    seeded = sandbox.tools.seeded
    sandbox.tools.put(replace(seeded, custom={"v_link": "$ResourceLink.id", "V": "$Nope.x"}))

    asked = sandbox.claims_of(sandbox.dialog_launch(helena.id, course.id), nonce="n")

    assert asked[LTI_CLAIM + "custom"] == {"v_link": None, "V": "$Nope.x", "v": "$Nope.x"}


@only_with("canvas")
@pytest.mark.parametrize(
    ("placement", "several"), [("course_assignments_menu", True), ("assignment_selection", False)]
)
def test_canvas_takes_one_or_several_by_placement(sandbox, course, helena, placement, several):
    launch = sandbox.dialog_launch(helena.id, course.id, placement=placement)

    asked = sandbox.claims_of(launch, nonce="n")

    assert asked[SETTINGS]["accept_multiple"] is several
    assert asked["https://www.instructure.com/placement"] == placement


def test_a_dialog_goes_through_the_login(client, sandbox, course, helena, form_in, id_token_of):
    where = f"/courses/{course.id}/as/{helena.id}/add/{sandbox.client_id}/open"
    action, fields = form_in(client.get(where))
    assert action == f"{TOOL}/lti/login"

    question = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": fields["client_id"],
        "redirect_uri": f"{TOOL}/lti/launch",
        "login_hint": fields["login_hint"],
        "lti_message_hint": fields["lti_message_hint"],
        "nonce": "a-nonce",
    }
    _, answered = form_in(client.get("/oidc/auth", query_string=question))

    assert SETTINGS in id_token_of(answered["id_token"])


def test_what_was_selected_becomes_an_activity_that_launches_it(
    select, client, course, sandbox, amara
):
    page = select(GOALS)

    assert page.status_code == 200
    assert 'target="_top"' in page.text
    added = course.activity_titled("Set a goal")
    assert added.description == "One goal for this term"
    claims = sandbox.launch_claims(amara.id, added.id, nonce="n")
    assert claims[LTI_CLAIM + "target_link_uri"] == GOALS["url"]
    assert claims[LTI_CLAIM + "custom"] == {
        "content": "goals",
        "before": "",
        "person_timezone": "Europe/Lisbon",
    }
    login = sandbox.begin_launch(amara.id, added.id)
    assert login["target_link_uri"] == GOALS["url"]
    assert "Set a goal" in client.get(f"/courses/{course.id}").text


def test_a_line_item_becomes_a_column_of_the_activity(select, course, sandbox, amara):
    select(GRADED)

    (column,) = sandbox.gradebook.columns_of_link(course.activity_titled("Engagement").id)
    assert (column.label, column.maximum) == ("Engagement points", 40)
    assert (column.resource_id, column.tag) == ("mentoring:engagement", "engagement")
    assert column.review == REVIEW
    assert not column.made_by_tool
    claims = sandbox.launch_claims(amara.id, column.link_id, nonce="n")
    assert claims[AGS_CLAIM]["lineitem"] == sandbox.line_item_url(column)


def test_several_items_are_added_in_their_order(select, course):
    select(GOALS, GRADED, GOALS | {"title": "Third"})

    assert [a.title for a in course.activities[-3:]] == ["Set a goal", "Engagement", "Third"]


def test_an_item_without_an_address_opens_the_tool(select, course, sandbox, amara):
    select({"type": "ltiResourceLink", "title": "Home", "window": {}})

    added = course.activity_titled("Home")
    assert added.opens_in == "window"
    assert sandbox.begin_launch(amara.id, added.id)["target_link_uri"] == f"{TOOL}/lti/launch"


def test_nothing_selected_is_a_cancellation_with_the_tools_words(select, course):
    page = select(**{DEEP_LINKING_CLAIM + "msg": "Nothing <b>chosen</b>"})

    assert "Nothing was added" in page.text
    assert "Nothing &lt;b&gt;chosen&lt;/b&gt;" in page.text
    assert len(course.activities) == 2


def test_the_tools_error_is_shown(select):
    page = select(**{DEEP_LINKING_CLAIM + "errormsg": "The program is closed."})

    assert "The program is closed." in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody-else"},
        {"aud": TOOL},
        {"aud": []},
        {"exp": None},
        {"exp": 1},
        {"exp": "soon"},
        {"iat": None},
        {"nonce": None},
        {LTI_CLAIM + "deployment_id": "2"},
        {LTI_CLAIM + "deployment_id": 1},
        {LTI_CLAIM + "message_type": "LtiDeepLinkingRequest"},
        {LTI_CLAIM + "version": "1.3"},
        {DEEP_LINKING_CLAIM + "data": None},
        {DEEP_LINKING_CLAIM + "data": "something"},
        {DEEP_LINKING_CLAIM + "content_items": {}},
        {DEEP_LINKING_CLAIM + "content_items": ["x"]},
    ],
)
def test_a_wrong_answer_is_refused_in_a_sentence(select, course, changes):
    page = select(GOALS, **changes)

    assert page.status_code == 400
    assert "The answer was refused" in page.text
    assert page.text.count('class="notice bad"') == 1
    assert len(course.activities) == 2


@pytest.mark.parametrize(
    "item",
    [
        {"type": "link", "url": "https://example.org/"},
        {"title": "without a type"},
        GOALS | {"url": "https://elsewhere.example/"},
        GOALS | {"custom": ["x"]},
        GOALS | {"lineItem": {"label": "Without points"}},
        GOALS | {"lineItem": {"scoreMaximum": 0}},
    ],
)
def test_a_wrong_item_is_refused_with_all_others(select, course, item):
    page = select(GOALS, item)

    assert page.status_code == 400
    assert len(course.activities) == 2


def test_a_foreign_signature_is_refused(select, other_key):
    page = select(GOALS, key=other_key)

    assert "The answer cannot be trusted: the signature is wrong." in page.text


def test_an_answer_is_taken_once(select, sandbox, course, helena):
    launch = sandbox.dialog_launch(helena.id, course.id)
    select(GOALS, launch=launch)

    again = select(GOALS, launch=launch)

    assert "This selection has been answered already." in again.text


def test_a_nonce_is_taken_once(select):
    select(GOALS, nonce="same")

    assert "It needs a nonce of its own." in select(GOALS, nonce="same").text


def test_an_answer_to_nothing_is_refused(client, course):
    answer = client.post(f"/courses/{course.id}/deep_linking_response", data={"JWT": "x"})

    assert answer.status_code == 400
    assert "This selection has ended." in answer.text


@only_with("canvas")
def test_more_items_than_asked_for_are_refused(select, sandbox, course, helena):
    launch = sandbox.dialog_launch(helena.id, course.id, placement="assignment_selection")

    assert "Only one item can be selected here." in select(GOALS, GRADED, launch=launch).text


@only_with("moodle")
def test_moodle_refuses_data_that_it_never_sent(select):
    assert select(GOALS, **{DEEP_LINKING_CLAIM + "data": ""}).status_code == 400


@only_with("moodle")
def test_moodle_prefills_one_activity_and_saves_it_as_the_instructor_leaves_it(
    select, client, course, sandbox
):
    page = select(GRADED).text
    assert 'value="Engagement"' in page
    assert len(course.activities) == 2

    (where,) = [part.split('"')[0] for part in page.split('action="')[1:]]
    client.post(where, data={"title": "Renamed", "text": "Mine"})

    added = course.activity_titled("Renamed")
    (column,) = sandbox.gradebook.columns_of_link(added.id)
    assert added.description == "Mine"
    assert column.label == "Engagement"
    assert client.post(where, data={"title": "Again"}).status_code == 404


@only_with("moodle")
def test_moodle_lists_several_with_one_save(select, client, course):
    page = select(GOALS, GRADED | {"window": {}}).text
    assert page.count("<li>") == 2
    assert page.count(">Save<") == 1

    (where,) = [part.split('"')[0] for part in page.split('action="')[1:]]
    client.post(where)

    assert [a.title for a in course.activities[-2:]] == ["Set a goal", "Engagement"]
    assert course.activities[-1].opens_in == "iframe"


@pytest.fixture
def adding(client, course, helena):
    return f"/courses/{course.id}/as/{helena.id}/add"


def test_an_instructor_is_offered_tools_that_are_active_and_shown(client, adding, sandbox):
    page = client.get(adding).text
    assert "Select content of Mentoring" in page

    sandbox.tools.put(replace(sandbox.tools.seeded, in_courses=False))

    assert "No tool is shown in courses yet." in client.get(adding).text
    assert client.get(f"{adding}/{sandbox.client_id}").status_code == 403


def test_a_tool_can_be_added_as_it_is(client, adding, course, sandbox):
    client.post(f"{adding}/{sandbox.client_id}")

    assert course.activities[-1].tool == sandbox.client_id
    assert course.activities[-1].title == "Mentoring"


@pytest.mark.parametrize("role", [Role.LEARNER, Role.TA, Role.OBSERVER])
def test_only_instructors_add_activities(client, course, amara, world, role, sandbox):
    world.change_role(course.id, amara.id, role)
    adding = f"/courses/{course.id}/as/{amara.id}/add"

    assert client.get(adding).status_code == 403
    assert client.post(f"{adding}/{sandbox.client_id}").status_code == 403


def test_an_activity_of_a_tool_that_is_gone_opens_nothing(client, course, amara, link, sandbox):
    course.activities[0] = replace(link, tool="gone")

    page = client.get(f"/courses/{course.id}/as/{amara.id}/{link.id}/launch")

    assert page.status_code == 404
