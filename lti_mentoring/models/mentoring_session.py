"""Sessions of a pair: when, how, what about, and whether they took place."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.pairing import Pairing
from lti_mentoring.models.participant import Participant
from lti_mentoring.vocabulary import AttendanceAnswer, MeetingMode, SessionState, Visibility


class MentoringSession(Base):
    """A meeting of one pairing. ``time_zone`` is the zone in which its time was typed.

    ``moved_from_id`` is the agreed session instead of which this time was proposed.
    """

    __tablename__ = "mentoring_session"
    __table_args__ = (
        CheckConstraint("length_minutes BETWEEN 5 AND 480", name="length"),
        Index("ix_mentoring_session_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"), index=True)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    state: Mapped[SessionState] = mapped_column(default=SessionState.PROPOSED)
    starts_at: Mapped[datetime]
    length_minutes: Mapped[int]
    time_zone: Mapped[str] = mapped_column(String(64))
    mode: Mapped[MeetingMode] = mapped_column(default=MeetingMode.VIDEO)
    join_url: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(255), default="")
    shared_notes: Mapped[str] = mapped_column(Text, default="")
    round_count: Mapped[int] = mapped_column(default=1)
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    moved_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("mentoring_session.id"), index=True
    )
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]  # held, missed or cancelled for good
    version: Mapped[int] = mapped_column()

    pairing: Mapped[Pairing] = relationship()
    proposed_by: Mapped[Participant] = relationship(foreign_keys=proposed_by_id)
    agenda: Mapped[list["AgendaItem"]] = relationship(
        lazy="raise_on_sql", order_by="AgendaItem.position"
    )

    __mapper_args__ = {"version_id_col": version}


class AgendaItem(Base):
    """A timed block of a session's agenda; both may add and change them."""

    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    mentoring_session_id: Mapped[int] = mapped_column(
        ForeignKey("mentoring_session.id"), index=True
    )
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    position: Mapped[int]
    minutes: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Note(Base):
    """One person's private note on a session; nobody else reads it, coordinators included.

    A mentee may show the own one to the course's staff, as a reflection.
    """

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("mentoring_session_id", "author_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentoring_session_id: Mapped[int] = mapped_column(
        ForeignKey("mentoring_session.id"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.PRIVATE)
    body: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime]
    is_shown_to_staff: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class AttendanceReport(Base):
    """What one side says happened; one row a side, the newest answer counts."""

    __tablename__ = "attendance_report"
    __table_args__ = (UniqueConstraint("mentoring_session_id", "reporter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentoring_session_id: Mapped[int] = mapped_column(
        ForeignKey("mentoring_session.id"), index=True
    )
    reporter_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    answer: Mapped[AttendanceAnswer]
    minutes: Mapped[int] = mapped_column(default=0)
    reported_at: Mapped[datetime]
