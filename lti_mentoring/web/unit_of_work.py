"""One request: who acts, may they, one transaction, and the commit.

A GET reads (a deferred BEGIN on SQLite), everything else may write. The transaction is
committed after the response is made and only below status 400.
"""

from functools import lru_cache, partial
from typing import Any

from flask import Flask, Request, Response, current_app, g, request, session
from flask.ctx import _AppCtxGlobals
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest
from werkzeug.routing import Map
from wtforms.validators import ValidationError

from lti_mentoring.core import clock
from lti_mentoring.core.db import UnitOfWork
from lti_mentoring.core.errors import NotAllowed, SignInMissing
from lti_mentoring.queries.sign_ins import Alongside, find_sign_in
from lti_mentoring.settings import Settings
from lti_mentoring.web import administration, drafts, identity, notices
from lti_mentoring.web.guards import anyone, guard_of

FIRST_ERROR = 400
SEE_OTHER = 303
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestGlobals(_AppCtxGlobals):
    """Flask's ``g``, with the session of the request's unit of work as ``g.db``."""

    unit: UnitOfWork | None

    @property
    def db(self) -> Session:
        """The session; made when first asked for."""
        if self.unit is None:
            raise RuntimeError("this request has no unit of work")
        return self.unit.session


def install(app: Flask) -> None:
    """Put every request of ``app`` into a unit of work."""
    app.app_ctx_globals_class = RequestGlobals
    app.url_value_preprocessor(_take_sign_in_key)
    app.url_defaults(_give_sign_in_key)
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_close)


def _take_sign_in_key(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.sign_in_key = values.pop("sign_in_key", None) if values else None


def _give_sign_in_key(endpoint: str, values: dict[str, Any]) -> None:
    if "sign_in_key" not in values and _needs_key(current_app.url_map, endpoint):
        values["sign_in_key"] = g.sign_in_key


@lru_cache(maxsize=512)
def _needs_key(addresses: Map, endpoint: str) -> bool:
    return addresses.is_endpoint_expecting(endpoint, "sign_in_key")


def _begin() -> None:
    # The proxies of Flask look up what they stand for at each use: here is where that counts.
    here: Any = g._get_current_object()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    here.unit = here.actor = here.sign_in = here.proof = None
    guard = guard_of(app, asked.endpoint)
    if guard is None or asked.endpoint == "static":
        return
    ours = app.extensions["mentoring"]
    here.unit = ours.database.unit_of_work(writes=asked.method not in SAFE)
    if guard is anyone:
        return
    _refuse_nul(asked)
    if guard is administration.administrators:
        here.administrator = administration.identify(asked, ours.settings)
        if asked.method not in SAFE:
            _refuse_cross_site(asked)
        return
    view = app.view_functions[asked.endpoint or ""]
    _identify(here, asked, ours.settings, getattr(view, "alongside", None))
    if asked.method not in SAFE:
        _refuse_cross_site(asked)
    if not guard(here.actor):
        raise NotAllowed("open this page")


def _identify(
    here: Any, asked: Request, settings: Settings, alongside: Alongside[Any] | None
) -> None:
    both = find_sign_in(here.unit.connection, here.sign_in_key or "", alongside)
    if both is None:
        raise SignInMissing
    found, here.standing = both
    proof = identity.proof_of(asked, found, settings)
    if proof is None:
        raise SignInMissing
    session["csrf_token"] = partial(identity.csrf_secret, found, settings)
    here.sign_in, here.proof = found, proof
    here.actor = identity.actor_of(found, settings)
    now = clock.now()
    if identity.has_expired(found, settings, now):
        _keep_typed()
        raise SignInMissing
    if now >= found.seen_at + identity.TOUCH_EVERY and asked.method in SAFE:
        identity.touch(found.key, now)


def _refuse_nul(asked: Request) -> None:
    """PostgreSQL stores no NUL characters, and no keyboard types them."""
    typed = () if asked.method in SAFE else asked.form.listvalues()
    if b"%00" in asked.query_string or any("\0" in text for texts in typed for text in texts):
        raise BadRequest


def _refuse_cross_site(asked: Request) -> None:
    """A form of another site has no business here, whatever it sends (LTI 4.4)."""
    if asked.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise BadRequest


def _keep_typed() -> None:
    """Keep what was typed for when the person is back, if the form was really ours."""
    if request.method in SAFE or g.actor is None:
        return
    try:
        validate_csrf(request.form.get("csrf_token"))
    except (ValidationError, CSRFError):
        return
    g.unit.rollback()  # so that SQLite's one writer is free
    with current_app.extensions["mentoring"].database.transaction() as db:
        g.kept_path = drafts.keep(db, g.actor.membership_id, request)


def keep_typed_after_conflict() -> None:
    """The same for a form that could not be taken because something has changed meanwhile."""
    if g.get("actor") is not None:
        _keep_typed()


def _finish(response: Response) -> Response:
    unit: UnitOfWork | None = g.get("unit")
    if unit is None:
        return response
    if response.status_code >= FIRST_ERROR:
        unit.rollback()
        return response
    if request.method in SAFE:
        notices.clear_shown()
        return _carry_ticket(response)
    try:
        if g.actor is not None and response.status_code == SEE_OTHER:
            drafts.forget(unit.session, g.actor.membership_id, drafts.path_within(request.path))
        unit.commit()
    except (IntegrityError, StaleDataError) as error:
        return current_app.make_response(current_app.handle_user_exception(error))
    return _carry_ticket(response)


def _carry_ticket(response: Response) -> Response:
    """Without cookies, a redirect leads to a page that needs a ticket of its own."""
    target = response.headers.get("Location", "")
    if g.proof in {"token", "ticket"} and target.startswith(identity.landing_path(g.sign_in_key)):
        settings = current_app.extensions["mentoring"].settings
        response.headers["Location"] = identity.with_ticket(settings, g.sign_in_key, target)
    return response


def _close(_error: BaseException | None) -> None:
    unit: UnitOfWork | None = g.pop("unit", None)
    if unit is not None:
        unit.close()
