"""Reading a course's roster, page by page (LTI-NRPS 2.0, tolerant as lti.md 1.7 and 3 ask)."""

import html
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.links import differences_page, next_page, with_query
from lti_mentoring.core.errors import PlatformUnavailable
from lti_mentoring.core.texts import clean, is_identifier
from lti_mentoring.rules.groups import in_roster
from lti_mentoring.rules.link_messages import LinkMessage, in_member
from lti_mentoring.vocabulary import MediaType, Scope

MOST_PAGES = 5000
ACTIVE = "Active"
LONGEST_NAME = 255
LONGEST_STATUS = 40
HEADERS = {"Accept": MediaType.MEMBERSHIPS.value}  # this and nothing else (LTI-91)


class Member(NamedTuple):
    """What we keep of one roster entry, cleaned as a launch's facts are.

    Names are empty when they are withheld. An address is not kept: nothing here needs one.

    ``groups`` are written by ``rules/groups.py``; null if the entry does not speak of them.
    """

    subject: str
    name: str
    given_name: str
    roles: tuple[str, ...]
    status: str
    groups: str | None

    @property
    def is_active(self) -> bool:
        """Whether the person belongs to the course now."""
        return self.status.lower() == ACTIVE.lower()


class RosterReading:
    """One reading of a roster: iterate over it for its pages, then ask whether it was whole.

    Pages have ``page_size`` members, or fewer where the platform's profile says so. ``complete``
    is true only after the last page, if no page came twice and every entry could be read; nobody
    may be taken for gone otherwise.

    ``differences_url`` is where to ask what has changed since, if the platform tells; the first
    page's, so that nothing is lost that changes while the others are read. Such an address is
    read without a ``page_size``, since nothing may be added to it.

    With a ``link_id`` the list is of those who may open that link (LTI-96), and ``messages`` are
    what each of them would be launched with, by subject. Who has none on the whole list has met an
    LMS that does not know the parameter: then the list is the course's.
    """

    def __init__(
        self,
        client: ServiceClient,
        url: str,
        page_size: int | None = None,
        link_id: str | None = None,
    ) -> None:
        self.complete = False
        self.differences_url: str | None = None
        self.messages: dict[str, tuple[LinkMessage, ...]] = {}
        self._client = client
        self._link_id = link_id
        profile = client.tool.profile
        wanted: dict[str, str | int] = {} if link_id is None else {"rlid": link_id}
        if page_size is not None:
            wanted["limit"] = min(page_size, profile.roster_page_most)
        self._first = with_query(url, **wanted) if wanted else url
        self._seen_groups: dict[str, str | None] = {}
        self._unescape = profile.escapes_names

    def __iter__(self) -> Iterator[list[Member]]:
        """Pages as they come.

        Raises:
            PlatformUnavailable: if a page could not be had, or is no roster.
            PlatformRefused: if the platform refuses, or leads to another host.
        """
        page: str | None = self._first
        seen: set[str] = set()
        all_readable = True
        while page is not None and page not in seen and len(seen) < MOST_PAGES:
            seen.add(page)
            answer = self._client.call("GET", page, [Scope.ROSTER_READ], headers=HEADERS)
            entries = _entries(answer.body)
            members = [self._member(entry) for entry in entries]
            readable = [member for member in members if member is not None]
            all_readable = all_readable and len(readable) == len(members)
            yield readable
            links = answer.headers.get("Link", "")
            if self.differences_url is None and links:
                self.differences_url = differences_page(links, page, self._first)
            page = next_page(links, page, self._first)
        self.complete = page is None and all_readable

    def _member(self, entry: Any) -> Member | None:
        subject = _subject(entry.get("user_id")) if isinstance(entry, dict) else None
        if subject is None:
            return None
        if self._link_id is not None and (found := in_member(entry.get("message"))):
            self.messages[subject] = found
        given_name = self._name(entry.get("given_name"))
        name = self._name(entry.get("name"))
        if not name:
            name = clean(f"{given_name} {self._name(entry.get('family_name'))}", LONGEST_NAME)
        return Member(
            subject,
            name,
            given_name,
            _roles(entry.get("roles")),
            clean(entry.get("status"), LONGEST_STATUS) or ACTIVE,
            self._groups(entry.get("group_enrollments")),
        )

    def _name(self, told: object) -> str:
        """Cleaned last: what is escaped may be a mark that turns the direction."""
        if self._unescape and isinstance(told, str):
            told = html.unescape(told)
        return clean(told, LONGEST_NAME)

    def _groups(self, told: Any) -> str | None:
        """A course has thousands of people and a handful of groups: each text is made once."""
        if told is None:
            return None
        key = repr(told)
        if key not in self._seen_groups:
            self._seen_groups[key] = in_roster(told)
        return self._seen_groups[key]


def _entries(body: bytes) -> list[Any]:
    """The members of one page; Sakai sends an empty body where a page has none."""
    if not body.strip():
        return []
    try:
        content = json.loads(body)
    except ValueError as error:
        raise PlatformUnavailable("the roster is no JSON") from error
    members = content.get("members") if isinstance(content, dict) else None
    if not isinstance(members, list):
        raise PlatformUnavailable("the LMS's answer is no roster")
    return members


def _subject(told: object) -> str | None:
    """The person's id as it is; nothing if it is none: a part of an id may be another person's."""
    if isinstance(told, int) and not isinstance(told, bool):
        told = str(told)
    return told if isinstance(told, str) and is_identifier(told) else None


def _roles(value: Any) -> tuple[str, ...]:
    """A list, or one string with commas (older Sakai)."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(","))
    if isinstance(value, list):
        return tuple([role for role in value if isinstance(role, str)])
    return ()
