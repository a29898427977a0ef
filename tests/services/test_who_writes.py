"""Who was a mentor, or is kept from being one, reads what was written and writes no more."""

import pytest

from lti_mentoring.core.errors import NotAllowed, NotFound
from lti_mentoring.policies.goal import may_comment
from lti_mentoring.queries.actions import ActionInHand
from lti_mentoring.queries.goals import goal_for, shared_goals
from lti_mentoring.queries.sessions import blocks_of, room_for
from lti_mentoring.services import actions, goals, session_rooms
from lti_mentoring.services.actions import ActionDraft
from lti_mentoring.services.session_rooms import BlockDraft
from lti_mentoring.vocabulary import GoalEntryKind, PairingState, Visibility
from tests.services.test_goals import draft
from tests.support.pairs import agree, make_pair

pytestmark = pytest.mark.usefixtures("frozen_clock")

RESTING = [
    PairingState.PAUSED,
    PairingState.INTERRUPTED,
    PairingState.SUSPENDED,
    PairingState.ENDED_NO_FAULT,
    PairingState.CLOSED,
]
OVER = [PairingState.ENDED_NO_FAULT, PairingState.CLOSED, PairingState.EXPIRED]


def put(db, pair, state):
    pair.pairing.state = state
    db.flush()


def written_by(db, actor, pair, session):
    """Every way to write in a session's room, with the name of each."""
    block = blocks_of(db, session)[0]
    return {
        "notes": lambda: session_rooms.save_shared_notes(db, actor, session, "!", session.version),
        "agenda": lambda: session_rooms.add_block(db, actor, session, BlockDraft("Me", 5)),
        "away": lambda: session_rooms.remove_block(db, actor, session, block),
        "to do": lambda: actions.add_to_session(
            db, actor, session, ActionDraft("Call me back", pair.mentee.id, None)
        ),
    }


@pytest.mark.parametrize("state", RESTING)
@pytest.mark.parametrize("who", ["ana", "rui"])
@pytest.mark.parametrize("what", ["notes", "agenda", "away", "to do"])
def test_a_room_is_for_reading_while_the_two_do_not_work_together(db, state, who, what):
    pair = make_pair(db)
    session = agree(db, pair)
    put(db, pair, state)
    actor = getattr(pair, who)(db)

    assert room_for(db, actor, session.id).session is session
    with pytest.raises(NotAllowed):
        written_by(db, actor, pair, session)[what]()


@pytest.mark.parametrize("state", RESTING)
def test_the_mentee_still_writes_the_own_note_and_the_mentor_does_not(db, state):
    pair = make_pair(db)
    session = agree(db, pair)
    put(db, pair, state)

    session_rooms.save_private_note(db, pair.ana(db), session, "What I take with me", 0)

    with pytest.raises(NotAllowed):
        session_rooms.save_private_note(db, pair.rui(db), session, "What I think of her", 0)


@pytest.mark.parametrize("state", RESTING)
def test_only_who_has_it_to_do_ticks_it_off_once_the_pair_rests(db, state):
    pair = make_pair(db)
    session = agree(db, pair)
    hers = actions.add_to_session(
        db, pair.rui(db), session, ActionDraft("Read it", pair.mentee.id, None)
    )
    held = ActionInHand(hers, None, pair.pairing)
    put(db, pair, state)

    with pytest.raises(NotAllowed):
        actions.drop(db, pair.rui(db), held)
    actions.finish(db, pair.ana(db), held)


@pytest.mark.parametrize("state", [PairingState.SUSPENDED, PairingState.PAUSED])
def test_a_suspended_mentor_reads_a_shared_goal_and_says_nothing(db, state):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft())
    put(db, pair, state)
    rui = pair.rui(db)
    held = goal_for(db, rui, goal.id)

    assert not may_comment(rui, goal, pair.pairing)
    with pytest.raises(NotAllowed):
        goals.comment(db, rui, held, GoalEntryKind.COMMENT, "One more thing")
    with pytest.raises(NotAllowed):
        actions.add_to_goal(db, rui, held, ActionDraft("Do this", pair.mentee.id, None))


@pytest.mark.parametrize("state", [PairingState.PROPOSED, *OVER])
def test_the_mentor_of_a_pair_that_has_not_signed_or_is_over_reads_no_goal(db, state):
    pair = make_pair(db)
    goal = goals.set_goal(db, pair.ana(db), draft(Visibility.SHARED))
    put(db, pair, state)

    assert shared_goals(db, pair.mentor.id) == []
    with pytest.raises(NotFound):
        goal_for(db, pair.rui(db), goal.id)


def test_nothing_is_given_to_a_mentor_who_has_not_signed_yet(db):
    pair = make_pair(db, PairingState.PROPOSED)
    goal = goals.set_goal(db, pair.ana(db), draft(Visibility.SHARED))
    held = goal_for(db, pair.ana(db), goal.id)

    with pytest.raises(NotFound):
        actions.add_to_goal(db, pair.ana(db), held, ActionDraft("Yours", pair.mentor.id, None))
