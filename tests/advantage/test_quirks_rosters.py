"""What each product does in its own way with a roster, named after the rows of docs/lti.md."""

import pytest

from lti_mentoring.advantage.memberships import RosterReading
from lti_mentoring.core.errors import PlatformRefused
from lti_mentoring.rules.platform_profiles import CAUSES, Cause
from lti_mentoring.vocabulary import Product
from tests.support.canned_platform import LMS

URL = f"{LMS}/members"
LEARNER = {"user_id": "a", "roles": ["Learner"]}


@pytest.fixture
def read(client_for, platform):
    """Reads the roster of a product; the members of all pages."""

    def read_from(product, page_size=200):
        reading = RosterReading(client_for(product=product), URL, page_size)
        members = [member for page in reading for member in page]
        return members, reading.complete

    return read_from


@pytest.mark.parametrize(
    ("product", "asked_for"),
    [(Product.CANVAS, "50"), (Product.MOODLE, "200"), (Product.OTHER, "500")],
)
def test_c11_and_m8_pages_are_as_large_as_the_product_likes(platform, read, product, asked_for):
    platform.answer("/members", body={"members": [LEARNER]})

    read(product, page_size=500)

    assert platform.requests_to("/members")[0].query == {"limit": [asked_for]}


def test_c11_and_m8_no_role_is_asked_for_since_it_is_lost_on_the_way(platform, read):
    """C11 wants a whole URI, M8 forgets it on the second page, S3 ignores it."""
    platform.answer("/members", body={"members": [LEARNER]})

    read(Product.MOODLE)

    assert "role" not in platform.requests_to("/members")[0].query


def test_s3_an_empty_body_is_a_page_without_members(platform, read):
    more = f'<{LMS}/more>; rel="next"'
    platform.answer("/members", body={"members": [LEARNER]}, Link=more)
    platform.answer("/more", body=b"")

    members, complete = read(Product.SAKAI)

    assert [member.subject for member in members] == ["a"]
    assert complete


def test_s2_roles_come_short_and_long_and_in_one_string(platform, read):
    platform.answer("/members", body={"members": [{**LEARNER, "roles": ["Instructor,x#Y"]}]})
    platform.answer("/members", body={"members": [{**LEARNER, "roles": "Instructor,x#Y"}]})

    for _ in range(2):
        (member,), _complete = read(Product.SAKAI)
        assert ",".join(member.roles) == "Instructor,x#Y"


def test_e7_a_course_that_is_too_large_says_so(platform, read):
    platform.answer("/members", 403, body={"error": "above_response_limit"})

    with pytest.raises(PlatformRefused) as caught:
        read(Product.OPENEDX)

    assert caught.value.reason == CAUSES[Cause.TOO_LARGE]


def test_c12_a_course_that_is_over_says_so(platform, read):
    platform.answer("/members", 404, body={"message": "course is concluded"})

    with pytest.raises(PlatformRefused) as caught:
        read(Product.CANVAS)

    assert caught.value.reason == CAUSES[Cause.NOT_OPEN]


def test_s9_a_tool_that_is_not_placed_says_so(platform, read):
    platform.answer("/members", 400, b"No placements for tool")

    with pytest.raises(PlatformRefused) as caught:
        read(Product.SAKAI)

    assert caught.value.reason == CAUSES[Cause.NOT_PLACED]


def test_m7_names_are_unescaped_where_they_are_escaped(platform, read):
    platform.answer("/members", body={"members": [{**LEARNER, "name": "O'Brien &amp; Co"}]})

    assert read(Product.MOODLE)[0][0].name == "O'Brien & Co"
    assert read(Product.SAKAI)[0][0].name == "O'Brien &amp; Co"
