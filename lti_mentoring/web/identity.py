"""Sign-ins: how a browser proves one, and the actor that follows from it.

A proof is the secret token of one sign-in, brought by a cookie, an ``Authorization``
header or a hidden field; or, for reading one page only, a short-lived ticket. The
address names the sign-in (``/in/<key>/…``), so two tabs can be two people.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, cast

from flask import Request, Response, current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection, Table, insert, update

from lti_mentoring.core import clock
from lti_mentoring.core.keys import digest, new_secret
from lti_mentoring.models import SignIn
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.sign_ins import FoundSignIn
from lti_mentoring.settings import Settings
from lti_mentoring.vocabulary import CourseRole, MembershipState, SignInState
from lti_mentoring.web import cookies

COOKIE = "__Host-in-"
TOKEN_FIELD = "sign_in_token"  # noqa: S105 -- a field's name, no secret
TICKET = "ticket"
MOST_COOKIES = 8  # sign-ins of one browser at a time; older cookies are taken back
TOUCH_EVERY = timedelta(minutes=1)

Proof = Literal["cookie", "token", "ticket"]

_TABLE = cast(Table, SignIn.__table__)
_INSERT = insert(_TABLE)


@dataclass(frozen=True)
class NewSignIn:
    """A sign-in just made; ``token`` is the secret, known here and in the browser only."""

    key: str
    token: str


class Opened(NamedTuple):
    """How somebody opens the tool; the fields are the model's."""

    frame_origins: str = ""
    resource_link_id: int | None = None
    locale: str | None = None
    return_url: str | None = None
    administers: bool = False


def new_sign_in(connection: Connection, membership_id: int, opened: Opened) -> NewSignIn:
    """Make a sign-in for one launch. Every launch makes its own (LTI 4.4, no fixation)."""
    made = NewSignIn(key=new_secret()[:12], token=new_secret())
    now = clock.now()
    connection.execute(
        _INSERT,
        {
            "key": made.key,
            "token_hash": digest(made.token),
            "membership_id": membership_id,
            "state": SignInState.ACTIVE,
            "notices": [],
            **opened._asdict(),
            "created_at": now,
            "seen_at": now,
        },
    )
    return made


def keep_content(connection: Connection, key: str, content_item_id: int) -> None:
    """Note what the launch of a new sign-in was to open."""
    noted = update(_TABLE).where(_TABLE.c.key == key).values(content_item_id=content_item_id)
    connection.execute(noted)


def landing_path(key: str) -> str:
    """Where the pages of a sign-in begin."""
    return f"/in/{key}/"


def set_cookie(request: Request, response: Response, new: NewSignIn, settings: Settings) -> None:
    """Give the token to the browser, partitioned; take back the cookies of old sign-ins."""
    mine = [name for name in request.cookies if name.startswith(COOKIE)]
    for name in mine[: max(0, len(mine) - MOST_COOKIES + 1)]:
        cookies.put(response, name, "", 0)
    cookies.put(response, COOKIE + new.key, new.token, settings.launching.sign_in_hours * 3600)


def ticket(settings: Settings, key: str, path: str) -> str:
    """A ticket that opens ``path`` (no query) once or more by GET for a few minutes."""
    until = clock.now() + timedelta(minutes=settings.launching.ticket_minutes)
    return str(_tickets(settings).dumps([key, path, int(until.timestamp())]))


def with_ticket(settings: Settings, key: str, address: str) -> str:
    """``address`` (path and maybe query and fragment) with a ticket for its path."""
    rest, mark, fragment = address.partition("#")
    path = rest.partition("?")[0]
    joint = "&" if "?" in rest else "?"
    return f"{rest}{joint}{TICKET}={ticket(settings, key, path)}{mark}{fragment}"


def _tickets(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="page-ticket")


def proof_of(request: Request, found: FoundSignIn, settings: Settings) -> Proof | None:
    """How the request proves the sign-in ``found``; nothing if it does not."""
    brought = request.cookies.get(COOKIE + found.key)
    if brought and _is_token(brought, found):
        return "cookie"
    bearer = request.headers.get("Authorization", "")
    brought = bearer[7:] if bearer.startswith("Bearer ") else request.form.get(TOKEN_FIELD, "")
    if brought and _is_token(brought, found):
        return "token"
    if request.method == "GET" and _is_ticket(request, found.key, settings):
        return "ticket"
    return None


def _is_token(brought: str, found: FoundSignIn) -> bool:
    return hmac.compare_digest(digest(brought), found.token_hash)


def _is_ticket(request: Request, key: str, settings: Settings) -> bool:
    try:
        loaded = _tickets(settings).loads(request.args.get(TICKET, ""))
    except BadSignature:
        return False
    ticket_key, path, until = loaded
    return ticket_key == key and path == request.path and until > clock.now().timestamp()


def has_expired(found: FoundSignIn, settings: Settings, now: datetime) -> bool:
    """Whether the sign-in is over: ended, idle too long, or older than a working day."""
    return (
        found.sign_in_state is not SignInState.ACTIVE
        or now >= found.seen_at + timedelta(minutes=settings.launching.sign_in_idle_minutes)
        or now >= found.created_at + timedelta(hours=settings.launching.sign_in_hours)
    )


def touch(key: str, now: datetime) -> None:
    """Note that the sign-in is in use, in a transaction of its own."""
    with current_app.extensions["mentoring"].database.transaction() as db:
        db.execute(update(_TABLE).where(_TABLE.c.key == key).values(seen_at=now))


def actor_of(found: FoundSignIn, settings: Settings) -> Actor:
    """The actor of a proved sign-in. Somebody who left the course is nobody (role none)."""
    active = found.membership_state is MembershipState.ACTIVE
    zone = found.time_zone or found.program_time_zone or settings.default_time_zone
    return Actor(
        course_id=found.course_id,
        membership_id=found.membership_id,
        user_id=found.user_id,
        role=found.role if active else CourseRole.NONE,
        name=found.given_name or found.name,
        locale=found.locale or found.user_locale,
        time_zone=zone,
        is_test_user=found.is_test_user,
        program_id=found.program_id,
        program_state=found.program_state,
        mentee_id=found.mentee_id if active else None,
        mentor_id=found.mentor_id if active else None,
        administers_connection=found.administers,
        groups=found.groups,
        audience=found.audience_groups or "",
    )


def csrf_secret(found: FoundSignIn, settings: Settings) -> str:
    """What flask-wtf's tokens of this sign-in are checked against: bound to the row (LTI 4.4)."""
    return hmac.new(
        settings.secret_key.encode(), f"csrf:{found.token_hash}".encode(), "sha256"
    ).hexdigest()
