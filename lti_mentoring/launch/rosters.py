"""Asking for a course's roster to be read, as a launch does when the last reading is old."""

from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Insert, Table, bindparam, exists, insert, literal, select

from lti_mentoring.models import RosterSync
from lti_mentoring.vocabulary import RosterSyncState

_syncs = cast(Table, RosterSync.__table__)
_WAITING = (RosterSyncState.DUE, RosterSyncState.RUNNING, RosterSyncState.HELD)


def _asking_for_roster() -> Insert:
    """A due reading of ``its_course_id``, if none waits and none was asked for lately."""
    course_id = bindparam("its_course_id", type_=_syncs.c.course_id.type)
    waits = exists().where(
        (_syncs.c.course_id == course_id)
        & (_syncs.c.state.in_(_WAITING) | (_syncs.c.requested_at > bindparam("fresh_since")))
    )
    now = bindparam("now", type_=_syncs.c.next_at.type)
    due = literal(RosterSyncState.DUE, _syncs.c.state.type)
    counts = ["attempts", "member_count", "added_count", "changed_count", "removed_count"]
    zeros = [literal(0) for _ in counts]
    row = select(course_id, due, literal(value=False), now, now, *zeros).where(~waits)
    names = ["course_id", "state", "accepts_removals", "requested_at", "next_at", *counts]
    return insert(_syncs).from_select(names, row)


_ASK_FOR_ROSTER = _asking_for_roster()


def ask_for_roster(
    connection: Connection, course_id: int, fresh_since: datetime, now: datetime
) -> None:
    """Ask for a reading, unless one waits, or one was asked for lately and has failed."""
    values = {"its_course_id": course_id, "fresh_since": fresh_since, "now": now}
    connection.execute(_ASK_FOR_ROSTER, values)
