"""The certification suite's launches: known-bad ones are refused, odd but valid ones work."""

import pytest

from lti_mentoring.models import Membership, PlatformUser
from lti_mentoring.vocabulary import CLAIM, CourseRole
from tests.launch.lms import GONE, INSTRUCTOR

REQUIRED = [
    ("iss", "issuer"), ("aud", "audience"), ("iat", "time"), ("exp", "time"), ("nonce", "nonce"),
    (CLAIM + "version", "version"), (CLAIM + "message_type", "message-type"),
    (CLAIM + "deployment_id", "deployment"), (CLAIM + "target_link_uri", "target"),
    (CLAIM + "resource_link", "resource-link"), (CLAIM + "roles", "roles"),
]  # fmt: skip
NO_NAMES = {"name": GONE, "given_name": GONE}


def refused(answer, code, status=400):
    return (answer.status_code, f"code {code}," in answer.text) == (status, True)


def test_no_key_id(house):
    begun = house.login()
    assert refused(begun.post(house.lms.sign(house.lms.claims(begun.nonce), kid=GONE)), "key")


def test_wrong_key_id(house):
    begun = house.login()
    assert refused(begun.post(house.lms.sign(house.lms.claims(begun.nonce), kid="wrong")), "key")


@pytest.mark.parametrize("version", ["1.2.0", "11.3", "1.3", "", None, 1.3, ["1.3.0"]])
def test_wrong_version(house, version):
    assert refused(house.launch(version=version), "version")


@pytest.mark.parametrize(("name", "code"), REQUIRED)
def test_missing_claim(house, name, code):
    assert refused(house.launch(**{name: GONE}), code)


@pytest.mark.parametrize(("name", "code"), REQUIRED)
def test_null_claim(house, name, code):
    assert refused(house.launch(**{name: None}), code)


def test_a_message_that_is_none_of_lti(house):
    begun = house.login()

    assert refused(begun.post(house.lms.sign({"name": "badltilaunch"})), "issuer")
    assert refused(house.login().post(house.lms.sign({})), "issuer")


def test_several_claims_are_missing(house):
    gone = dict.fromkeys(("aud", "iss", "sub", "deployment_id", "roles"), GONE)

    assert refused(house.launch(**gone), "issuer")
    assert house.rows(PlatformUser) == []


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ({"iat": 11111, "exp": 22222}, "expired"),
        ({"iat": 11111}, "expired"),
        ({"exp": 22222}, "expired"),
        ({"iat": 4_000_000_000, "exp": 4_000_000_060}, "too-early"),
    ],
)
def test_incorrect_timestamps(house, times, code):
    assert refused(house.launch(**times), code)


@pytest.mark.parametrize("subject", [GONE, None, ""])
def test_no_user(house, subject):
    assert refused(house.launch(sub=subject), "no-user", 403)
    assert house.rows(PlatformUser) == []


@pytest.mark.parametrize("subject", [7, True, [], {}, "x" * 256, "é", "a\x00"])
def test_misshapen_user(house, subject):
    assert refused(house.launch(sub=subject), "subject")


@pytest.mark.parametrize("deployment", [1, True, "", [], "x" * 256, "é"])
def test_misshapen_deployment(house, deployment):
    assert refused(house.launch(deployment_id=deployment), "deployment")


@pytest.mark.parametrize("link", [{}, {"id": None}, {"id": 1}, {"id": ""}, {"id": "x" * 256}, "1"])
def test_misshapen_link(house, link):
    assert refused(house.launch(resource_link=link), "resource-link")


@pytest.mark.parametrize("context", [{}, {"id": None}, {"id": 1}, {"id": ""}, "1", []])
def test_misshapen_context(house, context):
    assert refused(house.launch(context=context), "context")


@pytest.mark.parametrize("roles", ["Instructor", {}, 7, True, [None], [["Instructor"]], [1]])
def test_misshapen_roles(house, roles):
    assert refused(house.launch(roles=roles), "roles")


@pytest.mark.parametrize(
    "message",
    ["LtiEulaRequest", "LtiStartProctoring", "x", 7],
)
def test_messages_that_are_not_served(house, message):
    assert refused(house.launch(message_type=message), "message-type")


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([], CourseRole.NONE),
        (["Instructor"], CourseRole.INSTRUCTOR),
        (["Learner"], CourseRole.LEARNER),
        (["http://example.org/roles#Wizard"], CourseRole.NONE),
        (["https://evil.test/membership#Instructor"], CourseRole.NONE),
        (["http://purl.imsglobal.org/vocab/lis/v2/anything#Instructor"], CourseRole.NONE),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"],
         CourseRole.NONE),
        ([INSTRUCTOR, "http://example.org/roles#Wizard"], CourseRole.INSTRUCTOR),
    ],
)  # fmt: skip
def test_empty_short_and_unknown_roles_are_valid(house, roles, role):
    assert house.launch(roles=roles).status_code == 303
    assert house.only(Membership).role is role


def test_no_personal_data(house):
    house.enter(**NO_NAMES, email=GONE)

    user = house.only(PlatformUser)
    assert (user.name, user.given_name) == ("", "")
    assert user.display_name.startswith("Person ")


def test_only_names(house):
    house.enter(name=GONE, given_name="Ana", family_name="Souza", email=GONE)

    assert house.only(PlatformUser).name == "Ana Souza"


def test_only_email(house):
    house.enter(**NO_NAMES, email="ana@example.edu")

    user = house.only(PlatformUser)
    assert user.display_name.startswith("Person ")
    kept = [str(getattr(user, column.key)) for column in PlatformUser.__table__.columns]
    assert not [value for value in kept if "@" in value], "nothing here needs an address"


def test_email_no_context(house):
    assert refused(house.launch(**NO_NAMES, context=GONE), "no-course", 403)
    assert house.rows(PlatformUser) == []


@pytest.mark.parametrize(
    "kind",
    [["Group"], "Account", ["http://purl.imsglobal.org/vocab/lis/v2/course#Group"],
     ["urn:lti:context-type:ims/lis/Group"], ["Group", "Account"]],
)  # fmt: skip
def test_a_group_or_account_is_no_course(house, kind):
    assert refused(house.launch(context={"id": "c", "type": kind}), "no-course", 403)


@pytest.mark.parametrize(
    "kind",
    [["CourseSection"], "Course", [], None, 7, [7], ["Group", "CourseSection"], ["Klass"],
     ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"]],
)  # fmt: skip
def test_everything_else_is_a_course(house, kind):
    assert house.launch(context={"id": "c", "type": kind}).status_code == 303


def test_markup_in_names_stays_text(house):
    house.enter(name="<b>Ana</b>", context={"id": "c", "title": "<script>alert(1)</script>"})

    assert house.only(PlatformUser).name == "<b>Ana</b>"
