"""What a real Moodle answered to scores and showed as results, and what is made of each of it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lti_mentoring.advantage.results import grade_in, read_all
from lti_mentoring.advantage.scores import Delivered, Gone, Refused, Score, TryLater, send
from lti_mentoring.core.errors import PlatformRefused
from lti_mentoring.rules.overrides import Grade, is_overridden
from lti_mentoring.vocabulary import ActivityProgress, Product
from tests.support.canned_platform import LMS
from tests.support.captures import exchange, load, replay

COLUMN = "/mod/lti/services.php/2/lineitems/2/lineitem"
SCORE = Score(
    user_id="6",
    given=Decimal(30),
    maximum=Decimal(40),
    comment="Sessions 4/6",
    activity_progress=ActivityProgress.IN_PROGRESS,
    scored_at=datetime(2026, 11, 21, 20, 35, tzinfo=UTC),
)
TAKEN = {
    "score_ok",
    "score_same_second",
    "score_after_1s",
    "score_future",
    "score_pending",
    "score_over",
    "score_rescale",
    "score_zero",
    "score_noscore",
    "score_micro",
    "score_tz",
    "score_string",
    "score_badprogress",
    "score_suspended",
    "score_both",
    "score_ct_charset",
    "score_no_typeid",
    "score_x",
    "score_submission",
    "score_inprogress",
}
NEWER_IS_THERE = {"score_old_ts", "score_now_after_future", "score_neg"}
REFUSED = {
    "score_nots",
    "score_badts",
    "score_nomax",
    "score_nan",
    "score_noactivity",
    "score_teacher",
    "score_notenrolled",
    "score_nouser",
    "score_wrongscope",
    "score_wrongcourse",
    "score_json_ct",
    "score_get",
    "score_err_pretty",  # with a 200
    "score_err_compact",
    "score_err_crlf_comment",
    "score_err_long",
    "score_err_utf8",
}
EXPECTED = {
    **dict.fromkeys(TAKEN | NEWER_IS_THERE, Delivered),
    **dict.fromkeys(REFUSED, Refused),
    "score_noitem": Gone,
}


@pytest.fixture
def moodle(client_for):
    return client_for(product=Product.MOODLE)


def test_every_captured_score_is_replayed():
    captured = {key for key in load("moodle/ags-scores") if not key.startswith("_")}

    assert captured == set(EXPECTED)


@pytest.mark.parametrize("key", sorted(EXPECTED))
def test_an_answer_to_a_score_is_understood(moodle, platform, key):
    replay(platform, exchange("moodle/ags-scores", key), f"{COLUMN}/scores")

    outcome = send(moodle, f"{LMS}{COLUMN}?type_id=1", SCORE)

    assert type(outcome) is EXPECTED[key]
    assert "Incorrect score" not in getattr(outcome, "reason", "")


def test_a_locked_column_is_tried_again(moodle, platform):
    locked = load("moodle/ags-score-lifecycle")["locked_item"]
    replay(platform, locked, f"{COLUMN}/scores")

    assert isinstance(send(moodle, f"{LMS}{COLUMN}", SCORE), TryLater)


def shown(moodle, platform, results, user):
    """What our reader takes for the grade in a captured list of results."""
    replay(platform, {"status": 200, "body": results}, f"{COLUMN}/results")
    return grade_in(read_all(moodle, f"{LMS}{COLUMN}?type_id=1"), user, Decimal(40))


@pytest.mark.parametrize(
    ("key", "user", "grade"),
    [
        ("results_one", "6", Grade(Decimal(32), Decimal(40))),
        ("results_pending", "7", None),
        ("results_7", "7", Grade(Decimal(20), Decimal(40))),
        ("results_zero", "8", Grade(Decimal(0), Decimal(40))),
        ("results_after_noscore", "8", None),
        ("results_inprogress", "11", None),
        ("results_all", "6", Grade(Decimal(32), Decimal(40))),
        ("results_x", "10", Grade(Decimal(21), Decimal(50))),
    ],
)
def test_a_result_is_read_as_it_is_shown(moodle, platform, key, user, grade):
    body = load("moodle/ags-results")[key]["body"]

    assert shown(moodle, platform, body, user) == grade


@pytest.mark.parametrize("key", ["results_limit", "results_wrongscope"])
def test_results_that_are_not_given_are_a_refusal(moodle, platform, key):
    replay(platform, exchange("moodle/ags-results", key), f"{COLUMN}/results")

    with pytest.raises(PlatformRefused):
        read_all(moodle, f"{LMS}{COLUMN}?type_id=1")


@pytest.mark.parametrize(
    ("item", "grade"),
    [
        ("activity_item", Grade(Decimal(10), Decimal(40))),
        ("standalone_item", Grade(Decimal("6.25"), Decimal(25))),
    ],
)
def test_m16_only_a_full_grade_is_shown(moodle, platform, item, grade):
    lived = load("moodle/ags-score-lifecycle")[item]

    assert shown(moodle, platform, lived["after_graded"], "26") == grade
    assert shown(moodle, platform, lived["after_inprogress_without_score"], "26") is None
    assert shown(moodle, platform, lived["after_pending_with_score"], "26") is None


@pytest.mark.parametrize("moment", ["after_override", "after_new_score"])
def test_a_teachers_override_is_seen_though_the_score_was_answered_with_a_200(
    moodle, platform, moment
):
    override = load("moodle/ags-score-lifecycle")["teacher_override"]
    sent = [Grade(Decimal(10), Decimal(40)), Grade(Decimal(20), Decimal(40))]

    grade = shown(moodle, platform, override[moment], "27")

    assert override["score_status"] == 200
    assert grade == Grade(Decimal(7), Decimal(40))
    assert is_overridden(grade, sent, moodle.tool.profile.result_decimals)
