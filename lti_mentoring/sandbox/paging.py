"""Pages of a list, linked as RFC 8288 says."""

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response, request

from lti_mentoring.sandbox.service import ServiceRefused
from lti_mentoring.sandbox.state import current_sandbox

Row = TypeVar("Row")


def page_of(rows: Sequence[Row], default_size: int = 0) -> tuple[Sequence[Row], int | None]:
    """The rows of the page that was asked for, and where the next begins, if there is one.

    ``limit`` and ``from`` come from the query; ``default_size`` (0: everything) also caps
    ``limit``, as servers with a page size of their own do.

    Raises:
        ServiceRefused: 400, if ``limit`` or ``from`` is no sensible number.
    """
    asked = _natural("limit", least=1)
    start = _natural("from", least=0) or 0
    sizes = [size for size in (asked, default_size) if size]
    if not sizes:
        return rows[start:], None
    end = start + min(sizes)
    return rows[start:end], end if end < len(rows) else None


def link_next(response: Response, start: int | None) -> Response:
    """Point to the next page, keeping every other parameter of the request."""
    if start is not None:
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "from"]
        query = urlencode([*kept, ("from", str(start))])
        url = f"{current_sandbox().base_url}{request.path}?{query}"
        response.headers["Link"] = f'<{url}>; rel="next"'
    return response


def _natural(name: str, *, least: int) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ServiceRefused(400, f"{name} must be a whole number of at least {least}")
    return int(text)
