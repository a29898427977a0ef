"""The world that every start of the sandbox begins with.

It is always the same: ids are digests of a fixed seed, so links that somebody copied
yesterday still work.
"""

import random

from lti_mentoring.sandbox.names import FAMILY_NAMES, GIVEN_NAMES, LOCALES, TIME_ZONES
from lti_mentoring.sandbox.vocabulary import Role
from lti_mentoring.sandbox.world import SEED, Activity, Column, Course, Person, World, opaque_id

MENTORING_COURSE = "First-year mentoring"
EMPTY_COURSE = "Thesis seminar"
LARGE_COURSE = "Introduction to engineering"
LARGE_COURSE_SIZE = 600
LARGE_COURSE_ASSISTANTS = 5


def build_world() -> World:
    """The seeded world, fresh: three courses, some people without a course."""
    world = World()
    small = _course(world, 1, MENTORING_COURSE, "FYM-26", "Twelve people. Start here.")
    _course(world, 2, EMPTY_COURSE, "THS-26", "Nobody but the instructor has joined yet.")
    _course(world, 3, LARGE_COURSE, "ENG-101", "Six hundred people, for size.")
    _people_the_small_course(world, small)
    helena = world.person_named("Helena Brandt")
    world.enroll(world.course_titled(EMPTY_COURSE).id, helena.id, Role.INSTRUCTOR)
    for given, family, zone, locale in NEWCOMERS:
        world.newcomer(given, family, zone, locale)
    _people_the_large_course(world, world.course_titled(LARGE_COURSE), helena)
    _group_the_small_course(world, small)
    _group_the_large_course(world, world.course_titled(LARGE_COURSE))
    return world


SMALL_COURSE = (
    ("Helena", "Brandt", "Europe/Berlin", "en", Role.INSTRUCTOR),
    ("Tomás", "Ferreira", "Europe/Lisbon", "pt", Role.TA),
    ("Ingrid", "Solberg", "Europe/Oslo", "en", Role.ADMIN),
    ("Amara", "Diallo", "Europe/Lisbon", "en", Role.LEARNER),
    ("Daniel", "Okafor", "Europe/Berlin", "en", Role.LEARNER),
    ("Lukas", "Weber", "Europe/Berlin", "de", Role.LEARNER),
    ("Sofia", "Mendes", "Europe/Lisbon", "pt", Role.LEARNER),
    ("Aroha", "Ngata", "Pacific/Auckland", "en", Role.LEARNER),
    ("Zoë", "O'Brien", "Europe/Dublin", "en", Role.LEARNER),
    ("Jonas", "Lindqvist", "Europe/Stockholm", "en", Role.LEARNER),
    ("Mei", "Tanaka", "Asia/Tokyo", "en", Role.LEARNER),
    ("Margaret", "Hale", "Europe/London", "en", Role.OBSERVER),
)

NEWCOMERS = (
    ("Clara", "Vogt", "Europe/Vienna", "de"),
    ("Rui", "Tavares", "America/Sao_Paulo", "pt_br"),
    ("Nia", "Baptiste", "America/New_York", "en"),
)


def _people_the_small_course(world: World, course: Course) -> None:
    for given, family, zone, locale, role in SMALL_COURSE:
        person = world.newcomer(given, family, zone, locale)
        observed = (world.person_named("Lukas Weber").id,) if role is Role.OBSERVER else ()
        world.enroll(course.id, person.id, role, observed)


def _people_the_large_course(world: World, course: Course, instructor: Person) -> None:
    world.enroll(course.id, instructor.id, Role.INSTRUCTOR)
    dice = random.Random(SEED)
    names = [(given, family) for given in GIVEN_NAMES for family in FAMILY_NAMES]
    for nth, (given, family) in enumerate(dice.sample(names, LARGE_COURSE_SIZE - 1)):
        zone, locale = dice.choice(TIME_ZONES), dice.choice(LOCALES)
        person = world.newcomer(given, family, zone, locale)
        world.enroll(
            course.id, person.id, Role.TA if nth < LARGE_COURSE_ASSISTANTS else Role.LEARNER
        )


SMALL_GROUPS = {"17": "Tutorial A", "18": "Tutorial B"}
SMALL_GROUPED = {
    "Amara Diallo": ("17",),
    "Daniel Okafor": ("17",),
    "Lukas Weber": ("17", "18"),
    "Sofia Mendes": ("18",),
    "Mei Tanaka": ("18",),
}
LARGE_GROUPS = 8
FIRST_LARGE_GROUP = 101


def _group_the_small_course(world: World, course: Course) -> None:
    """A few are in a group, one in two, most in none."""
    course.groups.update(SMALL_GROUPS)
    for name, groups in SMALL_GROUPED.items():
        world.regroup(course.id, world.person_named(name).id, groups)


def _group_the_large_course(world: World, course: Course) -> None:
    """Half of the learners work in laboratory groups."""
    numbers = range(FIRST_LARGE_GROUP, FIRST_LARGE_GROUP + LARGE_GROUPS)
    course.groups.update({str(n): f"Lab {n - FIRST_LARGE_GROUP + 1}" for n in numbers})
    learners = [e.person_id for e in course.enrollments.values() if e.role is Role.LEARNER]
    for nth, person_id in enumerate(learners[::2]):
        world.regroup(course.id, person_id, (str(numbers[nth % LARGE_GROUPS]),))


def _course(world: World, number: int, title: str, label: str, summary: str) -> Course:
    course = Course(opaque_id("course", number, 16), title, label, summary)
    column = None if title == EMPTY_COURSE else Column("Mentoring", 100)
    course.activities.append(
        Activity(
            opaque_id("link", number, 24),
            "Mentoring",
            "Meet a mentor, set goals, talk every other week.",
            custom={"activity_key": "mentoring", "group_ids": "$Moodle.Person.userGroupIds"},
            column=column,
        )
    )
    if title == MENTORING_COURSE:
        course.activities.append(
            Activity(
                opaque_id("link", f"{number}/window", 24),
                "Mentoring in its own window",
                "The same tool, opened beside the course instead of inside it.",
                opens_in="window",
                custom={
                    "activity_key": "mentoring-window",
                    "group_ids": "$Moodle.Person.userGroupIds",
                },
            )
        )
    world.courses[course.id] = course
    return course
