"""The LMS's pages: what visitors see and do."""

import re

import pytest

from lti_mentoring.sandbox.vocabulary import MEMBERS_TYPE, SCORE_TYPE, Role

TOOL = "http://localhost:8000"


@pytest.fixture
def addresses(course, link, amara):
    here = f"/courses/{course.id}"
    return [
        "/",
        here,
        f"{here}?q=amara",
        f"{here}?q=nobody",
        f"{here}/as/{amara.id}/{link.id}",
        f"{here}/as/{amara.id}/{link.id}?target=window&method=get",
        f"{here}/as/{amara.id}/{link.id}/launch",
        f"{here}/as/{amara.id}/return?lti_msg=Bye",
        f"{here}/gradebook",
        f"{here}/people",
        "/calls",
        "/temper",
        "/nowhere",
    ]


def test_every_page_has_language_title_heading_and_landmark(client, addresses):
    for address in addresses:
        page = client.get(address).text

        assert '<html lang="en">' in page, address
        assert re.search(r"<title>[^<]+ – Alderwood Sandbox LMS</title>", page), address
        assert len(re.findall(r"<h1>", page)) == 1, address
        assert "<main" in page, address
        assert "/launch" in address or "<nav" in page, address


def test_no_page_has_script_or_style_inside(client, addresses):
    for address in addresses:
        page = client.get(address).text

        assert "<style" not in page
        assert not re.search(r"\s(style|on\w+)=", page)
        assert not re.search(r"<script(?![^>]* src=)", page)


def test_the_policy_allows_framing_and_posting_to_the_tool(client):
    policy = client.get("/").headers["Content-Security-Policy"].split("; ")

    assert f"frame-src 'self' {TOOL}" in policy
    assert f"form-action 'self' {TOOL}" in policy
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy


def test_the_courses_are_listed(client):
    page = client.get("/").text

    for title in ("First-year mentoring", "Thesis seminar", "Introduction to engineering"):
        assert title in page


def test_a_course_offers_to_open_as_each_of_its_people(client, course):
    page = client.get(f"/courses/{course.id}").text

    assert page.count(">Open as ") == 12
    assert "Open as Zoë O&#39;Brien" in page


def test_a_large_course_is_shown_in_pages_and_can_be_searched(client, world):
    large = world.course_titled("Introduction to engineering")

    assert client.get(f"/courses/{large.id}").text.count(">Open as ") == 60
    assert "Page 10 of 10" in client.get(f"/courses/{large.id}?page=10").text
    assert client.get(f"/courses/{large.id}?q=helena").text.count(">Open as ") == 1


def test_opening_as_somebody_puts_them_into_the_address(client, course, link, amara):
    answer = client.get(f"/courses/{course.id}/open?person={amara.id}&activity={link.id}")

    assert answer.location == f"/courses/{course.id}/as/{amara.id}/{link.id}"


def test_opening_as_a_stranger_is_not_found(client, course, world):
    stranger = world.person_named("Clara Vogt")

    assert client.get(f"/courses/{course.id}/open?person={stranger.id}").status_code == 404


def test_an_activity_is_framed_or_opens_a_window_as_the_link_says(client, course, amara):
    framed = course.activity_titled("Mentoring")
    windowed = course.activity_titled("Mentoring in its own window")

    assert "<iframe" in client.get(f"/courses/{course.id}/as/{amara.id}/{framed.id}").text
    page = client.get(f"/courses/{course.id}/as/{amara.id}/{windowed.id}").text
    assert "<iframe" not in page
    assert 'target="_blank"' in page


def test_a_visitor_may_choose_how_to_open_it(client, course, link, amara):
    page = client.get(f"/courses/{course.id}/as/{amara.id}/{link.id}?target=window").text

    assert "<iframe" not in page
    assert "target=window&amp;method=post" in page


def test_the_frame_knows_the_tools_origin(client, course, link, amara):
    page = client.get(f"/courses/{course.id}/as/{amara.id}/{link.id}").text

    assert f'data-tool-origin="{TOOL}"' in page
    with client.get("/static/frame.js") as script:
        assert "event.origin !== origin" in script.text


def test_an_activity_of_another_course_is_not_found(client, world, link, helena):
    large = world.course_titled("Introduction to engineering")

    assert client.get(f"/courses/{large.id}/as/{helena.id}/{link.id}").status_code == 404


def test_a_suspended_person_opens_nothing(client, course, link, amara, world):
    world.suspend(course.id, amara.id)

    for page in ("", "/launch"):
        answer = client.get(f"/courses/{course.id}/as/{amara.id}/{link.id}{page}")
        assert answer.status_code == 403


def test_the_tools_message_is_shown_on_return_and_is_only_text(client, course, amara):
    page = client.get(
        f"/courses/{course.id}/as/{amara.id}/return",
        query_string={"lti_msg": "See <b>you</b>", "lti_errormsg": "Oh"},
    ).text

    assert "See &lt;b&gt;you&lt;/b&gt;" in page
    assert "Oh" in page


@pytest.fixture
def scored(sandbox, tool, course, amara):
    """A score of 72.5 with a comment, sent as a tool would."""
    column = sandbox.gradebook.column_labeled(course.id, "Mentoring")
    tool.call(
        "POST",
        sandbox.line_item_url(column).replace("?", "/scores?"),
        content_type=SCORE_TYPE,
        body={
            "userId": amara.id,
            "scoreGiven": 72.5,
            "scoreMaximum": 100,
            "comment": "Four sessions & two goals",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": "2026-11-21T10:00:00Z",
        },
    )
    return column


def test_the_gradebook_shows_scores_with_comments(client, course, amara, scored):
    page = client.get(f"/courses/{course.id}/gradebook").text

    (cell,) = re.findall(
        rf'<td data-user="{amara.id}" data-column="{scored.id}" data-score="72.5">(.*?)</td>',
        page,
        re.DOTALL,
    )
    assert "72.5" in cell
    assert "Four sessions &amp; two goals" in cell
    assert page.count("<td ") == 8


def test_the_gradebook_shows_a_column_the_tool_has_made(client, sandbox, world):
    empty = world.course_titled("Thesis seminar")
    assert "No columns yet" in client.get(f"/courses/{empty.id}/gradebook").text

    sandbox.gradebook.create(empty.id, {"label": "Engagement", "scoreMaximum": 20})
    world.enroll(empty.id, world.person_named("Clara Vogt").id)

    page = client.get(f"/courses/{empty.id}/gradebook").text
    assert "Engagement" in page
    assert "made by the tool" in page


def test_the_calls_are_shown_newest_first_and_without_tokens(client, tool, course, scored):
    token = tool.token()
    tool.call("GET", f"/nrps/{course.id}/memberships", token=token, accept=MEMBERS_TYPE)

    page = client.get("/calls").text
    assert page.index("/memberships") < page.index("/scores") < page.rindex("/oidc/token")
    assert "12 of 12 members" in page
    assert "72.5 of 100" in page
    assert "&#34;scoreGiven&#34;" in page
    assert token not in page
    assert "eyJ" not in page


def test_a_refused_call_is_shown_with_its_reason(client, tool, course, sandbox):
    tool.call("GET", f"/nrps/{course.id}/memberships", accept="*/*")

    assert "no handler found" in client.get("/calls").text
    assert next(iter(sandbox.calls)).failed


def test_a_call_to_a_service_that_does_not_exist_is_shown_too(client, sandbox):
    client.get("/ags/nothing")

    assert [call.status for call in sandbox.calls] == [404]


def test_a_long_body_is_cut(client, sandbox):
    client.post("/ags/x/lineitems?type_id=1", data="x" * 1000)

    (call,) = sandbox.calls
    assert len(call.body) == 301


def test_the_calls_can_be_forgotten(client, sandbox, scored):
    assert client.post("/calls/clear").status_code == 303
    assert len(sandbox.calls) == 0


def test_people_can_be_suspended_and_reinstated_by_hand(client, course, amara):
    client.post(f"/courses/{course.id}/people/{amara.id}/suspend")
    assert course.enrollments[amara.id].suspended

    client.post(f"/courses/{course.id}/people/{amara.id}/reinstate")
    assert not course.enrollments[amara.id].suspended


def test_people_can_be_removed_and_added_back_by_hand(client, course, amara):
    client.post(f"/courses/{course.id}/people/{amara.id}/remove")
    assert "Amara Diallo (was here)" in client.get(f"/courses/{course.id}/people").text

    client.post(f"/courses/{course.id}/people", data={"person": amara.id, "role": "ta"})
    assert course.enrollments[amara.id].role is Role.TA


def test_roles_can_be_changed_by_hand(client, course, amara):
    url = f"/courses/{course.id}/people/{amara.id}/role"

    assert client.post(url, data={"role": "instructor"}).status_code == 303
    assert course.enrollments[amara.id].role is Role.INSTRUCTOR
    assert client.post(url, data={"role": "king"}).status_code == 400


def test_groups_can_be_changed_by_hand(client, course, amara):
    url = f"/courses/{course.id}/people/{amara.id}/groups"
    assert "Learner · Tutorial A" in " ".join(
        client.get(f"/courses/{course.id}/people").text.split()
    )

    assert client.post(url, data={"group": ["18", "17"]}).status_code == 303
    assert course.enrollments[amara.id].groups == ("17", "18")
    client.post(url)
    assert course.enrollments[amara.id].groups == ()
    assert client.post(url, data={"group": "99"}).status_code == 404


def test_editing_a_stranger_is_not_found(client, course):
    assert client.post(f"/courses/{course.id}/people/nobody/suspend").status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_cannot_press_our_buttons(client, sandbox, site):
    answer = client.post("/temper/rotate-key", headers={"Sec-Fetch-Site": site})

    assert answer.status_code == 403


def test_visitors_are_led_to_the_issuers_address(client):
    visit = {"Sec-Fetch-Dest": "document"}

    answer = client.get("/calls?x=1", base_url="http://localhost:8001", headers=visit)

    assert answer.location == "http://127.0.0.1:8001/calls?x=1"
    assert client.get("/calls", base_url="http://127.0.0.1:8001", headers=visit).status_code == 200


def test_a_temper_is_announced_on_every_page(client, sandbox):
    assert "told to misbehave" not in client.get("/").text

    sandbox.temper.withhold_nrps = True

    assert "told to misbehave" in client.get("/").text


def test_a_visitor_may_delete_any_column_once_or_twice(client, sandbox, course, scored):
    where = f"/courses/{course.id}/gradebook"
    assert "Delete the column Mentoring" in client.get(where).text

    for _ in range(2):
        answer = client.post(f"{where}/{scored.id}/delete")
        assert (answer.status_code, answer.location) == (303, where)

    assert "No columns yet" in client.get(where).text
    activity = course.activity_titled("Mentoring")
    assert sandbox.gradebook.columns_of_link(activity.id) == []


def test_a_score_for_a_deleted_column_finds_nothing(client, sandbox, tool, course, amara, scored):
    client.post(f"/courses/{course.id}/gradebook/{scored.id}/delete")

    answer = tool.call(
        "POST",
        sandbox.line_item_url(scored).replace("?", "/scores?"),
        content_type=SCORE_TYPE,
        body={"userId": amara.id},
    )

    assert answer.status_code == 404
