"""Readings of what has changed in a roster only, where the LMS tells (LTI-97).

The tool remembers where to ask for as long as what it has stored is what the LMS has said. Where
there is any doubt it forgets, and everything is read: a wrong list of people is worse than a
slow one.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_mentoring.core.upsert import upsert
from lti_mentoring.models import Course, RosterDifferences, RosterSync
from lti_mentoring.rules.roster import DifferencesLink, removal_needs_confirmation
from lti_mentoring.services import departures
from lti_mentoring.services.roster_changes import Staged, find_told_changes, write_changes
from lti_mentoring.services.roster_readings import Reading, finish, held_row


def link_in(row: RosterDifferences | None) -> DifferencesLink | None:
    """What the row says, for use without a transaction."""
    if row is None:
        return None
    return DifferencesLink(row.url, row.memberships_url, row.given_at, row.whole_at, row.in_a_row)


def forget(db: Session, course_id: int) -> None:
    """Everything of the course is read the next time."""
    db.execute(delete(RosterDifferences).where(RosterDifferences.course_id == course_id))


def forget_by(db: Session, reading: Reading) -> None:
    """The same for the course of a reading that cannot go by differences any more."""
    course = select(RosterSync.course_id).where(RosterSync.id == reading.sync_id)
    db.execute(
        delete(RosterDifferences)
        .where(RosterDifferences.course_id.in_(course))
        .execution_options(synchronize_session=False)
    )


def follow(db: Session, course: Course, reading: Reading, url: str | None) -> None:
    """After a whole reading, remember where changes from its beginning on are told, if anywhere."""
    if url is not None:
        began_at = reading.began_at
        link = DifferencesLink(url, reading.memberships_url, given_at=began_at, whole_at=began_at)
        _remember(db, course.id, link)


def apply(db: Session, reading: Reading, staged: Staged, url: str, guard_percent: int) -> bool:
    """Take in what has changed; false if it raises a doubt, and nothing was written.

    A doubt is somebody who was deleted and whom nobody knows, or who has come in just now, and
    many who would leave at once: a whole reading tells whether that is so.
    """
    sync = held_row(db, reading)
    if sync is None or reading.differences is None:
        return True  # another process has taken it over
    course = db.get_one(Course, sync.course_id)
    changes = find_told_changes(db, course.id, staged, reading.began_at)
    if changes is None or removal_needs_confirmation(
        changes.active_count, changes.leaving_count, guard_percent
    ):
        return False
    write_changes(db, course.id, reading.tool.registration_id, changes)
    departures.member_left(db, course.id, [*changes.gone, *changes.suspended])
    departures.member_back(db, course.id, changes.back)
    finish(db, sync, course, changes, held=False)
    sync.error = None
    before = reading.differences
    _remember(
        db,
        course.id,
        DifferencesLink(
            url, reading.memberships_url, reading.began_at, before.whole_at, before.in_a_row + 1
        ),
    )
    return True


def _remember(db: Session, course_id: int, link: DifferencesLink) -> None:
    upsert(db, RosterDifferences, ("course_id",), {"course_id": course_id, **vars(link)})
