"""The seeded world: who and what is there, and that it is always the same."""

import pytest

from lti_mentoring.sandbox.seeding import build_world
from lti_mentoring.sandbox.vocabulary import Role
from lti_mentoring.sandbox.world import NotInWorld


def test_every_start_makes_the_same_world():
    assert build_world() == build_world()


def test_there_are_courses_of_twelve_of_one_and_of_six_hundred():
    sizes = {c.title: len(c.enrollments) for c in build_world().courses.values()}

    assert sizes == {
        "First-year mentoring": 12,
        "Thesis seminar": 1,
        "Introduction to engineering": 600,
    }


def test_some_people_of_the_small_and_half_of_the_large_course_are_in_groups():
    grouped = {
        c.title: sum(1 for e in c.enrollments.values() if e.groups)
        for c in build_world().courses.values()
    }

    assert grouped == {
        "First-year mentoring": 5,
        "Thesis seminar": 0,
        "Introduction to engineering": 297,
    }


def test_nobody_shares_a_name_an_address_or_an_id():
    world = build_world()
    people = world.people.values()

    assert len({p.name for p in people}) == len({p.email for p in people}) == len(world.people)
    assert all(p.email.isascii() for p in people)


@pytest.mark.parametrize(
    ("name", "role", "zone", "locale"),
    [
        ("Helena Brandt", Role.INSTRUCTOR, "Europe/Berlin", "en"),
        ("Tomás Ferreira", Role.TA, "Europe/Lisbon", "pt"),
        ("Ingrid Solberg", Role.ADMIN, "Europe/Oslo", "en"),
        ("Margaret Hale", Role.OBSERVER, "Europe/London", "en"),
        ("Amara Diallo", Role.LEARNER, "Europe/Lisbon", "en"),
        ("Daniel Okafor", Role.LEARNER, "Europe/Berlin", "en"),
        ("Lukas Weber", Role.LEARNER, "Europe/Berlin", "de"),
        ("Sofia Mendes", Role.LEARNER, "Europe/Lisbon", "pt"),
        ("Aroha Ngata", Role.LEARNER, "Pacific/Auckland", "en"),
        ("Zoë O'Brien", Role.LEARNER, "Europe/Dublin", "en"),
    ],
)
def test_the_small_course_has_its_cast(course, world, name, role, zone, locale):
    person = world.person_named(name)

    assert course.enrollments[person.id].role is role
    assert (person.timezone, person.locale) == (zone, locale)


def test_only_the_empty_course_comes_without_a_column(sandbox, world):
    columns = {c.title: len(sandbox.gradebook.columns(c.id)) for c in world.courses.values()}

    assert columns == {
        "First-year mentoring": 1,
        "Thesis seminar": 0,
        "Introduction to engineering": 1,
    }


def test_a_removed_person_can_be_added_back(course, world, amara):
    world.remove(course.id, amara.id)
    assert amara.id not in course.enrollments
    assert world.candidates(course.id)[0] == amara

    world.enroll(course.id, amara.id)

    assert course.enrollments[amara.id].role is Role.LEARNER
    assert amara not in world.candidates(course.id)


def test_a_newcomer_can_be_enrolled(course, world):
    person = world.newcomer("Ana", "Sousa", "Europe/Lisbon", "pt")

    world.enroll(course.id, person.id, Role.TA)

    assert len(course.enrollments) == 13


def test_who_does_not_exist_is_said_so(world, course):
    for ask in (
        lambda: world.person("nobody"),
        lambda: world.person_named("Nobody"),
        lambda: world.course("nothing"),
        lambda: world.course_titled("Nothing"),
        lambda: world.activity("nothing"),
        lambda: world.remove(course.id, "nobody"),
        lambda: course.activity_titled("Nothing"),
    ):
        with pytest.raises(NotInWorld):
            ask()
