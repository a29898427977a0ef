"""From errors to statuses and calm pages: one table, at the edge."""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from lti_mentoring.core.errors import (
    AddressRefused,
    AwaitingActivation,
    Conflict,
    GroupsApart,
    LaunchRefused,
    MentoringError,
    NotAllowed,
    NotAMember,
    NotFound,
    PlatformRefused,
    PlatformUnavailable,
    RegistrationRefused,
    SignInMissing,
    Stale,
)
from lti_mentoring.web import identity, unit_of_work

log = logging.getLogger(__name__)

STATUS: Mapping[type[MentoringError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    SignInMissing: 401,
    LaunchRefused: 400,
    AwaitingActivation: 403,
    NotAMember: 403,
    RegistrationRefused: 400,
    AddressRefused: 503,
    PlatformUnavailable: 503,
    PlatformRefused: 503,
}

OWN_PAGE: Mapping[type[MentoringError], str] = {Stale: "stale", GroupsApart: "groups_apart"}
"""Errors that a page explains in its own words; the others have one for their status."""

GAVE_UP = frozenset({"40P01", "40001", "SQLITE_BUSY"})
"""A deadlock, a failed serialization, a database that stays locked."""

HIDDEN_FIELDS = frozenset({"csrf_token", identity.TOKEN_FIELD, "version", "_path"})


def status_of(error: MentoringError) -> int:
    """The status for ``error``: its own class's, or the nearest base's."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def install(app: Flask) -> None:
    """Show a page for everything that can go wrong."""
    app.register_error_handler(MentoringError, _mentoring_error)
    app.register_error_handler(IntegrityError, _lost_race)
    app.register_error_handler(StaleDataError, _lost_race)
    app.register_error_handler(OperationalError, _database_gave_up)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _mentoring_error(error: MentoringError) -> ResponseReturnValue:
    status = status_of(error)
    if isinstance(error, Conflict):
        unit_of_work.keep_typed_after_conflict()
    log.info("refused %s %s: %s", request.method, request.endpoint, type(error).__name__)
    page = next((page for cls, page in OWN_PAGE.items() if isinstance(error, cls)), str(status))
    return _page(page, status, error=error)


def _lost_race(_error: Exception) -> ResponseReturnValue:
    """Two did the same at once, and the database let one through: that is a conflict."""
    return _mentoring_error(Conflict("changed at the same moment"))


def _database_gave_up(error: OperationalError) -> ResponseReturnValue:
    """Two who wait for each other (PostgreSQL), or who waited too long (SQLite), may try again."""
    codes = {getattr(error.orig, name, None) for name in ("sqlstate", "sqlite_errorname")}
    return _lost_race(error) if codes & GAVE_UP else _unexpected(error)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST or error.response is not None:
        return error
    return _page("404" if status == HTTPStatus.NOT_FOUND else "4xx", status, error=error)


def _unexpected(error: Exception) -> ResponseReturnValue:
    incident = secrets.token_hex(4)
    log.error("incident %s at %s", incident, request.endpoint, exc_info=error)
    if g.get("unit") is not None:
        g.unit.rollback()
    return _page("500", 500, incident=incident)


def _page(name: str, status: int, **facts: object) -> ResponseReturnValue:
    typed = [
        (field, value)
        for field in request.form
        if field not in HIDDEN_FIELDS
        for value in request.form.getlist(field)
        if value.strip()
    ]
    back = current_app.url_for("home.show") if g.get("actor") is not None else None
    kept_path = g.get("kept_path")
    page = render_template(
        f"errors/{name}.html", typed=typed, back=back, kept_path=kept_path, **facts
    )
    return page, status
