"""The way into the administration, and that nobody else finds it."""

import pytest

from lti_mentoring.models import AdministratorVisit
from lti_mentoring.services import timers
from lti_mentoring.vocabulary import CourseRole
from tests.support.factories import make_course, make_member, make_registration
from tests.support.visitor import visit


def test_a_link_lets_one_browser_in_once(desk):
    path = desk.link()
    desk.open(path).press("Enter")

    assert "Connections" in desk.text
    stranger = desk.app.test_client()
    assert stranger.get(path, base_url="https://tool.test").status_code == 401
    assert stranger.post(path, base_url="https://tool.test").status_code == 401


def test_looking_at_a_link_does_not_use_it_up(desk):
    """What checks links in mails opens them before people do."""
    path = desk.link()
    desk.open(path)
    desk.open(path)

    assert desk.press("Enter").page.status_code == 200


def test_a_link_is_good_for_half_an_hour(desk, frozen_clock):
    path = desk.link()
    frozen_clock.tick(minutes=30)

    assert desk.open(path).page.status_code == 401


def test_without_a_visit_every_page_says_how_to_get_in(desk):
    desk.open("/administration/")

    assert desk.page.status_code == 401
    assert "lti-mentoring admin link" in desk.text


def test_a_visit_ends_when_nothing_happens(desk, frozen_clock):
    desk.come_in()
    frozen_clock.tick(minutes=50)
    assert desk.open("/administration/").page.status_code == 200
    frozen_clock.tick(minutes=50)
    assert desk.open("/administration/").page.status_code == 200
    frozen_clock.tick(minutes=61)

    assert desk.open("/administration/").page.status_code == 401


def test_leaving_ends_the_visit(desk):
    desk.come_in().press("Leave")

    assert "You have left" in desk.text
    assert desk.open("/administration/").page.status_code == 401


def test_the_cookie_is_for_top_level_pages_of_this_host_only(desk):
    desk.browser = desk.app.test_client()
    path = desk.link()
    page = desk.browser.post(path, base_url="https://tool.test")

    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-administration=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_its_pages_stand_in_no_frame(desk):
    for path in (desk.link(), "/administration/"):
        policy = desk.open(path).page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
    desk.come_in()
    assert "frame-ancestors 'none'" in desk.page.headers["Content-Security-Policy"]


def test_a_form_without_its_token_does_nothing(desk):
    desk.come_in()

    page = desk.browser.post("/administration/leave", base_url="https://tool.test")

    assert page.status_code == 400
    assert desk.open("/administration/").page.status_code == 200


def test_a_form_of_another_site_does_nothing(desk):
    desk.come_in()
    form, _button = desk._form("Leave")

    page = desk.browser.post(
        "/administration/leave",
        data=dict(form.form_values()),
        headers={"Sec-Fetch-Site": "cross-site"},
        base_url="https://tool.test",
    )

    assert page.status_code == 400


def test_a_sign_in_of_a_course_opens_nothing_here_and_the_other_way_round(desk):
    with desk.database.transaction() as db:
        teacher = make_member(db, make_course(db), role=CourseRole.INSTRUCTOR).id
    person = visit(desk.app, teacher)

    assert person.client.get("/administration/", base_url="https://tool.test").status_code == 401
    desk.come_in()
    token = desk.browser.get_cookie("__Host-administration", "tool.test").value
    page = desk.app.test_client().get(
        f"/in/{person.key}/", headers={"Authorization": f"Bearer {token}"}
    )
    assert page.status_code == 401


@pytest.mark.parametrize("path", ["connect", "by-hand", "keys"])
def test_whoever_administers_one_connection_does_not_run_the_tool(desk, path):
    with desk.database.transaction() as db:
        number = make_registration(db).id
    desk.come_in(registration_id=number)

    assert desk.open(f"/administration/{path}").page.status_code == 403


def test_whoever_administers_one_connection_sees_no_other(desk):
    with desk.database.transaction() as db:
        mine = make_registration(db).id
        other = make_registration(db, issuer="https://other.test", client_id="other").id
    desk.come_in(registration_id=mine)

    assert desk.open(f"/administration/connections/{mine}").page.status_code == 200
    token = desk._form("Leave")[0].form_values()
    assert desk.open(f"/administration/connections/{other}").page.status_code == 404
    for act in ("paused", "test", "deployments/1/disabled"):
        path = f"/administration/connections/{other}/{act}"
        sent = desk.browser.post(path, data=dict(token), base_url="https://tool.test")
        assert sent.status_code == 403


def test_old_visits_are_cleared_away(desk, frozen_clock):
    desk.come_in()
    desk.link()
    frozen_clock.tick(days=3)

    with desk.database.transaction() as db:
        timers.run_due(db)

    with desk.database.reading() as db:
        assert db.query(AdministratorVisit).count() == 0
