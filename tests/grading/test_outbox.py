from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.advantage.scores import Delivered, Refused, TryLater
from lti_mentoring.grading import outbox, recompute, settling
from lti_mentoring.models import Exemption, LineItem, Participant, Program, ScorePublication
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import exemptions
from lti_mentoring.services.exemptions import Allowance
from lti_mentoring.vocabulary import (
    Component,
    CourseRole,
    ExemptionReason,
    MembershipState,
    ProgramState,
    PublicationState,
)
from tests.grading.conftest import SCORES

QUIET = 21  # seconds, a bit more than the default
LEASE = 120


@pytest.fixture
def waiting(gradebook, frozen_clock):
    """A learner with a score that is due, and a column to write it to."""
    learner = gradebook.learner()
    gradebook.credit(learner)
    with gradebook.database.transaction() as db:
        db.scalars(select(LineItem)).one().url = "https://lms.test/column"
    frozen_clock.tick(seconds=QUIET)
    return learner


def take(gradebook, lease=LEASE):
    """Claim the one parcel that is due, as a publisher does."""
    with gradebook.database.transaction() as db:
        (parcel,) = outbox.claim(db, 10, lease)
    return parcel


def renew(gradebook, parcel):
    with gradebook.database.transaction() as db:
        return outbox.renew(db, parcel, LEASE)


def settle(gradebook, parcel, outcome):
    with gradebook.database.transaction() as db:
        settling.settle(db, parcel, outcome)


def nothing_is_due(gradebook):
    with gradebook.database.transaction() as db:
        return outbox.claim(db, 10, LEASE) == []


def test_a_countable_fact_reaches_the_gradebook_after_a_quiet_while(gradebook, frozen_clock):
    learner = gradebook.learner()
    gradebook.credit(learner)
    gradebook.work()
    assert gradebook.sent == []

    frozen_clock.tick(seconds=QUIET)
    gradebook.work()

    assert [sent["scoreGiven"] for sent in gradebook.sent] == [
        float(gradebook.cell(learner).sent_score)
    ]
    assert gradebook.cell(learner).state is PublicationState.SENT


def test_a_busy_hour_is_one_score(gradebook, frozen_clock):
    learner = gradebook.learner()
    gradebook.credit(learner)
    gradebook.credit(learner, Component.NEEDS)
    gradebook.credit(learner, Component.GOALS_SET)

    frozen_clock.tick(seconds=QUIET)
    gradebook.work()

    assert len(gradebook.sent) == 1
    assert gradebook.cell(learner).revision == 3


def test_before_the_first_fact_nobody_sees_a_zero(gradebook, frozen_clock):
    learner = gradebook.learner()
    with gradebook.database.transaction() as db:
        recompute.participant(db, learner)

    assert gradebook.cell(learner) is None


@pytest.mark.parametrize("facts", [{"role": CourseRole.INSTRUCTOR}, {"is_test_user": True}])
def test_only_learners_are_graded(gradebook, facts):
    """C16, M16, BR7; LTI-117."""
    learner = gradebook.learner(**facts)
    gradebook.credit(learner)

    assert gradebook.cell(learner) is None


def test_what_changes_nothing_is_not_sent_again(gradebook, waiting, frozen_clock):
    gradebook.work()
    frozen_clock.tick(days=1, seconds=1)
    with gradebook.database.transaction() as db:
        recompute.participant(db, waiting)
    before = len(gradebook.sent)
    frozen_clock.tick(seconds=QUIET)
    gradebook.work()

    assert len(gradebook.sent) == before


def test_timestamps_rise_by_a_second_at_least_even_if_the_clock_stands(gradebook, waiting):
    """C16, M16, E5; LTI-113."""
    first = gradebook.cell(waiting).scored_at
    gradebook.credit(waiting, Component.NEEDS)
    second = gradebook.cell(waiting).scored_at
    gradebook.credit(waiting, Component.GOALS_SET)
    third = gradebook.cell(waiting).scored_at

    assert second >= first + timedelta(seconds=1)
    assert third >= second + timedelta(seconds=1)


def test_no_score_is_sent_before_its_own_timestamp(gradebook, waiting):
    """C18, M16: a timestamp ahead blocks later scores."""
    for component in (Component.NEEDS, Component.GOALS_SET, Component.GOAL_PROGRESS):
        gradebook.credit(waiting, component)

    cell = gradebook.cell(waiting)
    with gradebook.database.transaction() as db:
        outbox.post_now(db, gradebook.program_id)

    assert gradebook.cell(waiting).next_at >= cell.scored_at


def test_what_one_has_claimed_nobody_else_gets(gradebook, waiting):
    take(gradebook)

    assert nothing_is_due(gradebook)


def test_what_was_claimed_and_forgotten_is_claimed_again(gradebook, waiting, frozen_clock):
    first = take(gradebook)
    frozen_clock.tick(seconds=LEASE + 1)
    second = take(gradebook)

    assert second.score == first.score
    assert second.revision == first.revision


def test_an_old_delivery_does_not_pass_for_the_newer_value(gradebook, waiting):
    old = take(gradebook)
    gradebook.credit(waiting, Component.NEEDS)

    settle(gradebook, old, Delivered())

    cell = gradebook.cell(waiting)
    assert cell.state is PublicationState.PENDING
    assert cell.sent_score == old.score.given < cell.score_given


def test_a_newer_value_waits_until_the_older_one_has_arrived(gradebook, waiting, frozen_clock):
    old = take(gradebook)
    gradebook.credit(waiting, Component.NEEDS)
    frozen_clock.tick(seconds=QUIET)
    assert nothing_is_due(gradebook)

    settle(gradebook, old, Delivered())

    assert take(gradebook).revision == 2


def test_who_waited_long_for_a_turn_gets_a_fresh_lease(gradebook, waiting, frozen_clock):
    parcel = take(gradebook)
    frozen_clock.tick(seconds=LEASE - 1)

    renewed = renew(gradebook, parcel)

    assert renewed.score == parcel.score
    assert gradebook.cell(waiting).lease_until == frozen_clock.now + timedelta(seconds=LEASE)


def test_a_claim_that_ran_out_before_its_turn_is_left_to_others(gradebook, waiting, frozen_clock):
    stale = take(gradebook, lease=30)
    frozen_clock.tick(seconds=31)
    fresh = take(gradebook)

    assert renew(gradebook, stale) is None
    assert gradebook.cell(waiting).lease_until == fresh.lease_until


def test_a_claim_whose_value_has_changed_meanwhile_is_given_back(gradebook, waiting, frozen_clock):
    parcel = take(gradebook)
    gradebook.credit(waiting, Component.NEEDS)

    assert renew(gradebook, parcel) is None
    frozen_clock.tick(seconds=QUIET)
    assert take(gradebook).revision == 2


def test_a_late_failure_of_a_lost_claim_changes_nothing(gradebook, waiting, frozen_clock):
    lost = take(gradebook)
    frozen_clock.tick(seconds=LEASE + 1)
    ours = take(gradebook)

    settle(gradebook, lost, Refused("no"))

    assert gradebook.cell(waiting).state is PublicationState.SENDING
    assert gradebook.cell(waiting).lease_until == ours.lease_until


def test_a_failure_is_tried_again_with_growing_patience(gradebook, waiting, frozen_clock):
    waits = []
    for _ in range(3):
        settle(gradebook, take(gradebook), TryLater("away"))
        cell = gradebook.cell(waiting)
        waits.append((cell.next_at - frozen_clock.now).total_seconds())
        frozen_clock.move_to(cell.next_at)

    assert cell.error == "away"
    assert waits == [
        pytest.approx(30, rel=0.13),
        pytest.approx(60, rel=0.13),
        pytest.approx(120, rel=0.13),
    ]


def test_what_the_platform_asks_for_is_not_undercut(gradebook, waiting, frozen_clock):
    settle(gradebook, take(gradebook), TryLater("busy", 3600))

    assert gradebook.cell(waiting).next_at >= frozen_clock.now + timedelta(hours=1)


def test_a_refusal_waits_for_a_person(gradebook, waiting, frozen_clock):
    settle(gradebook, take(gradebook), Refused("no such learner"))
    gradebook.credit(waiting, Component.NEEDS)
    frozen_clock.tick(days=1)
    assert nothing_is_due(gradebook)

    with gradebook.database.transaction() as db:
        outbox.retry(db, [gradebook.cell(waiting).id])

    assert take(gradebook).revision == 2


def test_a_person_who_is_not_graded_any_more_is_left_alone_until_they_are(gradebook, waiting):
    with gradebook.database.transaction() as db:
        outbox.stop(db, [waiting])
    assert nothing_is_due(gradebook)

    with gradebook.database.transaction() as db:
        outbox.resume(db, [waiting])

    assert take(gradebook).revision == 1


def excuse(gradebook, learner):
    """Let the learner off everything; a function that takes it back."""
    with gradebook.database.transaction() as db:
        program = db.get_one(Program, gradebook.program_id)
        staff = Actor(course_id=program.course_id, role=CourseRole.INSTRUCTOR, membership_id=None)
        everything = Allowance(tuple(Component), None, None, ExemptionReason.OTHER, "")
        exemptions.grant(db, staff, db.get_one(Participant, learner), everything)

    def take_back():
        with gradebook.database.transaction() as db:
            for exemption in db.scalars(select(Exemption)):
                exemptions.take_back(db, staff, exemption)

    return take_back


def test_a_score_that_an_exemption_stopped_goes_on_when_it_is_taken_back(
    gradebook, waiting, frozen_clock
):
    wanted = gradebook.cell(waiting).score_given
    take_back = excuse(gradebook, waiting)
    assert gradebook.cell(waiting).state is PublicationState.STOPPED
    assert nothing_is_due(gradebook)

    take_back()

    assert gradebook.cell(waiting).state is PublicationState.PENDING
    frozen_clock.tick(seconds=QUIET)
    assert take(gradebook).score.given == wanted


def test_what_was_earned_during_an_exemption_is_sent_when_it_is_taken_back(
    gradebook, waiting, frozen_clock
):
    before = gradebook.cell(waiting).score_given
    take_back = excuse(gradebook, waiting)
    gradebook.credit(waiting, Component.NEEDS)

    take_back()
    frozen_clock.tick(seconds=QUIET)

    assert take(gradebook).score.given > before


@pytest.mark.parametrize(
    "fact",
    [
        {"role": CourseRole.INSTRUCTOR},
        {"role": CourseRole.TEACHING_ASSISTANT},
        {"state": MembershipState.INACTIVE},
        {"is_test_user": True},
    ],
)
def test_who_is_no_learner_any_more_gets_no_score_until_they_are_again(gradebook, waiting, fact):
    def make(facts):
        with gradebook.database.transaction() as db:
            member = db.get_one(Participant, waiting).membership
            before = {name: getattr(member, name) for name in facts}
            for name, value in facts.items():
                setattr(member, name, value)
        return before

    before = make(fact)
    assert nothing_is_due(gradebook)
    make(before)

    assert take(gradebook).revision == 1


@pytest.mark.parametrize("change", [{"state": ProgramState.PAUSED}, {"posts_engagement": False}])
def test_a_program_that_rests_or_posts_nothing_sends_nothing(gradebook, waiting, change):
    with gradebook.database.transaction() as db:
        program = db.get_one(Program, gradebook.program_id)
        for name, value in change.items():
            setattr(program, name, value)

    assert nothing_is_due(gradebook)


def test_one_refused_score_does_not_hold_up_the_others(gradebook, frozen_clock):
    learners = [gradebook.learner(name) for name in ("Ana", "Bo", "Cy")]
    for learner in learners:
        gradebook.credit(learner)
    gradebook.platform.instead(SCORES, 400)
    gradebook.platform.answer(SCORES)
    frozen_clock.tick(seconds=QUIET)

    gradebook.work()

    states = sorted(gradebook.cell(learner).state for learner in learners)
    assert states == ["blocked", "sent", "sent"]


def test_a_platform_that_is_down_is_left_alone_after_a_few_tries(gradebook, frozen_clock):
    for number in range(20):
        gradebook.credit(gradebook.learner(f"Person {number}"))
    gradebook.platform.instead(SCORES, 503)
    frozen_clock.tick(seconds=QUIET)

    gradebook.work()

    assert len(gradebook.sent) <= 3 + 4  # the limit, and those that were on their way


def test_completion_has_a_column_of_its_own_once_it_is_reached(gradebook, frozen_clock):
    with gradebook.database.transaction() as db:
        db.get_one(Program, gradebook.program_id).posts_completion = True
    learner = gradebook.learner()
    gradebook.credit(learner)
    for number in range(6):
        gradebook.credit(learner, Component.SESSIONS, f"session:{number}")

    with gradebook.database.transaction() as db:
        rows = db.execute(
            select(LineItem.kind, ScorePublication.score_given).join(ScorePublication)
        ).all()
    assert ("completion", Decimal(1)) in [tuple(row) for row in rows]


def test_no_word_of_anybody_reaches_the_platform(gradebook, frozen_clock):
    learner = gradebook.learner("Secret Name")
    gradebook.credit(learner)
    frozen_clock.tick(seconds=QUIET)
    gradebook.work()

    everything = " ".join(asked.url + asked.body for asked in gradebook.platform.asked)
    assert gradebook.sent
    assert "Secret" not in everything
