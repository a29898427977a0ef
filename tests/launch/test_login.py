"""Logins: who may begin one, where it leads, and what it leaves in the browser."""

from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest

from lti_mentoring.core import clock
from lti_mentoring.core.keys import digest, fingerprint
from lti_mentoring.launch import attempts
from lti_mentoring.models import RefusedLaunch, Registration
from lti_mentoring.vocabulary import RegistrationState
from tests.launch.lms import GONE, TARGET, TOOL, Lms, fixture, read_login

PLATFORMS = fixture("lti/login_initiation_by_platform.json")["cases"]
MOODLE = fixture("moodle/oidc-login-requests.json")
FIELDS = {
    "iss": "https://lms.test",
    "client_id": "client-1",
    "login_hint": "hint-1",
    "target_link_uri": TARGET,
}


def settled(house, begun):
    """What the login has settled, as its launch will read it."""
    settings = house.tool.extensions["mentoring"].settings
    return attempts.read(settings, begun.state, clock.now())


def post(house, **changes):
    fields = {**FIELDS, **changes}
    kept = {name: value for name, value in fields.items() if value is not GONE}
    return house.browser().post("/lti/login", data=kept, base_url=TOOL)


@pytest.mark.parametrize("case", PLATFORMS, ids=lambda case: case["platform"])
def test_every_platform_begins_a_launch_in_its_own_way(house, platform_key, case):
    params = {**case["params"], "target_link_uri": TARGET}
    client_id = params.get("client_id", "the-only-one")
    Lms(platform_key, params["iss"], client_id).register(house.database)
    client = house.browser()
    where = {"query_string": params} if case["method"] == "GET" else {"data": params}

    page = client.open("/lti/login", method=case["method"], base_url=TOOL, **where)

    begun = read_login(client, page)
    assert begun.query["client_id"] == [client_id]
    assert begun.query["login_hint"] == [params["login_hint"]]
    assert begun.query.get("lti_message_hint", [None])[0] == params.get("lti_message_hint")
    deployment = params.get("lti_deployment_id") or params.get("deployment_id")
    assert settled(house, begun).deployment == (fingerprint(deployment) if deployment else "")


@pytest.mark.parametrize("message", ["deep_linking", "resource_link"])
def test_moodles_own_requests_are_understood(house, platform_key, message):
    params = {**MOODLE[message]["params"], "target_link_uri": f"{TARGET}?item=graded"}
    Lms(platform_key, params["iss"], params["client_id"]).register(house.database)

    begun = read_login(None, house.browser().post("/lti/login", data=params, base_url=TOOL))

    assert begun.query["lti_message_hint"] == [params["lti_message_hint"]]
    assert settled(house, begun).target_link_uri == fingerprint(f"{TARGET}?item=graded")


def test_the_authentication_request_says_what_the_specification_wants(house):
    begun = house.login(lti_message_hint='{"cmid":3}')

    address = urlsplit(lxml_next(begun))
    query = parse_qs(address.query)
    assert address[:3] == ("https", "lms.test", "/auth")
    assert query == {
        "tenant": ["1"],  # the address had a query, and keeps it
        "scope": ["openid"],
        "response_type": ["id_token"],
        "response_mode": ["form_post"],
        "prompt": ["none"],
        "client_id": ["client-1"],
        "redirect_uri": [TARGET],
        "login_hint": ["hint-1"],
        "state": [begun.state],
        "nonce": [begun.nonce],
        "lti_message_hint": ['{"cmid":3}'],
    }


def lxml_next(begun):
    return lxml.html.fromstring(begun.page.text).get_element_by_id("lti-login").get("data-next")


@pytest.mark.parametrize(
    ("address", "joined"),
    [
        ("https://lms.test/auth", "https://lms.test/auth?scope="),
        ("https://lms.test/auth?", "https://lms.test/auth?scope="),
        ("https://lms.test/auth?a=1", "https://lms.test/auth?a=1&scope="),
        ("https://lms.test/auth?a=1#part", "https://lms.test/auth?a=1&scope="),
    ],
)
def test_an_address_with_a_query_keeps_it(house, address, joined):
    with house.database.transaction() as db:
        db.get_one(Registration, house.lms.registration_id).auth_url = address

    assert lxml_next(house.login()).startswith(joined)


def test_nonce_and_state_are_long_and_random_and_the_state_holds_fingerprints_only(house):
    first, second = house.login(), house.login()

    assert len(first.nonce) == 32
    assert first.nonce != second.nonce
    told = settled(house, first)
    assert (told.nonce, told.browser) == (fingerprint(first.nonce), fingerprint(first.secret))
    assert first.nonce not in first.state
    assert first.secret not in first.state
    assert len(first.state) < 256


def test_the_cookie_is_partitioned_and_bound_to_the_host(house):
    begun = house.login()

    cookie = begun.page.headers["Set-Cookie"]
    assert cookie.startswith(f"__Host-lti-{digest(begun.state)[:12]}={begun.secret};")
    for attribute in (
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
        "Path=/",
        "Max-Age=600",
    ):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert begun.page.headers["Cache-Control"] == "no-store"


def test_without_scripts_the_page_leads_on_too(house):
    page = house.login().page.text

    assert '<noscript><meta http-equiv="refresh" content="0; url=https://lms.test/auth?' in page
    assert "<script>" not in page


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
@pytest.mark.parametrize("value", [GONE, "", ["a", "b"]])
def test_a_missing_empty_or_repeated_parameter_is_refused(house, name, value):
    answer = post(house, **{name: value})

    assert answer.status_code == 400
    assert "login-parameters" in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "x" * 300},
        {"client_id": "a\x00b"},
        {"lti_deployment_id": "a\nb"},
        {"login_hint": "x" * 20_000},
    ],
)
def test_misshapen_parameters_are_refused(house, changes):
    assert "login-parameters" in post(house, **changes).text


def test_an_unknown_registration_is_refused(house):
    assert "registration-unknown" in post(house, client_id="other").text
    assert "registration-unknown" in post(house, iss="https://lms.test/").text


def test_a_missing_client_id_is_guessed_only_if_there_is_one(house, platform_key):
    assert post(house, client_id=GONE).status_code == 200
    Lms(platform_key, client_id="client-2").register(house.database)

    answer = post(house, client_id=GONE)

    assert (answer.status_code, "registration-ambiguous" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "https://evil.test/lti/launch",
        "https://tool.test@evil.test/lti/launch",
        "https://tool.test.evil.test/lti/launch",
        "https://tool.test:8443/lti/launch",
        "http://tool.test/lti/launch",
        "//tool.test/lti/launch",
        "https://tool.test/elsewhere",
        "https://tool.test/lti/launch\\@evil.test",
        "https://tool.test/lti/launch ",
        "https://tool.test:port/lti/launch",
        "https://[tool.test/lti/launch",
        "/lti/launch",
        "x" * 3000,
    ],
)
def test_a_foreign_target_is_refused_without_a_redirect(house, target):
    answer = post(house, target_link_uri=target)

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "evil" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "target", [TARGET, f"{TARGET}?item=1", TOOL, f"{TOOL}/", "https://TOOL.test:443/lti/launch"]
)
def test_our_own_addresses_are_targets(house, target):
    assert post(house, target_link_uri=target).status_code == 200


@pytest.mark.parametrize("state", [RegistrationState.PENDING, RegistrationState.DISABLED])
def test_a_registration_that_is_not_approved_waits(house, platform_key, state):
    Lms(platform_key, client_id="waiting").register(house.database, state=state)

    answer = post(house, client_id="waiting")

    assert (answer.status_code, f"registration-{state}" in answer.text) == (403, True)
    assert "Set-Cookie" not in answer.headers


def test_only_get_and_form_posts_begin_a_launch(house):
    client = house.browser()

    assert client.put("/lti/login", base_url=TOOL).status_code == 405
    assert client.post("/lti/login", json=FIELDS, base_url=TOOL).status_code == 400
    assert client.post("/lti/login", data={"iss": "x" * 70_000}, base_url=TOOL).status_code == 413


def test_a_refused_login_is_listed_without_anything_personal(house, caplog):
    post(house, client_id="other", login_hint="private-hint", lti_message_hint="private-too")

    row = house.only(RefusedLaunch)
    assert (row.code, row.registration_id) == ("registration-unknown", None)
    assert "private" not in row.reason + caplog.text


def test_strangers_cannot_fill_the_list_of_refusals(house):
    for _ in range(70):
        post(house, client_id="other")

    assert len(house.rows(RefusedLaunch)) == 60


def test_the_frame_may_be_the_platforms_or_that_of_whoever_posted(house):
    answer = house.browser().post(
        "/lti/login", data=FIELDS, base_url=TOOL, headers={"Origin": "https://campus.test"}
    )

    assert (
        "frame-ancestors https://lms.test https://campus.test"
        in answer.headers["Content-Security-Policy"]
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_login_writes_nothing(house, statements, method):
    """Anybody can open the address; nobody shall fill a table with it (promise P4)."""
    fields = {"iss": house.lms.issuer, "login_hint": "h", "target_link_uri": TARGET}
    where = {"query_string": fields} if method == "GET" else {"data": fields}

    with statements(house.database) as seen:
        page = house.browser().open("/lti/login", method=method, base_url=TOOL, **where)

    assert page.status_code == 200
    assert {statement.split()[0] for statement in seen} == {"SELECT"}
