"""Many rows in one transaction, of which a bad one holds up no other."""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

Row = TypeVar("Row")


def each(db: Session, what: str, rows: Iterable[tuple[int, Row]], act: Callable[[Row], int]) -> int:
    """Let ``act`` do its part for every row, named by its id; how much was done.

    Each row has a savepoint of its own: what fails is undone, logged and tried again next time.
    The log names the row and the place in the code; what the error says may hold what people
    wrote.

    Raises:
        DBAPIError: if the connection is lost; then nothing else would work either.
    """
    done = 0
    for row_id, row in rows:
        try:
            with db.begin_nested():
                done += act(row)
        except Exception as error:  # whatever it is, the others go on
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            log_failure(what, row_id, error)
    return done


def log_failure(what: str, row_id: int, error: Exception) -> None:
    """Log what failed and where in the code, never what the error says."""
    log.error("%s %s failed: %s at %s", what, row_id, type(error).__name__, _place(error))


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "lti_mentoring" in frame.filename]
    last = (ours or frames)[-1]
    return f"{last.name}:{last.lineno}"
