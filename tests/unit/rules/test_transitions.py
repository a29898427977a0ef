"""States: complete tables, an end for each state, and what guards a pairing's steps."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from lti_mentoring import vocabulary
from lti_mentoring.core.errors import Conflict
from lti_mentoring.rules.transitions import (
    END_STATES,
    NOUNS,
    TABLES,
    after_fit_checks,
    may_become,
    may_start_trial,
    next_state,
    trial_is_over,
    wants_new_mentor,
)
from lti_mentoring.vocabulary import (
    ActionState,
    Component,
    FitAnswer,
    GoalState,
    MentorState,
    PairingState,
    ProgramState,
    RequestState,
    SessionState,
    SignInState,
)

STATE_ENUMS = [
    thing
    for name, thing in vars(vocabulary).items()
    if name.endswith("State") and isinstance(thing, type) and issubclass(thing, StrEnum)
]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def reachable_from(state: StrEnum) -> Iterator[StrEnum]:
    seen, waiting = set(), [state]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            yield current
            waiting.extend(TABLES[type(state)][current])


@pytest.mark.parametrize("states", STATE_ENUMS, ids=lambda states: states.__name__)
def test_every_state_has_its_row_and_leads_only_to_states_of_its_own_kind(states):
    assert set(TABLES[states]) == set(states)
    for row in TABLES[states].values():
        assert all(type(after) is states for after in row)


@pytest.mark.parametrize("states", STATE_ENUMS, ids=lambda states: states.__name__)
def test_from_every_state_an_end_can_be_reached(states):
    for state in states:
        assert END_STATES[states] & set(reachable_from(state)), state


@pytest.mark.parametrize("states", STATE_ENUMS, ids=lambda states: states.__name__)
def test_a_state_that_leads_nowhere_is_an_end(states):
    for state, row in TABLES[states].items():
        assert row or state in END_STATES[states]
    assert END_STATES[states] <= set(states)
    assert NOUNS[states].split(" ")[0] in {"a", "an"}


def test_there_is_no_table_for_what_has_no_states():
    assert set(TABLES) == set(STATE_ENUMS) == set(END_STATES) == set(NOUNS)


@pytest.mark.parametrize(
    ("current", "wanted"),
    [
        (ProgramState.DRAFT, ProgramState.RECRUITING),
        (ProgramState.PAUSED, ProgramState.RUNNING),
        (ProgramState.CLOSED, ProgramState.RUNNING),
        (PairingState.PROPOSED, PairingState.TRIAL),
        (PairingState.TRIAL, PairingState.ENDED_NO_FAULT),
        (PairingState.CLOSING, PairingState.CLOSED),
        (MentorState.REJECTED, MentorState.STARTED),
        (RequestState.SENT, RequestState.EXPIRED),
        (SessionState.PROPOSED, SessionState.PROPOSED),
        (SessionState.SCHEDULED, SessionState.SCHEDULED),
        (SessionState.HELD, SessionState.DISPUTED),
        (SessionState.DISPUTED, SessionState.MISSED_BY_MENTOR),
        (GoalState.ACHIEVED, GoalState.ACTIVE),
        (SignInState.ACTIVE, SignInState.EXPIRED),
    ],
)
def test_a_step_that_the_field_knows_is_taken(current, wanted):
    assert next_state(current, wanted) is wanted


@pytest.mark.parametrize(
    ("current", "wanted", "sentence"),
    [
        (
            ProgramState.CANCELLED,
            ProgramState.RUNNING,
            "a program that is cancelled cannot become running",
        ),
        (
            SessionState.HELD,
            SessionState.MISSED_BY_MENTEE,
            "a session that is held cannot become missed by mentee",
        ),
        (
            PairingState.ENDED_NO_FAULT,
            PairingState.ACTIVE,
            "a pairing that is ended no fault cannot become active",
        ),
        (
            ActionState.DONE,
            ActionState.DROPPED,
            "an action item that is done cannot become dropped",
        ),
        (RequestState.ACCEPTED, RequestState.SENT, "a request that is accepted cannot become sent"),
    ],
)
def test_a_step_that_nobody_foresaw_is_refused_in_a_plain_sentence(current, wanted, sentence):
    with pytest.raises(Conflict) as refusal:
        next_state(current, wanted)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("current", "wanted"),
    [
        (PairingState.PAUSED, MentorState.ACTIVE),  # equal in value to PairingState.ACTIVE
        (Component.NEEDS, Component.CLOSURE),
    ],
)
def test_states_of_different_things_are_not_compared(current, wanted):
    with pytest.raises(ValueError, match="not states of one thing"):
        may_become(current, wanted)


@pytest.mark.parametrize(
    ("mentee", "mentor", "starts"),
    [(False, False, False), (True, False, False), (False, True, False), (True, True, True)],
)
def test_a_trial_starts_when_both_have_signed(mentee, mentor, starts):
    assert may_start_trial(signed_by_mentee=mentee, signed_by_mentor=mentor) is starts


@pytest.mark.parametrize(
    ("ends_in", "held", "sessions", "over"),
    [
        (timedelta(seconds=1), 0, 2, False),
        (timedelta(0), 0, 2, True),
        (timedelta(days=9), 1, 2, False),
        (timedelta(days=9), 2, 2, True),
        (timedelta(days=9), 3, 2, True),
        (timedelta(days=9), 1, 1, True),
        (timedelta(days=9), 5, 0, False),
        (None, 1, 2, False),
        (None, 2, 2, True),
    ],
)
def test_a_trial_ends_by_time_or_by_sessions_whichever_comes_first(ends_in, held, sessions, over):
    ends_at = None if ends_in is None else NOW + ends_in
    assert trial_is_over(NOW, ends_at, held, sessions) is over


GOOD, UNSURE, NOT = FitAnswer.GOOD, FitAnswer.UNSURE, FitAnswer.NOT_A_FIT
ACTIVE = PairingState.ACTIVE


@pytest.mark.parametrize(
    ("mentee", "mentor", "trial_over", "expected"),
    [
        (GOOD, GOOD, False, ACTIVE),
        (GOOD, GOOD, True, ACTIVE),
        (GOOD, None, False, None),
        (GOOD, UNSURE, False, None),
        (UNSURE, UNSURE, True, ACTIVE),
        (None, None, False, None),
        (None, None, True, ACTIVE),
        (NOT, GOOD, False, None),
        (NOT, GOOD, True, None),
        (GOOD, NOT, True, None),
        (None, NOT, True, None),
    ],
)
def test_fit_checks_end_the_trial_unless_somebody_objects(mentee, mentor, trial_over, expected):
    assert after_fit_checks(mentee, mentor, trial_over=trial_over) is expected
    assert wants_new_mentor(mentee, mentor) is (NOT in (mentee, mentor))
