"""Login, authorization and id_tokens: what is sent, and every refusal."""

from dataclasses import replace

import jwt
import pytest

from lti_mentoring.sandbox.claims import ABSENT
from lti_mentoring.sandbox.vocabulary import AGS_CLAIM, AGS_SCOPES, LTI_CLAIM, NRPS_CLAIM

BASE = "http://127.0.0.1:8001"
TOOL = "http://localhost:8000"


@pytest.fixture
def question(sandbox, amara, link):
    """What a correct tool asks after Amara has opened the activity."""
    login = sandbox.begin_launch(amara.id, link.id)
    return {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": login["client_id"],
        "redirect_uri": f"{TOOL}/lti/launch",
        "login_hint": login["login_hint"],
        "lti_message_hint": login["lti_message_hint"],
        "nonce": "a-nonce",
        "state": "a-state",
    }


@pytest.fixture
def launch_page(course, link, amara):
    return f"/courses/{course.id}/as/{amara.id}/{link.id}/launch"


@pytest.fixture
def ask(client):
    return lambda question: client.get("/oidc/auth", query_string=question)


@pytest.mark.parametrize("method", ["post", "get"])
def test_an_opened_activity_sends_the_browser_to_the_tools_login(
    client, launch_page, amara, form_in, method
):
    page = client.get(f"{launch_page}?method={method}")

    action, fields = form_in(page)
    assert action == f"{TOOL}/lti/login"
    assert f'method="{method}"' in page.text
    assert fields.pop("lti_message_hint").startswith('{"activity"')
    assert fields == {
        "iss": BASE,
        "target_link_uri": f"{TOOL}/lti/launch",
        "login_hint": amara.id,
        "client_id": "sandbox-client",
        "lti_deployment_id": "1",
    }


def test_a_correct_question_is_answered_with_a_signed_token(ask, question, form_in, id_token_of):
    action, fields = form_in(ask(question))

    assert action == f"{TOOL}/lti/launch"
    assert fields["state"] == "a-state"
    assert id_token_of(fields["id_token"])["nonce"] == "a-nonce"


def test_the_question_may_be_posted_too(client, question, form_in):
    _, fields = form_in(client.post("/oidc/auth", data=question))

    assert "id_token" in fields


def test_the_answer_has_a_button_for_browsers_without_scripts(ask, question):
    page = ask(question).text

    assert '<button type="submit">Continue</button>' in page
    assert "<script>" not in page


def test_a_state_is_not_required(ask, question, form_in):
    del question["state"]

    _, fields = form_in(ask(question))

    assert set(fields) == {"id_token"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": f"{TOOL}/lti/launch?x=1"},
        {"redirect_uri": f"{TOOL}/lti/launch/"},
        {"redirect_uri": "https://elsewhere.example/lti/launch"},
        {"redirect_uri": None},
        {"scope": "openid email"},
        {"scope": None},
        {"nonce": None},
        {"nonce": ""},
        {"login_hint": None},
        {"lti_message_hint": None},
        {"state": ["one", "two"]},
    ],
)
def test_an_unsafe_question_gets_a_page_and_no_form(ask, question, wrong):
    asked = {name: value for name, value in (question | wrong).items() if value is not None}

    response = ask(asked)

    assert response.status_code == 400
    assert "Invalid request" in response.text
    assert "<form" not in response.text


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "somebody-else"}, "unauthorized_client"),
        ({"client_id": None}, "unauthorized_client"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_mode": None}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"prompt": None}, "invalid_request"),
        ({"lti_message_hint": "made up"}, "login_required"),
        ({"lti_message_hint": '{"launch": ["x"]}'}, "login_required"),
        ({"lti_message_hint": '{"launch": "x"}'}, "login_required"),
        ({"login_hint": "somebody"}, "access_denied"),
    ],
)
def test_a_wrong_question_is_refused_by_a_form_post(ask, question, form_in, wrong, error):
    asked = {name: value for name, value in (question | wrong).items() if value is not None}

    action, fields = form_in(ask(asked))

    assert action == f"{TOOL}/lti/launch"
    assert fields["error"] == error
    assert fields["state"] == "a-state"
    assert set(fields) == {"error", "error_description", "state"}


def test_the_same_question_is_not_answered_twice(ask, question, form_in):
    ask(question)

    _, fields = form_in(ask(question))

    assert fields["error"] == "login_required"


def test_an_activity_opened_long_ago_is_not_open_any_more(ask, question, form_in, clock):
    clock.tick(601)

    _, fields = form_in(ask(question))

    assert fields["error"] == "login_required"


def test_who_was_removed_meanwhile_is_refused(ask, question, form_in, world, course, amara):
    world.remove(course.id, amara.id)

    _, fields = form_in(ask(question))

    assert fields["error"] == "access_denied"


def test_who_was_suspended_meanwhile_is_refused(ask, question, form_in, world, course, amara):
    world.suspend(course.id, amara.id)

    _, fields = form_in(ask(question))

    assert fields["error"] == "access_denied"


@pytest.fixture
def token_for(ask, question, form_in, id_token_of):
    """The claims a tool gets that asks with these hints."""

    def exchange(hints):
        wanted = {name: hints[name] for name in ("login_hint", "lti_message_hint")}
        return id_token_of(form_in(ask(question | wanted))[1]["id_token"])

    return exchange


def test_two_people_can_be_in_two_tabs(sandbox, question, token_for, link, helena):
    hers = sandbox.begin_launch(helena.id, link.id)

    assert token_for(hers)["sub"] == helena.id
    assert token_for(question)["sub"] == question["login_hint"]


@pytest.fixture
def claims_of(sandbox, world, id_token_of):
    def read(name, link, /, **changes):
        person = world.person_named(name)
        return id_token_of(sandbox.sign_launch(person.id, link.id, nonce="n", state="s", **changes))

    return read


def test_a_token_says_who_where_and_for_how_long(claims_of, link, course, amara, clock):
    claims = claims_of("Amara Diallo", link)

    assert claims["iss"] == BASE
    assert claims["aud"] == "sandbox-client"
    assert (claims["iat"], claims["exp"]) == (clock(), clock() + 60)
    assert (claims["sub"], claims["name"], claims["email"]) == (amara.id, amara.name, amara.email)
    assert claims["locale"] == "en"
    assert claims[LTI_CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert claims[LTI_CLAIM + "version"] == "1.3.0"
    assert claims[LTI_CLAIM + "deployment_id"] == "1"
    assert claims[LTI_CLAIM + "target_link_uri"] == f"{TOOL}/lti/launch"
    assert claims[LTI_CLAIM + "resource_link"]["id"] == link.id
    assert claims[LTI_CLAIM + "context"] == {
        "id": course.id,
        "label": "FYM-26",
        "title": "First-year mentoring",
        "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
    }
    assert claims[LTI_CLAIM + "custom"] == {
        "activity_key": "mentoring",
        "group_ids": "17",
        "person_timezone": "Europe/Lisbon",
    }
    assert claims[LTI_CLAIM + "lis"]["person_sourcedid"] == amara.sourcedid
    assert claims[LTI_CLAIM + "tool_platform"]["product_family_code"] == "sandbox"


def test_a_variable_that_the_platform_does_not_know_comes_back_as_it_was(claims_of, world, course):
    link = replace(course.activities[0], custom={"term": "$Campus.term.name"})
    course.activities[0] = link

    assert claims_of("Mei Tanaka", link)[LTI_CLAIM + "custom"]["term"] == "$Campus.term.name"


def test_a_token_points_to_the_services(claims_of, link, course, sandbox):
    claims = claims_of("Amara Diallo", link)

    column = sandbox.gradebook.column_labeled(course.id, "Mentoring")
    assert claims[NRPS_CLAIM]["context_memberships_url"] == f"{BASE}/nrps/{course.id}/memberships"
    assert claims[NRPS_CLAIM]["service_versions"] == ["2.0"]
    assert claims[AGS_CLAIM] == {
        "scope": list(AGS_SCOPES),
        "lineitems": f"{BASE}/ags/{course.id}/lineitems?type_id=1",
        "lineitem": f"{BASE}/ags/{course.id}/lineitems/{column.id}/lineitem?type_id=1",
    }


def test_a_link_with_two_columns_names_neither(claims_of, sandbox, link, course):
    sandbox.gradebook.create(
        course.id, {"label": "Second", "scoreMaximum": 10, "resourceLinkId": link.id}
    )

    assert "lineitem" not in claims_of("Amara Diallo", link)[AGS_CLAIM]


def test_a_link_without_a_column_names_none(claims_of, course):
    link = course.activity_titled("Mentoring in its own window")

    assert "lineitem" not in claims_of("Amara Diallo", link)[AGS_CLAIM]


@pytest.mark.parametrize(
    ("title", "target"), [("Mentoring", "iframe"), ("Mentoring in its own window", "window")]
)
def test_a_token_says_how_the_activity_is_shown(claims_of, course, title, target):
    presentation = claims_of("Lukas Weber", course.activity_titled(title))[
        LTI_CLAIM + "launch_presentation"
    ]

    assert presentation["document_target"] == target
    assert presentation["locale"] == "de"
    assert presentation["return_url"].startswith(f"{BASE}/courses/{course.id}/as/")


def test_a_visitor_may_choose_a_window_instead(client, form_in, token_for, launch_page):
    hints = form_in(client.get(f"{launch_page}?target=window"))[1]

    shown = token_for(hints)[LTI_CLAIM + "launch_presentation"]
    assert shown["document_target"] == "window"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Helena Brandt", "membership#Instructor"),
        ("Tomás Ferreira", "membership/Instructor#TeachingAssistant"),
        ("Amara Diallo", "membership#Learner"),
        ("Margaret Hale", "membership#Mentor"),
        ("Ingrid Solberg", "membership#Administrator"),
    ],
)
def test_roles_are_full_uris(claims_of, link, name, role):
    roles = claims_of(name, link)[LTI_CLAIM + "roles"]

    assert f"http://purl.imsglobal.org/vocab/lis/v2/{role}" in roles


def test_only_an_observer_has_people_to_observe(claims_of, link, world):
    scope = LTI_CLAIM + "role_scope_mentor"

    assert claims_of("Margaret Hale", link)[scope] == [world.person_named("Lukas Weber").id]
    assert scope not in claims_of("Amara Diallo", link)


def test_a_test_may_replace_claims_and_leave_some_out(claims_of, link):
    claims = claims_of("Amara Diallo", link, sub="someone", name=ABSENT)

    assert claims["sub"] == "someone"
    assert "name" not in claims


def test_the_key_set_has_public_members_only(client, sandbox):
    response = client.get("/oidc/jwks.json")

    (key,) = response.json["keys"]
    assert set(key) == {"kty", "alg", "use", "n", "e", "kid"}
    assert key["kid"] == sandbox.keys.kid
    assert "max-age" in response.headers["Cache-Control"]


def test_a_token_names_its_key(sandbox, link, amara):
    token = sandbox.sign_launch(amara.id, link.id, nonce="n", state="s")

    assert jwt.get_unverified_header(token) == {
        "alg": "RS256",
        "kid": sandbox.keys.kid,
        "typ": "JWT",
    }


def test_the_registration_facts_are_at_hand(sandbox):
    facts = (sandbox.issuer, sandbox.auth_url, sandbox.token_url, sandbox.jwks_url)

    assert facts == (BASE, f"{BASE}/oidc/auth", f"{BASE}/oidc/token", f"{BASE}/oidc/jwks.json")
    assert (sandbox.client_id, sandbox.deployment_id) == ("sandbox-client", "1")


def test_one_tool_cannot_answer_for_another(ask, question, form_in, sandbox):
    other = replace(sandbox.tools.seeded, number=2, client_id="another")
    sandbox.tools.put(other)

    _, fields = form_in(ask(question | {"client_id": "another"}))

    assert fields["error"] == "login_required"
