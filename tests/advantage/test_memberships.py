import pytest

from lti_mentoring.advantage.memberships import RosterReading
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.vocabulary import MediaType, Product
from tests.support.canned_platform import LMS

URL = f"{LMS}/members?placement_id=_5_1"
NEXT = f'<{LMS}/more>; rel="next"'


def member(subject, **facts):
    return {"user_id": subject, "roles": ["Learner"], **facts}


def read(client, url=URL):
    reading = RosterReading(client, url, page_size=200)
    return [[each.subject for each in page] for page in reading], reading.complete


def test_all_pages_are_read(client, platform):
    platform.answer("/members", body={"members": [member("a"), member("b")]}, Link=NEXT)
    platform.answer("/more", body={"members": [member("c")]})

    assert read(client) == ([["a", "b"], ["c"]], True)


def test_the_page_size_joins_the_query_that_is_there(client, platform):
    """B4; LTI-91, LTI-93."""
    platform.answer("/members", body={"members": []})

    read(client)

    asked = platform.requests_to("/members")[0]
    assert asked.query == {"placement_id": ["_5_1"], "limit": ["200"]}
    assert asked.headers["Accept"] == MediaType.MEMBERSHIPS


def test_an_address_of_changes_is_asked_as_it_is(client, platform):
    """LTI-97; NRPS 2.0, 2.4.3."""
    platform.answer("/changes", body={"members": [member("a", status="Deleted")]})

    (page,) = RosterReading(client, f"{LMS}/changes?since=a%2Fb&limit=")

    assert platform.asked[-1].url == f"{LMS}/changes?since=a%2Fb&limit="
    assert page[0].status == "Deleted"


def test_a_reading_says_where_changes_from_its_beginning_on_are_told(client, platform):
    told = f'{NEXT}, <{LMS}/changes?since=1>; rel="differences"'
    platform.answer("/members", body={"members": []}, Link=told)
    platform.answer("/more", body={"members": []}, Link=f'<{LMS}/late>; rel="differences"')
    reading = RosterReading(client, URL, 200)
    assert reading.differences_url is None

    list(reading)

    assert reading.differences_url == f"{LMS}/changes?since=1"


def test_a_roster_that_leads_in_circles_is_not_whole(client, platform):
    circle = f'<{LMS}/members?placement_id=_5_1&limit=200>; rel="next"'
    platform.answer("/members", body={"members": [member("a")]}, Link=circle)

    assert read(client) == ([["a"]], False)


def test_a_roster_with_an_unreadable_entry_is_not_whole(client, platform):
    platform.answer("/members", body={"members": [member("a"), {"roles": []}, "x"]})

    assert read(client) == ([["a"]], False)


def test_a_page_on_another_host_is_not_asked_for(client, platform):
    platform.answer("/members", body={"members": []}, Link='<https://evil.test/>; rel="next"')

    with pytest.raises(PlatformRefused):
        read(client)


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_body_is_a_page_without_members(client, platform, body):
    """S3."""
    platform.answer("/members", body=body)

    assert read(client) == ([[]], True)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"error": "no"}', b'{"members": {}}'])
def test_what_is_no_roster_is_tried_later(client, platform, body):
    platform.answer("/members", body=body)

    with pytest.raises(PlatformUnavailable):
        read(client)


@pytest.mark.parametrize(
    ("product", "name"),
    [(Product.MOODLE, "O'Brien & Söhne"), (Product.CANVAS, "O'Brien &amp; Söhne")],
)
def test_only_moodle_escapes_names(client_for, platform, product, name):
    platform.answer("/members", body={"members": [member("a", name="O'Brien &amp; Söhne")]})

    (page,) = RosterReading(client_for(product=product), URL, 200)

    assert page[0].name == name


def test_what_is_left_out_has_a_meaning(client, platform):
    platform.answer("/members", body={"members": [{"user_id": 7, "given_name": "Ana"}]})

    (page,) = RosterReading(client, URL, 200)

    assert page[0] == ("7", "Ana", "Ana", (), "Active", None)


def test_roles_may_come_as_one_string(client, platform):
    """S2."""
    platform.answer("/members", body={"members": [member("a", roles="Learner, Instructor")]})

    (page,) = RosterReading(client, URL, 200)

    assert page[0].roles == ("Learner", "Instructor")
