"""What the rosters of the imitated LMSs leave out, cut, escape and get wrong."""

import re
from dataclasses import replace

import pytest
from requests.utils import parse_header_links

from lti_mentoring.sandbox.vocabulary import MEMBERS_TYPE, SCORE_SCOPE

BASE = "http://127.0.0.1:8001"


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


@pytest.fixture
def large(world):
    return world.course_titled("Introduction to engineering")


@pytest.fixture
def roster(tool, course, sandbox):
    """The roster's answer for a course, with more in its query."""

    def ask(course=course, query=""):
        url = sandbox.memberships_url(course.id)
        joined = f"{url}{'&' if '?' in url else '?'}{query}" if query else url
        return tool.call("GET", joined, accept=MEMBERS_TYPE)

    return ask


def relations(answer):
    return {each["rel"]: each["url"] for each in parse_header_links(answer.headers["Link"])}


@only_with("moodle")
def test_moodle_escapes_names_as_in_html(roster, world):
    people = world.people
    zoe = world.person_named("Zoë O'Brien")
    people[zoe.id] = replace(zoe, family_name="O'Brien & Söhne")

    (listed,) = [m for m in roster().json["members"] if m["user_id"] == zoe.id]

    assert listed["name"] == "Zoë O'Brien &amp; Söhne"
    assert listed["ext_user_username"].startswith("zoe.")
    assert "group_enrollments" not in listed


@only_with("moodle", "canvas", "sakai")
def test_some_do_not_list_the_suspended_at_all(roster, course, amara, world):
    world.suspend(course.id, amara.id)

    members = roster().json["members"]

    assert amara.id not in [each["user_id"] for each in members]
    assert {each["status"] for each in members} == {"Active"}


@only_with("moodle")
def test_moodles_next_link_forgets_the_role(roster, large):
    first = roster(large, "role=Learner&limit=30")

    following = relations(first)["next"]
    assert "limit=30" in following
    assert "from=30" in following
    assert "role" not in following


@only_with("moodle")
def test_moodles_messages_have_no_parameters(roster, link):
    (message,) = roster(query=f"rlid={link.id}").json["members"][0]["message"]

    assert not [name for name in message if name.endswith("/custom")]


@only_with("canvas")
def test_canvas_gives_fifty_at_most_and_links_everywhere(roster, large):
    answer = roster(large, "limit=1000")

    assert len(answer.json["members"]) == 50
    assert set(relations(answer)) == {"current", "next", "first", "last"}
    assert relations(answer)["last"].endswith("from=550")


@only_with("canvas")
def test_canvas_wants_roles_in_full(roster):
    full = "http://purl.imsglobal.org/vocab/lis/v2/membership%23Learner"

    assert roster(query="role=Learner").json["members"] == []
    assert len(roster(query=f"role={full}").json["members"]) == 8


@only_with("brightspace")
def test_brightspace_lists_those_who_have_been_there(roster, sandbox, amara, link):
    assert roster().json["members"] == []

    sandbox.launch_claims(amara.id, link.id, nonce="n")

    assert [each["user_id"] for each in roster().json["members"]] == [amara.id]


@only_with("blackboard")
def test_blackboard_lists_a_preview_user_and_counts_calls(roster, sandbox):
    answer = roster()

    preview = answer.json["members"][-1]
    assert preview["roles"] == ["http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]
    assert answer.json["id"].endswith("?placement_id=_553_1")
    assert answer.headers["X-Rate-Limit-Limit"] == "10000"
    assert int(answer.headers["X-Rate-Limit-Remaining"]) < 10_000


@only_with("sakai")
def test_sakai_ignores_filters_and_has_an_empty_body_for_an_empty_page(roster):
    assert len(roster(query="role=Instructor").json["members"]) == 12

    empty = roster(query="start=12&limit=4")
    assert (empty.status_code, empty.text) == (200, "")


@only_with("sakai")
def test_sakai_has_no_label_and_groups_without_names(roster, amara):
    answer = roster()

    assert set(answer.json["context"]) == {"id", "title"}
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    (listed,) = [m for m in answer.json["members"] if m["user_id"] == amara.id]
    assert listed["group_enrollments"] == [{"group_id": "17"}]
    assert "start=4" in relations(roster(query="limit=4"))["next"]


@only_with("openedx")
def test_openedx_refuses_large_courses_and_says_little_of_others(roster, large):
    refused = roster(large)
    assert refused.status_code == 403
    assert "above_response_limit" in refused.text

    answer = roster()
    assert set(answer.json["context"]) == {"id"}
    assert not re.search('"given_name"', answer.text)


@only_with("sakai")
def test_sakai_has_its_own_statuses_for_tokens(tool, course):
    url = f"/nrps/{course.id}/memberships"
    assert tool.call("GET", url, token="none", accept=MEMBERS_TYPE).status_code == 403

    other = tool.token(SCORE_SCOPE)
    assert tool.call("GET", url, token=other, accept=MEMBERS_TYPE).status_code == 400
