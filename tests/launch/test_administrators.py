"""Whoever administers the LMS, and what roles mean where an administrator has decided (LTI-62)."""

import re

import pytest

from lti_mentoring.models import AdministratorVisit, Course, Membership, Registration, SignIn
from lti_mentoring.vocabulary import CourseRole
from tests.launch.lms import GONE, INSTRUCTOR, LEARNER, TOOL

ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
STAFF = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Staff"
ACCOUNT = {"id": "account-1", "type": ["Account"]}


@pytest.fixture
def admitting(house):
    """A registration whose LMS's administrators may see its administration."""
    with house.database.transaction() as db:
        db.get_one(Registration, house.lms.registration_id).admits_administrators = True
    return house


def link_in(page):
    """The one-time link on the page; empty if there is none."""
    return "".join(re.findall(r'href="(/administration/enter/[^"]+)"', page.text))


def hidden(page, name):
    """The value of a hidden field."""
    return re.findall(f'name="{name}" value="([^"]+)"', page.text)[0]


def test_without_being_configured_an_administrator_of_the_lms_is_nobody(house):
    assert house.launch(context=GONE, roles=[ADMINISTRATOR]).status_code == 403
    assert house.launch(roles=[ADMINISTRATOR]).status_code == 303

    assert not house.only(SignIn).administers
    assert house.only(Membership).role is CourseRole.NONE


@pytest.mark.parametrize("context", [GONE, ACCOUNT])
def test_from_outside_of_a_course_they_come_to_the_administration(admitting, context):
    page = admitting.launch(context=context, roles=[ADMINISTRATOR])

    assert page.status_code == 200
    assert link_in(page)
    assert admitting.only(AdministratorVisit).registration_id == admitting.lms.registration_id
    assert admitting.rows(Course) == admitting.rows(SignIn) == []


def test_without_a_cookie_they_come_there_too(admitting):
    browser = admitting.tool.test_client(use_cookies=False)
    begun = admitting.login(browser)
    claims = admitting.lms.claims(begun.nonce, context=GONE, roles=[ADMINISTRATOR])
    page = begun.post(admitting.lms.sign(claims))
    code = hidden(page, "code")

    page = browser.post("/lti/finish", data={"code": code, "secret": begun.secret})

    assert link_in(page)


def test_the_link_opens_their_own_connection_and_no_other(admitting):
    page = admitting.launch(context=GONE, roles=[ADMINISTRATOR])
    browser = admitting.tool.test_client()
    browser.post(link_in(page), base_url=TOOL)

    assert browser.get("/administration/", base_url=TOOL).status_code == 200
    assert browser.get("/administration/keys", base_url=TOOL).status_code == 403


def test_others_still_need_a_course(admitting):
    for roles in ([LEARNER], [STAFF], []):
        assert admitting.launch(context=GONE, roles=roles).status_code == 403


def connection_page(house, roles):
    """What the way into the administration answers after a launch with these roles."""
    browser = house.browser()
    assert house.launch(browser, roles=roles).status_code == 303
    path = f"/in/{house.only(SignIn).key}/connection"
    return browser, browser.get(path, base_url=TOOL)


def test_inside_a_course_they_have_one_word_more_and_no_right_more(admitting):
    browser, page = connection_page(admitting, [ADMINISTRATOR, LEARNER])

    assert page.status_code == 200
    token = hidden(page, "csrf_token")
    opened = browser.post(page.request.path, data={"csrf_token": token}, base_url=TOOL)
    assert link_in(opened)
    member = admitting.only(Membership)
    assert member.role is CourseRole.LEARNER
    assert admitting.only(AdministratorVisit).membership_id == member.id


@pytest.mark.parametrize("roles", [[LEARNER], [INSTRUCTOR], [STAFF]])
def test_nobody_else_finds_the_way(admitting, roles):
    _browser, page = connection_page(admitting, roles)

    assert page.status_code == 403


def test_a_role_means_what_was_decided(house):
    with house.database.transaction() as db:
        registration = db.get_one(Registration, house.lms.registration_id)
        registration.role_overrides = f"{STAFF} teaching_assistant"

    house.launch(roles=[STAFF, LEARNER])

    assert house.only(Membership).role is CourseRole.TEACHING_ASSISTANT
