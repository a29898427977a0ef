"""Where a score comes from, as AGS lets a tool say it: the scoring person and two moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_mentoring.sandbox.vocabulary import Role
from lti_mentoring.sandbox.world import NotInWorld, World

GRADERS = frozenset({Role.INSTRUCTOR, Role.TA})


class OriginRefusal(Exception):
    """What is wrong with where a score is said to come from, and the member that says it."""

    def __init__(self, reason: str, member: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.member = member


@dataclass(frozen=True)
class ScoreOrigin:
    """Who decided a score, when the work for it began, and when the last of it was done."""

    scored_by: str = ""
    started_at: datetime | None = None
    submitted_at: datetime | None = None


def origin_of(world: World, course_id: str, score: Mapping[str, object]) -> ScoreOrigin:
    """What a score says of itself; LTI-AGS 2.0, 3.4.6 and 3.4.10.

    Raises:
        OriginRefusal: for empty or unknown people, and for times that are not written out to less
            than a second with their zone, or in the wrong order.
    """
    submission = score.get("submission", {})
    if not isinstance(submission, dict):
        raise OriginRefusal("submission must be an object", "submission")
    started_at = _moment(submission, "startedAt")
    submitted_at = _moment(submission, "submittedAt")
    if started_at and submitted_at and submitted_at < started_at:
        raise OriginRefusal("submittedAt is before startedAt", "submission")
    return ScoreOrigin(_scorer(world, course_id, score), started_at, submitted_at)


def _scorer(world: World, course_id: str, score: Mapping[str, object]) -> str:
    if "scoringUserId" not in score:
        return ""
    person_id = score["scoringUserId"]
    if not isinstance(person_id, str) or not person_id:
        raise OriginRefusal("scoringUserId may not be null or empty", "scoringUserId")
    try:
        role = world.enrollment(course_id, person_id).role
    except NotInWorld:
        raise OriginRefusal("scoringUserId is not in this course", "scoringUserId") from None
    if role not in GRADERS:
        raise OriginRefusal("scoringUserId grades nobody in this course", "scoringUserId")
    return person_id


def _moment(submission: Mapping[str, object], name: str) -> datetime | None:
    if name not in submission:
        return None
    text = submission[name]
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise OriginRefusal(f"{name} is not an ISO 8601 date and time", "submission") from None
    if moment.tzinfo is None or "." not in str(text):
        raise OriginRefusal(f"{name} needs a time zone and parts of a second", "submission")
    return moment
