"""The groups service of those LMSs that have one."""

import pytest
from requests.utils import parse_header_links

from lti_mentoring.sandbox.vocabulary import (
    GROUP_SETS_TYPE,
    GROUPS_CLAIM,
    GROUPS_SCOPE,
    GROUPS_TYPE,
    SCORE_SCOPE,
)


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


@pytest.fixture
def claim(sandbox, amara, link):
    return sandbox.launch_claims(amara.id, link.id, nonce="n").get(GROUPS_CLAIM)


@pytest.fixture
def ask(tool):
    def call(url, accept=GROUPS_TYPE, *scopes):
        return tool.call("GET", url, token=tool.token(*scopes or (GROUPS_SCOPE,)), accept=accept)

    return call


@only_with("plain", "moodle", "canvas")
def test_most_have_no_such_service(claim):
    assert claim is None


@only_with("blackboard", "sakai")
def test_the_groups_of_a_course_are_listed(claim, ask):
    answer = ask(claim["context_groups_url"])

    assert [(each["id"], each["name"]) for each in answer.json["groups"]] == [
        ("17", "Tutorial A"),
        ("18", "Tutorial B"),
    ]
    assert answer.headers["Content-Type"] == GROUPS_TYPE


@only_with("blackboard", "sakai")
def test_the_groups_of_one_person_are_listed(claim, ask, world):
    def of(name):
        url = f"{claim['context_groups_url']}?user_id={world.person_named(name).id}"
        return [each["id"] for each in ask(url).json["groups"]]

    assert of("Lukas Weber") == ["17", "18"]
    assert of("Amara Diallo") == ["17"]
    assert of("Aroha Ngata") == of("Clara Vogt") == []


@only_with("blackboard")
def test_blackboard_puts_groups_into_sets(claim, ask):
    (only,) = ask(claim["context_group_sets_url"], GROUP_SETS_TYPE).json["sets"]

    groups = ask(claim["context_groups_url"]).json["groups"]
    assert {each["set_id"] for each in groups} == {only["id"]}


@only_with("sakai")
def test_sakais_next_page_is_where_nothing_is(claim, ask):
    assert "context_group_sets_url" not in claim
    answer = ask(f"{claim['context_groups_url']}?limit=1")

    (following,) = parse_header_links(answer.headers["Link"])
    assert following["rel"] == "next"
    assert "/groupsservice/" in following["url"]
    assert ask(following["url"]).status_code == 404


@only_with("sakai")
def test_another_scope_does_not_open_it(claim, ask):
    assert ask(claim["context_groups_url"], GROUPS_TYPE, SCORE_SCOPE).status_code == 400
