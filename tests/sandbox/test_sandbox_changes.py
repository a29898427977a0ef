"""What teachers and registrars change in a course of the sandbox while it runs."""

import pytest

from lti_mentoring.sandbox.vocabulary import AGS_CLAIM, MEMBERS_TYPE, Role
from lti_mentoring.sandbox.world import NotInWorld

BASE = "http://127.0.0.1:8001"


@pytest.fixture
def other(world):
    return world.course_titled("Thesis seminar")


@pytest.fixture
def section(world, course, amara):
    world.list_section(course.id, "501", "Section 01", [amara.id])
    return "501"


def post(client, course, path, **fields):
    return client.post(f"/courses/{course.id}{path}", data=fields, base_url=BASE)


def test_a_deleted_activity_takes_its_columns_along(sandbox, client, course):
    first = course.activities[0]

    assert post(client, course, "/activities/delete", activity=first.id).status_code == 303

    assert first not in course.activities
    assert sandbox.gradebook.columns_of_link(first.id) == []
    with pytest.raises(NotInWorld):
        sandbox.launch_claims(next(iter(course.enrollments)), first.id, nonce="n")


@pytest.mark.parametrize("accent", ["canvas"], indirect=True)
def test_canvas_tells_a_launch_the_sections_of_its_person(sandbox, course, section, amara):
    activity = course.activities[0]
    activity.custom["section_ids"] = "$Canvas.course.sectionIds"

    claims = sandbox.launch_claims(amara.id, activity.id, nonce="n")

    custom = next(value for name, value in claims.items() if name.endswith("/custom"))
    assert custom["section_ids"] == "501"


def test_a_section_moves_to_another_course_with_its_people(client, world, course, other, section):
    amara = next(e.person_id for e in course.enrollments.values() if e.sections)

    assert post(client, course, "/sections/move", section=section, into=other.id).status_code == 303

    assert section in other.sections
    assert section not in course.sections
    assert amara not in course.enrollments
    assert other.enrollments[amara].role is Role.LEARNER
    assert post(client, course, "/sections/move", section=section, into=other.id).status_code == 404


def test_a_column_is_edited_and_grades_keep_their_share(sandbox, client, course, amara):
    (column,) = sandbox.gradebook.columns(course.id)
    sandbox.gradebook.override(column, amara.id, 80, sandbox.clock())

    path = f"/gradebook/{column.id}/edit"
    assert post(client, course, path, label="Tutoring", maximum="50").status_code == 303

    (edited,) = sandbox.gradebook.columns(course.id)
    assert (edited.label, edited.maximum) == ("Tutoring", 50)
    assert sandbox.gradebook.grade(column.id, amara.id).score == 40
    assert post(client, course, path, label="Tutoring", maximum="0").status_code == 400


@pytest.mark.parametrize("accent", ["moodle", "canvas"], indirect=True)
def test_moodle_tells_a_tool_nothing_of_a_course_that_does_not_use_it(sandbox, course, tool):
    for activity in list(course.activities):
        sandbox.delete_activity(activity.id)

    answer = tool.call("GET", sandbox.memberships_url(course.id), accept=MEMBERS_TYPE)

    assert answer.status_code == (404 if sandbox.accent.product == "moodle" else 200)


def test_the_claim_of_an_activity_without_column_names_none(sandbox, course, amara):
    activity = course.activities[0]
    for column in sandbox.gradebook.columns_of_link(activity.id):
        sandbox.gradebook.remove(column)

    claims = sandbox.launch_claims(amara.id, activity.id, nonce="n")

    assert "lineitem" not in claims[AGS_CLAIM]
