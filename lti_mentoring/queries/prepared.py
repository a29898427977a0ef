"""Parts of statements that are built once, when a module is loaded, and run as they are.

SQLAlchemy writes a list of values into a statement each time that it runs; what is known
to be short has its parameters from the beginning.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, literal

from lti_mentoring.policies.actor import Actor

PROGRAM = bindparam("program_id", type_=Integer)
MENTEE = bindparam("mentee_id", type_=Integer)
MENTOR = bindparam("mentor_id", type_=Integer)
MINE = (MENTEE, MENTOR)
"""Both parts that somebody may have in a program; the one that is null finds nothing."""


def parts_of(actor: Actor) -> dict[str, int | None]:
    """The values of ``PROGRAM`` and ``MINE``."""
    return {
        "program_id": actor.program_id,
        "mentee_id": actor.mentee_id,
        "mentor_id": actor.mentor_id,
    }


def one_of(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether the column has one of these values, which never change."""
    return column.in_([literal(value, column.type) for value in values])
