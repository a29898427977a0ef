"""What a mentee takes along at the end of a program, and how they want to go on."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base
from lti_mentoring.vocabulary import ClosingDecision


class Closing(Base):
    """A mentee's closing words. ``takeaway`` is read by nobody else; coordinators see ``decision``.

    The course's staff read the takeaway as well where it ``is_shown_to_staff``. It belongs to the
    mentee and not to a pairing, so that it does not need a mentor.
    """

    __tablename__ = "closing"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    takeaway: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[ClosingDecision | None]
    updated_at: Mapped[datetime]
    is_shown_to_staff: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
