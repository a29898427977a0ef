"""Sending one score to one gradebook column (LTI-AGS 2.0, score publish service)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lti_mentoring.advantage.client import (
    FORBIDDEN,
    NOT_FOUND,
    OK,
    REMOVED,
    UNAUTHORIZED,
    ServiceClient,
)
from lti_mentoring.advantage.links import below
from lti_mentoring.core.errors import AddressRefused, PlatformRefused, PlatformUnavailable
from lti_mentoring.core.http import Answer
from lti_mentoring.rules.overrides import Grade
from lti_mentoring.rules.platform_profiles import CAUSES, Cause, PlatformProfile
from lti_mentoring.vocabulary import ActivityProgress, MediaType, Scope

HEADERS = {"Content-Type": MediaType.SCORE.value, "Accept": "*/*"}
CONFLICT = 409

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
    """One score as it is to stand in the gradebook from ``scored_at`` on.

    ``scored_by`` is the LTI user id of the person who decided it; null if nobody but the tool
    did. ``started_at`` and ``submitted_at`` are when the work for it began and when the last of
    it was done, neither after ``scored_at``.
    """

    user_id: str
    given: Decimal
    maximum: Decimal
    comment: str
    activity_progress: ActivityProgress
    scored_at: datetime
    scored_by: str | None = None
    started_at: datetime | None = None
    submitted_at: datetime | None = None


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


@dataclass(frozen=True)
class Overridden:
    """It shows another grade than the tool has sent, so nothing was sent over it."""

    shown: Grade


Outcome = Delivered | Refused | TryLater | Overridden


def send(client: ServiceClient, line_item_url: str, score: Score) -> Outcome:
    """Send the score; never raises for what a platform may do.

    Sending the same score twice is safe: its timestamp makes the second a conflict.
    """
    content = to_wire(score, client.tool.profile)
    url = below(line_item_url, "scores")
    try:
        answer = client.ask("POST", url, [Scope.SCORE], headers=HEADERS, json=content)
    except PlatformUnavailable as error:
        return TryLater(error.reason, error.retry_after_seconds)
    except PlatformRefused:
        return Refused(NOT_PERMITTED)
    except AddressRefused:
        return Refused(ADDRESS_REFUSED)
    return _outcome(answer, client)


def to_wire(score: Score, profile: PlatformProfile) -> dict[str, Any]:
    """The score as JSON values, as the platform's profile wants it.

    Always ``FullyGraded`` with ``scoreGiven``: anything else erases an existing grade
    (moodle.md 6, C17).
    """
    content: dict[str, Any] = {
        "userId": score.user_id,
        "scoreGiven": json_number(score.given),
        "scoreMaximum": json_number(score.maximum),
        "activityProgress": score.activity_progress.value,
        "gradingProgress": "FullyGraded",
        "timestamp": _stamp(score.scored_at),
        **profile.score_extension,
    }
    if score.comment and profile.takes_comments:
        content["comment"] = score.comment.replace("\n", profile.newline)
    if score.scored_by and profile.takes_scorer:
        content["scoringUserId"] = score.scored_by
    if profile.takes_submission_times and (submission := _submission(score)):
        content["submission"] = submission
    return content


def _submission(score: Score) -> dict[str, str]:
    moments = {"startedAt": score.started_at, "submittedAt": score.submitted_at}
    return {name: _stamp(moment) for name, moment in moments.items() if moment}


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json_number(value: Decimal) -> int | float:
    """The only place where a score becomes a float, and only if it is no whole number."""
    return int(value) if value == value.to_integral_value() else float(value)


def _outcome(answer: Answer, client: ServiceClient) -> Outcome:
    if answer.status in OK:
        # Moodle's way of refusing with a 200.
        return Refused(SWALLOWED) if answer.body.strip() == b"[]" else Delivered()
    if answer.status == CONFLICT:
        return Delivered()
    cause = client.cause_of(answer)
    if cause is Cause.OUTDATED:
        return Delivered()
    if cause is not None:
        return Refused(CAUSES[cause])
    if answer.status in {UNAUTHORIZED, FORBIDDEN}:
        return Refused(NOT_PERMITTED)
    if answer.status in {NOT_FOUND, REMOVED}:
        return Gone(COLUMN_GONE)
    return Refused(NOT_GRADED)
