"""One reading of a roster while it is under way, and how its end is noted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock
from lti_mentoring.models import Course, RosterSync
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.roster import DifferencesLink
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity
from lti_mentoring.services.roster_changes import Changes
from lti_mentoring.vocabulary import RosterSyncState, Verb


@dataclass(frozen=True)
class Reading:
    """A reading that is under way; no transaction is needed to go on with it."""

    sync_id: int
    began_at: datetime
    lease_until: datetime
    tool: RegisteredTool
    memberships_url: str
    role_overrides: str
    groups_url: str | None = None
    differences: DifferencesLink | None = None


def held_row(db: Session, reading: Reading) -> RosterSync | None:
    """The row of a reading, locked; null if it took too long and is somebody else's by now."""
    return db.scalar(
        select(RosterSync)
        .where(
            RosterSync.id == reading.sync_id,
            RosterSync.state == RosterSyncState.RUNNING,
            RosterSync.lease_until == reading.lease_until,
        )
        .with_for_update()
    )


def finish(db: Session, sync: RosterSync, course: Course, changes: Changes, *, held: bool) -> None:
    """Note what a reading has changed; ``held`` if a person is to be asked who may leave."""
    now = clock.now()
    outcome = RosterSyncState.HELD if held else RosterSyncState.DONE
    sync.state = next_state(sync.state, outcome)
    sync.lease_until = None
    sync.finished_at = course.roster_read_at = now
    sync.member_count = changes.member_count
    sync.added_count = len(changes.added)
    sync.changed_count = len(changes.changed)
    sync.removed_count = len(changes.gone)
    system = Actor.system("roster", course.id)
    _close_older_questions(db, sync)
    if held:
        count = str(changes.leaving_count)
        activity.record(db, system, Verb.ROSTER_HELD, "roster_sync", sync.id, count)
        return
    counts = (sync.added_count, sync.changed_count, sync.removed_count)
    if any(counts):
        told = "+{} ~{} -{}".format(*counts)
        activity.record(db, system, Verb.ROSTER_APPLIED, "roster_sync", sync.id, told)


def _close_older_questions(db: Session, sync: RosterSync) -> None:
    """A newer reading answers the questions before it, be it by asking anew."""
    db.execute(
        update(RosterSync)
        .where(
            RosterSync.course_id == sync.course_id,
            RosterSync.id != sync.id,
            RosterSync.state == RosterSyncState.HELD,
        )
        .values(state=RosterSyncState.DONE)
    )
