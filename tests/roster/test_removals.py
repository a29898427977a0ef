"""Many who would leave at once: they stay until a coordinator has said so."""

import pytest
from sqlalchemy import select

from lti_mentoring.core.errors import Conflict, NotAllowed
from lti_mentoring.models import Activity, Course, RosterSync
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import roster
from lti_mentoring.vocabulary import CourseRole, MembershipState, RosterSyncState, Verb
from tests.roster.conftest import INSTRUCTOR, entry
from tests.roster.test_roster import people

TEN = [entry(f"u{n}") for n in range(10)]


def almost_everybody_leaves(course_roster):
    """Of ten people the roster lists one now; that reading, which waits."""
    course_roster.lists(*TEN)
    course_roster.sync()
    course_roster.lists(TEN[0])
    return course_roster.sync()


def test_many_who_leave_at_once_wait_for_a_person(course_roster, database):
    course_roster.lists(*TEN)
    course_roster.sync()
    course_roster.lists(entry("u0"), entry("new"))

    held = course_roster.sync()

    states = [row[2] for row in people(database).values()]
    assert held.state is RosterSyncState.HELD
    assert states == [MembershipState.ACTIVE] * 11
    with database.transaction() as db:
        noted = db.scalars(select(Activity).where(Activity.verb == Verb.ROSTER_HELD)).one()
        assert noted.detail == "9"


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_many_who_are_suspended_at_once_wait_for_a_person_too(course_roster, database, status):
    everybody = [entry(f"u{n}") for n in range(20)]
    course_roster.lists(*everybody)
    course_roster.sync()
    course_roster.lists(*(entry(f"u{n}", "Instructor", status=status) for n in range(20)))

    held = course_roster.sync()

    assert held.state is RosterSyncState.HELD
    assert {row[1:] for row in people(database).values()} == {
        (CourseRole.INSTRUCTOR, MembershipState.ACTIVE)
    }
    with database.transaction() as db:
        noted = db.scalars(select(Activity).where(Activity.verb == Verb.ROSTER_HELD)).one()
        assert noted.detail == "20"
        roster.confirm_removals(db, INSTRUCTOR, db.get_one(RosterSync, held.id))
    course_roster.work()
    assert MembershipState.ACTIVE not in {row[2] for row in people(database).values()}


def test_the_missing_and_the_suspended_count_together(course_roster, database):
    course_roster.lists(*TEN)
    course_roster.sync()
    stay = [entry(f"u{n}") for n in range(4)]
    suspended = [entry(f"u{n}", status="Inactive") for n in range(4, 7)]
    course_roster.lists(*stay, *suspended)

    held = course_roster.sync()

    assert held.state is RosterSyncState.HELD
    assert {row[2] for row in people(database).values()} == {MembershipState.ACTIVE}


def test_who_was_inactive_before_does_not_count_as_leaving(course_roster, database):
    course_roster.lists(
        *(entry(f"u{n}") for n in range(4)),
        *(entry(f"x{n}", status="Inactive") for n in range(8)),
    )
    course_roster.sync()
    course_roster.lists(*(entry(f"u{n}") for n in range(4)))

    done = course_roster.sync()

    assert done.state is RosterSyncState.DONE
    assert people(database)["x0"][2] is MembershipState.GONE


def test_after_a_coordinators_yes_they_leave(course_roster, database):
    held = almost_everybody_leaves(course_roster)

    with database.transaction() as db:
        roster.confirm_removals(db, INSTRUCTOR, db.get_one(RosterSync, held.id))
    course_roster.work()

    assert course_roster.latest().removed_count == 9


def test_after_a_coordinators_no_everybody_stays(course_roster, database):
    held = almost_everybody_leaves(course_roster)

    with database.transaction() as db:
        roster.dismiss_removals(db, INSTRUCTOR, db.get_one(RosterSync, held.id))
        with pytest.raises(Conflict):
            roster.dismiss_removals(db, INSTRUCTOR, db.get_one(RosterSync, held.id))

    assert course_roster.latest().state is RosterSyncState.DONE
    assert {row[2] for row in people(database).values()} == {MembershipState.ACTIVE}


def test_a_whole_reading_answers_older_questions(course_roster, database):
    held = almost_everybody_leaves(course_roster)
    course_roster.lists(*TEN)
    course_roster.sync()

    with database.transaction() as db:
        assert db.get_one(RosterSync, held.id).state is RosterSyncState.DONE


def test_only_coordinators_let_many_people_leave(course_roster, db):
    learner = Actor(course_id=1, role=CourseRole.LEARNER)

    with pytest.raises(NotAllowed):
        roster.confirm_removals(db, learner, RosterSync(state=RosterSyncState.HELD))
    with pytest.raises(NotAllowed):
        roster.ask_for_roster(db, learner, Course())
