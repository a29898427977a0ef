"""Sign-ins: how a browser proves one, and the actor that follows from it.

A proof is the secret token of one sign-in, brought by a cookie, an ``Authorization``
header or a hidden field; or, for reading one page only, a short-lived ticket. The
address names the sign-in (``/in/<key>/…``), so two tabs can be two people.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from flask import Request, Response, current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection, Row, Select, Table, bindparam, case, insert, select, update

from lti_mentoring.core import clock
from lti_mentoring.core.keys import digest, new_secret
from lti_mentoring.models import (
    Course,
    Draft,
    Membership,
    Participant,
    PlatformUser,
    Program,
    SignIn,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.settings import Settings
from lti_mentoring.vocabulary import (
    CourseRole,
    MembershipState,
    ParticipantRole,
    ParticipantState,
    ProgramState,
    SignInState,
)
from lti_mentoring.web import cookies

COOKIE = "__Host-in-"
TOKEN_FIELD = "sign_in_token"  # noqa: S105 -- a field's name, no secret
TICKET = "ticket"
MOST_COOKIES = 8  # sign-ins of one browser at a time; older cookies are taken back
TOUCH_EVERY = timedelta(minutes=1)

Proof = Literal["cookie", "token", "ticket"]

# Tables rather than classes: SQLAlchemy hashes a statement each time it is run.
_sign_ins = cast(Table, SignIn.__table__)
_members = cast(Table, Membership.__table__)
_users = cast(Table, PlatformUser.__table__)
_courses = cast(Table, Course.__table__)
_programs = cast(Table, Program.__table__)
_participants = cast(Table, Participant.__table__)
_drafts = cast(Table, Draft.__table__)
_mentees = _participants.alias()
_mentors = _participants.alias()
_IS_OTHERS_DRAFT = case(
    ((_programs.c.state == ProgramState.DRAFT) & (_members.c.role != CourseRole.INSTRUCTOR), 1),
    else_=0,
)
_SIGN_IN: Select[Any] = (
    select(
        _sign_ins.c.key,
        _sign_ins.c.token_hash,
        _sign_ins.c.state.label("sign_in_state"),
        _sign_ins.c.locale,
        _sign_ins.c.return_url,
        _sign_ins.c.frame_origins,
        _sign_ins.c.notices,
        _sign_ins.c.created_at,
        _sign_ins.c.seen_at,
        _sign_ins.c.resource_link_id,
        _members.c.id.label("membership_id"),
        _members.c.role,
        _members.c.state.label("membership_state"),
        _members.c.is_test_user,
        _users.c.id.label("user_id"),
        _users.c.name,
        _users.c.given_name,
        _users.c.locale.label("user_locale"),
        _users.c.time_zone,
        _courses.c.id.label("course_id"),
        _courses.c.title.label("course_title"),
        _programs.c.id.label("program_id"),
        _programs.c.state.label("program_state"),
        _programs.c.title.label("program_title"),
        _programs.c.time_zone.label("program_time_zone"),
        _programs.c.starts_on,
        _programs.c.ends_on,
        _mentees.c.id.label("mentee_id"),
        _mentors.c.id.label("mentor_id"),
        select(_drafts.c.id)
        .where(_drafts.c.membership_id == _sign_ins.c.membership_id)
        .exists()
        .label("has_drafts"),
    )
    .join_from(_sign_ins, _members, _members.c.id == _sign_ins.c.membership_id)
    .join(_users, _users.c.id == _members.c.user_id)
    .join(_courses, _courses.c.id == _members.c.course_id)
    .outerjoin(
        _programs,
        (_programs.c.course_id == _courses.c.id) & (_programs.c.state != ProgramState.CANCELLED),
    )
    .outerjoin(
        _mentees,
        (_mentees.c.membership_id == _members.c.id)
        & (_mentees.c.program_id == _programs.c.id)
        & (_mentees.c.role == ParticipantRole.MENTEE)
        & (_mentees.c.state == ParticipantState.ACTIVE),
    )
    .outerjoin(
        _mentors,
        (_mentors.c.membership_id == _members.c.id)
        & (_mentors.c.program_id == _programs.c.id)
        & (_mentors.c.role == ParticipantRole.MENTOR)
        & (_mentors.c.state == ParticipantState.ACTIVE),
    )
    .where(_sign_ins.c.key == bindparam("key"))
    # The newest program is the course's current one; a draft is one to its makers only, while
    # everybody else goes on reading what they did in the one before.
    .order_by(_IS_OTHERS_DRAFT, _programs.c.id.desc())
    .limit(1)
)


_INSERT = insert(_sign_ins)


@dataclass(frozen=True)
class NewSignIn:
    """A sign-in just made; ``token`` is the secret, known here and in the browser only."""

    key: str
    token: str


def new_sign_in(
    connection: Connection,
    *,
    membership_id: int,
    resource_link_id: int | None,
    locale: str | None,
    return_url: str | None,
    frame_origins: str,
) -> NewSignIn:
    """Make a sign-in for one launch. Every launch makes its own (LTI 4.4, no fixation)."""
    made = NewSignIn(key=new_secret()[:12], token=new_secret())
    now = clock.now()
    connection.execute(
        _INSERT,
        {
            "key": made.key,
            "token_hash": digest(made.token),
            "membership_id": membership_id,
            "resource_link_id": resource_link_id,
            "state": SignInState.ACTIVE,
            "locale": locale,
            "return_url": return_url,
            "frame_origins": frame_origins,
            "notices": [],
            "created_at": now,
            "seen_at": now,
        },
    )
    return made


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


def find_sign_in(connection: Connection, key: str) -> Row[Any] | None:
    """The sign-in with everything that an actor and its pages need, in one query."""
    return connection.execute(_SIGN_IN, {"key": key}).first()


def proof_of(request: Request, found: Row[Any], settings: Settings) -> Proof | None:
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


def _is_token(brought: str, found: Row[Any]) -> bool:
    return hmac.compare_digest(digest(brought), found.token_hash)


def _is_ticket(request: Request, key: str, settings: Settings) -> bool:
    try:
        loaded = _tickets(settings).loads(request.args.get(TICKET, ""))
    except BadSignature:
        return False
    ticket_key, path, until = loaded
    return ticket_key == key and path == request.path and until > clock.now().timestamp()


def has_expired(found: Row[Any], settings: Settings, now: datetime) -> bool:
    """Whether the sign-in is over: ended, idle too long, or older than a working day."""
    return (
        found.sign_in_state is not SignInState.ACTIVE
        or now >= found.seen_at + timedelta(minutes=settings.launching.sign_in_idle_minutes)
        or now >= found.created_at + timedelta(hours=settings.launching.sign_in_hours)
    )


def touch(key: str, now: datetime) -> None:
    """Note that the sign-in is in use, in a transaction of its own."""
    with current_app.extensions["mentoring"].database.transaction() as db:
        db.execute(update(_sign_ins).where(_sign_ins.c.key == key).values(seen_at=now))


def actor_of(found: Row[Any], settings: Settings) -> Actor:
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
    )


def csrf_secret(found: Row[Any], settings: Settings) -> str:
    """What flask-wtf's tokens of this sign-in are checked against: bound to the row (LTI 4.4)."""
    return hmac.new(
        settings.secret_key.encode(), f"csrf:{found.token_hash}".encode(), "sha256"
    ).hexdigest()
