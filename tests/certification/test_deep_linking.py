"""Requests to choose content: what they have to bring, and where their answer may go.

Known faults of libraries are named: the wrong variable is tested for the return URL, a missing
``data`` comes back as null, a return URL with markup becomes markup.
"""

import pytest

from lti_mentoring.models import (
    DeepLinkingRequest,
    Membership,
    PlatformUser,
    ResourceLink,
    WaitingLaunch,
)
from lti_mentoring.vocabulary import CLAIM, DL_CLAIM, MEMBERSHIP_ROLE, CourseRole
from tests.launch.lms import GONE, INSTRUCTOR, LEARNER, TOOL

SETTINGS = DL_CLAIM + "deep_linking_settings"
USUAL = {
    "deep_link_return_url": "https://lms.test/choose?course=1",
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe", "window"],
}


def asked(house, *, client=None, settings=USUAL, **changes):
    """The answer to a deep linking request by an instructor."""
    usual = {
        "message_type": "LtiDeepLinkingRequest",
        "resource_link": GONE,
        "roles": [INSTRUCTOR],
        SETTINGS: settings,
    }
    return house.launch(client, **{**usual, **changes})


def wishes(**changes):
    """The settings with changes; ``GONE`` takes one out."""
    found = {**USUAL, **changes}
    return {name: value for name, value in found.items() if value is not GONE}


def refused(answer, code, status=400):
    return (answer.status_code, f"code {code}," in answer.text) == (status, True)


def kept(house):
    """What is kept of the one request."""
    return house.only(DeepLinkingRequest).settings


def test_an_instructor_is_shown_what_there_is(house):
    client = house.browser()
    answer = asked(house, client=client)

    assert answer.status_code == 303
    page = client.get(answer.location, base_url=TOOL)
    assert "Add mentoring to your course" in page.text
    assert house.rows(ResourceLink) == []
    assert house.only(Membership).role is CourseRole.INSTRUCTOR


def test_an_assistant_is_shown_it_too(house):
    assistant = f"{MEMBERSHIP_ROLE}/Instructor#TeachingAssistant"

    assert asked(house, roles=[assistant]).status_code == 303


@pytest.mark.parametrize("roles", [[LEARNER], [], ["Mentor"], ["http://example.org/x#Wizard"]])
def test_everybody_else_is_refused_and_nothing_is_kept(house, roles):
    assert refused(asked(house, roles=roles), "not-staff", 403)
    assert house.rows(PlatformUser) == house.rows(DeepLinkingRequest) == []


def test_outside_a_course_there_is_nothing_to_choose_for(house):
    assert refused(asked(house, context=GONE), "no-course", 403)


@pytest.mark.parametrize("told", [GONE, None, [], "x", 7])
def test_missing_settings(house, told):
    assert refused(asked(house, settings=told), "deep-linking")


@pytest.mark.parametrize(
    "address",
    [GONE, None, "", 7, [], "/choose", "javascript:alert(1)", "http://lms.test/choose",
     "https://user@lms.test/choose", "https://lms.test/choose now", "data:text/html,x"],
)  # fmt: skip
def test_no_usable_return_url(house, address):
    assert refused(asked(house, settings=wishes(deep_link_return_url=address)), "return-url")


@pytest.mark.parametrize(
    "address",
    ["https://evil.test/choose", "https://lms.test.evil.test/x", "https://lms.test:8443/choose",
     "https://sub.lms.test/choose"],
)  # fmt: skip
def test_a_foreign_hosts_return_url(house, address):
    answer = asked(house, settings=wishes(deep_link_return_url=address))

    assert refused(answer, "return-url")
    assert house.rows(PlatformUser) == []


def test_a_foreign_hosts_return_url_is_refused_without_a_cookie_too(house):
    begun = house.login()
    far = wishes(deep_link_return_url="https://evil.test/choose")
    changes = {"message_type": "LtiDeepLinkingRequest", "roles": [INSTRUCTOR], SETTINGS: far}
    token = house.lms.sign(house.lms.claims(begun.nonce, **changes))

    assert refused(begun.post(token, client=house.browser()), "return-url")
    assert house.rows(WaitingLaunch) == []


def test_a_host_of_the_platforms_services_is_known(house):
    """Canvas: the issuer is nobody's host, the answer goes to the customer's."""
    told = {
        "settings": wishes(deep_link_return_url="https://campus.test/x?data=a.b.c"),
        CLAIM + "tool_platform": {"guid": "1", "url": "https://campus.test"},
    }

    assert asked(house, **told).status_code == 303
    assert kept(house)["return_url"] == "https://campus.test/x?data=a.b.c"


@pytest.mark.parametrize("name", ["accept_types", "accept_presentation_document_targets"])
@pytest.mark.parametrize("value", [GONE, None, [], "ltiResourceLink", [7], {}])
def test_lists_that_are_missing_or_none(house, name, value):
    assert refused(asked(house, settings=wishes(**{name: value})), "deep-linking")


def test_a_platform_that_takes_no_links_is_let_in_to_be_told(house):
    assert asked(house, settings=wishes(accept_types=["file", "html"])).status_code == 303
    assert kept(house)["takes_links"] is False


@pytest.mark.parametrize(
    ("name", "value", "means", "is_so"),
    [
        ("accept_multiple", GONE, "takes_several", False),
        ("accept_multiple", True, "takes_several", True),
        ("accept_multiple", "true", "takes_several", False),
        ("accept_lineitem", GONE, "takes_columns", True),
        ("accept_lineitem", True, "takes_columns", True),
        ("accept_lineitem", False, "takes_columns", False),
        ("auto_create", GONE, "saves_at_once", False),
        ("auto_create", True, "saves_at_once", True),
        ("accept_media_types", "image/*", "takes_links", True),
        ("accept_copy_advice", True, "takes_links", True),
        ("accept_unsigned", True, "takes_links", True),
        ("data", GONE, "has_data", False),
        ("data", None, "has_data", True),
        ("data", "", "has_data", True),
    ],
)
def test_what_a_setting_means(house, name, value, means, is_so):
    assert asked(house, settings=wishes(**{name: value})).status_code == 303
    assert kept(house)[means] is is_so


def test_of_the_targets_those_are_kept_that_a_link_can_have(house):
    targets = ["frame", "embed", "window", "iframe", "x"]
    asked(house, settings=wishes(accept_presentation_document_targets=targets))

    assert kept(house)["targets"] == ["iframe", "window"]


def test_without_a_cookie_the_request_waits_for_the_second_step(house):
    client, stranger = house.browser(), house.browser()
    begun = house.login(client)
    changes = {"message_type": "LtiDeepLinkingRequest", "roles": [INSTRUCTOR], SETTINGS: USUAL}
    page = begun.post(house.lms.sign(house.lms.claims(begun.nonce, **changes)), client=stranger)
    code = page.text.split('name="code" value="')[1].split('"')[0]

    fields = {"code": code, "secret": begun.secret}
    arrived = stranger.post("/lti/finish", data=fields, base_url=TOOL)

    assert arrived.status_code == 200
    assert "/content?ticket=" in arrived.text
    assert kept(house)["return_url"] == USUAL["deep_link_return_url"]


def test_a_replayed_request_asks_nothing_a_second_time(house):
    begun = house.login()
    changes = {"message_type": "LtiDeepLinkingRequest", "roles": [INSTRUCTOR], SETTINGS: USUAL}
    token = house.lms.sign(house.lms.claims(begun.nonce, **changes))
    assert begun.post(token).status_code == 303

    assert refused(begun.post(token), "state-used", 403)
    assert len(house.rows(DeepLinkingRequest)) == 1


def test_a_link_that_the_request_speaks_of_is_not_kept(house):
    assert asked(house, resource_link={"id": "link-9"}).status_code == 303
    assert house.rows(ResourceLink) == []


def test_a_resource_link_launch_with_settings_is_a_launch_of_its_link(house):
    """The wrong message type must not open the picker."""
    assert house.enter(**{SETTINGS: USUAL}).status_code == 200
    assert house.rows(DeepLinkingRequest) == []
