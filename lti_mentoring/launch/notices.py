"""Notices: what a platform tells on its own, signed like a launch and with nobody in it (LTI-142).

Whoever can reach the address can send anything, so nothing is stored of what is not proved, and
each notice counts once. Platforms do not repeat them: they are hints, and a launch tells the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import jwt
from sqlalchemy import Connection, Table, insert, select, update

from lti_mentoring.core import texts
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.core.keys import digest
from lti_mentoring.launch.key_sets import KeySets
from lti_mentoring.launch.placed_content import origin_of
from lti_mentoring.launch.token import Token, check_header, parse
from lti_mentoring.launch.validator import VERSION, Expected, check_parties, check_times
from lti_mentoring.models import Course, Deployment, Registration, UsedState
from lti_mentoring.vocabulary import CLAIM, DeploymentState, NoticeType, RegistrationState

MOST_ORIGINS = 20
LONGEST_AGE = timedelta(hours=1)  # used ones are remembered for two

_RS256 = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
_registrations = cast(Table, Registration.__table__)
_deployments = cast(Table, Deployment.__table__)
_courses = cast(Table, Course.__table__)
_used = cast(Table, UsedState.__table__)


@dataclass(frozen=True)
class Sender:
    """The deployment that a notice comes from."""

    registration_id: int
    deployment_id: int
    expected: Expected
    jwks_url: str


@dataclass(frozen=True)
class Notice:
    """A genuine notice; the last two are empty where it is about no course."""

    id: str
    kind: str
    context: Mapping[str, Any]
    origins: tuple[str, ...]


def read_sender(connection: Connection, compact: str) -> tuple[Token, Sender]:
    """Whose notice it would be, by what it says of itself; nothing of that is proved yet.

    Raises:
        LaunchRefused: ``format``, or ``registration-unknown`` if nobody like that may come in.
    """
    token = parse(compact)
    audience = token.claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    entries = audiences if isinstance(audiences, list) else []
    named = [each for each in entries if isinstance(each, str)]
    found = connection.execute(
        select(_registrations, _deployments.c.id.label("deployment_id"))
        .join(_deployments, _deployments.c.registration_id == _registrations.c.id)
        .where(
            _registrations.c.issuer == str(token.claims.get("iss")),
            _registrations.c.client_id.in_(named[:10]),
            _registrations.c.state == RegistrationState.APPROVED,
            _deployments.c.lti_id == str(token.claims.get(CLAIM + "deployment_id")),
            _deployments.c.state == DeploymentState.APPROVED,
        )
    ).first()
    if found is None:
        raise LaunchRefused("registration-unknown", "the notice is of nobody who may come in")
    expected = Expected(
        issuer=found.issuer,
        client_id=found.client_id,
        deployment="",
        target_link_uri="",
        nonce="",
        trusted_audiences=frozenset(found.trusted_audiences.split()),
    )
    return token, Sender(found.id, found.deployment_id, expected, found.jwks_url)


def prove(
    token: Token, sender: Sender, key_sets: KeySets, now: datetime, leeway: timedelta
) -> Notice:
    """The notice in ``token``. May fetch the platform's keys, so call it with no transaction open.

    Raises:
        LaunchRefused: if it is not signed by the platform, too old, or misshapen.
    """
    key = key_sets.key(sender.jwks_url, check_header(token.header), None).key
    signed, _, signature = token.compact.rpartition(".")
    raw = jwt.utils.base64url_decode(signature)
    if not _RS256.verify(signed.encode(), key, raw):
        raise LaunchRefused("signature", "the signature is not that of the key")
    claims = token.claims
    check_parties(claims, sender.expected)
    check_times(claims, now, leeway, LONGEST_AGE)
    if claims.get(CLAIM + "version") != VERSION:
        raise LaunchRefused("version", f"version is not {VERSION}")
    told = claims.get(CLAIM + "notice")
    notice = told if isinstance(told, dict) else {}
    if not texts.is_identifier(notice.get("id")):
        raise LaunchRefused("format", "the notice has no usable id")
    context = claims.get(CLAIM + "context")
    origins = claims.get(CLAIM + "origin_contexts")
    return Notice(
        id=str(notice["id"]),
        kind=texts.clean(notice.get("type"), 100),
        context=context if isinstance(context, dict) else {},
        origins=tuple(
            each
            for each in (origins if isinstance(origins, list) else [])[:MOST_ORIGINS]
            if texts.is_identifier(each)
        ),
    )


def take(connection: Connection, sender: Sender, notice: Notice, now: datetime) -> None:
    """Act on a notice, once. A copy of a course that we know is prepared before anybody opens it.

    Raises:
        IntegrityError: if the notice was taken before.
    """
    used = digest(f"notice:{sender.registration_id}:{notice.id}")
    connection.execute(insert(_used), {"state_hash": used, "used_at": now})
    context_id = notice.context.get("id")
    if notice.kind != NoticeType.CONTEXT_COPY.value or not texts.is_identifier(context_id):
        return
    origin = origin_of(connection, sender.deployment_id, notice.origins)
    if origin is None:
        return
    known = (_courses.c.deployment_id == sender.deployment_id) & (
        _courses.c.context_id == context_id
    )
    if connection.scalar(select(_courses.c.id).where(known)) is not None:
        values = {"copied_from_id": origin}
        untold = known & _courses.c.copied_from_id.is_(None) & (_courses.c.id != origin)
        connection.execute(update(_courses).where(untold).values(values))
        return
    connection.execute(
        insert(_courses).values(
            deployment_id=sender.deployment_id,
            context_id=context_id,
            title=texts.clean(notice.context.get("title"), 255),
            label=texts.clean(notice.context.get("label"), 255),
            ags_scopes="",
            copied_from_id=origin,
            created_at=now,
        )
    )
