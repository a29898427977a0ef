"""Asking for a course's roster to be read, as a launch does when the last reading is old."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Table,
    and_,
    bindparam,
    exists,
    insert,
    literal,
    or_,
    select,
)

from lti_mentoring.models import Course, Deployment, Platform, Registration, RosterSync
from lti_mentoring.services.roster import THRIFTY
from lti_mentoring.vocabulary import RosterSyncState

_courses = cast(Table, Course.__table__)
_deployments = cast(Table, Deployment.__table__)
_registrations = cast(Table, Registration.__table__)
_platforms = cast(Table, Platform.__table__)
_syncs = cast(Table, RosterSync.__table__)
_WAITING = (RosterSyncState.DUE, RosterSyncState.RUNNING, RosterSyncState.HELD)


def _asking_for_roster() -> Insert:
    """A due reading of ``its_course_id``, if none waits and none was asked for lately.

    An LMS with few calls a day is left alone for longer (B8), as the clock leaves it.
    """
    course_id = bindparam("its_course_id", type_=_syncs.c.course_id.type)
    waits = exists().where(
        (_syncs.c.course_id == course_id)
        & (_syncs.c.state.in_(_WAITING) | (_syncs.c.requested_at > bindparam("fresh_since")))
    )
    now = bindparam("now", type_=_syncs.c.next_at.type)
    due = literal(RosterSyncState.DUE, _syncs.c.state.type)
    counts = ["attempts", "member_count", "added_count", "changed_count", "removed_count"]
    zeros = [literal(0) for _ in counts]
    row = select(course_id, due, literal(value=False), now, now, *zeros)
    row = row.where(~waits, ~_is_left_alone(course_id))
    names = ["course_id", "state", "accepts_removals", "requested_at", "next_at", *counts]
    return insert(_syncs).from_select(names, row)


def _is_left_alone(course_id: ColumnElement[Any]) -> ColumnElement[bool]:
    at = _courses.c.roster_read_at
    lately = (
        and_(
            _platforms.c.product == product, at > bindparam(f"since_{product.value}", type_=at.type)
        )
        for product in THRIFTY
    )
    of_course = (
        select(_courses.c.id)
        .join(_deployments, _deployments.c.id == _courses.c.deployment_id)
        .join(_registrations, _registrations.c.id == _deployments.c.registration_id)
        .join(_platforms, _platforms.c.id == _registrations.c.platform_id)
        .where(_courses.c.id == course_id, or_(*lately))
    )
    return of_course.exists()


_ASK_FOR_ROSTER = _asking_for_roster()


def ask_for_roster(
    connection: Connection, course_id: int, fresh_since: datetime, now: datetime
) -> bool:
    """Ask for a reading, unless one waits, or one was asked for lately and has failed; if so."""
    left_alone = {f"since_{each.value}": now - timedelta(hours=h) for each, h in THRIFTY.items()}
    values = {"its_course_id": course_id, "fresh_since": fresh_since, "now": now, **left_alone}
    return connection.execute(_ASK_FOR_ROSTER, values).rowcount > 0
