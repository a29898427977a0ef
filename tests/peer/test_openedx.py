"""Launches and rosters of a real Open edX; E1 to E9 are the rows of its quirk table."""

import pytest

from lti_mentoring.models import Membership, PlatformUser, RefusedLaunch
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services.platform_check import check_platform
from lti_mentoring.services.roster import ask_for_roster, latest_sync
from lti_mentoring.vocabulary import CourseRole, RosterSyncState

pytestmark = pytest.mark.peer


def members(course):
    """The course's people in the tool: by the id that the platform gave them."""
    with course.transaction() as db:
        rows = db.query(Membership, PlatformUser).join(PlatformUser).all()
        return {
            user.subject: (membership.role, user.name)
            for membership, user in rows
            if membership.course_id == course.row(db).id
        }


def read_roster(course):
    """Let the tool read the roster; the reading's state and what it says went wrong."""
    with course.transaction() as db:
        ask_for_roster(db, Actor.system("test"), course.row(db))
    course.work()
    with course.transaction() as db:
        sync = latest_sync(db, course.row(db).id)
        assert sync is not None
        return sync.state, sync.error


def many(count):
    return {"helena": "instructor"} | {f"learner{number}": "student" for number in range(count)}


@pytest.mark.parametrize(
    ("role", "ours"),
    [
        ("instructor", CourseRole.INSTRUCTOR),  # Administrator comes along, in any order
        ("staff", CourseRole.INSTRUCTOR),
        ("global_staff", CourseRole.INSTRUCTOR),
        ("Community TA", CourseRole.TEACHING_ASSISTANT),  # a learner too
        ("student", CourseRole.LEARNER),
    ],
)
def test_e1_roles_are_read_by_precedence(make_course, person, role, ours):
    course = make_course({"noor": role})

    arrived = person(course, "noor").launch()

    assert arrived.response.status_code == 200
    assert arrived.response.url.startswith(course.tool_url)
    subject = course.look()["people"]["noor"]
    assert members(course)[subject][0] is ours


def test_e8_the_login_is_a_get_and_says_nothing_of_a_storage(course, person):
    begun = person(course, "amara").click()

    assert (begun.response.request.method, begun.response.status_code) == ("GET", 200)
    assert begun.response.url.startswith(f"{course.tool_url}/lti/login?")
    assert begun.page.get_element_by_id("lti-login").get("data-storage-target") == ""


def test_e8_a_hint_that_is_forgotten_ends_at_the_platform(course, person):
    amara = person(course, "amara").click()
    question = amara.page.get_element_by_id("lti-login").get("data-next")

    answer = amara.session.get(question.replace("lti_message_hint=", "lti_message_hint=x"))

    assert answer.status_code == 400
    with course.transaction() as db:
        assert db.query(PlatformUser).count() == db.query(RefusedLaunch).count() == 0


@pytest.mark.parametrize("shares", [True, False])
def test_e2_a_launch_works_with_a_name_and_without(course, person, shares):
    course.change(shares_people=shares)

    person(course, "helena").launch()

    ((_role, name),) = members(course).values()
    assert name == ("Helena Peer" if shares else "")


def test_e9_the_course_is_told_apart_by_its_key(make_course, person):
    """The deployment is called 1 in each, and each unit is a client of its own."""
    first, second = make_course(), make_course()

    for course in (first, second):
        person(course, "helena").launch()

    with first.transaction() as db:
        assert first.row(db).id != second.row(db).id
    assert first.registration_id != second.registration_id
    assert len(members(first)) == len(members(second)) == 1


@pytest.mark.parametrize("shares", [True, False])
def test_a_roster_is_read_with_names_and_without(course, person, shares):
    course.change(shares_people=shares)
    person(course, "helena").launch()

    assert read_roster(course) == (RosterSyncState.DONE, None)

    known, found = course.look()["people"], members(course)
    assert set(found) == set(known.values())
    role, name = found[known["amara"]]
    assert role is CourseRole.LEARNER
    assert name == ("Amara Peer" if shares else "")
    assert found[known["helena"]][0] is CourseRole.INSTRUCTOR


def test_e7_a_roster_is_read_page_by_page(make_course, person):
    course = make_course(many(24))
    person(course, "helena").launch()

    assert read_roster(course) == (RosterSyncState.DONE, None)

    assert len(members(course)) == 25
    pages = [asked["url"].partition("?")[2] for asked in course.asked("/memberships")]
    assert pages == ["limit=10", "limit=10&page=2", "limit=10&page=3"]


def test_e7_a_course_that_is_too_large_lives_on_its_launches(make_course, person):
    course = make_course(many(3))
    person(course, "helena").launch()
    course.change(is_large=True)

    state, error = read_roster(course)

    assert (state, "too large" in error) == (RosterSyncState.FAILED, True)
    assert person(course, "learner1").launch().response.status_code == 200
    assert len(members(course)) == 2


def test_the_connection_test_finds_every_permission(course, person):
    person(course, "helena").launch()
    ours = course.tool.extensions["mentoring"]
    work = ours.worker.work

    findings = check_platform(course.transaction, ours.http, work.tokens, course.registration_id)

    assert {"bad", "warning"}.isdisjoint(finding.verdict for finding in findings), findings
    found = {finding.topic: finding.verdict for finding in findings}
    assert found["permission_score"] == found["permission_line_item"] == "good", found
