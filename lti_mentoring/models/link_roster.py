"""Who can open a link of a course, as far as the LMS has said so."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base


class LinkRoster(Base):
    """What the LMS said of one link when somebody of the staff last wanted to know (LTI-96).

    ``due_at`` is when the LMS is to be asked, and while it is being asked, when that is taken for
    broken off; null if nothing is to be done. The counts are of the course's learners as they were
    known at ``read_at``.
    """

    __tablename__ = "link_roster"

    resource_link_id: Mapped[int] = mapped_column(ForeignKey("resource_link.id"), primary_key=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None]
    opener_count: Mapped[int] = mapped_column(default=0)
    learner_count: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)


class LinkExclusion(Base):
    """A learner of the course to whom the LMS does not open a link."""

    __tablename__ = "link_exclusion"
    __table_args__ = (UniqueConstraint("resource_link_id", "membership_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_link_id: Mapped[int] = mapped_column(ForeignKey("resource_link.id"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
