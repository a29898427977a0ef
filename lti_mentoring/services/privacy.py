"""The privacy register: what each table holds about people, and what becomes of it.

Every table stands here, which a test sees to; export and erasure walk this register.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Keeping(StrEnum):
    """What happens to a row when its person is erased."""

    DELETED = "deleted"
    EMPTIED = "emptied"  # the row stays for the numbers, its texts and names go
    KEPT = "kept"
    EXPIRES = "expires"  # gone by itself within a day or two


@dataclass(frozen=True)
class Entry:
    """Whether a person's export has it, what erasure does with it, and why."""

    is_exported: bool
    keeping: Keeping
    reason: str


def _exported(keeping: Keeping, reason: str) -> Entry:
    return Entry(is_exported=True, keeping=keeping, reason=reason)


def _internal(keeping: Keeping, reason: str) -> Entry:
    return Entry(is_exported=False, keeping=keeping, reason=reason)


REGISTER: Mapping[str, Entry] = {
    "access_token": _internal(Keeping.EXPIRES, "a platform's token, no person in it"),
    "action_item": _exported(Keeping.DELETED, "typed by the pair"),
    "activity": _exported(Keeping.KEPT, "who did what when, without content; audit"),
    "administrator_visit": _internal(Keeping.EXPIRES, "a login of an administrator, hashed"),
    "agenda_item": _exported(Keeping.DELETED, "typed by the pair"),
    "agreement": _internal(Keeping.KEPT, "the program's text"),
    "agreement_signature": _exported(Keeping.EMPTIED, "that it was signed stays, the name goes"),
    "attendance_report": _exported(Keeping.KEPT, "a fact behind the score"),
    "availability_window": _exported(Keeping.DELETED, "the person's own hours"),
    "closing": _exported(Keeping.DELETED, "private text of its author, and the person's choice"),
    "content_item": _internal(Keeping.KEPT, "a link that somebody placed into a course"),
    "course": _internal(Keeping.KEPT, "no person in it"),
    "course_link": _internal(Keeping.KEPT, "a link of the course as its LMS lists it"),
    "course_links_reading": _internal(Keeping.KEPT, "no person in it"),
    "deep_linking_request": _internal(Keeping.EXPIRES, "what a platform asks for; an hour"),
    "deployment": _internal(Keeping.KEPT, "no person in it"),
    "draft": _exported(Keeping.DELETED, "typed and not sent yet"),
    "engagement_event": _exported(Keeping.KEPT, "the ledger: academic record, numbers only"),
    "engagement_rubric": _internal(Keeping.KEPT, "the program's rule"),
    "engagement_score": _exported(Keeping.KEPT, "academic record, numbers only"),
    "exemption": _exported(Keeping.EMPTIED, "the days stay, the coordinator's note goes"),
    "fit_check": _exported(Keeping.DELETED, "a private answer"),
    "goal": _exported(Keeping.DELETED, "typed by the person"),
    "goal_entry": _exported(Keeping.DELETED, "typed by the pair"),
    "intake": _exported(Keeping.DELETED, "typed by the person"),
    "line_item": _internal(Keeping.KEPT, "a gradebook column, no person in it"),
    "link_exclusion": _exported(
        Keeping.DELETED, "that the LMS did not open a link to the person, by its own word"
    ),
    "link_roster": _internal(Keeping.KEPT, "counts only"),
    "membership": _exported(Keeping.EMPTIED, "that somebody was in the course stays, groups go"),
    "mentor_profile": _exported(Keeping.DELETED, "typed by the person"),
    "mentor_request": _exported(Keeping.EMPTIED, "that it was asked stays, the note goes"),
    "mentoring_session": _exported(Keeping.EMPTIED, "that it was held stays, notes and place go"),
    "milestone": _exported(Keeping.DELETED, "typed by the person"),
    "note": _exported(Keeping.DELETED, "private text of its author"),
    "observation": _exported(
        Keeping.DELETED, "who follows whom by the LMS's word, and if it is shared"
    ),
    "pairing": _exported(Keeping.KEPT, "who worked with whom when, without content"),
    "participant": _exported(Keeping.KEPT, "that somebody took part"),
    "platform": _internal(Keeping.KEPT, "no person in it"),
    "platform_key_set": _internal(Keeping.KEPT, "public keys"),
    "platform_pace": _internal(Keeping.KEPT, "a platform's limits, no person in it"),
    "platform_user": _exported(Keeping.EMPTIED, "name and zone go; the opaque id stays"),
    "program": _internal(Keeping.KEPT, "the program's design"),
    "program_break": _internal(Keeping.KEPT, "the program's design"),
    "refused_launch": _internal(Keeping.EXPIRES, "holds codes and reasons, no person"),
    "registration": _internal(Keeping.KEPT, "no person in it"),
    "registration_invite": _internal(Keeping.KEPT, "no person in it, its secret hashed"),
    "resource_link": _internal(Keeping.KEPT, "no person in it"),
    "roster_differences": _internal(Keeping.KEPT, "where an LMS tells changes, no person in it"),
    "roster_sync": _internal(Keeping.KEPT, "counts only"),
    "score_publication": _exported(Keeping.KEPT, "what was sent to the gradebook"),
    "sign_in": _internal(Keeping.EXPIRES, "a login, hashed"),
    "tool_key": _internal(Keeping.KEPT, "the tool's own keys"),
    "topic": _internal(Keeping.KEPT, "the program's design"),
    "topic_offer": _exported(Keeping.DELETED, "the person's own choice"),
    "topic_want": _exported(Keeping.DELETED, "the person's own choice"),
    "used_state": _internal(Keeping.EXPIRES, "that a launch was used up, hashed"),
    "waiting_launch": _internal(
        Keeping.EXPIRES, "minutes; a launch's claims between its two steps"
    ),
}
