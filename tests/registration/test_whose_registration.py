"""Nobody registers in somebody else's name, and nobody is registered twice (LTI-132)."""

import pytest

from lti_mentoring.core.errors import RegistrationRefused
from lti_mentoring.models import Deployment, Registration
from lti_mentoring.rules.platform_configuration import read_configuration, speaks_for
from lti_mentoring.rules.tool_configuration import TOOL_CONFIGURATION
from lti_mentoring.services.platforms import move_registration
from lti_mentoring.vocabulary import Product, RegistrationState
from tests.registration.conftest import answer, described_as, fixture
from tests.support.canned_platform import LMS

CANVAS = "https://canvas.instructure.com"


def test_the_issuer_is_the_site_that_describes_itself(registrar):
    registrar.describes(issuer="https://other.test")

    page = registrar.invite().open()

    assert page.status_code == 400
    assert "speaks for another one" in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"authorization_endpoint": f"{LMS}/auth"},
        {"jwks_uri": f"{LMS}/keys"},
        {"jwks_uri": "https://sso.canvaslms.com.evil.test/jwks"},
        {"authorization_endpoint": "https://evilcanvaslms.com/auth"},
    ],
)
def test_whoever_claims_a_shared_issuer_has_people_authenticated_by_its_maker(changes):
    told = fixture("lti/openid_configuration_canvas.json")["body"]
    found_at = "https://canvas.example.edu/api/lti/security/openid-configuration"
    assert read_configuration(told, found_at).issuer == CANVAS

    with pytest.raises(RegistrationRefused) as refused:
        read_configuration({**told, **changes}, found_at)

    assert refused.value.code == "issuer"


def test_a_canvas_of_ones_own_may_keep_the_common_issuer_where_its_invite_says_so(registrar):
    """C1: self-hosted Canvas names the common issuer until its administrator changes that."""
    told = fixture("lti/openid_configuration_canvas.json")["body"]
    mine = {
        **told,
        "authorization_endpoint": f"{LMS}/api/lti/authorize_redirect",
        "jwks_uri": f"{LMS}/api/lti/security/jwks",
        "registration_endpoint": f"{LMS}/register",
    }
    registrar.platform.instead("/configuration", body=mine)
    assert registrar.invite().open().status_code == 400
    assert registrar.invite(own_host="other.test").open().status_code == 400

    page = registrar.invite(own_host="lms.test").register()

    assert page.status_code == 200
    assert registrar.only(Registration).issuer == CANVAS


def test_registering_again_brings_up_to_date_and_makes_no_second_one(registrar):
    registrar.invite(approves=True).register()
    registrar.describes(jwks_uri=f"{LMS}/new-keys", issuer=LMS)
    page = registrar.invite().open(openid_configuration=f"{LMS}/configuration")
    page = registrar.press()

    assert page.status_code == 200
    found = registrar.only(Registration)
    assert found.jwks_url == f"{LMS}/new-keys"
    assert found.state is RegistrationState.APPROVED
    assert registrar.count(Deployment) == 1


def test_what_was_switched_off_stays_so(registrar):
    registrar.invite(approves=True).register()
    with registrar.database.transaction() as db:
        move_registration(db, registrar.only(Registration).id, RegistrationState.DISABLED)

    registrar.invite(approves=True).register()

    assert registrar.only(Registration).state is RegistrationState.DISABLED


def canvas_at(registrar, host=LMS):
    """A customer of Canvas: the issuer is everybody's, the keys are Canvas's own."""
    told = fixture("lti/openid_configuration_canvas.json")["body"]
    registrar.platform.instead(
        "/configuration", body={**told, "registration_endpoint": f"{host}/register"}
    )


def test_a_customer_of_a_shared_issuer_cannot_take_over_anothers_client_id(registrar):
    canvas_at(registrar)
    registrar.invite(approves=True).register()
    before = registrar.only(Registration).token_url
    told = fixture("lti/openid_configuration_canvas.json")["body"]
    evil = {**told, "registration_endpoint": f"{LMS}/register", "token_endpoint": f"{LMS}/token"}
    registrar.platform.instead("/configuration", body=evil)

    page = registrar.invite().register()

    assert page.status_code == 400
    assert "registered already" in page.text
    assert registrar.only(Registration).token_url == before


def test_an_invite_that_is_made_for_it_brings_it_up_to_date(registrar):
    canvas_at(registrar)
    registrar.invite().register()
    number = registrar.only(Registration).id
    told = fixture("lti/openid_configuration_canvas.json")["body"]
    newer = {**told, "registration_endpoint": f"{LMS}/register", "token_endpoint": f"{LMS}/token"}
    registrar.platform.instead("/configuration", body=newer)

    registrar.invite(registration_id=number).register()

    assert registrar.only(Registration).token_url == f"{LMS}/token"


def test_an_invite_that_is_made_for_one_registration_makes_no_other(registrar):
    registrar.invite().register()
    number = registrar.only(Registration).id
    registrar.answers(body=answer("somebody-else"))

    page = registrar.invite(registration_id=number).register()

    assert page.status_code == 400
    assert registrar.count(Registration) == 1


@pytest.mark.parametrize(
    ("issuer", "found_at", "speaks"),
    [
        (LMS, f"{LMS}/mod/lti/openid-configuration.php", True),
        (f"{LMS}/", f"{LMS}/x", True),
        (f"{LMS}/one", f"{LMS}/one/configuration", True),
        (f"{LMS}/one", f"{LMS}/two/configuration", False),
        (f"{LMS}/one", f"{LMS}/oneself/configuration", False),
        ("http://lms.test", f"{LMS}/x", False),
        (CANVAS, f"{CANVAS}/api/lti/security/openid-configuration", False),
    ],
)
def test_only_an_issuers_own_place_speaks_for_it(issuer, found_at, speaks):
    assert speaks_for(issuer, found_at) is speaks


@pytest.mark.parametrize(
    "address",
    [
        "http://lms.test/configuration",
        "https://127.0.0.1/configuration",
        "https://[::1]/configuration",
        "https://169.254.169.254/latest/meta-data",
        "https://user@lms.test/configuration",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "nonsense",
    ],
)
def test_no_invite_makes_the_tool_look_into_private_places(registrar, address):
    page = registrar.invite().open(openid_configuration=address)

    assert page.status_code == 400
    assert registrar.platform.asked == []


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"]
)
def test_addresses_inside_the_description_are_looked_at_too(registrar, name):
    registrar.describes(**{name: "http://lms.test/plain"})

    page = registrar.invite().open()

    assert page.status_code == 400
    assert "not talked to" in page.text


def test_canvas_gets_places_for_each_message_and_nothing_that_it_does_not_know(registrar):
    """C20, LTI-138: it answers 422 to a member that its guide does not list."""
    canvas_at(registrar)
    registrar.invite().register()

    sent = registrar.sent
    known = fixture("lti/dynamic_registration_canvas.json")["request_body"]
    assert set(sent) <= {*known, "logo_uri"}  # its guide's own example has a logo
    configuration = sent[TOOL_CONFIGURATION]
    assert set(configuration) <= {*known[TOOL_CONFIGURATION], "description"}
    assert configuration["https://canvas.instructure.com/lti/privacy_level"] == "name_only"
    places = {message["type"]: message["placements"] for message in configuration["messages"]}
    assert places == {
        "LtiResourceLinkRequest": ["course_navigation"],
        "LtiDeepLinkingRequest": ["link_selection", "assignment_selection"],
    }
    assert all(isinstance(v, str) for v in configuration["custom_parameters"].values())


def test_canvas_does_not_show_it_in_every_course(registrar):
    canvas_at(registrar)
    registrar.invite().register()

    (link, _) = registrar.sent[TOOL_CONFIGURATION]["messages"]
    assert link["https://canvas.instructure.com/lti/course_navigation/default_enabled"] is False


def test_a_message_whose_places_were_all_declined_is_left_out(registrar):
    canvas_at(registrar)
    registrar.invite().register(placements=["LtiResourceLinkRequest/course_navigation"])

    assert [m["type"] for m in registrar.sent[TOOL_CONFIGURATION]["messages"]] == [
        "LtiResourceLinkRequest"
    ]


def test_canvas_names_no_deployment_so_the_first_launch_brings_it(registrar):
    canvas_at(registrar)
    registrar.answers(body=answer("10000000000099", None))
    registrar.invite(approves=True).register()

    assert registrar.count(Deployment) == 0
    assert registrar.only(Registration).admits_deployments


def test_sakai_names_its_deployment_in_the_tool_configuration(registrar):
    told = fixture("lti/openid_configuration_sakai.json")["body"]
    changed = {name: value for name, value in told.items() if isinstance(value, str)}
    moved = {n: v.replace("https://sakai.example.edu", LMS) for n, v in changed.items()}
    body = {**told, **moved, "registration_endpoint": f"{LMS}/register"}
    registrar.platform.instead("/configuration", body=body)
    registrar.answers(body=answer("sakai-client", 1))
    registrar.invite().register()

    assert registrar.only(Deployment).lti_id == "1"
    with registrar.database.reading() as db:
        assert db.get_one(Registration, 1).platform.product is Product.SAKAI


def test_a_product_code_that_nobody_knows_is_an_lms_like_others(registrar):
    registrar.platform.instead("/configuration", body=described_as("Ünknown LMS"))
    registrar.invite().register()

    with registrar.database.reading() as db:
        assert db.get_one(Registration, 1).platform.product is Product.OTHER


@pytest.mark.parametrize("lists_it", [True, False])
def test_data_privacy_is_asked_for_where_a_platform_lists_it(registrar, lists_it):
    """LTI-141, 134: what a platform does not know, it is not asked for."""
    listed = ["LtiResourceLinkRequest", *(["DataPrivacyLaunchRequest"] if lists_it else [])]
    platform = "https://purl.imsglobal.org/spec/lti-platform-configuration"
    messages = [{"type": each} for each in listed]
    told = {"product_family_code": "acme", "version": "1", "messages_supported": messages}
    registrar.describes(**{platform: {**told, "variables": []}})
    registrar.invite().register()

    asked = registrar.sent[TOOL_CONFIGURATION]["messages"]
    assert [each["type"] for each in asked] == listed
    assert {each["target_link_uri"] for each in asked} == {"https://tool.test/lti/launch"}
