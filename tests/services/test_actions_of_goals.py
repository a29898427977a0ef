"""What is to be done for a shared goal, as its owner and one mentor after the other see it."""

import pytest

from lti_mentoring.core import clock
from lti_mentoring.queries.goals import actions_of, goal_for
from lti_mentoring.services import actions
from lti_mentoring.services.actions import ActionDraft
from lti_mentoring.vocabulary import EndReason, PairingState
from tests.support.factories import actor_of, make_goal, make_mentee, make_mentor, make_pairing
from tests.support.pairs import make_pair


@pytest.fixture
def pair(db, frozen_clock):
    return make_pair(db)


def agree_on(db, actor, goal, text, owner):
    actions.add_to_goal(db, actor, goal_for(db, actor, goal.id), ActionDraft(text, owner.id, None))


def read_by(db, actor, goal):
    return [
        (line.text, line.owner_name) for line in actions_of(db, actor, goal_for(db, actor, goal.id))
    ]


def with_new_mentor(db, pair):
    pair.pairing.state, pair.pairing.ended_at = PairingState.ENDED_NO_FAULT, clock.now()
    pair.pairing.end_reason = EndReason.NO_FIT
    db.flush()
    eva = make_mentor(db, pair.program, name="Eva Neu")
    make_pairing(db, pair.program, mentor=eva, mentee=pair.mentee)
    return eva


def test_a_new_mentor_sees_nothing_of_what_was_agreed_on_with_the_former_one(db, pair):
    goal = make_goal(db, pair.mentee)
    agree_on(db, pair.ana(db), goal, "Send the book", pair.mentor)
    agree_on(db, pair.ana(db), goal, "Ask Rui for the slides", pair.mentee)
    eva = with_new_mentor(db, pair)
    agree_on(db, pair.ana(db), goal, "Look at my outline", eva)

    assert read_by(db, actor_of(db, eva), goal) == [("Look at my outline", "Eva")]


def test_the_learner_goes_on_seeing_everything_with_whose_it_is(db, pair):
    goal = make_goal(db, pair.mentee)
    agree_on(db, pair.ana(db), goal, "Send the book", pair.mentor)
    eva = with_new_mentor(db, pair)
    agree_on(db, pair.ana(db), goal, "Look at my outline", eva)

    both = [("Send the book", "Rui"), ("Look at my outline", "Eva")]
    assert read_by(db, pair.ana(db), goal) == both


def test_what_a_learner_planned_alone_is_there_for_the_mentor_who_comes(db, pair):
    bea = make_mentee(db, pair.program, name="Bea Faria")
    goal = make_goal(db, bea)
    agree_on(db, actor_of(db, bea), goal, "Read chapter 1", bea)
    make_pairing(db, pair.program, mentor=pair.mentor, mentee=bea)

    assert read_by(db, pair.rui(db), goal) == [("Read chapter 1", "Bea")]
