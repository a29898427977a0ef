"""One mentor and one mentee who work together."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.participant import Participant
from lti_mentoring.models.program import Program
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    EndReason,
    FitAnswer,
    PairingOrigin,
    PairingState,
)

_LIVE = text("state IN ({})".format(", ".join(f"'{state.value}'" for state in LIVE_PAIRING)))


class Pairing(Base):
    """A mentor and a mentee of one program. The database sees to one live pairing a mentee."""

    __tablename__ = "pairing"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= created_at", name="ends_after_start"),
        Index(
            "uq_pairing_live_mentee",
            "mentee_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    state: Mapped[PairingState] = mapped_column(default=PairingState.PROPOSED)
    origin: Mapped[PairingOrigin]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]  # both have signed; the trial begins
    trial_ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None]
    version: Mapped[int] = mapped_column()

    program: Mapped[Program] = relationship()
    mentor: Mapped[Participant] = relationship(foreign_keys=mentor_id)
    mentee: Mapped[Participant] = relationship(foreign_keys=mentee_id)

    __mapper_args__ = {"version_id_col": version}


class FitCheck(Base):
    """One side's private answer in the trial; the newest answer counts, so one row a side."""

    __tablename__ = "fit_check"
    __table_args__ = (UniqueConstraint("pairing_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"), index=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    answer: Mapped[FitAnswer]
    answered_at: Mapped[datetime]
