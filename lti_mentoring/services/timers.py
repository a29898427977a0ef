"""What happens by itself as time passes: what is over is cleared away, what is due is done."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Delete, delete, or_
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.models import (
    AdministratorVisit,
    DeepLinkingRequest,
    Draft,
    RefusedLaunch,
    SignIn,
    UsedState,
    WaitingLaunch,
)
from lti_mentoring.queries.contents import LIFE as REQUESTS_WAIT
from lti_mentoring.services import program_timers, request_timers, session_timers
from lti_mentoring.services.row_by_row import each
from lti_mentoring.vocabulary import SignInState

STATES_KEPT = timedelta(hours=2)  # the settings let no state live longer than one
LAUNCHES_WAIT = timedelta(minutes=10)
REFUSALS_KEPT = timedelta(days=90)
SIGN_INS_KEPT = timedelta(days=2)  # a sign-in lasts a day at most
DRAFTS_KEPT = timedelta(days=180)  # a text that nobody sends in a term is not waited for


def run_due(db: Session) -> int:
    """Do whatever is due now; how many things were done. Safe to repeat at any time."""
    now = clock.now()
    return each(db, "timers", enumerate(TIMERS), lambda timer: timer(db, now))


def _clear_away(db: Session, now: datetime) -> int:
    over = or_(SignIn.state != SignInState.ACTIVE, SignIn.created_at < now - SIGN_INS_KEPT)
    statements = (
        delete(UsedState).where(UsedState.used_at < now - STATES_KEPT),
        delete(WaitingLaunch).where(WaitingLaunch.waits_since < now - LAUNCHES_WAIT),
        delete(RefusedLaunch).where(RefusedLaunch.at < now - REFUSALS_KEPT),
        delete(DeepLinkingRequest).where(DeepLinkingRequest.asked_at < now - REQUESTS_WAIT),
        delete(SignIn).where(over, SignIn.seen_at < now - SIGN_INS_KEPT),
        delete(AdministratorVisit).where(
            AdministratorVisit.opens_until < now - SIGN_INS_KEPT,
            or_(
                AdministratorVisit.seen_at.is_(None),
                AdministratorVisit.seen_at < now - SIGN_INS_KEPT,
            ),
        ),
        delete(Draft).where(Draft.saved_at < now - DRAFTS_KEPT),
    )
    return sum(_rows_of(db, statement) for statement in statements)


def _rows_of(db: Session, statement: Delete) -> int:
    done = db.execute(statement.execution_options(synchronize_session=False))
    return done.rowcount if isinstance(done, CursorResult) else 0


TIMERS: tuple[Callable[[Session, datetime], int], ...] = (
    request_timers.run_due,
    session_timers.run_due,
    program_timers.run_due,
    _clear_away,
)
"""What is due, kind by kind; trouble with one kind keeps no other waiting."""
