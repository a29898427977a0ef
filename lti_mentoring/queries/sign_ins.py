"""The sign-in of a request with all that an actor and its pages need, in one query.

A page may add columns of its own to that query.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    bindparam,
    case,
    literal_column,
    select,
)

from lti_mentoring.models import (
    Course,
    Draft,
    Membership,
    Participant,
    PlatformUser,
    Program,
    SignIn,
)
from lti_mentoring.vocabulary import (
    CourseRole,
    MembershipState,
    ParticipantRole,
    ParticipantState,
    ProgramState,
    SignInState,
)

T = TypeVar("T")


class FoundSignIn(NamedTuple):
    """The sign-in, its person, their course, and what they are in its current program.

    A tuple, since each page reads some forty times from it, and a database's row takes ten times
    as long for that.
    """

    key: str
    token_hash: str
    sign_in_state: SignInState
    locale: str | None
    return_url: str | None
    frame_origins: str
    notices: list[str]
    administers: bool
    created_at: datetime
    seen_at: datetime
    resource_link_id: int | None
    membership_id: int
    role: CourseRole
    membership_state: MembershipState
    is_test_user: bool
    groups: str
    user_id: int
    name: str
    given_name: str
    user_locale: str | None
    time_zone: str | None
    course_id: int
    course_title: str
    program_id: int | None
    program_state: ProgramState | None
    program_title: str | None
    program_time_zone: str | None
    audience_groups: str | None
    starts_on: date | None
    ends_on: date | None
    mentee_id: int | None
    mentor_id: int | None
    has_drafts: bool


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
_ONE = literal_column("1", Integer)  # a parameter would cost as much as a column
_IS_OTHERS_DRAFT = case(
    ((_programs.c.state == ProgramState.DRAFT) & (_members.c.role != CourseRole.INSTRUCTOR), _ONE),
    else_=literal_column("0"),
)
_WIDTH = len(FoundSignIn._fields)
_SIGN_IN: Select[Any] = (
    select(
        _sign_ins.c.key,
        _sign_ins.c.token_hash,
        _sign_ins.c.state.label("sign_in_state"),
        _sign_ins.c.locale,
        _sign_ins.c.return_url,
        _sign_ins.c.frame_origins,
        _sign_ins.c.notices,
        _sign_ins.c.administers,
        _sign_ins.c.created_at,
        _sign_ins.c.seen_at,
        _sign_ins.c.resource_link_id,
        _members.c.id.label("membership_id"),
        _members.c.role,
        _members.c.state.label("membership_state"),
        _members.c.is_test_user,
        _members.c.groups,
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
        _programs.c.audience_groups,
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
    .limit(_ONE)
)


PROGRAMS, MENTEES, MENTORS = _programs, _mentees, _mentors
"""What the columns of a page's own may be joined to: the current program, and the person in it."""


@dataclass(frozen=True, eq=False)
class Alongside(Generic[T]):
    """What a page wants to know of its reader, found with the sign-in by the same query.

    ``make`` takes the values of ``columns``; ``joins`` are tables and what they are joined on,
    which may find no row.
    """

    make: Callable[[Iterable[Any]], T]
    columns: tuple[ColumnElement[Any], ...]
    joins: tuple[tuple[Table, ColumnElement[bool]], ...]

    @cached_property
    def statement(self) -> Select[Any]:
        """The query for both."""
        both = _SIGN_IN.add_columns(*self.columns)
        for table, on in self.joins:
            both = both.outerjoin(table, on)
        return both


def find_sign_in(
    connection: Connection, key: str, alongside: Alongside[T] | None
) -> tuple[FoundSignIn, T | None] | None:
    """The sign-in that stands in an address. Whose it is, and whether it holds, the caller sees.

    Args:
        connection: of the request.
        key: from the address.
        alongside: what the page wants to know as well.
    """
    statement = _SIGN_IN if alongside is None else alongside.statement
    found = connection.execute(statement, {"key": key}).first()
    if found is None:
        return None
    more = None if alongside is None else alongside.make(found[_WIDTH:])
    return FoundSignIn._make(found[:_WIDTH]), more
