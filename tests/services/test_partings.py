"""Pairs that have finished, or lost one of the two, and how they go on."""

import pytest

from lti_mentoring.services import departures, pairings
from lti_mentoring.vocabulary import EndReason, MembershipState, PairingState
from tests.support.pairs import lead_to, put


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
    lead_to(db, pair, state)
    member = pair.mentor.membership
    member.state = MembershipState.GONE
    departures.member_left(db, pair.course.id, [member.id])
    left = pair.pairing.state
    member.state = MembershipState.ACTIVE

    departures.member_back(db, pair.course.id, [member.id])

    assert (left, pair.pairing.state) == (PairingState.INTERRUPTED, state)
