"""The tool's links in a course: listing and changing them (Link and Content Service 1.0).

The documents of 1EdTech are for its members; what is here was read in tools and libraries that
speak the service, and in a claim of a Blackboard Learn (LTI-147).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.links import next_page, with_query
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.core.http import Answer
from lti_mentoring.core.texts import clean, is_identifier
from lti_mentoring.rules.contents import content_key
from lti_mentoring.rules.deep_linking import LINK
from lti_mentoring.vocabulary import Scope

MOST_PAGES = 100
MOST_LINKS = 1000
LONGEST_TITLE = 255
LONGEST_ADDRESS = 2000
JSON = "application/json"
HEADERS = {"Accept": JSON}
FIXED = "the LMS does not let this be changed"


@dataclass(frozen=True)
class ListedLink:
    """A link as the LMS lists it. ``address`` is where it is changed, ``lti_id`` as in launches.

    ``content_key`` is the placed content that it names; ``fixed`` are the fields that nobody may
    change.
    """

    address: str
    lti_id: str
    title: str
    content_key: str
    fixed: frozenset[str]


@dataclass(frozen=True)
class LinkChanges:
    """What is to become of a link: null leaves a field as it is.

    ``custom`` has parameters to be set, and with null those to be taken out; the others stay.
    """

    title: str | None = None
    text: str | None = None
    url: str | None = None
    custom: Mapping[str, str | None] = field(default_factory=dict)

    def made_in(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The members of ``item`` that become others, with their new values."""
        told = {"title": self.title, "text": self.text, "url": self.url}
        wanted: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
        if self.custom:
            wanted["custom"] = self._custom_in(item)
        return {name: value for name, value in wanted.items() if item.get(name) != value}

    def _custom_in(self, item: Mapping[str, Any]) -> dict[str, Any]:
        stands = item.get("custom")
        merged = {**(stands if isinstance(stands, dict) else {}), **self.custom}
        return {name: value for name, value in merged.items() if value is not None}


def list_links(client: ServiceClient, url: str) -> list[ListedLink]:
    """All of the tool's links in the course; what is no link is passed over.

    Raises:
        PlatformUnavailable: if asking later may help; also if the list does not end.
        PlatformRefused: if the tool may not list them, or a page is on another host.
    """
    found: dict[str, ListedLink] = {}
    for answer, page in _pages(client, with_query(url, type=LINK)):
        for entry in _entries(answer):
            link = _link(entry, page) if isinstance(entry, dict) else None
            if link is not None:
                found[link.address] = link
    return list(found.values())[:MOST_LINKS]


def change_link(client: ServiceClient, address: str, changes: LinkChanges) -> bool:
    """Make the changes, and leave everything else as it stands; whether anything was to be done.

    The whole link is read and written back, since what is left out is removed.

    Raises:
        PlatformUnavailable: if asking later may help.
        PlatformRefused: if the tool may not change it, or not this of it.
    """
    stands = client.call("GET", address, [Scope.LINKS_READ], headers=HEADERS).json()
    if not isinstance(stands, dict):
        raise PlatformUnavailable("the LMS's answer is no link")
    made = changes.made_in(stands)
    if not made:
        return False
    if not _fixed(stands).isdisjoint(made):
        raise PlatformRefused(FIXED, 0)
    sent = {**HEADERS, "Content-Type": JSON}
    client.call("PUT", address, [Scope.LINKS_UPDATE], headers=sent, json={**stands, **made})
    return True


def _pages(client: ServiceClient, first: str) -> Iterator[tuple[Answer, str]]:
    page: str | None = first
    seen: set[str] = set()
    while page is not None:
        if page in seen or len(seen) >= MOST_PAGES:
            raise PlatformUnavailable("the list of links does not end")
        seen.add(page)
        answer = client.call("GET", page, [Scope.LINKS_READ], headers=HEADERS)
        yield answer, page
        page = next_page(answer.headers.get("Link", ""), page, first)


def _entries(answer: Answer) -> list[Any]:
    """A list, or an object that has it: both are written."""
    if not answer.body.strip():
        return []
    content: Any = answer.json()
    listed = content.get("items") if isinstance(content, dict) else content
    if not isinstance(listed, list):
        raise PlatformUnavailable("the LMS's answer is no list of links")
    return listed


def _link(entry: Mapping[str, Any], page: str) -> ListedLink | None:
    """One link; none if it is of another kind, or its address is elsewhere: a token goes there."""
    told = entry.get("id")
    if entry.get("type", LINK) != LINK or not isinstance(told, str) or not told:
        return None
    address = urljoin(page, told)
    if urlsplit(address)[:2] != urlsplit(page)[:2] or len(address) > LONGEST_ADDRESS:
        return None
    custom, url, lti_id = entry.get("custom"), entry.get("url"), entry.get("resourceLinkId")
    return ListedLink(
        address=address,
        lti_id=str(lti_id) if is_identifier(lti_id) else "",
        title=clean(entry.get("title"), LONGEST_TITLE),
        content_key=_key(custom, url),
        fixed=_fixed(entry),
    )


def _key(custom: object, url: object) -> str:
    try:
        return content_key(custom if isinstance(custom, dict) else {}, str(url or ""))
    except ValueError:  # an address that is none
        return ""


def _fixed(entry: Mapping[str, Any]) -> frozenset[str]:
    told = entry.get("readonly")
    return (
        frozenset(each for each in told if isinstance(each, str))
        if isinstance(told, list)
        else frozenset()
    )
