"""Which placed content a link is of, as the query of its launch finds out (LTI-84)."""

from typing import cast

from sqlalchemy import ColumnElement, Table, bindparam, select

from lti_mentoring.models import ContentItem, Course, Deployment

_items = cast(Table, ContentItem.__table__)
_courses = cast(Table, Course.__table__).alias()
_deployments = cast(Table, Deployment.__table__).alias()


def item_of_registration() -> ColumnElement[int]:
    """The content of the key ``content``, in whichever course of the launch's registration.

    In a copied course the key is that of the course it was copied from. A key of another
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
