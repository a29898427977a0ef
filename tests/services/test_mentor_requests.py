"""Requests travel: asked, answered, passed over, taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_mentoring.core.errors import (
    AlreadyAsked,
    AlreadyPaired,
    Conflict,
    MentorFull,
    NotAllowed,
    Stale,
)
from lti_mentoring.models import MentorProfile, MentorRequest
from lti_mentoring.services import mentor_profiles, mentor_requests, pairings, request_timers
from lti_mentoring.services.mentor_requests import Answer
from lti_mentoring.vocabulary import (
    DeclineReason,
    EndReason,
    IntakeState,
    MentorState,
    PairingMethod,
    PairingState,
    ProgramState,
    RequestState,
)
from tests.support.factories import actor_of, make_mentee, make_mentor, make_pairing, make_program

NOTE = "I never say anything in seminars."


@pytest.fixture
def program(db, frozen_clock):
    return make_program(db)


@pytest.fixture
def ana(db, program):
    return make_mentee(db, program)


@pytest.fixture
def three(db, program):
    return [make_mentor(db, program, name=name) for name in ("Rui Costa", "Lena Berg", "Tom Wu")]


def ask(db, ana, mentors):
    return mentor_requests.ask(db, actor_of(db, ana), mentors, NOTE)


def states(requests):
    return [request.state for request in requests]


S = RequestState


def test_the_first_choice_is_asked_and_the_others_wait_for_their_turn(
    db, program, ana, three, frozen_clock
):
    made = ask(db, ana, three)

    assert states(made) == [S.SENT, S.DRAFTED, S.DRAFTED]
    assert made[0].expires_at == frozen_clock.now + timedelta(days=program.answer_days)


def test_a_silent_mentor_is_passed_over_by_itself(db, program, ana, three, frozen_clock):
    made = ask(db, ana, three)

    frozen_clock.tick(days=program.answer_days)
    moved = request_timers.run_due(db, frozen_clock.now)

    assert moved == 1
    assert states(made) == [S.EXPIRED, S.SENT, S.DRAFTED]


def test_while_a_program_rests_nobody_is_passed_over(db, program, ana, three, frozen_clock):
    made = ask(db, ana, three)
    program.state = ProgramState.PAUSED

    frozen_clock.tick(days=30)
    request_timers.run_due(db, frozen_clock.now)

    assert made[0].state is S.SENT


def test_a_no_goes_on_at_once(db, ana, three):
    made = ask(db, ana, three)

    mentor_requests.decline(
        db, actor_of(db, three[0]), made[0], Answer(DeclineReason.OTHER_FITS_BETTER, three[2])
    )

    assert states(made) == [S.DECLINED, S.SENT, S.DRAFTED]
    assert made[0].suggested_mentor_id == three[2].id


def test_a_full_mentor_is_skipped_on_the_way(db, program, ana, three):
    made = ask(db, ana, three)
    for name in ("Bo", "Cy"):
        make_pairing(db, program, mentor=three[1], mentee=make_mentee(db, program, name=name))

    mentor_requests.decline(db, actor_of(db, three[0]), made[0], Answer(DeclineReason.NO_TIME))

    assert states(made) == [S.DECLINED, S.RELEASED, S.SENT]


def test_a_yes_makes_a_pair_and_ends_the_other_requests(db, ana, three):
    made = ask(db, ana, three)

    pairing = mentor_requests.accept(db, actor_of(db, three[0]), made[0])

    assert pairing.state is PairingState.PROPOSED
    assert states(made) == [S.ACCEPTED, S.SUPERSEDED, S.SUPERSEDED]


def test_accept_and_pause_lets_the_others_go_on(db, program, ana, three):
    bo = make_mentee(db, program, name="Bo")
    asked_by_ana, (asked_by_bo, next_of_bo) = ask(db, ana, three[:1])[0], ask(db, bo, three[:2])

    mentor_requests.accept_and_pause(db, actor_of(db, three[0]), asked_by_ana)

    profile = db.scalar(select(MentorProfile).filter_by(participant_id=three[0].id))
    assert profile.state is MentorState.PAUSED
    assert (asked_by_bo.state, next_of_bo.state) == (S.RELEASED, S.SENT)


def test_an_answer_is_given_once(db, ana, three):
    made = ask(db, ana, three)
    rui = actor_of(db, three[0])
    mentor_requests.decline(db, rui, made[0], Answer(DeclineReason.FULL))

    with pytest.raises(Conflict):
        mentor_requests.accept(db, rui, made[0])


def test_only_the_mentor_who_was_asked_answers(db, ana, three):
    made = ask(db, ana, three)

    with pytest.raises(NotAllowed):
        mentor_requests.accept(db, actor_of(db, three[1]), made[0])


def test_taking_a_request_back_asks_the_next_choice(db, ana, three):
    made = ask(db, ana, three)

    mentor_requests.withdraw(db, actor_of(db, ana), made[0])

    assert states(made) == [S.WITHDRAWN, S.SENT, S.DRAFTED]


def test_a_choice_moves_up(db, ana, three):
    made = ask(db, ana, three)
    last = made[2]

    mentor_requests.prefer(db, actor_of(db, ana), last, last.version)

    assert (made[1].rank, last.rank) == (3, 2)
    with pytest.raises(Stale):
        mentor_requests.prefer(db, actor_of(db, ana), last, last.version - 1)


def test_asking_the_same_mentor_again_is_a_conflict(db, ana, three):
    ask(db, ana, three[:1])

    with pytest.raises(AlreadyAsked):
        ask(db, ana, three[:1])


def test_a_list_has_five_places_also_after_some_were_answered(db, program, ana):
    mentors = [make_mentor(db, program, name=f"Mentor {n}") for n in range(7)]
    made = ask(db, ana, mentors[:5])
    with pytest.raises(Conflict):
        ask(db, ana, mentors[5:6])
    mentor_requests.withdraw(db, actor_of(db, ana), made[0])

    ask(db, ana, mentors[5:6])

    open_ones = select(MentorRequest.rank).where(MentorRequest.state.in_((S.SENT, S.DRAFTED)))
    assert sorted(db.scalars(open_ones)) == [1, 2, 3, 4, 5]


def test_a_full_mentor_cannot_be_asked(db, program, ana, three):
    profile = db.scalar(select(MentorProfile).filter_by(participant_id=three[0].id))
    profile.capacity = 0

    with pytest.raises(MentorFull):
        ask(db, ana, three[:1])


def test_who_has_a_mentor_asks_nobody(db, program, ana, three):
    make_pairing(db, program, mentor=three[1], mentee=ana)

    with pytest.raises(AlreadyPaired):
        ask(db, ana, three[:1])


def test_two_who_have_parted_do_not_ask_again(db, program, ana, three):
    pairing = make_pairing(db, program, mentor=three[0], mentee=ana)
    pairings.end(db, actor_of(db, ana), pairing, EndReason.NO_FIT)

    with pytest.raises(Conflict):
        ask(db, ana, three[:1])


def test_where_coordinators_pair_nobody_asks(db, program, ana, three):
    program.pairing_method = PairingMethod.COORDINATOR

    with pytest.raises(NotAllowed):
        ask(db, ana, three[:1])


def test_the_three_steps_come_first(db, program, three):
    new = make_mentee(db, program, name="Bo", state=IntakeState.STARTED)

    with pytest.raises(Conflict):
        ask(db, new, three[:1])


def test_pausing_and_coming_back(db, ana, three):
    made = ask(db, ana, three)
    rui = actor_of(db, three[0])

    moved = mentor_profiles.pause(db, rui)
    mentor_profiles.resume(db, rui)

    assert moved == 1
    assert states(made) == [S.RELEASED, S.SENT, S.DRAFTED]
    with pytest.raises(Conflict):
        mentor_profiles.resume(db, rui)
