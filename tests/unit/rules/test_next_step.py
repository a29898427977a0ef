"""The next step: the most urgent of what is due, as a table of truths."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lti_mentoring.rules.next_step import (
    ORDER,
    LearnerFacts,
    MentorFacts,
    PairFacts,
    Step,
    fit_check_is_due,
    learner_steps,
    mentor_steps,
    most_urgent,
    program_step,
    review_is_due,
)
from lti_mentoring.vocabulary import FitAnswer, MentorState, PairingState, ProgramState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAIR = PairFacts(pairing_id=7, state=PairingState.ACTIVE, signed_by_me=True)
ALONE = LearnerFacts(intake_step=0, can_ask=True, has_request=False, pair=None, has_goal=False)
PAIRED = replace(ALONE, pair=PAIR, has_goal=True)


def with_pair(**facts):
    return replace(PAIRED, pair=replace(PAIR, **facts))


def coming(days):
    return {"coming_id": 5, "coming_at": NOW + timedelta(days=days)}


def learner_step(facts, program=ProgramState.RUNNING):
    return most_urgent(learner_steps(facts, program, NOW))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(ALONE, intake_step=None), Step("welcome")),
        (replace(ALONE, intake_step=2), Step("finish_intake", 2)),
        (ALONE, Step("find_mentor")),
        (replace(ALONE, has_request=True), Step("wait_for_answer")),
        (replace(ALONE, can_ask=False), Step("wait_for_coordinator")),
        (
            with_pair(state=PairingState.PROPOSED, signed_by_me=False),
            Step("sign_agreement", pairing_id=7),
        ),
        (with_pair(state=PairingState.PROPOSED), Step("wait_for_signature", pairing_id=7)),
        (with_pair(), Step("propose_session", pairing_id=7)),
        (with_pair(to_confirm_id=3, **coming(1)), Step("confirm_session", 3, 7)),
        (with_pair(to_answer_id=4), Step("answer_time", 4, 7)),
        (with_pair(**coming(2)), Step("prepare_soon", 5, 7)),
        (with_pair(**coming(6)), Step("prepare_session", 5, 7)),
        (replace(with_pair(**coming(6)), has_goal=False), Step("set_goal")),
        (replace(with_pair(**coming(2)), has_goal=False), Step("prepare_soon", 5, 7)),
        (replace(with_pair(**coming(6)), review_goal_id=9), Step("review_goal", 9)),
        (with_pair(proposed_id=6), Step("wait_for_time", 6, 7)),
        (with_pair(signed_by_me=False, **coming(6)), Step("prepare_session", 5, 7)),
        (with_pair(state=PairingState.PAUSED), Step("pairing_rests", pairing_id=7)),
        (
            with_pair(state=PairingState.INTERRUPTED, to_confirm_id=3),
            Step("confirm_session", 3, 7),
        ),
        (
            with_pair(state=PairingState.TRIAL, held_count=1, **coming(6)),
            Step("fit_check", pairing_id=7),
        ),
        (with_pair(state=PairingState.CLOSING), Step("stretch")),
    ],
)
def test_a_learner_is_shown_what_is_most_urgent(facts, expected):
    assert learner_step(facts) == expected


def test_in_the_closing_a_learner_looks_back_once():
    closing = with_pair(**coming(6))

    before = learner_step(closing, ProgramState.CLOSING)
    after = learner_step(replace(closing, has_closed=True), ProgramState.CLOSING)

    assert (before.kind, after.kind) == ("look_back", "prepare_session")


@pytest.mark.parametrize(
    ("state", "waiting", "expected"),
    [
        (MentorState.INVITED, 0, "answer_invitation"),
        (MentorState.STARTED, 0, "finish_card"),
        (MentorState.SUBMITTED, 0, "wait_for_approval"),
        (MentorState.ACTIVE, 0, "no_requests"),
        (MentorState.ACTIVE, 2, "answer_requests"),
        (MentorState.PAUSED, 0, "list_paused"),
        (MentorState.DECLINED, 0, "nothing"),
    ],
)
def test_a_mentor_without_mentees_is_shown_what_is_most_urgent(state, waiting, expected):
    assert most_urgent(mentor_steps(MentorFacts(state, waiting, ()), NOW)).kind == expected


def test_a_mentors_most_urgent_pair_comes_first():
    calm = replace(PAIR, pairing_id=1, **coming(6))
    urgent = replace(PAIR, pairing_id=2, to_confirm_id=8)

    step = most_urgent(mentor_steps(MentorFacts(MentorState.ACTIVE, 1, (calm, urgent)), NOW))

    assert step == Step("confirm_session", 8, 2)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "not_open"),
        (ProgramState.DRAFT, "not_open"),
        (ProgramState.PAUSED, "paused"),
        (ProgramState.CLOSED, "closed"),
    ],
)
def test_a_program_that_is_not_open_says_so(state, expected):
    step = program_step(state)

    assert step is not None
    assert step.kind == expected


def test_an_open_program_keeps_nobody_waiting():
    assert program_step(ProgramState.RUNNING) is None


@pytest.mark.parametrize(
    ("facts", "is_due"),
    [
        ({}, False),
        ({"held_count": 1}, True),
        ({"trial_ends_at": NOW + timedelta(days=8)}, False),
        ({"trial_ends_at": NOW + timedelta(days=7)}, True),
        ({"held_count": 1, "fit": FitAnswer.GOOD, "fit_at": NOW}, False),
        ({"fit": FitAnswer.UNSURE, "fit_at": NOW, "last_held_at": NOW - timedelta(1)}, False),
        ({"fit": FitAnswer.UNSURE, "fit_at": NOW - timedelta(2), "last_held_at": NOW}, True),
    ],
)
def test_the_fit_check_is_asked_in_good_time_and_again_after_unsure(facts, is_due):
    assert fit_check_is_due(replace(PAIR, state=PairingState.TRIAL, **facts), NOW) is is_due


def test_a_review_is_due_from_its_day_on():
    day = date(2026, 3, 2)

    assert review_is_due(day, day)
    assert not review_is_due(day, day - timedelta(days=1))
    assert not review_is_due(None, day)


def test_nothing_comes_after_what_has_no_place_in_the_order():
    assert most_urgent([]) == Step("nothing")
    assert ORDER[-1] == "nothing"
