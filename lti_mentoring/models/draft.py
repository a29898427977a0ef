"""Typed but unsent texts: autosaved forms, and what an expired sign-in left behind."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base


class Draft(Base):
    """What a person has typed into one form: field names to lists of values.

    ``path`` is the form's own address inside a sign-in (such as ``/goals/new``). Only the
    person who typed it ever gets it back.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("membership_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    path: Mapped[str] = mapped_column(String(255))
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
