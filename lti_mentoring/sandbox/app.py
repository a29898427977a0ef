"""``create_sandbox``: the LMS as a Flask app."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests
from flask import Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lti_mentoring.sandbox import (
    administration,
    administrator_pages,
    changes,
    copies,
    grades,
    groups,
    line_items,
    links,
    memberships,
    notice_handlers,
    oidc,
    pages,
    people,
    registering,
    scores,
    selecting,
    switches,
)
from lti_mentoring.sandbox.service import (
    ServiceRefused,
    error_answer,
    is_service_call,
    record_call,
)
from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.tools import NoSuchTool
from lti_mentoring.sandbox.world import NotInWorld

SERVED = (
    pages,
    copies,
    changes,
    grades,
    people,
    selecting,
    switches,
    administration,
    administrator_pages,
    oidc,
    registering,
    memberships,
    line_items,
    scores,
    groups,
    notice_handlers,
    links,
)
# Where pages of tools send the browser with a form.
OPEN_TO_OTHERS = {"oidc.authorize", "oidc.token", "registering.register", "selecting.take_answer"}


def create_sandbox(
    *,
    base_url: str,
    tool_url: str,
    tool_jwks_url: str | None = None,
    clock: Callable[[], float] = time.time,
    http: requests.Session | None = None,
    accent: str = "plain",
) -> Flask:
    """An LMS that knows a tool, with its ``Sandbox`` in ``app.extensions["sandbox"]``.

    Args:
        base_url: where the LMS is reached, and mostly its issuer, such as ``http://127.0.0.1:8001``.
        tool_url: where the tool is reached; its LTI addresses are under ``/lti/``.
        tool_jwks_url: the tool's key set, if it is elsewhere.
        clock: seconds since the epoch; stands still in tests.
        http: how the tool's keys are fetched; tests hand in one that needs no network.
        accent: the LMS to imitate, one of ``ACCENTS``.
    """
    app = Flask(__name__)
    app.extensions["sandbox"] = Sandbox(
        base_url=base_url,
        tool_url=tool_url,
        tool_jwks_url=tool_jwks_url,
        clock=clock,
        http=http,
        accent=accent,
    )
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in SERVED:
        app.register_blueprint(module.blueprint)
    app.before_request(go_to_own_address)
    app.before_request(be_in_maintenance)
    app.before_request(refuse_foreign_forms)
    app.after_request(record_call)
    app.after_request(add_headers)
    app.register_error_handler(ServiceRefused, service_error)
    app.register_error_handler(NotInWorld, not_here)
    app.register_error_handler(NoSuchTool, not_here)
    app.register_error_handler(HTTPException, http_error)
    return app


def go_to_own_address() -> ResponseReturnValue | None:
    """Lead visitors who came by another name of this machine to the issuer's address.

    From the tool's own host, the frame would not be cross-site and would prove nothing.
    """
    own = current_sandbox().base_url
    visiting = request.headers.get("Sec-Fetch-Dest") == "document" and request.method == "GET"
    if visiting and request.host != urlsplit(own).netloc:
        return redirect(own + request.full_path.removesuffix("?"))
    return None


def be_in_maintenance() -> ResponseReturnValue | None:
    """While the LMS is down for maintenance, only its switches answer."""
    sandbox = current_sandbox()
    spared = request.blueprint == "switches" or request.endpoint == "static"
    if spared or not sandbox.temper.maintenance:
        return None
    retry = {"Retry-After": str(sandbox.temper.retry_after_seconds)}
    reason = "This LMS is down for maintenance."
    if is_service_call():
        return error_answer(503, reason, retry)
    return *page("Maintenance", reason, 503), retry


def refuse_foreign_forms() -> ResponseReturnValue | None:
    """Other sites' pages may post to the protocol's addresses, but not to our own forms."""
    foreign = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
    if request.method != "POST" or not foreign or request.endpoint in OPEN_TO_OTHERS:
        return None
    return page("Not from here", "This form was sent by another site.", 403)


def add_headers(response: Response) -> Response:
    """What pages may load, frame and post to: their own, and the tools."""
    origins = " ".join(current_sandbox().origins)
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"frame-src 'self' {origins}",
            f"form-action 'self' {origins}",
            "frame-ancestors 'self'",
            "base-uri 'none'",
        )
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def service_error(refused: ServiceRefused) -> ResponseReturnValue:
    """A refused service call, as JSON."""
    return error_answer(refused.status, refused.reason, refused.headers)


def not_here(error: NotInWorld | NoSuchTool) -> ResponseReturnValue:
    """A page about somebody or something that does not exist."""
    return page("Not here", str(error), 404)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Whatever Flask refuses: JSON for services, a page for people."""
    status = error.code or 500
    reason = error.description or error.name
    return error_answer(status, reason) if is_service_call() else page(error.name, reason, status)


def page(title: str, reason: str, status: int) -> tuple[str, int]:
    """A page that says what went wrong."""
    return render_template("error.html", title=title, reason=reason), status
