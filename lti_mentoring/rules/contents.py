"""The kinds of content that can be placed into a course. A new kind is one row here.

What each is called and which page it opens stands beside, in ``web/contents.py``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lti_mentoring.vocabulary import Audience, ContentKind, LineItemKind


@dataclass(frozen=True, slots=True)
class Content:
    """A kind of content; ``column`` is that of the gradebook which a link of it may bring along."""

    kind: ContentKind
    icon: str
    audience: Audience
    column: LineItemKind | None = None


CONTENTS: tuple[Content, ...] = (
    Content(ContentKind.PROGRAM, "people", Audience.EVERYBODY, LineItemKind.ENGAGEMENT),
    Content(ContentKind.GET_STARTED, "list-check", Audience.LEARNERS),
    Content(ContentKind.MENTORS, "person", Audience.LEARNERS),
    Content(ContentKind.GOAL, "bullseye", Audience.LEARNERS),
    Content(ContentKind.SESSION, "calendar-event", Audience.EVERYBODY),
    Content(ContentKind.MY_ENGAGEMENT, "check-lg", Audience.LEARNERS, LineItemKind.ENGAGEMENT),
    Content(ContentKind.LOOK_BACK, "chat-left-text", Audience.LEARNERS),
    Content(ContentKind.MENTOR_CARD, "pencil", Audience.MENTORS),
)
"""In the order in which they are offered: that of a term."""

CONTENT_OF: Mapping[ContentKind, Content] = {content.kind: content for content in CONTENTS}

_CONTENT_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def content_key(custom: Mapping[str, Any], target: str) -> str:
    """The key of the placed content that a link names, empty if none (LTI-84).

    It stands in the link's own parameters and in its address. A platform may lose one of the two;
    where both have come, they have to be the same.
    """
    told = custom.get("content")
    if told is None and "content=" not in target:
        return ""  # nearly always, at the lowest price
    in_address = parse_qs(urlsplit(target).query).get("content", [])
    found = {*in_address, *([] if told is None else [told if isinstance(told, str) else ""])}
    key = found.pop() if len(found) == 1 else ""
    return key if _CONTENT_KEY.fullmatch(key) else ""
