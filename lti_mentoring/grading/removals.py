"""Taking columns out of the gradebook that a program does not post to any more, as a person asks.

Only columns that this tool made are deleted (LTI-107); cells keep what was sent, so that
switching the column on again fills a new one.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from lti_mentoring.advantage.client import NOT_FOUND, REMOVED, ServiceClient
from lti_mentoring.advantage.line_items import delete, read_column
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock, leases
from lti_mentoring.core.bell import ring_soon
from lti_mentoring.core.db import Transaction
from lti_mentoring.core.errors import AddressRefused, PlatformRefused, PlatformUnavailable
from lti_mentoring.grading.line_items import BELL, NO_GRADEBOOK
from lti_mentoring.models import Course, Deployment, LineItem, Program, Registration
from lti_mentoring.vocabulary import LineItemKind, RegistrationState


def ask_for(db: Session, program: Program) -> int:
    """Let the program's columns go that it does not post to; how many."""
    posted = {
        LineItemKind.ENGAGEMENT: program.posts_engagement,
        LineItemKind.COMPLETION: program.posts_completion,
    }
    found = db.scalars(
        select(LineItem).where(LineItem.program_id == program.id, LineItem.url.is_not(None))
    )
    unwanted = [row for row in found if not posted[row.kind] and row.unwanted_at is None]
    now = clock.now()
    for row in unwanted:
        row.unwanted_at, row.next_at, row.attempts, row.error = now, now, 0, None
    if unwanted:
        ring_soon(db, BELL)
    return len(unwanted)


def remove_due(
    transaction: Transaction,
    client_of: Callable[[RegisteredTool], ServiceClient],
    lease_seconds: float,
    limit: int = 10,
) -> int:
    """Delete the columns whose turn it is; how many were worked on."""
    now = clock.now()
    with transaction() as db:
        values = {
            "next_at": now + timedelta(seconds=lease_seconds),
            "attempts": LineItem.attempts + 1,
        }
        ids = leases.claim(db, LineItem.id, _is_due(), values, limit)
        errands = [_open(db, line_item_id) for line_item_id in ids]
    for line_item_id, url, tool in errands:
        try:
            _delete(client_of(tool), url)
        except PlatformUnavailable as error:
            with transaction() as db:
                _put_off(db, line_item_id, error)
        except (PlatformRefused, AddressRefused) as error:
            reason = error.reason if isinstance(error, PlatformRefused) else NO_GRADEBOOK
            with transaction() as db:
                _give_up(db, line_item_id, reason)
        else:
            with transaction() as db:
                _note_gone(db, line_item_id)
    return len(errands)


def _is_due() -> ColumnElement[bool]:
    usable = (
        select(Program.id)
        .join(Course)
        .join(Deployment)
        .join(Registration)
        .where(
            Registration.state == RegistrationState.APPROVED,
            or_(
                and_(LineItem.kind == LineItemKind.ENGAGEMENT, Program.posts_engagement.is_(False)),
                and_(LineItem.kind == LineItemKind.COMPLETION, Program.posts_completion.is_(False)),
            ),
        )
        .correlate(LineItem)
    )
    return and_(
        LineItem.unwanted_at.is_not(None),
        LineItem.url.is_not(None),
        LineItem.next_at <= clock.now(),
        LineItem.program_id.in_(usable),
    )


def _open(db: Session, line_item_id: int) -> tuple[int, str, RegisteredTool]:
    row, registration = db.execute(
        select(LineItem, Registration)
        .join(Program, Program.id == LineItem.program_id)
        .join(Course, Course.id == Program.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(LineItem.id == line_item_id)
    ).one()
    return row.id, row.url or "", RegisteredTool.of(registration)


def _delete(client: ServiceClient, url: str) -> None:
    """Read first, since only what is ours may go; what is gone already is as good."""
    try:
        column = read_column(client, url)
    except PlatformRefused as error:
        if error.status in {NOT_FOUND, REMOVED}:
            return
        raise
    delete(client, column)


def _note_gone(db: Session, line_item_id: int) -> None:
    row = db.get_one(LineItem, line_item_id)
    row.lost_url, row.url, row.next_at, row.error, row.attempts = row.url, None, None, None, 0
    row.missed_at = row.remade_at = None
    if row.unwanted_at is None:  # somebody has changed their mind meanwhile
        row.next_at = clock.now()
        ring_soon(db, BELL)


def _put_off(db: Session, line_item_id: int, error: PlatformUnavailable) -> None:
    row = db.get_one(LineItem, line_item_id)
    wait = leases.wait_seconds(row.attempts, error.retry_after_seconds)
    row.error, row.next_at = error.reason, clock.now() + timedelta(seconds=wait)


def _give_up(db: Session, line_item_id: int, reason: str) -> None:
    """It stays, and whoever asked is told why."""
    row = db.get_one(LineItem, line_item_id)
    row.error, row.next_at, row.unwanted_at = reason, None, None
