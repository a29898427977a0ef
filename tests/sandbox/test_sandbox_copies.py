"""Copies: what is new in them, what stays, and what they remember of their origin."""

import pytest

from lti_mentoring.sandbox.copying import copy_course, duplicate, import_course
from lti_mentoring.sandbox.vocabulary import AGS_CLAIM, LTI_CLAIM, Role

REMEMBERING = {"course": "$Context.id.history", "link": "$ResourceLink.id.history", "key": "goals"}


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


@pytest.fixture
def goals(sandbox, course, select):
    """An activity with a column that a tool has placed and that asks for histories."""
    item = {
        "type": "ltiResourceLink",
        "title": "Goals",
        "custom": REMEMBERING,
        "lineItem": {"scoreMaximum": 10, "resourceId": "mentoring:goals", "tag": "goals"},
    }
    launch = sandbox.dialog_launch(sandbox.world.person_named("Helena Brandt").id, course.id)
    select(item, launch=launch)
    if sandbox.accent.dialog.asks_before_saving:
        waiting = sandbox.dialogs.waiting(launch.dialog_id)
        sandbox.place(course.id, sandbox.client_id, waiting.items[0])
    return course.activity_titled("Goals")


@pytest.fixture
def claims_of(sandbox, helena):
    return lambda activity: sandbox.launch_claims(helena.id, activity.id, nonce="n")


def test_a_copied_course_has_new_ids_and_its_instructors_only(
    sandbox, course, goals, helena, claims_of
):
    copied = copy_course(sandbox, course.id)

    assert copied.id != course.id
    assert [e.person_id for e in copied.enrollments.values()] == [helena.id]
    again = copied.activity_titled("Goals")
    assert again.id != goals.id
    claims = claims_of(again)
    assert claims[LTI_CLAIM + "context"]["id"] == copied.id
    assert claims[LTI_CLAIM + "resource_link"]["id"] == again.id
    assert claims[LTI_CLAIM + "custom"]["course"] == course.id
    assert claims[LTI_CLAIM + "custom"]["link"] == goals.id
    assert claims[LTI_CLAIM + "custom"]["key"] == "goals"
    assert claims[LTI_CLAIM + "lis"]["course_section_sourcedid"] == ""


def test_columns_are_copied_with_their_names_and_without_grades(
    sandbox, course, goals, amara, clock
):
    sandbox.gradebook.create(
        course.id, {"label": "Alone", "scoreMaximum": 5, "resourceId": "r", "tag": "t"}
    )
    (before,) = sandbox.gradebook.columns_of_link(goals.id)
    sandbox.gradebook.override(before, amara.id, 7, clock())

    copied = copy_course(sandbox, course.id)

    columns = {item.resource_id: item for item in sandbox.gradebook.columns(copied.id)}
    again = columns["mentoring:goals"]
    assert again.id != before.id
    assert (again.tag, again.link_id) == ("goals", copied.activity_titled("Goals").id)
    assert columns["r"].link_id is None
    assert list(sandbox.gradebook.grades(again.id)) == []
    assert sandbox.gradebook.grade(before.id, amara.id).score == 7


def test_a_copy_of_a_copy_remembers_both(sandbox, course, goals, claims_of):
    first = copy_course(sandbox, course.id)
    second = copy_course(sandbox, first.id)

    custom = claims_of(second.activity_titled("Goals"))[LTI_CLAIM + "custom"]

    assert custom["course"] == f"{first.id},{course.id}"


@only_with("moodle")
def test_moodle_tells_a_copy_its_course_but_never_its_link(sandbox, course, goals, claims_of):
    copied = copy_course(sandbox, course.id)

    custom = claims_of(copied.activity_titled("Goals"))[LTI_CLAIM + "custom"]

    assert custom["course"] == course.id
    assert custom["link"] == "$ResourceLink.id.history"


@pytest.mark.parametrize(
    ("accent", "remembered"), [("moodle", False), ("canvas", True)], indirect=["accent"]
)
def test_an_import_is_remembered_or_not(sandbox, course, goals, world, claims_of, remembered):
    target = world.course_titled("Thesis seminar")
    people = dict(target.enrollments)

    import_course(sandbox, course.id, target.id)

    imported = target.activity_titled("Goals")
    custom = claims_of(imported)[LTI_CLAIM + "custom"]
    assert custom["course"] == (course.id if remembered else "")
    assert target.enrollments == people
    (column,) = sandbox.gradebook.columns_of_link(imported.id)
    assert (column.resource_id, column.course_id) == ("mentoring:goals", target.id)
    assert claims_of(imported)[LTI_CLAIM + "lis"]["course_section_sourcedid"] != ""


@pytest.mark.parametrize(
    ("accent", "named"), [("plain", True), ("moodle", False)], indirect=["accent"]
)
def test_a_duplicate_has_a_column_that_moodle_does_not_name(
    sandbox, course, goals, claims_of, named
):
    again = duplicate(sandbox, goals.id)

    assert again.id != goals.id
    assert again.custom == goals.custom
    columns = [c for c in sandbox.gradebook.columns(course.id) if c.tag == "goals"]
    assert {column.link_id for column in columns} == {goals.id, again.id}
    assert ("lineitem" in claims_of(again)[AGS_CLAIM]) == named
    assert "lineitem" in claims_of(goals)[AGS_CLAIM]


def test_the_buttons_of_a_course_lead_to_the_copies(client, course, goals, world):
    page = client.get(f"/courses/{course.id}").text
    assert all(f">{label}<" in page for label in ("Copy this course", "Duplicate"))

    copied = client.post(f"/courses/{course.id}/copy").location.rpartition("/")[2]
    assert world.course(copied).history == (course.id,)

    target = world.course_titled("Thesis seminar")
    client.post(f"/courses/{course.id}/import", data={"into": target.id})
    assert target.activity_titled("Goals")

    client.post(f"/courses/{course.id}/duplicate", data={"activity": goals.id})
    assert course.activity_titled("Goals (copy)")


@pytest.mark.parametrize("what", ["copy", "import", "duplicate"])
def test_what_does_not_exist_cannot_be_copied(client, world, what):
    assert client.post(f"/courses/nothing/{what}").status_code == 404


def test_assistants_stay_behind_too(sandbox, course):
    copied = copy_course(sandbox, course.id)

    assert {each.role for each in copied.enrollments.values()} == {Role.INSTRUCTOR}
