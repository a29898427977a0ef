"""Dynamic registration: the invitation, the configuration, and what each LMS makes of a tool."""

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from jwt.types import Options

from lti_mentoring.sandbox.accents import ACCENTS
from lti_mentoring.sandbox.app import create_sandbox
from lti_mentoring.sandbox.vocabulary import (
    DEEP_LINKING,
    LINE_ITEM_SCOPE,
    PLATFORM_CONFIGURATION,
    RESOURCE_LINK,
    SCORE_SCOPE,
    TOOL_CONFIGURATION,
)

BASE = "http://127.0.0.1:8001"
TOOL = "http://localhost:8000"
OFFERING = [name for name, accent in ACCENTS.items() if accent.registration.offered]


def only_with(*accents):
    return pytest.mark.parametrize("accent", accents, indirect=True)


@pytest.fixture
def described(metadata, accent):
    """Metadata that this LMS takes."""
    if accent != "canvas":
        return metadata()
    placed = {"type": DEEP_LINKING, "placements": ["assignment_selection"]}
    level = {"https://canvas.instructure.com/lti/privacy_level": "public"}
    return metadata(messages=[placed], **level)


@pytest.fixture
def newest(sandbox):
    return lambda: list(sandbox.tools)[-1]


def test_the_button_frames_the_tools_page_with_its_query_kept(client, sandbox):
    answer = client.post("/admin/tools/register", data={"url": f"{TOOL}/lti/register?invite=1"})

    assert f'data-tool-origin="{TOOL}"' in answer.text
    start = sandbox.invite(f"{TOOL}/lti/register?invite=1").start_url
    query = parse_qs(urlsplit(start).query)
    assert query["invite"] == ["1"]
    assert query["openid_configuration"] == [f"{BASE}/.well-known/openid-configuration"]
    assert query["registration_token"][0].count(".") == 2


def test_a_tool_elsewhere_may_be_framed_while_it_registers(client):
    answer = client.post("/admin/tools/register", data={"url": "https://tool.example/register"})

    assert "https://tool.example" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "tool.example/register", "https://"])
def test_only_an_address_can_be_opened(client, url):
    answer = client.post("/admin/tools/register", data={"url": url})

    assert answer.status_code == 400
    assert "That is no address of a tool" in answer.text
    assert "<iframe" not in answer.text


def test_the_page_goes_back_only_when_the_framed_tool_says_so(client):
    with client.get("/static/register.js") as script:
        assert "event.origin !== frame.dataset.toolOrigin" in script.text
        assert "event.source !== frame.contentWindow" in script.text
        assert "org.imsglobal.lti.close" in script.text


@only_with("brightspace")
def test_brightspace_sends_no_token_and_wants_none(
    invite, send_registration, described, newest, client
):
    assert send_registration(None, described).status_code == 401
    assert "registration_token" not in invite().start_url

    assert send_registration(None, described).status_code == 200
    assert newest().deployment_id == ""
    assert send_registration(None, described).status_code == 401


@pytest.mark.parametrize("accent", OFFERING, indirect=True)
def test_every_lms_that_offers_it_takes_a_well_made_tool(
    invite, send_registration, described, newest, sandbox
):
    ticket = invite()
    answer = send_registration(ticket, described)

    assert answer.status_code == 200, answer.text
    assert answer.json["client_id"] == newest().client_id == ticket.client_id
    rules = sandbox.accent.registration
    assert newest().is_active == (not rules.activation)
    answered = answer.json[TOOL_CONFIGURATION].get("deployment_id", "")
    assert bool(answered) == rules.answers_deployment
    assert answered == newest().deployment_id


@only_with("openedx")
def test_openedx_takes_tools_by_hand_only(client, newest, sandbox):
    assert client.post("/admin/tools/register", data={"url": TOOL}).status_code == 404
    typed = {
        "name": "Mentoring by hand",
        "login_url": f"{TOOL}/lti/login",
        "redirect_uri": f"{TOOL}/lti/launch",
        "jwks_url": f"{TOOL}/lti/jwks.json",
        "target": f"{TOOL}/lti/launch",
    }

    assert client.post("/admin/tools/add", data=typed | {"target": "x"}).status_code == 400
    assert client.post("/admin/tools/add", data=typed).status_code == 303

    assert newest().name == "Mentoring by hand"
    assert newest().deployment_id == "1"
    assert newest().client_id != sandbox.client_id
    assert newest().is_active


@only_with("moodle")
def test_moodles_token_names_the_client_to_be_and_lives_an_hour(invite, clock, sandbox):
    ticket = invite()
    keys = jwt.PyJWKSet.from_dict(sandbox.keys.jwks())

    unchecked: Options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(ticket.token, keys.keys[0].key, algorithms=["RS256"], options=unchecked)

    assert (claims["sub"], claims["scope"]) == (ticket.client_id, "reg")
    assert claims["exp"] == clock() + 3600


@only_with("moodle")
def test_moodles_token_is_good_once(invite, send_registration, metadata):
    ticket = invite()
    send_registration(ticket, metadata())

    again = send_registration(ticket, metadata())

    assert (again.status_code, again.text) == (401, "token_already_used")
    assert again.headers["Content-Type"].startswith("text/html")


def test_an_invitation_ends_after_an_hour(invite, send_registration, metadata, clock):
    ticket = invite()
    clock.tick(3601)

    assert send_registration(ticket, metadata()).status_code == 401


@only_with("moodle")
def test_without_a_token_nobody_registers(send_registration, metadata):
    answer = send_registration(None, metadata())

    assert (answer.status_code, answer.text) == (401, "missing_registration_token")


@only_with("moodle", "plain")
@pytest.mark.parametrize(
    "missing",
    ["initiate_login_uri", "redirect_uris", "client_name", "jwks_uri", "response_types"],
)
def test_a_missing_member_is_named(invite, send_registration, metadata, missing):
    body = metadata()
    del body[missing]

    answer = send_registration(invite(), body)

    assert answer.status_code == 400
    assert f"missing required attribute {missing}" in answer.text


@only_with("moodle")
def test_moodle_answers_in_words_not_in_json(invite, send_registration, metadata):
    answer = send_registration(invite(), metadata() | {"token_endpoint_auth_method": "none"})

    assert answer.text == "missing required attribute token_endpoint_auth_method"


@only_with("moodle")
def test_moodle_compares_the_domain_with_its_port(invite, send_registration, metadata):
    answer = send_registration(invite(), metadata(domain="localhost"))

    assert (answer.status_code, answer.text) == (400, "domain_targetlinkuri_mismatch")


@only_with("moodle")
def test_moodle_keeps_the_deep_linking_message_only(invite, send_registration, metadata, newest):
    messages = [
        {"type": RESOURCE_LINK, "label": "Nav"},
        {
            "type": DEEP_LINKING,
            "target_link_uri": f"{TOOL}/lti/pick",
            "custom_parameters": {"a": 1},
        },
    ]
    answer = send_registration(invite(), metadata(messages=messages))

    (kept,) = answer.json[TOOL_CONFIGURATION]["messages"]
    assert kept == {"type": DEEP_LINKING, "target_link_uri": f"{TOOL}/lti/pick"}
    (message,) = newest().messages
    assert message.custom == {}


@only_with("moodle")
def test_moodle_overstates_what_it_has_granted(invite, send_registration, metadata, newest):
    answer = send_registration(invite(), metadata() | {"scope": f"{SCORE_SCOPE} urn:else"})

    assert answer.json["scope"].split() == [LINE_ITEM_SCOPE, SCORE_SCOPE]
    assert newest().scopes == {SCORE_SCOPE}


@only_with("moodle")
def test_moodle_echoes_a_value_up_to_its_equals_sign_and_launches_it_whole(
    invite, send_registration, metadata, newest
):
    answer = send_registration(invite(), metadata(custom_parameters={"x": "a=b=c"}))

    assert answer.json[TOOL_CONFIGURATION]["custom_parameters"] == {"x": "a"}
    assert newest().custom == {"x": "a=b=c"}


@only_with("moodle")
def test_moodles_tool_waits_and_is_shown_in_courses_only_later(
    client, invite, send_registration, metadata, newest
):
    send_registration(invite(), metadata())
    page = client.get("/admin/tools").text
    assert "Waits for an administrator, not shown in courses" in page

    client.post(f"/admin/tools/{newest().client_id}/activate")
    assert newest().is_active
    assert not newest().in_courses
    client.post(f"/admin/tools/{newest().client_id}/show")

    assert newest().in_courses
    assert "Waits for" not in client.get("/admin/tools").text


@only_with("moodle")
def test_registering_again_updates_the_tool_and_can_be_repeated(
    client, invite, send_registration, metadata, newest, sandbox
):
    send_registration(invite(), metadata())
    first = newest()
    client.post(f"/admin/tools/{first.client_id}/activate")

    ticket = invite()
    assert ticket.updates
    for _ in range(2):
        answer = send_registration(ticket, metadata() | {"client_name": "Renamed"})
        assert answer.json["client_id"] == first.client_id
        assert answer.json[TOOL_CONFIGURATION]["deployment_id"] == first.deployment_id

    assert newest().name == "Renamed"
    assert newest().is_active
    assert len(list(sandbox.tools)) == 2


def test_names_are_sent_only_if_they_were_asked_for(invite, send_registration, metadata, newest):
    send_registration(invite(), metadata(claims=["sub", "email"]))

    assert (newest().sends_names, newest().sends_email) == (False, True)


@only_with("canvas")
def test_canvas_shows_its_configuration_to_invited_tools_only(client, invite):
    address = "/.well-known/openid-configuration"
    assert client.get(address).status_code == 401

    told = client.get(address, headers={"Authorization": f"Bearer {invite().token}"}).json

    assert told["issuer"] == "https://canvas.instructure.com"
    assert told["registration_endpoint"] == f"{BASE}/oidc/register"
    (dialog,) = [
        each
        for each in told[PLATFORM_CONFIGURATION]["messages_supported"]
        if each["type"] == DEEP_LINKING
    ]
    assert "assignment_selection" in dialog["placements"]


@only_with("canvas")
@pytest.mark.parametrize(
    "change",
    [
        {"software_id": "x"},
        {"client_name#de": "Mentoring"},
        {TOOL_CONFIGURATION: {"surprise": 1}},
        {TOOL_CONFIGURATION: {"custom_parameters": {"number": 7}}},
        {TOOL_CONFIGURATION: {"messages": [{"type": DEEP_LINKING}]}},
        {TOOL_CONFIGURATION: {"messages": [{"type": DEEP_LINKING, "placements": ["moon"]}]}},
        {TOOL_CONFIGURATION: {"messages": [{"type": "LtiSurprise", "placements": ["x"]}]}},
        {TOOL_CONFIGURATION: {"https://canvas.instructure.com/lti/privacy_level": "loud"}},
    ],
)
def test_canvas_refuses_what_it_does_not_know(invite, send_registration, described, change):
    body = {**described, **change}
    if TOOL_CONFIGURATION in change:
        body[TOOL_CONFIGURATION] = described[TOOL_CONFIGURATION] | change[TOOL_CONFIGURATION]

    answer = send_registration(invite(), body)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["message"]


@only_with("canvas")
@pytest.mark.parametrize(
    ("level", "sent"),
    [("public", (True, True)), ("name_only", (True, False)), ("anonymous", (False, False))],
)
def test_canvas_decides_about_privacy_by_a_level(
    invite, send_registration, described, newest, level, sent
):
    described[TOOL_CONFIGURATION]["https://canvas.instructure.com/lti/privacy_level"] = level
    send_registration(invite(), described)

    assert (newest().sends_names, newest().sends_email) == sent


@only_with("canvas", "blackboard")
def test_a_deployment_comes_with_the_activation(
    client, invite, send_registration, described, newest, accent
):
    send_registration(invite(), described)
    assert newest().deployment_id == ""

    client.post(f"/admin/tools/{newest().client_id}/activate")

    assert (":" in newest().deployment_id) == (accent == "canvas")
    assert len(newest().deployment_id) > 30


@only_with("sakai")
def test_sakai_calls_itself_otherwise_in_its_configuration(client):
    told = client.get("/.well-known/openid-configuration").json

    assert told[PLATFORM_CONFIGURATION]["product_family_code"] == "sakailms.org"


def test_a_registered_tool_gets_tokens_by_its_own_name(
    tool, invite, send_registration, metadata, newest
):
    send_registration(invite(), metadata() | {"scope": SCORE_SCOPE})
    mine = tool.assertion(iss=newest().client_id, sub=newest().client_id)

    answer = tool.ask_for_token(client_assertion=mine)

    assert answer.json["scope"] == SCORE_SCOPE


def test_a_tool_can_be_removed_but_not_the_first(
    client, invite, send_registration, metadata, newest, sandbox
):
    send_registration(invite(), metadata())
    client.post(f"/admin/tools/{newest().client_id}/remove")
    client.post(f"/admin/tools/{sandbox.client_id}/remove")

    assert list(sandbox.tools) == [sandbox.tools.seeded]
    assert client.post("/admin/tools/nothing/activate").status_code == 404


@only_with("moodle", "canvas", "blackboard")
def test_no_client_id_comes_back_after_a_restart(accent):
    starts = [create_sandbox(base_url=BASE, tool_url=TOOL, accent=accent) for _ in range(3)]

    ids = {lms.extensions["sandbox"].invite(f"{TOOL}/register").client_id for lms in starts}

    assert len(ids) == 3
