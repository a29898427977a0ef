"""A program in the sandbox's course, with two of its learners and their scores."""

from decimal import Decimal

from sqlalchemy import select

from lti_mentoring.core import clock
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Deployment, LineItem, PlatformUser, ScorePublication
from lti_mentoring.vocabulary import Component, CourseRole, Scope
from tests.support.factories import (
    make_course,
    make_member,
    make_mentee,
    make_program,
    make_resource_link,
    make_rubric,
)
from tests.support.visitor import visit

EVERYTHING = " ".join((Scope.LINE_ITEM, Scope.SCORE, Scope.RESULT_READ))
LATER = 21  # seconds, a bit more than the quiet while
TEACHER = "Helena Brandt"
LEARNERS = ("Amara Diallo", "Daniel Okafor")


class TaughtClass:
    """The program, its people, and the LMS's gradebook beside it."""

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
            course = make_course(
                db,
                deployment,
                context_id=self.course.id,
                line_items_url=address,
                ags_scopes=EVERYTHING,
            )
            if is_coupled:
                url = campus.sandbox.line_item_url(coupled)
                make_resource_link(db, course, line_item_url=url)
            else:
                self.gradebook.remove(coupled)
            program = make_program(db, course)
            make_rubric(db, program)
            self.program_id = program.id
            teacher = make_member(db, course, role=CourseRole.INSTRUCTOR)
            db.get_one(PlatformUser, teacher.user_id).subject = world.person_named(TEACHER).id
            self.teacher_id, self.teacher = teacher.id, teacher.user.display_name
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
