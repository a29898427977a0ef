"""A learner's own list of mentors to ask."""

from sqlalchemy import select

from lti_mentoring.models import MentorRequest
from lti_mentoring.vocabulary import RequestState
from tests.support.factories import add, make_mentee, make_mentor, make_pairing
from tests.support.visitor import visit


def test_a_list_is_not_moved_by_a_form_without_a_version(app, db, program):
    mentee = make_mentee(db, program)
    for rank in (1, 2):
        mentor = make_mentor(db, program, name=f"Mentor {rank}")
        facts = {"state": RequestState.DRAFTED, "rank": rank, "created_at": mentee.joined_at}
        asked = add(db, MentorRequest(mentee_id=mentee.id, mentor_id=mentor.id, **facts))
    db.commit()
    ana = visit(app, mentee.membership_id).get("/my-requests")

    ana.post(f"/my-requests/{asked.id}/up")

    assert ana.status == 409
    assert db.scalar(select(MentorRequest.rank).where(MentorRequest.id == asked.id)) == 2


def test_who_has_a_mentor_is_not_sent_to_look_for_one(app, db, program):
    pairing = make_pairing(db, program)
    ana_id = pairing.mentee.membership_id
    db.commit()

    ana = visit(app, ana_id).get("/my-requests")

    assert "You have a mentor" in ana.text
    assert "Find a mentor" not in ana.text
    assert ana.click("Your mentor").path.endswith(f"/pairings/{pairing.id}")
