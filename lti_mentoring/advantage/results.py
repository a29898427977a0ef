"""Reading what stands in a gradebook column (LTI-AGS 2.0, result service; LTI-118)."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.links import below, next_page, with_query
from lti_mentoring.core.errors import PlatformUnavailable
from lti_mentoring.core.http import Answer
from lti_mentoring.rules.overrides import LARGEST, Grade
from lti_mentoring.rules.platform_profiles import OneResult
from lti_mentoring.vocabulary import MediaType, Scope

MOST_PAGES = 200
HEADERS = {"Accept": MediaType.RESULTS.value}

Results = Mapping[str, Mapping[str, Any]]
"""Users to their results as they came; ``grade_in`` reads one."""


def read_all(client: ServiceClient, line_item_url: str) -> Results:
    """Everybody's results, whoever is meant by them: some LMSs list ungraded people (S6).

    Pages are asked for only where that works (M13). A column that leads in circles ends where it
    would begin again: whoever is missing has nothing to compare.

    Raises:
        PlatformUnavailable: if a page could not be had, or holds no results.
        PlatformRefused: if the tool may not look.
    """
    limit = client.tool.profile.results_limit
    first = below(line_item_url, "results")
    if limit is not None:
        first = with_query(first, limit=limit)
    found: dict[str, Mapping[str, Any]] = {}
    seen: set[str] = set()
    page: str | None = first
    while page is not None and page not in seen and len(seen) < MOST_PAGES:
        seen.add(page)
        answer = client.call("GET", page, [Scope.RESULT_READ], headers=HEADERS)
        found.update(_by_user(answer))
        page = next_page(answer.headers.get("Link", ""), page, first)
    return found


def read_one(client: ServiceClient, line_item_url: str, user_id: str) -> Results:
    """One person's result, in the product's way (E6, B6, S6); others may come with it.

    Raises:
        PlatformUnavailable: if the answer could not be had, or holds no results.
        PlatformRefused: if the tool may not look.
    """
    way = client.tool.profile.one_result
    if way is OneResult.FILTER:
        return read_all(client, line_item_url)
    if way is OneResult.PATH:
        url = below(line_item_url, f"results/{quote(user_id, safe='')}")
    else:
        url = with_query(below(line_item_url, "results"), user_id=user_id)
    return _by_user(client.call("GET", url, [Scope.RESULT_READ], headers=HEADERS))


def grade_in(results: Results, user_id: str, maximum: Decimal) -> Grade | None:
    """What stands there for the person; null without a score, as before the first one.

    ``maximum`` is what it is of where the LMS does not say.
    """
    result = results.get(user_id)
    score = _decimal(result.get("resultScore")) if result else None
    if result is None or score is None:
        return None
    told = _decimal(result.get("resultMaximum"))
    return Grade(score, told if told and told > 0 else maximum)


def _by_user(answer: Answer) -> dict[str, Mapping[str, Any]]:
    if not answer.body.strip():
        return {}
    content = answer.json()
    if isinstance(content, dict):
        content = content.get("results", [content])
    if not isinstance(content, list):
        raise PlatformUnavailable("the LMS's answer is no list of results")
    entries = [entry for entry in content if isinstance(entry, dict)]
    return {str(entry["userId"]): entry for entry in entries if entry.get("userId") is not None}


def _decimal(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None
