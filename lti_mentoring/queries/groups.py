"""The groups of a course, from what its members' rows say of them."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, func, or_, select, true
from sqlalchemy.orm import Session

from lti_mentoring.models import Membership
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.groups import Group, mark_of, read
from lti_mentoring.vocabulary import MembershipState

_BETWEEN = "\n"  # JSON has it escaped


def course_groups(course_id: int | None) -> ScalarSelect[str]:
    """All that ``groups_in`` takes, as one value beside other columns."""
    told = (
        select(Membership.groups)
        .where(
            Membership.course_id == course_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.groups != "",
        )
        .distinct()
        .subquery()
    )
    return select(func.aggregate_strings(told.c.groups, _BETWEEN)).scalar_subquery()


def groups_of_course(db: Session, actor: Actor) -> tuple[Group, ...]:
    """The groups of the actor's course that somebody is in now; one query."""
    return groups_in(db.scalar(select(course_groups(actor.course_id))))


def groups_in(told: str | None) -> tuple[Group, ...]:
    """The groups that somebody is in now, each once; those with names first, then by number."""
    return in_order((told or "").split(_BETWEEN))


def in_order(texts: Iterable[str]) -> tuple[Group, ...]:
    """The groups of these texts in the same order, each once."""
    found: dict[str, Group] = {}
    for text in texts:
        for group in read(text):
            if group.name or group.id not in found:
                found[group.id] = group
    order = sorted(found.values(), key=lambda g: (not g.name, g.name.casefold(), len(g.id), g.id))
    return tuple(order)


def is_in(groups: SQLColumnExpression[str], group_id: str) -> ColumnElement[bool]:
    """Whether the column names the group."""
    return groups.contains(mark_of(group_id), autoescape=True)


def is_in_any(groups: SQLColumnExpression[str], audience: str) -> ColumnElement[bool]:
    """Whether the column names one of the groups of ``audience``; always, if that is empty."""
    wanted = read(audience)
    return or_(*(is_in(groups, group.id) for group in wanted)) if wanted else true()
