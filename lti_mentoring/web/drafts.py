"""Typed texts that must not be lost: autosaved, or kept when a form could not be taken.

A draft belongs to one person and one form, named by the form's own address. Opening
that form again brings the text back; sending it well forgets the draft.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Request, g, request
from flask_wtf import FlaskForm
from sqlalchemy import Connection, Table, bindparam, delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lti_mentoring.core import clock
from lti_mentoring.models import Draft

NEVER_KEPT = frozenset({"csrf_token", "sign_in_token", "version", "_path"})
LONGEST_DRAFT = 60_000  # characters, all fields together

F = TypeVar("F", bound=FlaskForm)

_drafts = cast(Table, Draft.__table__)
_WAITING = (
    select(_drafts.c.path, _drafts.c.saved_at)
    .where(_drafts.c.membership_id == bindparam("membership_id"))
    .order_by(_drafts.c.saved_at.desc())
    .limit(5)
)


@dataclass(frozen=True)
class Waiting:
    """A text that was typed and not sent."""

    path: str
    saved_at: datetime


def path_within(path: str) -> str:
    """The part of an address after ``/in/<key>``: the same in every sign-in."""
    return "/" + path.split("/", 3)[3] if path.startswith("/in/") else path


def keep(db: Session, membership_id: int, source: Request) -> str | None:
    """Keep the typed fields of ``source``; its path within the sign-in, or nothing if empty."""
    path = path_within(source.form.get("_path") or source.path)[:255]
    fields = {name: source.form.getlist(name) for name in source.form if name not in NEVER_KEPT}
    if not fields or sum(len(v) for values in fields.values() for v in values) > LONGEST_DRAFT:
        return None
    row = db.scalar(select(Draft).filter_by(membership_id=membership_id, path=path))
    if row is None:
        row = Draft(membership_id=membership_id, path=path)
        db.add(row)
    row.fields = fields
    row.saved_at = clock.now()
    return path


def forget(db: Session, membership_id: int | None, path: str) -> None:
    """The text was sent: the draft is not needed any more."""
    db.execute(delete(Draft).where(Draft.membership_id == membership_id, Draft.path == path))


def waiting(connection: Connection, membership_id: int | None) -> list[Waiting]:
    """The person's drafts, newest first, at most five: "You were writing …"."""
    rows = connection.execute(_WAITING, {"membership_id": membership_id})
    return [Waiting(path, saved_at) for path, saved_at in rows]


def open_form(form_class: type[F], path: str | None = None, **values: Any) -> F:
    """The form, filled with what the person had typed before, if there is such a draft.

    ``path`` is where the form is sent, if that is not the page's own address.
    """
    if request.method != "GET":
        return form_class(**values)
    form = _with_kept(form_class, path_within(path or request.path), values)
    if path is not None:
        _name_apart(form)
    return form


def _with_kept(form_class: type[F], where: str, values: dict[str, Any]) -> F:
    kept = g.db.scalar(select(Draft).filter_by(membership_id=g.actor.membership_id, path=where))
    if kept is None:
        return form_class(**values)
    fields: MultiDict[str, Any] = MultiDict(
        [(name, value) for name, several in kept.fields.items() for value in several]
    )
    form = form_class(formdata=fields, **values)
    form.restored_at = kept.saved_at
    return form


def _name_apart(form: FlaskForm) -> None:
    """Several forms stand on one page: their fields' ids must not meet."""
    for field in form:
        field.id = f"{type(form).__name__.removesuffix('Form').lower()}-{field.id}"
        field.label.field_id = field.id
