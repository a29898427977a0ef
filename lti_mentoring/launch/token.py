"""A signed message taken apart, strictly: three parts, two JSON objects, nothing said twice."""

import base64
import json
import re
from dataclasses import dataclass
from typing import Any

from lti_mentoring.core.errors import LaunchRefused

ALGORITHMS = frozenset({"RS256"})  # ours to choose, never the message's (LTI-27)
LONGEST_KEY_ID = 255

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Token:
    """An ``id_token`` in pieces. Nothing in it is proved before its signature is."""

    compact: str
    header: dict[str, Any]
    claims: dict[str, Any]


def parse(compact: str) -> Token:
    """The token's pieces.

    Raises:
        LaunchRefused: ``format`` if it is no compact JWS of two JSON objects (LTI-26).
    """
    if not _COMPACT.fullmatch(compact):
        raise LaunchRefused("format", "the id_token is not three parts of base64url")
    header, claims, _signature = compact.split(".")
    return Token(compact, _json_object(header, "header"), _json_object(claims, "body"))


def check_header(header: dict[str, Any]) -> str:
    """The id of the key that signed; whatever else the header says about keys is not read.

    Raises:
        LaunchRefused: ``algorithm``, ``key`` or ``format``.
    """
    if "crit" in header:
        raise LaunchRefused("format", "the header names critical extensions; there are none")
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise LaunchRefused("algorithm", "the id_token is not signed with RS256")
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KEY_ID:
        raise LaunchRefused("key", "the header names no key (kid)")
    return kid


def _json_object(part: str, what: str) -> dict[str, Any]:
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        value = json.loads(raw.decode(), object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise LaunchRefused("format", f"the {what} is not readable JSON") from error
    if not isinstance(value, dict):
        raise LaunchRefused("format", f"the {what} is no JSON object")
    return value


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two members of one name mean two things to two readers, so they mean nothing to us."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member occurs twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
