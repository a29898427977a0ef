"""Who can open which link: asking the LMS when somebody wants to know, and keeping the answer.

Nobody is let in or kept out by it, and no membership changes: it is for staff who wonder why
somebody is missing. It is read on demand only (LTI-96).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock, leases
from lti_mentoring.core.bell import ring_soon
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.models import (
    Course,
    Deployment,
    LinkExclusion,
    LinkRoster,
    Membership,
    Platform,
    PlatformUser,
    Registration,
    ResourceLink,
)
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.rules.platform_profiles import PROFILES
from lti_mentoring.vocabulary import CourseRole, MembershipState, RegistrationState

BELL = "link_rosters"
LEASE_SECONDS = 900.0
MOST_ATTEMPTS = 6
MOST_LINKS = 20  # of one course, the newest
MOST_NAMED = 500  # learners who are shut out of one link
AGAIN = timedelta(minutes=1)  # whoever presses twice is not asking twice
TELLING = [product for product, profile in PROFILES.items() if profile.lists_by_link]
BROKEN_OFF = "asking was broken off each time"
NOT_BY_LINK = "the LMS lists the whole course, whatever the link"

_exclusions = cast(Table, LinkExclusion.__table__)


@dataclass(frozen=True)
class LinkReading:
    """A question that is under way; no transaction is needed to go on with it."""

    resource_link_id: int
    lti_id: str
    course_id: int
    lease_until: datetime
    tool: RegisteredTool
    memberships_url: str


def ask(db: Session, actor: Actor) -> int:
    """Let the LMS be asked soon who can open the links of the actor's course; how many links.

    The newest 20 are asked about. What was asked for within the last minute is not asked again.

    Raises:
        NotAllowed: if the actor is not of the staff.
    """
    require(actor.is_staff, "ask who can open a link")
    now = clock.now()
    newest = _askable().where(Course.id == actor.course_id).order_by(ResourceLink.id.desc())
    links = db.scalars(newest.limit(MOST_LINKS)).all()
    wanted = {"asked_at": now, "due_at": now, "attempts": 0, "error": None}
    zeros = {"opener_count": 0, "learner_count": 0}
    for link_id in links:
        statement = insert_into(db, LinkRoster).values(resource_link_id=link_id, **wanted, **zeros)
        db.execute(
            statement.on_conflict_do_update(
                index_elements=["resource_link_id"],
                set_=wanted,
                where=LinkRoster.asked_at <= now - AGAIN,
            )
        )
    if links:
        ring_soon(db, BELL)
    return len(links)


def claim_due(db: Session) -> LinkReading | None:
    """Take one due question; nobody else gets it until the lease is over.

    A question whose process died each time is given up.
    """
    now = clock.now()
    given_up = and_(LinkRoster.due_at <= now, LinkRoster.attempts >= MOST_ATTEMPTS)
    db.execute(update(LinkRoster).where(given_up).values(due_at=None, error=BROKEN_OFF))
    until = now + timedelta(seconds=LEASE_SECONDS)
    values = {"due_at": until, "attempts": LinkRoster.attempts + 1}
    taken = leases.claim(db, LinkRoster.resource_link_id, _is_due(now), values, limit=1)
    if not taken:
        return None
    link, course, registration = db.execute(
        _askable()
        .with_only_columns(ResourceLink, Course, Registration)
        .where(ResourceLink.id == taken[0])
    ).one()
    return LinkReading(
        resource_link_id=link.id,
        lti_id=link.lti_id,
        course_id=course.id,
        lease_until=until,
        tool=RegisteredTool.of(registration),
        memberships_url=course.memberships_url or "",
    )


def apply(db: Session, reading: LinkReading, openers: Collection[str]) -> None:
    """Keep which learners of the course are not among ``openers``, who are subjects.

    Only learners count whom the course's own list knows; of those shut out, 500 are kept by name.
    An answer that took too long is not taken in.
    """
    row = _ours(db, reading)
    if row is None:
        return
    learners = db.execute(_learners_of(reading.course_id)).all()
    shut_out = [member_id for member_id, subject in learners if subject not in openers]
    db.execute(delete(_exclusions).where(_exclusions.c.resource_link_id == row.resource_link_id))
    if shut_out:
        key = {"resource_link_id": row.resource_link_id}
        db.execute(
            insert(_exclusions), [{**key, "membership_id": each} for each in shut_out[:MOST_NAMED]]
        )
    row.learner_count = len(learners)
    row.opener_count = len(learners) - len(shut_out)
    row.read_at, row.due_at, row.error = clock.now(), None, None


def note_trouble(
    db: Session, reading: LinkReading, reason: str, retry_after_seconds: float | None = None
) -> None:
    """Ask again later, and give up after some tries; what is known stays with its age."""
    row = _ours(db, reading)
    if row is None:
        return
    row.error = reason
    wait = leases.wait_seconds(row.attempts, retry_after_seconds)
    is_last = row.attempts >= MOST_ATTEMPTS
    row.due_at = None if is_last else clock.now() + timedelta(seconds=wait)


def note_refusal(db: Session, reading: LinkReading, reason: str) -> None:
    """The LMS does not say who can open the link; what it said before is worth nothing now."""
    row = _ours(db, reading)
    if row is None:
        return
    db.execute(delete(_exclusions).where(_exclusions.c.resource_link_id == row.resource_link_id))
    row.error, row.due_at, row.read_at = reason, None, None


def _is_due(now: datetime) -> ColumnElement[bool]:
    askable = _askable().with_only_columns(ResourceLink.id)
    return and_(LinkRoster.due_at <= now, LinkRoster.resource_link_id.in_(askable))


def _askable() -> Select[int]:
    """Links of courses whose people can be asked for, where the LMS can tell by the link."""
    return (
        select(ResourceLink.id)
        .join(Course, Course.id == ResourceLink.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .where(
            Course.memberships_url.is_not(None),
            Registration.state == RegistrationState.APPROVED,
            Platform.product.in_(TELLING),
        )
    )


def _learners_of(course_id: int) -> Select[int, str]:
    return (
        select(Membership.id, PlatformUser.subject)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(
            Membership.course_id == course_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.role == CourseRole.LEARNER,
            Membership.is_test_user.is_(False),
        )
        .order_by(PlatformUser.name, Membership.id)
    )


def _ours(db: Session, reading: LinkReading) -> LinkRoster | None:
    return db.scalar(
        select(LinkRoster)
        .where(
            LinkRoster.resource_link_id == reading.resource_link_id,
            LinkRoster.due_at == reading.lease_until,
        )
        .with_for_update()
    )
