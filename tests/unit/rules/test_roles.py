"""Roles: the whole matrix of names, and who is believed when launch and roster disagree."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.rules.roles import (
    ASSISTANT_ROLES,
    MAIN_ROLES,
    STAFF_SUB_ROLES,
    course_role,
    effective_role,
    is_test_user,
    read_overrides,
    role_scope,
    write_overrides,
)
from lti_mentoring.vocabulary import MEMBERSHIP_ROLE, CourseRole

FIXTURES = Path(__file__).parents[2] / "fixtures" / "lti"
MATRIX = json.loads((FIXTURES / "role_normalisation_matrix.json").read_text())["cases"]
# The matrix knows course designers; in a mentoring program they are nobody.
MEANING = {
    "staff": CourseRole.INSTRUCTOR,
    "ta": CourseRole.TEACHING_ASSISTANT,
    "designer": CourseRole.NONE,
    "learner": CourseRole.LEARNER,
    "observer": CourseRole.OBSERVER,
    "none": CourseRole.NONE,
}
LAUNCHED = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = LAUNCHED + timedelta(hours=1)
EARLIER = LAUNCHED - timedelta(hours=1)
INSTRUCTOR, LEARNER, TA = CourseRole.INSTRUCTOR, CourseRole.LEARNER, CourseRole.TEACHING_ASSISTANT


@pytest.mark.parametrize("case", MATRIX, ids=lambda case: case["note"] or str(case["roles"]))
def test_every_row_of_the_matrix_is_read_as_it_says(case):
    assert course_role(case["roles"]) is MEANING[case["expected"]]
    assert is_test_user(case["roles"]) is ("test_user" in case["flags"])


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([f"{MEMBERSHIP_ROLE}/Instructor#Grader"], TA),
        ([f"{MEMBERSHIP_ROLE}/Instructor#GuestInstructor"], INSTRUCTOR),
        ([f"{MEMBERSHIP_ROLE}/Instructor#Invented"], CourseRole.NONE),
        ([f"{MEMBERSHIP_ROLE}/Instructor"], CourseRole.NONE),
        ([f"{MEMBERSHIP_ROLE}/Learner"], CourseRole.NONE),
        ([f"{MEMBERSHIP_ROLE}/Learner#GuestLearner"], LEARNER),
        ([f"{MEMBERSHIP_ROLE}/Administrator#Support"], INSTRUCTOR),
        ([f"{MEMBERSHIP_ROLE}/Administrator#TeachingAssistant"], CourseRole.NONE),
        ([f"{MEMBERSHIP_ROLE}/Manager#AreaManager"], CourseRole.NONE),
        ([f"{MEMBERSHIP_ROLE}#Administrator", f"{MEMBERSHIP_ROLE}/Instructor#Grader"], INSTRUCTOR),
        (["Mentor", "Learner"], LEARNER),
        (["Administrator"], INSTRUCTOR),
        (["instructor"], CourseRole.NONE),
        (["urn:lti:role:ims/lis/TeachingAssistant"], TA),
        (["urn:lti:role:ims/lis/Instructor", "urn:lti:role:ims/lis/TeachingAssistant"], TA),
        (["urn:lti:role:ims/lis/Learner/NonCreditLearner"], LEARNER),
        (["urn:lti:role:ims/lis/Instructor/Lecturer"], INSTRUCTOR),
        ([f"{MEMBERSHIP_ROLE.replace('http:', 'https:')}#Instructor"], CourseRole.NONE),
        ([f"{MEMBERSHIP_ROLE}s#Instructor"], CourseRole.NONE),
        (["", " "], CourseRole.NONE),
    ],
)
def test_names_outside_the_matrix(roles, expected):
    assert course_role(roles) is expected


@given(st.lists(st.text("/:#.abcInstructor TeachingAssistant", max_size=40), max_size=5))
def test_what_is_not_in_the_vocabulary_grants_nothing(roles):
    known = {
        *MAIN_ROLES,
        *ASSISTANT_ROLES,
        *(sub for subs in STAFF_SUB_ROLES.values() for sub in subs),
    }
    if not any(name in role for name in known for role in roles):
        assert course_role(roles) is CourseRole.NONE


@pytest.mark.parametrize(
    ("launch_role", "launched_at", "roster_role", "changed_at", "expected"),
    [
        (None, None, None, None, CourseRole.NONE),
        (None, None, LEARNER, EARLIER, LEARNER),
        (LEARNER, LAUNCHED, None, None, LEARNER),
        # Moodle's non-editing teacher: an instructor at launch, a learner in every roster.
        (INSTRUCTOR, LAUNCHED, LEARNER, None, INSTRUCTOR),
        # The roster had listed a person before the first launch; the launch knows better.
        (INSTRUCTOR, LAUNCHED, LEARNER, EARLIER, INSTRUCTOR),
        (INSTRUCTOR, LAUNCHED, LEARNER, LAUNCHED, INSTRUCTOR),
        # The roster said instructor and now says learner: a demotion.
        (INSTRUCTOR, LAUNCHED, LEARNER, LATER, LEARNER),
        (LEARNER, LAUNCHED, TA, LATER, TA),
        (INSTRUCTOR, LAUNCHED, CourseRole.NONE, LATER, CourseRole.NONE),
    ],
)
def test_the_launch_is_believed_until_the_roster_changes_its_mind(
    launch_role, launched_at, roster_role, changed_at, expected
):
    role = effective_role(
        launch_role=launch_role,
        launched_at=launched_at,
        roster_role=roster_role,
        roster_role_changed_at=changed_at,
    )
    assert role is expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (None, ()),
        ("u1", ("u1",)),
        ("", ()),
        (["u1", "u2", "u1"], ("u1", "u2")),
        ([" u1 ", 7, None, "", {"id": "u2"}], ("u1",)),
        (("u1",), ("u1",)),
        ({"u1": True}, ()),
        (7, ()),
    ],
)
def test_a_role_scope_is_read_whatever_its_shape(claim, expected):
    assert role_scope(claim) == expected


@pytest.mark.parametrize("unfit", ["a\x00b", "a\ud800", "x" * 256, "a\nb"])
def test_what_no_database_would_take_is_nobody_to_follow(unfit):
    assert role_scope([unfit, "u1"]) == ("u1",)


def test_a_role_scope_has_a_cap():
    assert len(role_scope([f"u{number}" for number in range(900)])) == 500
    assert role_scope(["a", "b", "c"], cap=2) == ("a", "b")


def test_decisions_about_roles_come_before_the_vocabulary():
    overrides = write_overrides({"Instructor": CourseRole.NONE, "Guide": CourseRole.INSTRUCTOR})

    assert course_role(["Instructor", "Learner"], overrides) is CourseRole.LEARNER
    assert course_role(["Guide"], overrides) is CourseRole.INSTRUCTOR
    assert course_role(["Guide"]) is CourseRole.NONE
    assert read_overrides("") == {}
