"""Seeing to one person's data from the LMS (LTI-141)."""

import re

import pytest

from lti_mentoring.models import (
    AdministratorVisit,
    Course,
    Membership,
    PlatformUser,
    Registration,
    SignIn,
)
from lti_mentoring.vocabulary import AGS_CLAIM, CLAIM, NRPS_CLAIM, DeploymentState
from tests.launch.lms import GONE, INSTRUCTOR, LEARNER, TOOL

ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
FOR_USER = CLAIM + "for_user"


@pytest.fixture
def admitting(house):
    """A registration whose LMS's administrators are let in."""
    with house.database.transaction() as db:
        db.get_one(Registration, house.lms.registration_id).admits_administrators = True
    return house


def privacy(house, client=None, **changes):
    """The answer to a request to see to Ana's data, by an administrator outside of all courses."""
    return house.launch(client, **{**usual(), **changes})


def usual():
    return {
        "message_type": "DataPrivacyLaunchRequest",
        "sub": "admin-1",
        "roles": [ADMINISTRATOR],
        "context": GONE,
        "resource_link": GONE,
        AGS_CLAIM: GONE,
        NRPS_CLAIM: GONE,
        FOR_USER: {"user_id": "ana-1"},
    }


def follow(house, answer):
    """Press the button behind the one-time link, in a window of its own."""
    path = re.findall(r'href="(/administration/enter/[^"]+)"', answer.text)[0]
    window = house.browser()
    assert window.get(path, base_url=TOOL).status_code == 200
    return window.post(path, base_url=TOOL, follow_redirects=True)


def refused(answer, status, code):
    return (answer.status_code, f"code {code}," in answer.text) == (status, True)


def test_an_administrator_lands_on_the_data_of_whom_the_platform_names(admitting):
    admitting.enter()

    page = follow(admitting, privacy(admitting))

    assert page.status_code == 200
    assert "Ana Souza" in page.text
    assert "Their id in the LMS: ana-1" in page.text


def test_nobody_and_no_course_is_made_by_looking(admitting):
    page = follow(admitting, privacy(admitting))

    assert page.status_code == 404
    assert "Mentoring keeps nothing about this person." in page.text
    for model in (PlatformUser, Membership, Course, SignIn):
        assert admitting.rows(model) == []


def test_without_a_cookie_they_come_there_too(admitting):
    admitting.enter()
    browser = admitting.tool.test_client(use_cookies=False)
    begun = admitting.login(browser)
    page = begun.post(admitting.lms.sign(admitting.lms.claims(begun.nonce, **usual())))
    code = re.findall(r'name="code" value="([^"]+)"', page.text)[0]

    answer = browser.post("/lti/finish", data={"code": code, "secret": begun.secret})

    assert "Ana Souza" in follow(admitting, answer).text


@pytest.mark.parametrize("claim", ["context", "resource_link"])
def test_the_message_belongs_to_no_course_and_no_link(admitting, claim):
    """Data Privacy Launch 1.0: so no teacher can ask for what they may not read."""
    for roles in ([ADMINISTRATOR], [INSTRUCTOR]):
        answer = privacy(admitting, roles=roles, **{CLAIM + claim: {"id": "1"}})
        assert refused(answer, 400, claim.replace("_", "-"))


def test_the_visit_is_for_their_own_connection(admitting):
    privacy(admitting)

    assert admitting.only(AdministratorVisit).registration_id == admitting.lms.registration_id


def test_a_person_of_another_registration_with_the_same_id_is_somebody_else(admitting):
    with admitting.database.transaction() as db:
        own = db.get_one(Registration, admitting.lms.registration_id)
        other = Registration(
            platform_id=own.platform_id,
            issuer="https://other.test",
            client_id="other",
            auth_url="x",
            token_url="x",
            jwks_url="x",
            created_at=own.created_at,
        )
        db.add(other)
        db.flush()
        registration = {"registration_id": other.id, "created_at": own.created_at}
        db.add(PlatformUser(subject="ana-1", name="Another Ana", **registration))

    assert follow(admitting, privacy(admitting)).status_code == 404


@pytest.mark.parametrize("roles", [[], [LEARNER], [ASSISTANT], [INSTRUCTOR]])
def test_nobody_else_comes_in(admitting, roles):
    assert refused(privacy(admitting, roles=roles), 403, "not-privacy")
    assert admitting.rows(AdministratorVisit) == []


def test_administrators_who_are_not_let_in_read_how_they_could_be(house):
    answer = privacy(house)

    assert refused(answer, 403, "not-privacy")
    assert "does not let into this connection" in answer.text


@pytest.mark.parametrize(
    "told", [GONE, None, [], {}, {"user_id": None}, {"user_id": ""}, {"user_id": 7}, "ana-1"]
)
def test_missing_user(admitting, told):
    assert refused(privacy(admitting, **{FOR_USER: told}), 400, "for-user")


def test_a_deployment_that_is_paused_shows_nobody(admitting):
    with admitting.database.transaction() as db:
        admitting.lms.add_deployment(db, "paused", DeploymentState.PAUSED)
    admitting.lms.deployment_id = "paused"

    assert refused(privacy(admitting), 403, "deployment-paused")
    assert admitting.rows(AdministratorVisit) == []
