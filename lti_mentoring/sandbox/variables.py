"""Custom parameters: which variables are filled in, with what, and what becomes of the rest.

Source: LTI Core 1.3, section 6.1 and appendix B.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lti_mentoring.sandbox.accent import Accent, Valueless
from lti_mentoring.sandbox.world import Activity, Course, Enrollment, Person

UNSET_ZONE = "99"  # Moodle's word for "the server's zone"
ODD = str.maketrans(dict.fromkeys(" .-:/$", "_"))


@dataclass(frozen=True)
class Occasion:
    """Who is where; parts are missing where a message has none."""

    person: Person
    course: Course | None = None
    activity: Activity | None = None
    enrollment: Enrollment | None = None


def _zone(occasion: Occasion, accent: Accent) -> str:
    zone = occasion.person.timezone
    return UNSET_ZONE if zone == accent.custom.server_zone else zone


def _groups(occasion: Occasion, _: Accent) -> str | None:
    return ",".join(occasion.enrollment.groups) if occasion.enrollment else None


def _sections(occasion: Occasion, _: Accent) -> str | None:
    return ",".join(occasion.enrollment.sections) if occasion.enrollment else None


# None stands for a variable that has no value on this occasion.
VALUES: Mapping[str, Callable[[Occasion, Accent], object | None]] = {
    "Canvas.course.id": lambda it, _: int(it.course.id[:4], 16) if it.course else None,
    "Canvas.course.sectionIds": _sections,
    "Canvas.user.id": lambda it, _: int(it.person.id[:6], 16),
    "Context.id": lambda it, _: it.course.id if it.course else None,
    "Context.id.history": lambda it, _: ",".join(it.course.history) if it.course else None,
    "Context.title": lambda it, _: it.course.title if it.course else None,
    "Moodle.Person.userGroupIds": _groups,
    "Person.address.timezone": _zone,
    "Person.sourcedId": lambda it, _: it.person.sourcedid,
    "ResourceLink.id": lambda it, _: it.activity.id if it.activity else None,
    "ResourceLink.id.history": lambda it, _: ",".join(it.activity.history) if it.activity else None,
    "ResourceLink.title": lambda it, _: it.activity.title if it.activity else None,
    "User.id": lambda it, _: it.person.id,
}


def expand(
    parameters: Mapping[str, object], occasion: Occasion, accent: Accent
) -> dict[str, object]:
    """The parameters with their variables filled in, as this LMS does it.

    A variable that the LMS does not know stays as it was written, as LTI wants it. Only a
    value that is a variable and nothing else is one.
    """
    expanded: dict[str, object] = {}
    for name, value in parameters.items():
        filled = _filled(value, occasion, accent)
        if accent.custom.twice and (again := name.lower().translate(ODD)) != name:
            expanded[again] = filled
        expanded[name] = filled
    if accent.custom.adds_time_zone:
        expanded["person_timezone"] = occasion.person.timezone
    return expanded


def _filled(value: object, occasion: Occasion, accent: Accent) -> object:
    variable = value[1:] if isinstance(value, str) and value.startswith("$") else ""
    if variable not in accent.custom.variables:
        return value
    found = VALUES[variable](occasion, accent)
    if found is not None:
        return found
    return {Valueless.EMPTY: "", Valueless.NULL: None}.get(accent.custom.valueless, value)
