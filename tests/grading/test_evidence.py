from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.grading import evidence, ledger, recompute
from lti_mentoring.grading.rubric import current_rubric, ensure_rubric, publish_rubric
from lti_mentoring.models import Agreement, EngagementScore, Exemption, Intake, ProgramBreak
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.completion import DEFAULT_GATES
from lti_mentoring.rules.engagement import default_rubric
from lti_mentoring.services import agreements, mentor_requests, pairings
from lti_mentoring.vocabulary import (
    Component,
    DeclineReason,
    ExemptionReason,
    GoalState,
    IntakeState,
    PairingMethod,
    PairingState,
)
from tests.support.factories import (
    actor_of,
    add,
    make_goal,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
    make_rubric,
)

LINES = default_rubric(6)
TERM_DAYS = 99  # fourteen weeks, both ends included


@pytest.fixture
def program(db, frozen_clock):
    made = make_program(db)
    make_rubric(db, made)
    return made


@pytest.fixture
def paired(db, program):
    """A mentee with a mentor since the first day."""
    mentee = make_mentee(db, program)
    make_pairing(db, program, mentee=mentee)
    return mentee


def ask(db, learner):
    """The learner asks a mentor."""
    mentor = make_mentor(db, learner.program)
    (request,) = mentor_requests.ask(db, actor_of(db, learner), [mentor], "")
    return request


def shown(db, learner, program):
    db.flush()
    return evidence.gather(db, learner, program, LINES)


def open_days(found):
    return round(found.f * TERM_DAYS)


def test_who_is_paired_from_the_first_day_has_the_whole_program(db, program, paired):
    assert shown(db, paired, program).f == 1


def test_days_of_waiting_for_an_answer_are_nobodys_loss(db, program, frozen_clock):
    mentee = make_mentee(db, program)
    ask(db, mentee)
    frozen_clock.tick(days=10)
    make_pairing(db, program, mentee=mentee)
    frozen_clock.tick(days=5)

    assert open_days(shown(db, mentee, program)) == TERM_DAYS - 10


def test_where_coordinators_make_the_pairs_waiting_begins_with_the_three_steps(
    db, program, frozen_clock
):
    program.pairing_method = PairingMethod.COORDINATOR
    mentee = make_mentee(db, program, state=IntakeState.STARTED, submitted_at=None)
    frozen_clock.tick(days=10)
    db.scalar(select(Intake).filter_by(participant_id=mentee.id)).submitted_at = frozen_clock.now
    frozen_clock.tick(days=7)

    assert open_days(shown(db, mentee, program)) == TERM_DAYS - 7


def test_days_after_an_answered_request_are_the_learners_own(db, program, frozen_clock):
    mentee = make_mentee(db, program)
    request = ask(db, mentee)
    frozen_clock.tick(days=4)
    mentor_requests.decline(
        db,
        actor_of(db, request.mentor),
        request,
        mentor_requests.Answer(DeclineReason.NO_TIME),
    )
    frozen_clock.tick(days=20)

    assert open_days(shown(db, mentee, program)) == TERM_DAYS - 5  # with the day of the answer


def test_a_mentor_who_does_not_sign_is_waited_for(db, program, frozen_clock):
    mentee = make_mentee(db, program)
    pairing = make_pairing(db, program, mentee=mentee, state=PairingState.PROPOSED)
    text = Agreement(
        program_id=program.id, version_number=1, body="We come.", created_at=frozen_clock.now
    )
    add(db, text)
    frozen_clock.tick(days=3)
    agreements.sign(db, actor_of(db, mentee), pairing, "Ana Souza", 1)
    frozen_clock.tick(days=3)

    assert open_days(shown(db, mentee, program)) == TERM_DAYS - 3


def test_who_joins_late_is_expected_to_do_less(db, program, frozen_clock):
    frozen_clock.tick(days=50)
    mentee = make_mentee(db, program)
    make_pairing(db, program, mentee=mentee)

    assert open_days(shown(db, mentee, program)) == TERM_DAYS - 50


def test_a_long_wait_lets_off_the_sessions(db, program, frozen_clock):
    mentee = make_mentee(db, program)
    ask(db, mentee)
    frozen_clock.tick(days=45)

    assert Component.SESSIONS in shown(db, mentee, program).let_off


def test_who_asks_nobody_is_let_off_nothing(db, program, frozen_clock):
    mentee = make_mentee(db, program)
    frozen_clock.tick(days=45)

    found = shown(db, mentee, program)

    assert (found.f, found.let_off) == (1, frozenset())


def test_where_nothing_is_tried_nobody_is_asked_for_feedback(db, program, paired):
    program.trial_days = program.trial_sessions = 0

    assert shown(db, paired, program).let_off == {Component.FEEDBACK}


def test_an_interrupted_pairing_stands_still(db, program, frozen_clock):
    mentee = make_mentee(db, program)
    pairing = make_pairing(db, program, mentee=mentee)
    system = Actor.system("test", program.course_id)
    frozen_clock.tick(days=10)
    pairings.move(db, system, pairing, PairingState.INTERRUPTED)
    frozen_clock.tick(days=7)
    pairings.move(db, system, pairing, PairingState.ACTIVE)
    frozen_clock.tick(days=10)

    assert open_days(shown(db, mentee, program)) == TERM_DAYS - 8  # both ends of the standstill


def test_a_pause_is_lost_days_until_it_is_taken_back(db, program, paired, frozen_clock):
    today = frozen_clock.now.date()
    pause = Exemption(
        participant_id=paired.id,
        starts_on=today,
        ends_on=today + timedelta(days=20),
        reason=ExemptionReason.PAUSE,
        created_at=frozen_clock.now,
    )
    db.add(pause)
    frozen_clock.tick(days=4)
    during = open_days(shown(db, paired, program))
    pause.ended_at = frozen_clock.now
    frozen_clock.tick(days=10)

    assert during == TERM_DAYS - 4  # today is not over
    assert open_days(shown(db, paired, program)) == TERM_DAYS - 5


def test_breaks_count_for_nobody(db, program, paired, frozen_clock):
    today = frozen_clock.now.date()
    db.add(ProgramBreak(program_id=program.id, starts_on=today, ends_on=today + timedelta(days=6)))
    frozen_clock.tick(days=20)

    assert shown(db, paired, program).f == 1


def test_a_component_that_was_let_off_does_not_count(db, program, paired, frozen_clock):
    db.add(
        Exemption(
            participant_id=paired.id,
            component=Component.REFLECTION,
            reason=ExemptionReason.ACCESSIBILITY,
            created_at=frozen_clock.now,
        )
    )

    assert shown(db, paired, program).exempt == {Component.REFLECTION}


def test_sessions_that_the_mentor_missed_count_for_a_third_at_most(
    db, program, paired, frozen_clock
):
    for number in range(3):
        source = ledger.mentor_missed_source(number)
        ledger.credit(db, paired.id, Component.SESSIONS, Decimal(1), source, frozen_clock.now)
    source = ledger.session_source(9)
    ledger.credit(db, paired.id, Component.SESSIONS, Decimal(1), source, frozen_clock.now)

    assert shown(db, paired, program).earned[Component.SESSIONS] == 1 + 6 // 3


def test_goals_that_were_looked_back_on_are_counted(db, program, paired, frozen_clock):
    make_goal(db, paired, reviewed_at=frozen_clock.now)
    make_goal(db, paired)

    assert shown(db, paired, program).goals_reviewed == 1


def test_a_goal_that_was_given_up_counts_once_the_learner_has_looked_back(
    db, program, paired, frozen_clock
):
    make_goal(db, paired, state=GoalState.DROPPED, reviewed_at=frozen_clock.now)
    before = shown(db, paired, program).goals_reviewed
    ledger.credit(db, paired.id, Component.CLOSURE, Decimal(1), "closing", frozen_clock.now)

    assert (before, shown(db, paired, program).goals_reviewed) == (0, 1)


def test_a_score_is_stored_with_its_explanation(db, program, paired, frozen_clock):
    ledger.credit(db, paired.id, Component.NEEDS, Decimal(1), "intake", frozen_clock.now)

    recompute.participant(db, paired.id)
    db.flush()
    stored = db.get_one(EngagementScore, paired.id)

    assert stored.score == 10
    assert {part["component"] for part in stored.parts} >= {"needs", "sessions"}


def test_mentors_have_no_score(db, program):
    pairing = make_pairing(db, program)

    assert recompute.participant(db, pairing.mentor_id) is None


def test_scores_are_computed_anew_once_a_day(db, program, paired, frozen_clock):
    assert recompute.stale_participants(db, 10) == [paired.id]
    recompute.participant(db, paired.id)
    db.flush()
    assert recompute.stale_participants(db, 10) == []

    frozen_clock.tick(hours=25)

    assert recompute.stale_participants(db, 10) == [paired.id]


def test_a_changed_rubric_changes_everybodys_score(db, program, paired):
    rubric = publish_rubric(db, program, default_rubric(6), DEFAULT_GATES)

    assert recompute.program(db, program.id) == 1
    assert db.get_one(EngagementScore, paired.id).rubric_id == rubric.id


def test_a_rubric_is_a_new_version_only_if_it_says_something_new(db, frozen_clock):
    program = make_program(db)

    first = ensure_rubric(db, program)
    same = publish_rubric(db, program, default_rubric(program.session_target), DEFAULT_GATES)
    other = publish_rubric(db, program, default_rubric(3), DEFAULT_GATES)

    assert same is first
    assert (other.version_number, current_rubric(db, program.id)) == (2, other)


def test_weights_have_to_add_up(db):
    program = make_program(db)

    with pytest.raises(ValueError, match="100"):
        publish_rubric(db, program, default_rubric(6)[:3], DEFAULT_GATES)
