"""A grade that somebody changed in the LMS is left as it is until a person resumes (LTI-119)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import line_items, outbox
from lti_mentoring.models import (
    Course,
    LineItem,
    Participant,
    PlatformUser,
    Program,
    ScorePublication,
)
from lti_mentoring.vocabulary import Component, PublicationState, Scope
from tests.grading.conftest import SCORES

RESULTS = "/column/results"
MANY = (Component.NEEDS, Component.GOALS_SET, Component.GOAL_PROGRESS, Component.REFLECTION)


class Shown:
    """The gradebook's column as the LMS shows it, which keeps what it is sent."""

    def __init__(self, gradebook, frozen_clock):
        self.gradebook, self.clock = gradebook, frozen_clock
        self.platform = gradebook.platform
        self.maximum = 100
        self.changed = {}
        with gradebook.database.transaction() as db:
            course = db.get_one(Course, db.get_one(Program, gradebook.program_id).course_id)
            course.ags_scopes = " ".join((Scope.LINE_ITEM, Scope.SCORE, Scope.RESULT_READ))

    def subject(self, learner):
        with self.gradebook.database.transaction() as db:
            user = db.get_one(Participant, learner).membership.user_id
            return db.get_one(PlatformUser, user).subject

    def override(self, learner, score):
        """A teacher types a grade over the tool's; null takes it away."""
        self.changed[self.subject(learner)] = score

    def work(self, **later):
        """Time passes, and the background does its work; how often results were read."""
        self.clock.tick(**(later or {"minutes": 2}))
        entries = {sent["userId"]: sent["scoreGiven"] for sent in self.gradebook.sent}
        entries |= self.changed
        body = [
            {
                "userId": user,
                "resultScore": score * self.maximum / 100,
                "resultMaximum": self.maximum,
            }
            if score is not None
            else {"userId": user}
            for user, score in entries.items()
        ]
        self.platform.instead(RESULTS, body=body)
        before = len(self.reads)
        self.gradebook.work()
        return len(self.reads) - before

    @property
    def reads(self):
        return self.platform.requests_to(RESULTS)

    def resume(self, learner):
        with self.gradebook.database.transaction() as db:
            return outbox.resume_overridden(db, [self.gradebook.cell(learner).id])


@pytest.fixture
def shown(gradebook, frozen_clock):
    return Shown(gradebook, frozen_clock)


@pytest.fixture
def sent(gradebook, shown):
    """A learner whose first score has arrived."""
    learner = gradebook.learner()
    gradebook.credit(learner)
    shown.work()
    assert gradebook.cell(learner).state is PublicationState.SENT
    return learner


def test_before_the_first_score_nothing_is_read(shown, gradebook):
    for number in range(3):
        gradebook.credit(gradebook.learner(f"Person {number}"))

    assert shown.work() == 0
    assert len(gradebook.sent) == 3


def test_a_changed_score_is_sent_if_the_lms_shows_ours(shown, gradebook, sent):
    gradebook.credit(sent, Component.NEEDS)

    assert shown.work() == 1
    assert len(gradebook.sent) == 2
    assert gradebook.cell(sent).state is PublicationState.SENT


def test_a_teachers_override_is_never_fought(shown, gradebook, sent):
    """moodle.md 6: there it would win silently; elsewhere it would be lost."""
    shown.override(sent, 90)
    gradebook.credit(sent, Component.NEEDS)

    shown.work()

    cell = gradebook.cell(sent)
    assert len(gradebook.sent) == 1
    assert cell.state is PublicationState.OVERRIDDEN
    assert (cell.lms_score, cell.lms_maximum) == (90, 100)
    assert cell.score_given > cell.sent_score


def test_what_is_wanted_goes_on_being_counted_and_waits(shown, gradebook, sent):
    shown.override(sent, 90)
    gradebook.credit(sent, Component.NEEDS)
    shown.work()
    before = gradebook.cell(sent).score_given

    gradebook.credit(sent, Component.GOALS_SET)
    assert shown.work(days=3) == 0

    cell = gradebook.cell(sent)
    assert cell.state is PublicationState.OVERRIDDEN
    assert cell.score_given > before
    assert len(gradebook.sent) == 1


def test_resumed_the_newest_value_goes_out_with_a_new_timestamp(shown, gradebook, sent):
    shown.override(sent, 90)
    gradebook.credit(sent, Component.NEEDS)
    shown.work()
    old = gradebook.cell(sent).scored_at

    assert shown.resume(sent) == 1
    shown.work()

    cell = gradebook.cell(sent)
    assert cell.state is PublicationState.SENT
    assert gradebook.sent[-1]["scoreGiven"] == float(cell.score_given)
    assert cell.scored_at > old


@pytest.mark.parametrize("now_shown", [90, None, "ours"])
def test_a_resumed_cell_goes_on_whether_the_override_stays_or_is_cleared(
    shown, gradebook, sent, now_shown
):
    shown.override(sent, 90)
    gradebook.credit(sent, Component.NEEDS)
    shown.work()
    shown.resume(sent)
    shown.work()
    if now_shown == "ours":
        shown.changed.clear()
    else:
        shown.override(sent, now_shown)

    gradebook.credit(sent, Component.GOALS_SET)
    shown.work()

    assert gradebook.cell(sent).state is PublicationState.SENT
    assert len(gradebook.sent) == 3


def test_another_override_after_resuming_is_asked_about_again(shown, gradebook, sent):
    shown.override(sent, 90)
    gradebook.credit(sent, Component.NEEDS)
    shown.work()
    shown.resume(sent)
    shown.work()
    shown.override(sent, 95)

    gradebook.credit(sent, Component.GOALS_SET)
    shown.work()

    assert gradebook.cell(sent).state is PublicationState.OVERRIDDEN
    assert gradebook.cell(sent).lms_score == 95
    leave_and_come_back(gradebook, sent)
    shown.work()
    assert gradebook.cell(sent).state is PublicationState.OVERRIDDEN


@pytest.mark.parametrize("score", [None])
def test_a_grade_that_was_taken_away_is_nothing_to_compare(shown, gradebook, sent, score):
    shown.override(sent, score)
    gradebook.credit(sent, Component.NEEDS)

    shown.work()

    assert gradebook.cell(sent).state is PublicationState.SENT


def test_a_column_with_another_maximum_is_no_override(shown, gradebook, sent):
    shown.maximum = 40
    gradebook.credit(sent, Component.NEEDS)

    shown.work()

    assert gradebook.cell(sent).state is PublicationState.SENT


def test_a_column_is_read_once_for_all_who_need_it(shown, gradebook):
    learners = [gradebook.learner(f"Person {number}") for number in range(12)]
    for learner in learners:
        gradebook.credit(learner)
    shown.work()
    for learner in learners:
        gradebook.credit(learner, Component.NEEDS)
    shown.override(learners[3], 1)

    assert shown.work() == 1
    states = [gradebook.cell(learner).state for learner in learners]
    assert states.count(PublicationState.OVERRIDDEN) == 1
    assert states.count(PublicationState.SENT) == 11


def test_one_alone_is_asked_for_alone(shown, gradebook, sent):
    gradebook.credit(sent, Component.NEEDS)

    shown.work()

    assert shown.reads[0].query["user_id"] == [shown.subject(sent)]


def test_without_the_permission_to_look_scores_go_out_unseen(shown, gradebook, sent):
    with gradebook.database.transaction() as db:
        course = db.get_one(Course, db.get_one(Program, gradebook.program_id).course_id)
        course.ags_scopes = f"{Scope.LINE_ITEM} {Scope.SCORE}"
    gradebook.credit(sent, Component.NEEDS)

    assert shown.work() == 0
    assert len(gradebook.sent) == 2


def test_a_token_without_that_permission_does_not_hold_up_scores(shown, gradebook, sent):
    granted = {"access_token": "t", "scope": Scope.SCORE.value, "expires_in": 3600}
    gradebook.platform.instead("/token", body=granted)
    gradebook.credit(sent, Component.NEEDS)

    shown.work()

    assert gradebook.cell(sent).state is PublicationState.SENT


def look_fails(shown, status):
    """The background works while results cannot be had."""
    shown.clock.tick(minutes=2)
    shown.platform.instead(RESULTS, status)
    shown.gradebook.work()


def test_a_column_that_cannot_be_read_just_now_is_tried_later(shown, gradebook, sent):
    gradebook.credit(sent, Component.NEEDS)

    look_fails(shown, 503)

    assert gradebook.cell(sent).state is PublicationState.PENDING
    assert len(gradebook.sent) == 1
    shown.work()
    assert gradebook.cell(sent).state is PublicationState.SENT


def test_an_lms_that_never_shows_its_results_gets_the_score_in_the_end(shown, gradebook, sent):
    gradebook.credit(sent, Component.NEEDS)

    for _ in range(6):
        look_fails(shown, 500)
        shown.clock.tick(hours=1)

    assert len(gradebook.sent) == 2


def test_an_lms_that_is_behind_is_given_a_minute(shown, gradebook, sent):
    """What it shows may be older than what it has just taken."""
    gradebook.credit(sent, Component.NEEDS)
    shown.work()
    with gradebook.database.transaction() as db:
        cell = db.scalars(select(ScorePublication)).one()
        cell.sent_at = clock.now() + timedelta(minutes=2)
    shown.override(sent, gradebook.sent[0]["scoreGiven"])
    gradebook.credit(sent, Component.GOALS_SET)

    shown.work()
    assert gradebook.cell(sent).state is PublicationState.PENDING

    shown.changed.clear()
    shown.work(minutes=5)
    assert gradebook.cell(sent).state is PublicationState.SENT


def test_a_value_that_arrived_without_an_answer_is_ours(shown, gradebook, sent):
    """The process dies, or the answer is lost; meanwhile more is earned."""
    for component in MANY[:2]:
        gradebook.credit(sent, component)
        shown.clock.tick(minutes=2)
        with gradebook.database.transaction() as db:
            (taken,) = outbox.claim(db, 10, lease_seconds=30)
        shown.override(sent, float(taken.score.given))  # it arrived, and nobody noted it
        shown.clock.tick(minutes=2)
    gradebook.credit(sent, MANY[2])
    first = float(gradebook.cell(sent).unsettled.split()[0].partition("/")[0])
    shown.override(sent, first)

    shown.work()

    cell = gradebook.cell(sent)
    assert cell.state is PublicationState.SENT
    assert cell.unsettled == ""


def leave_and_come_back(gradebook, learner):
    with gradebook.database.transaction() as db:
        outbox.stop(db, [learner])
    with gradebook.database.transaction() as db:
        outbox.resume(db, [learner])


def test_who_leaves_and_comes_back_does_not_lose_the_override(shown, gradebook, sent):
    shown.override(sent, 90)
    gradebook.credit(sent, Component.NEEDS)
    shown.work()
    leave_and_come_back(gradebook, sent)

    shown.work()

    assert gradebook.cell(sent).state is PublicationState.OVERRIDDEN
    assert len(gradebook.sent) == 1


def test_retrying_refused_scores_leaves_overrides_alone(shown, gradebook, sent):
    shown.override(sent, 90)
    gradebook.credit(sent, Component.NEEDS)
    shown.work()

    with gradebook.database.transaction() as db:
        assert outbox.retry(db, [gradebook.cell(sent).id]) == 0
        assert outbox.post_now(db, gradebook.program_id) == 0


def test_a_column_that_is_made_anew_takes_the_override_with_it(shown, gradebook, sent):
    shown.override(sent, 90)
    gradebook.credit(sent, Component.NEEDS)
    shown.work()
    with gradebook.database.transaction() as db:
        column = db.scalars(select(LineItem)).one()
        line_items.miss(db, column.id, column.url)
        outbox.send_all_again(db, column.id)
    shown.override(sent, None)

    shown.work()

    assert gradebook.cell(sent).state is PublicationState.SENT


def test_one_override_does_not_hold_up_the_others(shown, gradebook, sent):
    other = gradebook.learner("Bo Chen")
    gradebook.credit(other)
    shown.work()
    shown.override(sent, 90)
    for learner in (sent, other):
        gradebook.credit(learner, Component.NEEDS)

    shown.work()

    assert gradebook.cell(other).state is PublicationState.SENT
    posted = [asked.json["userId"] for asked in gradebook.platform.requests_to(SCORES)]
    assert posted.count(shown.subject(other)) == 2
    assert gradebook.cell(other).sent_score > Decimal(0)
