"""Whether a token with a proved signature is a launch that we let in: one pure function.

pylti1p3 lets much of this through (``tests/launch/test_what_the_library_lets_through.py``
keeps the list); every row LTI-30…48 of the checklist is decided here.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from lti_mentoring.core import texts
from lti_mentoring.core.errors import LaunchRefused, NotAMember
from lti_mentoring.core.keys import fingerprint
from lti_mentoring.launch import facts
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.launch.messages import Rules, rules_of
from lti_mentoring.launch.token import check_header
from lti_mentoring.rules.contents import content_key
from lti_mentoring.rules.deep_linking import LINK
from lti_mentoring.rules.groups import in_launch
from lti_mentoring.rules.roles import administers_lms, course_role, is_test_user, role_scope
from lti_mentoring.vocabulary import (
    AGS_CLAIM,
    CLAIM,
    GROUPS_CLAIM,
    LINKS_CLAIM,
    NRPS_CLAIM,
    CourseRole,
    NoticeType,
    Scope,
)

NOTICES_CLAIM = CLAIM + "platformnotificationservice"
FORMER_SUBJECT = CLAIM + "lti11_legacy_user_id"
VERSION = "1.3.0"
ROSTER_VERSION = "2.0"
LONGEST_LIFE = timedelta(hours=24)  # platforms give a minute to an hour
LATEST = 253_402_300_799  # the last second of the year 9999
NOT_COURSES = frozenset({"group", "account"})
AGS_SCOPES = (Scope.LINE_ITEM, Scope.LINE_ITEM_READ, Scope.RESULT_READ, Scope.SCORE)
LINKS_SCOPES = (Scope.LINKS_READ, Scope.LINKS_UPDATE)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the login and the registration say that the token has to agree with.

    Of the login's facts there are fingerprints; that of the deployment is empty if the
    platform named none.
    """

    issuer: str
    client_id: str
    deployment: str
    target_link_uri: str
    nonce: str
    allow_plain_http: bool = False
    trusted_audiences: frozenset[str] = frozenset()
    role_overrides: str = ""
    admits_administrators: bool = False


def validate(
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    *,
    expected: Expected,
    now: datetime,
    leeway: timedelta,
    max_age: timedelta,
) -> LaunchClaims:
    """The launch that ``claims`` are, if they are one.

    Args:
        header: of the token; checked again, so that this function decides alone.
        claims: of the token, its signature proved.
        expected: what it has to agree with.
        now: this moment.
        leeway: how much the platform's clock may differ.
        max_age: after its issue the token is refused, whatever its expiry says.

    Raises:
        NotAMember: ``no-user`` or ``no-course``: genuine, but not about a person of a course.
        LaunchRefused: everything else, with a code for each kind of fault.
    """
    check_header(dict(header))
    check_parties(claims, expected)
    check_times(claims, now, leeway, max_age)
    _check_nonce(claims, expected)
    rules = _check_message(claims, expected)
    subject = _subject(claims)
    link = rules.link(claims)
    roles = _roles(claims)
    is_needed = rules.needs_course and not _administers(roles, expected)
    context = _context(claims, is_needed=is_needed)
    launch = _read(claims, subject, link, roles, context, expected)
    if rules.add is None:
        return launch
    return rules.add(launch, claims, plain=expected.allow_plain_http)


def check_parties(claims: Mapping[str, Any], expected: Expected) -> None:
    """Who says it to whom (LTI-30…32)."""
    issuer = claims.get("iss")
    if issuer != expected.issuer:
        hint = " (they differ in a slash at the end)" if _same_but_slash(issuer, expected) else ""
        raise LaunchRefused("issuer", f"iss is not the registered issuer{hint}")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or not all(isinstance(each, str) for each in audiences):
        raise LaunchRefused("audience", "aud is neither a text nor a list of texts")
    if expected.client_id not in audiences:
        raise LaunchRefused("audience", "aud does not name the registered client id")
    if not set(audiences) <= {expected.client_id} | expected.trusted_audiences:
        raise LaunchRefused("audience", "aud names others, whom nobody declared trustworthy")
    if "azp" in claims:
        if claims["azp"] != expected.client_id:
            raise LaunchRefused("audience", "azp is not the registered client id")
    elif len(audiences) > 1:
        raise LaunchRefused("audience", "aud has several entries and azp is missing")


def _same_but_slash(issuer: object, expected: Expected) -> bool:
    return isinstance(issuer, str) and issuer.rstrip("/") == expected.issuer.rstrip("/")


def check_times(
    claims: Mapping[str, Any], now: datetime, leeway: timedelta, max_age: timedelta
) -> None:
    """Not too early, not too late, and no number that is none (LTI-33…36)."""
    current, slack = now.timestamp(), leeway.total_seconds()
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if current >= expires + slack:
        raise LaunchRefused("expired", f"exp was {current - expires:.0f} seconds ago")
    if issued > current + slack:
        raise LaunchRefused("too-early", f"iat is {issued - current:.0f} seconds ahead")
    if current > issued + max_age.total_seconds() + slack:
        raise LaunchRefused("expired", f"iat was {current - issued:.0f} seconds ago")
    if expires - issued > LONGEST_LIFE.total_seconds():
        raise LaunchRefused("lifetime", "exp is more than a day after iat")
    if "nbf" in claims and _moment(claims, "nbf") > current + slack:
        raise LaunchRefused("too-early", "nbf is ahead of the clock")


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if value is None:
        raise LaunchRefused("time", f"{name} is missing")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LaunchRefused("time", f"{name} is no number")
    if not (0 < value <= LATEST and isfinite(value)):
        raise LaunchRefused("time", f"{name} is no moment")
    return float(value)


def _check_nonce(claims: Mapping[str, Any], expected: Expected) -> None:
    """The one that was made for this login (LTI-37); that it is used once, the row sees to."""
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce.isascii():
        raise LaunchRefused("nonce", "nonce is missing or no plain text")
    if not hmac.compare_digest(fingerprint(nonce), expected.nonce):
        raise LaunchRefused("nonce", "nonce is not the one of this login")


def _check_message(claims: Mapping[str, Any], expected: Expected) -> Rules:
    """Which message, of which version, for which deployment and address (LTI-39…42).

    Returns what a message of its kind has to bring.
    """
    if claims.get(CLAIM + "version") != VERSION:
        raise LaunchRefused("version", f"version is not {VERSION}")
    deployment = claims.get(CLAIM + "deployment_id")
    if not texts.is_identifier(deployment) or not str(deployment).isascii():
        raise LaunchRefused("deployment", "deployment_id is missing or no short text")
    if expected.deployment and fingerprint(str(deployment)) != expected.deployment:
        raise LaunchRefused("deployment", "deployment_id is not the one of the login")
    rules = rules_of(claims.get(CLAIM + "message_type"))
    target = claims.get(CLAIM + "target_link_uri")
    if not isinstance(target, str) or not _is_of_login(target, expected):
        raise LaunchRefused("target", "target_link_uri is not the one of the login")
    return rules


def _is_of_login(target: str, expected: Expected) -> bool:
    """Whether the login named this address, or the same one without its query.

    Open edX begins the launch of a chosen link with its unit's plain address; the link's own,
    which has the content's key, is in the signed message only.
    """
    if fingerprint(target) == expected.target_link_uri:
        return True
    return fingerprint(target.partition("?")[0]) == expected.target_link_uri


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims.get("sub")
    if subject is None or subject == "":
        raise NotAMember("no-user", "sub is missing: nobody is signed in at the platform")
    if not texts.is_identifier(subject) or not str(subject).isascii():
        raise LaunchRefused("subject", "sub is no short ASCII text")
    return str(subject)


def _roles(claims: Mapping[str, Any]) -> list[str]:
    """May be empty, and unknown ones are fine; missing or misshapen ones are not (LTI-44)."""
    roles = claims.get(CLAIM + "roles")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise LaunchRefused("roles", "roles is no list of texts")
    return roles


def _administers(roles: list[str], expected: Expected) -> bool:
    """Whether the connection's administration is open to the person."""
    return expected.admits_administrators and administers_lms(roles)


def _context(claims: Mapping[str, Any], *, is_needed: bool) -> Mapping[str, Any]:
    """The course; one without an id for whoever needs none and is in none.

    Raises:
        NotAMember: ``no-course``.
        LaunchRefused: ``context``.
    """
    context = claims.get(CLAIM + "context")
    if context is None:
        return _no_course("context is missing: opened outside a course", is_needed=is_needed)
    if not isinstance(context, dict) or not texts.is_identifier(context.get("id")):
        raise LaunchRefused("context", "context has no usable id")
    kinds = _kinds(context.get("type"))
    if kinds and kinds <= NOT_COURSES:
        told = f"context is no course: {', '.join(sorted(kinds))}"
        return _no_course(told, is_needed=is_needed)
    return context


def _no_course(reason: str, *, is_needed: bool) -> Mapping[str, Any]:
    if is_needed:
        raise NotAMember("no-course", reason)
    return {"id": ""}


def _kinds(value: object) -> set[str]:
    """The last words of full addresses, URNs and bare names alike, in small letters (LTI-67)."""
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list):
        return set()
    said = (entry for entry in entries if isinstance(entry, str))
    return {text.rpartition("#")[2].rpartition("/")[2].lower() for text in said}


def _read(
    claims: Mapping[str, Any],
    subject: str,
    link: Mapping[str, Any],
    roles: list[str],
    context: Mapping[str, Any],
    expected: Expected,
) -> LaunchClaims:
    """The optional facts, each left out where it is not usable."""
    plain = expected.allow_plain_http
    grading = _part(claims, AGS_CLAIM)
    shown = _part(claims, CLAIM + "launch_presentation")
    custom = _part(claims, CLAIM + "custom")
    groups, links = _part(claims, GROUPS_CLAIM), _links_service(claims)
    platform = _part(claims, CLAIM + "tool_platform")
    role = course_role(roles, expected.role_overrides)
    is_observer = role is CourseRole.OBSERVER
    return LaunchClaims(
        deployment_lti_id=claims[CLAIM + "deployment_id"],
        subject=subject,
        context_id=context["id"],
        link_id=link.get("id", ""),
        role=role,
        is_test_user=is_test_user(roles),
        administers=_administers(roles, expected),
        course_title=texts.clean(context.get("title"), 255),
        course_label=texts.clean(context.get("label"), 255),
        link_title=texts.clean(link.get("title"), 255),
        name=_full_name(claims),
        given_name=texts.clean(claims.get("given_name"), 255),
        locale=facts.language(claims.get("locale"), shown.get("locale")),
        time_zone=facts.time_zone(custom, claims.get("zoneinfo")),
        former_subject=_former_subject(claims),
        content_key=content_key(custom, claims[CLAIM + "target_link_uri"]),
        former_contexts=facts.former_contexts(custom),
        former_links=facts.former_links(custom),
        groups=in_launch(custom),
        observes=role_scope(claims.get(CLAIM + "role_scope_mentor")) if is_observer else (),
        memberships_url=facts.web_address(_roster_address(claims), allow_plain=plain),
        groups_url=facts.web_address(groups.get("context_groups_url"), allow_plain=plain),
        tells_grading=bool(grading),
        line_items_url=facts.web_address(grading.get("lineitems"), allow_plain=plain),
        line_item_url=facts.web_address(grading.get("lineitem"), allow_plain=plain),
        ags_scopes=_granted(grading.get("scope"), AGS_SCOPES),
        notices_url=facts.web_address(_notices_address(claims), allow_plain=plain),
        links_url=facts.web_address(links.get("contentitems"), allow_plain=plain),
        links_scopes=_granted(links.get("scopes"), LINKS_SCOPES),
        return_url=facts.web_address(shown.get("return_url"), allow_plain=plain),
        platform_url=facts.web_address(platform.get("url"), allow_plain=plain),
    )


def _roster_address(claims: Mapping[str, Any]) -> object:
    """Where the roster is, unless the platform says that it speaks an older version (LTI-90)."""
    service = _part(claims, NRPS_CLAIM)
    versions = service.get("service_versions", [ROSTER_VERSION])
    speaks_ours = isinstance(versions, list) and ROSTER_VERSION in versions
    return service.get("context_memberships_url") if speaks_ours else None


def _notices_address(claims: Mapping[str, Any]) -> object:
    """Where the platform takes the wish for notices, if it has the one that is of use (LTI-142)."""
    service = _part(claims, NOTICES_CLAIM)
    kinds = service.get("notice_types_supported")
    is_of_use = isinstance(kinds, list) and NoticeType.CONTEXT_COPY.value in kinds
    return service.get("platform_notification_service_url") if is_of_use else None


def _links_service(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """The service by which our links can be listed, if we may read them by it (LTI-147).

    Its version is a list of texts, such as "1.0" or "1.0.0".

    Source: LTI Link and Content Service 1.0, claim.
    """
    service = _part(claims, LINKS_CLAIM)
    scopes, types = service.get("scopes"), service.get("types", [LINK])
    may_read = isinstance(scopes, list) and Scope.LINKS_READ.value in scopes
    return service if may_read and isinstance(types, list) and LINK in types else {}


def _former_subject(claims: Mapping[str, Any]) -> str:
    """What the person was called before the platform spoke LTI 1.3, as it is told (LTI-65).

    Source: LTI 1.3 migration guide, ``lti1p1``; Canvas's and Brightspace's own claim.
    """
    told = _part(claims, CLAIM + "lti1p1").get("user_id", claims.get(FORMER_SUBJECT))
    return str(told) if texts.is_identifier(told) else ""


def _part(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _full_name(claims: Mapping[str, Any]) -> str:
    whole = texts.clean(claims.get("name"), 255)
    if whole:
        return whole
    parts = (texts.clean(claims.get(name), 255) for name in ("given_name", "family_name"))
    return " ".join(part for part in parts if part)[:255]


def _granted(value: object, ours: Sequence[Scope]) -> str:
    granted = value if isinstance(value, list) else []
    return " ".join(scope.value for scope in ours if scope.value in granted)
