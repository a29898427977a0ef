"""Who acts: a person in one course, or the system itself."""

from dataclasses import dataclass

from lti_mentoring.core.errors import NotAllowed
from lti_mentoring.rules.groups import shares
from lti_mentoring.vocabulary import CourseRole, ProgramState

STAFF = frozenset({CourseRole.INSTRUCTOR, CourseRole.TEACHING_ASSISTANT})


@dataclass(frozen=True)
class Actor:
    """A person in the course of one sign-in, with what that makes them.

    ``program_id`` is the course's current program, if there is one; ``mentee_id`` and
    ``mentor_id`` are the person's participants in it. ``time_zone`` is always a valid IANA
    name. ``administers_connection`` opens the administration of the LMS's connection to them, and
    nothing in the course. ``groups`` are the person's and ``audience`` those that the program is
    for, both as ``rules/groups.py`` writes them. For the system, ``system_reason`` says why it
    acts and every id is null, but for whom an LMS has sent to administer its connection.
    """

    course_id: int | None
    membership_id: int | None = None
    user_id: int | None = None
    role: CourseRole = CourseRole.NONE
    name: str = ""
    locale: str | None = None
    time_zone: str = "UTC"
    is_test_user: bool = False
    program_id: int | None = None
    program_state: ProgramState | None = None
    mentee_id: int | None = None
    mentor_id: int | None = None
    system_reason: str | None = None
    administers_connection: bool = False
    groups: str = ""
    audience: str = ""

    @classmethod
    def system(cls, reason: str, course_id: int | None = None) -> "Actor":
        """The system, acting by itself for ``reason`` (a clock, a roster, a command)."""
        return cls(course_id=course_id, system_reason=reason)

    @property
    def coordinates(self) -> bool:
        """Whether the person runs the program: the course's instructors do."""
        return self.role is CourseRole.INSTRUCTOR

    @property
    def is_staff(self) -> bool:
        """Whether the person is instructor or teaching assistant of the course."""
        return self.role in STAFF

    @property
    def is_in_audience(self) -> bool:
        """Whether the program is for the person, who may be in it all the same."""
        if not self.audience or self.role is not CourseRole.LEARNER:
            return True
        return shares(self.groups, self.audience)

    @property
    def is_outside(self) -> bool:
        """Whether the program is for others, and the person was not in it before that."""
        return not (self.participant_ids or self.is_in_audience)

    @property
    def participant_ids(self) -> frozenset[int]:
        """The person's participants in the current program; empty for outsiders."""
        return frozenset(i for i in (self.mentee_id, self.mentor_id) if i is not None)


def require(allowed: bool, act: str) -> None:  # noqa: FBT001 -- reads as "require(may_end(…), …)"
    """Go on only if ``allowed``; ``act`` completes "You may not …".

    Raises:
        NotAllowed: if not.
    """
    if not allowed:
        raise NotAllowed(act)
