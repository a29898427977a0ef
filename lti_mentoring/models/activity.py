"""The append-only record of who did what and when. No content, ever."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base
from lti_mentoring.vocabulary import Verb


class Activity(Base):
    """One act. ``membership_id`` is null for what the system did by itself.

    ``noun`` and ``noun_id`` name the thing; ``detail`` holds a state or a count, no text of
    people.
    """

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_noun_noun_id", "noun", "noun_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    verb: Mapped[Verb]
    noun: Mapped[str] = mapped_column(String(32))
    noun_id: Mapped[int | None]
    detail: Mapped[str] = mapped_column(String(255), default="")
    at: Mapped[datetime]
