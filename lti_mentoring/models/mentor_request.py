"""A learner's requests to mentors."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.participant import Participant
from lti_mentoring.vocabulary import DeclineReason, RequestState

_OPEN = text("state IN ('drafted', 'sent')")
_SENT = text("state = 'sent'")


class MentorRequest(Base):
    """One ask of one mentor. The database allows one open ask per mentor and one sent at a time.

    ``rank`` 1 to 5 is its place in the learner's list; drafted ones are sent in that order
    when the one before was declined or has expired.
    """

    __tablename__ = "mentor_request"
    __table_args__ = (
        CheckConstraint("rank BETWEEN 1 AND 5", name="rank"),
        Index(
            "uq_mentor_request_open",
            "mentee_id",
            "mentor_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "uq_mentor_request_sent",
            "mentee_id",
            unique=True,
            sqlite_where=_SENT,
            postgresql_where=_SENT,
        ),
        Index("ix_mentor_request_due", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    suggested_mentor_id: Mapped[int | None] = mapped_column(
        ForeignKey("participant.id"), index=True
    )
    state: Mapped[RequestState] = mapped_column(default=RequestState.DRAFTED)
    rank: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(Text, default="")
    decline_reason: Mapped[DeclineReason | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    mentee: Mapped[Participant] = relationship(foreign_keys=mentee_id)
    mentor: Mapped[Participant] = relationship(foreign_keys=mentor_id)
    suggested_mentor: Mapped[Participant | None] = relationship(foreign_keys=suggested_mentor_id)

    __mapper_args__ = {"version_id_col": version}
