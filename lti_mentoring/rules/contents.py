"""The kinds of content that can be placed into a course. A new kind is one row here.

What each is called and which page it opens stands beside, in ``web/contents.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

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
