"""The links of a course as its LMS lists them, and what is to be changed about them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base


class CourseLink(Base):
    """One of the tool's links as the LMS has listed it (LTI-147), whether anybody opened it or not.

    ``lti_id`` is what launches call it. ``fixed`` are the fields that the LMS lets nobody change,
    separated by blanks. ``wanted_title`` and ``wants_program`` wait to be told to the LMS: a new
    title, and that it is to open the whole program. ``our_title`` is the last title that it got
    from here, so that a title which somebody typed in the LMS is known as theirs.
    """

    __tablename__ = "course_link"
    __table_args__ = (UniqueConstraint("course_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    address: Mapped[str] = mapped_column(Text)
    lti_id: Mapped[str] = mapped_column(String(255), default="")
    title: Mapped[str] = mapped_column(String(255), default="")
    our_title: Mapped[str | None] = mapped_column(String(255))
    content_key: Mapped[str] = mapped_column(String(64), default="")
    fixed: Mapped[str] = mapped_column(Text, default="")
    wanted_title: Mapped[str | None] = mapped_column(String(255))
    wants_program: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None] = mapped_column(Text)


class CourseLinksReading(Base):
    """When a course's links were listed, and whether they are to be listed or changed now.

    ``due_at`` is when the LMS is to be asked, and while it is being asked, when that is taken for
    broken off; null if nothing is to be done.
    """

    __tablename__ = "course_links_reading"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
