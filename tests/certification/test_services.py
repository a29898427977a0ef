"""The certification suite's services: what a launch offers is used, in the order it asks for.

A learner opens the tool by the LMS's own page; then come token, roster, column, score and result,
against a platform that shares no code with the tool and counts every call.
"""

from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Course, Membership, Participant, PlatformUser
from lti_mentoring.vocabulary import Component, CourseRole, Scope
from tests.support.enrolled import Enrolled
from tests.support.factories import make_mentee, make_program, make_rubric

LEARNER, TEACHER, ACTIVITY = "Amara Diallo", "Helena Brandt", "Mentoring"


@pytest.fixture
def class_of(campus, frozen_clock):
    """A learner who has launched, in a program with something to grade."""
    learner = Enrolled(campus, LEARNER)
    (coupled,) = campus.sandbox.gradebook.columns(learner.course.id)
    campus.sandbox.gradebook.remove(coupled)
    learner.launch(learner.course.activity_titled(ACTIVITY))
    with campus.database.transaction() as db:
        program = make_program(db, db.scalars(select(Course)).one())
        make_rubric(db, program)
        make_mentee(db, program, member=db.scalars(select(Membership)).one())
    return learner


def earn(campus, component=Component.AGREEMENT):
    with campus.database.transaction() as db:
        mentee = db.scalars(select(Participant)).one()
        ledger.credit(db, mentee.id, component, Decimal(1), "fact", clock.now())
        recompute.participant(db, mentee.id)


def work(campus, frozen_clock):
    for _ in range(3):
        frozen_clock.tick(seconds=25)
        campus.work()


def paths(campus, method):
    """The ends of the addresses that were called so, the first first."""
    calls = [call for call in campus.sandbox.calls if call.method == method]
    return [call.path.partition("?")[0].rsplit("/", 1)[-1] for call in reversed(calls)]


def test_a_launch_offers_the_services_and_the_tool_keeps_where_they_are(campus, class_of):
    with campus.database.reading() as db:
        course = db.scalars(select(Course)).one()

    assert course.memberships_url
    assert course.line_items_url == campus.sandbox.line_items_url(class_of.course.id)
    assert {Scope.LINE_ITEM, Scope.SCORE, Scope.RESULT_READ} <= set(course.ags_scopes.split())


def test_token_then_column_then_score(campus, class_of, frozen_clock):
    earn(campus)

    work(campus, frozen_clock)

    (column,) = campus.sandbox.gradebook.columns(class_of.course.id)
    grade = campus.sandbox.gradebook.grade(column.id, class_of.person.id)
    assert (column.maximum, grade.score > 0) == (100, True)
    posted = paths(campus, "POST")
    assert posted[0] == "token"
    assert posted.index("lineitems") < posted.index("scores")
    assert not [call for call in campus.sandbox.calls if call.failed]


def test_a_changed_score_is_read_before_it_is_written_again(campus, class_of, frozen_clock):
    earn(campus)
    work(campus, frozen_clock)
    campus.sandbox.calls.clear()
    earn(campus, Component.NEEDS)

    work(campus, frozen_clock)

    assert paths(campus, "POST")[-1] == "scores"
    assert "results" in paths(campus, "GET")


def test_tokens_are_kept_as_long_as_they_hold_and_not_asked_for_with_each_call(
    campus, class_of, frozen_clock
):
    for component in (Component.AGREEMENT, Component.NEEDS):
        earn(campus, component)
        work(campus, frozen_clock)
    campus.sandbox.calls.clear()
    earn(campus, Component.ORIENTATION)

    work(campus, frozen_clock)

    assert paths(campus, "POST") == ["scores"]


def test_the_roster_is_read_to_its_last_page(campus, class_of, frozen_clock):
    work(campus, frozen_clock)

    world = campus.sandbox.world
    there = {person.id for person, _enrollment in world.members(class_of.course.id)}
    with campus.database.reading() as db:
        known = set(db.scalars(select(PlatformUser.subject)))
        teachers = set(
            db.scalars(
                select(PlatformUser.name)
                .join(Membership, Membership.user_id == PlatformUser.id)
                .where(Membership.role == CourseRole.INSTRUCTOR)
            )
        )
    assert known == there
    assert TEACHER in teachers
