"""Reading a course's groups (Course Groups Service 1.0, LTI-143)."""

from typing import Any

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.links import next_page, with_query
from lti_mentoring.core.errors import PlatformUnavailable
from lti_mentoring.core.http import Answer
from lti_mentoring.rules.groups import MOST, Group, in_roster, read
from lti_mentoring.vocabulary import MediaType, Scope

MOST_PAGES = 100
HEADERS = {"Accept": MediaType.GROUPS.value}


def read_groups(client: ServiceClient, url: str, subject: str | None = None) -> list[Group]:
    """The course's groups, or those of one person, with their names.

    A next page that is not there ends the list: Sakai's leads nowhere (S8).

    Raises:
        PlatformUnavailable: if asking later may help.
        PlatformRefused: if the tool may not read them.
    """
    first = with_query(url, user_id=subject) if subject else url
    found: dict[str, Group] = {}
    seen: set[str] = set()
    page: str | None = first
    while page is not None and page not in seen and len(seen) < MOST_PAGES:
        seen.add(page)
        if page == first:
            answer = client.call("GET", page, [Scope.GROUPS_READ], headers=HEADERS)
        else:
            answer = client.ask("GET", page, [Scope.GROUPS_READ], headers=HEADERS)
            if not answer.ok:
                break
        found |= {group.id: group for group in _groups(answer)}
        page = next_page(answer.headers.get("Link", ""), page, first)
    return list(found.values())


def _groups(answer: Answer) -> list[Group]:
    if not answer.body.strip():
        return []
    content: Any = answer.json()
    listed = content.get("groups") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise PlatformUnavailable("the LMS's answer is no list of groups")
    parts = (listed[start : start + MOST] for start in range(0, len(listed), MOST))
    return [group for part in parts for group in read(in_roster(part) or "")]
