"""Which LMSs are connected, how they do, and who may come in from them."""

import io
import json

import pytest
from sqlalchemy import select

from lti_mentoring.models import (
    Activity,
    Deployment,
    RefusedLaunch,
    Registration,
    RegistrationInvite,
    SignIn,
    ToolKey,
)
from lti_mentoring.vocabulary import (
    DeploymentState,
    Product,
    RegistrationState,
    SignInState,
    Verb,
)
from tests.support.canned_platform import LMS
from tests.support.counting import statements_of
from tests.support.factories import (
    make_course,
    make_deployment,
    make_member,
    make_registration,
)
from tests.support.visitor import visit

BY_HAND = {
    "name": "Harbor University",
    "product": "moodle",
    "issuer": "https://moodle.test",
    "client_id": "abc",
    "deployment_id": "7",
    "auth_url": "https://moodle.test/mod/lti/auth.php",
    "token_url": "https://moodle.test/mod/lti/token.php",
    "jwks_url": "https://moodle.test/mod/lti/certs.php",
}


@pytest.fixture
def number(desk):
    """A registration of the canned LMS with a deployment that waits."""
    with desk.database.transaction() as db:
        registration = make_registration(db, issuer=LMS, product=Product.MOODLE)
        make_deployment(db, registration, state=DeploymentState.PENDING)
        return registration.id


def rows(desk, model):
    with desk.database.reading() as db:
        return list(db.scalars(select(model)))


def test_without_an_lms_the_list_says_how_to_connect_one(desk):
    desk.come_in()

    assert "No LMS is connected yet" in desk.text
    assert "Connect an LMS" in desk.text


def test_the_list_shows_who_waits(desk, number):
    desk.come_in()

    assert "University LMS" in desk.text
    assert "Moodle" in desk.text
    assert "A deployment waits" in desk.text
    assert "no launch yet" in desk.text


def test_the_list_takes_as_many_questions_for_many_as_for_few(desk):
    counts = []
    for more in (3, 30):
        with desk.database.transaction() as db:
            for _ in range(more):
                make_deployment(db, make_registration(db, issuer=f"https://n{more}.test"))
        desk.come_in()
        with statements_of(desk.database) as counted:
            desk.open("/administration/")
        counts.append(len(counted))

    assert counts[0] == counts[1] <= 7


def test_an_address_for_an_lms_is_made_and_shown_once(desk):
    desk.come_in().open("/administration/connect").press("Make the address", name="Harbor")

    address = desk.page.text.partition("https://tool.test/lti/register/")[2].partition("<")[0]
    assert len(address) > 40
    (invite,) = rows(desk, RegistrationInvite)
    assert (invite.name, invite.approves) == ("Harbor", False)
    assert address not in desk.open("/administration/").page.text
    assert "Harbor" in desk.text


def test_an_address_can_be_taken_back(desk):
    desk.come_in().open("/administration/connect").press(
        "Make the address", name="Harbor", approves="y"
    )
    desk.open("/administration/").press("Take back")

    assert "Harbor" not in desk.text
    (invite,) = rows(desk, RegistrationInvite)
    assert invite.approves
    assert invite.expires_at <= invite.created_at or invite.used_at is None


def test_an_address_without_a_name_is_asked_for_again(desk):
    desk.come_in().open("/administration/connect").press("Make the address", name="")

    assert desk.page.status_code == 422
    assert rows(desk, RegistrationInvite) == []


def test_the_values_to_copy_have_the_lmss_own_names(desk):
    desk.come_in().open("/administration/by-hand")
    for words in (
        "Initiate login URL https://tool.test/lti/login",
        "Public keyset https://tool.test/lti/jwks.json",
        "group_ids=$Moodle.Person.userGroupIds",
    ):
        assert words in desk.text
    assert "section_ids" not in desk.text

    desk.open("/administration/by-hand?product=canvas")

    assert "https://tool.test/lti/canvas.json" in desk.text
    assert "https://sso.canvaslms.com/api/lti/authorize_redirect" in desk.page.text
    assert desk.open("/administration/by-hand?product=other-one").page.status_code == 200


def test_an_lms_is_connected_by_hand(desk):
    desk.come_in().open("/administration/by-hand").press("Connect", **BY_HAND)

    (registration,) = rows(desk, Registration)
    (deployment,) = rows(desk, Deployment)
    assert registration.state is RegistrationState.APPROVED
    assert (registration.issuer, registration.client_id) == ("https://moodle.test", "abc")
    assert registration.audience is None
    assert (deployment.lti_id, deployment.state) == ("7", DeploymentState.APPROVED)
    assert "Harbor University" in desk.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"issuer": ""}, "This is needed"),
        ({"jwks_url": "http://moodle.test/keys"}, "must begin with https"),
        ({"auth_url": "nonsense"}, "must begin with https"),
    ],
)
def test_what_is_wrong_by_hand_is_said_and_what_was_typed_stays(desk, wrong, words):
    desk.come_in().open("/administration/by-hand").press("Connect", **{**BY_HAND, **wrong})

    assert desk.page.status_code == 422
    assert words in desk.text
    assert "Harbor University" in desk.page.text
    assert rows(desk, Registration) == []


def test_the_same_client_id_is_not_connected_twice(desk):
    for _ in range(2):
        desk.come_in().open("/administration/by-hand").press("Connect", **BY_HAND)

    assert desk.page.status_code == 422
    assert "registered already" in desk.text


def upload(desk, content):
    desk.come_in().open("/administration/by-hand")
    return desk.press("Read the file", file=(io.BytesIO(content), "lms.json"))


def test_a_file_fills_the_form_and_keeps_nothing(desk):
    upload(desk, json.dumps({k: v for k, v in BY_HAND.items() if k != "name"}).encode())

    assert "https://moodle.test/mod/lti/certs.php" in desk.page.text
    assert rows(desk, Registration) == []
    desk.press("Connect", name="Harbor University")
    assert len(rows(desk, Registration)) == 1


def test_an_lmss_own_description_is_such_a_file(desk):
    told = {
        "issuer": "https://moodle.test",
        "authorization_endpoint": "https://moodle.test/auth",
        "token_endpoint": "https://moodle.test/token",
        "jwks_uri": "https://moodle.test/jwks",
        "https://purl.imsglobal.org/spec/lti-platform-configuration": {
            "product_family_code": "canvas"
        },
    }
    upload(desk, json.dumps(told).encode())

    assert "https://moodle.test/jwks" in desk.page.text
    assert '<option selected value="canvas">' in desk.page.text


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b"{}", b'{"name": "x"}', b"<xml/>"])
def test_a_file_of_something_else_is_said_so(desk, content):
    upload(desk, content)

    assert desk.page.status_code == 422


def test_a_deployment_that_waits_is_let_in_and_written_down(desk, number):
    desk.come_in().open(f"/administration/connections/{number}").press("Let people in")

    (deployment,) = rows(desk, Deployment)
    assert deployment.state is DeploymentState.APPROVED
    assert any(act.verb is Verb.DEPLOYMENT_MOVED for act in rows(desk, Activity))


def test_a_pause_ends_who_is_in_and_goes_on_later(desk):
    with desk.database.transaction() as db:
        course = make_course(db)
        number = course.deployment.registration_id
        member = make_member(db, course).id
    visit(desk.app, member)
    page = desk.come_in().open(f"/administration/connections/{number}")

    page.press("Pause: University LMS")

    assert {row.state for row in rows(desk, SignIn)} == {SignInState.ENDED}
    assert "takes a break" in desk.text
    desk.press("Let people in: University LMS")
    assert rows(desk, Registration)[0].state is RegistrationState.APPROVED


def test_what_is_switched_off_can_be_opened_again(desk, number):
    desk.come_in().open(f"/administration/connections/{number}")
    desk.press("Switch off: University LMS")
    assert "Switched off" in desk.text

    desk.press("Let people in: University LMS")

    assert rows(desk, Registration)[0].state is RegistrationState.APPROVED


def test_a_deployment_of_another_registration_is_not_moved(desk, number):
    with desk.database.transaction() as db:
        other = make_registration(db, client_id="other")
        theirs = make_deployment(db, other).id
    desk.come_in().open(f"/administration/connections/{number}")
    token = dict(desk._form("Leave")[0].form_values())

    path = f"/administration/connections/{number}/deployments/{theirs}/disabled"
    page = desk.browser.post(path, data=token, base_url="https://tool.test")

    assert page.status_code == 404
    path = f"/administration/connections/{number}/pending"
    assert desk.browser.post(path, data=token, base_url="https://tool.test").status_code == 404


def test_the_test_says_each_thing_in_words(desk, number):
    desk.platform.answer("/jwks", body={"keys": [{"kid": "1"}]})
    desk.come_in().open(f"/administration/connections/{number}").press("Test the connection")

    for words in ("Reachable, 1 published", "took the tool's signature", "Granted", "Never"):
        assert words in desk.text


def test_a_platform_that_is_down_breaks_the_test_and_not_the_page(desk, number):
    desk.platform.answer("/jwks", 503)
    desk.platform.instead("/token", 503)
    desk.come_in().open(f"/administration/connections/{number}").press("Test the connection")

    assert desk.page.status_code == 200
    assert "Broken" in desk.text


def test_refused_launches_are_listed_with_their_incident(desk, number, frozen_clock):
    with desk.database.transaction() as db:
        db.add(
            RefusedLaunch(
                registration_id=number,
                code="nonce",
                reason="nonce is not the one of this login",
                incident="ab12cd34",
                at=frozen_clock.now,
            )
        )
    desk.come_in().open(f"/administration/connections/{number}")

    assert "ab12cd34" in desk.text
    assert "nonce is not the one of this login" in desk.text


def test_keys_are_changed_in_two_steps_a_day_apart(desk, frozen_clock):
    desk.come_in().open("/administration/keys").press("Publish a new key")
    assert "signs next" in desk.text
    assert "Let the new key sign" not in desk.text
    frozen_clock.tick(days=1)

    desk.come_in().open("/administration/keys").press("Let the new key sign")

    assert sorted(key.state.value for key in rows(desk, ToolKey)) == ["retired", "signing"]


def test_canvas_reads_its_configuration_from_an_address(desk):
    told = desk.app.test_client().get("/lti/canvas.json").get_json()

    assert told["oidc_initiation_url"] == "https://tool.test/lti/login"
    assert told["public_jwk_url"] == "https://tool.test/lti/jwks.json"
    (extension,) = told["extensions"]
    assert extension["domain"] == "tool.test"
    assert extension["privacy_level"] == "name_only"
    placements = {each["placement"]: each for each in extension["settings"]["placements"]}
    assert placements["course_navigation"]["default"] == "disabled"
    assert placements["link_selection"]["message_type"] == "LtiDeepLinkingRequest"


def decide(desk, number, role, ours):
    return desk.open(f"/administration/connections/{number}").press("Decide", role=role, ours=ours)


def test_a_role_of_the_lms_is_given_a_meaning_and_loses_it_again(desk, number):
    role = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Staff"
    decide(desk.come_in(), number, role, "teaching_assistant")

    assert role in desk.text
    assert "Teaching assistant" in desk.text
    assert rows(desk, Registration)[0].role_overrides == f"{role} teaching_assistant"
    acts = [act for act in rows(desk, Activity) if act.verb is Verb.ROLE_OVERRIDDEN]
    assert [act.detail for act in acts] == [f"as_told teaching_assistant {role}"]

    desk.press(f"Take back: {role}")

    assert rows(desk, Registration)[0].role_overrides == ""


@pytest.mark.parametrize("role", ["", "two words", "line\nbreak", "x" * 256])
def test_what_is_no_role_is_not_kept(desk, number, role):
    decide(desk.come_in(), number, role, "instructor")

    assert desk.page.status_code == 422
    assert rows(desk, Registration)[0].role_overrides == ""


def test_administrators_of_the_lms_are_let_in_by_whoever_runs_the_tool(desk, number):
    desk.come_in().open(f"/administration/connections/{number}").press("Let them in")
    assert rows(desk, Registration)[0].admits_administrators

    desk.press("Let them in no more")

    assert not rows(desk, Registration)[0].admits_administrators
    desk.come_in(registration_id=number).open(f"/administration/connections/{number}")
    assert "Let them in" not in desk.text


def test_what_was_typed_wrong_is_put_right(desk):
    desk.come_in().open("/administration/by-hand").press("Connect", **BY_HAND)
    (before,) = rows(desk, Registration)
    desk.open(f"/administration/connections/{before.id}/correct")
    assert BY_HAND["jwks_url"] in desk.page.text

    desk.press("Save", client_id="abd", jwks_url="https://moodle.test/keys")

    (after,) = rows(desk, Registration)
    assert (after.id, after.client_id) == (before.id, "abd")
    assert after.jwks_url == "https://moodle.test/keys"
    assert after.state is RegistrationState.APPROVED


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"auth_url": "http://moodle.test/auth"}, "must begin with https"),
        ({"client_id": "taken"}, "registered already"),
        ({"issuer": ""}, "This is needed"),
    ],
)
def test_a_correction_that_cannot_be_is_said_so_and_changes_nothing(desk, wrong, words):
    with desk.database.transaction() as db:
        make_registration(db, issuer="https://moodle.test", client_id="taken")
    desk.come_in().open("/administration/by-hand").press("Connect", **BY_HAND)
    number = rows(desk, Registration)[-1].id
    desk.open(f"/administration/connections/{number}/correct").press("Save", **wrong)

    assert desk.page.status_code == 422
    assert words in desk.text
    kept = rows(desk, Registration)[-1]
    assert (kept.issuer, kept.client_id, kept.auth_url) == (
        BY_HAND["issuer"],
        BY_HAND["client_id"],
        BY_HAND["auth_url"],
    )
