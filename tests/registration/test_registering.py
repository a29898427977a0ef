"""An LMS registers the tool by itself (LTI-130…138), with what a real Moodle and Canvas say."""

import threading

import pytest

from lti_mentoring.models import Deployment, Registration, RegistrationInvite
from lti_mentoring.rules.tool_configuration import TOOL_CONFIGURATION
from lti_mentoring.services.platforms import move_registration
from lti_mentoring.vocabulary import DeploymentState, Product, RegistrationState
from tests.registration.conftest import CONFIGURATION, answer, described_as, fixture
from tests.support.canned_platform import LMS
from tests.support.races import at_once

TOOL = "https://tool.test"


def test_it_says_what_it_asks_for_before_anything_is_registered(registrar):
    page = registrar.invite().open()

    assert page.status_code == 200
    for words in ("Moodle", "Read who is in the course", "Write scores", "Nothing is set up"):
        assert words in page.text
    assert registrar.platform.requests_to("/register") == []
    assert registrar.count(Registration) == 0


def test_the_page_may_stand_in_the_frame_of_that_lms_and_needs_no_cookie(registrar):
    page = registrar.invite().open()

    assert f"frame-ancestors {LMS}" in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers


def test_one_button_registers_and_the_registration_waits_for_approval(registrar):
    page = registrar.invite().register()

    assert page.status_code == 200
    registration, deployment = registrar.only(Registration), registrar.only(Deployment)
    assert (registration.issuer, registration.client_id) == (LMS, "client-7")
    assert registration.state is RegistrationState.PENDING
    assert (deployment.lti_id, deployment.state) == ("1", DeploymentState.PENDING)
    assert not registration.admits_deployments
    assert "approves the registration" in page.text


def test_approving_the_registration_approves_the_deployment_that_came_with_it(registrar):
    registrar.invite().register()

    with registrar.database.transaction() as db:
        move_registration(db, registrar.only(Registration).id, RegistrationState.APPROVED)

    assert registrar.only(Deployment).state is DeploymentState.APPROVED


def test_an_invite_that_approves_lets_its_deployments_in(registrar):
    registrar.invite(approves=True).register()

    registration = registrar.only(Registration)
    assert registration.state is RegistrationState.APPROVED
    assert registrar.only(Deployment).state is DeploymentState.APPROVED
    assert registration.admits_deployments


def test_the_addresses_and_the_product_are_what_the_lms_said(registrar):
    registrar.invite().register()

    found = registrar.only(Registration)
    assert found.auth_url == f"{LMS}/mod/lti/auth.php"
    assert found.token_url == f"{LMS}/mod/lti/token.php"
    assert found.jwks_url == f"{LMS}/mod/lti/certs.php"
    with registrar.database.reading() as db:
        platform = db.get_one(Registration, found.id).platform
        assert (platform.product, platform.name) == (Product.MOODLE, "Harbor University")


def test_moodle_gets_all_that_it_requires(registrar):
    """moodle.md 1: each of these is missed with a 400; domain and target must be one host."""
    registrar.invite().register(name="Peer mentoring")

    sent, known = registrar.sent, fixture("moodle/registration-request.json")["body"]
    configuration = sent[TOOL_CONFIGURATION]
    assert set(sent) <= set(known)
    assert sent["response_types"] == ["id_token"]
    assert sent["token_endpoint_auth_method"] == "private_key_jwt"
    assert sent["redirect_uris"] == [f"{TOOL}/lti/launch"]
    assert sent["initiate_login_uri"] == f"{TOOL}/lti/login"
    assert sent["jwks_uri"] == f"{TOOL}/lti/jwks.json"
    assert sent["client_name"] == "Peer mentoring"
    assert configuration["domain"] == "tool.test"
    assert configuration["target_link_uri"] == f"{TOOL}/lti/launch"


def test_only_what_the_lms_offers_is_asked_for(registrar):
    registrar.describes(
        scopes_supported=["https://purl.imsglobal.org/spec/lti-ags/scope/score", "other"],
        claims_supported=["sub", "name", "iss"],
    )
    registrar.invite().register()

    assert registrar.sent["scope"] == "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    assert registrar.sent[TOOL_CONFIGURATION]["claims"] == ["iss", "sub", "name"]


def test_variables_that_the_lms_does_not_know_are_not_sent(registrar):
    registrar.invite().register()

    assert registrar.sent[TOOL_CONFIGURATION]["custom_parameters"] == {
        "context_id_history": "$Context.id.history",
        "person_timezone": "$Person.address.timezone",
        "group_ids": "$Moodle.Person.userGroupIds",
    }


@pytest.mark.parametrize(
    ("privacy", "told"),
    [
        ("names", {"name", "given_name", "family_name"}),
        ("names_and_observers", {"name", "given_name", "family_name"}),
        ("anonymous", set()),
    ],
)
def test_the_administrator_chooses_what_is_told_about_people(registrar, privacy, told):
    registrar.describes(product="canvas")

    registrar.invite().register(privacy=privacy)

    claims = set(registrar.sent[TOOL_CONFIGURATION]["claims"])
    assert claims - {"iss", "sub", "locale"} == told


def test_no_address_is_asked_for_since_nothing_reads_one(registrar):
    page = registrar.invite().open()
    refused = registrar.press(privacy="names_and_observers")  # Canvas has that level, nobody else

    assert "mail" not in page.text
    assert refused.status_code == 422


def test_the_token_of_the_lms_goes_along_from_the_first_question_on(registrar):
    """Canvas answers the question for its description only with it (LTI-131)."""
    registrar.invite().register()

    for path in ("/configuration", "/register"):
        for asked in registrar.platform.requests_to(path):
            assert asked.headers["Authorization"] == "Bearer reg-1"


def test_br4_without_a_token_nothing_pretends_to_be_one(registrar):
    registrar.invite().open(registration_token="")
    registrar.press()

    assert registrar.only(Registration)
    assert all("Authorization" not in asked.headers for asked in registrar.platform.asked)


def test_br3_the_audience_is_the_authorization_server_if_that_is_an_address(registrar):
    registrar.describes(authorization_server="https://api.brightspace.test/auth/token")
    registrar.invite().register()

    assert registrar.only(Registration).audience == "https://api.brightspace.test/auth/token"


def test_a_bare_host_is_no_audience(registrar):
    registrar.describes(authorization_server="canvas.example.edu")
    registrar.invite().register()

    assert registrar.only(Registration).audience is None


def test_the_page_at_the_end_knows_whom_to_tell(registrar):
    page = registrar.invite().register()

    assert f'data-origin="{LMS}"' in page.text
    assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert "Activate" in page.text


def test_an_invite_works_once(registrar):
    registrar.invite().register()

    again = registrar.press()

    assert again.status_code == 400
    assert "used already" in again.text
    assert len(registrar.platform.requests_to("/register")) == 1


def test_two_clicks_at_once_ask_the_lms_once(registrar):
    registrar.invite().open()
    statuses, start = [], threading.Barrier(2)

    def click(_db):
        start.wait()
        statuses.append(registrar.press().status_code)

    assert at_once(registrar.database, click, click) == [None, None]
    assert sorted(statuses) == [200, 400]
    assert registrar.count(Registration) == 1


def test_an_old_invite_and_an_invented_one_open_nothing(registrar, frozen_clock):
    registrar.invite(hours=1)
    frozen_clock.tick(hours=1)

    assert "too old" in registrar.open().text
    registrar.token = "invented"
    assert "do not know" in registrar.open().text
    assert registrar.platform.asked == []


def test_what_the_lms_refuses_can_be_tried_again(registrar):
    registrar.answers(400, body=b"missing required attribute client_name")
    page = registrar.invite().register()

    assert page.status_code == 400
    assert "missing required attribute client_name" in page.text
    registrar.answers(body=answer())
    assert registrar.press().status_code == 200


def test_the_page_of_an_lms_is_not_repeated_as_its_words(registrar):
    registrar.answers(500, body=b"<!DOCTYPE html><title>Error</title>")
    page = registrar.invite().register()

    assert page.status_code == 400
    assert "DOCTYPE html&gt;" not in page.text
    assert "It says" not in page.text


@pytest.mark.parametrize("told", [[], "yes", {}, {"client_id": ""}, {"client_id": ["a"]}])
def test_an_answer_without_a_client_id_stores_nothing(registrar, told):
    registrar.answers(body=told)
    page = registrar.invite().register()

    assert page.status_code == 400
    assert registrar.count(Registration) == 0
    assert registrar.only(RegistrationInvite).used_at is None


def test_scopes_in_the_answer_are_no_proof(registrar):
    """M21: Moodle lists more than it grants; what is granted, the token says."""
    captured = fixture("moodle/registration-response.json")["body"]
    registrar.answers(body=captured)
    registrar.invite().register()

    assert registrar.only(Registration).client_id == "Nmmt1CtrjWhEu94"
    assert registrar.only(Deployment).lti_id == "1"


def test_without_a_name_it_asks_again(registrar):
    page = registrar.invite().register(name="")

    assert page.status_code == 422
    assert "Give it a name" in page.text
    assert registrar.platform.requests_to("/register") == []


def test_somebody_who_opens_the_address_by_hand_learns_where_it_belongs(registrar):
    page = registrar.invite().open(openid_configuration="")

    assert page.status_code == 200
    assert "belongs into your LMS" in page.text


def test_the_bare_address_explains_itself(registrar):
    page = registrar.app.test_client().get("/lti/register")

    assert page.status_code == 200
    assert "invite" in page.text


def test_the_description_is_read_again_when_the_form_comes(registrar):
    """What a page was made of may have been tampered with."""
    registrar.invite().open()
    registrar.describes(issuer="https://elsewhere.test")

    page = registrar.press(openid_configuration=CONFIGURATION)

    assert page.status_code == 400
    assert registrar.platform.requests_to("/register") == []


@pytest.mark.parametrize("name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("value", [None, 7, [], {}, "", "two words", "x" * 3000])
def test_a_description_with_an_odd_member_is_refused_calmly(registrar, name, value):
    registrar.platform.instead("/configuration", body={**described_as(), name: value})

    assert registrar.invite().open().status_code == 400


@pytest.mark.parametrize("odd", [[], "text", None, 3], ids=str)
def test_a_description_that_is_none_is_refused_calmly(registrar, odd):
    registrar.platform.instead("/configuration", body=odd)

    assert registrar.invite().open().status_code == 400
