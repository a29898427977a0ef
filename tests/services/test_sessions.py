"""Times of sessions: proposed, agreed, moved, and called off."""

from datetime import timedelta

import pytest

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotAllowed, Stale
from lti_mentoring.queries.sessions import agenda_of
from lti_mentoring.services import session_rooms, session_timers, sessions
from lti_mentoring.services.session_rooms import BlockDraft
from lti_mentoring.vocabulary import AttendanceAnswer, PairingState, SessionState
from tests.support.pairs import agree, draft_at, make_pair
from tests.support.sessions import earned, note_of, say

ANSWER = AttendanceAnswer
S = SessionState


def test_a_proposed_time_holds_when_the_other_side_confirms(db, frozen_clock):
    pair = make_pair(db)
    session = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=2))
    )

    sessions.confirm(db, pair.rui(db), session, session.version)

    assert session.state is S.SCHEDULED
    assert sum(line.minutes for line in agenda_of(db, session)) == session.length_minutes


def test_nobody_answers_their_own_proposal(db, frozen_clock):
    pair = make_pair(db)
    session = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=2))
    )

    for act in (sessions.confirm, sessions.decline):
        with pytest.raises(NotAllowed):
            act(db, pair.ana(db), session, session.version)


def test_confirming_twice_is_a_conflict(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)

    with pytest.raises(Conflict):
        sessions.confirm(db, pair.rui(db), session, session.version)


def test_the_time_that_was_confirmed_is_the_one_that_was_seen(db, frozen_clock):
    pair = make_pair(db)
    start = clock.now() + timedelta(days=2)
    session = sessions.propose(db, pair.ana(db), pair.pairing, draft_at(start))
    seen = session.version
    sessions.counter(db, pair.rui(db), session, draft_at(start + timedelta(hours=1)), seen)
    db.flush()

    with pytest.raises(Stale):
        sessions.confirm(db, pair.ana(db), session, seen)


def test_three_rounds_are_enough(db, frozen_clock):
    pair = make_pair(db)
    start = clock.now() + timedelta(days=2)
    session = sessions.propose(db, pair.ana(db), pair.pairing, draft_at(start))
    for actor, hours in ((pair.rui(db), 1), (pair.ana(db), 2)):
        new = draft_at(start + timedelta(hours=hours))
        sessions.counter(db, actor, session, new, session.version)
        db.flush()

    with pytest.raises(Conflict):
        sessions.counter(db, pair.rui(db), session, draft_at(start), session.version)


def test_one_pair_meets_once_at_a_time(db, frozen_clock):
    pair = make_pair(db)
    start = clock.now() + timedelta(days=2)
    sessions.propose(db, pair.ana(db), pair.pairing, draft_at(start))

    with pytest.raises(Conflict):
        sessions.propose(db, pair.rui(db), pair.pairing, draft_at(start + timedelta(minutes=30)))


@pytest.mark.parametrize("state", [PairingState.PROPOSED, PairingState.PAUSED])
def test_times_are_proposed_only_while_the_two_work_together(db, frozen_clock, state):
    pair = make_pair(db, state)

    with pytest.raises(NotAllowed):
        sessions.propose(db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=2)))


@pytest.mark.parametrize(
    ("hours", "by", "state", "credit"),
    [
        (24, "ana", S.CANCELLED_IN_TIME, 0),
        (24, "rui", S.CANCELLED_IN_TIME, 0),
        (23, "ana", S.CANCELLED_LATE, 0),
        (23, "rui", S.CANCELLED_LATE, 1),
    ],
)
def test_a_late_cancellation_by_the_mentor_counts_for_the_mentee(
    db, frozen_clock, hours, by, state, credit
):
    pair = make_pair(db)
    session = agree(db, pair, clock.now() + timedelta(hours=hours))

    sessions.cancel(db, getattr(pair, by)(db), session, session.version)

    assert (session.state, earned(db, pair)) == (state, credit)


def test_another_time_needs_a_new_yes_and_takes_everything_along(db, frozen_clock):
    pair = make_pair(db)
    old = agree(db, pair)
    session_rooms.add_block(db, pair.rui(db), old, BlockDraft("The outline", 10))
    session_rooms.save_shared_notes(db, pair.rui(db), old, "Bring it", old.version)
    session_rooms.save_private_note(db, pair.ana(db), old, "For me", 0)
    db.flush()
    later = draft_at(old.starts_at + timedelta(days=1))

    new = sessions.reschedule(db, pair.rui(db), old, later, old.version)

    assert (old.state, new.state) == (S.CANCELLED_IN_TIME, S.PROPOSED)
    assert agenda_of(db, new)[-1].text == "The outline"
    assert new.shared_notes == "Bring it"
    assert note_of(db, pair.ana(db), new) == "For me"
    with pytest.raises(NotAllowed):
        sessions.confirm(db, pair.rui(db), new, new.version)


def moved_late(db, pair, frozen_clock):
    """An agreed session that Rui moves three hours before its start, and the new time."""
    old = agree(db, pair)
    frozen_clock.move_to(old.starts_at - timedelta(hours=3))
    later = draft_at(old.starts_at + timedelta(days=1))
    new = sessions.reschedule(db, pair.rui(db), old, later, old.version)
    db.flush()
    return old, new


def test_a_session_moved_late_by_both_counts_once_and_nobody_cancelled_late(db, frozen_clock):
    pair = make_pair(db)
    old, new = moved_late(db, pair, frozen_clock)
    sessions.confirm(db, pair.ana(db), new, new.version)
    frozen_clock.move_to(sessions.ends_at(new))
    say(db, pair, new, by_ana=ANSWER.HELD, by_rui=ANSWER.HELD)

    assert (old.state, new.state) == (S.CANCELLED_IN_TIME, S.HELD)
    assert earned(db, pair) == 1


def test_while_a_new_time_waits_for_an_answer_nothing_is_credited(db, frozen_clock):
    pair = make_pair(db)

    old, _new = moved_late(db, pair, frozen_clock)

    assert (old.state, earned(db, pair)) == (S.CANCELLED_IN_TIME, 0)


@pytest.mark.parametrize("how", ["declined", "taken back", "silence"])
def test_moving_late_without_a_yes_is_a_late_cancellation(db, frozen_clock, how):
    pair = make_pair(db)
    old, new = moved_late(db, pair, frozen_clock)

    if how == "declined":
        sessions.decline(db, pair.ana(db), new, new.version)
    elif how == "taken back":
        sessions.cancel(db, pair.rui(db), new, new.version)
    else:
        frozen_clock.tick(days=3)
        session_timers.run_due(db, clock.now())

    assert (old.state, earned(db, pair)) == (S.CANCELLED_LATE, 1)


def test_moving_in_time_costs_nobody_anything_even_without_a_yes(db, frozen_clock):
    pair = make_pair(db)
    old = agree(db, pair)
    later = draft_at(old.starts_at + timedelta(days=1))
    new = sessions.reschedule(db, pair.rui(db), old, later, old.version)
    db.flush()

    sessions.decline(db, pair.ana(db), new, new.version)

    assert (old.state, earned(db, pair)) == (S.CANCELLED_IN_TIME, 0)


def test_a_proposal_that_replaces_another_still_stands_for_the_agreed_time(db, frozen_clock):
    pair = make_pair(db)
    old, new = moved_late(db, pair, frozen_clock)
    later = draft_at(new.starts_at + timedelta(hours=2))
    newest = sessions.reschedule(db, pair.rui(db), new, later, new.version)
    db.flush()
    between = earned(db, pair)

    sessions.decline(db, pair.ana(db), newest, newest.version)

    assert (between, old.state, earned(db, pair)) == (0, S.CANCELLED_LATE, 1)


def test_what_was_cancelled_cannot_be_cancelled_again_later(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    sessions.cancel(db, pair.rui(db), session, session.version)
    db.flush()
    frozen_clock.move_to(session.starts_at - timedelta(hours=3))

    with pytest.raises(Conflict):
        sessions.cancel(db, pair.rui(db), session, session.version)


def test_what_was_open_is_cancelled_when_a_pair_ends(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)

    count = sessions.cancel_open(db, pair.teresa(db), pair.pairing)

    assert (count, session.state, earned(db, pair)) == (1, S.CANCELLED_IN_TIME, 0)
