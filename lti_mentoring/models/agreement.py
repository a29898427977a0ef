"""The shared agreement that opens a pairing: versioned text, signed by both."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base


class Agreement(Base):
    """One version of a program's agreement. A published text never changes."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("program_id", "version_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    version_number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class AgreementSignature(Base):
    """One person's signature under one version, for one pairing."""

    __tablename__ = "agreement_signature"
    __table_args__ = (UniqueConstraint("agreement_id", "pairing_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"), index=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    signed_name: Mapped[str] = mapped_column(String(255))
    signed_at: Mapped[datetime]

    agreement: Mapped[Agreement] = relationship()
