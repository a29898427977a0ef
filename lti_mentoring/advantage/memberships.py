"""Reading a course's roster, page by page (LTI-NRPS 2.0, tolerant as lti.md 1.7 and 3 ask)."""

import html
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.links import next_page, with_query
from lti_mentoring.core.errors import PlatformUnavailable
from lti_mentoring.vocabulary import MediaType, Product, Scope

MOST_PAGES = 5000
ACTIVE = "Active"
HEADERS = {"Accept": MediaType.MEMBERSHIPS.value}  # this and nothing else (LTI-91)


class Member(NamedTuple):
    """What we keep of one roster entry. Names and address are empty when they are withheld."""

    subject: str
    name: str
    given_name: str
    email: str
    roles: tuple[str, ...]
    status: str


class RosterReading:
    """One reading of a roster: iterate over it for its pages, then ask whether it was whole.

    ``complete`` is true only after the last page, if no page came twice and every entry could
    be read; nobody may be taken for gone otherwise.
    """

    def __init__(self, client: ServiceClient, url: str, page_size: int) -> None:
        self.complete = False
        self._client = client
        self._first = with_query(url, limit=page_size)
        self._unescape = client.tool.product == Product.MOODLE  # it escapes names here only

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
            page = next_page(answer.headers.get("Link", ""), page, self._first)
        self.complete = page is None and all_readable

    def _member(self, entry: Any) -> Member | None:
        if not isinstance(entry, dict) or not entry.get("user_id"):
            return None
        name = _text(entry.get("name"))
        given_name = _text(entry.get("given_name"))
        if not name:
            name = f"{given_name} {_text(entry.get('family_name'))}".strip()
        if self._unescape:
            name, given_name = html.unescape(name), html.unescape(given_name)
        email, status = _text(entry.get("email")), _text(entry.get("status")) or ACTIVE
        named = _roles(entry.get("roles"))
        return Member(str(entry["user_id"]), name, given_name, email, named, status)


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


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _roles(value: Any) -> tuple[str, ...]:
    """A list, or one string with commas (older Sakai)."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(","))
    if isinstance(value, list):
        return tuple([role for role in value if isinstance(role, str)])
    return ()
