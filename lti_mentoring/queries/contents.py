"""Placed content: what a sign-in was to open, and what a platform waits to be told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Table, bindparam, select

from lti_mentoring.models import (
    ContentItem,
    Course,
    DeepLinkingRequest,
    Deployment,
    Intake,
    LineItem,
    Membership,
    Platform,
    Program,
    Registration,
    SignIn,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.deep_linking import Addressee, DeepLinkingSettings
from lti_mentoring.vocabulary import ContentKind, IntakeState, LineItemKind, Product

LIFE = timedelta(hours=1)
"""For so long a platform's request can be answered (LTI-89)."""

_asked = cast(Table, DeepLinkingRequest.__table__)
_sign_ins = cast(Table, SignIn.__table__)
_items = cast(Table, ContentItem.__table__)
_intakes = cast(Table, Intake.__table__)
_members = cast(Table, Membership.__table__)
_courses = cast(Table, Course.__table__)
_deployments = cast(Table, Deployment.__table__)
_registrations = cast(Table, Registration.__table__)
_platforms = cast(Table, Platform.__table__)
_programs = cast(Table, Program.__table__)
_columns = cast(Table, LineItem.__table__)

_OPENING = (
    select(_items.c.kind, _intakes.c.state)
    .join_from(_sign_ins, _items, _items.c.id == _sign_ins.c.content_item_id)
    .outerjoin(_intakes, _intakes.c.participant_id == bindparam("mentee_id"))
    .where(_sign_ins.c.key == bindparam("key"))
)
_WAITING = (
    select(
        _asked.c.settings,
        _registrations.c.issuer,
        _registrations.c.client_id,
        _deployments.c.lti_id,
        _platforms.c.product,
        _programs.c.id,
        _programs.c.title,
        _programs.c.posts_engagement,
        _columns.c.url,
    )
    .join_from(_asked, _sign_ins, _sign_ins.c.key == _asked.c.sign_in_key)
    .join(_members, _members.c.id == _sign_ins.c.membership_id)
    .join(_courses, _courses.c.id == _members.c.course_id)
    .join(_deployments, _deployments.c.id == _courses.c.deployment_id)
    .join(_registrations, _registrations.c.id == _deployments.c.registration_id)
    .join(_platforms, _platforms.c.id == _registrations.c.platform_id)
    .outerjoin(_programs, _programs.c.id == bindparam("program_id"))
    .outerjoin(
        _columns,
        (_columns.c.program_id == _programs.c.id) & (_columns.c.kind == LineItemKind.ENGAGEMENT),
    )
    .where(
        _asked.c.sign_in_key == bindparam("key"),
        _asked.c.answered_at.is_(None),
        _asked.c.asked_at > bindparam("since"),
    )
)


@dataclass(frozen=True)
class Opening:
    """What a sign-in was to open; whether the learner has done the first three steps."""

    kind: ContentKind
    has_started: bool


@dataclass(frozen=True)
class ProgramFacts:
    """What a link should know of the course's program. It posts points until it has a column."""

    id: int
    title: str
    posts_points: bool
    has_column: bool


@dataclass(frozen=True)
class Waiting:
    """A platform that waits for an answer, and the course's program if there is one."""

    settings: DeepLinkingSettings
    addressee: Addressee
    product: Product
    program: ProgramFacts | None


def opening_of(connection: Connection, sign_in_key: str, actor: Actor) -> Opening | None:
    """What the launch of this sign-in was to open; nothing if that was the whole program."""
    key = {"key": sign_in_key, "mentee_id": actor.mentee_id}
    found = connection.execute(_OPENING, key).first()
    if found is None:
        return None
    return Opening(found.kind, found.state is IntakeState.SUBMITTED)


def waiting_for(
    connection: Connection, sign_in_key: str, actor: Actor, now: datetime
) -> Waiting | None:
    """The request that this sign-in may answer; nothing if it is answered, too old, or none."""
    key = {"key": sign_in_key, "program_id": actor.program_id, "since": now - LIFE}
    found = connection.execute(_WAITING, key).first()
    if found is None:
        return None
    settings, issuer, client_id, deployment, product, program_id, title, posts, url = found
    program = None
    if program_id is not None:
        program = ProgramFacts(program_id, title, posts_points=posts, has_column=url is not None)
    addressee = Addressee(issuer, client_id, deployment)
    return Waiting(DeepLinkingSettings.from_json(settings), addressee, product, program)
