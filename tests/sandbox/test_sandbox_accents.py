"""Accents: what launches, tokens and rosters look like when the sandbox imitates an LMS."""

from dataclasses import replace

import pytest

from lti_mentoring.sandbox.accents import ACCENTS
from lti_mentoring.sandbox.vocabulary import (
    AGS_CLAIM,
    LTI_CLAIM,
    MEMBERS_TYPE,
    NRPS_CLAIM,
    SCORE_SCOPE,
    TEST_USER,
    Role,
)

BASE = "http://127.0.0.1:8001"
TOOL = "http://localhost:8000"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"


@pytest.fixture
def launched(world, course, link, sandbox):
    """The claims of somebody's launch of the seeded activity."""

    def launch(name, **custom):
        if custom:
            course.activities[0] = replace(link, custom=custom)
        return sandbox.launch_claims(world.person_named(name).id, link.id, nonce="n")

    return launch


@pytest.fixture
def login(sandbox, amara, link):
    return lambda: sandbox.begin_launch(amara.id, link.id)


def only_with(accent):
    return pytest.mark.parametrize("accent", [accent], indirect=True)


@pytest.mark.parametrize("accent", list(ACCENTS), indirect=True)
def test_every_accent_signs_a_launch_that_names_its_product(sandbox, amara, link, id_token_of):
    claims = id_token_of(sandbox.sign_launch(amara.id, link.id, nonce="n", state="s"))

    product = claims[LTI_CLAIM + "tool_platform"].get("product_family_code", "")
    assert product == sandbox.accent.product
    assert claims["exp"] - claims["iat"] == sandbox.accent.token.lifetime
    assert claims["sub"] == amara.id


@pytest.mark.parametrize("accent", list(ACCENTS), indirect=True)
def test_the_home_page_says_what_is_imitated(client, sandbox, accent):
    said = f"This LMS behaves like {sandbox.accent.label}." in client.get("/").text

    assert said == (accent != "plain")


@pytest.mark.parametrize(
    ("accent", "method"),
    [("moodle", "post"), ("canvas", "post"), ("blackboard", "get"), ("openedx", "get")],
    indirect=["accent"],
)
def test_logins_come_by_the_method_of_the_lms(client, course, amara, link, method):
    page = client.get(f"/courses/{course.id}/as/{amara.id}/{link.id}/launch").text

    assert f'method="{method}"' in page


@pytest.mark.parametrize(
    ("accent", "issuer"),
    [("moodle", BASE), ("canvas", "https://canvas.instructure.com"), ("sakai", BASE)],
    indirect=["accent"],
)
def test_some_share_an_issuer_with_all_their_customers(login, launched, sandbox, issuer):
    assert login()["iss"] == launched("Amara Diallo")["iss"] == issuer
    assert sandbox.token_url.startswith(BASE)


@only_with("canvas")
def test_canvas_names_its_deployment_parameter_in_its_own_way(login):
    parameters = login()

    assert parameters["deployment_id"] == "1"
    assert "lti_deployment_id" not in parameters
    assert parameters["lti_storage_target"] == "post_message_forwarding"
    assert parameters["canvas_environment"] == "production"


@only_with("moodle")
def test_moodle_hints_in_json_and_keeps_nothing_for_tools(login, link):
    parameters = login()

    assert parameters["lti_message_hint"].startswith(f'{{"cmid":"{link.id}","launchid":"')
    assert "lti_storage_target" not in parameters


@only_with("moodle")
def test_moodles_course_has_a_bare_type_and_its_token_no_azp(launched):
    claims = launched("Amara Diallo")

    assert claims[LTI_CLAIM + "context"]["type"] == ["CourseSection"]
    assert "azp" not in claims
    assert "locale" not in claims
    assert claims[LTI_CLAIM + "ext"]["lms"] == "moodle-2"
    assert claims[NRPS_CLAIM]["service_versions"] == ["1.0", "2.0"]


@only_with("moodle")
def test_moodles_assistants_are_instructors_at_launch_and_learners_in_the_roster(
    launched, tool, course, world
):
    tomas = world.person_named("Tomás Ferreira")
    assert launched(tomas.name)[LTI_CLAIM + "roles"] == [f"{MEMBERSHIP}#Instructor"]

    roster = tool.call("GET", f"/nrps/{course.id}/memberships", accept=MEMBERS_TYPE).json
    (listed,) = [each for each in roster["members"] if each["user_id"] == tomas.id]
    assert listed["roles"] == ["Learner"]


@only_with("moodle")
def test_moodle_sends_odd_names_twice(launched):
    custom = launched("Amara Diallo", v_Context_id="$Context.id", plain="x")[LTI_CLAIM + "custom"]

    assert custom["v_Context_id"] == custom["v_context_id"] != "$Context.id"
    assert custom["plain"] == "x"


@only_with("moodle")
def test_moodle_never_knows_a_links_history_and_calls_its_own_zone_99(launched, world):
    mine = {"tz": "$Person.address.timezone", "links": "$ResourceLink.id.history"}

    at_home = launched("Margaret Hale", **mine)[LTI_CLAIM + "custom"]
    abroad = launched("Amara Diallo", **mine)[LTI_CLAIM + "custom"]

    assert at_home["tz"] == "99"
    assert abroad["tz"] == "Europe/Lisbon"
    assert abroad["links"] == "$ResourceLink.id.history"


@only_with("moodle")
def test_moodles_tokens_are_json_that_calls_itself_html(tool):
    answer = tool.ask_for_token()

    assert answer.headers["Content-Type"].startswith("text/html")
    assert '"access_token"' in answer.text


@only_with("canvas")
def test_canvas_mixes_roles_of_institution_and_system_into_a_launch(launched):
    claims = launched("Tomás Ferreira")

    assert f"{MEMBERSHIP}/Instructor#TeachingAssistant" in claims[LTI_CLAIM + "roles"]
    assert f"{MEMBERSHIP}#Instructor" in claims[LTI_CLAIM + "roles"]
    assert claims[LTI_CLAIM + "roles"][-1].endswith("/system/person#User")
    assert claims["azp"] == claims["aud"]
    assert claims["exp"] - claims["iat"] == 3600


@only_with("canvas")
def test_canvas_writes_members_that_say_nothing_and_numbers_into_custom(launched):
    claims = launched("Amara Diallo", course="$Canvas.course.id", zone="$CourseGroup.id")

    assert claims[LTI_CLAIM + "context"]["validation_context"] is None
    assert isinstance(claims[LTI_CLAIM + "custom"]["course"], int)
    assert claims[LTI_CLAIM + "custom"]["zone"] == "$CourseGroup.id"
    assert "validation_context" not in claims[LTI_CLAIM + "custom"]


@only_with("brightspace")
def test_brightspace_says_not_before_and_wants_another_audience(launched, tool):
    claims = launched("Amara Diallo")
    assert claims["nbf"] == claims["iat"]

    usual = tool.assertion(aud=f"{BASE}/oidc/token")
    assert tool.ask_for_token(client_assertion=usual).status_code == 401
    its_own = tool.assertion(aud="https://api.brightspace.com/auth/token")
    assert tool.ask_for_token(client_assertion=its_own).status_code == 200


@pytest.mark.parametrize(
    ("accent", "locale"), [("moodle", "pt_br"), ("canvas", "pt-BR")], indirect=["accent"]
)
def test_locales_are_written_with_an_underscore_or_a_hyphen(world, course, launched, locale):
    world.enroll(course.id, world.person_named("Rui Tavares").id)

    presentation = launched("Rui Tavares")[LTI_CLAIM + "launch_presentation"]

    assert presentation["locale"] == locale


@only_with("blackboard")
def test_blackboards_roster_has_a_query_and_no_scope_to_read_columns(launched):
    claims = launched("Amara Diallo")

    assert claims[NRPS_CLAIM]["context_memberships_url"].endswith("?placement_id=_553_1")
    assert not [scope for scope in claims[AGS_CLAIM]["scope"] if "readonly" in scope][1:]
    assert "?" not in claims[AGS_CLAIM]["lineitems"]


@only_with("sakai")
def test_sakai_mixes_short_and_full_roles(launched):
    assert launched("Helena Brandt")[LTI_CLAIM + "roles"] == [
        "Instructor",
        f"{MEMBERSHIP}#Instructor",
    ]


@pytest.mark.parametrize(
    ("accent", "roles"),
    [
        ("canvas", [f"{MEMBERSHIP}#Learner", TEST_USER]),
        ("blackboard", [TEST_USER]),
        ("moodle", [f"{MEMBERSHIP}#Learner"]),
    ],
    indirect=["accent"],
)
def test_a_students_view_is_told_by_some(world, course, launched, roles):
    world.enroll(course.id, world.person_named("Clara Vogt").id, Role.PREVIEW)

    assert launched("Clara Vogt")[LTI_CLAIM + "roles"] == roles


@only_with("moodle")
def test_moodles_page_for_an_unsafe_question_is_not_found(client):
    page = client.get("/oidc/auth?redirect_uri=https://elsewhere.example/")

    assert page.status_code == 404
    assert "Invalid request" in page.text


@only_with("openedx")
def test_openedx_has_no_given_names_and_roles_of_nobody(launched):
    claims = launched("Helena Brandt")

    assert "given_name" not in claims
    assert claims["preferred_username"] == "helena.brandt.1"
    assert claims[LTI_CLAIM + "roles"][0].endswith("/system/person#None")
    assert f"{MEMBERSHIP}#Administrator" in claims[LTI_CLAIM + "roles"]


def test_a_tool_gets_no_scope_that_it_was_not_granted(sandbox, tool, launched):
    seeded = sandbox.tools.seeded
    sandbox.tools.put(replace(seeded, scopes=seeded.scopes - {SCORE_SCOPE}, sends_names=False))

    assert SCORE_SCOPE not in tool.ask_for_token().json["scope"].split()
    claims = launched("Amara Diallo")
    assert SCORE_SCOPE not in claims[AGS_CLAIM]["scope"]
    assert "name" not in claims
    assert "email" in claims


def test_a_tool_sees_its_own_columns_only(sandbox, tool, course):
    column = sandbox.gradebook.create(
        course.id, {"label": "Of another tool", "scoreMaximum": 1}, tool="another"
    )

    listed = tool.call(
        "GET",
        sandbox.line_items_url(course.id),
        accept="application/vnd.ims.lis.v2.lineitemcontainer+json",
    )
    assert [item["label"] for item in listed.json] == ["Mentoring"]
    address = f"/ags/{course.id}/lineitems/{column.id}/lineitem?type_id=1"
    assert tool.call("DELETE", address).status_code == 404


@pytest.mark.parametrize(
    ("accent", "target"),
    [("canvas", "post_message_forwarding"), ("sakai", "_parent"), ("moodle", None)],
    indirect=["accent"],
)
def test_the_launch_itself_says_again_where_things_are_kept(client, login, form_in, target):
    hints = login()
    question = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": hints["client_id"],
        "redirect_uri": f"{TOOL}/lti/launch",
        "login_hint": hints["login_hint"],
        "lti_message_hint": hints["lti_message_hint"],
        "nonce": "a-nonce",
    }

    _, fields = form_in(client.get("/oidc/auth", query_string=question))

    assert "id_token" in fields
    assert fields.get("lti_storage_target") == target
