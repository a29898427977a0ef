import pytest
from sqlalchemy import select

from lti_mentoring.grading import line_items
from lti_mentoring.models import Course, LineItem, Program
from lti_mentoring.vocabulary import LineItemKind, ProgramState, Scope
from tests.support.canned_platform import LMS
from tests.support.factories import make_resource_link


def plan(gradebook, **program_facts):
    with gradebook.database.transaction() as db:
        program = db.get_one(Program, gradebook.program_id)
        for name, value in program_facts.items():
            setattr(program, name, value)
        return [row.kind for row in line_items.plan_columns(db, program)]


def column(gradebook):
    with gradebook.database.transaction() as db:
        return db.scalars(select(LineItem)).one()


def change_course(gradebook, **facts):
    with gradebook.database.transaction() as db:
        course = db.get_one(Course, db.get_one(Program, gradebook.program_id).course_id)
        for name, value in facts.items():
            setattr(course, name, value)
        return course.id


def test_a_program_has_the_columns_that_it_posts_to(gradebook):
    assert plan(gradebook) == [LineItemKind.ENGAGEMENT]
    assert plan(gradebook, posts_completion=True) == ["engagement", "completion"]
    assert plan(gradebook, posts_engagement=False) == [LineItemKind.COMPLETION]


def test_a_draft_has_no_columns_yet(gradebook):
    assert plan(gradebook, state=ProgramState.DRAFT) == []


def test_without_a_gradebook_there_are_no_columns(gradebook):
    change_course(gradebook, ags_scopes="")

    assert plan(gradebook) == []


def test_our_column_is_found_again(gradebook):
    plan(gradebook)

    gradebook.work()

    assert column(gradebook).url == f"{LMS}/column"


def test_a_column_that_came_with_the_activity_is_used_as_it_is(gradebook):
    course_id = change_course(gradebook)
    with gradebook.database.transaction() as db:
        make_resource_link(db, db.get_one(Course, course_id), line_item_url=f"{LMS}/coupled")
    coupled = {"id": f"{LMS}/coupled", "label": "Activity", "scoreMaximum": 10}
    gradebook.platform.answer("/coupled", body=coupled)
    plan(gradebook)

    gradebook.work()

    assert (column(gradebook).url, column(gradebook).score_maximum) == (f"{LMS}/coupled", 10)


def test_a_coupled_column_serves_without_the_permission_to_look(gradebook):
    course_id = change_course(gradebook, ags_scopes=Scope.SCORE.value, line_items_url=None)
    with gradebook.database.transaction() as db:
        make_resource_link(db, db.get_one(Course, course_id), line_item_url=f"{LMS}/coupled")
    plan(gradebook)

    gradebook.work()

    assert column(gradebook).url == f"{LMS}/coupled"


def test_without_column_and_permission_the_reason_says_what_to_do(gradebook):
    course_id = change_course(gradebook, ags_scopes=Scope.SCORE.value)
    plan(gradebook)
    gradebook.work()
    assert column(gradebook).error == line_items.NO_COLUMN

    change_course(gradebook, ags_scopes=f"{Scope.SCORE} {Scope.LINE_ITEM}")
    with gradebook.database.transaction() as db:
        line_items.look_again(db, course_id)
    gradebook.work()

    assert (column(gradebook).url, column(gradebook).error) == (f"{LMS}/column", None)


@pytest.mark.parametrize("status", [500, 429])
def test_a_gradebook_that_is_away_is_asked_later(gradebook, frozen_clock, status):
    gradebook.platform.instead("/lineitems", status)
    plan(gradebook)
    gradebook.work()
    assert column(gradebook).url is None
    gradebook.platform.instead(
        "/lineitems",
        body=[
            {
                "id": f"{LMS}/column",
                "scoreMaximum": 100,
                "resourceId": f"lti-mentoring:{gradebook.program_id}",
                "tag": "engagement",
            }
        ],
    )

    frozen_clock.tick(minutes=1)
    gradebook.work()

    assert column(gradebook).url == f"{LMS}/column"
