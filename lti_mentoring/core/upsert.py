"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy spells once for each."""

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_mentoring.core.db import Base


def insert_into(db: Session, model: type[Base]) -> postgresql.Insert:
    """An INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    table = cast("sa.Table", model.__table__)
    if db.get_bind().dialect.name == "sqlite":
        return cast("postgresql.Insert", sqlite.insert(table))
    return postgresql.insert(table)


def upsert(db: Session, model: type[Base], keys: tuple[str, ...], values: dict[str, Any]) -> None:
    """Write one row; where one with the same ``keys`` exists, give it the other values."""
    statement = insert_into(db, model).values(values)
    changed = {name: statement.excluded[name] for name in values if name not in keys}
    db.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed))
