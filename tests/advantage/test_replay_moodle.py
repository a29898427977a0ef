"""What a real Moodle answered to rosters and columns, and what the client makes of each of it."""

from collections import Counter
from decimal import Decimal

import pytest

from lti_mentoring.advantage.line_items import (
    WantedColumn,
    create,
    delete,
    let_review,
    list_columns,
    read_column,
)
from lti_mentoring.advantage.links import next_page
from lti_mentoring.advantage.memberships import RosterReading
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.rules.roles import course_role
from lti_mentoring.vocabulary import CourseRole, Product
from tests.support.canned_platform import LMS
from tests.support.captures import exchange, load, names, replay

REPLAYED = {
    "ags-lineitem-create",
    "ags-lineitem-put-delete",
    "ags-lineitems",
    "ags-lineitems-paging",
    "ags-results",  # test_replay_moodle_scores.py has these three
    "ags-score-lifecycle",
    "ags-scores",
    "nrps-600-all",
    "nrps-600-limit-100",
    "nrps-600-resource-link",
    "nrps-course-33",
    "nrps-errors",
    "nrps-jsonld-accept",
    "nrps-limit-10",
    "nrps-resource-link",
    "nrps-restricted-link",
    "nrps-role-paging",
    "token-responses",  # test_replay_tokens.py
}
MEMBERSHIPS = "/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
ITEMS = "/mod/lti/services.php/2/lineitems"
WANTED = WantedColumn("Mentoring", Decimal(100), "lti-mentoring:7", "engagement")
NO_MORE = {"status": 200, "body": {"members": []}}


@pytest.fixture
def moodle(client_for):
    return client_for(product=Product.MOODLE)


def test_every_capture_that_a_tool_can_receive_is_replayed():
    assert set(names("moodle", "nrps-", "ags-", "token-")) == REPLAYED


def read(client, path):
    reading = RosterReading(client, f"{LMS}{path}", page_size=200)
    return [member for page in reading for member in page], reading.complete


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("nrps-600-all", 50),
        ("nrps-600-resource-link", 10),
        ("nrps-course-33", 33),
        ("nrps-resource-link", 33),
        ("nrps-restricted-link", 5),
    ],
)
def test_a_roster_in_one_page_is_whole(moodle, platform, name, count):
    path = replay(platform, exchange(f"moodle/{name}"))

    members, complete = read(moodle, path)

    assert len({member.subject for member in members}) == count
    assert complete


def test_names_and_roles_are_those_of_the_course(moodle, platform):
    path = replay(platform, exchange("moodle/nrps-course-33"))

    members, _complete = read(moodle, path)

    roles = Counter(course_role(member.roles) for member in members)
    called = {member.subject: member.name for member in members}
    assert roles == {CourseRole.LEARNER: 32, CourseRole.INSTRUCTOR: 1}
    assert called["10"] == "Zoë"
    assert called["7"] == "小龍 李"
    assert not any("&" in name and ";" in name for name in called.values())


@pytest.mark.parametrize(
    ("name", "first", "query"),
    [("nrps-limit-10", 10, {"from": ["10"]}), ("nrps-600-limit-100", 100, {"from": ["100"]})],
)
def test_the_next_page_is_asked_for(moodle, platform, name, first, query):
    path = replay(platform, exchange(f"moodle/{name}"))
    replay(platform, NO_MORE, path, instead=False)

    members, complete = read(moodle, path)

    assert (len(members), complete) == (first, True)
    assert platform.requests_to(path)[1].query.items() >= query.items()


def test_m8_a_second_page_that_forgot_the_role_is_still_read_to_its_end(moodle, platform):
    path = replay(platform, exchange("moodle/nrps-role-paging", "page1"))
    replay(platform, exchange("moodle/nrps-role-paging", "page2"), path, instead=False)

    members, complete = read(moodle, path)

    assert (len(members), complete) == (33, True)


def test_what_another_media_type_would_give_is_no_roster(moodle, platform):
    path = replay(platform, exchange("moodle/nrps-jsonld-accept"))

    with pytest.raises(PlatformUnavailable):
        read(moodle, path)


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("course2_rlid_bad", PlatformRefused),
        ("course2_rlid_othercourse", PlatformUnavailable),  # a made-up status, seen as 502
        ("accept_json", PlatformRefused),
        ("accept_multi", PlatformRefused),
        ("no_token", PlatformRefused),
        ("bad_token", PlatformRefused),
        ("wrong_scope_token", PlatformRefused),
        ("nocourse", PlatformRefused),
        ("wrongtool", PlatformRefused),
    ],
)
def test_a_roster_that_is_not_given_is_refused_or_comes_later(moodle, platform, key, error):
    assert key in load("moodle/nrps-errors")
    replay(platform, exchange("moodle/nrps-errors", key), MEMBERSHIPS)

    with pytest.raises(error) as caught:
        read(moodle, MEMBERSHIPS)

    assert "services.php" not in caught.value.reason


@pytest.mark.parametrize("key", ["create", "create_linked", "create_same"])
def test_a_new_column_is_where_it_says(moodle, platform, key):
    exchanged = exchange("moodle/ags-lineitem-create", key)
    replay(platform, exchanged, ITEMS)
    replay(platform, {"status": 404}, exchanged["body"]["id"].removeprefix(LMS).partition("?")[0])

    made = create(moodle, f"{LMS}{ITEMS}?type_id=1", WANTED)

    assert made.url == exchanged["body"]["id"]
    assert made.score_maximum == Decimal(str(exchanged["body"]["scoreMaximum"]))


def test_m17_a_maximum_of_nothing_is_taken_as_it_is_told(moodle, platform):
    exchanged = exchange("moodle/ags-lineitem-create", "create_zero")
    replay(platform, exchanged, ITEMS)
    replay(platform, {"status": 404}, "/mod/lti/services.php/2/lineitems/9/lineitem")

    assert create(moodle, f"{LMS}{ITEMS}?type_id=1", WANTED).score_maximum == 0


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("create_nolabel", 400),
        ("create_badlink", 403),
        ("create_ro", 401),
        ("create_json_ct", 400),
        ("create_badjson", 400),
    ],
)
def test_a_column_that_is_not_made_is_a_refusal(moodle, platform, key, status):
    replay(platform, exchange("moodle/ags-lineitem-create", key), ITEMS)

    with pytest.raises(PlatformRefused) as caught:
        create(moodle, f"{LMS}{ITEMS}?type_id=1", WANTED)

    assert caught.value.status == status


def ours(moodle, platform):
    """The column of the capture, as if the tool had made it."""
    exchanged = exchange("moodle/ags-lineitem-put-delete", "get_after_put")
    exchanged["body"]["resourceId"] = "lti-mentoring:7"
    path = replay(platform, exchanged)
    return path, read_column(moodle, f"{LMS}{path}?type_id=1")


@pytest.mark.parametrize("key", ["put", "put_partial"])
def test_writing_a_column_back_never_stops_anything(moodle, platform, key):
    path, column = ours(moodle, platform)
    replay(platform, exchange("moodle/ags-lineitem-put-delete", key), path)

    let_review(moodle, column)

    assert platform.requests_to(path)[-1].json.items() >= column.content.items()


@pytest.mark.parametrize("key", ["delete", "delete_coupled", "get_deleted"])
def test_a_column_of_ours_is_deleted_or_gone(moodle, platform, key):
    path, column = ours(moodle, platform)
    replay(platform, exchange("moodle/ags-lineitem-put-delete", key), path)

    delete(moodle, column)

    assert platform.requests_to(path)[-1].method == "DELETE"


def test_a_deleted_column_is_refused(moodle, platform):
    path = replay(platform, exchange("moodle/ags-lineitem-put-delete", "get_deleted"))

    with pytest.raises(PlatformRefused) as caught:
        read_column(moodle, f"{LMS}{path}?type_id=1")

    assert caught.value.status == 404


@pytest.mark.parametrize("key", ["lineitems", "lineitems_tag", "lineitems_resid", "lineitems_rlid"])
def test_a_list_of_columns_is_filtered_here_too(moodle, platform, key):
    replay(platform, exchange("moodle/ags-lineitems", key), ITEMS)

    found = list_columns(moodle, f"{LMS}{ITEMS}?type_id=1", resource_id="res-1", tag="probe-tag")

    # Duplicates of an activity share both (moodle.md 6).
    assert {(column.resource_id, column.tag) for column in found} == {("res-1", "probe-tag")}


def test_one_column_is_read(moodle, platform):
    path = replay(platform, exchange("moodle/ags-lineitems", "lineitem"))

    column = read_column(moodle, f"{LMS}{path}?type_id=1")

    assert (column.resource_id, column.tag) == ("res-1", "probe-tag")
    assert column.score_maximum == Decimal(40)


def test_m14_a_second_media_type_would_be_refused(moodle, platform):
    replay(platform, exchange("moodle/ags-lineitems", "lineitems_json"), ITEMS)

    with pytest.raises(PlatformRefused):
        list_columns(moodle, f"{LMS}{ITEMS}?type_id=1", resource_id="res-1", tag="probe-tag")


@pytest.mark.parametrize(
    ("key", "has_more"),
    [("lineitems_limit1", True), ("lineitems_limit2", True), ("lineitems_lastpage", False)],
)
def test_m12_links_with_typographic_quotes_are_understood_and_end(moodle, platform, key, has_more):
    exchanged = exchange("moodle/ags-lineitems-paging", key)
    replay(platform, exchanged, ITEMS)
    here = exchanged["request"]["url"]

    following = next_page(exchanged["headers"]["Link"], here, here)
    list_columns(moodle, here, resource_id="res-1", tag="probe-tag")

    assert (following is not None) is has_more
    assert "&amp;" not in (following or "")
    assert len(platform.requests_to(ITEMS)) <= 2
