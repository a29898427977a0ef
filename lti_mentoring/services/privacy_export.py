"""Everything that is kept about one person, as one document; what others wrote is not in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import Activity, PlatformUser
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import activity
from lti_mentoring.services.privacy import REGISTER
from lti_mentoring.services.privacy_ways import (
    WAYS,
    Person,
    courses_of,
    find_in_registration,
    table_of,
    theirs,
)
from lti_mentoring.vocabulary import Verb

FORMAT = 1
"""Rises when a reader of older documents would not understand a newer one."""

NOT_TOLD = frozenset({"version"})
"""Columns that only say how often a row was written."""


@dataclass(frozen=True)
class Holding:
    """Whose data it is, and how many rows of each table; ``subject`` is the LMS's id of them."""

    user_id: int
    registration_id: int
    subject: str
    display_name: str
    courses: tuple[str, ...]
    counts: Mapping[str, int]
    erased_at: datetime | None = None


def find_person(db: Session, registration_id: int, subject: str) -> Person:
    """The person whom the LMS of this registration calls ``subject``.

    Raises:
        NotFound: if nothing is kept about such a person.
    """
    user_id = db.scalar(find_in_registration(registration_id, subject))
    if user_id is None:
        raise NotFound("person", subject)
    return Person(user_id)


def person_in_registration(db: Session, registration_id: int, user_id: int) -> Person:
    """The person with our number ``user_id``, if the registration knows them.

    Raises:
        NotFound: if it does not.
    """
    found = select(PlatformUser.id).filter_by(id=user_id, registration_id=registration_id)
    if db.scalar(found) is None:
        raise NotFound("person", user_id)
    return Person(user_id)


def holding_of(db: Session, person: Person) -> Holding:
    """What is kept, in numbers.

    Raises:
        NotFound: if there is no such person.
    """
    user = db.get(PlatformUser, person.user_id)
    if user is None:
        raise NotFound("person", person.user_id)
    counted = {name: _count(db, person, name) for name in exported_tables()}
    return Holding(
        user_id=user.id,
        registration_id=user.registration_id,
        subject=user.subject,
        display_name=user.display_name,
        courses=tuple(title for _id, title in db.execute(courses_of(person))),
        counts={name: count for name, count in counted.items() if count},
        erased_at=db.scalar(
            select(func.max(Activity.at)).where(
                Activity.verb == Verb.PERSON_ERASED,
                Activity.noun == "platform_user",
                Activity.noun_id == user.id,
            )
        ),
    )


def exported_tables() -> tuple[str, ...]:
    """The names of the tables that an export has, as the register says."""
    return tuple(name for name, entry in REGISTER.items() if entry.is_exported)


def export_person(db: Session, actor: Actor, person: Person) -> dict[str, Any]:
    """The document. That it was made is recorded, what it says is not.

    Raises:
        NotFound: if there is no such person.
    """
    held = holding_of(db, person)
    activity.record(db, actor, Verb.PERSON_EXPORTED, "platform_user", person.user_id)
    return {
        "about": "Everything that the mentoring tool keeps about one person",
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "person": {
            "registration": held.registration_id,
            "subject": held.subject,
            "name": held.display_name,
        },
        "courses": [{"id": row[0], "title": row[1]} for row in db.execute(courses_of(person))],
        "kept": [_part(db, person, name) for name in exported_tables() if name in held.counts],
    }


def _part(db: Session, person: Person, name: str) -> dict[str, Any]:
    entry = REGISTER[name]
    return {
        "table": name,
        "holds": name.replace("_", " "),
        "when_erased": entry.keeping.value,
        "why": entry.reason,
        "rows": _rows(db, person, name),
    }


def _rows(db: Session, person: Person, name: str) -> Sequence[dict[str, Any]]:
    """Each row once. One that belongs to the person in two ways is theirs in what either gives."""
    table, found = table_of(name), dict[Any, dict[str, Any]]()
    key = list(table.primary_key.columns)
    for way in WAYS[name]:
        told = [c for c in table.columns if c.name not in {*way.not_theirs, *NOT_TOLD}]
        rows = db.execute(select(*told).where(theirs(person, name, way)).order_by(*key))
        for row in rows.mappings():
            number = tuple(row[column.name] for column in key)
            found.setdefault(number, {}).update(row)
    return [found[number] for number in sorted(found)]


def _count(db: Session, person: Person, name: str) -> int:
    either = or_(*(theirs(person, name, way) for way in WAYS[name]))
    return db.scalar(select(func.count()).select_from(table_of(name)).where(either)) or 0
