"""What needs the coordinator today, and what one click there does."""

from datetime import timedelta

import pytest

from lti_mentoring.core import clock
from lti_mentoring.models import MentorRequest
from lti_mentoring.vocabulary import (
    CourseRole,
    EndReason,
    FitAnswer,
    MentorState,
    PairingState,
    ProgramState,
    RequestState,
)
from tests.support.factories import make_fit_check, make_mentee, make_mentor, make_pairing


def test_today_is_calm_when_nothing_needs_anybody(staff, db, program):
    make_pairing(db, program)

    assert "Nothing needs you today" in staff().get("/today").text


def test_today_counts_learners_as_their_list_does(staff, db, program):
    make_pairing(db, program)
    make_mentor(db, program, name="Lena Berg")
    db.commit()

    today, listed = staff().get("/today").text, staff().get("/people/learners").text

    assert "1 learner" in today
    assert "1 learner" in listed


def test_today_names_what_needs_the_coordinator(staff, db, program, frozen_clock):
    make_pairing(db, program)
    make_mentor(db, program, state=MentorState.INVITED, invited_at=clock.now())
    stuck = make_mentee(db, program, name="Bea Lima")
    mentor = make_mentor(db, program)
    db.add(
        MentorRequest(
            mentee_id=stuck.id,
            mentor_id=mentor.id,
            state=RequestState.EXPIRED,
            created_at=clock.now(),
        )
    )
    frozen_clock.tick(days=22)

    page = staff().get("/today").text

    assert "1 pair has not met for 21 days" in page
    assert "1 learner has asked without success" in page
    assert "1 invited mentor has not answered" in page


@pytest.mark.parametrize(
    ("state", "said", "reason"),
    [
        (PairingState.INTERRUPTED, "1 pair was interrupted", EndReason.LEFT_COURSE),
        (PairingState.TRIAL, "1 pair says that it is not a good fit", EndReason.NO_FIT),
    ],
)
def test_one_click_on_today_helps_the_learner_of_a_pair_that_broke(
    staff, db, program, state, said, reason
):
    make_mentor(db, program, name="Eva Neu")
    pairing = make_pairing(db, program, state=state)
    if state is PairingState.TRIAL:
        make_fit_check(db, pairing, pairing.mentor_id, FitAnswer.NOT_A_FIT)
    teacher = staff().get("/today")
    before = teacher.text

    teacher.submit("Find another mentor")

    db.expire_all()
    assert said in before
    assert "Nothing needs you today" not in before
    assert pairing.end_reason is reason
    assert "Ana Souza comes first" in teacher.text
    assert "Pair with Eva" in teacher.text


def test_assistants_see_broken_pairs_and_do_not_part_them(staff, db, program):
    make_pairing(db, program, state=PairingState.INTERRUPTED)

    page = staff(CourseRole.TEACHING_ASSISTANT).get("/today")

    assert "1 pair was interrupted" in page.text
    assert "Find another mentor" not in page.text


def test_today_says_when_the_program_finishes_by_itself(staff, db, program, frozen_clock):
    program.ends_on = clock.now().date() + timedelta(days=21)
    db.commit()
    frozen_clock.tick(days=1)

    page = staff().get("/today")

    assert "the last two weeks begin by themselves" in page.text
    assert "Do it earlier" in page.links


def test_while_it_finishes_today_says_when_it_closes(staff, db, program):
    program.state = ProgramState.CLOSING

    assert "the program closes by itself" in staff().get("/today").text


def test_a_program_is_started_from_today_on_its_first_day(staff, db, program):
    program.state = ProgramState.RECRUITING
    teacher = staff().get("/today").click("Start the program")

    teacher.submit("Start the program")

    db.expire_all()
    assert "The program is running." in teacher.text
    assert program.state is ProgramState.RUNNING
