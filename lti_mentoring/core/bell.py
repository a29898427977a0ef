"""Telling the background work that something is due, once the transaction is committed.

The tables say what is due; the bell only spares the wait for the next sweep. Whoever does
the work hangs a ``ring`` into the sessions of its database; without one, nothing rings.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from lti_mentoring.core.db import Database, ring_when_committed

USUAL_QUIET_SECONDS = 20.0

Ring = Callable[[str, float], None]
"""Takes the kind of work and the seconds after which it is due."""


def hang_up(database: Database, ring: Ring, quiet_seconds: float) -> None:
    """Let every session of ``database`` that is opened from now on use ``ring``.

    ``quiet_seconds`` is what news wait for still newer ones.
    """
    database.sessions.configure(info={"ring": ring, "quiet_seconds": quiet_seconds})


def quiet_time(db: Session) -> timedelta:
    """How long news wait for still newer ones, so that a busy hour becomes one message."""
    return timedelta(seconds=db.info.get("quiet_seconds", USUAL_QUIET_SECONDS))


def ring_soon(db: Session, kind: str, seconds: float = 0.0) -> None:
    """After the commit, say that work of ``kind`` is due in ``seconds``; once a transaction."""
    ring: Ring | None = db.info.get("ring")
    waiting: set[str] = db.info.setdefault("kinds_to_ring", set())
    if ring is None or kind in waiting:
        return
    waiting.add(kind)
    ring_when_committed(db, partial(_ring_once, ring, kind, seconds, waiting))


def _ring_once(ring: Ring, kind: str, seconds: float, waiting: set[str]) -> None:
    waiting.discard(kind)
    ring(kind, seconds)
