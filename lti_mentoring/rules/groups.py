"""The groups of a course that a member is in, as LMSs tell them: ids, now and then with a name.

All groups of a member are one short text, a list in JSON, ordered and without doubles. So a
launch and a reading of a roster compare one value a person, and write nothing when it is the same.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lti_mentoring.vocabulary import PairingGroups

MOST = 50  # groups of one person
LONGEST_ID = 64
LONGEST_NAME = 100
SHORT_ID = 8

GROUP_IDS = "group_ids"
SECTION_IDS = "section_ids"
"""Custom parameters of a launch: ids with commas, from a variable such as
``$Moodle.Person.userGroupIds`` or ``$Canvas.course.sectionIds``."""

SECTION = "section/"  # begins the ids of sections, which are numbered apart from groups

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_DIGEST = re.compile(r"[0-9a-f-]{16,}", re.IGNORECASE | re.ASCII)  # Sakai's ids are UUIDs


class Group(NamedTuple):
    """A group or section of a course. Most LMSs tell no name."""

    id: str
    name: str = ""

    @property
    def is_section(self) -> bool:
        """Whether it is a section of the course, not a group inside it."""
        return self.id.startswith(SECTION)

    @property
    def is_word(self) -> bool:
        """Whether the id says something by itself, such as "tutorial-a"."""
        return any(letter.isalpha() for letter in self.id) and not _DIGEST.fullmatch(self.id)

    @property
    def short_id(self) -> str:
        """The id as far as people can compare it with a list."""
        bare = self.id.removeprefix(SECTION)
        return bare[:SHORT_ID] if _DIGEST.fullmatch(bare) else bare


def write(groups: Iterable[Group]) -> str:
    """``groups`` as one text; empty for none. Equal sets of groups give equal texts."""
    by_id = {group.id: group for group in groups if group.id}
    chosen = [by_id[group_id] for group_id in sorted(by_id)[:MOST]]
    return _JSON.encode(chosen) if chosen else ""


def read(text: str) -> tuple[Group, ...]:
    """The groups of a text that ``write`` made."""
    return tuple(Group(*each) for each in json.loads(text)) if text else ()


def shares(one: str, other: str) -> bool:
    """Whether two texts that ``write`` made have a group in common."""
    return bool({group.id for group in read(one)} & {group.id for group in read(other)})


def may_pair(rule: PairingGroups, one: str, other: str) -> bool:
    """Whether two people of these groups may be a pair (both as ``write`` makes them).

    Who is in no group shares none with anybody.

    Source: mentoring.md 4.4, hard constraints.
    """
    if rule is PairingGroups.ANY:
        return True
    return shares(one, other) is (rule is PairingGroups.SAME)


def mark_of(group_id: str) -> str:
    """What stands in the text of everybody in this group, and of nobody else."""
    return f"[{_JSON.encode(group_id)},"


def in_roster(told: object) -> str | None:
    """The groups of one roster member's ``group_enrollments``; null if they say nothing.

    Entries are objects with ``group_id`` and maybe a name, or bare ids; a text is a list with
    commas. Unreadable entries are left out.

    Source: LTI Course Groups 1.0; LTI-144.
    """
    if isinstance(told, dict):
        told = [told]
    if isinstance(told, str):
        told = told.split(",")
    if not isinstance(told, list):
        return None
    return write(_entry(each) for each in told) if told else ""


def in_launch(custom: Mapping[str, object]) -> str | None:
    """The groups and sections that a launch's own parameters tell; null if they say nothing.

    A variable that the platform does not know comes back as it was asked for, with its dollar
    sign; an empty text means that the person is in no group.

    Source: LTI-71; Moodle's ``Moodle.Person.userGroupIds``.
    """
    lists = ((prefix, custom.get(name)) for name, prefix in _PARAMETERS if name in custom)
    told = [(prefix, ids) for prefix, ids in lists if isinstance(ids, str) and "$" not in ids]
    if not told:
        return None
    return write(
        Group(prefix + _clean(each, LONGEST_ID))
        for prefix, ids in told
        for each in ids.split(",")
        if _clean(each, LONGEST_ID)
    )


def with_names(told: str | None, known: str) -> str:
    """``told``, with the names that ``known`` has of the same groups; else ``known``."""
    if told is None or told == known:
        return known
    names = dict(read(known))
    return write(Group(group.id, group.name or names.get(group.id, "")) for group in read(told))


_PARAMETERS = ((GROUP_IDS, ""), (SECTION_IDS, SECTION))


def _entry(told: object) -> Group:
    """A group without id, which ``write`` leaves out, if it cannot be read."""
    if not isinstance(told, dict):
        return Group(_id(told))
    name = next((told[key] for key in ("group_name", "name") if key in told), "")
    return Group(_id(told.get("group_id", told.get("id"))), _clean(name, LONGEST_NAME))


def _id(told: object) -> str:
    if isinstance(told, int) and not isinstance(told, bool):
        return str(told)[:LONGEST_ID]
    return _clean(told, LONGEST_ID)


def _clean(value: object, limit: int) -> str:
    if not isinstance(value, str):
        return ""
    text = value if value.isprintable() else "".join(filter(str.isprintable, value))
    return text.strip()[:limit].rstrip()
