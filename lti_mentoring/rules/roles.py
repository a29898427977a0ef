"""What a person is in a course, from the role names that an LMS sends.

Exact names only: a role that merely looks like a teacher's grants nothing (LTI-58).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from lti_mentoring.vocabulary import MEMBERSHIP_ROLE, TEST_USER_ROLE, CourseRole

LONGEST_SUBJECT = 255
LONGEST_CHANGE = 255  # characters
ADMINISTRATOR_ROLES = frozenset(
    {
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin",
    }
)
URN = "urn:lti:role:ims/lis/"  # LTI 1.1; sent by platforms that migrated (LTI-55)

MAIN_ROLES: Mapping[str, CourseRole] = {
    "Administrator": CourseRole.INSTRUCTOR,
    "Instructor": CourseRole.INSTRUCTOR,
    "Learner": CourseRole.LEARNER,
    "Mentor": CourseRole.OBSERVER,
    # Those who build the course or belong to a group of it are nobody in a mentoring program.
    "ContentDeveloper": CourseRole.NONE,
    "Manager": CourseRole.NONE,
    "Member": CourseRole.NONE,
    "Officer": CourseRole.NONE,
}
"""The context roles of LTI Core 1.3, A.2.3, by their short names."""

ASSISTANT_ROLES = frozenset(
    {
        "Grader",
        "TeachingAssistant",
        "TeachingAssistantGroup",
        "TeachingAssistantOffering",
        "TeachingAssistantSection",
        "TeachingAssistantSectionAssociation",
        "TeachingAssistantTemplate",
    }
)
"""Sub-roles of *Instructor* that limit it to an assistant's rights."""

STAFF_SUB_ROLES: Mapping[str, frozenset[str]] = {
    "Instructor": frozenset(
        {
            "ExternalInstructor",
            "GuestInstructor",
            "Lecturer",
            "PrimaryInstructor",
            "SecondaryInstructor",
        }
    ),
    "Administrator": frozenset(
        {
            "Administrator",
            "Developer",
            "ExternalDeveloper",
            "ExternalSupport",
            "ExternalSystemAdministrator",
            "Support",
            "SystemAdministrator",
        }
    ),
}
"""Sub-roles that count as their main role (LTI-56). Any other sub-role of staff is unknown."""

_STRONGEST_FIRST = (
    CourseRole.INSTRUCTOR,
    CourseRole.TEACHING_ASSISTANT,
    CourseRole.LEARNER,
    CourseRole.OBSERVER,
)


def course_role(roles: Sequence[str], overrides: str = "") -> CourseRole:
    """The strongest course role that ``roles`` grant; ``NONE`` if they grant none.

    A teaching assistant who is also sent as *Instructor* (Canvas does) stays an assistant.
    Institution and system roles give nothing, and neither does anything unknown.

    Args:
        roles: full URIs, short context names, or LTI 1.1 URNs; an entry may hold several,
            joined by commas (older Sakai).
        overrides: of the registration, as ``write_overrides`` makes them; they count first.

    Source: LTI Core 1.3, A.2; lti.md 1.4, LTI-53 to LTI-63.
    """
    return _course_role(tuple(roles), overrides)


@lru_cache(maxsize=1024)  # a platform sends the same few lists all day
def _course_role(roles: tuple[str, ...], overrides: str) -> CourseRole:
    decided = read_overrides(overrides)
    names = set(_context_names([role for role in _single(roles) if role not in decided]))
    if any(main == "Instructor" and sub in ASSISTANT_ROLES for main, sub in names):
        names.discard(("Instructor", None))
    granted = {_granted(main, sub) for main, sub in names}
    granted |= {decided[role] for role in _single(roles) if role in decided}
    return next((role for role in _STRONGEST_FIRST if role in granted), CourseRole.NONE)


@lru_cache(maxsize=256)
def read_overrides(text: str) -> Mapping[str, CourseRole]:
    """What an administrator has decided about roles of one platform (LTI-62)."""
    lines = (line.rpartition(" ") for line in text.splitlines())
    return {role: CourseRole(ours) for role, _blank, ours in lines}


def write_overrides(decided: Mapping[str, CourseRole]) -> str:
    """The decisions as one text, which travels with the registration: a role a line."""
    return "\n".join(f"{role} {decided[role].value}" for role in sorted(decided))


def administers_lms(roles: Sequence[str]) -> bool:
    """Whether the person looks after the LMS itself: that alone says nothing of any course.

    Source: LTI Core 1.3, A.2.1 and A.2.2; LTI-57.
    """
    return any(role in ADMINISTRATOR_ROLES for role in _single(roles))


def is_test_user(roles: Sequence[str]) -> bool:
    """Whether this is a teacher's student preview, who is never paired, counted or graded.

    Source: LTI Core 1.3, A.2.1; LTI-59.
    """
    return TEST_USER_ROLE in _single(roles)


def effective_role(
    *,
    launch_role: CourseRole | None,
    launched_at: datetime | None,
    roster_role: CourseRole | None,
    roster_role_changed_at: datetime | None,
) -> CourseRole:
    """The role that rights follow from: the launch's, unless the roster has changed its mind since.

    A roster that merely disagrees is not believed: Moodle lists its non-editing teachers as
    learners, always. A roster that said something else before is: that is a demotion (or a
    promotion), and it counts at once.

    Args:
        launch_role: what the person's newest launch said; None if there was no launch.
        launched_at: when that was; None if there was no launch.
        roster_role: what the newest roster said; None if no roster listed the person.
        roster_role_changed_at: when the roster began to say so; set only if it had said
            something else before, or if the person had never launched.

    Source: moodle.md "Roles"; LTI-61.
    """
    if launch_role is None or launched_at is None:
        return roster_role or CourseRole.NONE
    if roster_role is None or roster_role_changed_at is None:
        return launch_role
    return roster_role if roster_role_changed_at > launched_at else launch_role


def role_scope(claim: object, cap: int = 500) -> tuple[str, ...]:
    """The user ids that an LTI *Mentor* may observe: at most ``cap``, each once, in order.

    Tolerant: a bare string is a list of one, everything that cannot be an id is left out.

    Source: LTI Core 1.3, 5.4.3 (``role_scope_mentor``); LTI-60.
    """
    listed = [claim] if isinstance(claim, str) else claim
    if not isinstance(listed, list | tuple):
        return ()
    ids = (item.strip() for item in listed if isinstance(item, str))
    usable = (item for item in ids if item.isprintable() and 0 < len(item) <= LONGEST_SUBJECT)
    return tuple(dict.fromkeys(usable))[:cap]


def _single(roles: Sequence[str]) -> list[str]:
    return [part.strip() for entry in roles for part in entry.split(",")]


def _context_names(roles: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Main role and sub-role of every entry that stands in the context vocabulary."""
    for role in _single(roles):
        if role.startswith(f"{MEMBERSHIP_ROLE}#"):
            yield role.removeprefix(f"{MEMBERSHIP_ROLE}#"), None
        elif role.startswith(f"{MEMBERSHIP_ROLE}/"):
            main, _, sub = role.removeprefix(f"{MEMBERSHIP_ROLE}/").partition("#")
            # "membership/instructor#…" is about as common as the correct form.
            yield main[:1].upper() + main[1:], sub
        elif role.startswith(URN):
            main, has_sub, sub = role.removeprefix(URN).partition("/")
            yield (
                ("Instructor", main)
                if main in ASSISTANT_ROLES
                else (main, sub if has_sub else None)
            )
        elif role in MAIN_ROLES:
            yield role, None


def _granted(main: str, sub: str | None) -> CourseRole:
    role = MAIN_ROLES.get(main, CourseRole.NONE)
    if sub is None or (sub and role is not CourseRole.INSTRUCTOR):
        return role
    if main == "Instructor" and sub in ASSISTANT_ROLES:
        return CourseRole.TEACHING_ASSISTANT
    return role if sub in STAFF_SUB_ROLES.get(main, ()) else CourseRole.NONE


AS_TOLD = "as_told"
"""In the place of a role of ours: whatever the LMS's own roles say."""


class RoleChange(NamedTuple):
    """What a role of the LMS meant before and after somebody has decided; null as it says."""

    role: str
    before: CourseRole | None
    after: CourseRole | None


def write_change(change: RoleChange) -> str:
    """The decision as the record of activity keeps it; a very long role loses its end."""
    before, after = (each.value if each else AS_TOLD for each in (change.before, change.after))
    return f"{before} {after} {change.role}"[:LONGEST_CHANGE]


def read_change(text: str) -> RoleChange:
    """What ``write_change`` made."""
    before, after, role = text.split(" ", 2)
    return RoleChange(
        role, *(None if each == AS_TOLD else CourseRole(each) for each in (before, after))
    )
