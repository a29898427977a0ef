"""The column that comes along with a copied course (moodle.md 7)."""

from sqlalchemy import select

from lti_mentoring.advantage.line_items import resource_id_of
from lti_mentoring.grading import line_items
from lti_mentoring.models import Course, LineItem, Program
from tests.support.canned_platform import LMS
from tests.support.factories import make_resource_link

COUPLED = {"id": f"{LMS}/coupled", "label": "Mentoring", "scoreMaximum": 100, "tag": "engagement"}


def test_the_column_that_came_with_a_copied_activity_is_used(gradebook):
    """It carries the program's id in the former course, and no second one is made beside it."""
    with gradebook.database.transaction() as db:
        program = db.get_one(Program, gradebook.program_id)
        course = db.get_one(Course, program.course_id)
        make_resource_link(db, course, line_item_url=f"{LMS}/coupled")
        line_items.plan_columns(db, program)
    former = {**COUPLED, "resourceId": resource_id_of(4711)}
    gradebook.platform.answer("/coupled", body=former)

    gradebook.work()

    with gradebook.database.reading() as db:
        assert db.scalars(select(LineItem.url)).one() == f"{LMS}/coupled"
