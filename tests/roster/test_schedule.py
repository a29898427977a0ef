"""Rosters are read by themselves, though nobody opens the tool."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from lti_mentoring.jobs.work import ask_for_rosters
from lti_mentoring.models import Course, Platform, Program, RosterSync
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import roster
from lti_mentoring.vocabulary import MembershipState, Product, ProgramState, RosterSyncState
from tests.roster.conftest import ROSTER, entry
from tests.roster.test_roster import people
from tests.support.factories import make_course, make_program

HOURS = 12  # the default


def begin_program(course_roster, state=ProgramState.RUNNING):
    with course_roster.database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        make_program(db, course, state=state, posts_engagement=False)


def asked(course_roster):
    return len(course_roster.platform.requests_to(ROSTER))


def ask(course_roster):
    """One minute's asking, without the reading."""
    return ask_for_rosters(course_roster.worker.work)


def test_who_leaves_is_gone_the_same_day_though_nobody_opens_the_tool(
    course_roster, database, frozen_clock
):
    begin_program(course_roster)
    course_roster.lists(entry("a"), entry("b"))
    course_roster.sync()
    course_roster.lists(entry("a"))

    for _ in range(24):
        frozen_clock.tick(hours=1)
        course_roster.work()

    assert people(database)["b"][2] is MembershipState.GONE
    assert asked(course_roster) == 3  # the first time, and twice a day


@pytest.mark.parametrize(
    ("product", "after_hours"), [(Product.BLACKBOARD, 24), (Product.OTHER, 12)]
)
def test_b8_where_calls_are_few_a_roster_is_read_once_a_day(
    course_roster, frozen_clock, product, after_hours
):
    begin_program(course_roster)
    with course_roster.database.transaction() as db:
        db.query(Platform).update({"product": product})
    course_roster.lists(entry("a"))
    course_roster.sync()
    frozen_clock.tick(hours=after_hours - 1)
    assert ask(course_roster) == 0

    frozen_clock.tick(hours=1)

    assert ask(course_roster) == 1


def test_a_roster_that_was_read_lately_is_left_alone(course_roster, frozen_clock):
    begin_program(course_roster)
    course_roster.lists(entry("a"))
    course_roster.sync()
    frozen_clock.tick(hours=HOURS - 1)

    assert ask(course_roster) == 0
    frozen_clock.tick(hours=1)
    assert ask(course_roster) == 1
    assert ask(course_roster) == 0  # it waits


@pytest.mark.parametrize(
    ("state", "count"),
    [
        (ProgramState.DRAFT, 1),
        (ProgramState.RECRUITING, 1),
        (ProgramState.RUNNING, 1),
        (ProgramState.PAUSED, 1),
        (ProgramState.CLOSING, 1),
        (ProgramState.CLOSED, 0),
        (ProgramState.CANCELLED, 0),
    ],
)
def test_only_courses_whose_program_goes_on_are_read(course_roster, state, count):
    begin_program(course_roster, state)

    assert ask(course_roster) == count


def test_a_course_without_a_program_or_without_the_service_is_not_read(course_roster, database):
    with database.transaction() as db:
        make_program(db, make_course(db, with_services=False))

    assert ask(course_roster) == 0


def test_what_the_lms_refuses_is_asked_for_twice_a_day_at_most(course_roster, frozen_clock):
    begin_program(course_roster)
    course_roster.platform.answer(ROSTER, 404)
    course_roster.work()

    for _ in range(24 * 2 - 1):
        frozen_clock.tick(hours=1)
        course_roster.work()

    assert asked(course_roster) == 4
    assert course_roster.latest().state is RosterSyncState.FAILED


def test_many_courses_are_read_some_at_a_time_who_waited_longest_first(
    course_roster, database, frozen_clock
):
    begin_program(course_roster)
    with database.transaction() as db:
        for hours in range(3 * roster.COURSES_AT_ONCE):
            read_at = frozen_clock.now - timedelta(hours=HOURS + hours)
            course = make_course(db, roster_read_at=read_at)
            make_program(db, course)
        oldest = course.id

    assert ask(course_roster) == roster.COURSES_AT_ONCE
    with database.transaction() as db:
        first = db.scalars(select(RosterSync.course_id)).all()
    assert {course_roster.course_id, oldest} <= set(first)  # one of them was never read
    assert oldest - 2 * roster.COURSES_AT_ONCE not in first
    assert [ask(course_roster) for _ in range(4)] == [20, 20, 1, 0]


def test_asking_is_one_statement_however_many_courses_there_are(course_roster, database):
    with database.transaction() as db:
        for _ in range(10):
            make_program(db, make_course(db))
    statements = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )

    ask(course_roster)

    assert len([s for s in statements if not s.startswith(("BEGIN", "PRAGMA"))]) == 1


def test_a_question_that_nobody_answers_is_asked_anew_with_the_next_list(
    course_roster, database, frozen_clock
):
    begin_program(course_roster)
    everybody = [entry(f"u{n}") for n in range(10)]
    course_roster.lists(*everybody)
    course_roster.sync()
    course_roster.lists(entry("u0"))
    first = course_roster.sync()
    frozen_clock.tick(hours=HOURS)
    course_roster.work()
    second = course_roster.latest()

    with database.transaction() as db:
        assert db.get_one(RosterSync, first.id).state is RosterSyncState.DONE
    assert (second.state, second.id != first.id) == (RosterSyncState.HELD, True)
    course_roster.lists(*everybody)
    frozen_clock.tick(hours=HOURS)
    course_roster.work()
    assert course_roster.latest().state is RosterSyncState.DONE
    assert {row[2] for row in people(database).values()} == {MembershipState.ACTIVE}


def test_who_asks_by_hand_finds_what_the_clock_has_asked_for(course_roster, database):
    begin_program(course_roster)
    ask(course_roster)

    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        roster.ask_for_roster(db, Actor.system("test"), course)

    with database.transaction() as db:
        assert len(db.scalars(select(RosterSync)).all()) == 1
        assert db.scalars(select(Program)).one().course_id == course_roster.course_id


def test_a_claim_takes_one_reading_however_many_are_due(course_roster, database):
    with database.transaction() as db:
        here = db.get_one(Course, course_roster.course_id)
        for course in (here, *(make_course(db, here.deployment) for _ in range(3))):
            roster.ask_for_roster(db, Actor.system("test"), course)

    with database.transaction() as db:
        assert roster.claim_due(db)

    with database.reading() as db:
        states = sorted(db.scalars(select(RosterSync.state)))
    assert states == ["due", "due", "due", "running"]
