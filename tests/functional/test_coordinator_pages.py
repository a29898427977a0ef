"""All pages of the coordinator: who may open them, and what their lists cost."""

import pytest

from lti_mentoring.vocabulary import CourseRole, MentorState, SessionState
from tests.support.counting import statements_of
from tests.support.factories import (
    make_line_item,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
    make_session,
)
from tests.support.visitor import visit

LISTS = (
    "/today",
    "/people",
    "/people/learners",
    "/people/nominate",
    "/pairs",
    "/pairs/new",
    "/engagement",
)


def test_assistants_look_and_do_not_act(staff, db, program):
    mentee, mentor = make_mentee(db, program), make_mentor(db, program, state=MentorState.SUBMITTED)
    assistant = staff(CourseRole.TEACHING_ASSISTANT)

    pages = [assistant.get(path).status for path in ("/today", "/people", "/pairs", "/engagement")]

    assert pages == [200] * 4
    assert "Welcome" not in assistant.get("/people").text
    assert assistant.get(f"/pairs/new/{mentee.id}").status == 403
    assert assistant.get(f"/engagement/{mentee.id}/exempt").status == 403
    assert "Pause" not in assistant.get(f"/people/{mentor.id}").text


@pytest.mark.parametrize("path", LISTS)
def test_learners_do_not_see_pages_of_staff(app, db, program, path):
    member = make_member(db, program.course)
    db.commit()

    assert visit(app, member.id).get(path).status == 403


def test_another_course_is_as_good_as_nothing(app, db, program):
    pairing = make_pairing(db, program)
    session = make_session(db, pairing, SessionState.DISPUTED)
    other = make_program(db)
    stranger = make_member(db, other.course, role=CourseRole.INSTRUCTOR)
    db.commit()
    teacher = visit(app, stranger.id)

    for path in (
        f"/people/{pairing.mentor_id}",
        f"/pairs/{pairing.id}",
        f"/pairs/{pairing.id}/end",
        f"/pairs/new/{pairing.mentee_id}",
        f"/pairs/disputes/{session.id}",
        f"/engagement/{pairing.mentee_id}",
        f"/engagement/{pairing.mentee_id}/exempt",
    ):
        assert teacher.get(path).status == 404, path


def fill(db, program, count):
    make_line_item(db, program)
    for number in range(count):
        make_member(db, program.course, name=f"Member {number}")
        make_mentee(db, program, name=f"Waiting {number}")
        make_mentor(db, program, name=f"Applicant {number}", state=MentorState.SUBMITTED)
        make_session(db, make_pairing(db, program))


@pytest.mark.parametrize("count", [5, 50])
@pytest.mark.parametrize("path", LISTS)
def test_lists_need_at_most_five_queries_whatever_their_length(
    staff, db, database, program, path, count
):
    fill(db, program, count)
    visitor = staff()

    with statements_of(database) as seen:
        visitor.get(path)

    assert visitor.status == 200
    assert len(seen) <= 5, seen
