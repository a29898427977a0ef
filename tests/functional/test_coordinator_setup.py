"""An instructor sets a program up, opens it, and changes it later."""

import pytest
from sqlalchemy import select

from lti_mentoring.forms.programs import RUBRIC_PRESET_NAMES
from lti_mentoring.models import Agreement, Draft, EngagementRubric, Program
from lti_mentoring.rules.rubric_presets import RUBRIC_PRESETS
from lti_mentoring.vocabulary import CourseRole, ProgramState
from tests.support.factories import (
    make_course,
    make_member,
    make_mentee,
    make_program,
    make_rubric,
)
from tests.support.visitor import visit


@pytest.fixture
def teacher(app, db, frozen_clock):
    member = make_member(db, make_course(db), role=CourseRole.INSTRUCTOR, name="Maria Keller")
    db.commit()
    return visit(app, member.id)


def stored(db) -> Program:
    db.expire_all()
    return db.scalars(select(Program)).one()


def test_a_preset_and_seven_pages_later_the_program_is_open(teacher, db):
    teacher.get("/today").submit("Go on with this", preset="first_year_buddies")
    teacher.submit("Save and go on", title="Buddies of the north campus")
    teacher.submit("Save and go on", session_target="8")
    for _ in range(4):
        teacher.submit("Skip, the suggestion is fine")
    assert "Ready to open?" in teacher.text

    teacher.submit("Open for applications")

    assert "The program is open" in teacher.text
    assert stored(db).state is ProgramState.RECRUITING
    assert stored(db).title == "Buddies of the north campus"
    assert stored(db).session_target == 8


def test_a_draft_goes_on_where_it_was_left(teacher):
    teacher.get("/today").submit("Go on with this").submit("Skip, the suggestion is fine")

    teacher.get("/today").click("Go on with the setup")

    assert "When, and how often?" in teacher.text


def test_weights_that_do_not_fit_come_back_with_what_was_typed(teacher):
    teacher.get("/today").submit("Go on with this")

    teacher.get("/program/counts").submit("Save and go on", sessions="77")

    assert teacher.status == 422
    assert "add up to 137" in teacher.text
    assert teacher.page.get_element_by_id("sessions").value == "77"


@pytest.mark.parametrize("name", list(RUBRIC_PRESETS))
def test_ready_made_weights_add_up_and_hold_once_they_are_saved(teacher, db, name):
    teacher.get("/today").submit("Go on with this")
    preset = RUBRIC_PRESETS[name]

    teacher.get("/program/counts").click(str(RUBRIC_PRESET_NAMES[name]))
    teacher.submit("Save and go on")

    assert db.scalar(select(EngagementRubric.weights)) == preset.weights
    assert sum(preset.weights.values()) == 100
    assert stored(db).posts_engagement is not preset.is_pass_or_fail
    assert stored(db).posts_completion is preset.is_pass_or_fail


def test_ready_made_weights_nobody_knows_change_nothing(teacher):
    teacher.get("/today").submit("Go on with this")

    teacher.get("/program/counts?start_from=luck")

    assert teacher.page.get_element_by_id("sessions").value == "40"


def test_a_last_day_before_the_first_is_explained(teacher):
    teacher.get("/today").submit("Go on with this")

    teacher.get("/program/rhythm").submit("Save and go on", ends_on="2020-01-01")

    assert teacher.status == 422
    assert "The last day has to come after the first." in teacher.text


def test_typed_text_comes_back_and_is_forgotten_when_it_was_saved(teacher, db):
    teacher.get("/today").submit("Go on with this").get("/program/purpose")
    key = teacher.key
    teacher.post("/drafts", _path=f"/in/{key}/program/purpose", title="Half a title")

    teacher.get("/program/purpose")
    restored = teacher.page.get_element_by_id("title").value
    teacher.submit("Save and go on", purpose="x", objectives="y")

    assert restored == "Half a title"
    assert db.scalars(select(Draft)).all() == []


def test_previews_show_the_program_and_say_that_they_are_previews(teacher):
    teacher.get("/today").submit("Go on with this")

    learner = teacher.get("/program/preview/learner").text
    mentor = teacher.get("/program/preview/mentor").text

    assert "Welcome, Amara" in learner
    assert "Understanding the material" in learner
    assert "invented people" in learner
    assert "invented people" in mentor


def test_an_open_program_shows_what_other_weights_would_change_before_it_saves_them(app, db):
    program = make_program(db)
    make_rubric(db, program)
    member = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
    make_mentee(db, program, name="Ana Souza")
    open_agreement(db, program)
    db.commit()
    teacher = visit(app, member.id).get("/program/counts")

    teacher.submit("See what it changes", sessions="50")
    effect = teacher.text
    teacher.submit("Save")

    assert "What these weights would change today" in effect
    assert "Ana Souza" in effect
    assert "Saved." in teacher.text


def open_agreement(db, program):
    db.add(
        Agreement(
            program_id=program.id,
            version_number=1,
            body="We are on time.",
            created_at=program.created_at,
        )
    )


def running(app, db, **facts):
    program = make_program(db, **facts)
    make_rubric(db, program)
    open_agreement(db, program)
    member = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
    db.commit()
    return visit(app, member.id)


def test_a_running_program_is_paused_after_a_question(app, db, frozen_clock):
    teacher = running(app, db).get("/program").click("Pause")
    question = teacher.text

    teacher.submit("Pause the program")

    assert "no scores are sent" in question
    assert stored(db).state is ProgramState.PAUSED


def test_a_step_that_is_not_possible_now_is_a_conflict(app, db, frozen_clock):
    teacher = running(app, db).get("/program/move/recruiting")

    teacher.submit("Open for applications")

    assert teacher.status == 409


def test_two_open_pages_do_not_overwrite_each_other(app, db, frozen_clock):
    teacher = running(app, db)
    old_page = teacher.get("/program/purpose").page
    teacher.submit("Save", title="First")
    teacher.page = old_page

    teacher.submit("Save", title="Second")

    assert teacher.status == 409
    teacher.click("Open it again with my text")
    assert teacher.page.get_element_by_id("title").value == "Second"
    assert stored(db).title == "First"


@pytest.mark.parametrize("role", [CourseRole.LEARNER, CourseRole.TEACHING_ASSISTANT])
@pytest.mark.parametrize("path", ["/program", "/program/setup", "/program/counts"])
def test_nobody_else_gets_into_the_setup(app, db, frozen_clock, role, path):
    program = make_program(db)
    member = make_member(db, program.course, role=role)
    db.commit()

    assert visit(app, member.id).get(path).status == 403


def test_the_actor_of_a_cancelled_program_starts_anew(app, db, frozen_clock):
    teacher = running(app, db).get("/program/move/cancelled").submit("Cancel the program")

    assert "Start a mentoring program" in teacher.text
    assert stored(db).state is ProgramState.CANCELLED
