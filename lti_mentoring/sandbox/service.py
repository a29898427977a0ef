"""What every service call goes through: the temper, the token, the log, JSON errors."""

from collections.abc import Callable, Mapping
from functools import wraps

from flask import Response, g, json, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.call_log import BODY_LENGTH, Call
from lti_mentoring.sandbox.gradebook import GradebookRefusal
from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.tools import Tool

SERVICE_PATHS = (
    "/ags/",
    "/nrps/",
    "/groups/",
    "/links/",
    "/notice-handlers/",
    "/oidc/token",
    "/oidc/jwks.json",
    "/oidc/register",
    "/.well-known/",
)

ServiceView = Callable[..., ResponseReturnValue]


class ServiceRefused(Exception):
    """A service call that is answered with an error."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = dict(headers or {})


def service(*scopes: str) -> Callable[[ServiceView], ServiceView]:
    """Guard a view: the caller needs a live token with one of ``scopes``.

    The view gets the sandbox first and runs under its lock; waiting does not hold the lock.
    """

    def guard(view: ServiceView) -> ServiceView:
        @wraps(view)
        def guarded(**arguments: object) -> ResponseReturnValue:
            sandbox = current_sandbox()
            endure(sandbox)
            with sandbox.lock:
                _require_token(sandbox, frozenset(scopes))
                try:
                    return view(sandbox, **arguments)
                except GradebookRefusal as refusal:
                    raise ServiceRefused(refusal.status, refusal.reason) from refusal

        return guarded

    return guard


def endure(sandbox: Sandbox) -> None:
    """Let the temper have its way before a service call is looked at.

    Raises:
        ServiceRefused: 500, or what the LMS answers to too many calls, if the temper says so.
    """
    temper = sandbox.temper
    if temper.slow_seconds:
        sandbox.sleep(temper.slow_seconds)
    with sandbox.lock:
        if temper.spend("errors"):
            raise ServiceRefused(500, "the LMS has a bad moment")
        if sandbox.too_many_calls() or temper.spend("throttles"):
            habits = sandbox.accent.tokens
            retry = {habits.retry_header: str(temper.retry_after_seconds)}
            raise ServiceRefused(habits.throttle_status, habits.throttle_reason, retry)


def _require_token(sandbox: Sandbox, scopes: frozenset[str]) -> None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        raise ServiceRefused(sandbox.accent.tokens.bad_status, "a bearer token is needed")
    if sandbox.temper.spend("expired_tokens"):
        sandbox.tokens.revoke(token)
    grant = sandbox.tokens.grant_of(token)
    if grant is None:
        reason = "the access token has expired or was never issued"
        raise ServiceRefused(sandbox.accent.tokens.bad_status, reason)
    if not grant.scopes & scopes:
        status = sandbox.accent.tokens.no_scope_status
        raise ServiceRefused(status, "the access token does not allow this")
    g.tool = sandbox.tools.find(grant.client_id)


def calling_tool() -> Tool:
    """The tool whose token came with the running service call."""
    tool: Tool = g.tool
    return tool


def require_accept(media_type: str) -> None:
    """The caller must accept exactly what is served, as Moodle wants it.

    Raises:
        ServiceRefused: 400, for anything else.
    """
    if request.headers.get("Accept", "").strip() != media_type:
        raise ServiceRefused(400, f"no handler found: Accept must be {media_type}")


def sent_object(media_type: str) -> dict[str, object]:
    """The JSON object in the request's body.

    Raises:
        ServiceRefused: 400, if the content type is another or the body is no JSON object.
    """
    if request.mimetype != media_type:
        raise ServiceRefused(400, f"no handler found: Content-Type must be {media_type}")
    try:
        body = json.loads(request.get_data())
    except ValueError:
        raise ServiceRefused(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise ServiceRefused(400, "the body is not a JSON object")
    return body


def answer(content: object, media_type: str, status: int = 200) -> Response:
    """A JSON answer of that media type."""
    return Response(json.dumps(content), status, content_type=media_type)


def error_answer(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as Moodle writes it: status, reason and the request, never its headers."""
    body = {
        "status": status,
        "reason": reason,
        "request": {"method": request.method, "url": request.base_url},
    }
    response = answer(body, "application/json", status)
    response.headers.update(headers or {})
    g.call_note = reason
    return response


def is_service_call() -> bool:
    """Whether the running request is for a service and not for a page."""
    return request.path.startswith(SERVICE_PATHS)


def record_call(response: Response) -> Response:
    """Write the call into the log; tokens and assertions never get there."""
    if not is_service_call():
        return response
    sandbox = current_sandbox()
    path = request.full_path if request.query_string else request.path
    note = str(g.get("call_note", ""))
    if quota := sandbox.accent.tokens.quota:
        response.headers["X-Rate-Limit-Limit"] = str(quota)
        response.headers["X-Rate-Limit-Remaining"] = str(max(quota - sandbox.calls.received, 0))
    sandbox.calls.record(
        Call(sandbox.clock(), request.method, path, response.status_code, _short_body(), note)
    )
    return response


def _short_body() -> str:
    if request.path == "/oidc/token":
        shown = {name: request.form.get(name, "") for name in ("grant_type", "scope")}
        return "\n".join(f"{name}: {value}" for name, value in shown.items() if value)
    body = request.get_data(as_text=True)
    return body if len(body) <= BODY_LENGTH else body[:BODY_LENGTH] + "…"
