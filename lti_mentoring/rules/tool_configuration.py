"""What the tool asks of a platform when it is registered: one table for every way to register.

The dynamic registration, Canvas's JSON and the values to copy are all made of it, so that no two
of them can ask for different things.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_mentoring.vocabulary import MessageType, PrivacyLevel, Product, Scope

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CANVAS = "https://canvas.instructure.com/lti/"
LONGEST_NAME = 100

SCOPES = (
    Scope.ROSTER_READ,
    Scope.SCORE,
    Scope.LINE_ITEM,
    Scope.LINE_ITEM_READ,
    Scope.RESULT_READ,
)
"""The services that the tool uses, the most useful first."""

SCOPES_WHERE_OFFERED = (Scope.GROUPS_READ, Scope.NOTICES, Scope.LINKS_READ, Scope.LINKS_UPDATE)
"""Services that few platforms know; the others would refuse a wish for them."""

SERVED = (
    MessageType.RESOURCE_LINK,
    MessageType.DEEP_LINKING,
    MessageType.SUBMISSION_REVIEW,
    MessageType.DATA_PRIVACY,
)
"""Messages that platforms may send."""

IDENTITY_CLAIMS = ("iss", "sub", "locale")
NAME_CLAIMS = ("name", "given_name", "family_name")
CLAIMS: Mapping[PrivacyLevel, tuple[str, ...]] = {
    PrivacyLevel.NAMES: (*IDENTITY_CLAIMS, *NAME_CLAIMS),
    PrivacyLevel.NAMES_AND_OBSERVERS: (*IDENTITY_CLAIMS, *NAME_CLAIMS),
    PrivacyLevel.ANONYMOUS: IDENTITY_CLAIMS,
}

VARIABLES: Mapping[str, str] = {
    "context_id_history": "Context.id.history",
    "resource_link_id_history": "ResourceLink.id.history",
    "person_timezone": "Person.address.timezone",
    "group_ids": "Moodle.Person.userGroupIds",
    "section_ids": "Canvas.course.sectionIds",
}
"""Custom parameters of every launch, and the variables that they ask for."""

CANVAS_PRIVACY: Mapping[PrivacyLevel, str] = {
    PrivacyLevel.NAMES: "name_only",
    PrivacyLevel.NAMES_AND_OBSERVERS: "public",  # below it, it does not say whom they follow
    PrivacyLevel.ANONYMOUS: "anonymous",
}


@dataclass(frozen=True)
class Placement:
    """A place in an LMS from which the tool can be opened, by the LMS's own name for it."""

    name: str
    message: MessageType
    is_usual: bool = False

    @property
    def key(self) -> str:
        """How a form names it; one place may take either message."""
        return f"{self.message.value}/{self.name}"


PLACEMENTS = (
    Placement("course_navigation", MessageType.RESOURCE_LINK, is_usual=True),
    Placement("link_selection", MessageType.DEEP_LINKING, is_usual=True),
    Placement("assignment_selection", MessageType.DEEP_LINKING, is_usual=True),
    Placement("module_menu_modal", MessageType.DEEP_LINKING),
    Placement("course_assignments_menu", MessageType.DEEP_LINKING),
    Placement("editor_button", MessageType.DEEP_LINKING),
)
"""Where the tool makes sense. What else a platform offers is not asked for."""


@dataclass(frozen=True)
class ToolAddress:
    """Where the tool is; ``at`` is its public address, without a path."""

    at: str

    @property
    def domain(self) -> str:
        """Host, with the port where there is one: Moodle compares both."""
        return urlsplit(self.at).netloc

    @property
    def login(self) -> str:
        """Where platforms begin a launch."""
        return f"{self.at}/lti/login"

    @property
    def launch(self) -> str:
        """The one redirect address, and what links point to."""
        return f"{self.at}/lti/launch"

    @property
    def keys(self) -> str:
        """The tool's public keys."""
        return f"{self.at}/lti/jwks.json"

    @property
    def icon(self) -> str:
        """A picture of the tool."""
        return f"{self.at}/static/tool.svg"


@dataclass(frozen=True)
class Offer:
    """What a platform says that it can do; an empty set means that it does not say."""

    product: Product
    scopes: frozenset[str]
    claims: frozenset[str]
    variables: frozenset[str]
    messages: Mapping[str, frozenset[str]]
    """MessageType types with the placements that it offers for each."""

    def has_message(self, message: MessageType) -> bool:
        """Whether it can send ``message``; resource links it can, whatever it lists."""
        return message is MessageType.RESOURCE_LINK or message.value in self.messages

    def placements(self) -> list[Placement]:
        """Those of our placements that it offers."""
        return [
            each for each in PLACEMENTS if each.name in self.messages.get(each.message.value, ())
        ]


@dataclass(frozen=True)
class Wishes:
    """What the administrator has chosen; ``placements`` by their keys."""

    name: str
    privacy: PrivacyLevel
    placements: frozenset[str]


def registration_request(
    tool: ToolAddress, offer: Offer, wishes: Wishes, description: str
) -> dict[str, Any]:
    """The document that registers the tool.

    Nothing is asked for that the platform does not offer (LTI-134), and nothing is said that the
    specification does not know: Canvas refuses a document with one unknown member (LTI-138).

    Source: LTI Dynamic Registration 1.0, "Tool configuration"; Canvas's registration guide.
    """
    claims = [c for c in CLAIMS[wishes.privacy] if not offer.claims or c in offer.claims]
    configuration = {
        "domain": tool.domain,
        "description": description,
        "target_link_uri": tool.launch,
        "custom_parameters": custom_parameters(offer.variables),
        "claims": claims,
        "messages": _messages(tool, offer, wishes),
    }
    if offer.product is Product.CANVAS:
        configuration[CANVAS + "privacy_level"] = CANVAS_PRIVACY[wishes.privacy]
    return {
        "application_type": "web",
        "grant_types": ["implicit", "client_credentials"],
        "response_types": ["id_token"],
        "redirect_uris": [tool.launch],
        "initiate_login_uri": tool.login,
        "client_name": wishes.name,
        "jwks_uri": tool.keys,
        "logo_uri": tool.icon,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(wanted_scopes(offer.scopes)),
        TOOL_CONFIGURATION: configuration,
    }


def canvas_configuration(tool: ToolAddress, name: str, description: str) -> dict[str, Any]:
    """What Canvas takes as the configuration of a developer key, by its address or pasted.

    Source: Canvas's guide "Manually configuring LTI Advantage tools".
    """
    placements = [
        {
            "placement": each.name,
            "message_type": each.message.value,
            "target_link_uri": tool.launch,
            "text": name,
            "enabled": True,
            "default": "disabled" if each.name == "course_navigation" else "enabled",
        }
        for each in PLACEMENTS
        if each.is_usual
    ]
    return {
        "title": name,
        "description": description,
        "oidc_initiation_url": tool.login,
        "target_link_uri": tool.launch,
        "public_jwk_url": tool.keys,
        "scopes": [scope.value for scope in (*SCOPES, Scope.NOTICES)],  # Canvas has notices
        "custom_fields": custom_parameters(),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": tool.domain,
                "tool_id": "lti-mentoring",
                "privacy_level": CANVAS_PRIVACY[PrivacyLevel.NAMES],
                "settings": {"text": name, "icon_url": tool.icon, "placements": placements},
            }
        ],
    }


def wanted_scopes(offered: Collection[str]) -> list[str]:
    """Our scopes that are offered; all the usual ones where nothing is said."""
    wanted = [scope.value for scope in SCOPES if not offered or scope.value in offered]
    return wanted + [scope.value for scope in SCOPES_WHERE_OFFERED if scope.value in offered]


def custom_parameters(variables: Collection[str] = ()) -> dict[str, str]:
    """The tool's custom parameters, without those that a platform says it cannot fill.

    Moodle lists no ``ResourceLink.id.history``, for example, and would send its name instead.
    """
    return {
        name: f"${variable}"
        for name, variable in VARIABLES.items()
        if not variables or variable in variables
    }


def _messages(tool: ToolAddress, offer: Offer, wishes: Wishes) -> list[dict[str, Any]]:
    served = [message for message in SERVED if offer.has_message(message)]
    messages = (_message(tool, offer, wishes, message) for message in served)
    return [message for message in messages if message is not None]


def _message(
    tool: ToolAddress, offer: Offer, wishes: Wishes, message: MessageType
) -> dict[str, Any] | None:
    """One message with the chosen placements; none where all that were offered were declined."""
    offered = [each for each in offer.placements() if each.message is message]
    chosen = [each.name for each in offered if each.key in wishes.placements]
    if offered and not chosen:
        return None
    described: dict[str, Any] = {
        "type": message.value,
        "target_link_uri": tool.launch,
        "label": wishes.name,
    }
    if chosen:
        described["placements"] = chosen
    if offer.product is Product.CANVAS and "course_navigation" in chosen:
        # Otherwise it would appear in the menu of every course of the institution.
        described[CANVAS + "course_navigation/default_enabled"] = False
    return described
