"""What is put right by hand: who decided what of a role, and audiences that are trusted."""

import pytest
from sqlalchemy import select

from lti_mentoring.models import Activity, Registration
from lti_mentoring.vocabulary import CourseRole, Verb
from tests.support.counting import statements_of
from tests.support.factories import make_course, make_member

STAFF = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Staff"


@pytest.fixture
def course(desk):
    """A course with somebody in it who administers the LMS: registration and membership."""
    with desk.database.transaction() as db:
        course = make_course(db)
        course.deployment.registration.trusted_audiences = "https://lms.test/api"
        member = make_member(db, course, role=CourseRole.INSTRUCTOR, name="Ingrid Solberg")
        return course.deployment.registration_id, member.id


def decide(desk, number, ours):
    desk.open(f"/administration/connections/{number}")
    return desk.press("Decide", role=STAFF, ours=ours)


def told(desk):
    """The lines of what was decided, newest first."""
    return desk.text.partition("What was decided when")[2].partition("Role, as the LMS")[0]


def test_each_decision_is_shown_with_who_when_and_from_what_to_what(desk, course, frozen_clock):
    number, member = course
    desk.come_in()
    decide(desk, number, "teaching_assistant")
    desk.come_in(registration_id=number, membership_id=member)
    frozen_clock.tick(days=1)
    desk.come_in(registration_id=number, membership_id=member)

    decide(desk, number, "none")
    desk.press(f"Take back: {STAFF}")

    lines = told(desk).split(STAFF)[1:]
    assert "from “Nobody” to “as the LMS says”" in lines[0]
    assert "from “Teaching assistant” to “Nobody”" in lines[1]
    assert "from “as the LMS says” to “Teaching assistant”" in lines[2]
    assert ["Ingrid Solberg" in line for line in lines] == [True, True, False]
    assert "Whoever runs the tool" in lines[2]
    assert "3 Mar" in lines[1]
    assert "2 Mar" in lines[2]


def test_a_decision_that_changes_nothing_is_none(desk, course):
    desk.come_in()
    for _ in range(2):
        decide(desk, course[0], "observer")

    with desk.database.reading() as db:
        acts = db.scalars(select(Activity).where(Activity.verb == Verb.ROLE_OVERRIDDEN)).all()
    assert len(acts) == 1


def test_a_very_long_role_is_shown_without_its_end(desk, course):
    desk.come_in().open(f"/administration/connections/{course[0]}")

    desk.press("Decide", role="r" * 255, ours="teaching_assistant")

    assert desk.page.status_code == 200
    assert "from “as the LMS says” to “Teaching assistant”" in told(desk)


def test_the_decisions_of_other_connections_are_not_shown(desk, course):
    with desk.database.transaction() as db:
        other = make_course(db).deployment.registration_id
    decide(desk.come_in(), course[0], "observer")

    desk.open(f"/administration/connections/{other}")

    assert "What was decided when" not in desk.text


def test_the_page_takes_as_many_questions_for_many_decisions_as_for_one(desk, course):
    counts = []
    for more in (1, 12):
        for turn in range(more):
            decide(desk.come_in(), course[0], ("observer", "none")[turn % 2])
        with statements_of(desk.database) as counted:
            desk.open(f"/administration/connections/{course[0]}")
        counts.append(len(counted))

    assert counts[0] == counts[1]


def audiences(desk):
    with desk.database.reading() as db:
        return db.scalars(select(Registration.trusted_audiences)).one()


def test_further_audiences_are_shown_corrected_and_taken_away(desk, course):
    desk.come_in().open(f"/administration/connections/{course[0]}")
    assert "Further audienceshttps://lms.test/api" in desk.text
    address = f"/administration/connections/{course[0]}/correct"

    desk.open(address).press("Save", trusted_audiences=" https://a.test  https://b.test ")
    assert audiences(desk) == "https://a.test https://b.test"
    desk.open(address).press("Save", client_id="abd")
    assert audiences(desk) == "https://a.test https://b.test"
    desk.open(address).press("Save", trusted_audiences="")

    assert audiences(desk) == ""


def test_whether_observers_see_anything_is_the_institutions_decision(desk, course):
    number, member = course
    with desk.database.transaction() as db:
        db.get_one(Registration, number).shows_observers = False
    desk.come_in(registration_id=number, membership_id=member)
    desk.open(f"/administration/connections/{number}")
    assert "sees nothing of mentoring" in desk.text

    desk.press("Let learners decide")
    assert "as far as that learner allows it" in desk.text
    desk.press("Show them nothing")

    with desk.database.reading() as db:
        acts = db.scalars(select(Activity).where(Activity.verb == Verb.REGISTRATION_CHANGED)).all()
    assert [act.detail for act in acts] == ["shows observers progress", "shows observers nothing"]
    assert {act.membership_id for act in acts} == {member}
