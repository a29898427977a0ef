"""From a launch to rows: person, course, link and membership, in as few statements as can be.

This is the busiest path of the tool, so it reads everything with one query, writes only what
differs, and makes no objects of the tables (decision record on performance).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from lti_mentoring.core.bell import ring_soon
from lti_mentoring.core.db import UnitOfWork
from lti_mentoring.grading.line_items import look_again
from lti_mentoring.launch import placed_content, registrations
from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.launch.deployments import UnknownDeployment, check_state
from lti_mentoring.launch.following import follow, subjects_followed
from lti_mentoring.launch.rosters import ask_for_roster
from lti_mentoring.models import (
    Course,
    Deployment,
    Membership,
    PlatformKeySet,
    PlatformUser,
    ResourceLink,
    SignIn,
)
from lti_mentoring.rules.groups import with_names
from lti_mentoring.rules.roles import effective_role
from lti_mentoring.services.departures import member_back
from lti_mentoring.services.roster import BELL
from lti_mentoring.vocabulary import (
    CourseRole,
    MembershipState,
    SignInState,
)

_deployments = cast(Table, Deployment.__table__)
_courses = cast(Table, Course.__table__)
_links = cast(Table, ResourceLink.__table__)
_users = cast(Table, PlatformUser.__table__)
_members = cast(Table, Membership.__table__)
_sign_ins = cast(Table, SignIn.__table__)
_keys = cast(Table, PlatformKeySet.__table__)

_PERSONAL_FACTS = ("name", "given_name", "locale", "time_zone", "former_subject")
_COURSE_FACTS = (
    "course_title",
    "course_label",
    "memberships_url",
    "groups_url",
    "line_items_url",
    "links_url",
    "links_scopes",
)
_AWAY = (MembershipState.INACTIVE, MembershipState.GONE)
_RANK = {CourseRole.INSTRUCTOR: 3, CourseRole.TEACHING_ASSISTANT: 2, CourseRole.LEARNER: 1}

_EVERYTHING: Select[Any] = (
    select(
        *registrations.COLUMNS,
        _deployments.c.id.label("deployment_id"),
        _deployments.c.state.label("deployment_state"),
        _deployments.c.notices_url,
        _courses.c.id.label("course_id"),
        _courses.c.title.label("course_title"),
        _courses.c.label.label("course_label"),
        _courses.c.memberships_url,
        _courses.c.groups_url,
        _courses.c.line_items_url,
        _courses.c.ags_scopes,
        _courses.c.links_url,
        _courses.c.links_scopes,
        _courses.c.roster_read_at,
        _links.c.id.label("link_id"),
        _links.c.course_id.label("link_course_id"),
        _links.c.title.label("link_title"),
        _links.c.line_item_url,
        _users.c.id.label("user_id"),
        _users.c.name,
        _users.c.given_name,
        _users.c.locale,
        _users.c.time_zone,
        _users.c.former_subject,
        _members.c.id.label("membership_id"),
        _members.c.role,
        _members.c.state.label("membership_state"),
        _members.c.roster_role,
        _members.c.roster_role_changed_at,
        _members.c.groups,
        _keys.c.fetched_at.label("keys_fetched_at"),
    )
    .select_from(
        _deployments.join(
            registrations.TABLE, registrations.TABLE.c.id == _deployments.c.registration_id
        )
        .outerjoin(_keys, _keys.c.url == registrations.TABLE.c.jwks_url)
        .outerjoin(
            _courses,
            (_courses.c.deployment_id == _deployments.c.id)
            & (_courses.c.context_id == bindparam("context_id")),
        )
        .outerjoin(
            _links,
            (_links.c.deployment_id == _deployments.c.id) & (_links.c.lti_id == bindparam("link")),
        )
        .outerjoin(
            _users,
            (_users.c.registration_id == _deployments.c.registration_id)
            & (_users.c.subject == bindparam("subject")),
        )
        .outerjoin(
            _members,
            (_members.c.course_id == _courses.c.id) & (_members.c.user_id == _users.c.id),
        )
    )
    .where(
        _deployments.c.registration_id == bindparam("registration_id"),
        _deployments.c.lti_id == bindparam("deployment"),
    )
    # Whoever closes one of the two waits for this launch, and ends the sign-in that it makes.
    .with_for_update(read=True, key_share=True, of=(_deployments, registrations.TABLE))
)
# The same for an observer, and the subjects of those whom the tables say they follow.
_EVERYTHING_OF_OBSERVER = _EVERYTHING.add_columns(subjects_followed(_members).label("observes"))
# The same for a link of placed content, and what the tables say that it is of.
_EVERYTHING_OF_CONTENT = _EVERYTHING.add_columns(
    _links.c.content_item_id, placed_content.item_of_registration()
)
_RELAUNCH = (
    update(_members)
    .where(_members.c.id == bindparam("its_id"))
    .values(
        role=bindparam("its_role"),
        state=MembershipState.ACTIVE,
        is_test_user=bindparam("tests"),
        groups=bindparam("its_groups"),
        launch_role=bindparam("its_launch_role"),
        launched_at=bindparam("now"),
        left_at=None,
    )
)
_END_SIGN_INS = (
    update(_sign_ins)
    .where(
        _sign_ins.c.membership_id == bindparam("its_membership_id"),
        _sign_ins.c.state == SignInState.ACTIVE,
    )
    .values(state=SignInState.ENDED)
)


@dataclass(frozen=True)
class Provisioned:
    """Where the launch has led: who is in which course now, by which link, to which content.

    There is no link where the message is about none. The content may have been placed in another
    course of the same platform: then the link is a copy.
    """

    membership_id: int
    resource_link_id: int | None
    course_id: int
    content_item_id: int | None


def provision(
    unit: UnitOfWork,
    registration_id: int,
    claims: LaunchClaims,
    relied_on: registrations.ReliedOn | None,
    now: datetime,
    roster_max_age: timedelta,
) -> Provisioned:
    """Write down what the launch says. A second launch that says the same writes one row.

    Args:
        unit: of work, in whose transaction it is written.
        registration_id: whose launch it is.
        claims: what it says.
        relied_on: what it was checked against; nothing if that was read in this transaction.
        now: this moment.
        roster_max_age: after which the course's roster is to be read again.

    Raises:
        Outdated: if it was checked against something that has changed.
        AwaitingActivation: ``deployment-pending``, ``-paused`` or ``-disabled``.
        IntegrityError: if another launch made the same rows at the same moment; try again.
    """
    connection = unit.connection
    found = _read_all(connection, registration_id, claims)
    if relied_on is not None:
        registrations.check_unchanged(found, relied_on)
    user_id = _keep_person(connection, found, registration_id, claims, now)
    course_id = _keep_course(connection, found, claims, now)
    item_id = found.item_id if _opens_content(claims) else None
    if claims.former_links and item_id is None and claims.role is not CourseRole.OBSERVER:
        item_id = placed_content.item_of_links(connection, course_id, claims.former_links)
    link_id = _keep_link(connection, found, (course_id, item_id), claims, now)
    membership_id = _keep_membership(connection, found, (course_id, user_id), claims, now)
    if claims.notices_url and claims.notices_url != found.notices_url:
        wish = {"notices_url": claims.notices_url, "notices_due_at": now}
        _update(connection, _deployments, found.deployment_id, wish)
    if claims.role is CourseRole.OBSERVER:
        follow(connection, (course_id, membership_id), claims, found.observes)
    if _grading_is_news(found, claims):
        look_again(unit.session, course_id)
    if found.membership_state in _AWAY:
        member_back(unit.session, course_id, [membership_id])
    fresh_since = now - roster_max_age
    is_old = _wants_roster(found, claims, fresh_since)
    if is_old and ask_for_roster(connection, course_id, fresh_since, now):
        ring_soon(unit.session, BELL)
    return Provisioned(membership_id, link_id, course_id, item_id)


def _opens_content(claims: LaunchClaims) -> bool:
    """Whether the link names content. Observers have one page of their own, whatever it names."""
    return bool(claims.content_key) and claims.role is not CourseRole.OBSERVER


def _grading_is_news(found: Row[Any], claims: LaunchClaims) -> bool:
    """Whether a known course's gradebook can be reached in a way that it could not before."""
    if found.course_id is None or not claims.tells_grading:
        return False
    told = (claims.ags_scopes, claims.line_items_url, claims.line_item_url)
    return told != (found.ags_scopes, found.line_items_url, found.line_item_url)


def _read_all(connection: Connection, registration_id: int, claims: LaunchClaims) -> Row[Any]:
    key = {
        "registration_id": registration_id,
        "deployment": claims.deployment_lti_id,
        "context_id": claims.context_id,
        "link": claims.link_id,
        "subject": claims.subject,
    }
    statement = _EVERYTHING
    if claims.role is CourseRole.OBSERVER:
        statement = _EVERYTHING_OF_OBSERVER
    elif claims.content_key or claims.former_links:
        statement, key["content"] = _EVERYTHING_OF_CONTENT, claims.content_key
    found = connection.execute(statement, key).first()
    if found is None:
        raise UnknownDeployment(claims.deployment_lti_id)
    check_state(found.deployment_state)
    return found


def _keep_person(
    connection: Connection,
    found: Row[Any],
    registration_id: int,
    claims: LaunchClaims,
    now: datetime,
) -> int:
    told = _told(claims, _PERSONAL_FACTS)
    if found.user_id is None:
        key = {"registration_id": registration_id, "subject": claims.subject, "created_at": now}
        return _insert(connection, _users, {**key, **told})
    _update(connection, _users, found.user_id, _differences(found, told))
    return int(found.user_id)


def _keep_course(
    connection: Connection, found: Row[Any], claims: LaunchClaims, now: datetime
) -> int:
    """A service that this launch does not mention is not gone: another link may mention it."""
    told = _told(claims, _COURSE_FACTS)
    if claims.tells_grading:
        told["ags_scopes"] = claims.ags_scopes
    if found.course_id is None:
        key = {"deployment_id": found.deployment_id, "context_id": claims.context_id}
        former = (claims.former_contexts, claims.former_links)
        origin = placed_content.origin_of(connection, found.deployment_id, *former)
        told |= {"copied_from_id": origin} if origin is not None else {}
        values = {**key, "created_at": now, **_unprefixed(told, "course_")}
        return _insert(connection, _courses, values)
    changed = _unprefixed(_differences(found, told), "course_")
    _update(connection, _courses, found.course_id, changed)
    return int(found.course_id)


def _keep_link(
    connection: Connection,
    found: Row[Any],
    leads_to: tuple[int, int | None],
    claims: LaunchClaims,
    now: datetime,
) -> int | None:
    """A link may have moved to another course. Its column may be gone, if grading is told of."""
    if not claims.link_id:
        return None
    course_id, item_id = leads_to
    told = _told(claims, ("link_title",))
    if item_id is not None:
        told["content_item_id"] = item_id
    if claims.tells_grading:
        told["line_item_url"] = claims.line_item_url
    if found.link_id is None:
        key = {"deployment_id": found.deployment_id, "course_id": course_id}
        values = {**key, "lti_id": claims.link_id, "created_at": now, **_unprefixed(told, "link_")}
        return _insert(connection, _links, values)
    told["link_course_id"] = course_id
    changed = _unprefixed(_differences(found, told), "link_")
    _update(connection, _links, found.link_id, changed)
    return int(found.link_id)


def _keep_membership(
    connection: Connection,
    found: Row[Any],
    key: tuple[int, int],
    claims: LaunchClaims,
    now: datetime,
) -> int:
    """The role of this launch counts at once; a demotion ends the person's other sign-ins."""
    if found.membership_id is None:
        values = {
            "course_id": key[0],
            "user_id": key[1],
            "role": claims.role,
            "state": MembershipState.ACTIVE,
            "is_test_user": claims.is_test_user,
            "groups": claims.groups or "",
            "launch_role": claims.role,
            "launched_at": now,
            "joined_at": now,
        }
        return _insert(connection, _members, values)
    role = effective_role(
        launch_role=claims.role,
        launched_at=now,
        roster_role=found.roster_role,
        roster_role_changed_at=found.roster_role_changed_at,
    )
    values = {
        "its_id": found.membership_id,
        "its_role": role,
        "its_launch_role": claims.role,
        "tests": claims.is_test_user,
        "its_groups": with_names(claims.groups, found.groups),
        "now": now,
    }
    connection.execute(_RELAUNCH, values)
    if _RANK.get(role, 0) < _RANK.get(found.role, 0):
        connection.execute(_END_SIGN_INS, {"its_membership_id": found.membership_id})
    return int(found.membership_id)


def _wants_roster(found: Row[Any], claims: LaunchClaims, fresh_since: datetime) -> bool:
    """Whether the course has a roster, and the last reading of it is old."""
    if not (claims.memberships_url or found.memberships_url):
        return False
    return found.roster_read_at is None or bool(found.roster_read_at <= fresh_since)


def _told(claims: LaunchClaims, names: tuple[str, ...]) -> dict[str, Any]:
    """What the launch says; what it leaves out says nothing."""
    told = ((name, getattr(claims, name)) for name in names)
    return {name: value for name, value in told if value}


def _differences(found: Row[Any], told: Mapping[str, Any]) -> dict[str, Any]:
    kept = found._mapping
    return {name: value for name, value in told.items() if kept[name] != value}


def _unprefixed(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Names as the table has them: the query gives some of its columns longer ones."""
    return {name.removeprefix(prefix): value for name, value in values.items()}


def _insert(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    return int(connection.execute(_inserting(table), dict(values)).scalar_one())


@cache
def _inserting(table: Table) -> ReturningInsert[Any]:
    return insert(table).returning(table.c.id)


def _update(connection: Connection, table: Table, row_id: int, changed: Mapping[str, Any]) -> None:
    if changed:
        connection.execute(update(table).where(table.c.id == row_id).values(**changed))
