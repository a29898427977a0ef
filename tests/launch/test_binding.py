"""A launch ends in the browser that began it, once, with or without cookies."""

import threading
from concurrent.futures import ThreadPoolExecutor

import lxml.html
import pytest

from lti_mentoring.core.keys import digest
from lti_mentoring.models import (
    Deployment,
    Membership,
    PlatformUser,
    Registration,
    SignIn,
    UsedState,
    WaitingLaunch,
)
from lti_mentoring.vocabulary import DeploymentState, RegistrationState
from tests.launch.lms import TOOL


@pytest.fixture
def blocked(house):
    """A login in a browser that keeps no cookie, and the page that the launch answers with."""
    begun = house.login(house.tool.test_client(use_cookies=False))
    page = begun.post(house.lms.sign(house.lms.claims(begun.nonce)))
    return begun, page


def code_of(page):
    form = lxml.html.fromstring(page.text).get_element_by_id("lti-bind")
    return form.fields["code"]


def finish(begun, page, **changes):
    data = {"code": code_of(page), "secret": begun.secret, **changes}
    return begun.client.post("/lti/finish", data=data, base_url=TOOL)


def test_without_a_cookie_the_launch_waits_for_the_browsers_proof(house, blocked):
    _begun, page = blocked

    assert page.status_code in {200, 303}
    assert house.rows(SignIn) == []
    assert house.rows(PlatformUser) == []
    assert "Your browser keeps nothing for this page" in page.text


def test_an_unknown_deployment_is_listed_though_the_browser_keeps_no_cookie(house):
    begun = house.login(house.tool.test_client(use_cookies=False))

    page = begun.post(house.lms.sign(house.lms.claims(begun.nonce, deployment_id="new-one")))

    assert (page.status_code, "deployment-pending" in page.text) == (403, True)
    states = {row.lti_id: row.state for row in house.rows(Deployment)}
    assert states["new-one"] is DeploymentState.PENDING
    assert house.rows(PlatformUser) == []


@pytest.mark.parametrize("state", [DeploymentState.PENDING, DeploymentState.DISABLED])
def test_without_a_cookie_a_closed_deployment_is_refused_at_once(house, state):
    with house.database.transaction() as db:
        house.lms.add_deployment(db, "closed", state)
    begun = house.login(house.tool.test_client(use_cookies=False))

    page = begun.post(house.lms.sign(house.lms.claims(begun.nonce, deployment_id="closed")))

    assert (page.status_code, f"deployment-{state}" in page.text) == (403, True)
    assert len(house.rows(Deployment)) == 2


def test_the_tabs_own_secret_finishes_the_launch(house, blocked):
    begun, page = blocked

    arrived = finish(begun, page)

    assert arrived.status_code == 200
    data = lxml.html.fromstring(arrived.text).get_element_by_id("lti-arrive")
    target = data.get("data-next")
    assert target.startswith(f"/in/{data.get('data-key')}/?ticket=")
    assert data.get("data-token") not in target
    landing = begun.client.get(target, base_url=TOOL)
    assert landing.status_code in {200, 303}
    assert house.only(Membership).launched_at is not None


def test_after_the_proof_nothing_of_the_person_stays_with_the_launch(house, blocked):
    begun, page = blocked
    assert house.only(WaitingLaunch).claims["name"] == "Ana Souza"

    finish(begun, page)

    assert house.rows(WaitingLaunch) == []
    assert house.only(UsedState).state_hash == digest(begun.state)


def test_the_code_works_once(house, blocked):
    begun, page = blocked
    finish(begun, page)

    again = finish(begun, page)

    assert (again.status_code, "code" in again.text) == (400, True)
    assert len(house.rows(SignIn)) == 1


def test_the_code_of_another_browser_is_refused(house, blocked):
    begun, page = blocked

    answer = finish(begun, page, secret="guessed")

    assert (answer.status_code, "no-binding" in answer.text) == (403, True)
    assert house.rows(SignIn) == []
    assert finish(begun, page).status_code == 200  # the right browser is not locked out


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.tool.test"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_genuine_proof_sent_by_a_foreign_page_signs_nobody_in(house, blocked, headers):
    """Else the attacker's own launch would become the victim's sign-in (LTI 4.4)."""
    begun, page = blocked
    proof = {"code": code_of(page), "secret": begun.secret}
    victim = house.browser()

    answer = victim.post("/lti/finish", data=proof, base_url=TOOL, headers=headers)

    assert (answer.status_code, "foreign-page" in answer.text) == (403, True)
    assert "Set-Cookie" not in answer.headers
    assert house.rows(SignIn) == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": TOOL}, {}])
def test_a_proof_sent_by_our_own_page_is_taken(house, blocked, headers):
    begun, page = blocked
    proof = {"code": code_of(page), "secret": begun.secret}

    answer = begun.client.post("/lti/finish", data=proof, base_url=TOOL, headers=headers)

    assert answer.status_code == 200
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_the_code_is_too_late_after_ten_minutes(house, blocked, frozen_clock):
    begun, page = blocked
    frozen_clock.tick(minutes=10)

    assert finish(begun, page).status_code == 400
    assert house.rows(SignIn) == []


def test_a_registration_disabled_meanwhile_is_not_let_in(house, blocked):
    begun, page = blocked
    with house.database.transaction() as db:
        row = db.get_one(Registration, house.lms.registration_id)
        row.state = RegistrationState.DISABLED

    assert finish(begun, page).status_code == 403


@pytest.mark.parametrize("fields", [{}, {"code": "x"}, {"secret": "x"}, {"code": ["a", "b"]}])
def test_an_incomplete_proof_is_refused(house, fields):
    answer = house.browser().post("/lti/finish", data=fields, base_url=TOOL)

    assert answer.status_code == 400


def test_the_way_back_is_offered_only_into_a_known_host(house):
    def offered(address):
        begun = house.login(house.tool.test_client(use_cookies=False))
        shown = {"return_url": address}
        page = begun.post(house.lms.sign(house.lms.claims(begun.nonce, launch_presentation=shown)))
        return "Back to the course" in page.text

    assert offered("https://lms.test/courses/1")
    for address in ("https://evil.test/", "http://lms.test/", "javascript:alert(1)", None, 7):
        assert not offered(address)


def test_a_launch_posted_from_another_browser_is_refused(house):
    """Login CSRF: the attacker's own launch, posted in the victim's browser."""
    attacker, victim = house.login(), house.browser()
    token = house.lms.sign(house.lms.claims(attacker.nonce))

    page = attacker.post(token, client=victim)

    assert "Set-Cookie" not in page.headers
    assert (page.status_code, house.rows(SignIn)) == (200, [])
    proof = {"code": code_of(page), "secret": "what the victim's tab does not have"}
    answer = victim.post("/lti/finish", data=proof, base_url=TOOL)
    assert (answer.status_code, house.rows(SignIn)) == (403, [])


def test_a_secret_of_another_login_of_the_same_browser_does_not_help(house):
    client = house.browser()
    house.login(client)
    attacker = house.login()

    page = attacker.post(house.lms.sign(house.lms.claims(attacker.nonce)), client=client)

    assert "lti-bind" in page.text
    assert house.rows(SignIn) == []


def test_parallel_tabs_do_not_overwrite_each_other(house):
    client = house.browser()
    tabs = [house.login(client) for _ in range(5)]

    answers = [tab.post(house.lms.sign(house.lms.claims(tab.nonce))) for tab in reversed(tabs)]

    assert [answer.status_code for answer in answers] == [303] * 5
    assert len({answer.location for answer in answers}) == 5


def test_the_cookie_of_the_login_is_taken_back(house):
    begun = house.login()
    answer = begun.post(house.lms.sign(house.lms.claims(begun.nonce)))

    taken = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-lti-")]
    assert len(taken) == 1
    assert "Max-Age=0" in taken[0]


def test_a_reload_of_the_form_is_refused_kindly(house):
    begun = house.login()
    token = house.lms.sign(house.lms.claims(begun.nonce))
    begun.post(token)

    again = begun.post(token)

    assert again.status_code == 403
    assert "state-used" in again.text
    assert "Open the activity again from your course" in again.text
    assert len(house.rows(SignIn)) == 1


def test_of_two_posts_at_the_same_time_one_wins(house):
    begun = house.login()
    token = house.lms.sign(house.lms.claims(begun.nonce))
    cookie = f"{begun.page.headers['Set-Cookie'].partition(';')[0]}"
    start = threading.Barrier(4)

    def post(_number):
        client = house.tool.test_client(use_cookies=False)
        start.wait()
        data = {"state": begun.state, "id_token": token}
        headers = {"Cookie": cookie}
        return client.post("/lti/launch", data=data, base_url=TOOL, headers=headers).status_code

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(post, range(4)))

    assert statuses == [303, 403, 403, 403]
    assert len(house.rows(SignIn)) == 1


def test_a_refused_launch_does_not_use_up_the_attempt(house):
    begun = house.login()
    wrong = begun.post(house.lms.sign(house.lms.claims("another nonce")))
    right = begun.post(house.lms.sign(house.lms.claims(begun.nonce)))

    assert (wrong.status_code, right.status_code) == (400, 303)


def test_a_login_holds_for_ten_minutes(house, frozen_clock):
    begun = house.login()
    frozen_clock.tick(minutes=10)

    answer = begun.post(house.lms.sign(house.lms.claims(begun.nonce)))

    assert (answer.status_code, "state-expired" in answer.text) == (400, True)


def test_a_state_that_nobody_made_is_refused(house):
    begun = house.login()
    begun.state = "made up"

    assert "state" in begun.post(house.lms.sign(house.lms.claims(begun.nonce))).text


@pytest.mark.parametrize("target", ["_parent", "post_message_forwarding", "a~b é%7E"])
def test_both_pages_know_the_frame_that_keeps_things_for_tools(house, target):
    begun = house.login(house.tool.test_client(use_cookies=False), lti_storage_target=target)

    page = begun.post(house.lms.sign(house.lms.claims(begun.nonce)))

    told = lxml.html.fromstring(page.text).find(".//*[@data-storage-key]")
    assert told.get("data-storage-target") == target
    assert told.get("data-storage-origin") == "https://lms.test"
    assert begun.state.endswith(told.get("data-storage-key").removeprefix("lti-"))
