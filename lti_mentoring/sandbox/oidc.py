"""OpenID Connect: the tool asks who is there, and for tokens to call the services with."""

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.access import TOKEN_LIFETIME, AccessRefused, claimed_issuer
from lti_mentoring.sandbox.launches import Launch
from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.tools import Tool
from lti_mentoring.sandbox.vocabulary import ASSERTION_TYPE
from lti_mentoring.sandbox.world import NotInWorld

blueprint = Blueprint("oidc", __name__, url_prefix="/oidc")

# What must be just so, and the error that is posted back if it is not (OpenID Connect Core
# 3.2.2.6; the answers are Moodle's).
FIXED = {
    "response_type": ("id_token", "unsupported_response_type"),
    "response_mode": ("form_post", "invalid_request"),
    "prompt": ("none", "invalid_request"),
}


class RequestUnsafe(Exception):
    """A request that must not be answered to any address, so a page says why."""


class RequestRefused(Exception):
    """A refusal that is posted to the tool."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@blueprint.route("/auth", methods=["GET", "POST"])
def authorize() -> ResponseReturnValue:
    """Answer the tool's authentication request by a form that posts itself to the tool."""
    sandbox = current_sandbox()
    try:
        _check_addressee(sandbox)
    except RequestUnsafe as unsafe:
        title = "Invalid request"
        status = sandbox.accent.login.unsafe_status
        return render_template("error.html", title=title, reason=str(unsafe)), status
    redirect_uri = request.values["redirect_uri"]
    answer = {"state": state} if (state := request.values.get("state")) else {}
    try:
        launch = _checked_launch(sandbox)
        claims = sandbox.claims_of(launch, nonce=request.values["nonce"])
        answer |= {"id_token": sandbox.keys.sign(claims)}
        if sandbox.accent.login.storage_target:
            answer["lti_storage_target"] = sandbox.accent.login.storage_target
    except RequestRefused as refused:
        answer |= {"error": refused.error, "error_description": refused.description}
    return render_template(
        "handover.html",
        title="Opening the activity",
        action=redirect_uri,
        method="post",
        fields=answer,
    )


def _check_addressee(sandbox: Sandbox) -> None:
    if any(len(values) > 1 for values in request.values.to_dict(flat=False).values()):
        raise RequestUnsafe("A parameter was sent twice.")
    client_id = request.values.get("client_id")
    known = [tool for tool in sandbox.tools if tool.client_id == client_id] or sandbox.tools
    if not any(request.values.get("redirect_uri") in tool.redirect_uris for tool in known):
        raise RequestUnsafe("The redirect_uri is not registered for this tool.")
    if request.values.get("scope") != "openid":
        raise RequestUnsafe("The scope must be openid.")
    for name in ("nonce", "login_hint", "lti_message_hint"):
        if not request.values.get(name):
            raise RequestUnsafe(f"The {name} is missing.")


def _checked_launch(sandbox: Sandbox) -> Launch:
    client_id = request.values.get("client_id")
    if client_id not in {tool.client_id for tool in sandbox.tools}:
        raise RequestRefused("unauthorized_client", "The client_id is not registered here.")
    for name, (wanted, error) in FIXED.items():
        if request.values.get(name) != wanted:
            raise RequestRefused(error, f"{name} must be {wanted}.")
    launch = sandbox.launches.take(request.values["lti_message_hint"])
    if launch is None or launch.client_id != client_id:
        raise RequestRefused("login_required", "Nobody has this activity open. Open it again.")
    if launch.person_id != request.values["login_hint"]:
        raise RequestRefused("access_denied", "The login_hint is not who opened the activity.")
    _check_enrollment(sandbox, launch)
    return launch


def _check_enrollment(sandbox: Sandbox, launch: Launch) -> None:
    if not launch.course_id:
        return
    try:
        suspended = sandbox.world.enrollment(launch.course_id, launch.person_id).suspended
    except NotInWorld:
        raise RequestRefused("access_denied", "They are not in this course any more.") from None
    if suspended:
        raise RequestRefused("access_denied", "Their enrollment is suspended.")


@blueprint.get("/jwks.json")
def jwks() -> ResponseReturnValue:
    """The platform's public keys."""
    response = jsonify(current_sandbox().keys.jwks())
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@blueprint.post("/token")
def token() -> ResponseReturnValue:
    """An access token for the tool, for as many of the wanted scopes as exist.

    Source: 1EdTech Security Framework 1.1, section 4.1.
    """
    sandbox = current_sandbox()
    if sandbox.temper.slow_seconds:
        sandbox.sleep(sandbox.temper.slow_seconds)
    try:
        granted, scopes = _granted(sandbox)
    except AccessRefused as refused:
        g.call_note = refused.description
        return (
            jsonify(error=refused.error, error_description=refused.description),
            refused.status,
            {"Cache-Control": "no-store"},
        )
    g.call_note = f"{len(scopes)} scopes granted"
    return (
        jsonify(
            access_token=granted,
            token_type="Bearer",
            expires_in=TOKEN_LIFETIME,
            scope=" ".join(sorted(scopes)),
        ),
        200,
        {"Cache-Control": "no-store", "Content-Type": sandbox.accent.token_media_type},
    )


def _granted(sandbox: Sandbox) -> tuple[str, frozenset[str]]:
    with sandbox.lock:
        if sandbox.temper.spend("token_errors"):
            raise AccessRefused("server_error", "the LMS has a bad moment", 500)
    if request.mimetype != "application/x-www-form-urlencoded":
        raise AccessRefused("invalid_request", "the request must be form encoded")
    if request.form.get("grant_type") != "client_credentials":
        raise AccessRefused("unsupported_grant_type", "grant_type must be client_credentials")
    if request.form.get("client_assertion_type") != ASSERTION_TYPE:
        raise AccessRefused("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}")
    assertion = request.form.get("client_assertion", "")
    tool = _claimed_tool(sandbox, assertion)
    sandbox.tokens.check_assertion(
        assertion,
        sandbox.keys_of(tool),
        client_id=tool.client_id,
        audience=sandbox.token_audience,
    )
    return sandbox.tokens.grant(tool, request.form.get("scope", "").split())


def _claimed_tool(sandbox: Sandbox, assertion: str) -> Tool:
    """The tool that the assertion says it is from; whether that is so is for its keys to say."""
    issuer = claimed_issuer(assertion)
    for tool in sandbox.tools:
        if tool.client_id == issuer:
            return tool
    raise AccessRefused("invalid_client", "iss and sub must be the client_id", 401)
