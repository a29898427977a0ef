"""A column that somebody deleted in the LMS is made anew once, and again only if a person asks."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_mentoring.advantage.scores import COLUMN_GONE
from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, line_items, recompute
from lti_mentoring.models import Course, Deployment, LineItem, PlatformUser, ScorePublication
from lti_mentoring.vocabulary import Component, CourseRole, PublicationState, Scope
from tests.support.factories import (
    make_course,
    make_member,
    make_mentee,
    make_program,
    make_resource_link,
    make_rubric,
)
from tests.support.visitor import visit

LATER = 21  # seconds, a bit more than the quiet while
LEARNERS = ("Amara Diallo", "Daniel Okafor")


class Class:
    """A program in the sandbox's course, with two of its learners and their scores."""

    def __init__(self, campus, frozen_clock, *, is_coupled=False):
        self.campus, self._clock = campus, frozen_clock
        self.gradebook = campus.sandbox.gradebook
        world = campus.sandbox.world
        self.course = world.course_titled("First-year mentoring")
        self.people = [world.person_named(name).id for name in LEARNERS]
        (coupled,) = self.gradebook.columns(self.course.id)
        with campus.database.transaction() as db:
            address = campus.sandbox.line_items_url(self.course.id)
            deployment = db.scalars(select(Deployment)).one()
            course = make_course(db, deployment, line_items_url=address)
            if is_coupled:
                url = campus.sandbox.line_item_url(coupled)
                make_resource_link(db, course, line_item_url=url)
            else:
                self.gradebook.remove(coupled)
            program = make_program(db, course)
            make_rubric(db, program)
            self.program_id = program.id
            self.teacher_id = make_member(db, course, role=CourseRole.INSTRUCTOR).id
            self.learners = [self._learner(db, program, person) for person in self.people]
        for learner in self.learners:
            self.credit(learner, Component.AGREEMENT)
        self.work()

    def _learner(self, db, program, person):
        mentee = make_mentee(db, program)
        user = db.get_one(PlatformUser, mentee.membership.user_id)
        user.subject = person
        return mentee.id

    def credit(self, learner, component):
        with self.campus.database.transaction() as db:
            ledger.credit(db, learner, component, Decimal(1), "fact", clock.now())
            recompute.participant(db, learner)

    def work(self, seconds=LATER):
        """Time passes, and the background does its work."""
        self._clock.tick(seconds=seconds)
        self.campus.work()

    def delete_columns(self):
        """An instructor deletes every column on the LMS's gradebook page."""
        for item in self.columns:
            where = f"/courses/{self.course.id}/gradebook/{item.id}/delete"
            assert self.campus.lms.test_client().post(where, base_url=self.campus.lms_url).location

    @property
    def columns(self):
        return self.gradebook.columns(self.course.id)

    @property
    def grades(self):
        """What the two have in the course's one column."""
        (column,) = self.columns
        found = [self.gradebook.grade(column.id, person) for person in self.people]
        return [grade.score if grade else None for grade in found]

    @property
    def row(self):
        with self.campus.database.reading() as db:
            return db.scalars(select(LineItem)).one()

    @property
    def cells(self):
        with self.campus.database.reading() as db:
            return db.scalars(select(ScorePublication).order_by(ScorePublication.id)).all()

    @property
    def wanted(self):
        return [float(cell.score_given) for cell in self.cells]

    def page(self):
        return visit(self.campus.tool, self.teacher_id).get("/engagement")


@pytest.fixture
def taught(campus, frozen_clock):
    return Class(campus, frozen_clock)


def test_a_deleted_column_is_made_anew_with_everybodys_scores(taught):
    assert taught.grades == taught.wanted
    taught.delete_columns()

    taught.credit(taught.learners[0], Component.NEEDS)  # only one has news
    taught.work()
    taught.work()

    assert taught.grades == taught.wanted
    assert {cell.state for cell in taught.cells} == {PublicationState.SENT}


def test_a_column_that_is_deleted_again_stays_away_until_a_person_asks(taught):
    components = iter((Component.NEEDS, Component.GOALS_SET, Component.GOAL_PROGRESS))
    taught.delete_columns()
    taught.credit(taught.learners[0], next(components))
    taught.work()
    taught.delete_columns()

    for wait in (LATER, 2 * 3600, 30 * 86_400):
        component = next(components, None)
        if component:
            taught.credit(taught.learners[0], component)
        taught.work(wait)
        assert taught.columns == []

    assert taught.row.error == line_items.DELETED
    page = taught.page()
    assert "A column has been deleted in the LMS" in page.text
    page.submit("Make the column again")
    taught.work()
    assert taught.grades == taught.wanted


def test_who_deletes_the_column_that_a_person_asked_for_is_heeded_too(taught):
    for component in (Component.NEEDS, Component.GOALS_SET):
        taught.delete_columns()
        taught.credit(taught.learners[0], component)
        taught.work()
    taught.page().submit("Make the column again")
    taught.work()
    assert len(taught.columns) == 1

    taught.delete_columns()
    taught.credit(taught.learners[0], Component.GOAL_PROGRESS)
    taught.work(2 * 3600)

    assert taught.columns == []
    assert "Make the column again" in taught.page().text


def test_asking_for_a_column_that_is_there_changes_nothing(taught):
    with taught.campus.database.transaction() as db:
        assert line_items.make_again(db, taught.program_id) == 0
    assert "Make the column again" not in taught.page().text


def test_a_coupled_column_that_was_deleted_is_replaced_by_our_own(campus, frozen_clock):
    taught = Class(campus, frozen_clock, is_coupled=True)
    before = taught.row.url
    taught.delete_columns()

    taught.credit(taught.learners[0], Component.NEEDS)
    taught.work()
    taught.work()

    assert taught.row.url != before
    assert taught.grades == taught.wanted


def test_a_column_that_can_be_read_but_not_made_says_what_to_do(campus, frozen_clock):
    taught = Class(campus, frozen_clock, is_coupled=True)
    with campus.database.transaction() as db:
        db.scalars(select(Course)).one().ags_scopes = Scope.SCORE.value
    taught.delete_columns()

    taught.credit(taught.learners[0], Component.NEEDS)
    taught.work()

    assert (taught.row.url, taught.row.error) == (None, line_items.NO_COLUMN)
    page = taught.page()
    assert "Add a grade to the activity" in page.text
    with campus.database.transaction() as db:
        db.scalars(select(Course)).one().ags_scopes = f"{Scope.SCORE} {Scope.LINE_ITEM}"
    page.submit("Try again to make the column")
    taught.work()
    assert taught.grades == taught.wanted


def test_if_the_column_is_there_it_is_the_person_who_is_not(gradebook, frozen_clock):
    learners = [gradebook.learner(f"Person {number}") for number in range(12)]
    for learner in learners:
        gradebook.credit(learner)
    frozen_clock.tick(seconds=LATER)
    gradebook.platform.instead("/column/scores", 404)

    for _ in range(5):
        gradebook.work()
        frozen_clock.tick(minutes=5)

    cells = [gradebook.cell(learner) for learner in learners]
    assert {(cell.state, cell.error) for cell in cells} == {("blocked", COLUMN_GONE)}
    looks = gradebook.platform.requests_to("/lineitems")
    assert len(looks) == 2  # when it was planned, and once for all those who are not there
    assert not any(look.method == "POST" for look in looks)
