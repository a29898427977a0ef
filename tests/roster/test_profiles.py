"""Rosters of products that give less than everybody, and what staff are told of it."""

import pytest

from lti_mentoring.models import Course, Membership, Participant, Platform, RosterSync
from lti_mentoring.vocabulary import CourseRole, MembershipState, Product, RosterSyncState
from tests.roster.conftest import ROSTER, entry
from tests.support.factories import make_member, make_program
from tests.support.visitor import visit


@pytest.fixture
def page(app, database, course_roster):
    """The page of people as its teacher reads it, at an LMS of some product."""
    with database.transaction() as db:
        course = db.get_one(Course, course_roster.course_id)
        make_program(db, course)
        teacher = make_member(db, course, role=CourseRole.INSTRUCTOR, name="Maria Keller").id

    def read(product):
        with database.transaction() as db:
            db.query(Platform).update({"product": product})
        course_roster.sync()
        return visit(app, teacher).get("/people").text

    return read


@pytest.mark.parametrize(
    ("product", "is_said"), [(Product.BRIGHTSPACE, True), (Product.MOODLE, False)]
)
def test_br5_staff_are_told_that_only_openers_are_listed(page, course_roster, product, is_said):
    """LTI-101."""
    course_roster.lists(entry("a"))

    assert ("lists only people who have opened the tool" in page(product)) is is_said


def test_e7_a_course_that_is_too_large_goes_by_launches_alone(page, course_roster, database):
    with database.transaction() as db:
        make_member(db, db.get_one(Course, course_roster.course_id), name="Ana Souza")
    course_roster.platform.instead(ROSTER, 403, body={"error": "above_response_limit"})

    text = page(Product.OPENEDX)

    assert "2 people have opened the tool. The course is too large" in text
    with database.transaction() as db:
        states = {member.state for member in db.query(Membership)}
        assert states == {MembershipState.ACTIVE}
        assert db.query(RosterSync).one().state is RosterSyncState.FAILED


@pytest.mark.parametrize(
    ("product", "status", "body", "said"),
    [
        (Product.CANVAS, 404, b"course is unpublished", "not published in the LMS, or is over"),
        (Product.SAKAI, 400, b"No placements for tool", "not placed in this course"),
        (Product.OTHER, 403, b"above_response_limit", "could not be read. Everybody known"),
    ],
)
def test_c12_and_s9_why_the_list_is_not_there_is_said(
    page, course_roster, product, status, body, said
):
    course_roster.platform.instead(ROSTER, status, body)

    assert said in page(product)


def test_s3_an_empty_course_is_no_reason_to_let_anybody_go(page, course_roster, database):
    course_roster.lists(entry("a"), entry("b"))
    page(Product.SAKAI)
    course_roster.platform.instead(ROSTER, body=b"")

    page(Product.SAKAI)

    with database.transaction() as db:
        listed = db.query(Membership).filter(Membership.roster_role.is_not(None))
        assert {member.state for member in listed} == {MembershipState.ACTIVE}
        assert db.query(Participant).count() == 0
