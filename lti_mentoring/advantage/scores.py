"""Sending one score to one gradebook column (LTI-AGS 2.0, score publish service)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lti_mentoring.advantage.client import FORBIDDEN, NOT_FOUND, OK, UNAUTHORIZED, ServiceClient
from lti_mentoring.advantage.links import below
from lti_mentoring.core.errors import AddressRefused, PlatformRefused, PlatformUnavailable
from lti_mentoring.core.http import Answer
from lti_mentoring.vocabulary import ActivityProgress, MediaType, Product, Scope

HEADERS = {"Content-Type": MediaType.SCORE.value, "Accept": "*/*"}
CONFLICT = 409
BAD_REQUEST = 400
REMOVED = 410
TIMESTAMP_WORDS = ("already exists for the provided timestamp", "before last updated timestamp")
CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"

NOT_GRADED = (
    "The LMS does not take a grade for this person: they are not enrolled, or their role has "
    "no grades."
)
COLUMN_GONE = "The LMS cannot find the gradebook column or the person any more."
NOT_PERMITTED = "The LMS does not permit the tool to write grades in this course."
SWALLOWED = "The LMS did not take the score and did not say why."
ADDRESS_REFUSED = "The gradebook column is at an address that the tool does not talk to."


@dataclass(frozen=True)
class Score:
    """One score as it is to stand in the gradebook from ``scored_at`` on."""

    user_id: str
    given: Decimal
    maximum: Decimal
    comment: str
    activity_progress: ActivityProgress
    scored_at: datetime


@dataclass(frozen=True)
class Delivered:
    """The platform has this score, or a newer one of ours."""


@dataclass(frozen=True)
class Refused:
    """It will not take it; ``reason`` is a sentence of ours that an instructor may read."""

    reason: str


@dataclass(frozen=True)
class Gone(Refused):
    """It does not know the column, or the person, any more; only a look can tell which."""


@dataclass(frozen=True)
class TryLater:
    """No usable answer came; ``seconds`` is what the platform asked for, if it did."""

    reason: str
    seconds: float | None = None


Outcome = Delivered | Refused | TryLater


def send(client: ServiceClient, line_item_url: str, score: Score) -> Outcome:
    """Send the score; never raises for what a platform may do.

    Sending the same score twice is safe: its timestamp makes the second a conflict.
    """
    content = to_wire(score, client.tool.product)
    url = below(line_item_url, "scores")
    try:
        answer = client.ask("POST", url, [Scope.SCORE], headers=HEADERS, json=content)
    except PlatformUnavailable as error:
        return TryLater(error.reason, error.retry_after_seconds)
    except PlatformRefused:
        return Refused(NOT_PERMITTED)
    except AddressRefused:
        return Refused(ADDRESS_REFUSED)
    return _outcome(answer)


def to_wire(score: Score, product: Product) -> dict[str, Any]:
    """The score as JSON values.

    Always ``FullyGraded`` with ``scoreGiven``: anything else erases an existing grade
    (moodle.md 6). Canvas appends the comment to the submission at every post and counts posts as
    attempts, so it gets no comment and is told that this is no new submission.
    """
    stamp = score.scored_at.astimezone(UTC).isoformat(timespec="milliseconds")
    content: dict[str, Any] = {
        "userId": score.user_id,
        "scoreGiven": json_number(score.given),
        "scoreMaximum": json_number(score.maximum),
        "activityProgress": score.activity_progress.value,
        "gradingProgress": "FullyGraded",
        "timestamp": stamp.replace("+00:00", "Z"),
    }
    if product == Product.CANVAS:
        return {**content, CANVAS_SUBMISSION: {"new_submission": False}}
    return {**content, "comment": score.comment} if score.comment else content


def json_number(value: Decimal) -> int | float:
    """The only place where a score becomes a float, and only if it is no whole number."""
    return int(value) if value == value.to_integral_value() else float(value)


def _outcome(answer: Answer) -> Outcome:
    if answer.status in OK:
        # Moodle's way of refusing with a 200.
        return Refused(SWALLOWED) if answer.body.strip() == b"[]" else Delivered()
    if answer.status == CONFLICT or _is_older(answer):
        return Delivered()
    if answer.status in {UNAUTHORIZED, FORBIDDEN}:
        return Refused(NOT_PERMITTED)
    if answer.status in {NOT_FOUND, REMOVED}:
        return Gone(COLUMN_GONE)
    return Refused(NOT_GRADED)


def _is_older(answer: Answer) -> bool:
    """Whether the platform says that it has a score of this time or later already."""
    if answer.status != BAD_REQUEST:
        return False
    said = f"{answer.reason} {answer.body[:4096].decode(errors='replace')}".lower()
    return any(words in said for words in TIMESTAMP_WORDS)
