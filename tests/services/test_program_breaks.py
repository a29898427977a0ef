"""Days of a program's break count for nothing that waits."""

from datetime import timedelta

from lti_mentoring.core import clock
from lti_mentoring.models import AttendanceReport
from lti_mentoring.services import programs, sessions, timers
from lti_mentoring.services.program_effects import held_until
from lti_mentoring.vocabulary import (
    AttendanceAnswer,
    PairingState,
    ProgramState,
    RequestState,
    SessionState,
)
from tests.support.factories import add
from tests.support.pairs import agree, draft_at, put, waiting_request


def now(thing):
    """Its state by now."""
    return thing.state


def wait(db, frozen_clock, **time):
    """So much time passes, and the timers run."""
    frozen_clock.tick(**time)
    timers.run_due(db)


def rest(db, pair, frozen_clock, days):
    """The program pauses for so many days, in which the timers run."""
    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.PAUSED)
    wait(db, frozen_clock, days=days)
    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.RUNNING)
    timers.run_due(db)


def test_a_mentor_has_as_many_days_to_answer_as_before_the_break(db, pair, frozen_clock):
    pair.pairing.state = PairingState.ENDED_NO_FAULT
    request = waiting_request(db, pair, expires_at=clock.now() + timedelta(days=5))
    frozen_clock.tick(days=2)

    rest(db, pair, frozen_clock, 28)

    before = request.state
    wait(db, frozen_clock, days=2, hours=23)
    still = request.state
    wait(db, frozen_clock, hours=1)
    assert (before, still, request.state) == (
        RequestState.SENT, RequestState.SENT, RequestState.EXPIRED,
    )  # fmt: skip


def test_a_trial_is_as_long_as_it_was_meant_to_be(db, pair, frozen_clock):
    put(db, pair, PairingState.TRIAL)
    pair.pairing.trial_ends_at = clock.now() + timedelta(days=21)
    frozen_clock.tick(days=1)

    rest(db, pair, frozen_clock, 28)

    assert now(pair.pairing) is PairingState.TRIAL
    wait(db, frozen_clock, days=20)
    assert now(pair.pairing) is PairingState.ACTIVE


def test_a_pair_has_seven_days_to_sign_without_those_of_a_break(db, pair, frozen_clock):
    put(db, pair, PairingState.PROPOSED)
    frozen_clock.tick(days=1)

    rest(db, pair, frozen_clock, 28)

    assert now(pair.pairing) is PairingState.PROPOSED
    assert held_until(db, pair.pairing) == clock.now() + timedelta(days=6)
    wait(db, frozen_clock, days=6)
    assert now(pair.pairing) is PairingState.EXPIRED


def test_a_proposal_waits_for_three_days_without_those_of_a_break(db, pair, frozen_clock):
    asked = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=60))
    )
    frozen_clock.tick(days=1)

    rest(db, pair, frozen_clock, 28)

    assert now(asked) is SessionState.PROPOSED
    wait(db, frozen_clock, days=2)
    assert now(asked) is SessionState.LAPSED


def test_one_answer_waits_seven_days_without_those_of_a_break(db, pair, frozen_clock):
    session = agree(db, pair)
    wait(db, frozen_clock, days=3)
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
    wait(db, frozen_clock, days=6)
    assert now(session) is SessionState.HELD


def test_while_a_program_rests_no_session_is_asked_about(db, pair, frozen_clock):
    session = agree(db, pair)
    pair.program.state = ProgramState.PAUSED
    frozen_clock.tick(days=30)

    timers.run_due(db)

    assert now(session) is SessionState.SCHEDULED
