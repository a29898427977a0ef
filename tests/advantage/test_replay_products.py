"""Answers of every product, put together from their code, and what is made of each of it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lti_mentoring.advantage.line_items import NOT_DELETED, NOT_OURS, delete, read_column
from lti_mentoring.advantage.memberships import RosterReading
from lti_mentoring.advantage.results import grade_in, read_all, read_one
from lti_mentoring.advantage.scores import Delivered, Gone, Refused, Score, TryLater, send
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.rules.overrides import Grade
from lti_mentoring.rules.roles import course_role, is_test_user
from lti_mentoring.vocabulary import ActivityProgress, CourseRole, Product
from tests.support.canned_platform import LMS
from tests.support.captures import load, names, replay

PRODUCTS = {
    "blackboard": Product.BLACKBOARD,
    "canvas": Product.CANVAS,
    "d2l": Product.BRIGHTSPACE,
    "moodle": Product.MOODLE,
    "openedx": Product.OPENEDX,
    "sakai": Product.SAKAI,
}
COLUMN = f"{LMS}/column"
SCORE = Score(
    user_id="u1",
    given=Decimal(83),
    maximum=Decimal(100),
    comment="Sessions 4/6",
    activity_progress=ActivityProgress.COMPLETED,
    scored_at=datetime(2026, 8, 1, 16, tzinfo=UTC),
)
EIGHTY_THREE = Grade(Decimal("83.0"), Decimal("100.0"))


def test_every_product_has_a_roster_and_a_gradebook_to_replay():
    assert names("lti", "nrps_") == [f"nrps_{name}" for name in sorted(PRODUCTS)]
    assert names("lti", "ags_") == [f"ags_{name}" for name in sorted(PRODUCTS)]


def read(client, platform, *responses):
    """The roster whose pages are these."""
    for number, response in enumerate(responses):
        told = dict(response)
        if "next" in response.get("headers", {}).get("Link", ""):
            told["headers"] = {"Link": f'<{LMS}/{number + 1}>; rel="next"'}
        replay(platform, told, f"/{number}" if number else "/roster")
    reading = RosterReading(client, f"{LMS}/roster", 200)
    return [member for page in reading for member in page], reading.complete


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("blackboard", [CourseRole.LEARNER, CourseRole.NONE]),
        ("canvas", [CourseRole.LEARNER, CourseRole.OBSERVER, CourseRole.TEACHING_ASSISTANT]),
        ("d2l", [CourseRole.LEARNER]),
        ("moodle", [CourseRole.INSTRUCTOR, CourseRole.LEARNER, CourseRole.INSTRUCTOR]),
        ("openedx", [CourseRole.LEARNER, CourseRole.INSTRUCTOR]),
        ("sakai", [CourseRole.LEARNER, CourseRole.INSTRUCTOR]),
    ],
)
def test_a_roster_is_read_to_its_end(client_for, platform, name, roles):
    told = load(f"lti/nrps_{name}")
    pages = [response for response in told["responses"] if response["status"] == 200]

    members, complete = read(client_for(product=PRODUCTS[name]), platform, *pages)

    assert [course_role(member.roles) for member in members] == roles
    assert complete


def test_b9_blackboards_preview_user_is_a_test_user(client_for, platform):
    told = load("lti/nrps_blackboard")

    members, _complete = read(client_for(product=Product.BLACKBOARD), platform, *told["responses"])

    assert [is_test_user(member.roles) for member in members] == [False, True]


def test_b4_blackboards_placement_stays_in_the_query(client_for, platform):
    told = load("lti/nrps_blackboard")
    path = replay(platform, told["responses"][0], "/roster")

    list(RosterReading(client_for(product=Product.BLACKBOARD), f"{LMS}{path}?placement_id=_5", 200))

    assert platform.requests_to(path)[0].query == {"placement_id": ["_5"], "limit": ["200"]}


def test_e7_a_large_course_is_refused(client_for, platform):
    told = next(each for each in load("lti/nrps_openedx")["responses"] if each["status"] == 403)

    with pytest.raises(PlatformRefused, match="too large"):
        read(client_for(product=Product.OPENEDX), platform, told)


def test_s2_an_older_sakai_writes_its_roles_into_one_string(client_for, platform):
    told = load("lti/nrps_sakai")
    member = {**told["older_version_member"], "user_id": "a"}
    page = {"status": 200, "body": {"members": [member]}}

    (found,), _complete = read(client_for(product=Product.SAKAI), platform, page)

    assert course_role(found.roles) is CourseRole.INSTRUCTOR


def test_moodles_resource_link_roster_brings_messages_that_are_left_out(client_for, platform):
    told = load("lti/nrps_moodle")["response_with_rlid"]

    members, complete = read(client_for(product=Product.MOODLE), platform, told)

    assert [member.subject for member in members] == ["42"]
    assert complete


@pytest.mark.parametrize(
    ("name", "key", "maximum"),
    [
        ("blackboard", "lineitem", 100),
        ("canvas", "lineitem_create", 100),
        ("canvas", "lineitem_coupled", 10),
        ("moodle", "lineitem_create", 100),
        ("moodle", "lineitem_coupled", 100),
        ("openedx", "lineitem", 100),
        ("sakai", "lineitem_create", 100),
    ],
)
def test_a_column_is_read(client_for, platform, name, key, maximum):
    told = load(f"lti/ags_{name}")[key]
    platform.answer("/column", body=told["body"])

    column = read_column(client_for(product=PRODUCTS[name]), COLUMN)

    assert (column.url, column.score_maximum) == (told["body"]["id"], maximum)


@pytest.mark.parametrize(
    ("name", "key", "user"),
    [
        ("blackboard", "results_all_limit_1000", "aa1025ffab1846ee9ca0a53299dd51b6"),
        ("blackboard", "results_by_user", "aa1025ffab1846ee9ca0a53299dd51b6"),
        ("canvas", "results", "a445ca99-1a64-4697-9bfa-508a118245ea"),
        ("moodle", "results", "42"),
        ("sakai", "results", f"{LMS}/user/2e5f1c7a"),
    ],
)
def test_results_are_read(client_for, platform, name, key, user):
    told = load(f"lti/ags_{name}")[key]
    platform.answer("/column/results", body=told["body"])

    results = read_all(client_for(product=PRODUCTS[name]), COLUMN)

    assert grade_in(results, user, Decimal(100)) == EIGHTY_THREE


@pytest.mark.parametrize(("name", "user"), [("moodle", "43"), ("sakai", f"{LMS}/user/3e5f")])
def test_s6_and_lti114_somebody_without_a_score_has_nothing_to_compare(
    client_for, platform, name, user
):
    told = load(f"lti/ags_{name}")["results"]
    platform.answer("/column/results", body=told["body"])

    results = read_all(client_for(product=PRODUCTS[name]), COLUMN)

    assert user in results
    assert grade_in(results, user, Decimal(100)) is None


def test_e6_open_edx_shows_one_result_at_its_own_address(client_for, platform):
    told = load("lti/ags_openedx")["results"]
    user = told["body"][0]["userId"]
    platform.answer(f"/column/results/{user}", body=told["body"])

    results = read_one(client_for(product=Product.OPENEDX), COLUMN, user)

    assert grade_in(results, user, Decimal(100)) == EIGHTY_THREE


@pytest.mark.parametrize("name", ["canvas", "moodle", "openedx"])
def test_a_score_that_was_taken_is_delivered(client_for, platform, name):
    told = load(f"lti/ags_{name}")["score_response"]
    replay(platform, told, "/column/scores")

    assert send(client_for(product=PRODUCTS[name]), COLUMN, SCORE) == Delivered()


@pytest.mark.parametrize(
    ("name", "which", "outcome"),
    [
        ("canvas", "timestamp earlier than the stored result", Delivered),
        ("canvas", "user not a student in the course (instructor, test student)", Refused),
        ("canvas", "scoreGiven without scoreMaximum", Refused),
        ("canvas", "attempts used up and new_submission not false", Refused),
        ("canvas", "submitted_at more than 1 minute ahead", Refused),
        ("moodle", "score timestamp not later than the stored one, whole seconds", Delivered),
        ("moodle", "user has no gradebook role in the course", Refused),
        ("moodle", "token lacks the scope", Refused),
        ("openedx", "timestamp not later than stored", Delivered),
        ("openedx", "same timestamp", Delivered),
        ("openedx", "scoreGiven with scoreMaximum 0 or missing", Refused),
        ("blackboard", "user unknown in course", Refused),
        ("blackboard", "quota used up", TryLater),
        ("d2l", "role cannot be graded", Refused),
        ("d2l", "User in requested score is not enrolled in the org unit", Refused),
        ("d2l", "User in requested score does not exist", Refused),
        ("sakai", "scope missing in token", Refused),
        ("sakai", "bad or expired token", Refused),
        ("sakai", "column not found", Gone),
        ("sakai", "tool has no placement in the site", Refused),
    ],
)
def test_a_score_that_was_not_taken_is_understood(client_for, platform, name, which, outcome):
    told = next(
        each
        for each in load(f"lti/ags_{name}")["errors"]
        if which in {each.get("when"), each.get("body_contains")}
    )
    body = told.get("body", told.get("body_contains", ""))
    replay(platform, {**told, "body": body}, "/column/scores")

    assert type(send(client_for(product=PRODUCTS[name]), COLUMN, SCORE)) is outcome


def test_canvas_deletes_our_column_and_no_assignment(client_for, platform):
    told = load("lti/ags_canvas")
    client = client_for(product=Product.CANVAS)
    content = {**told["lineitem_create"]["body"], "id": COLUMN, "resourceId": "lti-mentoring:7"}
    platform.answer("/column", body=content)
    column = read_column(client, COLUMN)

    replay(platform, told["lineitem_delete"]["decoupled"], "/column")
    delete(client, column)
    replay(platform, told["lineitem_delete"]["coupled"], "/column")
    with pytest.raises(PlatformRefused, match=NOT_DELETED):
        delete(client, column)


def test_moodles_own_column_is_not_deleted_by_us(client_for, platform):
    told = load("lti/ags_moodle")["lineitem_coupled"]
    platform.answer("/column", body={**told["body"], "id": COLUMN})
    client = client_for(product=Product.MOODLE)

    with pytest.raises(PlatformRefused, match=NOT_OURS):
        delete(client, read_column(client, COLUMN))


def test_m13_moodles_broken_results_are_away_for_now(client_for, platform):
    told = next(each for each in load("lti/ags_moodle")["errors"] if each["status"] == 500)
    replay(platform, told, "/column/results")

    with pytest.raises(PlatformUnavailable):
        read_all(client_for(product=Product.MOODLE), COLUMN)
