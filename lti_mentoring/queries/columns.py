"""Columns that an LMS has beside a program's own."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.models import LineItem, ResourceLink
from lti_mentoring.policies.actor import Actor


def spare_columns(db: Session, actor: Actor) -> list[str]:
    """Titles of links whose own column gets nothing, since the program's scores stand elsewhere.

    A program has one score, whatever number of links leads to it. One query.
    """
    ours = select(LineItem.url).where(
        LineItem.program_id == actor.program_id, LineItem.url.is_not(None)
    )
    links = db.scalars(
        select(ResourceLink)
        .where(
            ResourceLink.course_id == actor.course_id,
            ResourceLink.line_item_url.not_in(ours),
            ours.exists(),
        )
        .order_by(ResourceLink.id)
    )
    return [link.title or link.lti_id for link in links]


def links_of_course(db: Session, actor: Actor) -> list[str]:
    """Titles of the links of the actor's course from which somebody has opened the tool."""
    links = db.scalars(
        select(ResourceLink)
        .where(ResourceLink.course_id == actor.course_id, ResourceLink.title != "")
        .order_by(ResourceLink.id)
    )
    return list(dict.fromkeys(link.title for link in links))
