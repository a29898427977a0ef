"""What happens to sessions by itself when nobody answers."""

from datetime import timedelta

from lti_mentoring.core import clock
from lti_mentoring.services import session_timers, sessions
from lti_mentoring.vocabulary import AttendanceAnswer, SessionState
from tests.support.pairs import agree, draft_at, make_pair
from tests.support.sessions import earned, over, say

ANSWER = AttendanceAnswer
S = SessionState


def test_one_answer_holds_after_seven_days_of_silence(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    session_timers.run_due(db, clock.now())
    say(db, pair, session, by_ana=ANSWER.HELD)
    answered_at = clock.now()
    frozen_clock.move_to(answered_at + timedelta(days=7) - timedelta(seconds=1))
    early = (session_timers.run_due(db, clock.now()), session.state)
    frozen_clock.move_to(answered_at + timedelta(days=7))

    late = (session_timers.run_due(db, clock.now()), session.state)

    assert early == (0, S.TO_CONFIRM)
    assert late == (1, S.HELD)
    assert earned(db, pair) == 1


def test_a_late_first_answer_leaves_the_other_side_a_week_to_object(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    frozen_clock.tick(days=8)
    session_timers.run_due(db, clock.now())
    say(db, pair, session, by_ana=ANSWER.HELD)
    session_timers.run_due(db, clock.now())
    that_day = session.state
    frozen_clock.tick(days=6)
    session_timers.run_due(db, clock.now())

    say(db, pair, session, by_rui=ANSWER.MENTEE_MISSED)

    assert (that_day, session.state) == (S.TO_CONFIRM, S.DISPUTED)


def test_a_proposal_lapses_after_three_days_or_at_its_start(db, frozen_clock):
    pair = make_pair(db)
    soon = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(hours=5))
    )
    far = sessions.propose(
        db, pair.ana(db), pair.pairing, draft_at(clock.now() + timedelta(days=20))
    )
    frozen_clock.tick(hours=5)
    first = (session_timers.run_due(db, clock.now()), soon.state, far.state)
    frozen_clock.tick(hours=67)

    second = (session_timers.run_due(db, clock.now()), far.state)

    assert first == (1, S.LAPSED, S.PROPOSED)
    assert second == (1, S.LAPSED)
    assert session_timers.run_due(db, clock.now()) == 0


def test_both_are_asked_once_the_time_is_over(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)
    frozen_clock.move_to(sessions.ends_at(session))

    assert session_timers.run_due(db, clock.now()) == 1
    assert session.state is S.TO_CONFIRM
