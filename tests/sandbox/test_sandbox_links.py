"""The Link and Content Service of the LMS that has it."""

import pytest

from lti_mentoring.sandbox.vocabulary import (
    LINK_ITEM,
    LINKS_CLAIM,
    LINKS_READ_SCOPE,
    LINKS_UPDATE_SCOPE,
    SCORE_SCOPE,
)
from lti_mentoring.sandbox.world import Activity
from tests.sandbox.conftest import TOOL

JSON = "application/json"


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


@pytest.fixture
def claim(sandbox, amara, link):
    return sandbox.launch_claims(amara.id, link.id, nonce="n").get(LINKS_CLAIM)


@pytest.fixture
def ask(tool):
    def call(url, accept=JSON, scope=LINKS_READ_SCOPE):
        return tool.call("GET", url, token=tool.token(scope), accept=accept)

    return call


@pytest.fixture
def put(tool):
    def call(url, body, scope=LINKS_UPDATE_SCOPE, content_type=JSON):
        token = tool.token(scope)
        return tool.call("PUT", url, token=token, content_type=content_type, body=body)

    return call


@only_with("plain", "moodle", "canvas", "brightspace", "sakai", "openedx")
def test_most_have_no_such_service(claim):
    assert claim is None


@only_with("blackboard")
def test_a_launch_names_the_service_and_its_own_link(claim, course, link):
    assert claim["contentitem"] == f"{claim['contentitems']}/{link.id}"
    assert claim["types"] == [LINK_ITEM]
    assert claim["scopes"] == [LINKS_READ_SCOPE, LINKS_UPDATE_SCOPE]


@only_with("blackboard")
def test_the_tools_links_are_listed(claim, ask, course, link):
    items = ask(claim["contentitems"]).json["items"]

    assert [each["resourceLinkId"] for each in items] == [each.id for each in course.activities]
    assert items[0]["id"] == claim["contentitem"]
    assert items[0]["title"] == link.title


@only_with("blackboard")
def test_links_of_other_tools_do_not_exist(claim, ask, course):
    course.activities.append(Activity("other", "Other", "", tool="other-tool"))

    listed = ask(claim["contentitems"]).json["items"]

    assert "other" not in [each["resourceLinkId"] for each in listed]
    assert ask(f"{claim['contentitems']}/other").status_code == 404


@only_with("blackboard")
def test_links_are_filtered_and_come_in_pages(claim, ask, world, course, link):
    for number in range(30):
        world.place(course.id, Activity("", f"Link {number}", ""))

    first = ask(claim["contentitems"])

    assert len(first.json["items"]) == 25
    assert "next" in first.headers["Link"]
    (only,) = ask(f"{claim['contentitems']}?resource_link_id={link.id}").json["items"]
    assert only["resourceLinkId"] == link.id
    assert ask(f"{claim['contentitems']}?type=html").json["items"] == []


@only_with("blackboard")
def test_a_link_is_replaced_whole(claim, ask, put, course):
    stands = ask(claim["contentitem"]).json
    changed = {**stands, "title": "New name", "url": f"{TOOL}/lti/launch?content=x"}
    del changed["text"]

    answer = put(claim["contentitem"], changed)

    assert answer.status_code == 200
    assert course.activities[0].title == "New name"
    assert course.activities[0].description == ""
    assert course.activities[0].target == f"{TOOL}/lti/launch?content=x"
    assert ask(claim["contentitem"]).json["id"] == stands["id"]


@only_with("blackboard")
@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": 7},
        {"type": "html"},
        {"url": "https://evil.test/"},
        {"url": 7},
        {"custom": []},
        {"custom": {"a": 7}},
        {"text": []},
    ],
)
def test_nonsense_is_refused(claim, ask, put, course, change):
    before = course.activities[0]

    assert (
        put(claim["contentitem"], {**ask(claim["contentitem"]).json, **change}).status_code == 400
    )
    assert course.activities[0] == before


@only_with("blackboard")
def test_another_scope_opens_nothing(claim, ask, put):
    assert ask(claim["contentitems"], scope=SCORE_SCOPE).status_code == 401
    assert put(claim["contentitem"], {}, scope=LINKS_READ_SCOPE).status_code == 401


@only_with("blackboard")
def test_media_types_and_addresses_have_to_be_right(claim, ask, put):
    assert ask(claim["contentitems"], accept="text/html").status_code == 400
    assert put(claim["contentitem"], {}, content_type="text/plain").status_code == 400
    assert ask(claim["contentitems"].rpartition("/")[0] + "/nowhere").status_code == 404
