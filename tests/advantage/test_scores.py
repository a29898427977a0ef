from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from lti_mentoring.advantage.scores import Delivered, Refused, Score, TryLater, send
from lti_mentoring.vocabulary import ActivityProgress, Product, Scope
from tests.support.canned_platform import LMS

URL = f"{LMS}/items/9?type_id=3"
SCORE = Score(
    user_id="u1",
    given=Decimal("87.7"),
    maximum=Decimal(100),
    comment="Sessions 4/6 · updated 2026-03-02",
    activity_progress=ActivityProgress.IN_PROGRESS,
    scored_at=datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC),
)
TOLD = replace(
    SCORE,
    scored_by="teacher-7",
    started_at=datetime(2026, 2, 2, 8, 30, tzinfo=timezone(timedelta(hours=2))),
    submitted_at=datetime(2026, 3, 1, 18, 0, 0, 123_456, tzinfo=UTC),
)


def test_a_score_is_compact_fully_graded_json_with_milliseconds(client, platform):
    platform.answer("/items/9/scores")

    assert send(client, URL, SCORE) == Delivered()
    sent = platform.requests_to("/items/9/scores")[0]
    assert sent.query == {"type_id": ["3"]}
    assert sent.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert ": " not in sent.body.replace("· ", "")
    assert sent.json == {
        "userId": "u1",
        "scoreGiven": 87.7,
        "scoreMaximum": 100,
        "activityProgress": "InProgress",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-03-02T09:00:00.250Z",
        "comment": "Sessions 4/6 · updated 2026-03-02",
    }


def test_who_decided_a_score_and_when_the_work_was_done_may_go_along(client_for, platform):
    """LTI-111; LTI-AGS 2.0, 3.4.6 and 3.4.10."""
    platform.answer("/items/9/scores")

    send(client_for(product=Product.MOODLE), URL, TOLD)

    sent = platform.requests_to("/items/9/scores")[0].json
    assert sent["scoringUserId"] == "teacher-7"
    assert sent["submission"] == {
        "startedAt": "2026-02-02T06:30:00.000Z",
        "submittedAt": "2026-03-01T18:00:00.123Z",
    }


@pytest.mark.parametrize(
    ("unknown", "said"),
    [
        ({"scored_by": None}, {"submission"}),
        ({"scored_by": ""}, {"submission"}),
        ({"started_at": None, "submitted_at": None}, {"scoringUserId"}),
        ({"scored_by": None, "started_at": None, "submitted_at": None}, set()),
    ],
)
def test_what_is_not_known_is_left_out_and_never_empty(client_for, platform, unknown, said):
    platform.answer("/items/9/scores")

    send(client_for(product=Product.MOODLE), URL, replace(TOLD, **unknown))

    sent = platform.requests_to("/items/9/scores")[0].json
    assert {"scoringUserId", "submission"} & set(sent) == said


def test_a_beginning_without_an_end_is_told_alone(client_for, platform):
    platform.answer("/items/9/scores")

    send(client_for(product=Product.MOODLE), URL, replace(TOLD, submitted_at=None))

    sent = platform.requests_to("/items/9/scores")[0].json
    assert sent["submission"] == {"startedAt": "2026-02-02T06:30:00.000Z"}


def test_canvas_gets_no_comment_and_no_new_attempt(client_for, platform):
    platform.answer("/items/9/scores")

    send(client_for(product=Product.CANVAS), URL, SCORE)

    sent = platform.requests_to("/items/9/scores")[0].json
    assert "comment" not in sent
    assert sent["https://canvas.instructure.com/lti/submission"] == {"new_submission": False}


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b"", Delivered),
        (201, b"{}", Delivered),
        (204, b"", Delivered),
        (409, b"[]", Delivered),
        (400, b'{"error": "Score already exists for the provided timestamp."}', Delivered),
        (200, b"[]", Refused),
        (400, b"[]", Refused),
        (401, b"", Refused),
        (403, b"", Refused),
        (404, b"", Refused),
        (422, b"", Refused),
        (429, b"", TryLater),
        (500, b"", TryLater),
        (403, b"Rate Limit Exceeded", TryLater),
    ],
)
def test_answers_have_three_meanings(client, platform, status, body, outcome):
    platform.answer("/items/9/scores", status, body)

    assert isinstance(send(client, URL, SCORE), outcome)


def test_reasons_are_ours_and_never_the_platforms_echo(client, platform):
    echo = "Incorrect score received{'userId': 'u1', 'comment': 'Ana Souza'}"
    platform.answer("/items/9/scores", 400, b"[]", reason=echo)

    refused = send(client, URL, SCORE)

    assert isinstance(refused, Refused)
    assert "Ana" not in refused.reason
    assert "Incorrect" not in refused.reason


def test_a_missing_permission_is_a_refusal(client, platform):
    platform.instead("/token", body={"access_token": "t", "scope": Scope.LINE_ITEM.value})

    assert isinstance(send(client, URL, SCORE), Refused)


def test_what_the_platform_asks_for_is_passed_on(client, platform):
    platform.answer("/items/9/scores", 429, Retry_After="12")

    outcome = send(client, URL, SCORE)

    assert isinstance(outcome, TryLater)
    assert outcome.seconds == 12
