"""Access tokens: what the platform wants to see before it hands one out."""

import pytest

from lti_mentoring.sandbox.vocabulary import MEMBERS_TYPE, NRPS_SCOPE, SCORE_SCOPE

BASE = "http://127.0.0.1:8001"


def test_a_good_assertion_earns_a_token_for_an_hour(tool):
    response = tool.ask_for_token()

    assert response.status_code == 200
    assert response.json["token_type"] == "Bearer"
    assert response.json["expires_in"] == 3600
    assert response.headers["Cache-Control"] == "no-store"


def test_unknown_scopes_are_left_out(tool):
    response = tool.ask_for_token([NRPS_SCOPE, "https://example.org/everything", SCORE_SCOPE])

    assert set(response.json["scope"].split()) == {NRPS_SCOPE, SCORE_SCOPE}


@pytest.mark.parametrize("scopes", [[], ["https://example.org/everything"]])
def test_no_known_scope_is_refused(tool, scopes):
    response = tool.ask_for_token(scopes)

    assert (response.status_code, response.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody-else"},
        {"sub": "somebody-else"},
        {"sub": None},
        {"aud": BASE},
        {"aud": None},
        {"aud": f"{BASE}/oidc/token/"},
        {"exp": None},
        {"exp": True},
        {"exp": 1},
        {"iat": None},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
    ],
)
def test_a_wrong_assertion_is_refused(tool, changes):
    response = tool.ask_for_token(client_assertion=tool.assertion(**changes))

    assert (response.status_code, response.json["error"]) == (401, "invalid_client")


def test_the_audience_may_be_a_list(tool):
    several = tool.assertion(aud=[f"{BASE}/oidc/token", "https://elsewhere.example"])

    assert tool.ask_for_token(client_assertion=several).status_code == 200


def test_an_assertion_lives_five_minutes_at_most(tool, clock):
    now = int(clock())

    good = tool.ask_for_token(client_assertion=tool.assertion(exp=now + 300))
    bad = tool.ask_for_token(client_assertion=tool.assertion(exp=now + 301))

    assert (good.status_code, bad.status_code) == (200, 401)


def test_an_assertion_from_the_future_is_refused(tool, clock):
    ahead = int(clock()) + 120

    response = tool.ask_for_token(client_assertion=tool.assertion(iat=ahead, exp=ahead + 60))

    assert response.status_code == 401


def test_an_assertion_works_once(tool):
    assertion = tool.assertion()

    first = tool.ask_for_token(client_assertion=assertion)
    second = tool.ask_for_token(client_assertion=assertion)

    assert (first.status_code, second.status_code) == (200, 401)


def test_a_foreign_signature_is_refused(tool, other_key):
    response = tool.ask_for_token(client_assertion=tool.assertion(key=other_key))

    assert response.status_code == 401
    assert "signature" in response.json["error_description"]


@pytest.mark.parametrize("assertion", ["", "nonsense", "a.b.c"])
def test_what_is_no_jwt_is_refused(tool, assertion):
    assert tool.ask_for_token(client_assertion=assertion).status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "something"}, "invalid_request"),
    ],
)
def test_a_wrong_kind_of_request_is_refused(tool, form, error):
    response = tool.ask_for_token(**form)

    assert (response.status_code, response.json["error"]) == (400, error)


def test_a_request_that_is_not_form_encoded_is_refused(client, tool):
    response = client.post("/oidc/token", json={"grant_type": "client_credentials"})

    assert (response.status_code, response.json["error"]) == (400, "invalid_request")


def test_the_tools_keys_are_fetched_once(tool, key_server):
    for _ in range(3):
        tool.token()

    assert key_server.fetches == 1


def test_a_new_key_of_the_tool_is_found_by_fetching_again(tool, key_server, other_key):
    tool.token()
    tool.keys["tool-2"] = other_key
    tool.kid = "tool-2"

    assert tool.ask_for_token().status_code == 200
    assert key_server.fetches == 2


def test_a_key_the_tool_does_not_publish_is_refused_after_one_more_look(tool, key_server):
    tool.token()

    response = tool.ask_for_token(client_assertion=tool.assertion(kid="unheard-of"))

    assert response.status_code == 401
    assert key_server.fetches == 2


def test_a_tool_whose_keys_cannot_be_read_gets_no_token(tool, key_server):
    key_server.status = 503

    response = tool.ask_for_token()

    assert (response.status_code, response.json["error"]) == (401, "invalid_client")


def test_a_token_is_worth_nothing_after_an_hour(tool, clock, course):
    token = tool.token()
    clock.tick(3600)

    response = tool.call("GET", f"/nrps/{course.id}/memberships", token=token, accept=MEMBERS_TYPE)

    assert response.status_code == 401


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer made-up", "bearer {token}", "Basic x"])
def test_a_service_wants_a_real_bearer_token(client, tool, course, header):
    headers = {"Accept": MEMBERS_TYPE}
    if header:
        headers["Authorization"] = header.format(token=tool.token())

    response = client.get(f"/nrps/{course.id}/memberships", headers=headers)

    assert response.status_code == 401
    assert set(response.json) == {"status", "reason", "request"}
