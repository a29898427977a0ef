"""A copied course: the teacher is asked once, the design travels, and nobody with it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, inspect, select

from lti_mentoring.models import (
    Agreement,
    Base,
    Course,
    EngagementRubric,
    Goal,
    Membership,
    Pairing,
    Participant,
    Program,
    Topic,
)
from lti_mentoring.services.program_copies import ANEW, DESIGN
from lti_mentoring.vocabulary import CourseRole, ProgramState
from tests.support.choosing import make_content_item
from tests.support.factories import (
    make_course,
    make_deployment,
    make_member,
    make_resource_link,
)
from tests.support.full_program import make_full_program
from tests.support.visitor import visit

QUESTION = "Start from last term's design?"
YES, EMPTY = "Start from that design", "Go on with this"


@pytest.fixture
def full(database, frozen_clock):
    with database.transaction() as db:
        return make_full_program(db, lambda kind, text: f"{text} zq{kind.value}qz")


class Copy:
    """A second course of the same platform, and its teacher."""

    def __init__(self, app, database, full):
        self.app, self.database, self.full = app, database, full
        with database.transaction() as db:
            origin = db.get_one(Program, full.program).course
            course = make_course(db, origin.deployment, title="First-year seminar, again")
            self.origin_id, self.course_id = origin.id, course.id

    def arrive(self, *, taught_before=False, role=CourseRole.INSTRUCTOR):
        """The teacher's first page."""
        with self.database.transaction() as db:
            course = db.get_one(Course, self.course_id)
            member = make_member(db, course, role=role)
            if taught_before:
                old = db.get_one(Membership, self.full.instructor)
                member.user_id = old.user_id
        return visit(self.app, member.id).get("/")

    def link(self, deployment=None):
        """A placed link came along."""
        with self.database.transaction() as db:
            old = db.get_one(Program, self.full.program).course
            new = db.get_one(Course, self.course_id)
            if deployment is not None:
                new.deployment_id = make_deployment(
                    db, old.deployment.registration, lti_id=deployment
                ).id
            item = make_content_item(db, old, self.full.instructor)
            make_resource_link(db, new).content_item_id = item.id

    def told(self):
        """The platform has named the former course."""
        with self.database.transaction() as db:
            old = db.get_one(Program, self.full.program).course
            db.get_one(Course, self.course_id).copied_from_id = old.id


@pytest.fixture
def copied(app, database, full):
    return Copy(app, database, full)


def counts(database):
    with database.reading() as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }


def test_a_course_of_its_own_is_not_asked(copied):
    page = copied.arrive()

    assert page.path.endswith("/program/setup")
    assert QUESTION not in page.text


def test_the_key_of_a_link_is_enough_to_be_asked(copied):
    copied.link()

    assert QUESTION in copied.arrive().text


def test_a_key_of_another_deployment_is_not(copied):
    copied.link(deployment="another")

    assert QUESTION not in copied.arrive().text


def test_history_is_believed_by_who_taught_the_former_course(copied):
    copied.told()

    assert QUESTION not in copied.arrive().text
    assert QUESTION in copied.arrive(taught_before=True).text


def test_a_cancelled_program_is_nothing_to_start_from(copied, database, full):
    copied.link()
    with database.transaction() as db:
        db.get_one(Program, full.program).state = ProgramState.CANCELLED

    assert QUESTION not in copied.arrive().text


def test_the_design_travels_and_nobody_with_it(copied, database, full, frozen_clock):
    copied.link()
    page = copied.arrive()
    before = counts(database)

    page.submit(YES)

    assert page.path.endswith("/program/rhythm")
    assert "No people were copied." in page.text
    after = counts(database)
    grown = {name for name in after if after[name] > before[name]}
    assert grown == {"program", "topic", "agreement", "engagement_rubric", "activity"}
    with database.reading() as db:
        old = db.get_one(Program, full.program)
        new = db.query(Program).filter_by(course_id=copied.course_id).one()
        assert [getattr(new, n) for n in DESIGN] == [getattr(old, n) for n in DESIGN]
        assert new.state is ProgramState.DRAFT
        assert new.starts_on == frozen_clock.now.date()
        assert new.ends_on - new.starts_on == old.ends_on - old.starts_on
        assert new.ends_on - new.starts_on > timedelta(days=1)
        assert texts_of(db, new) == texts_of(db, old)
        for model in (Participant, Pairing):
            assert db.query(model).filter_by(program_id=new.id).all() == []
        assert db.query(Goal).count()


def texts_of(db, program):
    """What is written in a program by its coordinator."""
    newest = select(Agreement.body).where(Agreement.program_id == program.id)
    rubrics = db.query(EngagementRubric).filter_by(program_id=program.id)
    rubric = rubrics.order_by(EngagementRubric.version_number.desc()).first()
    topics = db.query(Topic).filter_by(program_id=program.id).order_by(Topic.position)
    return (
        db.scalars(newest.order_by(Agreement.version_number.desc())).first(),
        rubric.weights,
        rubric.targets,
        rubric.gates,
        [(topic.name, topic.position) for topic in topics],
    )


def test_starting_empty_stays_possible(copied, database):
    copied.link()

    copied.arrive().submit(EMPTY, preset="first_year_buddies")

    with database.reading() as db:
        new = db.query(Program).filter_by(course_id=copied.course_id).one()
        assert new.setup_step == 1


def test_the_answer_counts_once(copied):
    copied.link()
    page = copied.arrive()
    token = page.csrf_token()
    page.post("/program/copy", csrf_token=token)

    assert page.post("/program/copy", csrf_token=token).status == 409


def test_without_a_former_course_there_is_nothing_to_copy(copied, database):
    page = copied.arrive()

    assert page.post("/program/copy").path.endswith("/program/setup")
    with database.reading() as db:
        assert db.query(Program).filter_by(course_id=copied.course_id).all() == []


@pytest.mark.parametrize("role", [CourseRole.TEACHING_ASSISTANT, CourseRole.LEARNER])
def test_only_who_coordinates_starts_a_program(copied, app, role):
    copied.link()
    token = copied.arrive().csrf_token()
    other = copied.arrive(role=role)

    assert other.post("/program/copy", csrf_token=token).status in {400, 403}


def test_every_column_of_a_program_travels_or_is_its_own():
    columns = {column.key for column in inspect(Program).column_attrs}

    assert {*DESIGN, *ANEW} == columns
    assert not set(DESIGN) & set(ANEW)
