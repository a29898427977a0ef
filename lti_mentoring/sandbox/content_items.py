"""What a tool answers to a selection of content, read strictly.

Source: LTI Deep Linking 2.0, sections 3 and 4.5; LTI-80 to LTI-87.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lti_mentoring.sandbox.access import LEEWAY, AccessRefused, is_number, verified_claims
from lti_mentoring.sandbox.tools import Tool, origin_of
from lti_mentoring.sandbox.vocabulary import (
    DEEP_LINKING_CLAIM,
    DEEP_LINKING_RESPONSE,
    LINK_ITEM,
    LTI_CLAIM,
)

if TYPE_CHECKING:
    from lti_mentoring.sandbox.dialogs import Dialog
    from lti_mentoring.sandbox.state import Sandbox

Json = Mapping[str, object]


class AnswerRefused(Exception):
    """An answer that the LMS does not take, in a sentence."""


@dataclass(frozen=True)
class ContentItem:
    """A link to content of the tool, on its way into a course."""

    title: str
    text: str
    url: str
    opens_in: str
    custom: dict[str, object] = field(default_factory=dict)
    line_item: dict[str, object] | None = None


@dataclass(frozen=True)
class Answer:
    """What was selected, and what the tool wants to say about it."""

    items: tuple[ContentItem, ...]
    message: str
    error: str


def read_answer(sandbox: "Sandbox", dialog: "Dialog", token: str) -> Answer:
    """What the signed answer holds.

    Raises:
        AnswerRefused: if anything about it is wrong.
    """
    if dialog.answered:
        raise AnswerRefused("This selection has been answered already.")
    tool = sandbox.tools.find(dialog.client_id)
    try:
        claims = verified_claims(token, sandbox.keys_of(tool))
    except AccessRefused as refused:
        raise AnswerRefused(f"The answer cannot be trusted: {refused.description}.") from refused
    _check_token(sandbox, tool, claims)
    _check_message(tool, dialog, claims)
    return Answer(
        items=_items(sandbox, dialog, tool, claims),
        message=str(claims.get(DEEP_LINKING_CLAIM + "msg") or ""),
        error=str(claims.get(DEEP_LINKING_CLAIM + "errormsg") or ""),
    )


def _check_token(sandbox: "Sandbox", tool: Tool, claims: Json) -> None:
    now, audience = sandbox.clock(), claims.get("aud")
    issued, expires, nonce = claims.get("iat"), claims.get("exp"), claims.get("nonce")
    if claims.get("iss") != tool.client_id:
        raise AnswerRefused("Its iss must be the tool's client id.")
    if sandbox.issuer not in (audience if isinstance(audience, list) else [audience]):
        raise AnswerRefused("Its aud must be the issuer of this LMS.")
    if not is_number(issued) or not is_number(expires):
        raise AnswerRefused("It needs iat and exp as numbers.")
    if expires <= now - LEEWAY or issued > now + LEEWAY:
        raise AnswerRefused("It has expired, or is from the future.")
    if not isinstance(nonce, str) or not nonce or not sandbox.dialogs.is_new(nonce):
        raise AnswerRefused("It needs a nonce of its own.")


def _check_message(tool: Tool, dialog: "Dialog", claims: Json) -> None:
    wanted = {
        "deployment_id": tool.deployment_id,
        "message_type": DEEP_LINKING_RESPONSE,
        "version": "1.3.0",
    }
    for name, value in wanted.items():
        if claims.get(LTI_CLAIM + name) != value:
            raise AnswerRefused(f"Its {name} must be {value}.")
    data = DEEP_LINKING_CLAIM + "data"
    if not dialog.data and data in claims:
        raise AnswerRefused("It echoes data, but none was sent.")
    if dialog.data and claims.get(data) != dialog.data:
        raise AnswerRefused("It must echo data exactly as it was sent.")


def _items(
    sandbox: "Sandbox", dialog: "Dialog", tool: Tool, claims: Json
) -> tuple[ContentItem, ...]:
    sent = claims.get(DEEP_LINKING_CLAIM + "content_items", [])
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise AnswerRefused("Its content_items must be a list of objects.")
    if len(sent) > 1 and not dialog.several:
        raise AnswerRefused("Only one item can be selected here.")
    for each in sent:
        if each.get("type") not in sandbox.accent.dialog.accept_types:
            raise AnswerRefused(f"Items of the type {each.get('type')} cannot be taken here.")
    return tuple(_link(sandbox, tool, each) for each in sent if each["type"] == LINK_ITEM)


def _link(sandbox: "Sandbox", tool: Tool, sent: Json) -> ContentItem:
    url, custom = sent.get("url", ""), sent.get("custom", {})
    if not isinstance(url, str) or (url and origin_of(url) != tool.origin):
        raise AnswerRefused("An item's url must be an address of the tool.")
    if not isinstance(custom, dict):
        raise AnswerRefused("An item's custom must be an object.")
    windowed = "window" in sent and "iframe" not in sent and sandbox.accent.dialog.keeps_target
    return ContentItem(
        title=str(sent.get("title") or tool.name),
        text=str(sent.get("text") or ""),
        url=url,
        opens_in="window" if windowed else "iframe",
        custom=dict(custom),
        line_item=_line_item(sandbox, sent),
    )


def _line_item(sandbox: "Sandbox", sent: Json) -> dict[str, object] | None:
    line_item = sent.get("lineItem")
    if line_item is None:
        return None
    if not isinstance(line_item, dict):
        raise AnswerRefused("An item's lineItem must be an object.")
    maximum = line_item.get("scoreMaximum")
    if not is_number(maximum) or maximum <= 0:
        raise AnswerRefused("A lineItem needs a scoreMaximum greater than 0.")
    title = sent.get("title") or "Activity"
    label = (sandbox.accent.dialog.keeps_label and line_item.get("label")) or title
    return {**line_item, "label": str(label)}
