"""Where links and courses come from: the content of a link, the course that was copied."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Table, bindparam, select

from lti_mentoring.models import ContentItem, Course, Deployment, ResourceLink

_links = cast(Table, ResourceLink.__table__)
_items = cast(Table, ContentItem.__table__)
_courses = cast(Table, Course.__table__).alias()
_deployments = cast(Table, Deployment.__table__).alias()


def origin_of(
    connection: Connection, deployment_id: int, courses: Sequence[str], links: Sequence[str] = ()
) -> int | None:
    """The newest of the former ``courses`` that we know in this deployment (LTI-70).

    For an LMS that tells the history of a link and not that of its course, the course of the
    newest of the former ``links``. Asked for a course that was never seen before, and only if its
    launch names some.
    """
    if courses:
        rows = connection.execute(
            select(_courses.c.context_id, _courses.c.id).where(
                _courses.c.deployment_id == deployment_id, _courses.c.context_id.in_(courses)
            )
        )
        known = {row.context_id: int(row.id) for row in rows}
        newest = next((known[each] for each in courses if each in known), None)
        if newest is not None:
            return newest
    in_deployment = _links.c.deployment_id == deployment_id
    return _of_links(connection, links, _links.c.course_id, in_deployment)


def item_of_links(connection: Connection, course_id: int, former: Sequence[str]) -> int | None:
    """The content of the newest of the links ``former``, if that is one of this course.

    A copy in another course is recognized by the key of its content alone: ids of links can be
    guessed, and such a link is a proof of where its course comes from.
    """
    is_of_content = _links.c.content_item_id.is_not(None)
    return _of_links(
        connection, former, _links.c.content_item_id, _links.c.course_id == course_id, is_of_content
    )


def _of_links(
    connection: Connection,
    former: Sequence[str],
    wanted: ColumnElement[Any],
    *where: ColumnElement[bool],
) -> int | None:
    if not former:
        return None
    rows = connection.execute(
        select(_links.c.lti_id, wanted).where(_links.c.lti_id.in_(former), *where)
    )
    known = {row[0]: int(row[1]) for row in rows}
    return next((known[lti_id] for lti_id in former if lti_id in known), None)


def item_of_registration() -> ColumnElement[int]:
    """The content of the key ``content``, in whichever course of the launch's registration.

    In a copied course (LTI-84) the key is that of the course it was copied from. A key of another
    registration finds nothing.
    """
    return (
        select(_items.c.id)
        .join(_courses, _courses.c.id == _items.c.course_id)
        .join(_deployments, _deployments.c.id == _courses.c.deployment_id)
        .where(
            _items.c.key == bindparam("content"),
            _deployments.c.registration_id == bindparam("registration_id"),
        )
        .scalar_subquery()
        .label("item_id")
    )
