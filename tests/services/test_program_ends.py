"""A program ends, by itself or by hand, and its pairs with it; they come back if it opens again."""

from datetime import timedelta

import pytest

from lti_mentoring.core import clock
from lti_mentoring.services import programs, timers
from lti_mentoring.vocabulary import (
    EndReason,
    PairingState,
    ProgramState,
    RequestState,
    SessionState,
)
from tests.support.factories import make_mentee, make_pairing
from tests.support.pairs import agree, lead_to, put, waiting_request

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
    lead_to(db, pair, state)
    pair.program.state = ProgramState.CLOSING
    teresa = pair.teresa(db)
    programs.move_program(db, teresa, pair.program, ProgramState.CLOSED)
    frozen_clock.tick(days=10)

    programs.move_program(db, teresa, pair.program, ProgramState.RUNNING)

    assert pair.pairing.state is state
    assert (pair.pairing.ended_at, pair.pairing.end_reason) == (None, None)


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

    assert pair.program.state is ProgramState.CLOSING


def test_what_a_coordinator_opened_again_is_not_closed_behind_their_back(db, pair, frozen_clock):
    on_day(frozen_clock, pair.program, -14)
    timers.run_due(db)
    programs.move_program(db, pair.teresa(db), pair.program, ProgramState.RUNNING)

    timers.run_due(db)
    that_day = pair.program.state
    on_day(frozen_clock, pair.program, 0)
    timers.run_due(db)

    assert (that_day, pair.program.state) == (ProgramState.RUNNING, ProgramState.CLOSING)


def test_a_program_that_rests_does_not_finish_by_itself(db, pair, frozen_clock):
    pair.program.state = ProgramState.PAUSED
    on_day(frozen_clock, pair.program, 30)

    timers.run_due(db)

    assert pair.program.state is ProgramState.PAUSED
