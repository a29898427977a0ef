"""A learner and a mentor: they sign, say how they fit, part, and go on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.models import Intake, Pairing
from lti_mentoring.vocabulary import CourseRole, EndReason, FitAnswer, PairingState
from tests.support.arrivals import open_as
from tests.support.factories import (
    make_course,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
)

pytestmark = pytest.mark.usefixtures("agreement")


def test_signing_needs_a_name_and_shows_who_signs_next(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.PROPOSED)
    ana = open_as(app, db, pairing.mentee).get("/").click("Read and sign")

    ana.submit("Sign")
    assert ana.status == 422
    ana.submit("Sign", signed_name="Ana Souza")

    assert "Rui signs next" in ana.text


def test_the_fit_answer_stays_private(app, db, program, frozen_clock):
    ends = frozen_clock.now + timedelta(days=5)
    pairing = make_pairing(db, program, state=PairingState.TRIAL, trial_ends_at=ends)
    ana = open_as(app, db, pairing.mentee).get("/").click("Answer")

    ana.submit("Answer", answer=FitAnswer.UNSURE.value)
    rui = open_as(app, db, pairing.mentor).get(f"/pairings/{pairing.id}")

    assert ana.page.xpath("//input[@name='answer'][@value='unsure'][@checked]")
    assert not rui.page.xpath("//input[@name='answer'][@checked]")


def test_who_was_not_asked_in_the_trial_answers_on_the_pairs_page(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.ACTIVE)
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}")

    ana.submit("Answer", answer=FitAnswer.GOOD.value)

    assert "Only you see your answer" in ana.text
    assert not ana.page.xpath("//form[contains(@action, '/fit')]")


def test_a_new_mentor_is_two_clicks_away_and_the_old_one_is_not_shown_again(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.TRIAL)
    make_mentor(db, program, name="Lena Berg")
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}")

    ana.submit("Answer", answer=FitAnswer.NOT_A_FIT.value)
    ana.submit("End this pairing")

    assert db.scalar(select(Pairing.state)) is PairingState.ENDED_NO_FAULT
    assert "Ask Lena" in ana.links
    assert "Ask Rui" not in ana.links


def test_who_has_finished_says_so_and_may_meet_the_mentor_again(app, db, program):
    pairing = make_pairing(db, program)
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}")

    ana.click("We have reached what we wanted").submit("We have finished")

    db.expire_all()
    assert (pairing.state, pairing.end_reason) == (PairingState.CLOSED, EndReason.GOALS_REACHED)
    assert pairing.mentee.fit_priority == 0
    assert "What you have reached stays yours" in ana.text
    assert "Ask Rui" in ana.get("/mentors").links


def test_a_pair_that_has_not_begun_has_not_finished(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.PROPOSED)
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}/end")

    assert "We have finished" not in ana.text
    ana.post(f"/pairings/{pairing.id}/end", version=str(pairing.version), finished="yes")

    db.expire_all()
    assert pairing.end_reason is EndReason.NO_FIT


def test_a_learner_whose_mentor_has_left_goes_on_with_one_click(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.INTERRUPTED)
    make_mentor(db, program, name="Eva Neu")
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}")
    before = ana.text

    ana.submit("Find another mentor")

    db.expire_all()
    assert "nobody’s fault" in before
    assert (pairing.state, pairing.end_reason) == (PairingState.CLOSED, EndReason.LEFT_COURSE)
    assert "Ask Eva" in ana.links


def test_the_mentor_of_a_learner_who_has_left_need_not_do_anything(app, db, program):
    pairing = make_pairing(db, program, state=PairingState.INTERRUPTED)

    rui = open_as(app, db, pairing.mentor).get(f"/pairings/{pairing.id}")

    assert "You need not do anything" in rui.text
    assert "Find another mentor" not in rui.text


def test_ending_from_an_old_page_is_refused(app, db, program):
    pairing = make_pairing(db, program)
    ana = open_as(app, db, pairing.mentee).get(f"/pairings/{pairing.id}/end")

    ana.post(f"/pairings/{pairing.id}/end", version="0")

    assert ana.status == 409


def test_a_pair_of_another_course_is_not_there(app, db, program):
    elsewhere = make_pairing(db, make_program(db, make_course(db)))
    ana = open_as(app, db, make_mentee(db, program))

    assert ana.get(f"/pairings/{elsewhere.id}").status == 404
    assert ana.get(f"/mentors/{elsewhere.mentor_id}/ask").status == 404


def test_another_pair_of_the_course_is_refused(app, db, program):
    pairing = make_pairing(db, program)
    stranger = open_as(app, db, make_mentee(db, program, name="Bo Li"))

    assert stranger.get(f"/pairings/{pairing.id}").status == 403


def test_staff_see_facts_of_a_pair_and_nothing_that_was_written(app, db, program):
    pairing = make_pairing(db, program)
    intake = db.scalar(select(Intake))
    intake.goal_text = "Speak up in seminars"
    staff = make_member(db, program.course, role=CourseRole.INSTRUCTOR, name="Maria Silva")

    maria = open_as(app, db, staff).get(f"/pairings/{pairing.id}")

    assert "Sessions held" in maria.text
    assert "Speak up" not in maria.text
    assert not maria.page.xpath("//form[contains(@action, 'sign') or contains(@action, 'fit')]")
