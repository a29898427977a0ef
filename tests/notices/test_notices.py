"""Notices of platforms: wished for, proved, taken once (LTI-142)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core.keys import generate_rsa
from lti_mentoring.models import Course, Deployment, UsedState
from lti_mentoring.sandbox.copying import copy_course
from lti_mentoring.vocabulary import CLAIM, DeploymentState
from tests.launch.lms import GONE, fixture, make_house
from tests.support.campus import TOOL, make_campus
from tests.support.enrolled import Enrolled

COPY = "LtiContextCopyNotice"


@pytest.fixture(scope="module")
def platform_key():
    return generate_rsa()


@pytest.fixture
def house(settings, database, platform_key, frozen_clock):
    """The tool with one platform, and a course of it that somebody has opened."""
    made = make_house(settings, database, platform_key)
    made.enter()
    return made


def claims(house, **changes):
    """A notice of a copy of the course, as Canvas writes it; prefixes are added to names."""
    told = dict(fixture("lti/pns_canvas.json")["context_copy_claims"])
    usual = house.lms.claims("a-nonce-of-the-platform")
    del told["azp"]
    told |= {name: usual[name] for name in ("iss", "aud", "iat", "exp", CLAIM + "deployment_id")}
    told[CLAIM + "origin_contexts"] = ["course-1"]
    told |= {CLAIM + name if CLAIM + name in told else name: v for name, v in changes.items()}
    return {name: value for name, value in told.items() if value is not GONE}


def send(house, *tokens):
    body = {"notices": [{"jwt": token} for token in tokens]}
    return house.tool.test_client().post("/lti/notices", json=body)


def courses(house):
    return {course.context_id: course for course in house.rows(Course)}


def test_a_copied_course_is_known_with_its_origin_before_anybody_opens_it(house):
    answer = send(house, house.lms.sign(claims(house)))

    assert (answer.status_code, answer.get_json()) == (200, {"taken": 1})
    found = courses(house)
    copy = found["newcourse00000000000000000000000000000000"]
    assert copy.copied_from_id == found["course-1"].id
    assert copy.title == "Copied course"


def test_a_course_that_was_opened_first_learns_where_it_comes_from(house):
    house.enter(context={"id": "course-2", "title": "New"}, resource_link={"id": "link-2"})

    send(house, house.lms.sign(claims(house, context={"id": "course-2"})))

    found = courses(house)
    assert found["course-2"].copied_from_id == found["course-1"].id
    assert len(found) == 2


def test_the_same_notice_counts_once(house):
    token = house.lms.sign(claims(house))

    answers = [send(house, token).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert len(courses(house)) == 2


def test_a_course_is_no_copy_of_itself_or_of_one_that_nobody_knows(house):
    send(house, house.lms.sign(claims(house, context={"id": "course-1"})))
    send(house, house.lms.sign(claims(house, origin_contexts=["unknown"])))

    assert {course.copied_from_id for course in house.rows(Course)} == {None}


def test_hello_is_answered_and_changes_nothing(house):
    told = {"id": "hello-1", "type": "LtiHelloWorldNotice", "timestamp": "2026-08-01T16:00:00Z"}
    hello = claims(house, notice=told, context=GONE, origin_contexts=GONE)

    assert send(house, house.lms.sign(hello)).status_code == 200
    assert len(courses(house)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.test"},
        {"aud": "other-client"},
        {"aud": ["client-1", "other"]},
        {"azp": "other-client"},
        {"deployment_id": "other-deployment"},
        {"version": "1.1"},
        {"notice": GONE},
        {"notice": {"id": ""}},
        {"notice": [1]},
        {"exp": GONE},
        {"iat": 1},
        {"iat": "now"},
        {"aud": {}},
        {"aud": 7},
        {"iss": ["x"]},
    ],
)
def test_what_is_not_for_us_or_misshapen_is_refused(house, changes):
    told = claims(house)
    told |= {CLAIM + n if CLAIM + n in told else n: v for n, v in changes.items()}
    told = {name: value for name, value in told.items() if value is not GONE}

    assert send(house, house.lms.sign(told)).status_code == 400
    assert len(courses(house)) == 1


def test_a_forged_notice_is_refused_and_leaves_nothing(house):
    forged = house.lms.sign(claims(house), key=generate_rsa())

    assert send(house, forged).status_code == 400
    assert send(house, "no.token.at-all").status_code == 400
    assert len(courses(house)) == 1
    assert len(house.rows(UsedState)) == 1  # the launch's own


def test_an_old_notice_is_refused(house, frozen_clock):
    token = house.lms.sign(claims(house, exp=int(frozen_clock.now.timestamp()) + 20_000))
    frozen_clock.tick(minutes=62)

    assert send(house, token).status_code == 400


@pytest.mark.parametrize("body", [None, [], {}, {"notices": 1}, {"notices": [{}] * 21}, "text"])
def test_what_is_no_list_of_notices_is_refused(house, body):
    answer = house.tool.test_client().post("/lti/notices", json=body)

    assert answer.status_code == 400


@pytest.mark.parametrize("entry", [None, 1, {}, {"jwt": 1}, {"jwt": ""}, {"jwt": "a.b.c"}])
def test_an_entry_that_is_none_is_passed_over(house, entry):
    body = {"notices": [entry, {"jwt": house.lms.sign(claims(house))}]}

    answer = house.tool.test_client().post("/lti/notices", json=body)

    assert answer.get_json() == {"taken": 1}


def test_a_platform_that_is_switched_off_tells_nothing(house):
    token = house.lms.sign(claims(house))
    with house.database.transaction() as db:
        db.query(Deployment).update({"state": DeploymentState.PAUSED})

    assert send(house, token).status_code == 400


@pytest.fixture
def campus(settings, database, frozen_clock):
    """The tool beside an LMS that speaks like Canvas, and sends its notices at once."""
    made = make_campus(settings, database, accent="canvas")
    made.sandbox.notices.run = lambda job: job()
    return made


def test_with_an_lms_that_tells_of_copies_the_whole_way_works(campus):
    """Launch, wish, copy, notice: the copied course is there before anybody has opened it."""
    helena = Enrolled(campus, "Helena Brandt")
    helena.launch(helena.course.activities[0])
    campus.work()
    told = campus.sandbox.notices.handlers(campus.sandbox.tools.seeded)
    assert told == {COPY: f"{TOOL}/lti/notices"}

    copied = copy_course(campus.sandbox, helena.course.id)

    with campus.database.reading() as db:
        found = {course.context_id: course for course in db.scalars(select(Course))}
    assert found[copied.id].copied_from_id == found[helena.course.id].id


def test_a_platform_that_does_not_let_us_is_asked_again_in_a_week(campus, frozen_clock):
    helena = Enrolled(campus, "Helena Brandt")
    helena.launch(helena.course.activities[0])
    campus.sandbox.tools.put(replace(campus.sandbox.tools.seeded, scopes=frozenset()))

    campus.work()

    with campus.database.reading() as db:
        due_at = db.scalars(select(Deployment.notices_due_at)).one()
    assert due_at == frozen_clock.now + timedelta(days=7)


def test_the_deployment_of_a_launch_that_names_the_service_is_told_of_copies(house, database):
    service = {
        "service_versions": ["1.0"],
        "platform_notification_service_url": f"{house.lms.issuer}/notice-handlers/189",
        "notice_types_supported": ["LtiHelloWorldNotice", COPY],
    }
    house.enter(**{CLAIM + "platformnotificationservice": service})

    with database.reading() as db:
        deployment = db.scalars(select(Deployment)).one()
    assert deployment.notices_url == f"{house.lms.issuer}/notice-handlers/189"
    assert deployment.notices_due_at is not None


def test_a_service_without_copies_is_of_no_use(house, database):
    service = {
        "platform_notification_service_url": f"{house.lms.issuer}/notice-handlers/189",
        "notice_types_supported": ["LtiHelloWorldNotice"],
    }
    house.enter(**{CLAIM + "platformnotificationservice": service})

    with database.reading() as db:
        assert db.scalars(select(Deployment)).one().notices_url is None
