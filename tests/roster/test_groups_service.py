"""Groups by a service of their own (LTI-143): names for ids, and who is in which."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import Course, Membership, PlatformUser, Program
from lti_mentoring.rules.groups import Group, read, write
from tests.roster.conftest import entry
from tests.support.campus import make_campus
from tests.support.canned_platform import LMS
from tests.support.enrolled import Enrolled
from tests.support.factories import make_mentee, make_program

GROUPS = "/groups"
A, B = {"id": "17", "name": "Tutorial A"}, {"id": "18", "name": "Tutorial B"}


@pytest.fixture
def grouped(course_roster):
    """A course whose platform has the service; ``groups`` says what it answers."""
    with course_roster.database.transaction() as db:
        db.get_one(Course, course_roster.course_id).groups_url = f"{LMS}{GROUPS}"
    course_roster.platform.answer(GROUPS, body={"groups": [A, B]})
    return course_roster


def groups_of(database, subject):
    with database.reading() as db:
        found = select(Membership.groups).join(PlatformUser).where(PlatformUser.subject == subject)
        return read(db.scalars(found).one())


def take_part(grouped, subject):
    """Somebody of the course is in its program."""
    with grouped.database.transaction() as db:
        course = db.get_one(Course, grouped.course_id)
        course.line_items_url = None
        mentee = make_mentee(db, make_program(db, course))
        mentee.membership.user.subject = subject


def test_groups_that_the_roster_tells_by_id_get_their_names(grouped):
    grouped.lists(entry("a", group_enrollments=[{"group_id": "17"}]), entry("b"))

    grouped.sync()

    assert groups_of(grouped.database, "a") == (Group("17", "Tutorial A"),)
    assert groups_of(grouped.database, "b") == ()


def test_where_the_roster_tells_none_participants_are_asked_about_one_by_one(grouped):
    take_part(grouped, "a")
    grouped.lists(entry("a"), entry("b"))
    grouped.platform.instead(GROUPS, body={"groups": [A, B]})
    grouped.platform.answer(GROUPS, body={"groups": [B]})

    grouped.sync()

    assert groups_of(grouped.database, "a") == (Group("18", "Tutorial B"),)
    asked = [each.query for each in grouped.platform.requests_to(GROUPS)]
    assert asked == [{}, {"user_id": ["a"]}]


def test_where_a_program_is_for_some_groups_every_learner_is_asked_about(grouped):
    """Else nobody who is new could ever be known to be in one of them."""
    take_part(grouped, "a")
    with grouped.database.transaction() as db:
        db.scalars(select(Program)).one().audience_groups = write([Group("18")])
    people = [entry("a"), entry("b"), entry("c", role="Instructor")]
    grouped.lists(*people)
    grouped.sync()
    grouped.platform.answer(GROUPS, body={"groups": [B]})

    grouped.sync()

    assert groups_of(grouped.database, "b") == (Group("18", "Tutorial B"),)
    assert groups_of(grouped.database, "c") == ()


def test_the_course_keeps_all_groups_that_the_service_lists(grouped):
    grouped.lists(entry("a"))

    grouped.sync()

    with grouped.database.reading() as db:
        known = read(db.get_one(Course, grouped.course_id).groups)
    assert known == (Group("17", "Tutorial A"), Group("18", "Tutorial B"))


@pytest.mark.parametrize(
    "trouble", [{"status": 403}, {"status": 500}, {"body": b"<html>"}, {"body": {"groups": 7}}]
)
def test_groups_that_cannot_be_read_keep_no_roster_back(grouped, trouble):
    grouped.lists(entry("a", group_enrollments=[{"group_id": "17"}]))
    grouped.platform.instead(GROUPS, **trouble)

    done = grouped.sync()

    assert done.added_count == 1


def test_odd_entries_are_passed_over(grouped):
    grouped.lists(entry("a", group_enrollments=["17", "19"]))
    odd = [None, 7, {}, {"id": ""}, {"id": 19, "name": ["x"]}, A]
    grouped.platform.instead(GROUPS, body={"groups": odd})

    grouped.sync()

    assert groups_of(grouped.database, "a") == (Group("17", "Tutorial A"), Group("19"))


def test_s8_a_next_page_that_is_not_there_ends_the_list(grouped):
    grouped.lists(entry("a", group_enrollments=["17"]))
    link = f'<{LMS}/misspelled?start=2>; rel="next"'
    grouped.platform.instead(GROUPS, body={"groups": [A]}, Link=link)
    grouped.platform.answer("/misspelled", 404)

    grouped.sync()

    assert groups_of(grouped.database, "a") == (Group("17", "Tutorial A"),)


@pytest.mark.parametrize("accent", ["blackboard", "sakai"])
def test_groups_arrive_from_an_lms_that_has_the_service(settings, database, frozen_clock, accent):
    campus = make_campus(settings, database, accent=accent)
    helena, amara = Enrolled(campus, "Helena Brandt"), Enrolled(campus, "Amara Diallo")
    enrollment = helena.course.enrollments[amara.person.id]
    assert enrollment.groups
    helena.launch(helena.course.activities[0])
    amara.launch(helena.course.activities[0])
    with database.transaction() as db:
        member = db.scalars(
            select(Membership).join(PlatformUser).where(PlatformUser.subject == amara.person.id)
        ).one()
        make_mentee(db, make_program(db, member.course), member=member)
    campus.work()
    frozen_clock.tick(days=2)

    campus.work()

    told = {group.id: group.name for group in groups_of(database, amara.person.id)}
    assert told == {each: helena.course.groups[each] for each in enrollment.groups}
