"""Pages of a list, linked as RFC 8288 says, or as an LMS believes it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import Response, request

from lti_mentoring.sandbox.service import ServiceRefused
from lti_mentoring.sandbox.service_habits import Paging
from lti_mentoring.sandbox.state import current_sandbox

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list; ``starts`` says where other pages begin, by relation."""

    rows: Sequence[Row]
    starts: dict[str, int]


def page_of(rows: Sequence[Row], style: Paging, size: int = 0) -> Page[Row]:
    """The rows of the page that was asked for, and where others begin.

    ``limit`` and the start come from the query; ``size`` is a page size that this server has
    been told to have.

    Raises:
        ServiceRefused: 400, if ``limit`` or the start is no sensible number.
    """
    asked = _natural("limit", least=1)
    start = _natural(style.start, least=0) or 0
    sizes = [each for each in (asked, size, style.size) if each]
    if style.none and not size:
        return Page(rows, {})
    if not sizes:
        return Page(rows[start:], {})
    step = min(sizes)
    starts = {"next": start + step} if start + step < len(rows) else {}
    if style.every_relation:
        last = max(len(rows) - 1, 0) // step * step
        starts = {"current": start, **starts, "first": 0, "last": last}
    return Page(rows[start : start + step], starts)


def link_pages(response: Response, page: Page[Row], style: Paging) -> Response:
    """Point to the other pages, with the other parameters of the request."""
    links = [
        _link(relation, _address(start, style), style) for relation, start in page.starts.items()
    ]
    if links:
        # Typographic quotes travel as the bytes of UTF-8, which headers carry one by one.
        response.headers["Link"] = ",".join(links).encode().decode("latin-1")
    return response


def _address(start: int, style: Paging) -> str:
    dropped = style.forgets | {style.start}
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in dropped]
    query = urlencode([*kept, (style.start, str(start))])
    path = request.path.replace(*style.wrong_path) if all(style.wrong_path) else request.path
    return f"{current_sandbox().base_url}{path}?{query}"


def _link(relation: str, url: str, style: Paging) -> str:
    if style.curly:
        return f"<{url.replace('&', '&amp;')}>; rel=“{relation}”"
    return f'<{url}>; rel="{relation}"'


def _natural(name: str, *, least: int) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ServiceRefused(400, f"{name} must be a whole number of at least {least}")
    return int(text)
