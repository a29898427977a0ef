"""What a reading of the roster makes of the people: who they are, what they may, who is gone."""

import pytest
from sqlalchemy import event, select

from lti_mentoring.models import Course, Membership, PlatformUser
from lti_mentoring.vocabulary import CourseRole, MembershipState, RosterSyncState
from tests.roster.conftest import ROSTER, WRITES_PEOPLE, entry
from tests.support.factories import make_course, make_member


def people(database):
    """Everybody's name, role and state, by subject."""
    with database.transaction() as db:
        rows = db.execute(
            select(PlatformUser.subject, PlatformUser.name, Membership.role, Membership.state).join(
                Membership
            )
        )
        return {row.subject: tuple(row[1:]) for row in rows}


def launch(database, course_roster, subject, role=CourseRole.LEARNER, **facts):
    """Somebody opens the tool now."""
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        member = make_member(db, course, role=role, **facts)
        member.user.subject = subject
        return member.id


def test_people_on_the_roster_become_members(course_roster, database):
    course_roster.lists(
        entry("a", name="Ana Souza", given_name="Ana", email="ana@example.edu"),
        entry("t", "Instructor", name="Tea Teacher"),
    )

    done = course_roster.sync()

    assert people(database) == {
        "a": ("Ana Souza", CourseRole.LEARNER, MembershipState.ACTIVE),
        "t": ("Tea Teacher", CourseRole.INSTRUCTOR, MembershipState.ACTIVE),
    }
    assert (done.state, done.member_count, done.added_count) == (RosterSyncState.DONE, 2, 2)


def test_reading_the_same_roster_again_writes_nobody(course_roster, database):
    course_roster.lists(*(entry(f"u{n}", name=f"Person {n}") for n in range(50)))
    course_roster.sync()
    statements = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )

    course_roster.sync()

    assert not [statement for statement in statements if WRITES_PEOPLE.match(statement)]


def test_names_follow_the_roster_but_are_kept_where_it_withholds_them(course_roster, database):
    course_roster.lists(entry("a", name="Ana"), entry("b", name="Bo"))
    course_roster.sync()
    course_roster.lists(entry("a", name="Ana Maria"), entry("b"))
    course_roster.sync()

    assert people(database)["a"][0] == "Ana Maria"
    assert people(database)["b"][0] == "Bo"


def test_who_launched_before_is_the_same_person_on_the_roster(course_roster, database):
    launch(database, course_roster, "a", name="Ana Souza")
    course_roster.lists(entry("a", name="Ana Souza"))

    done = course_roster.sync()

    assert (done.added_count, len(people(database))) == (0, 1)


def test_who_is_known_from_another_course_is_the_same_person(course_roster, database):
    with database.transaction() as db:
        here = db.get_one(Course, course_roster.course_id)
        elsewhere = make_course(db, here.deployment)
        make_member(db, elsewhere, name="Old Name").user.subject = "a"
    course_roster.lists(entry("a", name="New Name"))

    course_roster.sync()

    with database.transaction() as db:
        assert db.scalars(select(PlatformUser.name)).all() == ["New Name"]


def test_a_teacher_whom_moodles_roster_calls_a_learner_stays_a_teacher(course_roster, database):
    """M6."""
    launch(database, course_roster, "t", CourseRole.INSTRUCTOR)
    course_roster.lists(entry("t"))

    course_roster.sync()
    course_roster.sync()

    assert people(database)["t"][1] is CourseRole.INSTRUCTOR


def test_a_teacher_who_becomes_a_learner_on_the_roster_loses_rights_at_once(
    course_roster, database, frozen_clock
):
    launch(database, course_roster, "t", CourseRole.INSTRUCTOR)
    course_roster.lists(entry("t", "Instructor"))
    course_roster.sync()
    frozen_clock.tick(minutes=1)
    course_roster.lists(entry("t"))
    course_roster.sync()

    assert people(database)["t"][1] is CourseRole.LEARNER


def test_who_disappears_is_gone_and_comes_back(course_roster, database, frozen_clock):
    """M8: suspended people are absent."""
    course_roster.lists(entry("a"), entry("b"))
    course_roster.sync()
    course_roster.lists(entry("a"))
    gone = course_roster.sync()
    after = people(database)["b"][2]
    course_roster.lists(entry("a"), entry("b"))
    course_roster.sync()

    assert (gone.removed_count, after) == (1, MembershipState.GONE)
    assert people(database)["b"][2] is MembershipState.ACTIVE


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Inactive", MembershipState.INACTIVE),
        ("Deleted", MembershipState.GONE),
        ("ACTIVE", MembershipState.ACTIVE),
        ("whatever", MembershipState.ACTIVE),
    ],
)
def test_a_status_is_taken_over(course_roster, database, status, state):
    course_roster.lists(entry("a"))
    course_roster.sync()
    course_roster.lists(entry("a", status=status))
    course_roster.sync()

    assert people(database)["a"][2] is state


def test_staff_whom_no_roster_ever_listed_stay(course_roster, database, frozen_clock):
    launch(database, course_roster, "t", CourseRole.INSTRUCTOR)
    launch(database, course_roster, "old")
    launch(database, course_roster, "preview", is_test_user=True)
    frozen_clock.tick(hours=1)
    course_roster.lists(entry("a"))

    course_roster.sync()

    states = {subject: row[2] for subject, row in people(database).items()}
    assert states["t"] is MembershipState.ACTIVE
    assert states["preview"] is MembershipState.ACTIVE
    assert states["old"] is MembershipState.GONE


def test_who_launches_while_the_roster_is_read_stays(course_roster, database):
    course_roster.lists(entry("a"))
    launch(database, course_roster, "new")  # at the very moment at which the reading begins

    course_roster.sync()

    assert people(database)["new"][2] is MembershipState.ACTIVE


@pytest.mark.parametrize("body", [b"", b'{"members": []}'])
def test_an_empty_roster_sends_nobody_away(course_roster, database, body):
    """S3; LTI-98."""
    course_roster.lists(entry("a"))
    course_roster.sync()
    course_roster.platform.instead(ROSTER, body=body)

    done = course_roster.sync()

    assert done.state is RosterSyncState.DONE
    assert people(database)["a"][2] is MembershipState.ACTIVE
