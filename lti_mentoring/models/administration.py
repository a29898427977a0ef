"""Visits of administrators: opened by a one-time link, no part of any course's sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base


class AdministratorVisit(Base):
    """One administrator in one browser. Link and token are stored as SHA-256.

    ``registration_id`` is the one connection that is open to them, null for all. ``membership_id``
    is who they are where an LMS has sent them.
    """

    __tablename__ = "administrator_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    opens_until: Mapped[datetime]
    entered_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None] = mapped_column(index=True)
