"""Listing and changing our links in a course (Link and Content Service; LTI-147)."""

from typing import Any

import pytest

from lti_mentoring.advantage.course_links import LinkChanges, change_link, list_links
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.vocabulary import Scope
from tests.support.canned_platform import LMS

URL = f"{LMS}/links?course=5"
ITEM: dict[str, Any] = {
    "id": f"{LMS}/links/31",
    "type": "ltiResourceLink",
    "resourceLinkId": "31",
    "title": "Mentoring",
    "text": "Meet a mentor.",
    "url": "https://tool.test/lti/launch?content=abcdefghijklmnopqrstuvwx",
    "custom": {"content": "abcdefghijklmnopqrstuvwx", "week": "2"},
    "lineItemIds": [f"{LMS}/columns/7"],
    "published": True,
    "readonly": ["published"],
    "from_the_future": {"a": [1]},
}


@pytest.fixture
def item(platform):
    """One link at its address; ``item(readonly=[…])`` changes what is said of it."""

    def make(**changes):
        platform.instead("/links/31", body={**ITEM, **changes})

    make()
    return make


def sent(platform):
    """What was written back."""
    (put,) = [each for each in platform.requests_to("/links/31") if each.method == "PUT"]
    return put.json


def test_a_link_is_read_with_its_content_and_what_nobody_may_change(client, platform):
    platform.answer("/links", body={"items": [ITEM]})

    (link,) = list_links(client, URL)

    assert (link.address, link.lti_id, link.title) == (ITEM["id"], "31", "Mentoring")
    assert link.content_key == "abcdefghijklmnopqrstuvwx"
    assert link.fixed == {"published"}


def test_links_are_asked_for_by_their_kind_with_the_least_permission(client, platform):
    platform.answer("/links", body={"items": []})

    assert list_links(client, URL) == []
    (asked,) = platform.requests_to("/links")
    assert asked.query == {"course": ["5"], "type": ["ltiResourceLink"]}
    assert asked.headers["Accept"] == "application/json"
    (token,) = platform.requests_to("/token")
    assert token.form["scope"] == Scope.LINKS_READ


def test_a_bare_list_is_a_list_too_and_all_pages_are_read_as_they_are_linked(client, platform):
    following = f'<{LMS}/more?cursor=x>; rel="next"'
    platform.answer("/links", body=[ITEM], Link=following)
    platform.answer("/more", body=[{**ITEM, "id": f"{LMS}/links/32"}])

    assert [link.address[-2:] for link in list_links(client, URL)] == ["31", "32"]
    assert platform.requests_to("/more")[0].query == {"cursor": ["x"]}


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_body_is_a_course_without_links(client, platform, body):
    platform.answer("/links", body=body)

    assert list_links(client, URL) == []


@pytest.mark.parametrize("body", [b"<html>", b"7", b'{"items": {}}', b'{"links": []}'])
def test_what_is_no_list_is_tried_later(client, platform, body):
    platform.answer("/links", body=body)

    with pytest.raises(PlatformUnavailable):
        list_links(client, URL)


def test_a_list_that_leads_in_circles_says_nothing_about_what_is_gone(client, platform):
    circle = f'<{LMS}/links?course=5&type=ltiResourceLink>; rel="next"'
    platform.answer("/links", body=[ITEM], Link=circle)

    with pytest.raises(PlatformUnavailable):
        list_links(client, URL)


def test_a_page_or_a_link_on_another_host_never_gets_the_token(client, platform):
    platform.answer("/links", body=[{**ITEM, "id": "https://evil.test/links/31"}])
    assert list_links(client, URL) == []

    platform.instead("/links", body=[], Link='<https://evil.test/>; rel="next"')
    with pytest.raises(PlatformRefused):
        list_links(client, URL)


def test_a_relative_address_is_below_the_page_that_names_it(client, platform):
    platform.answer("/links", body=[{**ITEM, "id": "/links/33"}])

    assert list_links(client, URL)[0].address == f"{LMS}/links/33"


def test_a_new_title_leaves_everything_else_as_it_stands(client, platform, item):
    assert change_link(client, ITEM["id"], LinkChanges(title="New name"))

    assert sent(platform) == {**ITEM, "title": "New name"}


def test_text_address_and_parameters_can_be_changed_too(client, platform, item):
    changes = LinkChanges(text="New.", url="https://tool.test/lti/launch", custom={"content": None})

    change_link(client, ITEM["id"], changes)

    body = sent(platform)
    assert body["text"] == "New."
    assert body["url"] == "https://tool.test/lti/launch"
    assert body["custom"] == {"week": "2"}


def test_writing_asks_for_the_permission_to_write(client, platform, item):
    change_link(client, ITEM["id"], LinkChanges(title="New name"))

    scopes = [each.form["scope"] for each in platform.requests_to("/token")]
    assert scopes == [Scope.LINKS_READ, Scope.LINKS_UPDATE]


def test_what_is_so_already_is_not_written(client, platform, item):
    assert not change_link(client, ITEM["id"], LinkChanges(title="Mentoring"))

    assert [each.method for each in platform.requests_to("/links/31")] == ["GET"]


def test_what_nobody_may_change_is_not_even_tried(client, platform, item):
    item(readonly=["title"])

    with pytest.raises(PlatformRefused):
        change_link(client, ITEM["id"], LinkChanges(title="New name"))
    assert [each.method for each in platform.requests_to("/links/31")] == ["GET"]


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, PlatformRefused), (404, PlatformRefused), (503, PlatformUnavailable)],
)
def test_refusals_are_for_good_and_bad_moments_pass(client, platform, status, error):
    platform.answer("/links/31", status)

    with pytest.raises(error):
        change_link(client, ITEM["id"], LinkChanges(title="New name"))


@pytest.mark.parametrize("body", [b"[]", b"7", b'"x"'])
def test_what_is_no_link_is_never_written_back(client, platform, body):
    platform.answer("/links/31", body=body)

    with pytest.raises(PlatformUnavailable):
        change_link(client, ITEM["id"], LinkChanges(title="New name"))


@pytest.mark.parametrize("custom", [None, 7, "x", []])
def test_odd_parameters_are_replaced_whole(client, platform, item, custom):
    item(custom=custom)

    change_link(client, ITEM["id"], LinkChanges(custom={"content": "k"}))

    assert sent(platform)["custom"] == {"content": "k"}
