"""What people may still do in each state of their program."""

import pytest

from lti_mentoring.core.errors import NotAllowed
from lti_mentoring.models import MentorProfile
from lti_mentoring.services import agreements, mentor_profiles, mentor_requests, pairings, sessions
from lti_mentoring.services.mentor_profiles import Card
from lti_mentoring.services.mentor_requests import Answer
from lti_mentoring.vocabulary import (
    DeclineReason,
    EndReason,
    FitAnswer,
    MentorState,
    PairingState,
    ProgramState,
)
from tests.support.pairs import agree, put, waiting_request

LIVE = {ProgramState.RECRUITING, ProgramState.RUNNING, ProgramState.CLOSING}
STILL_OPEN = LIVE | {ProgramState.PAUSED}
CARD = Card("I passed it twice", "We read together.", {}, 2, (), None, (), (), "UTC")


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
