"""What a platform says, made fit to be kept: zones, languages, addresses.

Nothing here refuses a launch: an optional fact that is not usable is left out (LTI-48…50).
"""

import re
import zoneinfo
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from lti_mentoring.core import texts

LONGEST_ADDRESS = 2000  # characters
LONGEST_ZONE = 64
MOST_FORMER = 10  # courses that a course was copied from, one after the other
HISTORY = "context_id_history"
LINK_HISTORY = "resource_link_id_history"
"""How the names of the parameters end that ask for ``$Context.id.history`` and its like."""

_LANGUAGE = re.compile(
    r"([a-z]{2,3})(?:[-_](hans|hant|latn|cyrl|arab))?(?:[-_]([a-z]{2}|[0-9]{3}))?(?:[-_.@].*)?",
    re.IGNORECASE | re.ASCII,
)
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_USUAL_PORTS = {"http": 80, "https": 443}
_ZONE_NAMES = frozenset({"person_timezone", "person_tz", "timezone"})
_ZONE_ENDING = "person_address_timezone"  # LTI's variable, under whatever prefix it was given


def language(*wanted: object) -> str | None:
    """The first usable language as Babel writes it: ``pt_br`` and ``pt-BR`` are ``pt_BR``."""
    for value in wanted:
        found = _LANGUAGE.fullmatch(value) if isinstance(value, str) else None
        if found:
            tongue, script, territory = found.groups()
            parts = [tongue.lower()]
            parts += [script.title()] if script else []
            parts += [territory.upper()] if territory else []
            return "_".join(parts)
    return None


def time_zone(custom: Mapping[str, Any], *others: object) -> str | None:
    """A valid IANA name among the link's own parameters, else among ``others``.

    A variable that the platform does not know comes back as it was asked for, beginning with
    a dollar sign, and Moodle says "99" for its own default: neither is a zone (LTI-69).
    """
    for key, value in custom.items():
        if isinstance(value, str) and _names_a_zone(key) and value in _zones():
            return value
    return next((v for v in others if isinstance(v, str) and v in _zones()), None)


def former_contexts(custom: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the courses that this one was copied from, the newest first (LTI-70).

    A list with commas, each id escaped as in an address. Who does not know the variable gives
    it back as it was asked for.
    """
    return _former(custom, HISTORY)


def former_links(custom: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the links that this one was copied from, likewise."""
    return _former(custom, LINK_HISTORY)


def _former(custom: Mapping[str, Any], ending: str) -> tuple[str, ...]:
    told = [value for name, value in custom.items() if name[-len(ending) :].lower() == ending]
    if not told:
        return ()
    texts_told = (value for value in told if isinstance(value, str) and value[:1] != "$")
    ids = (unquote(part.strip()) for value in texts_told for part in value.split(","))
    return tuple(dict.fromkeys(each for each in ids if texts.is_identifier(each)))[:MOST_FORMER]


def _names_a_zone(key: str) -> bool:
    if "zone" not in key and "Zone" not in key and not key.endswith("tz"):
        return False  # nearly all of them, at the lowest price
    name = re.sub(r"[^a-z0-9]", "_", key.lower())
    return name in _ZONE_NAMES or name.endswith(_ZONE_ENDING)


@cache
def _zones() -> frozenset[str]:
    return frozenset(z for z in zoneinfo.available_timezones() if len(z) <= LONGEST_ZONE)


def origin(address: object, *, allow_plain: bool) -> str | None:
    """Scheme, host and port of a web address; nothing if it is none that we would use.

    Args:
        address: may be anything.
        allow_plain: whether ``http`` is good enough, as it is on one's own machine.
    """
    return _origin(address, allow_plain) if isinstance(address, str) else None


@lru_cache(maxsize=2048)
def _origin(address: str, allow_plain: bool) -> str | None:  # noqa: FBT001 -- lru_cache's way
    if len(address) > LONGEST_ADDRESS:
        return None
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or ""), parts.port
    except ValueError:
        return None
    if parts.scheme not in ({"https", "http"} if allow_plain else {"https"}):
        return None
    host = f"[{host}]" if ":" in host else host
    if parts.username is not None or not _HOST.fullmatch(host):
        return None
    is_usual = port is None or port == _USUAL_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")


def web_address(address: object, *, allow_plain: bool) -> str | None:
    """``address`` itself, if it is a web address that we would use."""
    return str(address) if origin(address, allow_plain=allow_plain) else None


def origins(addresses: Iterable[object], *, allow_plain: bool) -> list[str]:
    """The different origins of ``addresses``, in their order."""
    found = (origin(address, allow_plain=allow_plain) for address in addresses)
    return list(dict.fromkeys(each for each in found if each))
