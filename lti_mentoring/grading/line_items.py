"""A program's gradebook columns: planned as rows, then found or made by background work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.line_items import (
    WantedColumn,
    find_or_create,
    read_column,
    resource_id_of,
)
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock, leases
from lti_mentoring.core.bell import ring_soon
from lti_mentoring.core.db import Transaction
from lti_mentoring.core.errors import AddressRefused, PlatformRefused, PlatformUnavailable
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.models import (
    Course,
    Deployment,
    LineItem,
    Program,
    Registration,
    ResourceLink,
)
from lti_mentoring.vocabulary import LineItemKind, ProgramState, RegistrationState, Scope

BELL = "columns"
MAXIMUM = {LineItemKind.ENGAGEMENT: Decimal(100), LineItemKind.COMPLETION: Decimal(1)}
LABEL = {LineItemKind.ENGAGEMENT: "Mentoring", LineItemKind.COMPLETION: "Mentoring completed"}
NOT_YET = (ProgramState.DRAFT, ProgramState.CANCELLED)

NO_GRADEBOOK = "The LMS does not offer its gradebook to this tool."
NO_COLUMN = (
    "The LMS lets the tool write scores, but not make columns. Add a grade to the activity in "
    "the LMS and open it once, or permit the tool to manage columns."
)


@dataclass(frozen=True)
class Errand:
    """What finding or making one column takes; no transaction is needed any more."""

    line_item_id: int
    tool: RegisteredTool
    line_items_url: str | None
    coupled_url: str | None
    resource_link_id: int | None
    scopes: frozenset[str]
    wanted: WantedColumn


@dataclass(frozen=True)
class Found:
    """Where the column is. ``maximum`` is null where the tool may not look."""

    url: str
    maximum: Decimal | None = None


def plan_columns(db: Session, program: Program) -> list[LineItem]:
    """The rows of the columns that the program posts to; made now if they are missing.

    Nothing is asked of the LMS here. Without a gradebook there are none.
    """
    course = db.get_one(Course, program.course_id)
    if program.state in NOT_YET or Scope.SCORE not in course.ags_scopes.split():
        return []
    kinds = [
        *([LineItemKind.ENGAGEMENT] if program.posts_engagement else []),
        *([LineItemKind.COMPLETION] if program.posts_completion else []),
    ]
    known = _rows(db, program.id)
    for kind in kinds:
        if kind not in known:
            _plan(db, program.id, kind)
    if set(kinds) - set(known):
        known = _rows(db, program.id)
        ring_soon(db, BELL)
    return [known[kind] for kind in kinds]


def look_again(db: Session, course_id: int) -> int:
    """Try columns that are still missing again now, since the course's services changed."""
    missing = db.scalars(
        select(LineItem)
        .join(Program, Program.id == LineItem.program_id)
        .where(Program.course_id == course_id, LineItem.url.is_(None))
    ).all()
    for row in missing:
        row.next_at, row.attempts, row.error = clock.now(), 0, None
    if missing:
        ring_soon(db, BELL)
    return len(missing)


def ensure_due(
    transaction: Transaction,
    client_of: Callable[[RegisteredTool], ServiceClient],
    lease_seconds: float,
    limit: int = 10,
) -> int:
    """Find or make the columns that are due; how many were worked on."""
    now = clock.now()
    with transaction() as db:
        values = {
            "next_at": now + timedelta(seconds=lease_seconds),
            "attempts": LineItem.attempts + 1,
        }
        ids = leases.claim(db, LineItem.id, _is_due(), values, limit)
    for line_item_id in ids:
        with transaction() as db:
            errand = _open(db, line_item_id)
        try:
            found = _run(errand, client_of(errand.tool))
        except PlatformUnavailable as error:
            with transaction() as db:
                _put_off(db, errand, error)
        except (PlatformRefused, AddressRefused) as error:
            reason = error.reason if isinstance(error, PlatformRefused) else NO_GRADEBOOK
            with transaction() as db:
                _give_up(db, errand, reason)
        else:
            with transaction() as db:
                _note_found(db, errand, found)
    return len(ids)


def _plan(db: Session, program_id: int, kind: LineItemKind) -> None:
    now = clock.now()
    row = {
        "program_id": program_id,
        "kind": kind,
        "score_maximum": MAXIMUM[kind],
        "attempts": 0,
        "next_at": now,
        "created_at": now,
    }
    db.execute(insert_into(db, LineItem).values(row).on_conflict_do_nothing())


def _rows(db: Session, program_id: int) -> dict[LineItemKind, LineItem]:
    found = db.scalars(select(LineItem).where(LineItem.program_id == program_id))
    return {row.kind: row for row in found}


def _is_due() -> ColumnElement[bool]:
    usable = (
        select(Program.id)
        .join(Course)
        .join(Deployment)
        .join(Registration)
        .where(
            Program.state.not_in(NOT_YET),
            Registration.state == RegistrationState.APPROVED,
        )
    )
    return and_(
        LineItem.url.is_(None),
        LineItem.next_at <= clock.now(),
        LineItem.program_id.in_(usable),
    )


def _open(db: Session, line_item_id: int) -> Errand:
    row, course, registration = db.execute(
        select(LineItem, Course, Registration)
        .join(Program, Program.id == LineItem.program_id)
        .join(Course, Course.id == Program.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(LineItem.id == line_item_id)
    ).one()
    link = _coupled_link(db, course.id) if row.kind is LineItemKind.ENGAGEMENT else None
    return Errand(
        line_item_id=row.id,
        tool=RegisteredTool.of(registration),
        line_items_url=course.line_items_url,
        coupled_url=link.line_item_url if link else None,
        resource_link_id=link.id if link else None,
        scopes=frozenset(course.ags_scopes.split()),
        wanted=WantedColumn(
            label=LABEL[row.kind],
            score_maximum=row.score_maximum,
            resource_id=resource_id_of(row.program_id),
            tag=row.kind.value,
        ),
    )


def _coupled_link(db: Session, course_id: int) -> ResourceLink | None:
    """The first place in the course to which the LMS has tied a column."""
    return db.scalar(
        select(ResourceLink)
        .where(ResourceLink.course_id == course_id, ResourceLink.line_item_url.is_not(None))
        .order_by(ResourceLink.id)
        .limit(1)
    )


def _run(errand: Errand, client: ServiceClient) -> Found:
    """A coupled column is taken as it is; otherwise ours is found or made."""
    may_manage = Scope.LINE_ITEM in errand.scopes
    if errand.coupled_url:
        if not may_manage:
            return Found(errand.coupled_url)
        return Found(errand.coupled_url, read_column(client, errand.coupled_url).score_maximum)
    if not errand.line_items_url or not may_manage:
        raise PlatformRefused(NO_COLUMN, 0)
    column = find_or_create(client, errand.line_items_url, errand.wanted)
    return Found(column.url, column.score_maximum)


def _note_found(db: Session, errand: Errand, found: Found) -> None:
    row = db.get_one(LineItem, errand.line_item_id)
    row.url, row.error, row.attempts, row.next_at = found.url, None, 0, None
    row.resource_link_id = errand.resource_link_id
    if found.maximum is not None and found.maximum > 0:
        row.score_maximum = found.maximum
    ring_soon(db, "scores")


def _put_off(db: Session, errand: Errand, error: PlatformUnavailable) -> None:
    row = db.get_one(LineItem, errand.line_item_id)
    wait = leases.wait_seconds(row.attempts, error.retry_after_seconds)
    row.error, row.next_at = error.reason, clock.now() + timedelta(seconds=wait)


def _give_up(db: Session, errand: Errand, reason: str) -> None:
    """Wait for a person, or for a launch that brings other services."""
    row = db.get_one(LineItem, errand.line_item_id)
    row.error, row.next_at = reason, None
