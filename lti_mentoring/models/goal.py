"""Goals, their steps, their story, and the small things to do."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.participant import Participant
from lti_mentoring.vocabulary import ActionState, GoalEntryKind, GoalState, Visibility


class Goal(Base):
    """A mentee's aim in five SMART parts; ``progress`` is percent, 0 to 100.

    ``PRIVATE`` is for the owner alone; ``SHARED`` for the owner and the mentor of the owner's
    live pairing. Staff see number and state only, and the title of one ``is_shown_to_staff``.
    """

    __tablename__ = "goal"
    __table_args__ = (CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    state: Mapped[GoalState] = mapped_column(default=GoalState.ACTIVE)
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.SHARED)
    title: Mapped[str] = mapped_column(String(200))
    measure: Mapped[str] = mapped_column(Text, default="")  # how I will know
    means: Mapped[str] = mapped_column(Text, default="")  # what makes it doable
    reason: Mapped[str] = mapped_column(Text, default="")  # why it matters to me
    due_on: Mapped[date | None]
    review_on: Mapped[date | None]
    progress: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]  # the owner looked back at the end
    is_shown_to_staff: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    owner: Mapped[Participant] = relationship(foreign_keys=owner_id)
    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="goal", lazy="raise_on_sql", order_by="Milestone.position"
    )
    entries: Mapped[list["GoalEntry"]] = relationship(
        back_populates="goal", lazy="raise_on_sql", order_by="GoalEntry.id.desc()"
    )
    actions: Mapped[list["ActionItem"]] = relationship(
        back_populates="goal", lazy="raise_on_sql", order_by="ActionItem.id"
    )

    __mapper_args__ = {"version_id_col": version}


class Milestone(Base):
    """A step on the way to a goal."""

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()

    goal: Mapped[Goal] = relationship(back_populates="milestones")

    __mapper_args__ = {"version_id_col": version}


class GoalEntry(Base):
    """A line in a goal's story: progress told, a comment, a suggestion, a change. Append-only."""

    __tablename__ = "goal_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    kind: Mapped[GoalEntryKind]
    body: Mapped[str] = mapped_column(Text, default="")
    progress: Mapped[int | None]
    created_at: Mapped[datetime]

    goal: Mapped[Goal] = relationship(back_populates="entries")
    author: Mapped[Participant] = relationship()


class ActionItem(Base):
    """A small thing to do, by the mentee or the mentor, by a date."""

    __tablename__ = "action_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"), index=True)
    pairing_id: Mapped[int | None] = mapped_column(ForeignKey("pairing.id"), index=True)
    mentoring_session_id: Mapped[int | None] = mapped_column(
        ForeignKey("mentoring_session.id"), index=True
    )
    text: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date | None]
    state: Mapped[ActionState] = mapped_column(default=ActionState.OPEN)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    owner: Mapped[Participant] = relationship()
    goal: Mapped[Goal | None] = relationship(back_populates="actions")

    __mapper_args__ = {"version_id_col": version}
