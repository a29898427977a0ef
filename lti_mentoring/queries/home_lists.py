"""What the first page lists, in one query: goals, things to do, requests, and why two fit.

The parts of the query have the same columns and differ in what those mean; a part whose
parameter is empty finds nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Label,
    String,
    Table,
    bindparam,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.types import TypeEngine

from lti_mentoring.core.db import UTCDateTime
from lti_mentoring.models import (
    AvailabilityWindow,
    Goal,
    Membership,
    MentorRequest,
    Participant,
    PlatformUser,
    Topic,
)
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.actions import OPEN_ACTIONS, open_action
from lti_mentoring.queries.fits import Book, TopicName, chosen_by
from lti_mentoring.queries.goals import DONE_COUNT, GOAL_ORDER, STEP_COUNT, ActionLine
from lti_mentoring.queries.lists import AnyRow
from lti_mentoring.queries.prepared import MENTEE, one_of, parts_of
from lti_mentoring.rules.availability import Window
from lti_mentoring.vocabulary import GoalState, RequestState, Visibility

OPEN_REQUESTS = (RequestState.DRAFTED, RequestState.SENT)

_goals = cast(Table, Goal.__table__)
_requests = cast(Table, MentorRequest.__table__)
_topics = cast(Table, Topic.__table__)
_windows = cast(Table, AvailabilityWindow.__table__)
_participants = cast(Table, Participant.__table__)
_members = cast(Table, Membership.__table__)
_users = cast(Table, PlatformUser.__table__)
_suggested = _participants.alias()
_suggested_members = _members.alias()
_suggested_users = _users.alias()
_open = OPEN_ACTIONS.subquery()

_PAIR = (bindparam("one_id", type_=Integer), bindparam("other_id", type_=Integer))
_chosen = chosen_by(_PAIR)

_SHAPE: Mapping[str, TypeEngine[Any]] = {
    "id": Integer(),
    "text": String(),
    "state": String(),
    "access": String(),
    "due_on": Date(),
    "expires_at": UTCDateTime(),
    "owner_id": Integer(),
    "user_id": Integer(),
    "name": String(),
    "given_name": String(),
    "goal_id": Integer(),
    "other_id": Integer(),
    "other_name": String(),
    "first": Integer(),
    "second": Integer(),
    "third": Integer(),
}


def _as(kind: str, **given: ColumnElement[Any]) -> list[Label[Any]]:
    """The columns of one part; those for which it has no use are null."""
    values = {
        name: type_coerce(given[name], type_) if name in given else sql_cast(null(), type_)
        for name, type_ in _SHAPE.items()
    }
    columns = [value.label(name) for name, value in values.items()]
    return [literal_column(f"'{kind}'", String()).label("kind"), *columns]


_GOALS = select(
    *_as(
        "goal",
        id=_goals.c.id,
        text=_goals.c.title,
        state=_goals.c.state,
        access=_goals.c.visibility,
        due_on=_goals.c.review_on,
        first=_goals.c.progress,
        second=STEP_COUNT,
        third=DONE_COUNT,
    )
).where(_goals.c.owner_id == MENTEE, one_of(_goals.c.state, tuple(GOAL_ORDER)))
_ACTIONS = select(*_as("action", **{column.name: column for column in _open.c}))
_REQUESTS = (
    select(
        *_as(
            "request",
            id=_requests.c.id,
            state=_requests.c.state,
            expires_at=_requests.c.expires_at,
            user_id=_users.c.id,
            name=_users.c.name,
            given_name=_users.c.given_name,
            other_id=_suggested_users.c.id,
            other_name=_suggested_users.c.name,
            first=_requests.c.rank,
        )
    )
    .select_from(_requests)
    .join(_participants, _participants.c.id == _requests.c.mentor_id)
    .join(_members, _members.c.id == _participants.c.membership_id)
    .join(_users, _users.c.id == _members.c.user_id)
    .outerjoin(_suggested, _suggested.c.id == _requests.c.suggested_mentor_id)
    .outerjoin(_suggested_members, _suggested_members.c.id == _suggested.c.membership_id)
    .outerjoin(_suggested_users, _suggested_users.c.id == _suggested_members.c.user_id)
    .where(
        _requests.c.mentee_id == bindparam("asking_id"),
        or_(one_of(_requests.c.state, OPEN_REQUESTS), _requests.c.suggested_mentor_id.is_not(None)),
    )
)
_WEIGHTS = (
    select(
        *_as(
            "topic",
            id=_topics.c.id,
            text=_topics.c.name,
            owner_id=_chosen.c.participant_id,
            first=_chosen.c.weight,
        )
    )
    .select_from(_topics)
    .join(_chosen, _chosen.c.topic_id == _topics.c.id)
)
_TIMES = select(
    *_as(
        "time",
        text=_windows.c.time_zone,
        owner_id=_windows.c.participant_id,
        first=_windows.c.weekday,
        second=_windows.c.start_minute,
        third=_windows.c.end_minute,
    )
).where(_windows.c.participant_id.in_(_PAIR))

_LISTS = union_all(_GOALS, _ACTIONS, _REQUESTS, _WEIGHTS, _TIMES)


@dataclass(frozen=True)
class HomeGoal:
    """A learner's goal under way; ``step_count`` is milestones and actions together."""

    id: int
    title: str
    state: GoalState
    visibility: Visibility
    progress: int
    review_on: date | None
    step_count: int
    done_count: int


@dataclass(frozen=True)
class HomeRequest:
    """A learner's request that is open, or in whose answer another mentor was suggested."""

    id: int
    state: RequestState
    rank: int
    mentor_short_name: str
    expires_at: datetime | None
    suggested_name: str | None

    @property
    def order(self) -> tuple[bool, int, int]:
        """The open ones first, in their order; then the answered, newest first."""
        is_open = self.state in OPEN_REQUESTS
        return not is_open, self.rank if is_open else 0, -self.id


@dataclass(frozen=True)
class HomeLists:
    """What the page lists. ``book`` has what a pair wants and offers, and when it can."""

    goals: tuple[HomeGoal, ...]
    actions: tuple[ActionLine, ...]
    requests: tuple[HomeRequest, ...]
    book: Book


def lists_of(
    connection: Connection, actor: Actor, asking_id: int | None, pair: tuple[int | None, int | None]
) -> HomeLists:
    """The actor's lists, with the requests of ``asking_id`` and the book of a ``pair``."""
    rows: dict[str, list[AnyRow]] = defaultdict(list)
    asked = {"asking_id": asking_id, "one_id": pair[0], "other_id": pair[1]}
    found = connection.execute(_LISTS, {**parts_of(actor), **asked})
    for row in found:
        rows[row.kind].append(row)
    goals = sorted(map(_goal, rows["goal"]), key=lambda goal: (GOAL_ORDER[goal.state], -goal.id))
    requests = sorted(map(_request, rows["request"]), key=lambda request: request.order)
    actions = sorted(map(open_action, rows["action"]), key=_soonest)  # a union keeps no order
    book = _book(rows["topic"], rows["time"])
    return HomeLists(tuple(goals), tuple(actions), tuple(requests), book)


def _soonest(action: ActionLine) -> tuple[date, int]:
    return action.due_on or date.max, action.id


def _goal(row: AnyRow) -> HomeGoal:
    return HomeGoal(
        id=row.id,
        title=row.text,
        state=GoalState(row.state),
        visibility=Visibility(row.access),
        progress=row.first,
        review_on=row.due_on,
        step_count=row.second,
        done_count=row.third,
    )


def _request(row: AnyRow) -> HomeRequest:
    return HomeRequest(
        id=row.id,
        state=RequestState(row.state),
        rank=row.first,
        mentor_short_name=row.given_name or shown_name(row.user_id, row.name),
        expires_at=row.expires_at,
        suggested_name=shown_name(row.other_id, row.other_name) if row.other_id else None,
    )


def _book(topics: Iterable[AnyRow], times: Iterable[AnyRow]) -> Book:
    names: dict[int, TopicName] = {}
    weights: dict[int, dict[int, int]] = defaultdict(dict)
    windows: dict[int, list[Window]] = defaultdict(list)
    for row in topics:
        names[row.id] = TopicName(row.id, row.text)
        weights[row.owner_id][row.id] = row.first
    for row in times:
        windows[row.owner_id].append(Window(row.first, row.second, row.third, row.text))
    return Book(tuple(names.values()), weights, windows)
