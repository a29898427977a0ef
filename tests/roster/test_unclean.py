"""Rosters that hold what nobody expects: they harm neither the tables nor the other courses."""

import logging

import pytest

from lti_mentoring.jobs.schedule import sweep
from lti_mentoring.models import Course, PlatformUser, RosterSync
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import roster, roster_changes
from lti_mentoring.vocabulary import CourseRole, MembershipState, Product, RosterSyncState
from tests.roster.conftest import ROSTER, entry
from tests.roster.test_roster import people
from tests.support.canned_platform import LMS
from tests.support.factories import make_course, make_member, make_program
from tests.support.visitor import visit

HALF_A_PAIR = "\ud800"


@pytest.fixture
def broken_tables(monkeypatch):
    """Writing what was read breaks, as a fault of ours would make it; "mended" ends that."""
    write = roster_changes.write_changes

    def breaks(db, course_id, registration_id, changes):
        write(db, course_id, registration_id, changes)
        raise RuntimeError("the name of Ana Souza is in here")

    monkeypatch.setattr(roster, "write_changes", breaks)
    return lambda: monkeypatch.setattr(roster, "write_changes", write)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("An\x00a Souza", "An a Souza"),
        (f"Ana{HALF_A_PAIR} Souza", "Ana  Souza"),
        ("Ana\u202e Souza\x07", "Ana  Souza"),
        ("  Ana\nSouza ", "Ana Souza"),
        ("A" * 300, "A" * 255),
    ],
)
def test_names_are_cleaned_as_in_a_launch(course_roster, database, told, kept):
    course_roster.lists(entry("a", name=told, given_name=told))

    done = course_roster.sync()

    with database.transaction() as db:
        user = db.query(PlatformUser).filter_by(subject="a").one()
        assert (user.name, user.given_name) == (kept, kept)
    assert done.state is RosterSyncState.DONE


def test_a_name_that_is_unfit_only_once_it_is_unescaped_is_cleaned_too(course_roster, database):
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        course.deployment.registration.platform.product = Product.MOODLE
    course_roster.lists(entry("a", given_name="Ana&#x202e;", family_name="O&#39;Brien"))

    course_roster.sync()

    assert people(database)["a"][0] == "Ana O'Brien"


@pytest.mark.parametrize(
    "subject",
    ["a\x00", "b\u202e", f"c{HALF_A_PAIR}", "d" * 256, "", True, 1.5, ["a"], {"id": "a"}],
)
def test_an_entry_with_a_misshapen_id_is_nobody(course_roster, database, subject):
    course_roster.lists(entry("ana"), entry("bo"))
    course_roster.sync()
    course_roster.lists(entry("ana"), entry(subject))

    done = course_roster.sync()

    assert set(people(database)) == {"ana", "bo"}
    assert people(database)["bo"][2] is MembershipState.ACTIVE  # the roster was not whole
    assert (done.state, done.member_count) == (RosterSyncState.DONE, 1)


def test_two_long_ids_that_begin_alike_do_not_become_one_person(course_roster, database):
    longest = "x" * 255
    course_roster.lists(entry(longest, name="Ana"), entry(f"{longest}y", name="Bo"))

    course_roster.sync()

    assert {subject: row[0] for subject, row in people(database).items()} == {longest: "Ana"}


def test_an_error_of_ours_is_noted_and_tried_again_later(
    course_roster, database, frozen_clock, broken_tables
):
    course_roster.lists(entry("a"))

    waiting = course_roster.sync()

    assert (waiting.state, waiting.attempts) == (RosterSyncState.DUE, 1)
    assert waiting.error == "something in it could not be taken in"
    assert people(database) == {}
    broken_tables()
    frozen_clock.tick(minutes=5)
    course_roster.work()
    assert course_roster.latest().state is RosterSyncState.DONE
    assert set(people(database)) == {"a"}


def test_an_error_of_ours_is_given_up_in_the_end(course_roster, frozen_clock, broken_tables):
    course_roster.lists(entry("a"))
    course_roster.sync()

    for _ in range(roster.MOST_ATTEMPTS):
        frozen_clock.tick(hours=7)
        course_roster.work()

    assert course_roster.latest().state is RosterSyncState.FAILED
    assert len(course_roster.platform.requests_to(ROSTER)) == roster.MOST_ATTEMPTS


def test_the_log_says_where_it_broke_and_nothing_of_anybody(course_roster, broken_tables, caplog):
    course_roster.lists(entry("a"))

    with caplog.at_level(logging.ERROR):
        course_roster.sync()

    assert "roster reading 1 failed: RuntimeError at" in caplog.text
    assert "Ana" not in caplog.text


def test_one_roster_that_cannot_be_taken_in_does_not_hold_up_the_next(
    course_roster, database, monkeypatch
):
    course_roster.lists(entry("a"))
    with database.transaction() as db:
        here = db.get_one(Course, course_roster.course_id)
        there = make_course(db, here.deployment, memberships_url=f"{LMS}/there")
        for course in (here, there):
            roster.ask_for_roster(db, Actor.system("test"), course)
        other = there.id
    course_roster.platform.answer("/there", body={"members": [entry("b")]})
    write = roster_changes.write_changes

    def breaks_here(db, course_id, registration_id, changes):
        assert course_id == other
        write(db, course_id, registration_id, changes)

    monkeypatch.setattr(roster, "write_changes", breaks_here)
    sweep(course_roster.worker.work)

    assert set(people(database)) == {"b"}
    assert course_roster.latest().state is RosterSyncState.DUE


def test_a_reading_whose_process_dies_each_time_is_given_up(course_roster, database, frozen_clock):
    course_roster.lists(entry("a"))
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        roster.ask_for_roster(db, Actor.system("test"), course)
    for _ in range(roster.MOST_ATTEMPTS):
        with database.transaction() as db:
            assert roster.claim_due(db)
        frozen_clock.tick(seconds=roster.LEASE_SECONDS + 1)

    with database.transaction() as db:
        assert roster.claim_due(db) is None

    given_up = course_roster.latest()
    assert (given_up.state, given_up.error) == (RosterSyncState.FAILED, roster.BROKEN_OFF)
    assert isinstance(given_up, RosterSync)


@pytest.mark.parametrize(
    ("attempts", "sentence"),
    [
        (1, "could not be read just now. It is tried again by itself"),
        (roster.MOST_ATTEMPTS, "could not be read. Everybody known before is still here"),
    ],
)
def test_the_courses_page_says_that_its_list_could_not_be_read(
    course_roster, app, frozen_clock, broken_tables, attempts, sentence
):
    with course_roster.database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        teacher = make_member(db, course, role=CourseRole.INSTRUCTOR).id
        make_program(db, course, posts_engagement=False)
    course_roster.lists(entry("a"))
    course_roster.sync()
    for _ in range(attempts - 1):
        frozen_clock.move_to(course_roster.latest().next_at)
        course_roster.work()

    assert sentence in visit(app, teacher).get("/people").text
