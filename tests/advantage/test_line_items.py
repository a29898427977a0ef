from decimal import Decimal

import pytest

from lti_mentoring.advantage.line_items import (
    REVIEW,
    WantedColumn,
    create,
    find,
    list_columns,
    read_column,
    resource_id_of,
)
from lti_mentoring.core.errors import PlatformUnavailable
from lti_mentoring.vocabulary import MediaType
from tests.support.canned_platform import LMS

URL = f"{LMS}/lineitems?type_id=3"
OURS = resource_id_of(7)
WANTED = WantedColumn("Mentoring", Decimal(100), OURS, "engagement")


def on_wire(number, resource_id=OURS, tag="engagement", **facts):
    return {
        "id": f"{LMS}/lineitems/{number}",
        "label": "Mentoring",
        "scoreMaximum": 100,
        "resourceId": resource_id,
        "tag": tag,
        **facts,
    }


def find_or_create(client, url, wanted):
    return find(client, url, wanted) or create(client, url, wanted)


def found(client):
    return [column.url for column in list_columns(client, URL, resource_id=OURS, tag="engagement")]


def test_columns_of_others_are_left_out_even_if_the_platform_sends_them(client, platform):
    """S5; LTI-105."""
    entries = [on_wire(1, tag="quiz"), on_wire(2), on_wire(3, resource_id="x"), {"id": "broken"}]
    platform.answer("/lineitems", body=entries)

    assert found(client) == [f"{LMS}/lineitems/2"]


def test_asking_sends_filters_but_no_limit(client, platform):
    platform.answer("/lineitems", body=[])

    found(client)

    assert platform.requests_to("/lineitems")[0].query == {
        "type_id": ["3"],
        "resource_id": [OURS],
        "tag": ["engagement"],
    }


def test_moodles_broken_paging_ends(client, platform):
    """M12."""
    again = f"<{LMS}/lineitems?type_id=3&amp;resource_id=x>; rel=“next”".encode().decode("latin-1")
    platform.answer("/lineitems", body=[on_wire(2)], Link=again)

    assert found(client) == [f"{LMS}/lineitems/2"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"lineItems": []}'])
def test_no_columns_can_be_said_in_several_ways(client, platform, body):
    platform.answer("/lineitems", body=body)

    assert found(client) == []


def test_a_column_that_is_there_is_not_made_again(client, platform):
    platform.answer("/lineitems", body=[on_wire(2)])

    assert find_or_create(client, URL, WANTED).url == f"{LMS}/lineitems/2"
    assert {asked.method for asked in platform.requests_to("/lineitems")} == {"GET"}


def test_of_several_the_one_without_a_link_wins(client, platform):
    platform.answer("/lineitems", body=[on_wire(1, resourceLinkId="copied"), on_wire(2)])

    assert find_or_create(client, URL, WANTED).url == f"{LMS}/lineitems/2"


def test_a_missing_column_is_made_and_then_read_as_it_was_stored(client, platform):
    """BR8, M17; LTI-106."""
    platform.answer("/lineitems", body=[])
    platform.answer("/lineitems", 201, body=on_wire(9, madeUp=True))
    platform.answer("/lineitems/9", body=on_wire(9, scoreMaximum=10))

    made = find_or_create(client, URL, WANTED)

    sent = platform.requests_to("/lineitems")[1]
    assert made.score_maximum == Decimal(10)
    assert sent.headers["Content-Type"] == MediaType.LINE_ITEM
    assert sent.json == {
        "label": "Mentoring",
        "scoreMaximum": 100,
        "resourceId": "lti-mentoring:7",
        "tag": "engagement",
        "submissionReview": REVIEW,
    }


def test_after_a_lost_answer_the_column_is_found_instead_of_made_twice(client, platform):
    platform.answer("/lineitems", body=[])
    platform.answer("/lineitems", 502)
    platform.answer("/lineitems", body=[on_wire(9)])

    with pytest.raises(PlatformUnavailable):
        find_or_create(client, URL, WANTED)

    assert find_or_create(client, URL, WANTED).url == f"{LMS}/lineitems/9"


def test_a_column_that_cannot_be_read_back_is_taken_as_it_was_sent(client, platform):
    """S5: Sakai answers 200."""
    platform.answer("/lineitems", body=[])
    platform.answer("/lineitems", 200, body=on_wire(9))
    platform.answer("/lineitems/9", 404)

    assert find_or_create(client, URL, WANTED).score_maximum == Decimal(100)


def test_a_column_without_a_maximum_is_no_column(client, platform):
    platform.answer("/lineitems/9", body={"label": "x"})

    with pytest.raises(PlatformUnavailable):
        read_column(client, f"{LMS}/lineitems/9")
