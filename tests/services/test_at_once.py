"""Two who act for one pair in the same moment: nothing is lost, and nothing happens twice."""

import pytest

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict
from lti_mentoring.models import Agreement, Pairing
from lti_mentoring.services import agreements, pairings
from lti_mentoring.vocabulary import EndReason, FitAnswer, PairingState
from tests.support.factories import add
from tests.support.pairs import make_pair
from tests.support.races import at_once

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def pair(db, frozen_clock):
    pair = make_pair(db, PairingState.PROPOSED)
    add(
        db,
        Agreement(
            program_id=pair.program.id,
            version_number=1,
            body="We come prepared.",
            created_at=clock.now(),
        ),
    )
    return pair


def state_of(database, pairing_id):
    with database.sessions() as db:
        return db.get_one(Pairing, pairing_id).state


def signing(actor, pairing_id):
    return lambda db: agreements.sign(db, actor, db.get_one(Pairing, pairing_id), actor.name, 1)


def answering(actor, pairing_id, answer):
    return lambda db: pairings.answer_fit(db, actor, db.get_one(Pairing, pairing_id), answer)


def ending(actor, pairing_id):
    return lambda db: pairings.end(db, actor, db.get_one(Pairing, pairing_id), EndReason.NO_FIT)


def test_two_signatures_in_one_moment_begin_the_trial(database, db, pair):
    ana, rui, pairing_id = pair.ana(db), pair.rui(db), pair.pairing.id
    db.commit()

    errors = at_once(database, signing(ana, pairing_id), signing(rui, pairing_id))

    assert errors == [None, None]
    assert state_of(database, pairing_id) is PairingState.TRIAL


def test_a_double_click_signs_once(database, db, pair):
    ana, pairing_id = pair.ana(db), pair.pairing.id
    db.commit()

    errors = at_once(database, *[signing(ana, pairing_id)] * 2)

    assert [type(error) for error in errors if error] == [Conflict]


def test_two_good_answers_in_one_moment_end_the_trial(database, db, pair):
    pair.pairing.state = PairingState.TRIAL
    ana, rui, pairing_id = pair.ana(db), pair.rui(db), pair.pairing.id
    db.commit()

    errors = at_once(
        database,
        answering(ana, pairing_id, FitAnswer.GOOD),
        answering(rui, pairing_id, FitAnswer.GOOD),
    )

    assert errors == [None, None]
    assert state_of(database, pairing_id) is PairingState.ACTIVE


def test_of_two_who_end_a_pair_in_one_moment_one_hears_that_it_is_over(database, db, pair):
    pair.pairing.state = PairingState.ACTIVE
    ana, rui, pairing_id = pair.ana(db), pair.rui(db), pair.pairing.id
    db.commit()

    errors = at_once(database, ending(ana, pairing_id), ending(rui, pairing_id))

    assert [type(error) for error in errors if error] == [Conflict]
    assert state_of(database, pairing_id) is PairingState.ENDED_NO_FAULT
