"""A mentoring program in a course: its design, its dates, its topics."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.course import Course
from lti_mentoring.vocabulary import (
    Cadence,
    MentorSource,
    PairingGroups,
    PairingMethod,
    Preset,
    ProgramState,
)


class Program(Base):
    """One run of mentoring in one course. Everything here is a coordinator's choice.

    ``starts_on`` and ``ends_on`` are both included, in ``time_zone``. ``setup_step`` is the
    wizard's next step while the program is a draft. ``audience_groups`` is a text of
    ``rules/groups.py``: the groups whose learners take part.
    """

    __tablename__ = "program"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("session_target BETWEEN 1 AND 60", name="session_target"),
        Index(
            "uq_program_open",
            "course_id",
            unique=True,
            sqlite_where=text("state NOT IN ('closed', 'cancelled')"),
            postgresql_where=text("state NOT IN ('closed', 'cancelled')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    state: Mapped[ProgramState] = mapped_column(default=ProgramState.DRAFT)
    preset: Mapped[Preset]
    title: Mapped[str] = mapped_column(String(255))
    purpose: Mapped[str] = mapped_column(Text, default="")
    objectives: Mapped[str] = mapped_column(Text, default="")  # one a line
    audience: Mapped[str] = mapped_column(Text, default="")
    audience_groups: Mapped[str] = mapped_column(Text, default="")  # empty: the whole course
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str] = mapped_column(String(64))
    cadence: Mapped[Cadence] = mapped_column(default=Cadence.FORTNIGHTLY)
    session_target: Mapped[int] = mapped_column(default=6)
    session_length_minutes: Mapped[int] = mapped_column(default=45)
    mentor_source: Mapped[MentorSource] = mapped_column(default=MentorSource.BOTH)
    pairing_method: Mapped[PairingMethod] = mapped_column(default=PairingMethod.BOTH)
    pairing_groups: Mapped[PairingGroups] = mapped_column(default=PairingGroups.ANY)
    answer_days: Mapped[int] = mapped_column(default=5)
    trial_days: Mapped[int] = mapped_column(default=21)
    trial_sessions: Mapped[int] = mapped_column(default=2)
    posts_engagement: Mapped[bool] = mapped_column(default=True)
    posts_completion: Mapped[bool] = mapped_column(default=False)
    mentors_see_engagement: Mapped[bool] = mapped_column(default=False)
    setup_step: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    course: Mapped[Course] = relationship()
    topics: Mapped[list["Topic"]] = relationship(
        back_populates="program", lazy="raise_on_sql", order_by="Topic.position"
    )

    __mapper_args__ = {"version_id_col": version}


class Topic(Base):
    """Something that can be wanted and offered in a program."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("program_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)

    program: Mapped[Program] = relationship(back_populates="topics")


class ProgramBreak(Base):
    """Days on which the program's clocks stand still; both ends are included."""

    __tablename__ = "program_break"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # null while the program is paused
