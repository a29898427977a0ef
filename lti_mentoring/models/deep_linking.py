"""Content that was placed into courses, and the requests to choose some."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base
from lti_mentoring.vocabulary import ContentKind


class ContentItem(Base):
    """A link as somebody has placed it into a course (LTI-84).

    ``key`` travels in the link's address and parameters, through copies of the course too; it is
    no secret and proves nothing. That a link of it exists, only its first launch shows, or a list
    of the LMS. Where the title ``is_programs`` own, it goes out of date with a new name.
    """

    __tablename__ = "content_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"), index=True)
    kind: Mapped[ContentKind]
    title: Mapped[str] = mapped_column(String(255))
    is_programs: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)


class DeepLinkingRequest(Base):
    """What a platform wants to know of content that the person of a sign-in chooses (LTI-89).

    ``settings`` are written by ``rules/deep_linking.py``. Answered once, for an hour at most.
    """

    __tablename__ = "deep_linking_request"

    sign_in_key: Mapped[str] = mapped_column(ForeignKey("sign_in.key"), primary_key=True)
    settings: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
