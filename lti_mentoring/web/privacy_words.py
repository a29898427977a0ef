"""What is kept about a person, in words for whoever sees to it; what becomes of it, too."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from lti_mentoring.services.privacy import REGISTER, Keeping

KINDS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Name, language and time zone from the LMS"), ("platform_user",)),
    (_("Courses, roles and groups"), ("membership", "participant")),
    (
        _("What they want or offer, and when they have time"),
        ("intake", "topic_want", "mentor_profile", "topic_offer", "availability_window"),
    ),
    (_("Requests to mentors"), ("mentor_request",)),
    (_("Pairs, signatures and how the two fit"), ("pairing", "agreement_signature", "fit_check")),
    (
        _("Goals and things to do"),
        ("goal", "milestone", "goal_entry", "action_item"),
    ),
    (_("Sessions and who said that they took place"), ("mentoring_session", "attendance_report")),
    (_("Agendas and private notes"), ("agenda_item", "note")),
    (_("Drafts and closing words"), ("draft", "closing")),
    (
        _("Engagement, exemptions and scores"),
        ("engagement_event", "engagement_score", "exemption", "score_publication"),
    ),
    (_("Who follows their progress"), ("observation",)),
    (_("Links that the LMS does not open to them"), ("link_exclusion",)),
    (_("Who did what when, without any text"), ("activity",)),
)
"""Every exported table stands in exactly one line, which a test sees to."""

DELETED, EMPTIED, KEPT = "deleted", "emptied", "kept"


class Line(NamedTuple):
    """One kind of data; ``fate`` is what erasing does with it."""

    label: Any
    entries: int
    fate: str


def lines_of(counts: Mapping[str, int]) -> list[Line]:
    """The kinds of which there is anything, with how many entries."""
    found = (
        Line(label, sum(counts.get(name, 0) for name in names), fate_of(names))
        for label, names in KINDS
    )
    return [line for line in found if line.entries]


def fate_of(names: tuple[str, ...]) -> str:
    """What erasing does with these tables, as far as one word can say it."""
    fates = {REGISTER[name].keeping for name in names}
    if fates == {Keeping.DELETED}:
        return DELETED
    return KEPT if fates == {Keeping.KEPT} else EMPTIED
