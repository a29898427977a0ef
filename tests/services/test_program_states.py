"""What a program's state allows its pairs, stops for them, and does to them."""

from datetime import timedelta

import pytest

from lti_mentoring.core import clock
from lti_mentoring.core.errors import NotAllowed
from lti_mentoring.models import Activity, Agreement, AttendanceReport, MentorProfile, MentorRequest
from lti_mentoring.services import (
    agreements,
    departures,
    mentor_profiles,
    mentor_requests,
    pairings,
    programs,
    sessions,
    timers,
)
from lti_mentoring.services.mentor_profiles import Card
from lti_mentoring.services.mentor_requests import Answer
from lti_mentoring.services.program_effects import held_until
from lti_mentoring.vocabulary import (
    AttendanceAnswer,
    DeclineReason,
    EndReason,
    FitAnswer,
    MembershipState,
    MentorState,
    PairingState,
    ProgramState,
    RequestState,
    SessionState,
    Verb,
)
from tests.support.factories import add, make_mentee, make_pairing
from tests.support.pairs import agree, draft_at, make_pair

pytestmark = pytest.mark.usefixtures("frozen_clock")

LIVE = {ProgramState.RECRUITING, ProgramState.RUNNING, ProgramState.CLOSING}
STILL_OPEN = LIVE | {ProgramState.PAUSED}
CARD = Card("I passed it twice", "We read together.", {}, 2, (), None, (), (), "UTC")


@pytest.fixture
def pair(db, frozen_clock):
    pair = make_pair(db)
    text = Agreement(
        program_id=pair.program.id, version_number=1, body="Ours.", created_at=clock.now()
    )
    add(db, text)
    return pair


def put(db, pair, state):
    pair.pairing.state = state
    db.flush()


def waiting_request(db, pair, **facts):
    now = clock.now()
    values = {"state": RequestState.SENT, "created_at": now, "sent_at": now, **facts}
    return add(db, MentorRequest(mentee_id=pair.mentee.id, mentor_id=pair.mentor.id, **values))


def profile_of(db, mentor):
    return db.query(MentorProfile).filter_by(participant_id=mentor.id).one()


def signs(db, pair):
    put(db, pair, PairingState.PROPOSED)
    return lambda: agreements.sign(db, pair.ana(db), pair.pairing, "Ana", 1)


def answers_fit(db, pair):
    put(db, pair, PairingState.TRIAL)
    return lambda: pairings.answer_fit(db, pair.ana(db), pair.pairing, FitAnswer.GOOD)


def cancels(db, pair):
    session = agree(db, pair)
    return lambda: sessions.cancel(db, pair.ana(db), session, session.version)


def ends(db, pair):
    return lambda: pairings.end(db, pair.ana(db), pair.pairing, EndReason.NO_FIT)


def ends_as_coordinator(db, pair):
    return lambda: pairings.end(db, pair.teresa(db), pair.pairing, EndReason.COORDINATOR)


def saves_card(db, pair):
    version = profile_of(db, pair.mentor).version
    return lambda: mentor_profiles.save_card(db, pair.rui(db), CARD, version=version, hand_in=False)


def pauses_list(db, pair):
    return lambda: mentor_profiles.pause(db, pair.rui(db))


def opens_list(db, pair):
    profile_of(db, pair.mentor).state = MentorState.PAUSED
    db.flush()
    return lambda: mentor_profiles.resume(db, pair.rui(db))


def withdraws(db, pair):
    request = waiting_request(db, pair)
    return lambda: mentor_requests.withdraw(db, pair.ana(db), request)


def declines(db, pair):
    request = waiting_request(db, pair)
    answer = Answer(DeclineReason.NO_TIME)
    return lambda: mentor_requests.decline(db, pair.rui(db), request, answer)


ACTS = {
    signs: LIVE,
    answers_fit: LIVE,
    cancels: STILL_OPEN,
    ends: STILL_OPEN,
    ends_as_coordinator: STILL_OPEN,
    saves_card: STILL_OPEN,
    pauses_list: STILL_OPEN,
    opens_list: STILL_OPEN,
    withdraws: STILL_OPEN,
    declines: STILL_OPEN,
}
"""What the people of a program do, and in which states of it they may."""


@pytest.mark.parametrize("state", sorted(ProgramState))
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_what_is_over_is_for_reading(db, pair, act, state):
    do = act(db, pair)
    pair.program.state = state
    db.flush()

    assert is_allowed(do) == (state in ACTS[act])


def is_allowed(do):
    try:
        do()
    except NotAllowed:
        return False
    return True


def now(thing):
    """Its state by now."""
    return thing.state


def rest(db, pair, frozen_clock, days):
    """The program pauses for so many days, in which the timers run."""
    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.PAUSED)
    frozen_clock.tick(days=days)
    timers.run_due(db)
    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.RUNNING)
    timers.run_due(db)


def test_a_mentor_has_as_many_days_to_answer_as_before_the_break(db, pair, frozen_clock):
    pair.pairing.state = PairingState.ENDED_NO_FAULT
    request = waiting_request(db, pair, expires_at=clock.now() + timedelta(days=5))
    frozen_clock.tick(days=2)

    rest(db, pair, frozen_clock, 28)

    before = request.state
    frozen_clock.tick(days=2, hours=23)
    timers.run_due(db)
    still = request.state
    frozen_clock.tick(hours=1)
    timers.run_due(db)
    assert (before, still, request.state) == (
        RequestState.SENT, RequestState.SENT, RequestState.EXPIRED,
    )  # fmt: skip


def test_a_trial_is_as_long_as_it_was_meant_to_be(db, pair, frozen_clock):
    put(db, pair, PairingState.TRIAL)
    pair.pairing.trial_ends_at = clock.now() + timedelta(days=21)
    frozen_clock.tick(days=1)

    rest(db, pair, frozen_clock, 28)

    assert now(pair.pairing) is PairingState.TRIAL
    frozen_clock.tick(days=20)
    timers.run_due(db)
    assert now(pair.pairing) is PairingState.ACTIVE


def test_a_pair_has_seven_days_to_sign_without_those_of_a_break(db, pair, frozen_clock):
    put(db, pair, PairingState.PROPOSED)
    frozen_clock.tick(days=1)

    rest(db, pair, frozen_clock, 28)

    assert now(pair.pairing) is PairingState.PROPOSED
    assert held_until(db, pair.pairing) == clock.now() + timedelta(days=6)
    frozen_clock.tick(days=6)
    timers.run_due(db)
    assert now(pair.pairing) is PairingState.EXPIRED


def test_a_proposal_waits_for_three_days_without_those_of_a_break(db, pair, frozen_clock):
    asked = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=60))
    )
    frozen_clock.tick(days=1)

    rest(db, pair, frozen_clock, 28)

    assert now(asked) is SessionState.PROPOSED
    frozen_clock.tick(days=2)
    timers.run_due(db)
    assert now(asked) is SessionState.LAPSED


def test_one_answer_waits_seven_days_without_those_of_a_break(db, pair, frozen_clock):
    session = agree(db, pair)
    frozen_clock.tick(days=3)
    timers.run_due(db)
    add(
        db,
        AttendanceReport(
            mentoring_session_id=session.id,
            reporter_id=pair.mentee.id,
            answer=AttendanceAnswer.HELD,
            minutes=45,
            reported_at=clock.now(),
        ),
    )
    frozen_clock.tick(days=1)

    rest(db, pair, frozen_clock, 28)

    assert now(session) is SessionState.TO_CONFIRM
    frozen_clock.tick(days=6)
    timers.run_due(db)
    assert now(session) is SessionState.HELD


def test_while_a_program_rests_no_session_is_asked_about(db, pair, frozen_clock):
    session = agree(db, pair)
    pair.program.state = ProgramState.PAUSED
    frozen_clock.tick(days=30)

    timers.run_due(db)

    assert now(session) is SessionState.SCHEDULED


PAIRS = {
    PairingState.PROPOSED: PairingState.DECLINED,
    PairingState.TRIAL: PairingState.CLOSED,
    PairingState.ACTIVE: PairingState.CLOSED,
    PairingState.PAUSED: PairingState.CLOSED,
    PairingState.INTERRUPTED: PairingState.CLOSED,
    PairingState.SUSPENDED: PairingState.CLOSED,
}


@pytest.mark.parametrize("state", PAIRS)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ProgramState.CLOSING, ProgramState.CLOSED),
        (ProgramState.RUNNING, ProgramState.CANCELLED),
    ],
)
def test_pairs_end_with_their_program_and_nobody_is_at_fault(db, pair, state, before, after):
    session = agree(db, pair)
    put(db, pair, state)
    pair.program.state = before

    programs.move_program(db, pair.teresa(db), pair.program, after)

    assert (pair.pairing.state, pair.pairing.end_reason) == (PAIRS[state], EndReason.PROGRAM_END)
    assert pair.mentee.fit_priority == 0
    assert session.state is SessionState.CANCELLED_IN_TIME


def test_nobody_waits_for_an_answer_once_the_program_is_closed(db, pair):
    request = waiting_request(db, pair)
    pair.program.state = ProgramState.CLOSING

    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.CLOSED)

    assert request.state is RequestState.RELEASED


@pytest.mark.parametrize("state", [PairingState.TRIAL, PairingState.ACTIVE, PairingState.PAUSED])
def test_a_program_that_is_opened_again_has_its_pairs_back(db, pair, state, frozen_clock):
    put(db, pair, PairingState.TRIAL)
    for step in (PairingState.ACTIVE, PairingState.PAUSED)[: [*PAIRS].index(state) - 1]:
        pairings.move(db, pair.teresa(db), pair.pairing, step)
    if state is PairingState.TRIAL:
        record_of(db, pair, PairingState.TRIAL)
    pair.program.state = ProgramState.CLOSING
    teresa = pair.teresa(db)
    programs.move_program(db, teresa, pair.program, ProgramState.CLOSED)
    frozen_clock.tick(days=10)

    programs.move_program(db, teresa, pair.program, ProgramState.RUNNING)

    assert pair.pairing.state is state
    assert (pair.pairing.ended_at, pair.pairing.end_reason) == (None, None)


def record_of(db, pair, state):
    add(
        db,
        Activity(
            verb=Verb.PAIRING_MOVED, noun="pairing", noun_id=pair.pairing.id, detail=state,
            at=clock.now(),
        ),
    )  # fmt: skip


def test_a_pair_that_had_parted_before_stays_parted(db, pair):
    other = make_pairing(
        db,
        pair.program,
        mentor=pair.mentor,
        mentee=make_mentee(db, pair.program, name="Bea Lima"),
        state=PairingState.CLOSED,
        ended_at=clock.now(),
        end_reason=EndReason.GOALS_REACHED,
    )
    pair.program.state = ProgramState.CLOSING
    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.CLOSED)

    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.RUNNING)

    assert (other.state, pair.pairing.state) == (PairingState.CLOSED, PairingState.ACTIVE)


def test_a_pair_that_has_finished_may_meet_again_and_nobody_comes_first(db, pair):
    pairings.end(db, pair.ana(db), pair.pairing, EndReason.GOALS_REACHED)

    assert pair.pairing.state is PairingState.CLOSED
    assert pair.mentee.fit_priority == 0
    again = pairings.pair(db, pair.teresa(db), pair.mentee, pair.mentor, pair.pairing.origin)
    assert again.state is PairingState.PROPOSED


def test_a_learner_whose_mentor_has_left_goes_on_first_and_without_a_parting(db, pair):
    put(db, pair, PairingState.INTERRUPTED)

    pairings.end(db, pair.ana(db), pair.pairing, EndReason.LEFT_COURSE)

    assert pair.pairing.state is PairingState.CLOSED
    assert pair.mentee.fit_priority == 1


@pytest.mark.parametrize("state", [PairingState.TRIAL, PairingState.ACTIVE, PairingState.PAUSED])
def test_who_comes_back_finds_the_pair_as_it_was(db, pair, state):
    put(db, pair, PairingState.TRIAL)
    record_of(db, pair, PairingState.TRIAL)
    for step in (PairingState.ACTIVE, PairingState.PAUSED)[: [*PAIRS].index(state) - 1]:
        pairings.move(db, pair.teresa(db), pair.pairing, step)
    member = pair.mentor.membership
    member.state = MembershipState.GONE
    departures.member_left(db, pair.course.id, [member.id])
    left = pair.pairing.state
    member.state = MembershipState.ACTIVE

    departures.member_back(db, pair.course.id, [member.id])

    assert (left, pair.pairing.state) == (PairingState.INTERRUPTED, state)


def on_day(frozen_clock, program, days):
    """Noon of the day that is so many days after the program's last."""
    frozen_clock.move_to(clock.now().replace(
        year=program.ends_on.year, month=program.ends_on.month, day=program.ends_on.day, hour=12
    ) + timedelta(days=days))  # fmt: skip


def test_the_look_back_opens_by_itself_two_weeks_before_the_end(db, pair, frozen_clock):
    on_day(frozen_clock, pair.program, -15)
    timers.run_due(db)
    before = pair.program.state
    on_day(frozen_clock, pair.program, -14)

    timers.run_due(db)

    assert (before, pair.program.state) == (ProgramState.RUNNING, ProgramState.CLOSING)


def test_a_program_closes_by_itself_two_weeks_after_its_end(db, pair, frozen_clock):
    on_day(frozen_clock, pair.program, -14)
    timers.run_due(db)
    on_day(frozen_clock, pair.program, 14)
    timers.run_due(db)
    before = pair.program.state
    on_day(frozen_clock, pair.program, 15)

    timers.run_due(db)

    assert (before, pair.program.state) == (ProgramState.CLOSING, ProgramState.CLOSED)
    assert pair.pairing.end_reason is EndReason.PROGRAM_END


def test_the_day_is_the_programs_own(db, pair, frozen_clock):
    pair.program.time_zone = "Pacific/Auckland"  # where it is tomorrow already
    on_day(frozen_clock, pair.program, -15)

    timers.run_due(db)

    assert now(pair.program) is ProgramState.CLOSING


def test_what_a_coordinator_opened_again_is_not_closed_behind_their_back(db, pair, frozen_clock):
    on_day(frozen_clock, pair.program, -14)
    timers.run_due(db)
    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.RUNNING)

    timers.run_due(db)

    assert now(pair.program) is ProgramState.RUNNING
    on_day(frozen_clock, pair.program, 0)
    timers.run_due(db)
    assert now(pair.program) is ProgramState.CLOSING


def test_a_program_that_rests_does_not_finish_by_itself(db, pair, frozen_clock):
    pair.program.state = ProgramState.PAUSED
    on_day(frozen_clock, pair.program, 30)

    timers.run_due(db)

    assert now(pair.program) is ProgramState.PAUSED
