"""The sandbox's world: people, courses, activities and who is enrolled in what.

Changes live in memory until the next start.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import RLock

from lti_mentoring.sandbox.vocabulary import SEEDED_CLIENT_ID, Role

SEED = "alderwood"
STAFF = frozenset({Role.INSTRUCTOR, Role.TA, Role.ADMIN})


class NotInWorld(LookupError):
    """Nobody and nothing by that id or name lives here."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account in the LMS."""

    id: str
    given_name: str
    family_name: str
    timezone: str
    locale: str
    email: str
    sourcedid: str

    @property
    def name(self) -> str:
        """Given and family name, as the pages and the claims write it."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Enrollment:
    """What one person is in one course, and whether suspended; groups and sections by their ids."""

    person_id: str
    role: Role
    suspended: bool = False
    observes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A gradebook column that comes with an activity."""

    label: str
    maximum: float


@dataclass(frozen=True)
class Activity:
    """A resource link: the tool placed in a course."""

    id: str
    title: str
    description: str
    opens_in: str = "iframe"  # or "window"
    custom: dict[str, object] = field(default_factory=dict)
    column: Column | None = None
    tool: str = SEEDED_CLIENT_ID
    target: str = ""  # a target_link_uri; empty: the tool's own
    history: tuple[str, ...] = ()  # ids of the links it was copied from, latest first
    lost_column: bool = False  # its launches do not name the column it has
    only_for: tuple[str, ...] = ()  # ids of groups whose learners may open it; empty: everybody

    def opens_for(self, enrollment: Enrollment) -> bool:
        """Whether the person may open it; restrictions do not hold for staff."""
        is_free = not self.only_for or enrollment.role in STAFF
        return is_free or not set(self.only_for).isdisjoint(enrollment.groups)


@dataclass
class Course:
    """A course with its activities, and its people in the order they joined."""

    id: str
    title: str
    label: str
    summary: str
    activities: list[Activity] = field(default_factory=list)
    enrollments: dict[str, Enrollment] = field(default_factory=dict)
    former: list[str] = field(default_factory=list)  # ids of people who were removed
    groups: dict[str, str] = field(default_factory=dict)  # names by ids
    sections: dict[str, str] = field(default_factory=dict)  # cross-listed here; names by ids
    history: tuple[str, ...] = ()  # ids of the courses it was copied from, latest first
    in_books: bool = True  # whether the institution has a number for it

    def activity_titled(self, title: str) -> Activity:
        """The course's activity of that title.

        Raises:
            NotInWorld: if the course has none.
        """
        for activity in self.activities:
            if activity.title == title:
                return activity
        raise NotInWorld(f"no activity {title!r} in {self.title!r}")


@dataclass
class World:
    """Everybody and everything in the LMS, with the edits a registrar can make.

    Its lock is the one lock of the sandbox: whoever reads several things that belong
    together holds it.
    """

    people: dict[str, Person] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    made: int = 0  # ids given since the world began
    lock: RLock = field(default_factory=RLock, repr=False, compare=False)

    def person(self, person_id: str) -> Person:
        """The person with that id.

        Raises:
            NotInWorld: if there is none.
        """
        try:
            return self.people[person_id]
        except KeyError:
            raise NotInWorld(f"no person {person_id!r}") from None

    def person_named(self, name: str) -> Person:
        """The first person of that full name.

        Raises:
            NotInWorld: if nobody has it.
        """
        for person in self.people.values():
            if person.name == name:
                return person
        raise NotInWorld(f"nobody is called {name!r}")

    def course(self, course_id: str) -> Course:
        """The course with that id.

        Raises:
            NotInWorld: if there is none.
        """
        try:
            return self.courses[course_id]
        except KeyError:
            raise NotInWorld(f"no course {course_id!r}") from None

    def course_titled(self, title: str) -> Course:
        """The course of that title.

        Raises:
            NotInWorld: if there is none.
        """
        for course in self.courses.values():
            if course.title == title:
                return course
        raise NotInWorld(f"no course {title!r}")

    def activity(self, link_id: str) -> tuple[Course, Activity]:
        """The activity with that id, and the course it is in.

        Raises:
            NotInWorld: if there is none.
        """
        for course in self.courses.values():
            for activity in course.activities:
                if activity.id == link_id:
                    return course, activity
        raise NotInWorld(f"no activity {link_id!r}")

    def enrollment(self, course_id: str, person_id: str) -> Enrollment:
        """What the person is in the course, suspended or not.

        Raises:
            NotInWorld: if the course or the enrollment does not exist.
        """
        try:
            return self.course(course_id).enrollments[person_id]
        except KeyError:
            raise NotInWorld(f"{person_id!r} is not in course {course_id!r}") from None

    def members(self, course_id: str) -> Iterator[tuple[Person, Enrollment]]:
        """Everybody enrolled in the course, by family name."""
        pairs = [(self.people[e.person_id], e) for e in self.course(course_id).enrollments.values()]
        pairs.sort(key=lambda pair: (pair[0].family_name, pair[0].given_name, pair[0].id))
        return iter(pairs)

    def newcomer(
        self, given_name: str, family_name: str, timezone: str = "Europe/London", locale: str = "en"
    ) -> Person:
        """Give somebody new an account; they are in no course yet."""
        with self.lock:
            person = _person(len(self.people) + 1, given_name, family_name, timezone, locale)
            self.people[person.id] = person
            return person

    def enroll(
        self,
        course_id: str,
        person_id: str,
        role: Role = Role.LEARNER,
        observes: tuple[str, ...] = (),
    ) -> Enrollment:
        """Put a person into a course, or back into it, with this role and not suspended."""
        with self.lock:
            course = self.course(course_id)
            enrollment = Enrollment(self.person(person_id).id, role, observes=observes)
            course.enrollments[person_id] = enrollment
            if person_id in course.former:
                course.former.remove(person_id)
            return enrollment

    def suspend(self, course_id: str, person_id: str) -> None:
        """The person stays on the roster as inactive and can open nothing."""
        self._amend(course_id, person_id, suspended=True)

    def reinstate(self, course_id: str, person_id: str) -> None:
        """End a suspension."""
        self._amend(course_id, person_id, suspended=False)

    def remove(self, course_id: str, person_id: str) -> None:
        """Take the person off the roster; what they were graded stays in the gradebook."""
        with self.lock:
            self.enrollment(course_id, person_id)
            course = self.course(course_id)
            del course.enrollments[person_id]
            course.former.append(person_id)

    def change_role(self, course_id: str, person_id: str, role: Role) -> None:
        """The person has this role in the course from now on."""
        with self.lock:
            before = self.enrollment(course_id, person_id)
            self.course(course_id).enrollments[person_id] = replace(before, role=role)

    def regroup(self, course_id: str, person_id: str, groups: tuple[str, ...]) -> None:
        """The person is in these groups of the course and in no others.

        Raises:
            NotInWorld: if the course has no such group, or the person is not in it.
        """
        with self.lock:
            unknown = set(groups) - set(self.course(course_id).groups)
            if unknown:
                raise NotInWorld(f"no group {min(unknown)!r}")
            before = self.enrollment(course_id, person_id)
            self.course(course_id).enrollments[person_id] = replace(before, groups=groups)

    def restrict(self, course_id: str, activity_id: str, groups: tuple[str, ...]) -> None:
        """Only learners of these groups may open the activity; without any, everybody may.

        Raises:
            NotInWorld: if the course has no such activity, or no such group.
        """
        with self.lock:
            unknown = set(groups) - set(self.course(course_id).groups)
            if unknown:
                raise NotInWorld(f"no group {min(unknown)!r}")
            _, before = self.activity(activity_id)
            self.replace_activity(course_id, replace(before, only_for=groups))

    def replace_activity(self, course_id: str, changed: Activity) -> None:
        """The course's activity of that id is this one from now on.

        Raises:
            NotInWorld: if the course has no such activity.
        """
        with self.lock:
            where, before = self.activity(changed.id)
            if where is not self.course(course_id):
                raise NotInWorld(f"no activity {changed.id!r} in {where.title!r}")
            where.activities[where.activities.index(before)] = changed

    def list_section(self, course_id: str, section_id: str, name: str, people: list[str]) -> None:
        """These members of the course are in a section of that id from now on.

        Raises:
            NotInWorld: if one of them is not in the course.
        """
        with self.lock:
            course = self.course(course_id)
            course.sections[section_id] = name
            for person_id in people:
                before = self.enrollment(course_id, person_id)
                sections = tuple(sorted({*before.sections, section_id}))
                course.enrollments[person_id] = replace(before, sections=sections)

    def move_section(self, section_id: str, course_id: str, other_id: str) -> None:
        """A section is cross-listed in another course from now on, and its people with it.

        Raises:
            NotInWorld: if the section or one of the courses does not exist.
        """
        with self.lock:
            course, other = self.course(course_id), self.course(other_id)
            if section_id not in course.sections:
                raise NotInWorld(f"no section {section_id!r} in course {course_id!r}")
            other.sections[section_id] = course.sections.pop(section_id)
            for each in [e for e in course.enrollments.values() if section_id in e.sections]:
                self.remove(course_id, each.person_id)
                self.enroll(other_id, each.person_id, each.role)
                other.enrollments[each.person_id] = replace(each, groups=(), sections=(section_id,))

    def take_away(self, link_id: str) -> Activity:
        """A teacher deletes an activity.

        Raises:
            NotInWorld: if there is none.
        """
        with self.lock:
            course, activity = self.activity(link_id)
            course.activities.remove(activity)
            return activity

    def new_id(self, kind: str, length: int) -> str:
        """An id for something that comes into the world now."""
        with self.lock:
            self.made += 1
            return opaque_id(kind, f"made/{self.made}", length)

    def place(self, course_id: str, activity: Activity) -> Activity:
        """Add an activity to a course, under an id of its own."""
        with self.lock:
            placed = replace(activity, id=self.new_id("link", 24))
            self.course(course_id).activities.append(placed)
            return placed

    def candidates(self, course_id: str) -> list[Person]:
        """Who the People page offers to add: former members first, then people of no course."""
        course = self.course(course_id)
        enrolled = {pid for each in self.courses.values() for pid in each.enrollments}
        free = [pid for pid in self.people if pid not in enrolled and pid not in course.former]
        return [self.people[pid] for pid in (*course.former, *free)]

    def _amend(self, course_id: str, person_id: str, *, suspended: bool) -> None:
        with self.lock:
            before = self.enrollment(course_id, person_id)
            self.course(course_id).enrollments[person_id] = replace(before, suspended=suspended)


def opaque_id(kind: str, number: int | str, length: int = 20) -> str:
    """A stable id that says nothing about what it names."""
    return hashlib.sha256(f"{SEED}/{kind}/{number}".encode()).hexdigest()[:length]


def _person(number: int, given: str, family: str, timezone: str, locale: str) -> Person:
    return Person(
        id=opaque_id("person", number),
        given_name=given,
        family_name=family,
        timezone=timezone,
        locale=locale,
        email=f"{_ascii(given)}.{_ascii(family)}.{number}@campus.example",
        sourcedid=f"S{100000 + number}",
    )


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())
