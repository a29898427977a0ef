"""Groups in a roster: they appear, stay, and vanish with the reading that no longer tells them."""

import pytest
from sqlalchemy import event, select

from lti_mentoring.models import Course, Membership, PlatformUser
from lti_mentoring.rules.groups import Group, read, write
from tests.roster.conftest import ROSTER, WRITES_PEOPLE, entry
from tests.support.canned_platform import LMS
from tests.support.factories import make_member

A, B = {"group_id": "17", "group_name": "Tutorial A"}, {"group_id": "18"}


def groups_of(database, subject):
    with database.transaction() as db:
        found = select(Membership.groups).join(PlatformUser).where(PlatformUser.subject == subject)
        return read(db.scalars(found).one())


def launched(database, course_roster, subject, *groups):
    """Somebody whose launch told these groups."""
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        make_member(db, course, groups=write(groups)).user.subject = subject


def test_new_people_come_with_their_groups(course_roster, database):
    course_roster.lists(entry("a", group_enrollments=[B, A]), entry("b"))

    course_roster.sync()

    assert groups_of(database, "a") == (Group("17", "Tutorial A"), Group("18"))
    assert groups_of(database, "b") == ()


def test_a_group_that_somebody_left_is_gone_with_the_next_reading(course_roster, database):
    course_roster.lists(entry("a", group_enrollments=[A, B]))
    course_roster.sync()
    course_roster.lists(entry("a", group_enrollments=[B]))

    done = course_roster.sync()

    assert groups_of(database, "a") == (Group("18"),)
    assert done.changed_count == 1


@pytest.mark.parametrize("said", [{}, {"group_enrollments": None}, {"group_enrollments": 5}])
def test_a_roster_without_groups_leaves_what_the_launch_told(course_roster, database, said):
    launched(database, course_roster, "a", Group("17"))
    course_roster.lists(entry("a", name="Ana Souza", **said))

    course_roster.sync()

    assert groups_of(database, "a") == (Group("17"),)


def test_an_empty_list_means_no_group(course_roster, database):
    launched(database, course_roster, "a", Group("17"))
    course_roster.lists(entry("a", group_enrollments=[]))

    course_roster.sync()

    assert groups_of(database, "a") == ()


def test_a_reading_that_breaks_off_changes_no_groups(course_roster, database):
    course_roster.lists(entry("a", group_enrollments=[A]))
    course_roster.sync()
    more = f'<{LMS}{ROSTER}/more>; rel="next"'
    people = {"members": [entry("a", group_enrollments=[])]}
    course_roster.platform.instead(ROSTER, body=people, Link=more)
    course_roster.platform.instead(f"{ROSTER}/more", status=404)

    course_roster.sync()

    assert groups_of(database, "a") == (Group("17", "Tutorial A"),)


def test_the_same_groups_in_another_order_write_nobody(course_roster, database):
    course_roster.lists(*(entry(f"u{n}", group_enrollments=[A, B]) for n in range(50)))
    course_roster.sync()
    course_roster.lists(*(entry(f"u{n}", group_enrollments=[B, A]) for n in range(50)))
    statements = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )

    course_roster.sync()

    assert not [statement for statement in statements if WRITES_PEOPLE.match(statement)]
