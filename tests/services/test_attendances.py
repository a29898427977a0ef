"""What the two say of a session, who settles it, and what it counts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotAllowed
from lti_mentoring.grading import ledger
from lti_mentoring.models import EngagementEvent, MentoringSession
from lti_mentoring.queries import my_engagement
from lti_mentoring.services import attendances, session_timers
from lti_mentoring.services.attendances import ReportDraft
from lti_mentoring.vocabulary import AttendanceAnswer, Component, PairingState, SessionState
from tests.support.pairs import agree, make_pair
from tests.support.races import at_once
from tests.support.sessions import earned, over, say

ANSWER = AttendanceAnswer
S = SessionState


def reporting(actor, session_id):
    def act(db):
        session = db.get_one(MentoringSession, session_id)
        attendances.report(db, actor, session, ReportDraft(ANSWER.HELD, 45))

    return act


def test_two_who_answer_in_one_moment_settle_a_session(database, db, frozen_clock):
    pair = make_pair(db)
    session_id = over(db, frozen_clock, pair).id
    ana, rui = pair.ana(db), pair.rui(db)
    session_timers.run_due(db, clock.now())
    db.commit()

    errors = at_once(database, reporting(ana, session_id), reporting(rui, session_id))

    with database.sessions() as later:
        state = later.get_one(MentoringSession, session_id).state
    assert (errors, state) == ([None, None], S.HELD)


def test_two_equal_answers_settle_a_session_and_it_counts(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, by_ana=ANSWER.HELD)
    waiting = (session.state, earned(db, pair))

    say(db, pair, session, by_rui=ANSWER.HELD)

    assert waiting == (S.TO_CONFIRM, 0)
    assert (session.state, earned(db, pair)) == (S.HELD, 1)


@pytest.mark.parametrize(
    ("answer", "state", "credit"),
    [
        (ANSWER.MENTEE_MISSED, S.MISSED_BY_MENTEE, 0),
        (ANSWER.MENTOR_MISSED, S.MISSED_BY_MENTOR, 1),
        (ANSWER.BOTH_MISSED, S.MISSED_BY_BOTH, 0),
    ],
)
def test_a_mentee_who_was_ready_is_credited(db, frozen_clock, answer, state, credit):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)

    say(db, pair, session, answer, answer)

    assert (session.state, earned(db, pair)) == (state, credit)


def test_fourteen_minutes_do_not_count_whoever_says_more(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, by_ana=ANSWER.HELD, minutes=45)

    say(db, pair, session, by_rui=ANSWER.HELD, minutes=14)

    assert (session.state, earned(db, pair)) == (S.HELD, 0)


def test_of_two_sessions_within_three_days_one_counts(db, frozen_clock):
    pair = make_pair(db)
    first = over(db, frozen_clock, pair)
    say(db, pair, first, ANSWER.HELD, ANSWER.HELD)
    second = over(db, frozen_clock, pair, first.starts_at + timedelta(days=2))

    say(db, pair, second, ANSWER.HELD, ANSWER.HELD)

    assert earned(db, pair) == 1


def test_a_dispute_counts_half_until_it_is_settled(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.MENTEE_MISSED)
    disputed = (session.state, earned(db, pair))

    attendances.settle_dispute(db, pair.teresa(db), session, S.HELD)

    assert disputed == (S.DISPUTED, Decimal("0.5"))
    assert (session.state, earned(db, pair)) == (S.HELD, 1)


def test_corrections_are_new_lines_in_the_ledger(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.HELD)

    say(db, pair, session, by_rui=ANSWER.MENTEE_MISSED)
    say(db, pair, session, by_ana=ANSWER.MENTEE_MISSED)

    rows = select(EngagementEvent.credit).where(EngagementEvent.component == Component.SESSIONS)
    half = Decimal("0.5")
    assert db.scalars(rows.order_by(EngagementEvent.id)).all() == [1, -1, half, -half]
    assert session.state is S.MISSED_BY_MENTEE


def test_what_a_coordinator_settled_stays_settled(db, frozen_clock):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.MENTEE_MISSED)
    attendances.settle_dispute(db, pair.teresa(db), session, S.MISSED_BY_MENTEE)
    db.flush()

    with pytest.raises(Conflict):
        say(db, pair, session, by_ana=ANSWER.MENTOR_MISSED)


@pytest.mark.parametrize("who", ["ana", "rui", "lia"])
def test_only_coordinators_settle_a_dispute(db, frozen_clock, who):
    pair = make_pair(db)
    session = over(db, frozen_clock, pair)
    say(db, pair, session, ANSWER.HELD, ANSWER.MENTEE_MISSED)

    with pytest.raises(NotAllowed):
        attendances.settle_dispute(db, getattr(pair, who)(db), session, S.HELD)


def test_nobody_reports_a_session_that_has_not_begun(db, frozen_clock):
    pair = make_pair(db)
    session = agree(db, pair)

    with pytest.raises(Conflict):
        say(db, pair, session, by_ana=ANSWER.HELD)


def test_a_held_session_can_end_the_trial(db, frozen_clock):
    pair = make_pair(db, PairingState.TRIAL, trial_sessions=1)
    session = over(db, frozen_clock, pair)

    say(db, pair, session, ANSWER.HELD, ANSWER.HELD)

    assert pair.pairing.state is PairingState.ACTIVE


def test_the_ledger_and_the_page_mean_the_same_by_a_name():
    assert ledger.mentor_missed_source(7) == f"{my_engagement.MENTOR_MISSED}:7"
    assert ledger.VERSION == my_engagement.VERSION
