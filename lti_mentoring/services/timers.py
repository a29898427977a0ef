"""What happens by itself as time passes: what is over is cleared away, what is due is done."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.models import LaunchAttempt, RefusedLaunch, SignIn
from lti_mentoring.services import request_timers, session_timers
from lti_mentoring.vocabulary import SignInState

ATTEMPTS_KEPT = timedelta(hours=1)  # an attempt is good for ten minutes
CLAIMS_KEPT = timedelta(minutes=10)
REFUSALS_KEPT = timedelta(days=90)
SIGN_INS_KEPT = timedelta(days=2)  # a sign-in lasts a day at most; unsent texts a day more


def run_due(db: Session) -> int:
    """Do whatever is due now; how many things were done. Safe to repeat at any time."""
    now = clock.now()
    moved = request_timers.run_due(db, now) + session_timers.run_due(db, now)
    return moved + _clear_away(db)


def _clear_away(db: Session) -> int:
    now = clock.now()
    old_claims = LaunchAttempt.created_at < now - CLAIMS_KEPT
    over = or_(SignIn.state != SignInState.ACTIVE, SignIn.created_at < now - SIGN_INS_KEPT)
    statements = (
        delete(LaunchAttempt).where(LaunchAttempt.created_at < now - ATTEMPTS_KEPT),
        update(LaunchAttempt)
        .where(old_claims, LaunchAttempt.claims.is_not(None))
        .values(claims=sa.null(), code_hash=None),
        delete(RefusedLaunch).where(RefusedLaunch.at < now - REFUSALS_KEPT),
        delete(SignIn).where(over, SignIn.seen_at < now - SIGN_INS_KEPT),
    )
    return sum(_rows_of(db, statement) for statement in statements)


def _rows_of(db: Session, statement: sa.Delete | sa.Update) -> int:
    done = db.execute(statement.execution_options(synchronize_session=False))
    return done.rowcount if isinstance(done, CursorResult) else 0
