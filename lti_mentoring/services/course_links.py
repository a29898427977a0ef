"""A course's links as its LMS lists them: asking for the list, and changing what is out of date.

Nothing is changed by itself: a coordinator presses a button, a job tells the LMS (LTI-147).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, update
from sqlalchemy.orm import Session

from lti_mentoring.advantage.course_links import LinkChanges, ListedLink
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock, leases
from lti_mentoring.core.bell import ring_soon
from lti_mentoring.core.errors import Conflict, NotFound
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.models import (
    Course,
    CourseLink,
    CourseLinksReading,
    Deployment,
    Registration,
)
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.content import may_look_at_contents, may_place
from lti_mentoring.queries.course_links import stale_titles
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import RegistrationState, Scope, Verb

BELL = "course_links"
LEASE_SECONDS = 900.0
MOST_ATTEMPTS = 6
AGAIN = timedelta(minutes=1)  # whoever presses twice is not asking twice
BROKEN_OFF = "asking was broken off each time"


@dataclass(frozen=True)
class Wish:
    """What is to be changed of one link."""

    row_id: int
    address: str
    title: str | None
    leads_to_program: bool

    def changes(self, launch_url: str) -> LinkChanges:
        """The same for the LMS; ``launch_url`` opens the whole program."""
        if not self.leads_to_program:
            return LinkChanges(title=self.title)
        return LinkChanges(title=self.title, url=launch_url, custom={"content": None})


@dataclass(frozen=True)
class LinksReading:
    """A listing that is under way; no transaction is needed to go on with it."""

    course_id: int
    lease_until: datetime
    tool: RegisteredTool
    links_url: str
    wishes: tuple[Wish, ...]


def ask(db: Session, actor: Actor) -> bool:
    """Let the LMS list the links of the actor's course soon; whether it can.

    What was asked for within the last minute is not asked again.

    Raises:
        NotAllowed: if the actor is not of the staff.
    """
    require(may_look_at_contents(actor), "ask for the links of the course")
    if db.scalar(_listable().where(Course.id == actor.course_id)) is None:
        return False
    is_old = CourseLinksReading.asked_at <= clock.now() - AGAIN
    _let_be_asked(db, actor, or_(is_old, CourseLinksReading.error.is_not(None)))
    return True


def bring_titles_up_to_date(db: Session, actor: Actor) -> int:
    """Give links that have the program's former name its new one, in the LMS, soon; how many.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Conflict: if the LMS does not let the tool change links.
    """
    require(may_place(actor), "change the titles of links")
    _require_permission(db, actor)
    stale = stale_titles(db, actor)
    for row_id, title in stale.items():
        row = db.get_one(CourseLink, row_id)
        row.wanted_title, row.error = title, None
    if stale:
        activity.record(db, actor, Verb.LINKS_RENAMED, "course", actor.course_id, str(len(stale)))
        _let_be_asked(db, actor)
    return len(stale)


def lead_to_program(db: Session, actor: Actor, link_id: int) -> None:
    """Let a link that leads to nothing open the whole program, in the LMS, soon.

    Raises:
        NotAllowed: if the actor does not coordinate.
        NotFound: if the course has no such link.
        Conflict: if the LMS does not let the tool change links.
    """
    require(may_place(actor), "change where a link leads")
    row = db.scalar(
        select(CourseLink).where(CourseLink.id == link_id, CourseLink.course_id == actor.course_id)
    )
    if row is None:
        raise NotFound("course_link", link_id)
    _require_permission(db, actor)
    row.wants_program, row.error = True, None
    activity.record(db, actor, Verb.LINK_REDIRECTED, "course_link", row.id)
    _let_be_asked(db, actor)


def claim_due(db: Session) -> LinksReading | None:
    """Take one course whose links are to be listed; nobody else gets it until the lease is over.

    What was broken off each time is given up.
    """
    now = clock.now()
    given_up = and_(CourseLinksReading.due_at <= now, CourseLinksReading.attempts >= MOST_ATTEMPTS)
    db.execute(update(CourseLinksReading).where(given_up).values(due_at=None, error=BROKEN_OFF))
    until = now + timedelta(seconds=LEASE_SECONDS)
    values = {"due_at": until, "attempts": CourseLinksReading.attempts + 1}
    is_due = and_(CourseLinksReading.due_at <= now, CourseLinksReading.course_id.in_(_listable()))
    taken = leases.claim(db, CourseLinksReading.course_id, is_due, values, limit=1)
    if not taken:
        return None
    course, registration = db.execute(
        _listable().with_only_columns(Course, Registration).where(Course.id == taken[0])
    ).one()
    return LinksReading(
        course_id=course.id,
        lease_until=until,
        tool=RegisteredTool.of(registration),
        links_url=course.links_url or "",
        wishes=tuple(_wishes(db, course.id)),
    )


def note_changed(db: Session, wish: Wish, error: str | None) -> None:
    """The LMS has made the change, or refused it for the reason ``error``."""
    row = db.get(CourseLink, wish.row_id)
    if row is None:
        return
    if error is None and wish.title is not None:
        row.our_title = wish.title
    row.error = error
    row.wanted_title = None if row.wanted_title == wish.title else row.wanted_title
    row.wants_program = row.wants_program and not wish.leads_to_program


def apply(db: Session, reading: LinksReading, listed: Sequence[ListedLink]) -> None:
    """Make the course's rows what the LMS has listed; what it does not list any more goes."""
    row = _ours(db, reading)
    if row is None:
        return
    kept = {
        each.address: each
        for each in db.scalars(select(CourseLink).where(CourseLink.course_id == reading.course_id))
    }
    for link in listed:
        stored = kept.pop(link.address, None)
        if stored is None:
            stored = CourseLink(course_id=reading.course_id, address=link.address)
            db.add(stored)
        stored.lti_id, stored.title = link.lti_id, link.title
        stored.content_key, stored.fixed = link.content_key, " ".join(sorted(link.fixed))
    for gone in kept.values():
        db.delete(gone)
    row.read_at, row.error = clock.now(), None
    row.due_at = None


def note_trouble(
    db: Session, reading: LinksReading, reason: str, retry_after_seconds: float | None = None
) -> None:
    """Ask again later, and give up after some tries; what is known stays with its age."""
    row = _ours(db, reading)
    if row is None:
        return
    row.error = reason
    wait = leases.wait_seconds(row.attempts, retry_after_seconds)
    is_last = row.attempts >= MOST_ATTEMPTS
    row.due_at = None if is_last else clock.now() + timedelta(seconds=wait)


def note_refusal(db: Session, reading: LinksReading, reason: str) -> None:
    """The LMS does not list the links; what is known stays with its age."""
    row = _ours(db, reading)
    if row is not None:
        row.error, row.due_at = reason, None


def _let_be_asked(db: Session, actor: Actor, only: ColumnElement[bool] | None = None) -> None:
    """Make the course due. A listing under way is then not taken in: it may know less."""
    now = clock.now()
    wanted = {"asked_at": now, "due_at": now, "attempts": 0, "error": None}
    statement = insert_into(db, CourseLinksReading).values(course_id=actor.course_id, **wanted)
    db.execute(
        statement.on_conflict_do_update(
            index_elements=["course_id"], set_=wanted, where=true() if only is None else only
        )
    )
    ring_soon(db, BELL)


def _require_permission(db: Session, actor: Actor) -> None:
    scopes = db.scalar(select(Course.links_scopes).where(Course.id == actor.course_id)) or ""
    if Scope.LINKS_UPDATE.value not in scopes.split():
        raise Conflict("the LMS does not let the tool change links")


def _listable() -> Select[int]:
    """Courses whose LMS lists the tool's links."""
    return (
        select(Course.id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(
            Course.links_url.is_not(None),
            Registration.state == RegistrationState.APPROVED,
        )
    )


def _wishes(db: Session, course_id: int) -> list[Wish]:
    wanted = or_(CourseLink.wanted_title.is_not(None), CourseLink.wants_program)
    rows = db.scalars(
        select(CourseLink).where(CourseLink.course_id == course_id, wanted).order_by(CourseLink.id)
    )
    return [
        Wish(row.id, row.address, row.wanted_title, leads_to_program=row.wants_program)
        for row in rows
    ]


def _ours(db: Session, reading: LinksReading) -> CourseLinksReading | None:
    return db.scalar(
        select(CourseLinksReading)
        .where(
            CourseLinksReading.course_id == reading.course_id,
            CourseLinksReading.due_at == reading.lease_until,
        )
        .with_for_update()
    )
