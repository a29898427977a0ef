"""The message list of a roster member, however an LMS writes it (LTI-96)."""

import json

import pytest

from lti_mentoring.rules.link_messages import LinkMessage, in_member
from lti_mentoring.vocabulary import AGS_CLAIM, CLAIM
from tests.support.captures import load

LAUNCH = {CLAIM + "message_type": "LtiResourceLinkRequest"}


def test_custom_parameters_and_columns_are_read():
    told = {
        **LAUNCH,
        CLAIM + "custom": {"zone": "Europe/Lisbon", "year": 2, "is_new": True},
        AGS_CLAIM: {"lineitem": "https://lms.test/5", "lineitems": "https://lms.test/all"},
    }

    (message,) = in_member([told])

    assert message == LinkMessage(
        {"zone": "Europe/Lisbon", "year": "2", "is_new": "True"},
        "https://lms.test/5",
        "https://lms.test/all",
    )


def test_variables_that_nobody_filled_in_are_left_out():
    told = {**LAUNCH, CLAIM + "custom": {"a": "$User.id", "b": None, "c": ["x"], "d": "x" * 3000}}

    assert in_member([told])[0].custom == {}


def test_a_single_message_may_come_without_its_list():
    assert in_member(LAUNCH) == (LinkMessage(),)


@pytest.mark.parametrize(
    "told",
    [
        None,
        7,
        "x",
        [],
        [None, 7, "x", []],
        [{}],
        [{CLAIM + "message_type": "LtiDeepLinkingRequest"}],
        [{CLAIM + "message_type": ["LtiResourceLinkRequest"]}],
    ],
)
def test_what_is_no_launch_is_passed_over(told):
    assert in_member(told) == ()


@pytest.mark.parametrize("odd", [None, 7, "x", []])
def test_odd_claims_inside_say_nothing(odd):
    told = {**LAUNCH, CLAIM + "custom": odd, AGS_CLAIM: odd}

    assert in_member([told]) == (LinkMessage(),)


def test_a_real_moodle_tells_a_message_without_parameters():
    (member, *_) = load("moodle/nrps-resource-link")["body"]["members"]

    assert json.dumps(member["message"])
    assert in_member(member["message"]) == (LinkMessage(),)
