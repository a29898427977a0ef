"""What a tool sends when it registers itself, read with the eyes of the LMS that is imitated.

Sources: LTI Dynamic Registration 1.0; Moodle's ``registration_helper``; Canvas'
``doc/api/registration.md``.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from lti_mentoring.sandbox.accent import Registration
from lti_mentoring.sandbox.tools import Tool, ToolMessage, ToolState
from lti_mentoring.sandbox.vocabulary import AGS_SCOPES, LINE_ITEM_SCOPE, TOOL_CONFIGURATION

Json = Mapping[str, object]

NAME_CLAIMS = {"name", "given_name", "family_name"}
# Whether names and whether e-mail addresses are sent, by Canvas' privacy levels.
PRIVACY_LEVELS: Mapping[object, tuple[bool, bool]] = {
    "public": (True, True),
    "name_only": (True, False),
    "email_only": (False, True),
    "anonymous": (False, False),
}
ECHOED = (
    "application_type",
    "client_name",
    "client_uri",
    "grant_types",
    "initiate_login_uri",
    "jwks_uri",
    "logo_uri",
    "redirect_uris",
    "response_types",
    "token_endpoint_auth_method",
)


class RegistrationRefused(Exception):
    """A registration that the LMS does not take, in its words."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def tool_from(
    body: Json, rules: Registration, offered: Iterable[str], *, number: int, client_id: str
) -> Tool:
    """The tool that wants to register, without a deployment yet.

    Raises:
        RegistrationRefused: if a member is missing, wrong or unknown to this LMS.
    """
    _refuse_unknown(body, rules.members | {TOOL_CONFIGURATION}, rules.members)
    _check_protocol(body)
    configuration = _object(body, TOOL_CONFIGURATION)
    _refuse_unknown(configuration, rules.configuration_members, rules.configuration_members)
    names, email = _privacy(configuration, rules)
    return Tool(
        number=number,
        client_id=client_id,
        deployment_id="",
        name=_text(body, "client_name"),
        login_url=_text(body, "initiate_login_uri"),
        redirect_uris=_texts(body, "redirect_uris"),
        jwks_url=_text(body, "jwks_uri"),
        target=_target(configuration, rules),
        scopes=frozenset(str(body.get("scope", "")).split()) & frozenset(offered),
        messages=_messages(configuration, rules),
        custom=_custom(configuration, rules),
        description=str(configuration.get("description", "")),
        sends_names=names,
        sends_email=email,
        state=ToolState.PENDING if rules.activation else ToolState.ACTIVE,
        in_courses=rules.shown_at_once,
        came_by_itself=True,
    )


def answer_to(body: Json, tool: Tool, rules: Registration) -> dict[str, object]:
    """What the LMS says back; not all of it is true, as in life."""
    scopes = set(tool.scopes)
    if rules.overstates_scope and scopes.intersection(AGS_SCOPES):
        scopes.add(LINE_ITEM_SCOPE)
    sent = _object(body, TOOL_CONFIGURATION)
    configuration: dict[str, object] = {
        "version": "1.3.0",
        "target_link_uri": tool.target,
        "domain": sent.get("domain", ""),
        "messages": [{"type": each.type, "target_link_uri": each.target} for each in tool.messages],
        "custom_parameters": {name: _echoed(value, rules) for name, value in tool.custom.items()},
        "claims": sent.get("claims", []),
    }
    if tool.deployment_id and rules.answers_deployment:
        configuration["deployment_id"] = tool.deployment_id
    return {
        "client_id": tool.client_id,
        **{name: body[name] for name in ECHOED if name in body},
        "scope": " ".join(sorted(scopes)),
        TOOL_CONFIGURATION: configuration,
    }


def _echoed(value: object, rules: Registration) -> object:
    if rules.cuts_custom_at_equals and isinstance(value, str):
        return value.partition("=")[0]
    return value


def _check_protocol(body: Json) -> None:
    if "id_token" not in _texts(body, "response_types"):
        raise RegistrationRefused("missing required attribute response_types")
    if body.get("token_endpoint_auth_method") != "private_key_jwt":
        raise RegistrationRefused("missing required attribute token_endpoint_auth_method")


def _refuse_unknown(source: Json, known: frozenset[str], limited_by: frozenset[str]) -> None:
    unknown = sorted(set(source) - known) if limited_by else []
    if unknown:
        raise RegistrationRefused(f"unknown member: {unknown[0]}")


def _target(configuration: Json, rules: Registration) -> str:
    target, domain = _text(configuration, "target_link_uri"), _text(configuration, "domain")
    if rules.domain_is_host and urlsplit(target).netloc != domain:
        raise RegistrationRefused("domain_targetlinkuri_mismatch")
    return target


def _privacy(configuration: Json, rules: Registration) -> tuple[bool, bool]:
    if rules.privacy_member:
        level = configuration.get(rules.privacy_member, "anonymous")
        if level not in PRIVACY_LEVELS:
            raise RegistrationRefused(f"unknown privacy level: {level}")
        return PRIVACY_LEVELS[level]
    claims = configuration.get("claims")
    wanted = {str(claim) for claim in claims} if isinstance(claims, list) else set()
    return bool(wanted & NAME_CLAIMS), "email" in wanted


def _messages(configuration: Json, rules: Registration) -> tuple[ToolMessage, ...]:
    sent = configuration.get("messages", [])
    if not isinstance(sent, list):
        raise RegistrationRefused("messages must be a list")
    read = [_message(each, rules) for each in sent]
    kept = rules.kept_messages or frozenset(rules.messages)
    return tuple(message for message in read if message.type in kept)


def _message(sent: object, rules: Registration) -> ToolMessage:
    if not isinstance(sent, dict):
        raise RegistrationRefused("a message must be an object")
    _refuse_unknown(sent, rules.message_members, rules.message_members)
    kind = _text(sent, "type")
    if rules.needs_placements:
        possible = rules.messages.get(kind)
        placements = _texts(sent, "placements")
        if possible is None or not set(placements) <= set(possible):
            raise RegistrationRefused(f"{kind} has no such placements: {', '.join(placements)}")
    return ToolMessage(
        type=kind,
        target=str(sent.get("target_link_uri") or ""),
        label=str(sent.get("label") or ""),
        placements=_texts(sent, "placements") if rules.needs_placements else (),
        # A LMS that keeps one kind of message only keeps nothing else of it either.
        custom={} if rules.kept_messages else _custom(sent, rules),
    )


def _custom(source: Json, rules: Registration) -> dict[str, object]:
    sent = source.get("custom_parameters", {})
    if not isinstance(sent, dict):
        raise RegistrationRefused("custom_parameters must be an object")
    if rules.custom_is_text and not all(isinstance(value, str) for value in sent.values()):
        raise RegistrationRefused("custom_parameters must have text values")
    return dict(sent)


def _text(source: Json, name: str) -> str:
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise RegistrationRefused(f"missing required attribute {name}")
    return value


def _texts(source: Json, name: str) -> tuple[str, ...]:
    value = source.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(it, str) for it in value):
        raise RegistrationRefused(f"missing required attribute {name}")
    return tuple(value)


def _object(source: Json, name: str) -> Json:
    value = source.get(name)
    if not isinstance(value, dict):
        raise RegistrationRefused(f"missing required attribute {name}")
    return value
