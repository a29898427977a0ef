"""Readings of the roster: asked for, tried again, refused, taken over."""

from lti_mentoring.models import Course
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import roster
from lti_mentoring.services.roster_changes import Staged
from lti_mentoring.vocabulary import RosterSyncState
from tests.roster.conftest import INSTRUCTOR, ROSTER, entry
from tests.roster.test_roster import people
from tests.support.canned_platform import LMS
from tests.support.factories import make_course


def test_a_roster_that_breaks_off_changes_nothing(course_roster, database):
    course_roster.lists(entry("a"))
    course_roster.sync()
    link = f'<{LMS}/rest>; rel="next"'
    course_roster.platform.instead(ROSTER, body={"members": [entry("b")]}, Link=link)
    course_roster.platform.answer("/rest", 500)

    waiting = course_roster.sync()

    assert set(people(database)) == {"a"}
    assert waiting.state is RosterSyncState.DUE
    assert waiting.error == "the LMS cannot answer just now"


def test_a_failed_reading_is_tried_again_later_and_given_up_in_the_end(course_roster, frozen_clock):
    course_roster.platform.answer(ROSTER, 503)
    course_roster.sync()

    for _ in range(roster.MOST_ATTEMPTS):
        frozen_clock.tick(hours=7)
        course_roster.work()

    assert course_roster.latest().state is RosterSyncState.FAILED
    assert len(course_roster.platform.requests_to(ROSTER)) == roster.MOST_ATTEMPTS


def test_a_refused_roster_is_not_asked_for_again(course_roster, frozen_clock):
    course_roster.platform.answer(ROSTER, 404)

    refused = course_roster.sync()
    frozen_clock.tick(days=1)
    course_roster.work()

    assert refused.state is RosterSyncState.FAILED
    assert "the LMS does not have this" in refused.error
    assert len(course_roster.platform.requests_to(ROSTER)) == 1


def test_what_waits_is_not_asked_for_twice(course_roster, db):
    course = db.get_one(Course, course_roster.course_id)

    first = roster.ask_for_roster(db, Actor.system("launch"), course)
    second = roster.ask_for_roster(db, Actor.system("launch"), course)

    assert first is second


def test_a_person_does_not_wait_for_a_back_off(course_roster, database, frozen_clock):
    course_roster.platform.answer(ROSTER, 503)
    course_roster.platform.answer(ROSTER, body={"members": [entry("a")]})
    course_roster.sync()
    with database.transaction() as db:
        roster.ask_for_roster(db, INSTRUCTOR, db.get_one(Course, course_roster.course_id))

    course_roster.work()

    assert course_roster.latest().state is RosterSyncState.DONE


def test_a_course_without_the_service_has_no_roster_to_ask_for(db):
    course = make_course(db, with_services=False)

    assert roster.ask_for_roster(db, Actor.system("launch"), course) is None


def test_a_reading_that_another_process_has_taken_over_is_thrown_away(
    course_roster, database, frozen_clock
):
    course_roster.lists(entry("a"))
    with database.transaction() as db:
        roster.ask_for_roster(db, Actor.system("t"), db.get_one(Course, course_roster.course_id))
        slow = roster.claim_due(db)
    assert slow is not None
    frozen_clock.tick(seconds=roster.LEASE_SECONDS + 1)
    course_roster.work()

    with database.transaction() as db:
        late = roster.apply_reading(db, slow, Staged(), complete=True, guard_percent=50)

    assert late is None
    assert course_roster.latest().member_count == 1
