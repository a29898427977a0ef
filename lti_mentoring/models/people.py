"""People as platforms know them, and their memberships in courses."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.models.course import Course
from lti_mentoring.vocabulary import CourseRole, MembershipState


def shown_name(user_id: int, name: str) -> str:
    """The name in the LMS, or a stable made-up one such as "Person 4F2A"."""
    return name or f"Person {user_id * 40503 % 65536:04X}"


class PlatformUser(Base):
    """A person, keyed by (registration, subject) and never by e-mail (LTI-64).

    ``name`` is empty when the LMS withholds it; ``display_name`` then makes one up from the
    id, so that everything works without personal data (LTI-47). ``former_subject`` is what an LTI
    1.1 platform called the person (LTI-65): kept for those who move data, and trusted for nothing.
    """

    __tablename__ = "platform_user"
    __table_args__ = (UniqueConstraint("registration_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    subject: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255), default="")
    given_name: Mapped[str] = mapped_column(String(255), default="")
    locale: Mapped[str | None] = mapped_column(String(16))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    former_subject: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]

    @property
    def display_name(self) -> str:
        """The name in the LMS, or a stable made-up one such as "Person 4F2A"."""
        return shown_name(self.id, self.name)

    @property
    def short_name(self) -> str:
        """What to call the person in a sentence: the given name where there is one."""
        return self.given_name or self.display_name


class Membership(Base):
    """A person in a course.

    The launch and the roster each have their own opinion of the role, with its date;
    ``role`` is what ``rules/roles.effective_role`` made of both, and what rights follow from.
    ``groups`` is what whoever spoke of them last has told, written by ``rules/groups.py``.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("course_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("platform_user.id"), index=True)
    role: Mapped[CourseRole] = mapped_column(default=CourseRole.NONE)
    state: Mapped[MembershipState] = mapped_column(default=MembershipState.ACTIVE)
    is_test_user: Mapped[bool] = mapped_column(default=False)
    groups: Mapped[str] = mapped_column(Text, default="")
    launch_role: Mapped[CourseRole | None]
    launched_at: Mapped[datetime | None]
    roster_role: Mapped[CourseRole | None]
    roster_role_changed_at: Mapped[datetime | None]
    roster_seen_at: Mapped[datetime | None]  # null: no roster ever listed the person
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    user: Mapped[PlatformUser] = relationship()
    course: Mapped[Course] = relationship()


class Observation(Base):
    """That an observer follows somebody of the same course, as the observer's last launch said.

    It grants nothing: ``is_shared`` is the learner's own word, about this one observer, and goes
    with the row when the LMS says that the observer follows somebody else (LTI-60).
    """

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("observer_id", "learner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    observer_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    is_shared: Mapped[bool] = mapped_column(default=False)
