"""Groups of the course, where an instructor looks for people."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import MentorProfile
from lti_mentoring.rules.groups import Group, write
from lti_mentoring.vocabulary import CourseRole, MembershipState, MentorState
from tests.support.counting import statements_of
from tests.support.factories import make_member, make_mentee, make_mentor, make_program
from tests.support.visitor import visit

TUTORIAL, NUMBERED, SECTION = Group("17", "Tutorial A"), Group("18"), Group("section/9")
LISTS = ("/people", "/people/learners", "/people/nominate")


@pytest.fixture
def program(db, frozen_clock):
    return make_program(db)


@pytest.fixture
def teacher(app, db, program):
    def arrive():
        member = make_member(db, program.course, role=CourseRole.INSTRUCTOR, name="Maria Keller")
        db.commit()
        return visit(app, member.id)

    return arrive


def grouped(db, program, name, *groups, **facts):
    return make_member(db, program.course, name=name, groups=write(groups), **facts)


@pytest.mark.parametrize("path", LISTS[1:])
def test_people_are_listed_with_their_groups(db, program, teacher, path):
    grouped(db, program, "Amara Diallo", TUTORIAL, NUMBERED, SECTION)

    assert "Tutorial A, Group 18, Section 9" in teacher().get(path).text


def test_mentors_are_listed_with_their_groups_and_found_by_them(db, program, teacher):
    make_mentor(db, program, member=grouped(db, program, "Daniel Okafor", TUTORIAL))
    make_mentor(db, program, member=grouped(db, program, "Zoë O'Brien", NUMBERED))

    text = teacher().get("/people").submit("Find", group="17").text

    assert "Daniel Okafor" in text
    assert "Zoë" not in text


@pytest.mark.parametrize("path", LISTS[1:])
def test_people_of_one_group_are_found(db, program, teacher, path):
    grouped(db, program, "Amara Diallo", TUTORIAL)
    grouped(db, program, "Lukas Weber", Group("171"))
    grouped(db, program, "Mei Tanaka")

    text = teacher().get(path).submit("Find", group="17").text

    assert "Amara Diallo" in text
    assert "Lukas" not in text
    assert "Mei" not in text


def test_only_groups_that_somebody_is_in_can_be_chosen(db, program, teacher):
    grouped(db, program, "Amara Diallo", TUTORIAL)
    grouped(db, program, "Lukas Weber", Group("17"))
    grouped(db, program, "Mei Tanaka", NUMBERED, state=MembershipState.GONE)

    page = teacher().get("/people/learners").page

    assert page.xpath("//select[@name='group']/option/text()") == ["All groups", "Tutorial A"]


def test_a_course_without_groups_shows_nothing_of_them(db, program, teacher):
    grouped(db, program, "Amara Diallo")

    text = teacher().get("/people/nominate").text

    assert "Group" not in text


def test_the_next_page_keeps_the_group(db, program, teacher):
    for number in range(60):
        grouped(db, program, f"Learner {number:02}", TUTORIAL)
        grouped(db, program, f"Other {number:02}")

    text = teacher().get("/people/nominate?group=17").click("The next 50").text

    assert "Learner 59" in text
    assert "Other" not in text


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("rows", [5, 50])
def test_lists_need_five_queries_at_most_with_groups_too(
    db, database, program, teacher, path, rows
):
    for number in range(rows):
        member = grouped(db, program, f"Learner {number:02}", TUTORIAL, Group(str(number)))
        make_mentee(db, program, member=member)
    visitor = teacher()

    with statements_of(database) as sent:
        visitor.get(f"{path}?group=17")

    assert visitor.status == 200
    assert len(sent) <= 5


def test_everybody_of_a_group_is_invited_at_once_on_every_page_and_nobody_else(
    db, program, teacher
):
    for number in range(60):
        grouped(db, program, f"Learner {number:02}", TUTORIAL)
    grouped(db, program, "Mei Tanaka", NUMBERED)
    make_mentor(db, program, member=grouped(db, program, "Daniel Okafor", TUTORIAL))

    page = teacher().get("/people/nominate?group=17").submit("Invite all 60 people of this list")

    assert "60 people are invited to mentor." in page.text
    assert "61 people" in page.text
    invited = select(MentorProfile.id).where(MentorProfile.state == MentorState.INVITED)
    assert len(db.scalars(invited).all()) == 60


def test_without_a_group_nobody_is_invited_at_once(db, program, teacher):
    grouped(db, program, "Amara Diallo", TUTORIAL)
    page = teacher().get("/people/nominate")
    assert "of this list" not in page.text

    page.post("/people/nominate/group", group="")

    assert db.scalars(select(MentorProfile.id)).all() == []


def test_who_comes_into_the_group_later_is_not_invited_by_itself(db, program, teacher):
    """Being a mentor is a person's own yes to a coordinator's question, never an LMS's rule."""
    grouped(db, program, "Amara Diallo", TUTORIAL)
    page = teacher().get("/people/nominate?group=17")
    assert "Whoever comes into it later is not invited by itself." in page.text
    page.submit("Invite 1 person of this list")

    grouped(db, program, "Mei Tanaka", TUTORIAL)
    db.commit()

    assert "Mei" not in page.get("/people?group=17").text
