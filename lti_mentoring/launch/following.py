"""Whom an observer follows: what a launch's list makes of the rows that the one before has left."""

from typing import cast

from sqlalchemy import (
    Connection,
    ScalarSelect,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
)

from lti_mentoring.launch.claims import LaunchClaims
from lti_mentoring.models import Membership, Observation, PlatformUser

_members = cast(Table, Membership.__table__)
_observations = cast(Table, Observation.__table__)
_users = cast(Table, PlatformUser.__table__)
_BETWEEN = "\n"  # no subject that a launch names has one


def subjects_followed(observers: Table) -> ScalarSelect[str]:
    """The subjects that a row of ``observers`` follows, as ``follow`` takes them; null if none."""
    member, user = _members.alias(), _users.alias()
    return (
        select(func.aggregate_strings(user.c.subject, _BETWEEN))
        .join(member, member.c.user_id == user.c.id)
        .join(_observations, _observations.c.learner_id == member.c.id)
        .where(_observations.c.observer_id == observers.c.id)
        .correlate(observers)
        .scalar_subquery()
    )


def follow(
    connection: Connection, key: tuple[int, int], claims: LaunchClaims, followed: str | None
) -> None:
    """From now on the observer follows those whom the launch names, and nobody else (LTI-60).

    Only members of the observer's own course count, and only under the same registration. What
    a learner has allowed goes with the row. Nothing is asked or written if nothing has changed.

    Args:
        connection: of the launch's transaction.
        key: the course, and the observer's membership in it.
        claims: of the launch.
        followed: what ``subjects_followed`` gave.
    """
    course_id, observer_id = key
    kept = frozenset((followed or "").split(_BETWEEN)) - {""}
    told = frozenset(claims.observes) - {claims.subject}
    if told == kept:
        return
    # A course belongs to one registration, and so do all of its members.
    of_course = (
        select(_members.c.id)
        .join(_users, _users.c.id == _members.c.user_id)
        .where(_members.c.course_id == course_id)
    )
    if kept - told:
        dropped = of_course.where(_users.c.subject.in_(kept - told))
        mine = _observations.c.observer_id == observer_id
        connection.execute(
            delete(_observations).where(mine, _observations.c.learner_id.in_(dropped))
        )
    if told - kept:
        added = of_course.where(_users.c.subject.in_(told - kept))
        row = added.add_columns(literal(observer_id), literal(value=False))
        names = ["learner_id", "observer_id", "is_shared"]
        connection.execute(insert(_observations).from_select(names, row))
