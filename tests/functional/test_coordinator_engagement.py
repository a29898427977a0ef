"""The coordinator's page on engagement: scores that wait or are refused, and what is let off."""

from decimal import Decimal

from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Exemption, ScorePublication
from lti_mentoring.vocabulary import Component, CourseRole, PublicationState
from tests.support.factories import (
    make_course,
    make_line_item,
    make_member,
    make_mentee,
    make_program,
)
from tests.support.visitor import visit


def with_refused_score(db, program):
    mentee = make_mentee(db, program, name="Amara Nwosu")
    make_line_item(db, program)
    ledger.credit(db, mentee.id, Component.NEEDS, Decimal(1), "intake:1", clock.now())
    recompute.participant(db, mentee.id)
    cell = db.scalars(select(ScorePublication)).one()
    cell.state, cell.error = PublicationState.BLOCKED, "User is not gradable"
    return mentee


def test_a_refused_score_says_why_and_is_sent_again(staff, db, program):
    with_refused_score(db, program)
    teacher = staff().get("/today").click("Resolve")
    reason = teacher.text

    teacher.submit("Send the score of Amara Nwosu again")

    db.expire_all()
    assert "User is not gradable" in reason
    assert db.scalars(select(ScorePublication.state)).one() is PublicationState.PENDING


def test_waiting_scores_are_sent_now(staff, db, program):
    with_refused_score(db, program)
    db.scalars(select(ScorePublication)).one().state = PublicationState.PENDING

    teacher = staff().get("/engagement").submit("Send the scores now")

    assert "1 score is on its way." in teacher.text


def test_a_learners_page_shows_facts_and_takes_exemptions(staff, db, program):
    mentee = with_refused_score(db, program)
    teacher = staff().get("/engagement").click("Amara Nwosu").click("Let something off")

    teacher.submit("Save", what="sessions", reason="accessibility", private_note="Talked on Monday")
    page = teacher.text
    teacher.submit("Let it count")

    db.expire_all()
    assert "Talked on Monday" in page
    assert "does not count" in page
    assert db.scalars(select(Exemption)).one().ended_at is not None
    assert f"/engagement/{mentee.id}" in teacher.path


def test_a_pause_needs_its_first_day(staff, db, program):
    mentee = make_mentee(db, program)

    teacher = staff().get(f"/engagement/{mentee.id}/exempt").submit("Save", what="pause")

    assert teacher.status == 422
    assert "A pause needs its first day." in teacher.text


def test_without_a_gradebook_the_page_says_what_to_do(app, db, frozen_clock):
    program = make_program(db, make_course(db, with_services=False))
    member = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
    db.commit()

    page = visit(app, member.id).get("/engagement").text

    assert "does not let this tool write grades" in page
