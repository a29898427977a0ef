"""How fast a platform lets itself be asked."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base


class PlatformPace(Base):
    """What one registration's platform said about its limits; for every process alike.

    Before ``resume_at`` nothing is asked, and until ``calm_at`` scores go one at a time, by
    whoever has the turn until ``turn_until``. ``remaining`` of ``budget`` requests (or whatever
    the platform counts) are left until ``resets_at``, as it said at ``told_at``.
    """

    __tablename__ = "platform_pace"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    throttles: Mapped[int] = mapped_column(default=0)  # since it was calm last
    resume_at: Mapped[datetime | None]
    calm_at: Mapped[datetime | None]
    turn_until: Mapped[datetime | None]
    budget: Mapped[int | None]
    remaining: Mapped[int | None]
    resets_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
