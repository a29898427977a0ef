"""What each product does in its own way with a score, named after the rows of docs/lti.md."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lti_mentoring.advantage.scores import (
    COLUMN_GONE,
    NOT_GRADED,
    NOT_PERMITTED,
    Delivered,
    Gone,
    Refused,
    Score,
    TryLater,
    send,
)
from lti_mentoring.rules.platform_profiles import CAUSES, Cause
from lti_mentoring.vocabulary import ActivityProgress, Product
from tests.support.canned_platform import LMS

COLUMN = f"{LMS}/items/9"
SCORES = "/items/9/scores"
SCORE = Score(
    user_id="u1",
    given=Decimal("87.7"),
    maximum=Decimal(100),
    comment="Sessions 4/6\nGoals 1/1",
    activity_progress=ActivityProgress.IN_PROGRESS,
    scored_at=datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC),
)
ZERO = replace(SCORE, given=Decimal(0))
TOLD = replace(
    SCORE,
    scored_by="teacher-7",
    started_at=datetime(2026, 2, 2, 8, 30, tzinfo=UTC),
    submitted_at=datetime(2026, 3, 1, 18, 0, tzinfo=UTC),
)
TAKERS = (Product.MOODLE, Product.SAKAI, Product.OPENEDX)


@pytest.fixture
def sent(client_for, platform):
    """Sends a score to a product, and returns what arrived."""

    def send_to(product, score=SCORE):
        platform.answer(SCORES)
        send(client_for(product=product), COLUMN, score)
        return platform.requests_to(SCORES)[-1]

    return send_to


@pytest.fixture
def refused(client_for, platform):
    """What a score becomes whose answer is this."""

    def send_to(product, status, body=b"", **facts):
        platform.instead(SCORES, status, body, **facts)
        return send(client_for(product=product), COLUMN, SCORE)

    return send_to


def test_c16_a_post_makes_no_attempt_and_no_comment(sent):
    """C16, LTI-120, LTI-121."""
    content = sent(Product.CANVAS).json

    assert content["https://canvas.instructure.com/lti/submission"] == {"new_submission": False}
    assert "comment" not in content


@pytest.mark.parametrize("product", [each for each in Product if each is not Product.CANVAS])
def test_o1_nobody_else_gets_members_that_no_specification_knows(sent, product):
    assert set(sent(product).json) == {
        "userId",
        "scoreGiven",
        "scoreMaximum",
        "activityProgress",
        "gradingProgress",
        "timestamp",
        "comment",
    }


@pytest.mark.parametrize("product", [each for each in Product if each not in TAKERS])
def test_o1_and_c16_people_and_times_go_only_where_they_change_nothing(sent, product):
    """O1 refuses what it does not know; C16 makes a lateness of a time."""
    assert {"scoringUserId", "submission"}.isdisjoint(sent(product, TOLD).json)


@pytest.mark.parametrize("product", TAKERS)
def test_people_and_times_go_along_where_a_product_is_known_to_take_them(sent, product):
    assert {"scoringUserId", "submission"} <= set(sent(product, TOLD).json)


@pytest.mark.parametrize("product", Product)
def test_c17_and_m16_a_score_is_never_anything_but_a_full_grade(sent, product):
    content = sent(product, ZERO).json

    assert (content["gradingProgress"], content["scoreGiven"]) == ("FullyGraded", 0)
    assert content["scoreMaximum"] == 100


def test_b7_lines_of_a_comment_are_broken_as_its_page_shows_them(sent):
    assert sent(Product.BLACKBOARD).json["comment"] == "Sessions 4/6<br/>Goals 1/1"
    assert sent(Product.MOODLE).json["comment"] == "Sessions 4/6\nGoals 1/1"


def test_b7_an_unknown_person_is_a_refusal_for_good(refused):
    outcome = refused(Product.BLACKBOARD, 400, b'{"message": "User could not be found: u1"}')

    assert outcome == Refused(CAUSES[Cause.NOT_ENROLLED])


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (403, b"User in requested score is not enrolled in the org unit", "NOT_ENROLLED"),
        (404, b"User in requested score does not exist", "NOT_ENROLLED"),
    ],
)
def test_br7_a_person_who_left_is_not_taken_for_a_lost_column(refused, status, body, reason):
    outcome = refused(Product.BRIGHTSPACE, status, body)

    assert outcome == Refused(CAUSES[Cause[reason]])
    assert not isinstance(outcome, Gone)


def test_br7_who_cannot_be_graded_is_refused_for_good(refused):
    assert refused(Product.BRIGHTSPACE, 422) == Refused(NOT_GRADED)


def test_c16_staff_and_test_students_are_refused_for_good(refused):
    body = {"errors": {"message": "User not found in course or is not a student"}}

    assert refused(Product.CANVAS, 422, body) == Refused(NOT_GRADED)


@pytest.mark.parametrize(
    ("product", "status", "body"),
    [
        (Product.MOODLE, 409, b"[]"),
        (Product.CANVAS, 400, b"timestamp of 1 before last updated timestamp of 2"),
        (Product.OPENEDX, 400, b"Score already exists for the provided timestamp"),
        (Product.OPENEDX, 400, b"Score timestamp can only be updated to a later point in time"),
    ],
)
def test_m16_c16_and_e5_what_has_a_newer_score_already_counts_as_delivered(
    refused, product, status, body
):
    assert refused(product, status, body) == Delivered()


def test_c12_a_course_that_is_not_published_says_so(refused):
    outcome = refused(Product.CANVAS, 401, b"This course is unpublished")

    assert outcome == Refused(CAUSES[Cause.NOT_OPEN])


def test_c23_a_403_that_asks_to_slow_down_is_tried_later(refused):
    assert isinstance(refused(Product.CANVAS, 403, b"403 (Rate Limit Exceeded)"), TryLater)


def test_br13_a_429_is_tried_when_its_limit_is_over(refused):
    outcome = refused(Product.BRIGHTSPACE, 429, X_Rate_Limit_Reset="45")

    assert isinstance(outcome, TryLater)
    assert outcome.seconds == 45


def test_s9_a_tool_that_is_not_placed_says_so(refused):
    outcome = refused(Product.SAKAI, 400, b"No placements for tool")

    assert outcome == Refused(CAUSES[Cause.NOT_PLACED])


def test_s4_a_403_gets_one_fresh_token(refused, platform):
    assert refused(Product.SAKAI, 403) == Refused(NOT_PERMITTED)
    assert len(platform.requests_to(SCORES)) == 2
    assert len(platform.requests_to("/token")) == 2


def test_s4_a_missing_permission_that_is_said_with_a_400_is_a_refusal(refused):
    assert isinstance(refused(Product.SAKAI, 400), Refused)


def test_m15_and_m19_what_moodle_says_in_its_reason_phrase_stays_here(refused):
    outcome = refused(Product.MOODLE, 400, b"[]", reason='Incorrect score received{"userId": "u1"}')

    assert outcome == Refused(NOT_GRADED)


def test_m19_a_401_after_a_fresh_token_is_a_missing_permission(refused, platform):
    assert refused(Product.MOODLE, 401) == Refused(NOT_PERMITTED)
    assert len(platform.requests_to("/token")) == 2


def test_m16_a_refusal_with_a_200_is_noticed(refused):
    assert isinstance(refused(Product.MOODLE, 200, b"[]"), Refused)


def test_a_column_that_is_not_there_is_looked_for(refused):
    assert refused(Product.OTHER, 404) == Gone(COLUMN_GONE)
