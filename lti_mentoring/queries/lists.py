"""Pages of long lists: what is looked for, fifty rows at a time, and how many there are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, func
from sqlalchemy.orm import Session

AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]

PAGE = 50
"""Rows on one page of a list."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for in a list; ``page`` counts from 1, ``group`` is an LMS's id of one."""

    text: str = ""
    state: str = ""
    group: str = ""
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many rows there are in all."""

    rows: list[Any]
    total: int
    number: int

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.number * PAGE < self.total


def fetch(db: Session, found: AnySelect, wanted: Wanted) -> tuple[list[AnyRow], int]:
    """The rows of one page and the number of all; in one query, unless the page is empty."""
    counted = found.add_columns(func.count().over().label("row_total"))
    rows = db.execute(counted.limit(PAGE).offset((max(wanted.page, 1) - 1) * PAGE)).all()
    return list(rows), rows[0].row_total if rows else 0


def contains(column: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """Whether the column holds ``text``, whatever the case."""
    return column.icontains(text, autoescape=True)
