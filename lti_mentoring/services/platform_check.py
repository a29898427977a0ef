"""The connection test: whether a platform and the tool understand each other, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from sqlalchemy import func, select
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
from lti_mentoring.models import (
    Course,
    Deployment,
    LineItem,
    Membership,
    Program,
    RefusedLaunch,
    Registration,
    ScorePublication,
)
from lti_mentoring.vocabulary import RegistrationState, Scope

Verdict = Literal["good", "warning", "bad", "note"]

CLOCK_TOLERANCE = timedelta(seconds=30)  # Moodle's tokens live for a minute
REFUSALS_SHOWN = 5
NEVER = "never"
WITHOUT = {
    Scope.LINE_ITEM: "the tool cannot make gradebook columns; add a grade to the activity instead",
    Scope.SCORE: "no score reaches the gradebook",
    Scope.ROSTER_READ: "the tool only knows people who have opened it",
}
"""What the tool asks for, and what each missing permission breaks."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what it is like."""

    topic: str
    verdict: Verdict
    words: str


@dataclass(frozen=True)
class _Facts:
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
        facts = _facts(db, registration_id)
    found = _check_keys(http, facts.jwks_url)
    found += _check_token(tokens, facts.tool)
    return [*found, *facts.findings]


def _check_keys(http: Client, jwks_url: str) -> list[Finding]:
    topic = "platform's keys"
    try:
        answer = http.request("GET", jwks_url, headers={"Accept": "application/json"})
        keys = _keys_in(answer)
    except (PlatformUnavailable, AddressRefused) as error:
        return [Finding(topic, "bad", f"{error}; no launch can be checked without them")]
    if not keys:
        return [Finding(topic, "bad", f"none at {jwks_url}; check the address")]
    return [Finding(topic, "good", f"reachable, {keys} published"), *_check_clock(answer)]


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
    seconds = round(difference.total_seconds())
    if difference > CLOCK_TOLERANCE:
        words = f"{seconds} seconds apart; launches will be refused, set both by NTP"
        return [Finding("clocks", "bad", words)]
    return [Finding("clocks", "good", f"{seconds} seconds apart")]


def _check_token(tokens: Tokens, tool: RegisteredTool) -> list[Finding]:
    try:
        granted, refusal = _granted(tokens, tool)
    except (PlatformUnavailable, AddressRefused) as error:
        return [Finding("access token", "bad", str(error))]
    if not granted:
        return [Finding("access token", "bad", refusal)]
    return [
        Finding("access token", "good", "granted"),
        *(_about_scope(scope, scope in granted) for scope in WITHOUT),
    ]


def _granted(tokens: Tokens, tool: RegisteredTool) -> tuple[set[Scope], str]:
    """The scopes that the platform grants; some platforms refuse all for one, so each is tried."""
    try:
        grant = tokens.fetch(tool, list(WITHOUT))
    except PlatformRefused as error:
        each = {scope for scope in WITHOUT if _grants(tokens, tool, scope)}
        return each, error.reason
    return set(WITHOUT) - set(grant.missing(list(WITHOUT))), ""


def _grants(tokens: Tokens, tool: RegisteredTool, scope: Scope) -> bool:
    try:
        return not tokens.fetch(tool, [scope]).missing([scope])
    except PlatformRefused:
        return False


def _about_scope(scope: Scope, granted: bool) -> Finding:  # noqa: FBT001 -- a fact, not a switch
    name = scope.value.rpartition("/")[2]
    if granted:
        return Finding(f"permission {name}", "good", "granted")
    return Finding(f"permission {name}", "warning", f"missing: {WITHOUT[scope]}")


def _facts(db: Session, registration_id: int) -> _Facts:
    registration = db.get(Registration, registration_id)
    if registration is None:
        raise NotFound("registration", registration_id)
    return _Facts(
        tool=RegisteredTool.of(registration),
        jwks_url=registration.jwks_url,
        findings=(
            _about_state(registration),
            Finding("last launch", "note", _when(_last_launch(db, registration_id))),
            Finding("last roster", "note", _when(_last_roster(db, registration_id))),
            Finding("last score", "note", _when(_last_score(db, registration_id))),
            *_refusals(db, registration_id),
        ),
    )


def _about_state(registration: Registration) -> Finding:
    approved = registration.state is RegistrationState.APPROVED
    words = registration.state.value
    if not approved:
        words += f"; type: lti-mentoring platforms approve {registration.id}"
    return Finding("registration", "good" if approved else "bad", words)


def _last_launch(db: Session, registration_id: int) -> datetime | None:
    return db.scalar(
        select(func.max(Membership.launched_at))
        .join(Course, Course.id == Membership.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(Deployment.registration_id == registration_id)
    )


def _last_roster(db: Session, registration_id: int) -> datetime | None:
    return db.scalar(
        select(func.max(Course.roster_read_at))
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(Deployment.registration_id == registration_id)
    )


def _last_score(db: Session, registration_id: int) -> datetime | None:
    return db.scalar(
        select(func.max(ScorePublication.sent_at))
        .join(LineItem, LineItem.id == ScorePublication.line_item_id)
        .join(Program, Program.id == LineItem.program_id)
        .join(Course, Course.id == Program.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(Deployment.registration_id == registration_id)
    )


def _refusals(db: Session, registration_id: int) -> list[Finding]:
    rows = db.scalars(
        select(RefusedLaunch)
        .where(RefusedLaunch.registration_id == registration_id)
        .order_by(RefusedLaunch.at.desc())
        .limit(REFUSALS_SHOWN)
    )
    return [
        Finding("refused launch", "warning", f"{_when(row.at)}: {row.code}: {row.reason}")
        for row in rows
    ]


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else NEVER
