"""What a coordinator can make of a mentor."""

import pytest

from lti_mentoring.rules.mentor_steps import coordinators_moves
from lti_mentoring.rules.transitions import may_become
from lti_mentoring.vocabulary import MentorState


@pytest.mark.parametrize("state", MentorState)
def test_only_who_is_in_the_pool_can_be_moved_within_it(state):
    moves = coordinators_moves(state)

    in_pool = state in {MentorState.ACTIVE, MentorState.PAUSED}
    assert (MentorState.ACTIVE in moves) == (state is MentorState.PAUSED)
    assert (MentorState.RETIRED in moves) == in_pool


@pytest.mark.parametrize("state", MentorState)
def test_whatever_is_offered_can_be_done(state):
    assert all(may_become(state, wanted) for wanted in coordinators_moves(state))


def test_an_application_is_answered_and_not_moved():
    assert coordinators_moves(MentorState.SUBMITTED) == ()
