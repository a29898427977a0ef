"""Courses (LTI contexts), the links in them, and the readings of their rosters."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.platform import Deployment
from lti_mentoring.vocabulary import RosterSyncState


class Course(Base):
    """One LTI context of one deployment (LTI-66), with the services that its launches named.

    ``copied_from_id`` is the course that the platform says this one is a copy of.
    """

    __tablename__ = "course"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"), index=True)
    context_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255), default="")
    label: Mapped[str] = mapped_column(String(255), default="")
    memberships_url: Mapped[str | None] = mapped_column(Text)
    groups_url: Mapped[str | None] = mapped_column(Text)
    groups: Mapped[str] = mapped_column(Text, default="")  # all that the groups service lists
    line_items_url: Mapped[str | None] = mapped_column(Text)
    ags_scopes: Mapped[str] = mapped_column(Text, default="")  # blank-separated
    links_url: Mapped[str | None] = mapped_column(Text)
    links_scopes: Mapped[str] = mapped_column(Text, default="")  # blank-separated
    roster_read_at: Mapped[datetime | None]
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    created_at: Mapped[datetime]

    deployment: Mapped[Deployment] = relationship()


class ResourceLink(Base):
    """One place in a course from which the tool is opened (LTI-68).

    ``content_item_id`` is the placed content that its launches name. If that belongs to another
    course, the link came here with a copy of it (LTI-84).
    """

    __tablename__ = "resource_link"
    __table_args__ = (UniqueConstraint("deployment_id", "lti_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    lti_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255), default="")
    line_item_url: Mapped[str | None] = mapped_column(Text)  # the coupled column, if there is one
    content_item_id: Mapped[int | None] = mapped_column(ForeignKey("content_item.id"), index=True)
    created_at: Mapped[datetime]

    course: Mapped[Course] = relationship()


class RosterSync(Base):
    """One reading of a course's roster: asked for, under way, or over. At most one waits."""

    __tablename__ = "roster_sync"
    __table_args__ = (
        Index(
            "uq_roster_sync_waiting",
            "course_id",
            unique=True,
            sqlite_where=text("state IN ('due', 'running')"),
            postgresql_where=text("state IN ('due', 'running')"),
        ),
        Index("ix_roster_sync_due", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    state: Mapped[RosterSyncState] = mapped_column(default=RosterSyncState.DUE)
    accepts_removals: Mapped[bool] = mapped_column(
        default=False
    )  # a person confirmed a mass removal
    requested_at: Mapped[datetime]
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    member_count: Mapped[int] = mapped_column(default=0)
    added_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    removed_count: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
