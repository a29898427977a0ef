"""Answers of real platforms, replayed by the canned one: what our client makes of each."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.canned_platform import LMS

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
HOSTS = re.compile(r"https://(?:moodle\.localhost:8443|[a-z]+\.example\.edu)")


def load(name):
    """A fixture such as ``moodle/nrps-errors``, as if it came from the canned platform."""
    text = (FIXTURES / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(HOSTS.sub(LMS, text))


def names(folder, *prefixes):
    """The fixtures in a folder that begin in one of these ways."""
    found = (path.stem for path in (FIXTURES / folder).glob("*.json"))
    return sorted(name for name in found if name.startswith(prefixes))


def exchange(name, key=None):
    """One request with its answer."""
    content = load(name)
    return content if key is None else content[key]


def replay(platform, exchanged, path=None, *, instead=True):
    """Let the platform answer as it was captured; where that is."""
    path = path or urlsplit(exchanged["request"]["url"]).path
    body = exchanged.get("body", "")
    give = platform.instead if instead else platform.answer
    give(
        path,
        exchanged["status"],
        body.encode() if isinstance(body, str) else body,
        reason=exchanged.get("reason", "OK"),
        **{name.replace("-", "_"): _on_wire(value) for name, value in _headers(exchanged)},
    )
    return path


def _headers(exchanged):
    """Those that the body's bytes do not decide."""
    told = exchanged.get("headers", {})
    kept = ("Link", "Retry-After", "Content-Type")
    return [
        (name, value)
        for name, value in told.items()
        if name in kept or name.startswith("X-Rate-Limit")
    ]


def _on_wire(value):
    """HTTP hands headers over as Latin-1, whatever was meant."""
    return value.encode().decode("latin-1")
