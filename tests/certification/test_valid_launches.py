"""The certification suite's valid launches: by a teacher and by a student, in every form.

Each is named after the suite's case. A teacher has the program's set-up in front of them, a student
is told that nothing is open yet; whoever has no role that counts gets neither, and no error.
"""

import pytest

from lti_mentoring.models import Course, Membership, PlatformUser
from lti_mentoring.vocabulary import AGS_CLAIM, NRPS_CLAIM, CourseRole
from tests.launch.lms import GONE, INSTRUCTOR, LEARNER, TOOL

PERSON = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
UNKNOWN = "http://purl.imsglobal.org/vocab/lis/v2/unknown/unknown#Helper"
ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
NAMES = ("name", "given_name", "family_name", "middle_name")
TOLD = {
    "name": "Ana Maria Souza",
    "given_name": "Ana",
    "family_name": "Souza",
    "middle_name": "Maria",
    "email": "ana@example.edu",
}
OPTIONAL: dict[str, dict[str, object]] = {
    "no names": dict.fromkeys(NAMES, GONE),
    "no e-mail": {"email": GONE},
    "no personal data": dict.fromkeys((*NAMES, "email"), GONE),
    "no locale": {"launch_presentation": GONE},
    "no roster": {NRPS_CLAIM: GONE},
    "no gradebook": {AGS_CLAIM: GONE},
    "no title of the link": {"resource_link": {"id": "link-1"}},
    "no words about the course": {"context": {"id": "course-1"}},
}
"""Optional claims that a platform may leave out, or that an administrator withholds."""

SETS_UP, WAITS = "Start a mentoring program", "Mentoring opens here soon"
NOTHING = "You have no part in this course"


def opened(house, **claims):
    """The first page of such a launch."""
    client = house.browser()
    answer = house.launch(client, **{**TOLD, **claims})
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location, base_url=TOOL, follow_redirects=True)
    assert page.status_code == 200
    return page.text


def is_for(page):
    """Whom the page is made for."""
    return {words for words in (SETS_UP, WAITS, NOTHING) if words in page}


@pytest.fixture(params=[INSTRUCTOR, LEARNER], ids=["teacher", "student"])
def person(request):
    """The role of whoever launches, what that is here, and what their page says."""
    if request.param == INSTRUCTOR:
        return INSTRUCTOR, CourseRole.INSTRUCTOR, {SETS_UP}
    return LEARNER, CourseRole.LEARNER, {WAITS}


def test_a_message_by_a_teacher_and_by_a_student(house, person):
    role, ours, page = person

    assert is_for(opened(house, roles=[role])) == page
    assert house.only(Membership).role is ours


@pytest.mark.parametrize("more", [["Staff", "Other"], ["Student", "Mentor"], ["Faculty", "Guest"]])
def test_multiple_role_values(house, person, more):
    role, ours, page = person
    others = [PERSON + name for name in more]

    assert is_for(opened(house, roles=[*others, role, SYSTEM + "User"])) == page
    assert house.only(Membership).role is ours


def test_a_short_role_value(house, person):
    role, ours, page = person

    assert is_for(opened(house, roles=[role.rpartition("#")[2]])) == page
    assert house.only(Membership).role is ours


def test_an_unknown_role_beside_a_known_one(house, person):
    role, ours, page = person

    assert is_for(opened(house, roles=[UNKNOWN, role])) == page
    assert house.only(Membership).role is ours


@pytest.mark.parametrize("roles", [[UNKNOWN], [""], [], [" "], [PERSON + "Instructor"]])
def test_an_unknown_role_or_none_at_all(house, roles):
    page = opened(house, roles=roles)

    assert is_for(page) == {NOTHING}
    assert house.only(Membership).role is CourseRole.NONE


def test_a_sub_role_beside_its_main_one_is_the_narrower_of_the_two(house):
    opened(house, roles=[INSTRUCTOR, ASSISTANT])

    assert house.only(Membership).role is CourseRole.TEACHING_ASSISTANT


def test_both_roles_at_once_are_the_teachers(house):
    assert is_for(opened(house, roles=[LEARNER, INSTRUCTOR])) == {SETS_UP}


@pytest.mark.parametrize("left_out", OPTIONAL)
def test_only_email_only_names_no_personal_data_and_other_claims_left_out(house, person, left_out):
    role, ours, page = person

    assert is_for(opened(house, roles=[role], **OPTIONAL[left_out])) == page
    assert house.only(Membership).role is ours
    assert house.only(Course).context_id == "course-1"


@pytest.mark.parametrize("left_out", OPTIONAL)
def test_each_of_these_as_null_is_the_same(house, person, left_out):
    role, _ours, page = person
    nulls = {name: None if value is GONE else value for name, value in OPTIONAL[left_out].items()}

    assert is_for(opened(house, roles=[role], **nulls)) == page


def test_email_and_no_context(house, person):
    role, _ours, _page = person

    answer = house.launch(roles=[role], context=GONE, **{**TOLD, **dict.fromkeys(NAMES, GONE)})

    assert answer.status_code == 403
    assert "code no-course," in answer.text
    assert "Open it from your course" in answer.text
    assert house.rows(PlatformUser) == house.rows(Course) == []


def test_a_second_launch_of_the_same_person_is_the_same_person(house, person):
    role, ours, _page = person

    for _ in range(2):
        opened(house, roles=[role])

    assert house.only(Membership).role is ours
    assert house.only(PlatformUser).name == "Ana Maria Souza"
