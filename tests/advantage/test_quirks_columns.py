"""What products do in their own ways with columns, named after the rows of docs/lti.md."""

from decimal import Decimal

import pytest

from lti_mentoring.advantage.line_items import (
    NOT_DELETED,
    NOT_OURS,
    REVIEW,
    delete,
    let_review,
    read_column,
    resource_id_of,
)
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.vocabulary import Product
from tests.support.canned_platform import LMS

AT = "/items/9/lineitem"
URL = f"{LMS}{AT}?type_id=3"
OURS = {
    "id": URL,
    "label": "Renamed by a teacher",
    "scoreMaximum": 25,
    "resourceId": resource_id_of(7),
    "tag": "engagement",
    "resourceLinkId": "link-1",
    "endDateTime": "2026-06-01T00:00:00Z",
    "https://lms.test/own": {"kept": True},
}
THEIRS = {**OURS, "resourceId": "quiz-1"}


@pytest.fixture
def column(client_for, platform):
    """A client of the product, and its column that has this content."""

    def read(product=Product.OTHER, content=OURS):
        client = client_for(product=product)
        platform.answer(AT, body=content)
        found = read_column(client, URL)
        platform.instead(AT, body=content)
        return client, found

    return read


def written(platform):
    return [asked for asked in platform.requests_to(AT) if asked.method not in {"GET"}]


def test_m17_what_is_written_back_is_everything_that_was_read(column, platform):
    """LTI-107: Moodle loses what is left out, and refuses a part."""
    let_review(*column(Product.MOODLE))

    (asked,) = written(platform)
    assert (asked.method, asked.query) == ("PUT", {"type_id": ["3"]})
    assert asked.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert asked.json == {**OURS, "submissionReview": REVIEW}


@pytest.mark.parametrize(
    ("product", "content"),
    [
        (Product.CANVAS, OURS),
        (Product.MOODLE, THEIRS),
        (Product.SAKAI, {**OURS, "resourceId": None}),
        (Product.MOODLE, {**OURS, "submissionReview": {"reviewableStatus": ["None"]}}),
    ],
)
def test_c13_and_s5_columns_that_are_not_ours_alone_are_not_changed(
    column, platform, product, content
):
    let_review(*column(product, content))

    assert written(platform) == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 500])
def test_a_column_that_cannot_be_changed_is_used_as_it_is(column, platform, status):
    client, found = column()
    platform.instead(AT, status)

    let_review(client, found)

    assert len(written(platform)) >= 1


@pytest.mark.parametrize("status", [200, 202, 204, 404, 410])
def test_a_column_of_ours_is_deleted_and_one_that_is_gone_is_as_good(column, platform, status):
    client, found = column()
    platform.instead(AT, status)

    delete(client, found)

    assert [asked.method for asked in written(platform)] == ["DELETE"]


def test_m18_a_column_of_others_is_never_deleted(column, platform):
    """Moodle would do it: it deletes even the activity's own column (moodle.md 6)."""
    client, found = column(content=THEIRS)

    with pytest.raises(PlatformRefused, match=NOT_OURS):
        delete(client, found)

    assert written(platform) == []


@pytest.mark.parametrize("status", [400, 401, 403, 405])
def test_c13_and_m18_a_refusal_to_delete_is_told(column, platform, status):
    client, found = column(Product.CANVAS)
    platform.instead(AT, status)

    with pytest.raises(PlatformRefused, match=NOT_DELETED):
        delete(client, found)


def test_a_deletion_whose_answer_did_not_come_is_tried_later(column, platform):
    client, found = column()
    platform.instead(AT, 503)

    with pytest.raises(PlatformUnavailable):
        delete(client, found)


def test_b5_writing_columns_is_the_permission_that_reading_them_takes(column, platform):
    column(Product.BLACKBOARD)

    scopes = [asked.form["scope"] for asked in platform.requests_to("/token")]
    assert scopes == ["https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"]


def test_e4_a_whole_number_is_sent_as_one(column):
    assert column()[1].score_maximum == Decimal(25)
