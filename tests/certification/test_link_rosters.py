"""Lists of people of one link that no specification allows: none of them breaks a reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.rules.link_messages import in_member
from lti_mentoring.vocabulary import AGS_CLAIM, CLAIM

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", CLAIM + "message_type", CLAIM + "custom", AGS_CLAIM, "lineitem"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(told=ANYTHING)
def test_any_message_can_be_read(told):
    assert isinstance(in_member(told), tuple)


@given(custom=ANYTHING, grading=ANYTHING)
def test_any_claims_inside_a_launch_can_be_read(custom, grading):
    launch = {CLAIM + "message_type": "LtiResourceLinkRequest"}

    (message,) = in_member([{**launch, CLAIM + "custom": custom, AGS_CLAIM: grading}])

    assert all(isinstance(value, str) for value in message.custom.values())
    assert message.line_item_url is None or isinstance(message.line_item_url, str)


@pytest.mark.parametrize("count", [0, 1, 10, 500])
def test_a_flood_of_messages_is_cut(count):
    launch = {CLAIM + "message_type": "LtiResourceLinkRequest"}

    assert len(in_member([launch] * count)) == min(count, 10)
