"""A roster of which not everything could be read: nobody leaves, and the page says so."""

import pytest

from lti_mentoring.models import Course
from lti_mentoring.services import roster
from lti_mentoring.vocabulary import CourseRole, RosterSyncState
from tests.roster.conftest import entry
from tests.support.factories import make_member, make_program
from tests.support.visitor import visit

TOLD = "nobody was taken off, even if somebody has left"


@pytest.fixture
def read_partly(course_roster, database):
    """Somebody has left, and another entry has no id; the reading's row."""
    with database.transaction() as db:
        make_program(db, db.get_one(Course, course_roster.course_id))
    course_roster.lists(entry("a", name="Ana"), entry("b", name="Rui"))
    course_roster.sync()
    course_roster.lists(entry("a", name="Ana"), {"roles": ["Learner"]})
    return course_roster.sync()


def page_for(app, database, course_roster, role):
    with database.transaction() as db:
        member = make_member(db, db.get_one(Course, course_roster.course_id), role=role).id
    return visit(app, member).get("/people")


def test_a_reading_that_was_not_whole_notes_it_and_lets_nobody_go(read_partly):
    assert read_partly.state is RosterSyncState.DONE
    assert read_partly.error == roster.NOT_WHOLE
    assert read_partly.removed_count == 0


def test_the_page_of_people_says_so_and_what_to_do_next(app, database, course_roster, read_partly):
    teacher = page_for(app, database, course_roster, CourseRole.INSTRUCTOR)

    assert TOLD in teacher.text
    assert "Read it again. If this stays, tell the administrator of the LMS" in teacher.text
    assert teacher.submit("Read it again").status == 200


def test_an_assistant_is_told_who_can_help(app, database, course_roster, read_partly):
    assistant = page_for(app, database, course_roster, CourseRole.TEACHING_ASSISTANT)

    assert TOLD in assistant.text
    assert "A teacher of the course can have it read again." in assistant.text


def test_a_whole_reading_says_nothing_of_the_kind(app, database, course_roster, read_partly):
    course_roster.lists(entry("a", name="Ana"), entry("b", name="Rui"))
    done = course_roster.sync()

    teacher = page_for(app, database, course_roster, CourseRole.INSTRUCTOR)

    assert done.error is None
    assert TOLD not in teacher.text
