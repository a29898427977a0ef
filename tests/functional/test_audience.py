"""A program for some groups of the course: who gets in, who stays, and what the others read."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import Activity, Intake, Participant, Program, RosterSync
from lti_mentoring.rules.groups import Group, write
from lti_mentoring.vocabulary import CourseRole, IntakeState, ProgramState
from tests.support.factories import make_member, make_mentee, make_mentor, make_program, make_rubric
from tests.support.visitor import visit

SECTION, LAB, OTHER = Group("section/2", "Section 02"), Group("17", "Lab A"), Group("18", "Lab B")
pytestmark = pytest.mark.usefixtures("agreement")

PAGE = "/program/groups"
NOT_FOR = "This program is for Lab A and Section 02"


@pytest.fixture
def program(db, frozen_clock):
    program = make_program(db)
    make_rubric(db, program)
    return program


@pytest.fixture
def narrow(db, program):
    """The program is for Section 02 and Lab A."""
    program.audience_groups = write([SECTION, LAB])
    return program


@pytest.fixture
def opened(app, db, program):
    def arrive(member):
        db.commit()
        return visit(app, member.id).get("/")

    return arrive


@pytest.fixture
def teacher(db, program, opened):
    def arrive(path=PAGE):
        member = make_member(db, program.course, role=CourseRole.INSTRUCTOR, name="Maria Keller")
        return opened(member).get(path)

    return arrive


def learner(db, program, *groups, name="Amara Diallo"):
    return make_member(db, program.course, name=name, groups=write(groups))


def test_a_program_for_some_groups_says_so_to_their_learners(db, narrow, opened):
    page = opened(learner(db, narrow, LAB, OTHER))

    assert f"{NOT_FOR}." in page.text
    assert page.click("Start").path.endswith("/get-started/topics")


def test_others_read_for_whom_it_is_and_whom_to_ask(db, narrow, opened):
    page = opened(learner(db, narrow, OTHER))

    assert page.status == 200
    assert NOT_FOR in page.text
    assert "ask your teacher to put you into one of these groups" in page.text
    assert page.links == ["To the content"]


def test_who_is_known_to_be_in_no_group_is_outside_too(db, narrow, opened):
    assert NOT_FOR in opened(learner(db, narrow)).text


@pytest.mark.parametrize("path", ["/get-started/topics", "/mentors", "/mentor/card"])
def test_others_get_in_by_no_other_page(db, narrow, opened, path):
    page = opened(learner(db, narrow, OTHER))

    assert page.get(path).status == 403


def test_a_draft_tells_nobody_yet_for_whom_it_will_be(db, narrow, opened):
    narrow.state = ProgramState.DRAFT

    text = opened(learner(db, narrow, OTHER)).text

    assert "Mentoring opens here soon" in text
    assert "Lab A" not in text


def test_others_are_neither_listed_nor_counted(db, narrow, teacher):
    learner(db, narrow, LAB, name="Mei Tanaka")
    learner(db, narrow, OTHER, name="Lukas Weber")

    page = teacher("/people/learners")

    assert "1 learner" in page.text
    assert "Mei Tanaka" in page.text
    assert "Lukas" not in page.text
    assert "1 learner" in page.get("/today").text


def test_opening_it_makes_nobody_a_participant(db, narrow, opened):
    opened(learner(db, narrow, OTHER))

    assert db.scalars(select(Participant)).all() == []


def test_who_comes_into_a_group_later_gets_in(db, narrow, opened):
    member = learner(db, narrow, OTHER)
    page = opened(member)
    assert NOT_FOR in page.text

    member.groups = write([OTHER, LAB])
    db.commit()

    assert page.get("/").click("Start").path.endswith("/get-started/topics")


def test_whoever_takes_part_already_keeps_everything(db, program, opened):
    member = learner(db, program, OTHER)
    mentee = make_mentee(db, program, member=member)
    program.audience_groups = write([LAB])

    page = opened(member)

    assert "Find a mentor" in page.text
    assert page.get("/get-started/topics").status == 200
    assert page.get("/my-engagement").status == 200
    assert db.get_one(Intake, mentee_intake(db, mentee)).state is IntakeState.SUBMITTED


def mentee_intake(db, mentee):
    return db.scalars(select(Intake.id).where(Intake.participant_id == mentee.id)).one()


def test_whom_a_coordinator_asked_to_mentor_may_be_of_any_group(db, narrow, opened):
    member = learner(db, narrow, OTHER)
    make_mentor(db, narrow, member=member)

    page = opened(member)

    assert NOT_FOR not in page.text
    assert page.get("/mentor").status == 200
    assert page.get("/get-started/topics").status == 403


def test_staff_choose_the_groups_and_are_told_how_many_are_in_none(db, program, teacher):
    learner(db, program, SECTION, name="Mei Tanaka")
    for name in ("Amara Diallo", "Lukas Weber"):
        make_mentee(db, program, member=learner(db, program, OTHER, name=name))

    page = teacher().submit("Save", takes_part="some", groups=["section/2"])

    assert "2 learners take part already and are in none of these groups." in page.text
    assert "Learners of Section 02" in page.text
    extras = page.get(PAGE).click("2 learners who take part are in none of the groups").text
    assert "In none of the program’s groups; keeps everything" in extras
    assert "Mei" not in extras
    with db.begin_nested():
        db.expire_all()
        assert db.get_one(Program, program.id).audience_groups == write([SECTION])
        assert "groups" in db.scalars(select(Activity.detail)).all()


def test_the_whole_course_can_come_back(db, narrow, teacher):
    learner(db, narrow, LAB)

    page = teacher().submit("Save", takes_part="everybody", groups=["17"])

    assert "Every learner of the course" in page.text
    db.expire_all()
    assert db.get_one(Program, narrow.id).audience_groups == ""


def test_some_groups_are_at_least_one(db, program, teacher):
    learner(db, program, LAB)

    page = teacher().submit("Save", takes_part="some")

    assert page.status == 422
    assert "Tick at least one group" in page.text


def test_a_group_of_nobody_cannot_be_chosen(db, program, teacher):
    learner(db, program, LAB)

    assert teacher().submit("Save", takes_part="some", groups=["99"]).status == 422


def test_two_who_change_it_at_once_do_not_overwrite_each_other(db, program, teacher):
    learner(db, program, LAB)
    first, second = teacher(), teacher()
    first.submit("Save", takes_part="some", groups=["17"])

    assert second.submit("Save", takes_part="everybody").status == 409


@pytest.mark.parametrize(
    ("product", "words"),
    [
        ("moodle", "group_ids=$Moodle.Person.userGroupIds"),
        ("canvas", "section_ids=$Canvas.course.sectionIds"),
        ("sakai", "We read them with the list of people"),
        ("other", "Ask the administrator of your LMS"),
    ],
)
def test_where_the_lms_tells_no_groups_the_page_says_what_to_switch_on(
    db, program, teacher, product, words
):
    program.course.deployment.registration.platform.product = product

    page = teacher()

    assert "Your LMS has not told us of any groups" in page.text
    assert words in page.text
    assert page.page.xpath("//input[@type='checkbox']") == []


def test_groups_that_only_the_service_lists_can_be_chosen(db, program, teacher):
    program.course.groups = write([LAB])

    assert "Lab A 0 learners" in teacher().text


def test_learners_of_unknown_groups_are_counted_on_the_page(db, program, teacher):
    learner(db, program, LAB)
    learner(db, program, name="Mei Tanaka")

    assert "Of 1 learner we do not know a group." in teacher().text


def test_a_narrower_program_has_the_list_of_people_read(db, program, teacher):
    program.course.memberships_url = "https://lms.test/members"
    learner(db, program, LAB)

    teacher().submit("Save", takes_part="some", groups=["17"])

    assert db.scalars(select(RosterSync.course_id)).all() == [program.course_id]


@pytest.mark.parametrize("role", [CourseRole.TEACHING_ASSISTANT, CourseRole.LEARNER])
def test_only_who_coordinates_chooses(db, program, opened, role):
    member = make_member(db, program.course, role=role)

    assert opened(member).get(PAGE).status == 403


def test_while_the_program_is_set_up_the_page_leads_back_to_the_last_step(db, program, teacher):
    program.state = ProgramState.DRAFT
    learner(db, program, LAB)

    page = teacher("/program/check").click("Change")
    page.get(PAGE).submit("Save", takes_part="some", groups=["17"])

    assert page.path.endswith("/program/check")
    assert "Learners of Lab A" in page.text


def test_groups_that_nobody_is_in_any_more_are_told_to_staff(db, narrow, teacher):
    learner(db, narrow, OTHER)

    page = teacher("/people/learners")

    assert "nobody we know of is in one" in page.text
    assert page.click("See who takes part").path.endswith(PAGE)
    assert "Lab A 0 learners" in page.text
