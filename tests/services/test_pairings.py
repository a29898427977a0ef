"""Pairs: made, signed, tried, ended."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.core.errors import (
    AlreadyPaired,
    Conflict,
    MentorFull,
    NotAllowed,
    NotFound,
    Stale,
)
from lti_mentoring.models import (
    Activity,
    Agreement,
    EngagementEvent,
    MentoringSession,
    MentorProfile,
    MentorRequest,
    Pairing,
)
from lti_mentoring.services import agreements, mentor_requests, pairings, request_timers
from lti_mentoring.vocabulary import (
    AgainReason,
    Component,
    CourseRole,
    EndReason,
    FitAnswer,
    MentorState,
    PairingOrigin,
    PairingState,
    RequestState,
    SessionState,
    Verb,
)
from tests.support.factories import (
    actor_of,
    add,
    make_course,
    make_member,
    make_mentee,
    make_mentor,
    make_pairing,
    make_program,
)

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def program(db, frozen_clock):
    return make_program(db)


def coordinator(db, program):
    course = program.course
    return actor_of(db, make_member(db, course, role=CourseRole.INSTRUCTOR, name="Maria Silva"))


def publish(db, program, number=1):
    return add(
        db,
        Agreement(
            program_id=program.id,
            version_number=number,
            body="We come prepared.",
            created_at=program.created_at,
        ),
    )


def credits_of(db, participant, component):
    found = select(EngagementEvent.credit).where(
        EngagementEvent.participant_id == participant.id, EngagementEvent.component == component
    )
    return db.scalars(found).all()


def ask_row(db, mentee, mentor, state=RequestState.DRAFTED, rank=1):
    return add(
        db,
        MentorRequest(
            mentee_id=mentee.id, mentor_id=mentor.id, state=state, rank=rank,
            created_at=mentee.joined_at,
        ),
    )  # fmt: skip


def test_a_coordinator_pairs_two_people_and_other_requests_are_not_needed_any_more(db, program):
    mentor, mentee = make_mentor(db, program), make_mentee(db, program)
    other = ask_row(db, mentee, make_mentor(db, program, name="Lena"))

    made = pairings.pair(db, coordinator(db, program), mentee, mentor, PairingOrigin.COORDINATOR)

    assert made.state is PairingState.PROPOSED
    assert other.state is RequestState.SUPERSEDED


def test_the_last_seat_is_taken_once(db, program):
    mentor = make_mentor(db, program, capacity=1)
    boss = coordinator(db, program)
    pairings.pair(db, boss, make_mentee(db, program), mentor, PairingOrigin.COORDINATOR)

    with pytest.raises(MentorFull):
        pairings.pair(
            db, boss, make_mentee(db, program, name="Bo"), mentor, PairingOrigin.COORDINATOR
        )


def test_when_the_last_seat_goes_whoever_waits_goes_on_to_the_next_choice(db, program):
    full = make_mentor(db, program, capacity=1)
    free = make_mentor(db, program, name="Lena")
    waiting = make_mentee(db, program, name="Bo")
    first = ask_row(db, waiting, full, RequestState.SENT)
    second = ask_row(db, waiting, free, rank=2)

    pairings.pair(
        db, coordinator(db, program), make_mentee(db, program), full, PairingOrigin.COORDINATOR
    )

    assert (first.state, second.state) == (RequestState.RELEASED, RequestState.SENT)


def test_a_learner_has_one_mentor(db, program):
    pairing = make_pairing(db, program)
    mentee = pairing.mentee

    with pytest.raises(AlreadyPaired):
        pairings.pair(
            db, coordinator(db, program), mentee, make_mentor(db, program, name="Lena"),
            PairingOrigin.COORDINATOR,
        )  # fmt: skip


def test_who_is_not_in_the_pool_gets_nobody(db, program):
    mentor = make_mentor(db, program, state=MentorState.PAUSED)

    with pytest.raises(Conflict):
        pairings.pair(
            db, coordinator(db, program), make_mentee(db, program), mentor,
            PairingOrigin.COORDINATOR,
        )  # fmt: skip


def test_learners_cannot_pair_themselves(db, program):
    mentee = make_mentee(db, program)

    with pytest.raises(NotAllowed):
        pairings.pair(
            db, actor_of(db, mentee), mentee, make_mentor(db, program), PairingOrigin.REQUEST
        )


def test_nobody_pairs_across_courses(db, program):
    elsewhere = make_program(db, make_course(db))

    with pytest.raises(NotFound):
        pairings.pair(
            db, coordinator(db, program), make_mentee(db, elsewhere), make_mentor(db, elsewhere),
            PairingOrigin.COORDINATOR,
        )  # fmt: skip


def test_both_signatures_begin_the_trial_and_the_mentee_is_credited(db, program, frozen_clock):
    publish(db, program)
    pairing = make_pairing(db, program, state=PairingState.PROPOSED)

    first = agreements.sign(db, actor_of(db, pairing.mentee), pairing, "Ana Souza", 1)
    second = agreements.sign(db, actor_of(db, pairing.mentor), pairing, "Rui Costa", 1)

    assert (first, second) == (False, True)
    assert pairing.state is PairingState.TRIAL
    assert pairing.trial_ends_at == frozen_clock.now + timedelta(days=program.trial_days)
    assert credits_of(db, pairing.mentee, Component.AGREEMENT) == [Decimal(1)]


def test_nobody_signs_twice_or_an_old_text(db, program):
    publish(db, program)
    pairing = make_pairing(db, program, state=PairingState.PROPOSED)
    ana = actor_of(db, pairing.mentee)
    agreements.sign(db, ana, pairing, "Ana Souza", 1)

    with pytest.raises(Conflict):
        agreements.sign(db, ana, pairing, "Ana Souza", 1)
    publish(db, program, 2)
    with pytest.raises(Stale):
        agreements.sign(db, ana, pairing, "Ana Souza", 1)


def test_a_new_text_is_signed_again_while_the_pair_goes_on(db, program):
    publish(db, program, 2)
    pairing = make_pairing(db, program)

    started = agreements.sign(db, actor_of(db, pairing.mentee), pairing, "Ana Souza", 2)

    assert not started
    assert pairing.state is PairingState.ACTIVE


def test_two_good_answers_end_the_trial_and_answering_is_credited_to_the_mentee(db, program):
    pairing = make_pairing(db, program, state=PairingState.TRIAL)

    pairings.answer_fit(db, actor_of(db, pairing.mentee), pairing, FitAnswer.GOOD)
    pairings.answer_fit(db, actor_of(db, pairing.mentor), pairing, FitAnswer.GOOD)

    assert pairing.state is PairingState.ACTIVE
    assert credits_of(db, pairing.mentee, Component.FEEDBACK) == [Decimal(1)]


def test_an_answer_can_be_changed_and_counts_once(db, program):
    pairing = make_pairing(db, program, state=PairingState.TRIAL)
    ana = actor_of(db, pairing.mentee)

    pairings.answer_fit(db, ana, pairing, FitAnswer.UNSURE)
    pairings.answer_fit(db, ana, pairing, FitAnswer.NOT_A_FIT)

    assert pairing.state is PairingState.TRIAL
    assert credits_of(db, pairing.mentee, Component.FEEDBACK) == [Decimal(1)]


def test_a_trial_passes_when_its_days_are_over(db, program, frozen_clock):
    ends = frozen_clock.now + timedelta(days=21)
    pairing = make_pairing(db, program, state=PairingState.TRIAL, trial_ends_at=ends)

    before = request_timers.run_due(db, ends - timedelta(seconds=1))
    frozen_clock.move_to(ends)
    after = request_timers.run_due(db, ends)

    assert (before, after) == (0, 1)
    assert pairing.state is PairingState.ACTIVE


def test_a_trial_passes_after_its_sessions(db, program, frozen_clock):
    pairing = make_pairing(db, program, state=PairingState.TRIAL)
    for _ in range(2):
        add(
            db,
            MentoringSession(
                pairing_id=pairing.id, proposed_by_id=pairing.mentee_id, state=SessionState.HELD,
                starts_at=frozen_clock.now, length_minutes=45, time_zone="UTC",
                created_at=frozen_clock.now,
            ),
        )  # fmt: skip

    request_timers.run_due(db, frozen_clock.now)

    assert pairing.state is PairingState.ACTIVE


def test_a_trial_in_which_one_wants_somebody_else_does_not_pass_by_itself(
    db, program, frozen_clock
):
    ends = frozen_clock.now + timedelta(days=1)
    pairing = make_pairing(db, program, state=PairingState.TRIAL, trial_ends_at=ends)
    pairings.answer_fit(db, actor_of(db, pairing.mentor), pairing, FitAnswer.NOT_A_FIT)
    frozen_clock.move_to(ends)

    moved = request_timers.run_due(db, ends)

    assert moved == 0
    assert pairing.state is PairingState.TRIAL


def feedback_of(db, pairing):
    found = db.scalars(
        select(EngagementEvent.credit).filter_by(
            participant_id=pairing.mentee_id, component=Component.FEEDBACK
        )
    )
    return sum(found)


def test_who_has_not_answered_in_the_trial_answers_later_and_is_credited_once(db, program):
    pairing = make_pairing(db, program, state=PairingState.ACTIVE)
    ana = actor_of(db, pairing.mentee)

    pairings.answer_fit(db, ana, pairing, FitAnswer.GOOD)
    pairings.answer_fit(db, ana, pairing, FitAnswer.UNSURE)

    assert (pairing.state, feedback_of(db, pairing)) == (PairingState.ACTIVE, 1)


@pytest.mark.parametrize("state", [PairingState.PROPOSED, PairingState.ENDED_NO_FAULT])
def test_who_is_no_pair_is_not_asked_whether_it_fits(db, program, state):
    pairing = make_pairing(db, program, state=state)

    with pytest.raises(Conflict):
        pairings.answer_fit(db, actor_of(db, pairing.mentee), pairing, FitAnswer.GOOD)


def test_where_nothing_is_tried_nobody_is_asked_whether_it_fits(db, program):
    program.trial_days = program.trial_sessions = 0
    pairing = make_pairing(db, program)

    with pytest.raises(Conflict):
        pairings.answer_fit(db, actor_of(db, pairing.mentee), pairing, FitAnswer.GOOD)


def test_ending_is_nobodys_fault_and_the_learner_comes_first_next_time(db, program):
    pairing = make_pairing(db, program, state=PairingState.TRIAL)

    pairings.end(db, actor_of(db, pairing.mentee), pairing, EndReason.NO_FIT)

    assert pairing.state is PairingState.ENDED_NO_FAULT
    assert pairing.mentee.fit_priority == 1


def test_ending_twice_is_a_conflict(db, program):
    pairing = make_pairing(db, program)
    ana = actor_of(db, pairing.mentee)
    pairings.end(db, ana, pairing, EndReason.NO_FIT)

    with pytest.raises(Conflict):
        pairings.end(db, ana, pairing, EndReason.NO_FIT)


@pytest.mark.parametrize("state", sorted(pairings.ENDS_AS))
@pytest.mark.parametrize("reason", list(EndReason))
def test_every_live_pairing_can_end(db, program, state, reason):
    pairing = make_pairing(db, program, state=state)

    pairings.end(db, coordinator(db, program), pairing, reason)

    assert pairing.state not in pairings.ENDS_AS
    assert pairing.ended_at is not None


def test_strangers_end_nothing(db, program):
    pairing = make_pairing(db, program)
    stranger = make_mentee(db, program, name="Bo")

    with pytest.raises(NotAllowed):
        pairings.end(db, actor_of(db, stranger), pairing, EndReason.NO_FIT)


def test_a_pair_that_nobody_signed_gives_the_seat_back_after_a_week(db, program, frozen_clock):
    pairing = make_pairing(db, program, state=PairingState.PROPOSED)

    frozen_clock.tick(days=7)
    request_timers.run_due(db, frozen_clock.now)

    assert pairing.state is PairingState.EXPIRED
    assert db.scalar(select(Pairing.id).where(Pairing.ended_at.is_(None))) is None
    assert db.scalar(select(MentorProfile.capacity)) == 2


def test_two_who_have_parted_are_brought_together_only_with_a_reason(db, program):
    parted = make_pairing(db, program, state=PairingState.ENDED_NO_FAULT, ended_at=clock.now())
    teacher = coordinator(db, program)
    two = (parted.mentee, parted.mentor, PairingOrigin.COORDINATOR)
    with pytest.raises(Conflict):
        pairings.pair(db, teacher, *two)

    again = pairings.pair(db, teacher, *two, pairings.Despite(AgainReason.BOTH_WISH))

    assert again.state is PairingState.PROPOSED
    told = select(Activity.detail).where(Activity.noun_id == again.id, Activity.verb == Verb.PAIRED)
    assert db.scalars(told).one() == "coordinator again both_wish"


def test_a_mentors_yes_does_not_bring_back_a_learner_who_has_parted(db, program):
    parted = make_pairing(db, program, state=PairingState.ENDED_NO_FAULT, ended_at=clock.now())
    request = ask_row(db, parted.mentee, parted.mentor, RequestState.SENT)

    with pytest.raises(Conflict):
        mentor_requests.accept(db, actor_of(db, parted.mentor), request)
