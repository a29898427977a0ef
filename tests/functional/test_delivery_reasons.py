"""Why a score or a column is not in the gradebook, told in sentences of the pages' own."""

from decimal import Decimal

import pytest
from flask import render_template_string
from sqlalchemy import select

from lti_mentoring.advantage.client import WORDS
from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.grading.reasons import Reason
from lti_mentoring.models import LineItem, ScorePublication
from lti_mentoring.vocabulary import Component, CourseRole, PublicationState
from tests.support.factories import (
    make_course,
    make_line_item,
    make_member,
    make_mentee,
    make_program,
    make_rubric,
)
from tests.support.visitor import visit


class Refusals:
    """A program with one learner whose score was refused, and its teacher."""

    def __init__(self, db, words):
        program = make_program(db, make_course(db))
        make_rubric(db, program)
        make_line_item(db, program)
        self.learner = make_mentee(db, program, name="Amara Nwosu")
        ledger.credit(db, self.learner.id, Component.NEEDS, Decimal(1), "intake:1", clock.now())
        recompute.participant(db, self.learner.id)
        cell = db.scalars(select(ScorePublication)).one()
        cell.state, cell.error = PublicationState.BLOCKED, words
        self.teacher = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
        db.commit()


@pytest.mark.parametrize("path", ["/engagement", "/today", "/engagement/{learner}"])
def test_what_was_noted_is_told_in_words_of_the_page(app, db, frozen_clock, path):
    made = Refusals(db, "the platform did not answer in time")

    teacher = visit(app, made.teacher.id).get(path.format(learner=made.learner.id))

    assert "The LMS cannot be reached just now." in teacher.text
    assert "the platform did not answer" not in teacher.text


@pytest.mark.parametrize("path", ["/engagement", "/today"])
def test_a_column_that_could_not_be_made_says_why(app, db, frozen_clock, path):
    made = Refusals(db, None)
    column = db.scalars(select(LineItem)).one()
    column.url, column.next_at, column.error = None, None, WORDS[404]
    db.commit()

    teacher = visit(app, made.teacher.id).get(path)

    assert "The LMS does not have this any more, or the course is not open." in teacher.text


def test_what_an_lms_said_in_its_own_words_is_shown_as_it_is(app, db, frozen_clock):
    made = Refusals(db, "User is <not> gradable")

    assert "User is <not> gradable" in visit(app, made.teacher.id).get("/engagement").text


def test_every_code_has_a_sentence_of_its_own(app):
    page = (
        '{% from "engagement/_delivery.html" import reason_words with context %}'
        "{% for code in codes %}{{ reason_words(code) }}\n{% endfor %}"
    )

    with app.test_request_context():
        told = render_template_string(page, codes=list(Reason), reason_of=Reason).splitlines()

    assert len(set(told)) == len(Reason)
