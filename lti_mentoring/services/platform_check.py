"""The connection test: whether a platform and the tool understand each other.

It finds facts; what they mean in words, and what cures them, says ``web/connection_words.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from lti_mentoring.advantage.tokens import RegisteredTool, Tokens
from lti_mentoring.core import clock
from lti_mentoring.core.db import Transaction
from lti_mentoring.core.errors import (
    AddressRefused,
    NotFound,
    PlatformRefused,
    PlatformUnavailable,
)
from lti_mentoring.core.http import Answer, Client
from lti_mentoring.models import Registration
from lti_mentoring.queries.connections import contacts, refused_launches
from lti_mentoring.rules.platform_profiles import profile_of
from lti_mentoring.vocabulary import RegistrationState, Scope

Verdict = Literal["good", "warning", "bad", "note"]

CLOCK_TOLERANCE = timedelta(seconds=30)  # Moodle's tokens live for a minute
ASKED = (Scope.ROSTER_READ, Scope.SCORE, Scope.LINE_ITEM, Scope.RESULT_READ)
"""The permissions whose lack somebody notices."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what it is like.

    ``topic`` says what, ``code`` what was found, ``facts`` with which figures.
    """

    topic: str
    verdict: Verdict
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Kept:
    tool: RegisteredTool
    jwks_url: str
    findings: tuple[Finding, ...]


def check_platform(
    transaction: Transaction, http: Client, tokens: Tokens, registration_id: int
) -> list[Finding]:
    """Ask the platform for its keys and for a token, and say what was seen of it lately.

    Raises:
        NotFound: if there is no such registration.
    """
    with transaction() as db:
        kept = _kept(db, registration_id)
    found = _check_keys(http, kept.jwks_url)
    found += _check_token(tokens, kept.tool)
    return [*found, *kept.findings]


def _check_keys(http: Client, jwks_url: str) -> list[Finding]:
    topic = "platform_keys"
    try:
        answer = http.request("GET", jwks_url, headers={"Accept": "application/json"})
        keys = _keys_in(answer)
    except (PlatformUnavailable, AddressRefused) as error:
        return [Finding(topic, "bad", "unreachable", {"reason": str(error), "url": jwks_url})]
    if not keys:
        return [Finding(topic, "bad", "none", {"url": jwks_url})]
    return [Finding(topic, "good", "reachable", {"count": keys}), *_check_clock(answer)]


def _keys_in(answer: Answer) -> int:
    if not answer.ok:
        return 0
    content: Any = answer.json()
    keys = content.get("keys") if isinstance(content, dict) else None
    return len(keys) if isinstance(keys, list) else 0


def _check_clock(answer: Answer) -> list[Finding]:
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
        difference = abs(clock.now() - theirs)
    except (ValueError, TypeError):  # no date, or one without a zone
        return []
    seconds = {"seconds": round(difference.total_seconds())}
    if difference > CLOCK_TOLERANCE:
        return [Finding("clocks", "bad", "apart", seconds)]
    return [Finding("clocks", "good", "together", seconds)]


def _check_token(tokens: Tokens, tool: RegisteredTool) -> list[Finding]:
    """Whether it trusts us: a token is only given to whom it could check with our public keys."""
    try:
        granted, refusal = _granted(tokens, tool)
    except (PlatformUnavailable, AddressRefused) as error:
        return [Finding("token", "bad", "unreachable", {"reason": str(error)})]
    if not granted:
        return [Finding("token", "bad", "refused", {"reason": refusal})]
    return [
        Finding("token", "good", "granted"),
        Finding("our_keys", "good", "read"),
        *(_about_scope(scope, scope in granted) for scope in ASKED),
    ]


def _granted(tokens: Tokens, tool: RegisteredTool) -> tuple[set[Scope], str]:
    """The scopes that the platform grants; some platforms refuse all for one, so each is tried."""
    try:
        grant = tokens.fetch(tool, list(ASKED))
    except PlatformRefused as error:
        each = {scope for scope in ASKED if _grants(tokens, tool, scope)}
        return each, error.reason
    return set(ASKED) - set(grant.missing(list(ASKED))), ""


def _grants(tokens: Tokens, tool: RegisteredTool, scope: Scope) -> bool:
    try:
        return not tokens.fetch(tool, [scope]).missing([scope])
    except PlatformRefused:
        return False


def _about_scope(scope: Scope, granted: bool) -> Finding:  # noqa: FBT001 -- a fact, not a switch
    topic = f"permission_{scope.name.lower()}"
    return Finding(topic, "good", "granted") if granted else Finding(topic, "warning", "missing")


def _kept(db: Session, registration_id: int) -> _Kept:
    registration = db.get(Registration, registration_id)
    if registration is None:
        raise NotFound("registration", registration_id)
    return _Kept(
        tool=RegisteredTool.of(registration),
        jwks_url=registration.jwks_url,
        findings=(
            _about_state(registration),
            *_about_addresses(registration),
            *_about_contacts(db, registration_id),
            *_about_refusals(db, registration_id),
        ),
    )


def _about_state(registration: Registration) -> Finding:
    state = registration.state
    verdict: Verdict = "good" if state is RegistrationState.APPROVED else "bad"
    return Finding("registration", verdict, state.value, {"number": registration.id})


def _about_addresses(registration: Registration) -> list[Finding]:
    """Addresses that the product's maker has left; they answer for now (C3, B2)."""
    profile = profile_of(registration.platform.product)
    old = [
        url
        for url in (registration.auth_url, registration.token_url, registration.jwks_url)
        if profile.should_move(url)
    ]
    return [Finding("addresses", "warning", "old", {"url": url}) for url in old]


def _about_contacts(db: Session, registration_id: int) -> list[Finding]:
    last = contacts(db, registration_id)
    moments = {"last_launch": last.launch, "last_roster": last.roster, "last_score": last.score}
    found = [
        Finding(topic, "note", "at", {"moment": moment})
        if moment
        else Finding(topic, "note", "never")
        for topic, moment in moments.items()
    ]
    if last.roster_error:
        facts = {"reason": last.roster_error}
        found.append(Finding("roster_error", "warning", "reason", facts))
    return found


def _about_refusals(db: Session, registration_id: int) -> list[Finding]:
    return [
        Finding(
            "refused_launch",
            "warning",
            "refused",
            {"moment": row.at, "code": row.code, "reason": row.reason},
        )
        for row in refused_launches(db, registration_id)
    ]
