"""What a roster says of one link: the message that each member would be launched with (LTI-96)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_mentoring.vocabulary import AGS_CLAIM, CLAIM, MessageType

KIND = CLAIM + "message_type"
MOST = 10  # messages of one member
MOST_PARAMETERS = 100
LONGEST = 2000  # characters of a value


@dataclass(frozen=True)
class LinkMessage:
    """A member's launch of one link, as far as it differs from that of others.

    ``custom`` has the parameters that were filled in, as text. The addresses of columns are null
    where they are not told.
    """

    custom: Mapping[str, str] = field(default_factory=dict)
    line_item_url: str | None = None
    line_items_url: str | None = None


def in_member(told: object) -> tuple[LinkMessage, ...]:
    """The launches of a roster member's ``message``; what is none of them is passed over.

    A single message may come without its list.

    Source: LTI-NRPS 2.0, 2.4.2 "Resource link membership service".
    """
    listed = told if isinstance(told, list) else [told]
    objects = (each for each in listed[:MOST] if isinstance(each, dict))
    return tuple(_message(each) for each in objects if each.get(KIND) == MessageType.RESOURCE_LINK)


def _message(told: Mapping[str, Any]) -> LinkMessage:
    custom, grading = told.get(CLAIM + "custom"), told.get(AGS_CLAIM)
    grading = grading if isinstance(grading, dict) else {}
    return LinkMessage(
        custom=_filled_in(custom) if isinstance(custom, dict) else {},
        line_item_url=_address(grading.get("lineitem")),
        line_items_url=_address(grading.get("lineitems")),
    )


def _filled_in(custom: Mapping[str, Any]) -> dict[str, str]:
    """Values as text, without variables that nobody has filled in (LTI-69)."""
    texts = {
        name: str(value)
        for name, value in list(custom.items())[:MOST_PARAMETERS]
        if isinstance(value, str | int | float)
    }
    return {
        name: value
        for name, value in texts.items()
        if not value.startswith("$") and len(value) <= LONGEST
    }


def _address(told: object) -> str | None:
    is_one = isinstance(told, str) and 0 < len(told) <= LONGEST
    return str(told) if is_one else None
