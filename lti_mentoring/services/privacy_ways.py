"""How each table's rows belong to a person: what export and erasure walk, beside the register.

A row may belong to two people. Then each of them has a way of their own to it, which says what
of the row is the other one's, and what it loses when this person is erased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Table, select

from lti_mentoring.models import (
    Base,
    Course,
    Goal,
    Membership,
    PlatformUser,
)
from lti_mentoring.vocabulary import GoalState

_goals = cast(Table, Goal.__table__)
_members = cast(Table, Membership.__table__)
_users = cast(Table, PlatformUser.__table__)

WAITS_FOR_ITS_OWNER = (_goals.c.state == GoalState.PROPOSED) & _goals.c.proposed_by_id.is_not(None)
"""Until the owner has taken a suggested goal, its words are those of who suggested it."""


@dataclass(frozen=True)
class Person:
    """One person of one registration, in all of its courses."""

    user_id: int


@dataclass(frozen=True)
class Way:
    """The column by which a row belongs to somebody.

    ``only`` are the rows for which it does. ``not_theirs`` is what others have written into it,
    ``emptied`` what the row loses where erasure lets it stay.
    """

    column: str
    only: ColumnElement[bool] | None = None
    not_theirs: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()


WAYS: Mapping[str, Sequence[Way]] = {
    "action_item": (Way("owner_id"),),
    "activity": (Way("membership_id"),),
    "agenda_item": (Way("added_by_id"),),
    "agreement_signature": (Way("participant_id", emptied=("signed_name",)),),
    "attendance_report": (Way("reporter_id"),),
    "availability_window": (Way("participant_id"),),
    "closing": (Way("participant_id"),),
    "draft": (Way("membership_id"),),
    "engagement_event": (Way("participant_id"),),
    "engagement_score": (Way("participant_id"),),
    "exemption": (
        # A coordinator's note about the person, for coordinators.
        Way("participant_id", not_theirs=("private_note",), emptied=("private_note",)),
    ),
    "fit_check": (Way("participant_id"),),
    "goal": (
        Way("owner_id", only=~WAITS_FOR_ITS_OWNER),
        Way(
            "owner_id",
            only=WAITS_FOR_ITS_OWNER,
            not_theirs=("title", "measure", "means", "reason"),
        ),
        Way("proposed_by_id", only=WAITS_FOR_ITS_OWNER),
    ),
    "goal_entry": (Way("author_id"),),
    "intake": (Way("participant_id"),),
    "link_exclusion": (Way("membership_id"),),
    "membership": (Way("user_id", emptied=("groups",)),),
    "mentor_profile": (Way("participant_id"),),
    "mentor_request": (
        # Why a mentor said no is the mentor's, and which choice a mentor was is the learner's.
        Way("mentee_id", not_theirs=("decline_reason",), emptied=("note",)),
        Way("mentor_id", not_theirs=("note", "rank")),
    ),
    # What two have noted together, either may have typed.
    "mentoring_session": (Way("pairing_id", emptied=("join_url", "place", "shared_notes")),),
    "milestone": (Way("goal_id"),),
    "note": (Way("author_id"),),
    "observation": (Way("observer_id", not_theirs=("is_shared",)), Way("learner_id")),
    "pairing": (Way("mentee_id"), Way("mentor_id")),
    "participant": (Way("membership_id"),),
    "platform_user": (
        Way("id", emptied=("name", "given_name", "locale", "time_zone", "former_subject")),
    ),
    "score_publication": (Way("participant_id"),),
    "topic_offer": (Way("participant_id"),),
    "topic_want": (Way("participant_id"),),
}
"""Each exported table's ways to the people in it. A test sees to it that none is missing."""


def table_of(name: str) -> Table:
    """The table of the register's line ``name``."""
    return Base.metadata.tables[name]


def theirs(person: Person, name: str, way: Way) -> ColumnElement[bool]:
    """Which rows of the table ``name`` are the person's by this way."""
    table = table_of(name)
    column = table.c[way.column]
    if table in (_users, _members):
        return column == person.user_id
    target = next(iter(column.foreign_keys)).column.table
    of_theirs = column.in_(ids(person, target.name))
    return of_theirs if way.only is None else of_theirs & way.only


def ids(person: Person, name: str) -> sa.Select[int]:
    """The keys of the rows of ``name`` that are wholly the person's."""
    table = table_of(name)
    wholly = (theirs(person, name, way) for way in WAYS[name] if not way.not_theirs)
    return select(*table.primary_key.columns).where(sa.or_(*wholly))


def courses_of(person: Person) -> sa.Select[int, str]:
    """The courses that know the person, with their titles."""
    courses = cast(Table, Course.__table__)
    return (
        select(courses.c.id, courses.c.title)
        .where(
            courses.c.id.in_(
                select(_members.c.course_id).where(_members.c.user_id == person.user_id)
            )
        )
        .order_by(courses.c.id)
    )


def find_in_registration(registration_id: int, subject: str) -> sa.Select[int]:
    """The person with this subject, by number."""
    return select(_users.c.id).where(
        _users.c.registration_id == registration_id, _users.c.subject == subject
    )
