"""Engagement: the rubric, the ledger, the score, and its way into the gradebook."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.vocabulary import (
    ActivityProgress,
    Component,
    ExemptionReason,
    LineItemKind,
    PublicationState,
)

_ORIGINAL = text("reverses_id IS NULL")


class EngagementRubric(Base):
    """One version of what counts and how much.

    ``weights`` and ``targets`` map components to whole numbers; weights add up to 100 and a
    weight of 0 switches a component off. ``gates`` lists the components that completion needs.
    """

    __tablename__ = "engagement_rubric"
    __table_args__ = (UniqueConstraint("program_id", "version_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    version_number: Mapped[int]
    weights: Mapped[dict[str, Any]]
    targets: Mapped[dict[str, Any]]
    gates: Mapped[list[Any]]
    created_at: Mapped[datetime]


class EngagementEvent(Base):
    """A dated, countable fact in a learner's ledger. Append-only.

    A correction is a new row with the opposite credit and ``reverses_id``. ``source`` names
    the fact (such as ``session:90``); a fact stands once per participant and component, so
    that doing the same thing twice counts once.
    """

    __tablename__ = "engagement_event"
    __table_args__ = (
        Index(
            "uq_engagement_event_source",
            "participant_id",
            "component",
            "source",
            unique=True,
            sqlite_where=_ORIGINAL,
            postgresql_where=_ORIGINAL,
        ),
        Index("uq_engagement_event_reverses", "reverses_id", unique=True),
        CheckConstraint("credit BETWEEN -10000 AND 10000", name="credit"),  # one unit, either way
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    component: Mapped[Component]
    credit: Mapped[Decimal]
    source: Mapped[str] = mapped_column(String(64))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("engagement_event.id"))


class Exemption(Base):
    """Something that does not count for one learner.

    Without ``component`` it is a pause: its days (both ends included) are nobody's loss.
    ``private_note`` is for coordinators only.
    """

    __tablename__ = "exemption"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    component: Mapped[Component | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    reason: Mapped[ExemptionReason]
    private_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # taken back


class EngagementScore(Base):
    """A learner's newest computed engagement; ``score`` is 0 to 100, null when excused.

    ``parts`` is the explanation as ``rules/engagement`` gave it, so that pages show it
    without computing anything.
    """

    __tablename__ = "engagement_score"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("engagement_rubric.id"), index=True)
    score: Mapped[Decimal | None]
    is_complete: Mapped[bool] = mapped_column(default=False)
    parts: Mapped[list[Any]]
    computed_at: Mapped[datetime]


class LineItem(Base):
    """A program's column in the gradebook. ``url`` is null until it was found or created.

    ``missed_at`` is when the LMS last did not know it, ``lost_url`` where it was until then, and
    ``remade_at`` when it was made anew for that reason. ``unwanted_at`` is when somebody wanted it
    out of the gradebook; with a ``url`` it is still to be taken out.
    """

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("program_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"), index=True)
    kind: Mapped[LineItemKind]
    url: Mapped[str | None] = mapped_column(Text)
    score_maximum: Mapped[Decimal]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    missed_at: Mapped[datetime | None]
    lost_url: Mapped[str | None] = mapped_column(Text)
    remade_at: Mapped[datetime | None]
    unwanted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ScorePublication(Base):
    """The outbox: the newest wanted value of one gradebook cell, and how its delivery stands.

    One row per (line item, participant). ``revision`` rises with every new wanted value, so
    that settling an old delivery cannot mark a newer value as sent. ``scored_at`` rises
    strictly, at least a second each time (LTI-113).

    ``started_at``, ``submitted_at`` and ``scored_by_id`` say where the value comes from
    (grading/provenance.py); they change with it and not without.

    ``unsettled`` has values that may have arrived though no answer came (rules/overrides.py writes
    them). ``lms_score`` is what the LMS showed instead of what was sent, when that was seen last,
    and ``resumed_at`` when a person let the tool go on all the same.
    """

    __tablename__ = "score_publication"
    __table_args__ = (
        UniqueConstraint("line_item_id", "participant_id"),
        Index("ix_score_publication_due", "state", "next_at"),
        CheckConstraint("score_given >= 0", name="score_given"),
        CheckConstraint("score_maximum > 0", name="score_maximum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"), index=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    score_given: Mapped[Decimal]
    score_maximum: Mapped[Decimal]
    comment: Mapped[str] = mapped_column(String(255), default="")
    activity_progress: Mapped[ActivityProgress]
    scored_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[PublicationState] = mapped_column(default=PublicationState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    sent_score: Mapped[Decimal | None]
    sent_maximum: Mapped[Decimal | None]
    sent_scored_at: Mapped[datetime | None]
    unsettled: Mapped[str] = mapped_column(Text, default="")
    lms_score: Mapped[Decimal | None]
    lms_maximum: Mapped[Decimal | None]
    resumed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    scored_by_id: Mapped[int | None] = mapped_column(ForeignKey("platform_user.id"), index=True)

    line_item: Mapped[LineItem] = relationship()
