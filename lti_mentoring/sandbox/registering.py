"""The addresses a tool calls to register itself."""

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from lti_mentoring.sandbox.service import ServiceRefused
from lti_mentoring.sandbox.state import Sandbox, current_sandbox
from lti_mentoring.sandbox.tool_metadata import RegistrationRefused, answer_to
from lti_mentoring.sandbox.variables import VALUES
from lti_mentoring.sandbox.vocabulary import PLATFORM_CONFIGURATION

blueprint = Blueprint("registering", __name__)


@blueprint.get("/.well-known/openid-configuration")
def configuration() -> ResponseReturnValue:
    """What a tool reads before it registers; some LMSs show it to invited tools only."""
    sandbox = current_sandbox()
    guarded = sandbox.accent.registration.token_opens_configuration
    if guarded and not sandbox.registrations.opens(_bearer()):
        raise ServiceRefused(401, "the configuration needs the registration token")
    return jsonify(_configuration(sandbox))


@blueprint.post("/oidc/register")
def register() -> ResponseReturnValue:
    """Take a tool in that an administrator has invited."""
    sandbox = current_sandbox()
    body = request.get_json(silent=True)
    try:
        if not isinstance(body, dict):
            raise RegistrationRefused("the body must be a JSON object")
        tool = sandbox.registrations.accept(_bearer(), body)
    except RegistrationRefused as refused:
        g.call_note = refused.reason
        return _refusal(sandbox, refused)
    g.call_note = f"{tool.name} registered as {tool.client_id}"
    return jsonify(answer_to(body, tool, sandbox.accent.registration))


def _configuration(sandbox: Sandbox) -> dict[str, object]:
    accent = sandbox.accent
    messages = [
        {"type": kind, "placements": list(places)} if places else {"type": kind}
        for kind, places in accent.registration.messages.items()
    ]
    names = ["name", "given_name", "family_name"] if accent.token.given_names else ["name"]
    return {
        "issuer": sandbox.issuer,
        "authorization_endpoint": sandbox.auth_url,
        "token_endpoint": sandbox.token_url,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": sandbox.jwks_url,
        "registration_endpoint": sandbox.registration_url,
        "scopes_supported": ["openid", *accent.scopes],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", *names, "email"],
        PLATFORM_CONFIGURATION: {
            "product_family_code": accent.configured_product or accent.product,
            "version": accent.version,
            "messages_supported": messages,
            **({"notice_types_supported": list(accent.notices)} if accent.notices else {}),
            "variables": sorted(accent.custom.variables & VALUES.keys()),
        },
    }


def _bearer() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" else ""


def _refusal(sandbox: Sandbox, refused: RegistrationRefused) -> Response:
    rules = sandbox.accent.registration
    bodies: dict[str, Response] = {
        "json": jsonify(error="invalid_client_metadata", error_description=refused.reason),
        "errors": jsonify(errors=[{"message": refused.reason}]),
        "text": Response(refused.reason, content_type="text/html; charset=utf-8"),
    }
    answer = bodies[rules.refusal]
    answer.status_code = refused.status or rules.refusal_status
    return answer
