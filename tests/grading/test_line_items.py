import pytest
from sqlalchemy import select

from lti_mentoring.advantage.line_items import resource_id_of
from lti_mentoring.grading import column_errands, line_items
from lti_mentoring.models import Course, LineItem, Program
from lti_mentoring.vocabulary import LineItemKind, ProgramState, Scope
from tests.support.canned_platform import LMS
from tests.support.factories import make_program, make_resource_link

MADE = {"id": f"{LMS}/made", "label": "Mentoring", "scoreMaximum": 100}


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


def test_with_scores_alone_there_is_one_column(gradebook):
    """LTI-104: Moodle calls it grade sync only."""
    change_course(gradebook, ags_scopes=f"{Scope.SCORE} {Scope.LINE_ITEM_READ}")

    assert plan(gradebook, posts_completion=True) == [LineItemKind.ENGAGEMENT]
    assert plan(gradebook, posts_engagement=False) == [LineItemKind.COMPLETION]


def test_m10_with_scores_alone_completion_goes_into_the_activitys_column(gradebook):
    course_id = change_course(gradebook, ags_scopes=Scope.SCORE.value)
    with gradebook.database.transaction() as db:
        make_resource_link(db, db.get_one(Course, course_id), line_item_url=f"{LMS}/coupled")
    plan(gradebook, posts_engagement=False, posts_completion=True)

    gradebook.work()

    assert column(gradebook).url == f"{LMS}/coupled"


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
    """M10, S7; LTI-103, LTI-104."""
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
    assert column(gradebook).error == column_errands.NO_COLUMN

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


def opened_from(gradebook, *lti_ids, **facts):
    """The tool has been opened from these activities; the last one is made with ``facts``."""
    with gradebook.database.transaction() as db:
        course = db.get_one(Course, db.get_one(Program, gradebook.program_id).course_id)
        for lti_id in lti_ids:
            known = facts if lti_id == lti_ids[-1] else {}
            make_resource_link(db, course, lti_id=lti_id, **known)
        return course


def make_columns(gradebook, *answers):
    """Let the columns be made in a gradebook that has none; what was asked for."""
    gradebook.platform.instead("/lineitems", body=[])
    for status, body in answers or [(201, MADE)]:
        gradebook.platform.answer("/lineitems", status, body=body)
    gradebook.platform.answer("/made", body=MADE)
    gradebook.work()
    asked = gradebook.platform.requests_to("/lineitems")
    return [each.json for each in asked if each.method == "POST"]


def test_a_new_column_belongs_to_the_first_activity_that_opens_the_tool(gradebook):
    """C15, E5; LTI-108."""
    opened_from(gradebook, "activity-1", "activity-2")
    plan(gradebook)

    (asked,) = make_columns(gradebook)

    assert asked["resourceLinkId"] == "activity-1"
    assert column(gradebook).url == f"{LMS}/made"


def test_opened_from_the_courses_navigation_a_column_belongs_to_no_activity(gradebook):
    course = opened_from(gradebook)
    opened_from(gradebook, course.context_id)
    plan(gradebook)

    (asked,) = make_columns(gradebook)

    assert "resourceLinkId" not in asked


def test_completion_is_the_courses_since_two_columns_of_one_activity_hide_each_other(gradebook):
    """C15; moodle.md 2."""
    opened_from(gradebook, "activity-1")
    plan(gradebook, posts_engagement=False, posts_completion=True)

    (asked,) = make_columns(gradebook)

    assert asked["tag"] == "completion"
    assert "resourceLinkId" not in asked


@pytest.mark.parametrize("status", [400, 403, 404, 412, 422])
def test_a_column_whose_activity_the_lms_does_not_know_is_the_courses(gradebook, status):
    opened_from(gradebook, "gone")
    plan(gradebook)

    asked = make_columns(gradebook, (status, b""), (201, MADE))

    assert [each.get("resourceLinkId") for each in asked] == ["gone", None]
    assert column(gradebook).url == f"{LMS}/made"


def test_a_refusal_of_the_column_itself_is_not_tried_twice(gradebook):
    opened_from(gradebook, "activity-1")
    plan(gradebook)

    asked = make_columns(gradebook, (405, b""))

    assert len(asked) == 1
    assert column(gradebook).error == "the LMS refused the request"


def test_the_next_program_of_a_course_leaves_the_column_of_the_one_before_alone(gradebook):
    course = opened_from(gradebook, "activity-1", line_item_url=f"{LMS}/before")
    with gradebook.database.transaction() as db:
        db.get_one(Program, gradebook.program_id).state = ProgramState.CANCELLED
        before = gradebook.program_id
        gradebook.program_id = make_program(db, db.get_one(Course, course.id)).id
    ours = {"resourceId": resource_id_of(before), "tag": "engagement"}
    gradebook.platform.answer("/before", body={**MADE, **ours, "id": f"{LMS}/before"})
    plan(gradebook)

    (asked,) = make_columns(gradebook)

    assert "resourceLinkId" not in asked
    assert column(gradebook).url == f"{LMS}/made"
