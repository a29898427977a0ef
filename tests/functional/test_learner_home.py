"""The first page of a learner: the greeting, what waits, and what they read while nothing runs."""

import pytest

from lti_mentoring.models import ActionItem, MentorRequest
from lti_mentoring.vocabulary import CourseRole, PairingState, ProgramState, RequestState
from tests.support.arrivals import newcomer, open_as
from tests.support.counting import statements_of
from tests.support.factories import (
    add,
    make_goal,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
)
from tests.support.visitor import visit

pytestmark = pytest.mark.usefixtures("agreement")


def test_the_first_visit_greets_by_name_and_says_what_the_teacher_sees(app, db, program):
    ana = open_as(app, db, newcomer(db, program)).get("/")

    assert "Good morning, Ana" in ana.text
    assert program.purpose in ana.text
    assert "Your teacher sees" in ana.text
    assert "Start" in ana.links


def test_a_new_draft_leaves_the_closed_program_to_those_who_took_part(app, db, program):
    """It is the next program for its makers only."""
    mentee = make_mentee(db, program)
    teacher = make_member(db, program.course, role=CourseRole.INSTRUCTOR)
    program.state = ProgramState.CLOSED
    db.flush()
    make_program(db, program.course, state=ProgramState.DRAFT, title="Next term")
    visitor = open_as(app, db, mentee)

    assert "The program has ended" in visitor.get("/").text
    assert visitor.get("/my-engagement").status == 200
    form = visit(app, teacher.id).get("/program/purpose").page
    assert form.xpath("//input[@name='title']/@value") == ["Next term"]


def test_whoever_lost_the_mentor_is_led_to_what_they_can_do(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.INTERRUPTED)
    ana = open_as(app, db, pairing.mentee).get("/")

    assert "is not in the course at the moment" in ana.text
    assert "Find another mentor" in ana.click("See what you can do").page.text_content()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ProgramState.DRAFT, "Mentoring opens here soon"),
        (ProgramState.PAUSED, "taking a break"),
        (ProgramState.CLOSED, "The program has ended"),
    ],
)
def test_a_program_that_is_not_running_says_what_happens(app, db, program, state, said):
    program.state = state

    assert said in open_as(app, db, newcomer(db, program)).get("/").text


def test_observers_and_guests_get_a_kind_page(app, db, program):
    observer = open_as(app, db, newcomer(db, program, role=CourseRole.OBSERVER)).get("/")
    nobody = open_as(app, db, newcomer(db, program, role=CourseRole.NONE)).get("/")

    assert "No student has shared mentoring progress with you" in observer.text
    assert "You have no part in this course" in nobody.text
    assert observer.get("/mentors").status == 403


@pytest.mark.parametrize("rows", [5, 50])
@pytest.mark.parametrize("standing", ["new", "unpaired", "paired", "mentor", "mentor_and_mentee"])
def test_the_first_page_needs_five_queries_at_most_whatever_is_open(
    app, db, database, program, standing, rows
):
    person = newcomer(db, program)
    mentee = make_mentee(db, program, member=person) if standing not in ("new", "mentor") else None
    mentor = make_mentor(db, program, member=person) if "mentor" in standing else None
    if standing in ("paired", "mentor_and_mentee"):
        make_pairing(db, program, mentee=mentee)
    for number in range(rows):
        if mentor:
            learner = make_mentee(db, program, name=f"Learner {number}")
            make_pairing(db, program, mentor=mentor, mentee=learner)
        if mentee:
            make_goal(db, mentee, title=f"Goal {number}")
            action = ActionItem(owner_id=mentee.id, text="Read", created_at=program.created_at)
            add(db, action)
    ana = open_as(app, db, person)

    with statements_of(database) as sent:
        ana.get("/")

    assert ana.status == 200
    assert len(sent) <= 5


def test_the_first_page_shows_what_waits_for_an_unpaired_learner_and_who_was_suggested(
    app, db, program
):
    mentee = make_mentee(db, program)
    rui, zoe = make_mentor(db, program), make_mentor(db, program, name="Zoë O'Brien")
    make_goal(db, mentee, title="Speak up")
    add(
        db,
        MentorRequest(
            mentee_id=mentee.id, mentor_id=rui.id, suggested_mentor_id=zoe.id, rank=1,
            state=RequestState.DECLINED, created_at=program.created_at,
        ),
    )  # fmt: skip

    ana = open_as(app, db, mentee).get("/")

    assert "Rui suggests Zoë O'Brien to you." in ana.text
    assert "Speak up" in ana.text
