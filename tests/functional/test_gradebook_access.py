"""Pages offer only what the gradebook of the course lets the tool do (LTI-104)."""

import pytest

from lti_mentoring.models import Course, LineItem, Platform
from lti_mentoring.vocabulary import CourseRole, Product, Scope
from tests.support.factories import make_line_item

ONE_COLUMN = "into one column only"
NO_GRADES = "does not let this tool write grades"


@pytest.fixture
def allowed(db, program):
    """Sets what the LMS permits in the course."""

    def allow(*scopes, **facts):
        course = db.get_one(Course, program.course_id)
        course.ags_scopes = " ".join(scopes)
        for name, value in facts.items():
            setattr(program, name, value)
        db.commit()

    return allow


@pytest.mark.parametrize("path", ["/engagement", "/program/counts"])
@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        ([Scope.SCORE, Scope.LINE_ITEM], {ONE_COLUMN: False, NO_GRADES: False}),
        ([Scope.SCORE, Scope.LINE_ITEM_READ], {ONE_COLUMN: True, NO_GRADES: False}),
        ([Scope.LINE_ITEM, Scope.RESULT_READ], {ONE_COLUMN: False, NO_GRADES: True}),
        ([], {ONE_COLUMN: False, NO_GRADES: True}),
    ],
)
def test_m10_a_page_says_how_much_of_the_gradebook_works(
    staff, agreement, allowed, path, scopes, said
):
    allowed(*scopes, posts_engagement=True, posts_completion=True)

    page = staff().get(path).text

    assert {words: words in page for words in said} == said


@pytest.mark.parametrize(("product", "is_said"), [(Product.OPENEDX, True), (Product.MOODLE, False)])
def test_e5_staff_are_told_where_a_zero_is_not_shown(staff, allowed, db, product, is_said):
    allowed(Scope.SCORE, Scope.LINE_ITEM)
    db.query(Platform).update({"product": product})

    page = staff().get("/engagement").text

    assert ("no grade where the score is 0" in page) is is_said


def test_a_column_that_is_not_posted_to_any_more_can_be_removed(staff, program, db):
    make_line_item(db, program)
    program.posts_engagement = False
    teacher = staff().get("/engagement")
    assert "still in the LMS, with what was sent" in teacher.text
    assert "deletes the column with every grade in it" in teacher.text

    teacher.submit("Remove the column")

    db.expire_all()
    assert db.query(LineItem).one().unwanted_at is not None
    assert "is being removed from the gradebook" in teacher.text
    assert "still in the LMS" not in teacher.text


def test_an_assistant_cannot_remove_a_column(staff, program, db):
    make_line_item(db, program)
    program.posts_engagement = False

    assert "Remove the column" not in staff(CourseRole.TEACHING_ASSISTANT).get("/engagement").text


@pytest.mark.parametrize(
    ("scopes", "is_said"),
    [
        ([Scope.SCORE, Scope.LINE_ITEM], True),
        ([Scope.SCORE, Scope.RESULT_READ], False),
        ([], False),
    ],
)
def test_staff_are_told_if_their_own_grades_cannot_be_seen(staff, allowed, scopes, is_said):
    """LTI-118, LTI-119."""
    allowed(*scopes)

    page = staff().get("/engagement").text

    assert ("a grade that you change there is replaced" in page) is is_said
