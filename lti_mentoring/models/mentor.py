"""What a learner wants (intake) and what a mentor offers (profile)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.participant import Participant
from lti_mentoring.models.program import Topic
from lti_mentoring.vocabulary import Cadence, IntakeState, MentorState


class Intake(Base):
    """A mentee's three short steps: what I want, how I like to work, when I can.

    ``modes`` and ``languages`` are lists of values (``MeetingMode``; language codes).
    """

    __tablename__ = "intake"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), unique=True)
    state: Mapped[IntakeState] = mapped_column(default=IntakeState.STARTED)
    goal_text: Mapped[str] = mapped_column(Text, default="")
    modes: Mapped[list[Any]] = mapped_column(default=list)
    cadence: Mapped[Cadence | None]
    languages: Mapped[list[Any]] = mapped_column(default=list)
    next_step: Mapped[int] = mapped_column(default=1)
    submitted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    participant: Mapped[Participant] = relationship()

    __mapper_args__ = {"version_id_col": version}


class MentorProfile(Base):
    """A mentor's card and place in the pool. ``capacity`` is seats, 1 to 20."""

    __tablename__ = "mentor_profile"
    __table_args__ = (CheckConstraint("capacity BETWEEN 0 AND 20", name="capacity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), unique=True)
    state: Mapped[MentorState] = mapped_column(default=MentorState.INVITED)
    headline: Mapped[str] = mapped_column(String(120), default="")
    how_i_help: Mapped[str] = mapped_column(Text, default="")
    capacity: Mapped[int] = mapped_column(default=2)
    modes: Mapped[list[Any]] = mapped_column(default=list)
    cadence: Mapped[Cadence | None]
    languages: Mapped[list[Any]] = mapped_column(default=list)
    invited_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    participant: Mapped[Participant] = relationship()

    __mapper_args__ = {"version_id_col": version}


class TopicWant(Base):
    """A topic that a mentee wants, with its importance 1 to 3."""

    __tablename__ = "topic_want"
    __table_args__ = (
        UniqueConstraint("participant_id", "topic_id"),
        CheckConstraint("importance BETWEEN 1 AND 3", name="importance"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    importance: Mapped[int] = mapped_column(default=2)

    topic: Mapped[Topic] = relationship()


class TopicOffer(Base):
    """A topic that a mentor offers, with its strength 1 (some) to 3 (very sure)."""

    __tablename__ = "topic_offer"
    __table_args__ = (
        UniqueConstraint("participant_id", "topic_id"),
        CheckConstraint("strength BETWEEN 1 AND 3", name="strength"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    strength: Mapped[int] = mapped_column(default=2)

    topic: Mapped[Topic] = relationship()
