"""How many statements a page sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from lti_mentoring.core.db import Database


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """The statements that are sent within the block; BEGIN and COMMIT are none."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if statement.split()[0] not in {"BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"}:
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
