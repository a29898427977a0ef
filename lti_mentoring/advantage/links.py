"""Finding other pages in a ``Link`` header, as platforms really write it (LTI-92, LTI-97)."""

import html
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lti_mentoring.core.errors import PlatformRefused

_LINK = re.compile(r"<([^>]*)>([^<]*)")
_REL = re.compile(r"""\brel\s*=\s*(?:["'“”‘’]([^"'“”‘’]*)["'“”‘’]?|([^\s;,"']+))""", re.IGNORECASE)


def next_page(header: str, current: str, first: str) -> str | None:
    """The address of the page after ``current``; null on the last one.

    Takes quotes of every kind and none, any order, several relations in one value,
    ``&amp;``, relative addresses; keeps the case, since addresses have one.

    Raises:
        PlatformRefused: if it leads to another host than ``first``: a token would go there.
    """
    url = _linked(header, current, "next")
    if url is not None and not _is_same_host(url, first):
        raise PlatformRefused("the next page is on another host", 0)
    return url


def differences_page(header: str, current: str, first: str) -> str | None:
    """Where changes since ``current`` are told (LTI-97); null if nowhere, or on another host."""
    url = _linked(header, current, "differences")
    return url if url is not None and _is_same_host(url, first) else None


def with_query(url: str, **wanted: str | int) -> str:
    """``url`` with these parameters in its query, beside the ones it has (LTI-93)."""
    parts = urlsplit(url)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in wanted]
    query = urlencode([*kept, *((name, str(value)) for name, value in wanted.items())])
    return urlunsplit(parts._replace(query=query))


def below(url: str, path: str) -> str:
    """``url`` with ``path`` appended before its query, as Moodle needs it (LTI-110)."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{path}"))


def _linked(header: str, current: str, relation: str) -> str | None:
    for target, parameters in _LINK.findall(_as_text(header)):
        found = _REL.search(parameters)
        if found is not None and relation in (found[1] or found[2] or "").lower().split():
            return urljoin(current, html.unescape(target.strip()))
    return None


def _is_same_host(url: str, other: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(other)[:2]


def _as_text(header: str) -> str:
    """HTTP hands headers over as Latin-1; Moodle's curly quotes are UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
