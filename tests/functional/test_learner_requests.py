"""A learner asks mentors."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import MentorRequest
from lti_mentoring.vocabulary import RequestState
from tests.support.arrivals import open_as
from tests.support.counting import statements_of
from tests.support.factories import make_mentee, make_mentor

pytestmark = pytest.mark.usefixtures("agreement")


def test_asking_a_mentor_and_following_the_request(app, db, program):
    make_mentor(db, program)
    ana = open_as(app, db, make_mentee(db, program)).get("/mentors").click("Ask Rui")

    ana.submit("Ask Rui", note="Help me with statistics, please")

    assert "Rui has been asked." in ana.text
    assert "Waits for an answer" in ana.text
    assert "Your request waits at Rui" in ana.get("/").text


def test_a_double_click_asks_once(app, db, program):
    rui = make_mentor(db, program)
    ana = open_as(app, db, make_mentee(db, program)).get(f"/mentors/{rui.id}/ask")
    token = ana.csrf_token()

    ana.post(f"/mentors/{rui.id}/ask", note="Please", csrf_token=token)
    ana.post(f"/mentors/{rui.id}/ask", note="Please", csrf_token=token)

    assert ana.status == 409
    assert len(db.scalars(select(MentorRequest)).all()) == 1


def test_up_to_five_are_asked_in_the_order_that_was_given(app, db, program):
    rui, lena = make_mentor(db, program), make_mentor(db, program, name="Lena Berg")
    ana = open_as(app, db, make_mentee(db, program)).get("/mentors/choices")

    ana.submit("Ask in this order", **{f"rank__{rui.id}": "2", f"rank__{lena.id}": "1"})

    states = {r.mentor_id: r.state for r in db.scalars(select(MentorRequest))}
    assert states == {lena.id: RequestState.SENT, rui.id: RequestState.DRAFTED}


def test_two_mentors_cannot_have_the_same_place(app, db, program):
    rui, lena = make_mentor(db, program), make_mentor(db, program, name="Lena Berg")
    ana = open_as(app, db, make_mentee(db, program)).get("/mentors/choices")

    ana.submit("Ask in this order", **{f"rank__{rui.id}": "1", f"rank__{lena.id}": "1"})

    assert ana.status == 422
    assert "each place to one mentor only" in ana.text


@pytest.mark.parametrize("rows", [5, 50])
@pytest.mark.parametrize("path", ["/mentors", "/my-requests"])
def test_lists_need_five_queries_at_most_whatever_their_length(
    app, db, database, program, path, rows
):
    mentee = make_mentee(db, program)
    for number in range(rows):
        mentor = make_mentor(db, program, name=f"Mentor {number}")
        db.add(
            MentorRequest(
                mentee_id=mentee.id,
                mentor_id=mentor.id,
                state=RequestState.DECLINED,
                rank=1,
                created_at=mentee.joined_at,
            )
        )
    ana = open_as(app, db, mentee)

    with statements_of(database) as sent:
        ana.get(path)

    assert ana.status == 200
    assert len(sent) <= 5
