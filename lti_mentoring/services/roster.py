"""Rosters: asking for a reading, and applying what was read in one transaction.

Nobody is ever deleted, and nobody is taken for gone unless the reading was whole. Staff whom
no roster has ever listed stay: some LMSs list only students, or only who has opened the tool.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, update
from sqlalchemy.orm import Session

from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock, leases
from lti_mentoring.core.bell import ring_soon
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.models import (
    Course,
    Deployment,
    Platform,
    Program,
    Registration,
    RosterDifferences,
    RosterSync,
)
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.rules.platform_profiles import PROFILES
from lti_mentoring.rules.roster import removal_needs_confirmation
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import departures, roster_differences
from lti_mentoring.services.roster_changes import Changes, Staged, find_changes, write_changes
from lti_mentoring.services.roster_readings import Reading, finish, held_row
from lti_mentoring.vocabulary import (
    Product,
    ProgramState,
    RegistrationState,
    RosterSyncState,
)

BELL = "roster"
LEASE_SECONDS = 1800.0  # reading 50,000 members from a slow LMS takes a while
MOST_ATTEMPTS = 8
COURSES_AT_ONCE = 20  # a minute: twelve hours have room for 14,000 courses
WAITING = (RosterSyncState.DUE, RosterSyncState.RUNNING)
OVER = (ProgramState.CLOSED, ProgramState.CANCELLED)
THRIFTY = {
    product: profile.roster_hours for product, profile in PROFILES.items() if profile.roster_hours
}
BROKEN_OFF = "reading it was broken off each time"
NOT_WHOLE = "not all of it could be read, so nobody was taken for gone"


def ask_for_roster(
    db: Session, actor: Actor, course: Course, *, whole: bool = False
) -> RosterSync | None:
    """Let the course's roster be read soon; what waits already is not asked for twice.

    All of it is read if a person asks, or if it is to be ``whole``. Null if the LMS does not
    offer this course's roster: then the tool knows who has opened it.

    Raises:
        NotAllowed: if the actor is neither staff of the course nor the system.
    """
    require(actor.is_staff or actor.system_reason is not None, "read the course's roster")
    if course.memberships_url is None:
        return None
    if whole or actor.system_reason is None:
        roster_differences.forget(db, course.id)
    now = clock.now()
    row = {"course_id": course.id, **_due_reading(now)}
    db.execute(insert_into(db, RosterSync).values(row).on_conflict_do_nothing())
    waiting = _waiting(db, course.id)
    if waiting is not None and actor.system_reason is None:
        waiting.next_at = min(waiting.next_at, now)  # a person does not wait for a back-off
    ring_soon(db, BELL)
    return waiting


def ask_for_old_rosters(db: Session, max_age: timedelta) -> int:
    """Let rosters be read that were last read so long ago, of programs that go on; how many.

    One statement, and only some courses at a time, those that waited longest first: platforms
    are not asked for everything in one minute. What waits, or was asked for as lately (and has
    failed), is not asked for again.
    """
    now = clock.now()
    row = _due_reading(now)
    columns = (literal(value, RosterSync.__table__.c[name].type) for name, value in row.items())
    old = _courses_read_before(now - max_age).with_only_columns(Course.id, *columns)
    statement = insert_into(db, RosterSync).from_select(
        ["course_id", *row], old, include_defaults=False
    )
    asked = db.execute(statement.on_conflict_do_nothing().returning(RosterSync.id)).all()
    return len(asked)


def latest_sync(db: Session, course_id: int) -> RosterSync | None:
    """The newest reading of a course's roster, in whatever state."""
    newest = RosterSync.id.desc()
    return db.scalar(
        select(RosterSync).where(RosterSync.course_id == course_id).order_by(newest).limit(1)
    )


def confirm_removals(db: Session, actor: Actor, held: RosterSync) -> RosterSync:
    """Read again, and this time let everybody go who is not on the roster.

    Raises:
        NotAllowed: if the actor does not coordinate the course.
        Conflict: if this reading does not wait for a confirmation.
    """
    require(actor.coordinates, "let so many people leave")
    waiting = _waiting(db, held.course_id)
    wanted = RosterSyncState.DUE if waiting is None else RosterSyncState.DONE
    held.state = next_state(held.state, wanted)
    renewed = waiting or held
    renewed.accepts_removals = True
    renewed.next_at = clock.now()
    roster_differences.forget(db, held.course_id)
    db.flush()
    ring_soon(db, BELL)
    return renewed


def dismiss_removals(db: Session, actor: Actor, held: RosterSync) -> None:
    """Keep everybody; the next reading asks again if it still misses them.

    Raises:
        NotAllowed: if the actor does not coordinate the course.
        Conflict: if this reading does not wait for a confirmation.
    """
    require(actor.coordinates, "keep people who are not on the roster")
    held.state = next_state(held.state, RosterSyncState.DONE)
    db.flush()


def claim_due(db: Session) -> Reading | None:
    """Take one due reading; nobody else gets it until the lease is over.

    A reading whose process died each time is given up, so that it does not go on for ever.
    """
    now = clock.now()
    _give_up_abandoned(db, now)
    lease_until = now + timedelta(seconds=LEASE_SECONDS)
    values = {
        "state": RosterSyncState.RUNNING,
        "lease_until": lease_until,
        "attempts": RosterSync.attempts + 1,
    }
    taken = leases.claim(db, RosterSync.id, _is_due(now), values, limit=1)
    if not taken:
        return None
    course, registration, told = db.execute(
        select(Course, Registration, RosterDifferences)
        .join(RosterSync, RosterSync.course_id == Course.id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .outerjoin(RosterDifferences, RosterDifferences.course_id == Course.id)
        .where(RosterSync.id == taken[0])
    ).one()
    return Reading(
        sync_id=taken[0],
        began_at=now,
        lease_until=lease_until,
        tool=RegisteredTool.of(registration),
        memberships_url=course.memberships_url or "",
        role_overrides=registration.role_overrides,
        groups_url=course.groups_url,
        differences=roster_differences.link_in(told),
    )


def apply_reading(
    db: Session,
    reading: Reading,
    staged: Staged,
    *,
    complete: bool,
    guard_percent: int,
    differences_url: str | None = None,
) -> Changes | None:
    """Make the course's memberships what was read; write only what differs.

    Null if the reading is no longer ours, since it took too long. Too many leaving at once
    waits for a person; everything else is applied all the same. Of a reading that was not
    ``complete``, the row says so. ``differences_url`` is where changes from here on are told.
    """
    sync = held_row(db, reading)
    if sync is None:
        return None
    course = db.get_one(Course, sync.course_id)
    registration_id = reading.tool.registration_id
    changes = find_changes(db, course.id, staged, reading.began_at, complete=complete)
    held = not sync.accepts_removals and removal_needs_confirmation(
        changes.active_count, changes.leaving_count, guard_percent
    )
    if held:
        changes = changes.without_removals()
    write_changes(db, course.id, registration_id, changes)
    if staged.course_groups is not None:
        course.groups = staged.course_groups
    departures.member_left(db, course.id, [*changes.gone, *changes.suspended])
    departures.member_back(db, course.id, changes.back)
    finish(db, sync, course, changes, held=held)
    sync.error = None if complete else NOT_WHOLE
    roster_differences.follow(
        db, course, reading, None if held or not complete else differences_url
    )
    return changes


def note_trouble(
    db: Session, reading: Reading, reason: str, retry_after_seconds: float | None = None
) -> None:
    """Try again later, and give up after some tries; what is known stays as it is."""
    sync = held_row(db, reading)
    if sync is None:
        return
    if sync.attempts >= MOST_ATTEMPTS:
        _fail(sync, reason)
        return
    wait = leases.wait_seconds(sync.attempts, retry_after_seconds)
    sync.state = next_state(sync.state, RosterSyncState.DUE)
    sync.lease_until = None
    sync.error = reason
    sync.next_at = clock.now() + timedelta(seconds=wait)


def note_refusal(db: Session, reading: Reading, reason: str) -> None:
    """The LMS does not give the roster; what is known stays as it is."""
    sync = held_row(db, reading)
    if sync is not None:
        _fail(sync, reason)


def courses_with_roster(db: Session, course_ids: Iterable[int] | None = None) -> list[Course]:
    """The courses whose rosters can be read; of those named, if any are."""
    found = select(Course).where(Course.memberships_url.is_not(None)).order_by(Course.id)
    if course_ids is not None:
        found = found.where(Course.id.in_(list(course_ids)))
    return list(db.scalars(found))


def _is_due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(RosterSync.state == RosterSyncState.DUE, RosterSync.next_at <= now)
    return and_(or_(waiting, _is_abandoned(now)), RosterSync.course_id.in_(_readable_courses()))


def _is_abandoned(now: datetime) -> ColumnElement[bool]:
    return and_(RosterSync.state == RosterSyncState.RUNNING, RosterSync.lease_until <= now)


def _readable_courses() -> Select[int]:
    return (
        select(Course.id)
        .join(Deployment)
        .join(Registration)
        .where(
            Course.memberships_url.is_not(None),
            Registration.state == RegistrationState.APPROVED,
        )
    )


def _courses_read_before(moment: datetime) -> Select[int]:
    """Readable courses of programs that go on, last read before ``moment``, some of them."""
    goes_on = select(Program.id).where(Program.course_id == Course.id, Program.state.not_in(OVER))
    asked = select(RosterSync.id).where(
        RosterSync.course_id == Course.id,
        or_(RosterSync.state.in_(WAITING), RosterSync.requested_at > moment),
    )
    return (
        _readable_courses()
        .where(
            or_(Course.roster_read_at.is_(None), Course.roster_read_at <= moment),
            *(_is_left_alone(product, hours) for product, hours in THRIFTY.items()),
            goes_on.exists(),
            ~asked.exists(),
        )
        .order_by(Course.roster_read_at.is_not(None), Course.roster_read_at, Course.id)
        .limit(COURSES_AT_ONCE)
    )


def _is_left_alone(product: Product, hours: int) -> ColumnElement[bool]:
    """Leaves out rosters of an LMS with few calls a day that were read within some hours."""
    its_courses = (
        select(Deployment.id).join(Registration).join(Platform).where(Platform.product == product)
    )
    return or_(
        Course.roster_read_at.is_(None),
        Course.roster_read_at <= clock.now() - timedelta(hours=hours),
        Course.deployment_id.not_in(its_courses),
    )


def _due_reading(now: datetime) -> dict[str, object]:
    """A new row, but for its course. Every column without a null, for statements without rows."""
    return {
        "state": RosterSyncState.DUE,
        "accepts_removals": False,
        "requested_at": now,
        "next_at": now,
        "attempts": 0,
        "member_count": 0,
        "added_count": 0,
        "changed_count": 0,
        "removed_count": 0,
    }


def _give_up_abandoned(db: Session, now: datetime) -> None:
    db.execute(
        update(RosterSync)
        .where(_is_abandoned(now), RosterSync.attempts >= MOST_ATTEMPTS)
        .values(state=RosterSyncState.FAILED, lease_until=None, error=BROKEN_OFF, finished_at=now)
        .execution_options(synchronize_session=False)
    )


def _waiting(db: Session, course_id: int) -> RosterSync | None:
    return db.scalar(
        select(RosterSync).where(RosterSync.course_id == course_id, RosterSync.state.in_(WAITING))
    )


def _fail(sync: RosterSync, reason: str) -> None:
    sync.state = next_state(sync.state, RosterSyncState.FAILED)
    sync.lease_until = None
    sync.error = reason
    sync.finished_at = clock.now()
