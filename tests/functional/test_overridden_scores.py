"""A grade that somebody changed in the LMS, as staff and the learner are told of it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Activity, ScorePublication
from lti_mentoring.vocabulary import Component, CourseRole, LineItemKind, PublicationState, Verb
from tests.support.factories import (
    make_course,
    make_line_item,
    make_member,
    make_mentee,
    make_program,
)
from tests.support.visitor import visit

SHOWS = "The LMS shows 90 of 100"
COUNTS = "The LMS shows 90 of 100; the tool counts"


@pytest.fixture
def learner(db, program, frozen_clock):
    """A learner whose 90 of 100 is not from the tool."""
    mentee = make_mentee(db, program, name="Amara Nwosu")
    make_line_item(db, program)
    ledger.credit(db, mentee.id, Component.NEEDS, Decimal(1), "intake:1", clock.now())
    recompute.participant(db, mentee.id)
    cell = db.scalars(select(ScorePublication)).one()
    cell.state = PublicationState.OVERRIDDEN
    cell.lms_score, cell.lms_maximum = Decimal(90), Decimal(100)
    cell.sent_score, cell.sent_maximum, cell.sent_at = Decimal(10), Decimal(100), clock.now()
    return mentee


def state(db):
    db.expire_all()
    return db.scalars(select(ScorePublication.state)).one()


def test_staff_find_it_from_the_page_of_the_day(staff, learner):
    teacher = staff().get("/today")
    assert "1 grade was changed in the LMS" in teacher.text

    teacher.get("/engagement?state=overridden")

    assert "Amara Nwosu" in teacher.text
    assert SHOWS in teacher.text


def test_nobody_else_is_listed_as_changed(staff, learner, db, program):
    make_mentee(db, program, name="Bo Chen")

    assert "Bo Chen" not in staff().get("/engagement?state=overridden").text


def test_one_button_resumes_and_says_before_what_it_does(staff, learner, db):
    teacher = staff().get(f"/engagement/{learner.id}")
    assert COUNTS in teacher.text
    assert "in place of that grade" in teacher.text

    teacher.submit("Resume sending")

    assert state(db) is PublicationState.PENDING
    assert db.scalars(select(ScorePublication.resumed_at)).one() is not None
    assert db.scalar(select(Activity.id).where(Activity.verb == Verb.SCORE_RESUMED)) is not None
    assert "Resume sending" not in teacher.get(f"/engagement/{learner.id}").text


def test_resuming_twice_changes_nothing(staff, learner, db):
    teacher = staff().get(f"/engagement/{learner.id}")
    before = teacher.page
    teacher.submit("Resume sending")
    teacher.page = before

    teacher.submit("Resume sending")

    assert "is being sent already" in teacher.text


def test_an_assistant_sees_it_and_has_no_button(staff, learner):
    page = staff(CourseRole.TEACHING_ASSISTANT).get(f"/engagement/{learner.id}").text

    assert COUNTS in page
    assert "Resume sending" not in page


def test_a_changed_completion_is_found_as_well(staff, learner, db, program):
    cell = db.scalars(select(ScorePublication)).one()
    cell.state = PublicationState.SENT
    column = make_line_item(db, program, kind=LineItemKind.COMPLETION)
    values = {"score_given": 1, "score_maximum": 1, "lms_score": 0, "lms_maximum": 1}
    moment = {"scored_at": clock.now(), "next_at": clock.now()}
    db.add(
        ScorePublication(
            line_item_id=column.id,
            participant_id=learner.id,
            activity_progress=cell.activity_progress,
            state=PublicationState.OVERRIDDEN,
            **values,
            **moment,
        )
    )
    teacher = staff().get("/engagement?state=overridden")
    assert "Amara Nwosu" in teacher.text

    assert "In the column “completed”" in teacher.click("Amara Nwosu").text


def test_a_learner_is_told_nothing_false(app, learner, db):
    db.commit()

    page = visit(app, learner.membership_id).get("/my-engagement").text

    assert "90 of 100" in page
    assert "The grade was changed in the course" in page
    assert "sent " not in page.split("What my teacher sees")[1].split("In this program")[0].replace(
        "nothing is sent over it", ""
    )


def test_after_resuming_a_learner_reads_what_was_sent_last(app, learner, db):
    cell = db.scalars(select(ScorePublication)).one()
    cell.state, cell.resumed_at = PublicationState.SENT, clock.now()
    db.commit()

    page = visit(app, learner.membership_id).get("/my-engagement").text

    assert "Last sent" in page
    assert "In the gradebook" not in page


def test_another_courses_staff_cannot_resume(app, learner, db):
    stranger = make_member(db, make_program(db, make_course(db)).course, role=CourseRole.INSTRUCTOR)
    db.commit()

    visit(app, stranger.id).get(f"/engagement/{learner.id}")

    assert state(db) is PublicationState.OVERRIDDEN
