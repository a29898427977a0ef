"""From a staged roster to the few rows that differ from it, in bulk.

A reading of 10,000 members costs one query and, when nothing has changed, no write at all.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_mentoring.advantage.memberships import Member
from lti_mentoring.core import clock
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.models import Membership, PlatformUser
from lti_mentoring.rules import roles
from lti_mentoring.rules.groups import Group, with_names, write
from lti_mentoring.vocabulary import CourseRole, MembershipState

STATES = {
    "active": MembershipState.ACTIVE,
    "inactive": MembershipState.INACTIVE,
    "deleted": MembershipState.GONE,
}
NAMES = ("name", "given_name")
LISTED_FIELDS = 5
PLACES = 2 + LISTED_FIELDS  # with the subject before them and the groups behind
PART = 5000  # people in one statement


class Listed(NamedTuple):
    """What a roster says of one person, ready to be compared."""

    name: str
    given_name: str
    role: CourseRole
    state: MembershipState
    is_test_user: bool


class Stored(NamedTuple):
    """What the tables say of one member; enums as plain text, since most are only compared.

    It begins with the fields of ``Listed``, so that most people cost one comparison of tuples.
    """

    name: str
    given_name: str
    roster_role: str | None
    state: str
    is_test_user: bool
    was_listed: bool
    membership_id: int
    user_id: int
    role: str
    launch_role: str | None
    launched_at: datetime | None
    groups: str

    def says(self, listed: Listed) -> bool:
        """Whether the tables say what the roster says."""
        return self[:LISTED_FIELDS] == listed and self.was_listed


class Staged:
    """A roster while it is being read: one small tuple a person, the last entry of each wins.

    Most rosters do not speak of groups; ``groups`` has only those of whom they do. All groups
    of the course, ``course_groups``, are known where the platform lists them.
    """

    def __init__(self, role_overrides: str = "") -> None:
        self._overrides = role_overrides
        self.people: dict[str, Listed] = {}
        self.groups: dict[str, str] = {}
        self.course_groups: str | None = None
        self._seen_roles: dict[tuple[str, ...], tuple[CourseRole, bool]] = {}

    def add(self, members: Iterable[Member]) -> None:
        """Take in one page."""
        for member in members:
            role, is_test_user = self._judge(member.roles)
            state = STATES.get(member.status.lower(), MembershipState.ACTIVE)
            if member.groups is not None:
                self.groups[member.subject] = member.groups
            self.people[member.subject] = Listed(
                member.name, member.given_name, role, state, is_test_user
            )

    def name_groups(self, known: Sequence[Group]) -> None:
        """Give groups that were told by their ids the names that they have in the course."""
        names = self.course_groups = write(known)
        self.groups = {who: with_names(told, names) for who, told in self.groups.items()}

    def _judge(self, names: tuple[str, ...]) -> tuple[CourseRole, bool]:
        """A course has thousands of people and a handful of combinations of roles."""
        if names not in self._seen_roles:
            self._seen_roles[names] = (
                roles.course_role(names, self._overrides),
                roles.is_test_user(names),
            )
        return self._seen_roles[names]


class Staging:
    """New people as a table inside one statement: a JSON parameter that the database unfolds.

    A thousand people are then one statement and one parameter, four times faster than one
    execution a person on SQLite, and more on PostgreSQL.
    """

    def __init__(
        self, db: Session, people: Sequence[tuple[str, Listed]], groups: Mapping[str, str]
    ) -> None:
        told = [(subject, *listed, groups.get(subject, "")) for subject, listed in people]
        rows = json.dumps(told, ensure_ascii=False)
        if db.get_bind().dialect.name == "sqlite":
            value = sa.func.json_each(rows).table_valued("value").c.value
            texts = [sa.func.json_extract(value, f"$[{place}]") for place in range(PLACES)]
        else:
            unfolded = sa.func.jsonb_array_elements(sa.cast(sa.literal(rows), postgresql.JSONB))
            value = unfolded.column_valued("entry")
            texts = [sa.type_coerce(value, postgresql.JSONB)[n].astext for n in range(PLACES)]
        self.subject, self.name, self.given_name = texts[:3]
        self.role, self.state = texts[3:5]
        self.is_test_user = sa.cast(texts[5], sa.Boolean)
        self.groups = texts[6] if groups else sa.literal("")  # most rosters tell none


@dataclass(frozen=True)
class Changes:
    """What differs. ``gone``, ``suspended`` and ``back`` are memberships; the rest are rows.

    ``active_count`` members were here before, of whom ``leaving_count`` are missing now, or are
    listed as inactive or deleted.
    """

    member_count: int = 0
    active_count: int = 0
    leaving_count: int = 0
    added: list[tuple[str, Listed]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    renamed: list[dict[str, Any]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    suspended: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)
    groups: Mapping[str, str] = field(default_factory=dict)  # of those whose groups were told

    def without_removals(self) -> "Changes":
        """The same, but nobody is missing, and nobody who was here stops being so."""
        stay = frozenset(self.suspended)
        changed = [_staying(row) if row["id"] in stay else row for row in self.changed]
        return replace(
            self, gone=[], suspended=[], changed=[row for row in changed if row.keys() != {"id"}]
        )


def find_changes(
    db: Session, course_id: int, staged: Staged, began_at: datetime, *, complete: bool
) -> Changes:
    """Compare what was read with what is stored; nothing is written."""
    stored = _stored(db, course_id)
    found = _compare_people(staged.people, stored, staged.groups)
    leaving_count = 0
    if complete and staged.people:
        missing = (row for subject, row in stored.items() if subject not in staged.people)
        left = [row for row in missing if _has_left(row, began_at)]
        found.gone.extend(row.membership_id for row in left)
        leaving_count = sum(row.state == MembershipState.ACTIVE for row in left)
    return replace(found, leaving_count=leaving_count + len(found.suspended))


def find_told_changes(
    db: Session, course_id: int, staged: Staged, began_at: datetime
) -> Changes | None:
    """What changes where only differences were read; null if they do not fit what is stored.

    They do not if they delete somebody whom nobody knows, or who has come in since. Whoever is
    not among them stays as they are. Of those who were deleted nothing but that is believed:
    LMSs may tell neither roles nor names of them.
    """
    stored = _stored(db, course_id)
    deleted = {who for who, listed in staged.people.items() if listed.state is MembershipState.GONE}
    if not deleted <= stored.keys() or any(_came_in(stored[who], began_at) for who in deleted):
        return None
    staying = {who: listed for who, listed in staged.people.items() if who not in deleted}
    groups = {who: told for who, told in staged.groups.items() if who in staying}
    found = _compare_people(staying, stored, groups)
    left = [stored[who] for who in deleted if stored[who].state != MembershipState.GONE]
    found.gone.extend(row.membership_id for row in left)
    leaving = sum(row.state == MembershipState.ACTIVE for row in left) + len(found.suspended)
    listed_before = {who for who, row in stored.items() if row.state != MembershipState.GONE}
    count = len((listed_before | staying.keys()) - deleted)
    return replace(found, member_count=count, leaving_count=leaving)


def write_changes(db: Session, course_id: int, registration_id: int, changes: Changes) -> None:
    """Write them, in a handful of bulk statements."""
    for first in range(0, len(changes.added), PART):
        added = Staging(db, changes.added[first : first + PART], changes.groups)
        _add_users(db, registration_id, added)
        _add_memberships(db, course_id, registration_id, added)
    if changes.renamed:
        db.execute(update(PlatformUser), changes.renamed)
    if changes.changed:
        db.execute(update(Membership), changes.changed)
    if changes.gone:
        left = {"state": MembershipState.GONE, "left_at": clock.now()}
        db.execute(update(Membership), [{"id": gone, **left} for gone in changes.gone])


def _compare_people(
    people: Mapping[str, Listed], stored: Mapping[str, Stored], groups: Mapping[str, str]
) -> Changes:
    """What differs of those who are listed; nobody is missing yet."""
    found = Changes(
        member_count=len(people),
        active_count=sum(row.state == MembershipState.ACTIVE for row in stored.values()),
        groups=groups,
    )
    now = clock.now()
    for subject, listed in people.items():
        row = stored.get(subject)
        if row is None:
            found.added.append((subject, listed))
        elif not row.says(listed):
            _compare(found, row, listed, now)
    if groups:
        _compare_groups(found, stored)
    return found


def _stored(db: Session, course_id: int) -> dict[str, Stored]:
    rows = db.connection().execute(
        select(
            PlatformUser.subject,
            PlatformUser.name,
            PlatformUser.given_name,
            _plain(Membership.roster_role),
            _plain(Membership.state),
            Membership.is_test_user,
            Membership.roster_seen_at.is_not(None),
            Membership.id,
            PlatformUser.id,
            _plain(Membership.role),
            _plain(Membership.launch_role),
            Membership.launched_at,
            Membership.groups,
        )
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(Membership.course_id == course_id)
    )
    return {row[0]: Stored._make(row[1:]) for row in rows}


def _plain(column: InstrumentedAttribute[Any]) -> sa.ColumnElement[str]:
    """A state or role without the cost of making an enum of it."""
    return sa.type_coerce(column, sa.String())


def _compare(found: Changes, row: Stored, listed: Listed, now: datetime) -> None:
    # What a roster withholds is kept from the launch.
    names = {name: getattr(listed, name) or getattr(row, name) for name in NAMES}
    if any(names[name] != getattr(row, name) for name in NAMES):
        found.renamed.append({"id": row.user_id, **names})
    differences = {**_role_change(row, listed, now), **_state_change(row, listed, now)}
    if not differences:
        return
    found.changed.append({"id": row.membership_id, **differences})
    was_here = row.state == MembershipState.ACTIVE
    # Somebody who turns out to be a test user has never been here (LTI-59).
    is_here = listed.state is MembershipState.ACTIVE and "is_test_user" not in differences
    if was_here and not is_here:
        found.suspended.append(row.membership_id)
    elif is_here and not was_here:
        found.back.append(row.membership_id)


def _role_change(row: Stored, listed: Listed, now: datetime) -> dict[str, Any]:
    """The roster's opinion of the role, if it is new; its date only if it changed its mind."""
    changed: dict[str, Any] = {}
    if listed.is_test_user and not row.is_test_user:
        changed["is_test_user"] = True
    if row.was_listed and row.roster_role == listed.role:
        return changed
    is_first = row.roster_role is None
    changed_at = None if is_first and row.launched_at is not None else now
    if not row.was_listed:
        changed["roster_seen_at"] = now
    changed["roster_role"] = listed.role
    changed["roster_role_changed_at"] = changed_at
    changed["role"] = roles.effective_role(
        launch_role=CourseRole(row.launch_role) if row.launch_role else None,
        launched_at=row.launched_at,
        roster_role=listed.role,
        roster_role_changed_at=changed_at,
    )
    return changed


def _state_change(row: Stored, listed: Listed, now: datetime) -> dict[str, Any]:
    if row.state == listed.state:
        return {}
    left_at = None if listed.state is MembershipState.ACTIVE else now
    return {"state": listed.state, "left_at": left_at}


def _staying(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"state", "left_at"}}


def _compare_groups(found: Changes, stored: Mapping[str, Stored]) -> None:
    """What a roster does not speak of is kept from the launch."""
    changed = {row["id"]: row for row in found.changed}
    for subject, told in found.groups.items():
        row = stored.get(subject)
        if row is None or row.groups == told:
            continue
        if row.membership_id in changed:
            changed[row.membership_id]["groups"] = told
        else:
            found.changed.append({"id": row.membership_id, "groups": told})


def _has_left(row: Stored, began_at: datetime) -> bool:
    """Once listed or a learner, and not seen since the reading began."""
    if row.state == MembershipState.GONE or row.is_test_user:
        return False
    if _came_in(row, began_at):
        return False
    return row.was_listed or row.role == CourseRole.LEARNER


def _came_in(row: Stored, began_at: datetime) -> bool:
    return row.launched_at is not None and row.launched_at >= began_at


def _add_users(db: Session, registration_id: int, added: Staging) -> None:
    """People may be known from other courses; then a name that is given wins over an old one."""
    now = sa.literal(clock.now(), PlatformUser.created_at.type)
    chosen = select(
        sa.literal(registration_id), added.subject, added.name, added.given_name, now
    ).where(sa.true())  # SQLite takes ON CONFLICT for a join without a WHERE
    columns = ["registration_id", "subject", *NAMES, "created_at"]
    statement = insert_into(db, PlatformUser).from_select(columns, chosen, include_defaults=False)
    kept = {
        name: sa.func.coalesce(
            sa.func.nullif(statement.excluded[name], ""), getattr(PlatformUser, name)
        )
        for name in NAMES
    }
    db.execute(
        statement.on_conflict_do_update(index_elements=["registration_id", "subject"], set_=kept)
    )


def _add_memberships(db: Session, course_id: int, registration_id: int, added: Staging) -> None:
    """The database looks up the new people's ids, so that nobody has to fetch them first."""
    now = sa.literal(clock.now(), Membership.joined_at.type)
    # A subquery instead of a join: SQLite would run through all people for each of them.
    person = (
        select(PlatformUser.id)
        .where(
            PlatformUser.registration_id == registration_id, PlatformUser.subject == added.subject
        )
        .correlate_except(PlatformUser)
        .scalar_subquery()
    )
    values = {
        "course_id": sa.literal(course_id),
        "user_id": person,
        "role": added.role,
        "roster_role": added.role,
        "state": added.state,
        "is_test_user": added.is_test_user,
        "groups": added.groups,
        "roster_role_changed_at": now,
        "roster_seen_at": now,
        "joined_at": now,
        "left_at": sa.case((added.state != MembershipState.ACTIVE.value, now)),
    }
    chosen = select(*values.values())
    db.execute(sa.insert(Membership).from_select(list(values), chosen, include_defaults=False))
