"""What the tool sends into a gradebook, read as strictly as LTI-AGS 2.0 (3.4) is written."""

import re

import pytest
from sqlalchemy import select

from lti_mentoring.models import Participant, Platform, Program
from lti_mentoring.services import exemptions
from lti_mentoring.services.exemptions import Allowance
from lti_mentoring.vocabulary import (
    ActivityProgress,
    Component,
    CourseRole,
    ExemptionReason,
    Product,
)
from tests.support.factories import actor_of, make_member
from tests.support.strict_gradebook import is_well_shaped

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")  # below a second, in UTC (4.2)
EXTENSION = "https://canvas.instructure.com/lti/submission"
KINDS = {
    "userId": str,
    "scoringUserId": str,
    "scoreGiven": int | float,
    "scoreMaximum": int | float,
    "comment": str,
    "timestamp": str,
    "activityProgress": str,
    "gradingProgress": str,
    "submission": dict,
    EXTENSION: dict,
}


@pytest.fixture(params=list(Product))
def sent(request, gradebook, frozen_clock):
    """A learner's story as it arrives at a product: a fact, an exemption, another fact."""
    learner = gradebook.learner()
    with gradebook.database.transaction() as db:
        db.scalars(select(Platform)).one().product = request.param
        course = db.get_one(Program, gradebook.program_id).course
        teacher = actor_of(db, make_member(db, course, role=CourseRole.INSTRUCTOR))

    def let_off():
        allowance = Allowance((Component.NEEDS,), None, None, ExemptionReason.OTHER, "")
        with gradebook.database.transaction() as db:
            exemptions.grant(db, teacher, db.get_one(Participant, learner), allowance)

    for act in (
        lambda: gradebook.credit(learner),
        let_off,
        lambda: gradebook.credit(learner, Component.GOALS_SET),
    ):
        frozen_clock.tick(days=1)
        act()
        frozen_clock.tick(minutes=2)
        gradebook.work()
    assert len(gradebook.sent) == 3
    return gradebook.sent


def test_members_are_those_of_the_specification_with_their_kinds(sent):
    for score in sent:
        assert {"userId", "activityProgress", "gradingProgress", "timestamp"} <= set(score)
        assert [name for name in score if not isinstance(score[name], KINDS[name])] == []
        assert all(score[name] != "" for name in score)


def test_points_and_progress_are_within_their_bounds(sent):
    for score in sent:
        assert 0 <= score["scoreGiven"] <= score["scoreMaximum"]
        assert score["scoreMaximum"] > 0
        assert score["activityProgress"] in set(ActivityProgress)
        assert score["gradingProgress"] == "FullyGraded"


def test_timestamps_are_written_out_and_rise(sent):
    stamps = [score["timestamp"] for score in sent]

    assert all(map(STAMP.fullmatch, stamps))
    assert stamps == sorted(set(stamps))


def test_work_is_submitted_after_it_began_and_before_it_is_scored(sent):
    for score in sent:
        score.pop(EXTENSION, None)
        assert is_well_shaped(score)
        submission = score.get("submission", {})
        moments = [*submission.values(), score["timestamp"]]
        assert moments == sorted(moments)
        assert set(submission) in ({"startedAt", "submittedAt"}, set())


def test_the_scoring_person_is_told_with_that_persons_score_only(sent):
    told = [score.get("scoringUserId") for score in sent]

    assert (told[0], told[2]) == (None, None)
    assert told[1] is None or told[1] != sent[1]["userId"]


def test_submission_times_hold_still_between_facts(sent):
    """An exemption is no work of the learner's: the score changes, the times do not."""
    first, second, third = (score.get("submission") for score in sent)

    assert first == second
    assert third is None or third["submittedAt"] > first["submittedAt"]
