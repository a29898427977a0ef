"""Reading who may open one link (LTI-NRPS 2.0, resource link membership; LTI-96)."""

import pytest

from lti_mentoring.advantage.memberships import RosterReading
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.rules.link_messages import LinkMessage
from lti_mentoring.vocabulary import CLAIM, Product
from tests.support.canned_platform import LMS
from tests.support.captures import exchange, load, replay

URL = f"{LMS}/members?placement_id=_5_1"
LAUNCH = {CLAIM + "message_type": "LtiResourceLinkRequest", CLAIM + "custom": {"week": 2}}


def member(subject, **facts):
    return {"user_id": subject, "roles": ["Learner"], **facts}


def test_the_link_joins_the_query_that_is_there_whatever_its_id_is(client, platform):
    """LTI-93."""
    platform.answer("/members", body={"members": []})

    list(RosterReading(client, URL, 200, link_id="a&b=c d/é"))

    (asked,) = platform.requests_to("/members")
    assert asked.query == {"placement_id": ["_5_1"], "limit": ["200"], "rlid": ["a&b=c d/é"]}


def test_messages_are_kept_by_person_over_all_pages(client, platform):
    following = f'<{LMS}/more?rlid=5>; rel="next"'
    platform.answer("/members", body={"members": [member("a", message=[LAUNCH])]}, Link=following)
    platform.answer("/more", body={"members": [member("b", message=[]), member("c")]})
    reading = RosterReading(client, URL, 200, link_id="5")

    assert [[each.subject for each in page] for page in reading] == [["a"], ["b", "c"]]
    assert reading.messages == {"a": (LinkMessage({"week": "2"}),)}
    assert reading.complete


def test_the_course_s_own_roster_has_no_messages_even_if_some_come(client, platform):
    platform.answer("/members", body={"members": [member("a", message=[LAUNCH])]})
    reading = RosterReading(client, URL, 200)

    list(reading)

    assert reading.messages == {}
    assert "rlid" not in platform.requests_to("/members")[0].query


@pytest.mark.parametrize("name", ["nrps-resource-link", "nrps-600-resource-link"])
def test_a_real_moodle_tells_a_message_of_everybody(client_for, platform, name):
    captured = load(f"moodle/{name}")
    path = replay(platform, captured)
    reading = RosterReading(client_for(product=Product.MOODLE), f"{LMS}{path}", 200, link_id="1")

    read = [each.subject for page in reading for each in page]

    assert set(read) == set(reading.messages)
    assert len(read) == len(captured["body"]["members"])


def test_m8_a_link_of_another_course_is_tried_later_and_a_wrong_one_is_not(client, platform):
    for key, error in (
        ("course2_rlid_othercourse", PlatformUnavailable),
        ("course2_rlid_bad", PlatformRefused),
    ):
        path = replay(platform, exchange("moodle/nrps-errors", key))
        with pytest.raises(error):
            list(RosterReading(client, f"{LMS}{path}", 200, link_id="9"))
