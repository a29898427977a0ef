"""A program's gradebook columns: planned as rows, then found or made by background work.

A column that the LMS does not know any more is looked for, and made anew once by itself. If that
one goes too, somebody wants it so: it stays away until a person asks for it.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.line_items import (
    WantedColumn,
    resource_id_of,
)
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock, leases
from lti_mentoring.core.bell import ring_soon
from lti_mentoring.core.db import Transaction
from lti_mentoring.core.errors import AddressRefused, PlatformRefused, PlatformUnavailable
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.grading import column_errands, outbox
from lti_mentoring.grading.column_errands import Coupled, Errand, Found
from lti_mentoring.models import (
    Course,
    Deployment,
    LineItem,
    Program,
    Registration,
    ResourceLink,
)
from lti_mentoring.rules.gradebook import access_of
from lti_mentoring.vocabulary import (
    GradebookAccess,
    LineItemKind,
    ProgramState,
    RegistrationState,
)

BELL = "columns"
MAXIMUM = {LineItemKind.ENGAGEMENT: Decimal(100), LineItemKind.COMPLETION: Decimal(1)}
LABEL = {LineItemKind.ENGAGEMENT: "Mentoring", LineItemKind.COMPLETION: "Mentoring completed"}
NOT_YET = (ProgramState.DRAFT, ProgramState.CANCELLED)

LOOK_AGAIN_AFTER = timedelta(hours=1)
"""For so long a look holds: a column that was there is not looked for again."""

NO_GRADEBOOK = "The LMS does not offer its gradebook to this tool."


def plan_columns(db: Session, program: Program) -> list[LineItem]:
    """The rows of the columns that the program posts to; made now if they are missing.

    Nothing is asked of the LMS here. Without a gradebook there are none, and without the
    permission to make columns only one.
    """
    course = db.get_one(Course, program.course_id)
    access = access_of(course.ags_scopes.split())
    if program.state in NOT_YET or access is GradebookAccess.NONE:
        return []
    kinds = [
        *([LineItemKind.ENGAGEMENT] if program.posts_engagement else []),
        *([LineItemKind.COMPLETION] if program.posts_completion else []),
    ]
    if access is GradebookAccess.SCORES:
        kinds = kinds[:1]
    known = _rows(db, program.id)
    for kind in kinds:
        if kind not in known:
            _plan(db, program.id, kind)
        elif known[kind].unwanted_at is not None:
            _want_again(db, known[kind])
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


def miss(db: Session, line_item_id: int, url: str) -> bool:
    """The LMS does not know the column at ``url``: look for it. True if scores should wait for it.

    If it was there when it was looked for lately, the score's person must be what is missing.
    """
    row = db.get_one(LineItem, line_item_id, with_for_update=True)
    if row.url != url:
        return True  # it is being looked for, or was found elsewhere meanwhile
    now = clock.now()
    is_recent = row.missed_at is not None and now < row.missed_at + LOOK_AGAIN_AFTER
    if is_recent and not _is_just_remade(row):
        return False
    row.missed_at, row.lost_url, row.url = now, url, None
    row.attempts, row.next_at, row.error = 0, now, None
    ring_soon(db, BELL)
    return True


def _is_just_remade(row: LineItem) -> bool:
    """Whether the last look found nothing, and the column was made anew."""
    return bool(row.remade_at and row.missed_at and row.remade_at >= row.missed_at)


def make_again(db: Session, program_id: int) -> int:
    """Find or make columns that wait for a person, as one asks; how many."""
    waiting = db.scalars(
        select(LineItem).where(
            LineItem.program_id == program_id,
            LineItem.url.is_(None),
            LineItem.next_at.is_(None),
        )
    ).all()
    for row in waiting:
        row.next_at, row.attempts, row.error = clock.now(), 0, None
        row.remade_at = None
    if waiting:
        ring_soon(db, BELL)
    return len(waiting)


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
            found = column_errands.run(errand, client_of(errand.tool))
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


def _want_again(db: Session, row: LineItem) -> None:
    """One that was taken out of the gradebook, or is to be, belongs there after all."""
    row.unwanted_at = None
    if row.url is None:
        row.next_at, row.attempts = clock.now(), 0
    ring_soon(db, BELL)


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
    row, program, course, registration = db.execute(
        select(LineItem, Program, Course, Registration)
        .join(Program, Program.id == LineItem.program_id)
        .join(Course, Course.id == Program.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(LineItem.id == line_item_id)
    ).one()
    is_engagement = row.kind is LineItemKind.ENGAGEMENT
    scopes = frozenset(course.ags_scopes.split())
    # One column has to do for the program: the activity's, whatever is posted.
    is_only = access_of(scopes) is GradebookAccess.SCORES and not program.posts_engagement
    coupled = _coupled_columns(db, course.id) if is_engagement or is_only else ()
    return Errand(
        line_item_id=row.id,
        tool=RegisteredTool.of(registration),
        line_items_url=course.line_items_url,
        coupled=coupled,
        scopes=scopes,
        wanted=WantedColumn(
            label=LABEL[row.kind],
            score_maximum=row.score_maximum,
            resource_id=resource_id_of(row.program_id),
            tag=row.kind.value,
            resource_link_id=_link_without_column(db, course, row) if is_engagement else None,
        ),
        lost_url=row.lost_url,
        was_remade=row.remade_at is not None,
        former_ids=frozenset(
            resource_id_of(number)
            for number in db.scalars(select(Program.id).where(Program.course_id == course.id))
            if number != program.id
        ),
    )


def _coupled_columns(db: Session, course_id: int) -> tuple[Coupled, ...]:
    """The columns of all places in the course to which the LMS has tied one, the first first."""
    rows = db.execute(
        select(ResourceLink.id, ResourceLink.line_item_url)
        .where(ResourceLink.course_id == course_id, ResourceLink.line_item_url.is_not(None))
        .order_by(ResourceLink.id)
    )
    return tuple(Coupled(number, url or "") for number, url in rows)


def _link_without_column(db: Session, course: Course, row: LineItem) -> str | None:
    """The LMS's id of the course's first activity that opens the tool, if it has no column yet.

    The engagement belongs to it, and some LMSs show only columns that belong to a link. A link that
    has one gets no second: Moodle then tells of neither. The course's own navigation, whose link
    is called like the course, is no activity.
    """
    first = db.scalar(
        select(ResourceLink)
        .where(ResourceLink.course_id == course.id, ResourceLink.lti_id != course.context_id)
        .order_by(ResourceLink.id)
        .limit(1)
    )
    return first.lti_id if first and first.line_item_url in {None, row.lost_url} else None


def _note_found(db: Session, errand: Errand, found: Found) -> None:
    row = db.get_one(LineItem, errand.line_item_id)
    if errand.lost_url is not None and found.url != errand.lost_url:
        outbox.send_all_again(db, row.id)
    if errand.lost_url is not None and found.is_new:
        row.remade_at = clock.now()
    row.url, row.error, row.attempts, row.next_at = found.url, None, 0, None
    row.resource_link_id = found.resource_link_id
    for link_id, url in found.gone:  # until a launch names one again
        lost = ResourceLink.id == link_id, ResourceLink.line_item_url == url
        db.execute(update(ResourceLink).where(*lost).values(line_item_url=None))
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
