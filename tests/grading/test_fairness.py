"""Through a whole program, day after day: what happens to a score when nothing happens."""

from decimal import Decimal

import pytest

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.grading.rubric import publish_rubric
from lti_mentoring.models import EngagementScore
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.completion import DEFAULT_GATES
from lti_mentoring.rules.engagement import default_rubric
from lti_mentoring.services import mentor_requests, pairings, request_timers
from lti_mentoring.vocabulary import (
    Component,
    EndReason,
    IntakeState,
    PairingMethod,
    PairingState,
)
from tests.support.factories import (
    actor_of,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
)
from tests.support.races import at_once

DAYS = 98
C = Component


class Term:
    """One learner through a program, one day after the other."""

    def __init__(self, db, frozen_clock, method=PairingMethod.BOTH, **intake):
        self.db = db
        self.clock = frozen_clock
        self.program = make_program(db, pairing_method=method)
        publish_rubric(db, self.program, default_rubric(6), DEFAULT_GATES)
        self.learner = make_mentee(db, self.program, **intake)
        self.day = 0

    def pair(self, state=PairingState.ACTIVE):
        return make_pairing(self.db, self.program, mentee=self.learner, state=state)

    def ask(self):
        mentor = make_mentor(self.db, self.program)
        (request,) = mentor_requests.ask(self.db, actor_of(self.db, self.learner), [mentor], "")
        return request

    def earn(self, component, count=1, source="fact"):
        for number in range(count):
            name = f"{source}:{number}"
            ledger.credit(self.db, self.learner.id, component, Decimal(1), name, clock.now())

    def until(self, day, every=1):
        """The scores up to this day, one in ``every`` days, the timers running."""
        scores = []
        while self.day < day:
            self.clock.tick(days=every)
            self.day += every
            request_timers.run_due(self.db, clock.now())
            scores.append(self.score())
        return scores

    def score(self):
        recompute.participant(self.db, self.learner.id)
        self.db.flush()
        return self.db.get_one(EngagementScore, self.learner.id).score


def begun(term):
    term.earn(C.NEEDS)
    term.earn(C.GOALS_SET)


def half_done(term):
    begun(term)
    term.earn(C.AGREEMENT)
    term.earn(C.SESSIONS, 4, "session")
    term.earn(C.FEEDBACK)
    term.earn(C.REFLECTION, 3)


def mentor_leaves(term):
    pairing = term.pair()
    half_done(term)
    term.until(56, every=28)
    pairings.end(term.db, actor_of(term.db, pairing.mentor), pairing, EndReason.NO_TIME)


def mentor_disappears(term):
    pairing = term.pair()
    half_done(term)
    term.until(20, every=10)
    system = Actor.system("test", term.program.course_id)
    pairings.move(term.db, system, pairing, PairingState.INTERRUPTED)


def mentor_missed(term):
    pairing = term.pair()
    begun(term)
    for number in range(4):
        source = ledger.mentor_missed_source(number)
        ledger.credit(term.db, term.learner.id, C.SESSIONS, Decimal(1), source, clock.now())
    term.until(10, every=5)
    pairings.end(term.db, actor_of(term.db, pairing.mentor), pairing, EndReason.NO_TIME)


def nobody_answers(term):
    half_done(term)
    term.program.answer_days = 90
    term.ask()


def found_late(term):
    begun(term)
    term.program.answer_days = 90
    request = term.ask()
    term.until(30, every=10)
    mentor_requests.accept(term.db, actor_of(term.db, request.mentor), request)


@pytest.mark.parametrize(
    "history", [mentor_leaves, mentor_disappears, mentor_missed, nobody_answers, found_late]
)
def test_one_more_day_without_a_mentor_never_lowers_the_score(db, frozen_clock, history):
    term = Term(db, frozen_clock)
    history(term)

    scores = [term.score(), *term.until(DAYS + 5, every=2)]

    assert scores == sorted(scores)


def test_waiting_counts_for_the_learner(db, frozen_clock):
    term = Term(db, frozen_clock)
    mentor_leaves(term)

    scores = [term.score(), *term.until(DAYS, every=14)]

    assert scores[-1] > scores[0]


def no_three_steps(term):
    term.earn(C.GOALS_SET)


def let_it_lapse(term):
    begun(term)
    term.pair(PairingState.PROPOSED)


def parted(term):
    pairing = term.pair()
    half_done(term)
    term.until(10, every=5)
    pairings.end(term.db, actor_of(term.db, term.learner), pairing, EndReason.NO_FIT)


def withdrew(term):
    begun(term)
    request = term.ask()
    mentor_requests.withdraw(term.db, actor_of(term.db, term.learner), request)
    term.until(2)


def meets_nobody(term):
    term.pair()
    begun(term)


@pytest.mark.parametrize("method", [PairingMethod.BOTH, PairingMethod.LEARNER_ASKS])
@pytest.mark.parametrize(
    "history", [no_three_steps, begun, let_it_lapse, parted, withdrew, meets_nobody]
)
def test_somebody_who_does_nothing_never_gains(db, frozen_clock, history, method):
    steps = history is not no_three_steps
    intake = {} if steps else {"state": IntakeState.STARTED, "submitted_at": None}
    term = Term(db, frozen_clock, method, **intake)
    history(term)

    scores = {term.score(), *term.until(DAYS + 5, every=4)}

    assert len(scores) == 1


@pytest.mark.parametrize("history", [no_three_steps, let_it_lapse, meets_nobody])
def test_nor_does_it_pay_where_coordinators_make_the_pairs(db, frozen_clock, history):
    steps = history is not no_three_steps
    intake = {} if steps else {"state": IntakeState.STARTED, "submitted_at": None}
    term = Term(db, frozen_clock, PairingMethod.COORDINATOR, **intake)
    history(term)

    scores = {term.score(), *term.until(DAYS + 5, every=4)}

    assert len(scores) == 1


def test_finding_a_mentor_costs_nothing(db, frozen_clock):
    term = Term(db, frozen_clock)
    half_done(term)
    term.program.answer_days = 90
    request = term.ask()
    term.until(47, every=47)
    before = term.score()

    mentor_requests.accept(db, actor_of(db, request.mentor), request)

    assert term.score() == before


def crediting(learner_id, component, source):
    def act(db):
        ledger.credit(db, learner_id, component, Decimal(1), source, clock.now())
        recompute.participant(db, learner_id)

    return act


@pytest.mark.parametrize("scored_before", [True, False])
def test_two_acts_in_one_moment_make_the_full_score(database, db, frozen_clock, scored_before):
    term = Term(db, frozen_clock)
    learner_id = term.learner.id
    if scored_before:
        term.score()
    db.commit()

    errors = at_once(
        database,
        crediting(learner_id, C.NEEDS, "intake"),
        crediting(learner_id, C.GOALS_SET, "goal:1"),
    )

    with database.sessions() as later:
        stored = later.get_one(EngagementScore, learner_id).score
    assert (errors, stored) == ([None, None], 20)
