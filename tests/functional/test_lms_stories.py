"""What LMSs do to a program in the course of a term, each told through the sandbox."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from lti_mentoring.core.keys import SecretBox
from lti_mentoring.models import Agreement, Course, Membership, Participant, Program, ToolKey
from lti_mentoring.rules.tool_configuration import custom_parameters
from lti_mentoring.sandbox.copying import copy_course, import_course
from lti_mentoring.sandbox.world import Activity
from lti_mentoring.services import tool_keys
from lti_mentoring.vocabulary import Component, KeyState, PublicationState
from tests.support.campus import TOOL, make_campus
from tests.support.choosing import make_content_item
from tests.support.enrolled import Enrolled
from tests.support.factories import make_mentee, make_program, make_rubric
from tests.support.taught_class import TaughtClass

HOUR = 3600


@pytest.fixture
def open_class(settings, database, frozen_clock):
    """The class in an LMS of this accent."""

    def make(accent="plain"):
        return TaughtClass(make_campus(settings, database, accent=accent), frozen_clock)

    return make


def amaras(taught):
    """The column, and the LMS's id of the learner whose grade changes."""
    (column,) = taught.columns
    return column, taught.people[0]


def test_a_teachers_own_grade_is_left_alone_until_somebody_resumes(open_class):
    taught = open_class("moodle")
    column, amara = amaras(taught)
    taught.work(seconds=120)
    taught.gradebook.override(column, amara, 90, taught.campus.sandbox.clock())

    taught.credit(taught.learners[0], Component.NEEDS)
    taught.work()

    assert taught.grades[0] == 90
    assert taught.cells[0].state is PublicationState.OVERRIDDEN
    assert "The LMS shows 90 of 100" in taught.page().text
    taught.gradebook.clear_override(column, amara)
    taught.page().get(f"/engagement/{taught.learners[0]}").submit("Resume sending")
    taught.work()
    assert taught.grades == taught.wanted


def test_the_gradebook_can_say_who_let_a_learner_off(open_class):
    """LTI-111: whoever wonders about a changed score finds the person, and since when it counts."""
    taught = open_class("moodle")
    column, amara = amaras(taught)
    cell = f"/courses/{taught.course.id}/gradebook/{column.id}/grade/{amara}"
    before = taught.campus.lms.test_client().get(cell, base_url=taught.campus.lms_url).text

    taught.page().get(f"/engagement/{taught.learners[0]}/exempt").submit(
        "Save", what=Component.NEEDS.value, reason="other"
    )
    taught.work()

    after = taught.campus.lms.test_client().get(cell, base_url=taught.campus.lms_url).text
    assert taught.grades == taught.wanted
    assert "Work began on 2026-" in before
    assert "has decided" not in before
    assert "Helena Brandt has decided this score." in after
    ours = taught.page().get(f"/engagement/{taught.learners[0]}").text
    assert f"{taught.teacher} decided the last change of this score." in ours
    taught.credit(taught.learners[0], Component.GOALS_SET)
    assert (
        "decided the last change" not in taught.page().get(f"/engagement/{taught.learners[0]}").text
    )


def test_a_column_that_a_teacher_deletes_comes_back_once(open_class):
    taught = open_class("moodle")
    taught.delete_columns()

    taught.credit(taught.learners[0], Component.NEEDS)
    taught.work()
    taught.work()

    assert taught.grades == taught.wanted


@pytest.mark.parametrize("accent", ["canvas", "brightspace", "blackboard", "plain"])
def test_a_platform_that_wants_it_slower_gets_it_slower_and_everything(open_class, accent):
    taught = open_class(accent)
    taught.campus.sandbox.temper.throttles = 3
    for learner in taught.learners:
        taught.credit(learner, Component.NEEDS)

    for _ in range(12):
        taught.work(seconds=600)

    assert taught.grades == taught.wanted
    assert {cell.state for cell in taught.cells} == {PublicationState.SENT}


def test_an_hour_of_downtime_loses_nothing_and_is_not_hammered(open_class):
    taught = open_class()
    taught.campus.sandbox.temper.maintenance = True
    before = len(list(taught.campus.sandbox.calls))
    for learner in taught.learners:
        taught.credit(learner, Component.NEEDS)
    for _ in range(60):
        taught.work(seconds=60)
    knocks = len(list(taught.campus.sandbox.calls)) - before

    taught.campus.sandbox.temper.maintenance = False
    for _ in range(6):
        taught.work(seconds=HOUR)

    assert knocks < 40
    assert taught.grades == taught.wanted
    assert {cell.state for cell in taught.cells} == {PublicationState.SENT}


def test_both_sides_change_their_keys_and_nobody_notices(open_class, frozen_clock, settings):
    taught = open_class()
    box = SecretBox(settings.secret_key)
    with taught.campus.database.transaction() as db:
        tool_keys.rotate(db, box)
    frozen_clock.tick(days=1)
    with taught.campus.database.transaction() as db:
        tool_keys.rotate(db, box)
    taught.campus.sandbox.keys.rotate(withdraw_old=True)
    taught.campus.sandbox.tokens.revoke_all()
    frozen_clock.tick(minutes=10)

    taught.credit(taught.learners[0], Component.NEEDS)
    taught.work()
    landed = Enrolled(taught.campus, "Helena Brandt")
    landed.launch(taught.course.activities[0])

    assert landed.response.status_code == 200
    assert taught.grades == taught.wanted
    with taught.campus.database.reading() as db:
        states = set(db.scalars(select(ToolKey.state)))
    assert states == {KeyState.RETIRED, KeyState.SIGNING}


@pytest.fixture
def last_term(settings, database, frozen_clock):
    """Helena's course in Moodle with a program, a learner and a placed link; months later."""
    campus = make_campus(settings, database, accent="moodle")
    tools = campus.sandbox.tools
    tools.put(replace(tools.seeded, custom=dict(custom_parameters())))
    helena = Enrolled(campus, "Helena Brandt")
    helena.launch(helena.course.activities[0])
    with campus.database.transaction() as db:
        course = db.scalars(select(Course)).one()
        program = make_program(db, course, title="Spring mentoring")
        make_rubric(db, program)
        texts = {"version_number": 1, "body": "We meet.", "created_at": frozen_clock.now}
        db.add(Agreement(program_id=program.id, **texts))
        make_mentee(db, program)
        teacher = db.scalars(select(Membership.id).order_by(Membership.id)).all()[0]
        key = make_content_item(db, course, teacher).key
    placed = Activity("placed", "Mentoring", "", target=f"{TOOL}/lti/launch?content={key}")
    helena.course.activities.append(replace(placed, custom={"content": key}))
    frozen_clock.tick(days=200)
    return helena


def imported(campus, course_id):
    """The content of the course in another one that was there already; it tells no history."""
    target = campus.sandbox.world.course_titled("Thesis seminar")
    import_course(campus.sandbox, course_id, target.id)
    return target


def copied(campus, course_id):
    """The course once more."""
    return copy_course(campus.sandbox, course_id)


@pytest.mark.parametrize("way", [copied, imported])
def test_a_copied_course_takes_the_design_and_nobody(last_term, way):
    """moodle.md 7: a copy tells where it comes from, an import only what its links say."""
    campus = last_term.campus
    target = way(campus, last_term.course.id)

    last_term.launch(target.activities[-1])
    assert "Start from last term's design?" in last_term.text
    last_term.press("Start from that design")

    with campus.database.reading() as db:
        programs = db.scalars(select(Program).order_by(Program.id)).all()
        people = select(func.count()).select_from(Participant)
        counts = [db.scalar(people.where(Participant.program_id == p.id)) for p in programs]
    assert [program.title for program in programs] == ["Spring mentoring"] * 2
    assert programs[1].starts_on > programs[0].starts_on
    assert counts == [1, 0]
