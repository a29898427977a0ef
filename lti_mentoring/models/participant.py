"""A person in a program, and when that person has time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.people import Membership
from lti_mentoring.models.program import Program
from lti_mentoring.vocabulary import ParticipantRole, ParticipantState


class Participant(Base):
    """A course member in one role of a program; who is mentee and mentor has two rows.

    ``fit_priority`` counts no-fault new-mentor wishes: such a learner is served first.
    """

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("program_id", "membership_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    role: Mapped[ParticipantRole]
    state: Mapped[ParticipantState] = mapped_column(default=ParticipantState.ACTIVE)
    fit_priority: Mapped[int] = mapped_column(default=0)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    program: Mapped[Program] = relationship()
    membership: Mapped[Membership] = relationship()


class AvailabilityWindow(Base):
    """A weekly window in the person's own zone: half open, minutes after local midnight."""

    __tablename__ = "availability_window"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND end_minute > start_minute", name="minutes"
        ),
        UniqueConstraint("participant_id", "weekday", "start_minute"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    weekday: Mapped[int]  # Monday is 0
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    time_zone: Mapped[str] = mapped_column(String(64))
