"""Columns and grades, with the rules of a strict LMS on what scores it takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock
from typing import Any

from lti_mentoring.sandbox.score_origins import OriginRefusal, ScoreOrigin, origin_of
from lti_mentoring.sandbox.service_habits import Grading
from lti_mentoring.sandbox.vocabulary import SEEDED_CLIENT_ID, Role
from lti_mentoring.sandbox.world import Activity, Course, NotInWorld, World, opaque_id

ACTIVITY_PROGRESS = frozenset({"Initialized", "Started", "InProgress", "Submitted", "Completed"})
GRADING_PROGRESS = frozenset({"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"})
FIRST_REFUSAL = 400
PLACES = 5  # digits after the point that are kept, as in Moodle


class GradebookRefusal(Exception):
    """A line item or score that the gradebook does not take, and the HTTP status for it."""

    def __init__(self, reason: str, status: int = 400, member: str = "") -> None:
        super().__init__(reason)
        self.member = member  # what it concerns
        self.reason = reason
        self.status = status


@dataclass(frozen=True)
class LineItem:
    """A column. ``link_id`` ties it to an activity; without, it stands alone."""

    id: str
    course_id: str
    label: str
    maximum: float
    link_id: str | None = None
    resource_id: str | None = None
    tag: str | None = None
    start: str | None = None
    end: str | None = None
    made_by_tool: bool = True
    tool: str = SEEDED_CLIENT_ID  # the client id of whose it is
    review: Mapping[str, object] | None = None  # submissionReview, as AGS writes it
    locked: bool = False


@dataclass(frozen=True)
class Grade:
    """The latest score of one person in one column, in the column's points.

    ``score`` is what counts, None after the tool has cleared it; ``timestamp`` is what the
    tool said.
    """

    score: float | None
    maximum: float
    comment: str
    timestamp: datetime
    activity_progress: str
    grading_progress: str
    overridden: bool = False
    sent: float | None = None  # the tool's latest, which an override hides
    published: bool = True  # whether the gradebook shows it
    origin: ScoreOrigin = field(default_factory=ScoreOrigin)


class Gradebook:
    """Every course's columns in the order they were made, and the grades in them."""

    def __init__(self, world: World, rules: Grading) -> None:
        self._world = world
        self._rules = rules
        self._lock: RLock = world.lock
        self._items: dict[str, LineItem] = {}
        self._grades: dict[tuple[str, str], Grade] = {}
        self._made = 0
        for course in world.courses.values():
            for activity in course.activities:
                self._couple(course, activity)

    def columns(self, course_id: str) -> list[LineItem]:
        """The course's columns, oldest first."""
        return [item for item in self._items.values() if item.course_id == course_id]

    def columns_of_link(self, link_id: str) -> list[LineItem]:
        """The columns tied to an activity."""
        return [item for item in self._items.values() if item.link_id == link_id]

    def column(self, course_id: str, item_id: str) -> LineItem:
        """One column of the course.

        Raises:
            GradebookRefusal: 404, if the course has no such column.
        """
        item = self._items.get(item_id)
        if item is None or item.course_id != course_id:
            raise GradebookRefusal("no such line item in this course", 404)
        return item

    def column_labeled(self, course_id: str, label: str) -> LineItem:
        """The course's first column of that label.

        Raises:
            GradebookRefusal: 404, if there is none.
        """
        for item in self.columns(course_id):
            if item.label == label:
                return item
        raise GradebookRefusal(f"no column {label!r} in this course", 404)

    def grade(self, item_id: str, person_id: str) -> Grade | None:
        """What the person has in the column, if a score ever arrived."""
        return self._grades.get((item_id, person_id))

    def grades(self, item_id: str) -> Iterable[tuple[str, Grade]]:
        """Every person id with a grade in the column."""
        return [(pid, grade) for (iid, pid), grade in self._grades.items() if iid == item_id]

    def create(
        self, course_id: str, wish: Mapping[str, object], tool: str = SEEDED_CLIENT_ID
    ) -> LineItem:
        """A new column from a line item as AGS writes it; asking twice makes two.

        Raises:
            GradebookRefusal: if a member is missing, wrong or names a foreign activity.
        """
        with self._lock:
            item = replace(self._checked(self._new_id(), course_id, wish), tool=tool)
            self._items[item.id] = item
            return item

    def couple(self, course_id: str, wish: Mapping[str, object], tool: str) -> LineItem:
        """A new column that belongs to an activity, which ``resourceLinkId`` names.

        Raises:
            GradebookRefusal: if a member is missing, wrong or names a foreign activity.
        """
        with self._lock:
            item = self.create(course_id, wish, tool)
            self._items[item.id] = replace(item, made_by_tool=False)
            return self._items[item.id]

    def copy(self, item: LineItem, course_id: str, link_id: str | None = None) -> LineItem:
        """The same column in another course, or for another activity, without its grades."""
        with self._lock:
            copied = replace(item, id=self._new_id(), course_id=course_id, link_id=link_id)
            self._items[copied.id] = copied
            return copied

    def update(self, item: LineItem, wish: Mapping[str, object]) -> LineItem:
        """Replace the column by ``wish``: what it leaves out is blanked, as PUT says.

        Raises:
            GradebookRefusal: if a member is missing, wrong or names a foreign activity.
        """
        with self._lock:
            changed = self._checked(item.id, item.course_id, wish)
            self._items[item.id] = replace(
                changed, made_by_tool=item.made_by_tool, tool=item.tool, locked=item.locked
            )
            return self._items[item.id]

    def edit(self, item: LineItem, **facts: Any) -> LineItem:
        """An instructor changes a column's label, points or hidden ids; grades keep their share."""
        with self._lock:
            changed = replace(item, **facts)
            self._items[item.id] = changed
            for key, grade in list(self._grades.items()):
                if key[0] == item.id and grade.score is not None:
                    score = grade.score * changed.maximum / item.maximum
                    self._grades[key] = replace(grade, score=score, maximum=changed.maximum)
            return changed

    def delete(self, item: LineItem) -> None:
        """Remove a column and its grades.

        Raises:
            GradebookRefusal: if the column came with the activity.
        """
        status = self._rules.coupled_delete_status
        if not item.made_by_tool and status >= FIRST_REFUSAL:
            raise GradebookRefusal("this line item belongs to the activity", status)
        self.remove(item)

    def remove(self, item: LineItem) -> None:
        """An instructor deletes a column, whoever made it; its grades go too."""
        with self._lock:
            self._items.pop(item.id, None)
            for key in [key for key in self._grades if key[0] == item.id]:
                del self._grades[key]

    def take_score(self, item: LineItem, score: Mapping[str, object]) -> Grade:
        """Enter a score as AGS writes it.

        A score that is not ``FullyGraded``, or has no ``scoreGiven``, clears what was there.
        Points are scaled to the column, and cut off at its maximum. What an instructor
        has typed in stays, and the tool is not told: Moodle does the same.

        Raises:
            GradebookRefusal: for a wrong score, somebody who is no learner here, a timestamp
                that is not newer than the last one, or a locked column.
        """
        person_id, timestamp = self._checked_subject(item, score)
        origin = self._checked_origin(item, score)
        if item.locked:
            raise GradebookRefusal("the column is locked", 500)
        with self._lock:
            before = self._grades.get((item.id, person_id))
            grade = replace(self._grade_from(item, score, timestamp), origin=origin)
            if before:
                self._check_newer(before, timestamp)
                if self._rules.appends_comments:
                    comments = filter(None, (before.comment, grade.comment))
                    grade = replace(grade, comment="\n".join(comments))
            if before and before.overridden:
                grade = replace(grade, score=before.score, comment=before.comment, overridden=True)
            self._grades[(item.id, person_id)] = grade
            return grade

    def _check_newer(self, before: Grade, timestamp: datetime) -> None:
        old, new = before.timestamp.timestamp(), timestamp.timestamp()
        if self._rules.whole_seconds:
            old, new = int(old), int(new)
        if new > old:
            return
        status, reason = self._rules.older if new < old else self._rules.equal
        if status:
            raise GradebookRefusal(reason, status, "timestamp")

    def override(self, item: LineItem, person_id: str, score: float, at: float) -> None:
        """An instructor types in a grade; later scores of the tool do not change it."""
        with self._lock:
            before = self._grades.get((item.id, person_id)) or Grade(
                None, item.maximum, "", datetime.fromtimestamp(at).astimezone(), "", ""
            )
            typed = replace(before, score=score, overridden=True, published=True)
            self._grades[(item.id, person_id)] = typed

    def clear_override(self, item: LineItem, person_id: str) -> None:
        """What the tool has sent counts again."""
        with self._lock:
            typed = self._grades.get((item.id, person_id))
            if typed and typed.overridden:
                self._grades[(item.id, person_id)] = replace(
                    typed, score=typed.sent, overridden=False
                )

    def lock(self, item: LineItem, *, locked: bool) -> None:
        """Keep scores out of a column, or let them in again."""
        with self._lock:
            self._items[item.id] = replace(item, locked=locked)

    def _checked_subject(self, item: LineItem, score: Mapping[str, object]) -> tuple[str, datetime]:
        person_id = _text(score, "userId", required=True) or ""
        if _text(score, "activityProgress", required=True) not in ACTIVITY_PROGRESS:
            raise GradebookRefusal("activityProgress is not a known value")
        if _text(score, "gradingProgress", required=True) not in GRADING_PROGRESS:
            raise GradebookRefusal("gradingProgress is not a known value")
        timestamp = _moment(_text(score, "timestamp", required=True) or "")
        try:
            enrollment = self._world.enrollment(item.course_id, person_id)
        except NotInWorld:
            status, reason = self._rules.stranger
            raise GradebookRefusal(reason, status, "userId") from None
        if enrollment.role is not Role.LEARNER:
            status, reason = self._rules.no_learner
            raise GradebookRefusal(reason, status, "userId")
        return person_id, timestamp

    def _checked_origin(self, item: LineItem, score: Mapping[str, object]) -> ScoreOrigin:
        unknown = sorted(set(score) - self._rules.members) if self._rules.members else []
        if unknown:
            raise GradebookRefusal(f"unknown members: {', '.join(unknown)}")
        try:
            return origin_of(self._world, item.course_id, score)
        except OriginRefusal as refusal:
            raise GradebookRefusal(refusal.reason, member=refusal.member) from refusal

    def _grade_from(
        self, item: LineItem, score: Mapping[str, object], timestamp: datetime
    ) -> Grade:
        given = self._points_given(score)
        maximum = _number(score, "scoreMaximum")
        points = None
        if score["gradingProgress"] == "FullyGraded" and given is not None and maximum:
            points = round(min(given / maximum, 1.0) * item.maximum, PLACES)
        return Grade(
            score=points,
            maximum=item.maximum,
            comment="" if points is None else _text(score, "comment") or "",
            timestamp=timestamp,
            activity_progress=str(score["activityProgress"]),
            grading_progress=str(score["gradingProgress"]),
            sent=points,
            published=points != 0 or self._rules.publishes_zero,
        )

    def _points_given(self, score: Mapping[str, object]) -> float | None:
        given, maximum = _number(score, "scoreGiven"), _number(score, "scoreMaximum")
        if given is not None and maximum is None:
            status = self._rules.no_maximum_status
            reason = "ScoreMaximum not supplied when ScoreGiven present."
            raise GradebookRefusal(reason, status, "scoreMaximum")
        if maximum is not None and maximum <= 0:
            raise GradebookRefusal("scoreMaximum must be greater than 0")
        if given is not None and given < 0 and not self._rules.cuts_negative:
            raise GradebookRefusal("scoreGiven must not be negative")
        return None if given is None else max(given, 0.0)

    def _checked(self, item_id: str, course_id: str, wish: Mapping[str, object]) -> LineItem:
        link_id = _text(wish, "resourceLinkId")
        course = self._world.course(course_id)
        if link_id and link_id not in {activity.id for activity in course.activities}:
            raise GradebookRefusal("resourceLinkId is not an activity of this course")
        maximum = _number(wish, "scoreMaximum")
        if maximum is None or maximum <= 0:
            raise GradebookRefusal("scoreMaximum must be greater than 0")
        if self._rules.whole_maximum and maximum != int(maximum):
            raise GradebookRefusal("a valid integer is required", member="scoreMaximum")
        if self._rules.needs_tie and not (link_id or wish.get("resourceId")):
            raise GradebookRefusal("resourceId or resourceLinkId is required")
        return LineItem(
            id=item_id,
            course_id=course_id,
            label=_text(wish, "label", required=True) or "",
            maximum=maximum,
            link_id=link_id,
            resource_id=_text(wish, "resourceId"),
            tag=_text(wish, "tag"),
            start=_text(wish, "startDateTime"),
            end=_text(wish, "endDateTime"),
            review=_object(wish, "submissionReview"),
        )

    def _couple(self, course: Course, activity: Activity) -> None:
        if activity.column is None:
            return
        item = LineItem(
            id=self._new_id(),
            course_id=course.id,
            label=activity.column.label,
            maximum=activity.column.maximum,
            link_id=activity.id,
            made_by_tool=False,
            tool=activity.tool,
        )
        self._items[item.id] = item

    def _new_id(self) -> str:
        self._made += 1
        return opaque_id("column", self._made, 12)


def _text(source: Mapping[str, object], name: str, *, required: bool = False) -> str | None:
    value = source.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or (required and not value):
        raise GradebookRefusal(f"{name} must be text")
    return value


def _number(source: Mapping[str, object], name: str) -> float | None:
    value = source.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise GradebookRefusal(f"{name} must be a number")
    return float(value)


def _object(source: Mapping[str, object], name: str) -> Mapping[str, object] | None:
    value = source.get(name)
    if value is not None and not isinstance(value, dict):
        raise GradebookRefusal(f"{name} must be an object")
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise GradebookRefusal("timestamp is not an ISO 8601 date and time") from None
    if moment.tzinfo is None:
        raise GradebookRefusal("timestamp needs a time zone")
    return moment
