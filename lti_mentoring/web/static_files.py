"""Static files: read and compressed once per process, then answered from memory.

Flask's own view streams the file, and Flask-Compress does not gzip what is streamed; it would
also compress the same bytes again for every visitor. What is kept is gzip, which every browser
reads; a client that reads Brotli only is served by Flask-Compress.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

from lti_mentoring.web.guards import anyone, guarded_by

FOLDER = Path(__file__).resolve().parent.parent / "static"
YEAR = 365 * 24 * 3600
FOR_EVER = f"public, max-age={YEAR}, immutable"


@dataclass(frozen=True)
class StaticFile:
    """A file's content, as it is and compressed, and the stamp that changes with it."""

    stamp: str
    mimetype: str
    plain: bytes
    gzipped: bytes


def install(app: Flask) -> None:
    """Answer the endpoint ``static`` from memory, at the addresses that it has anyway."""
    app.view_functions["static"] = _show


@cache
def stamp(path: str) -> str:
    """What stands for the content of a static file in its address."""
    return _stamp_of((FOLDER / path).read_bytes())


@guarded_by(anyone)
def _show(filename: str) -> Response:
    """The file; to be kept for ever if its address has its stamp."""
    path = safe_join(str(FOLDER), filename)
    if path is None or not Path(path).is_file():
        abort(404)
    found = _load(path, Path(path).stat().st_mtime_ns)
    response = Response(found.plain, mimetype=found.mimetype)
    response.set_etag(found.stamp)
    if request.accept_encodings["gzip"] and len(found.gzipped) < len(found.plain):
        response.set_data(found.gzipped)
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{found.stamp}:gzip")
    is_this = request.args.get("v") == found.stamp
    response.headers["Cache-Control"] = FOR_EVER if is_this else "no-cache"
    response.make_conditional(request)
    return response


@lru_cache(maxsize=256)
def _load(path: str, _changed_at: int) -> StaticFile:
    """The file as it is; while somebody works on it, also its next version."""
    content = Path(path).read_bytes()
    mimetype = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return StaticFile(_stamp_of(content), mimetype, content, gzip.compress(content, mtime=0))


def _stamp_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
