"""What has changed in a course's roster, where the LMS tells (LTI-97)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base


class RosterDifferences(Base):
    """Where to ask what has changed since a course's roster was last read.

    There is a row only while the stored members are those of that reading. The columns are
    those of ``rules.roster.DifferencesLink``.
    """

    __tablename__ = "roster_differences"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    memberships_url: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime]
    whole_at: Mapped[datetime]
    in_a_row: Mapped[int] = mapped_column(default=0)
