"""Visits of administrators: the one-time link, the entry, the end."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import NotFound, SignInMissing
from lti_mentoring.core.keys import digest, new_secret
from lti_mentoring.models import AdministratorVisit, Registration
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.administrator import Administrator

LINK_MINUTES = 30
TOUCH_EVERY = timedelta(minutes=1)


class Entry(NamedTuple):
    """What proves a new visit, and the one connection that it is for, null for all."""

    token: str
    registration_id: int | None


class Visit(NamedTuple):
    """A visit that goes on, with what its forms are bound to."""

    administrator: Administrator
    token_hash: str
    seen_at: datetime


def actor_of(administrator: Administrator) -> Actor:
    """How the record of activity names what an administrator does."""
    visit = Actor.system(f"administrator's visit {administrator.id}")
    return replace(visit, membership_id=administrator.membership_id)


def path_of(code: str) -> str:
    """Where the one-time link leads."""
    return f"/administration/enter/{code}"


def make_link(
    db: Session, *, registration_id: int | None = None, membership_id: int | None = None
) -> str:
    """The code of a new one-time link, good for half an hour.

    Raises:
        NotFound: if there is no such registration.
    """
    if registration_id is not None and db.get(Registration, registration_id) is None:
        raise NotFound("registration", registration_id)
    code, now = new_secret(), clock.now()
    visit = AdministratorVisit(
        code_hash=digest(code),
        registration_id=registration_id,
        membership_id=membership_id,
        opens_until=now + timedelta(minutes=LINK_MINUTES),
    )
    db.add(visit)
    return code


def is_open(db: Session, code: str) -> bool:
    """Whether the link can still be used."""
    waiting = select(AdministratorVisit.id).where(*_unused(code))
    return db.scalar(waiting) is not None


def enter(db: Session, code: str) -> Entry:
    """Use the link up; returns the secret that proves the visit from now on.

    Raises:
        SignInMissing: if it was used, is too old, or never was one.
    """
    token, now = new_secret(), clock.now()
    entered = (
        db.connection()
        .execute(
            update(AdministratorVisit)
            .where(*_unused(code))
            .values(token_hash=digest(token), entered_at=now, seen_at=now)
            .returning(AdministratorVisit.registration_id)
        )
        .first()
    )
    if entered is None:
        raise SignInMissing
    return Entry(token, entered[0])


def find_visit(db: Session, token: str, *, idle: timedelta, longest: timedelta) -> Visit:
    """The visit that ``token`` proves.

    Raises:
        SignInMissing: if there is none, or it has lasted too long.
    """
    now = clock.now()
    row = db.scalar(
        select(AdministratorVisit).where(
            AdministratorVisit.token_hash == digest(token),
            AdministratorVisit.seen_at > now - idle,
            AdministratorVisit.entered_at > now - longest,
        )
    )
    if row is None or row.seen_at is None:
        raise SignInMissing
    return Visit(_administrator(row), digest(token), row.seen_at)


def _administrator(visit: AdministratorVisit) -> Administrator:
    return Administrator(visit.id, visit.registration_id, visit.membership_id)


def touch(db: Session, visit_id: int) -> None:
    """Note that the visit goes on."""
    row = db.get_one(AdministratorVisit, visit_id)
    row.seen_at = clock.now()


def leave(db: Session, visit_id: int) -> None:
    """End the visit at once."""
    db.get_one(AdministratorVisit, visit_id).token_hash = None


def _unused(code: str) -> tuple[ColumnElement[bool], ...]:
    return (
        AdministratorVisit.code_hash == digest(code),
        AdministratorVisit.entered_at.is_(None),
        AdministratorVisit.opens_until > clock.now(),
    )
