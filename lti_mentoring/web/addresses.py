"""Addresses of pages and static files, built once and remembered.

A page names some twenty addresses. Flask would build each of them anew, and they differ from
sign-in to sign-in in one place only.
"""

from functools import lru_cache
from typing import Any

from flask import current_app, g, request, url_for
from werkzeug.routing import Map

from lti_mentoring.web import static_files

ANY_KEY = "any-key"


def page_address(endpoint: str, **values: Any) -> str:
    """The address of a page in the reader's sign-in; ``values`` as for ``flask.url_for``."""
    sign_in = g.get("sign_in")
    if sign_in is None:
        return url_for(endpoint, **values)
    known = _page_address(current_app.url_map, request.script_root, endpoint, *values.items())
    key: str = sign_in.key
    return key.join(known)


def static_address(path: str) -> str:
    """The address of a static file, stamped with its content, so that it can be kept for ever."""
    return _static_address(request.script_root, path)


@lru_cache(maxsize=4096)
def _page_address(
    pages: Map, _mounted_at: str, endpoint: str, *values: tuple[str, Any]
) -> tuple[str, ...]:
    """The address, cut where the sign-in's key belongs."""
    given = dict(values)
    if pages.is_endpoint_expecting(endpoint, "sign_in_key"):
        given.setdefault("sign_in_key", ANY_KEY)
    before, found, after = url_for(endpoint, **given).partition(f"/{ANY_KEY}/")
    return (f"{before}/", f"/{after}") if found else (before,)


@lru_cache(maxsize=256)
def _static_address(_mounted_at: str, path: str) -> str:
    return url_for("static", filename=path, v=static_files.stamp(path))
