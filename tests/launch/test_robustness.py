"""Whatever is sent, the answer is calm: no 500, no foreign redirect, nothing private in the log."""

import json
import re
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lti_mentoring
from lti_mentoring.core import texts
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.core.keys import public_jwk
from lti_mentoring.launch import facts, refusals
from lti_mentoring.launch.token import check_header, parse
from lti_mentoring.models import RefusedLaunch, SignIn
from lti_mentoring.vocabulary import AGS_CLAIM, CLAIM, NRPS_CLAIM
from tests.launch.lms import GONE, TOOL, fixture

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=300),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "title", "type", "scope", "lineitem"]), inner)
    ),
    max_leaves=8,
)
NAMES = [
    "iss", "aud", "azp", "sub", "iat", "exp", "nbf", "nonce", "name", "given_name", "family_name",
    "email", "locale", "zoneinfo", AGS_CLAIM, NRPS_CLAIM,
    *(CLAIM + name for name in ("version", "message_type", "deployment_id", "target_link_uri",
      "roles", "context", "resource_link", "launch_presentation", "custom", "tool_platform")),
]  # fmt: skip
SHARED = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KNOWN_ANSWERS = {200, 303, 400, 403, 405, 413, 503}


@SHARED
@given(changes=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=3))
def test_no_shape_of_claims_breaks_a_launch(house, changes):
    begun = house.login()
    claims = {**house.lms.claims(begun.nonce), **changes}

    answer = begun.post(house.lms.sign(claims))

    assert answer.status_code in KNOWN_ANSWERS
    assert answer.headers.get("Location", "/in/").startswith("/in/")


@SHARED
@given(body=st.binary(max_size=400))
def test_no_signed_body_breaks_a_launch(house, body):
    begun = house.login()

    assert begun.post(house.lms.sign(body)).status_code == 400


@SHARED
@given(
    path=st.sampled_from(["/lti/login", "/lti/launch", "/lti/finish"]),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]),
    body=st.binary(max_size=200),
    query=st.text(string.printable, max_size=80),
    kind=st.sampled_from(
        ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", ""]
    ),
)
def test_no_raw_request_breaks_the_door(house, path, method, body, query, kind):
    answer = house.browser().open(
        path, method=method, data=body, query_string=query, content_type=kind, base_url=TOOL
    )

    assert answer.status_code in KNOWN_ANSWERS
    assert "Location" not in answer.headers


FIELD = st.text(max_size=40) | st.sampled_from(["https://lms.test", "client-1", "\x00"])


@SHARED
@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["iss", "client_id", "login_hint", "target_link_uri", "lti_message_hint", "error",
             "lti_deployment_id", "state", "id_token", "code", "secret", "error_description"]
        ),
        st.lists(FIELD, min_size=1, max_size=2),
    ),
    path=st.sampled_from(["/lti/login", "/lti/launch", "/lti/finish"]),
)  # fmt: skip
def test_no_fields_break_the_door(house, fields, path):
    answer = house.browser().post(path, data=fields, base_url=TOOL)

    assert answer.status_code in KNOWN_ANSWERS


@pytest.mark.parametrize(
    "token",
    [
        "", "a", "a.b", "a.b.c.d", "a.b.", "..", "e30.e30.", "e30.W10.eA", "W10.e30.eA",
        "e30 .e30.eA",
        "e30=.e30.eA", "e30.e30.eA\n",
        "eyJhIjoxLCJhIjoyfQ.e30.eA",  # a member twice
        "eyJhIjpOYU59.e30.eA",  # NaN
        "W1tbW1tb.e30.eA", "____.e30.eA",
    ],
)  # fmt: skip
def test_what_is_no_token_is_refused(token):
    with pytest.raises(LaunchRefused) as refused:
        parse(token)

    assert refused.value.code == "format"


@pytest.mark.parametrize("body", [b"[" * 30_000, b'{"exp": 1%s}' % (b"0" * 5000)])
def test_bottomless_json_is_refused(house, body):
    begun = house.login()

    answer = begun.post(house.lms.sign(body))

    assert (answer.status_code, "format" in answer.text) == (400, True)


@pytest.mark.parametrize("number", [b"1e999", b"-1", b"1e15", b"0", b'"1"', b"[1]", b"true"])
@pytest.mark.parametrize("name", [b"exp", b"iat", b"nbf"])
def test_a_time_that_is_no_moment_is_refused(house, name, number):
    begun = house.login()
    claims = json.dumps(house.lms.claims(begun.nonce)).encode()
    body = b'{"' + name + b'": ' + number + b", " + claims[1:]
    if name != b"nbf":
        without = house.lms.claims(begun.nonce, **{name.decode(): GONE})
        body = b'{"' + name + b'": ' + number + b", " + json.dumps(without).encode()[1:]

    answer = begun.post(house.lms.sign(body))

    assert (answer.status_code, "code time" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"kid": GONE}, "key"),
        ({"kid": "other"}, "key"),
        ({"kid": ""}, "key"),
        ({"crit": ["exp"], "exp": 1}, "format"),
    ],
)
def test_a_header_that_names_no_key_of_the_platform_is_refused(house, header, code):
    begun = house.login()

    answer = begun.post(house.lms.sign(house.lms.claims(begun.nonce), **header))

    assert (answer.status_code, f"code {code}," in answer.text) == (400, True)


@pytest.mark.parametrize("algorithm", ["PS256", "RS384", "RS512"])
def test_other_algorithms_are_refused(house, algorithm):
    begun = house.login()

    answer = begun.post(house.lms.sign(house.lms.claims(begun.nonce), algorithm=algorithm))

    assert "code algorithm," in answer.text


@pytest.mark.parametrize("algorithm", ["none", "HS256", None, 7, ["RS256"]])
def test_algorithms_without_a_key_pair_are_refused(algorithm):
    with pytest.raises(LaunchRefused, match="RS256"):
        check_header({"alg": algorithm, "kid": "k"})


def test_another_key_under_the_right_id_is_refused(house, stranger_key):
    begun = house.login()
    token = house.lms.sign(house.lms.claims(begun.nonce), key=stranger_key)

    assert "code signature," in begun.post(token).text


def test_keys_that_the_message_brings_along_are_not_read(house, stranger_key):
    begun = house.login()
    token = house.lms.sign(
        house.lms.claims(begun.nonce),
        key=stranger_key,
        jwk=public_jwk("platform-key-1", stranger_key),
        jku="https://evil.test/jwks",
    )

    assert "code signature," in begun.post(token).text
    assert house.keys.calls == 1


def test_nothing_is_believed_before_the_signature(house, stranger_key):
    """With every claim wrong as well, it is the signature that is named."""
    begun = house.login()
    token = house.lms.sign({"iss": "other", "exp": 1}, key=stranger_key)

    assert "code signature," in begun.post(token).text


def test_a_platform_without_keys_is_answered_with_503(house):
    house.keys.status = "500 Oops"

    answer = house.launch()

    assert (answer.status_code, "key-set" in answer.text) == (503, True)


@pytest.mark.parametrize(
    "fields", [{}, {"state": "s"}, {"id_token": "t"}, {"state": ["a", "b"], "id_token": "t"}]
)
def test_an_incomplete_form_is_refused(house, fields):
    answer = house.browser().post("/lti/launch", data=fields, base_url=TOOL)

    assert (answer.status_code, "form" in answer.text) == (400, True)


def test_two_tokens_in_one_form_are_refused(house):
    begun = house.login()

    answer = begun.post(["a.b.c", "d.e.f"])

    assert (answer.status_code, "code form," in answer.text) == (400, True)


def test_a_form_above_64_kib_is_refused(house):
    begun = house.login()

    assert begun.post("x" * 70_000).status_code == 413


@pytest.mark.parametrize("case", fixture("moodle/oidc-auth-errors.json")["posted_to_redirect_uri"])
def test_an_error_of_the_platform_is_shown_kindly(house, case):
    begun = house.login()
    data = {**case, "state": begun.state}

    answer = begun.client.post("/lti/launch", data=data, base_url=TOOL)

    assert answer.status_code == 400
    assert "Your learning platform said no" in answer.text
    assert case.get("error_description", "code platform") in answer.text
    assert house.only(RefusedLaunch).reason == f"the platform answered {case['error']}"


def test_a_strangers_words_are_not_shown(house):
    data = {"error": "access_denied", "error_description": "Call 555-1234 now"}

    answer = house.browser().post("/lti/launch", data=data, base_url=TOOL)

    assert (answer.status_code, "555" in answer.text) == (400, False)


def test_the_platforms_words_are_escaped(house):
    begun = house.login()
    data = {"error": "x", "error_description": "<script>alert(1)</script>", "state": begun.state}

    page = begun.client.post("/lti/launch", data=data, base_url=TOOL).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_what_is_logged_and_listed_names_nobody(house, caplog):
    begun = house.login(login_hint="private-hint")
    begun.post(house.lms.sign(house.lms.claims(begun.nonce, version="1.1", name="Ana Private")))
    begun.post("private.to.ken")

    listed = " ".join(row.reason for row in house.rows(RefusedLaunch))
    told = caplog.text + listed
    assert "rivate" not in told
    assert begun.state not in told


def test_the_incident_on_the_page_is_the_one_in_the_list(house):
    page = house.launch(version="1.1")

    row = house.only(RefusedLaunch)
    assert (row.code, row.registration_id) == ("version", house.lms.registration_id)
    assert row.incident in page.text
    assert house.rows(SignIn) == []


def test_every_code_in_the_source_has_its_words():
    root = Path(lti_mentoring.__file__).parent
    text = "".join(
        path.read_text() for path in [*root.glob("launch/*.py"), root / "views" / "lti.py"]
    )
    used = set(re.findall(r'(?:Refused|NotAMember|Activation)\(\s*"([a-z-]+)"', text))
    assert len(used) > 25
    assert used <= set(refusals.KINDS)


def test_an_unknown_code_is_a_broken_message():
    assert refusals.kind_of(LaunchRefused("new", "")).family == "broken"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ana", "Ana"),
        ("  Ana \n Souza\x00 ", "Ana   Souza"),
        ("a\u202eb", "a b"),
        ("\ud800", ""),
        ("Łukasz Żółć-Nowak", "Łukasz Żółć-Nowak"),
        ("x" * 300, "x" * 255),
        (None, ""),
        (7, ""),
        (["Ana"], ""),
    ],
)
def test_texts_are_cleaned_and_cut(said, kept):
    assert texts.clean(said, 255) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("en", "en"), ("en-US", "en_US"), ("en_US", "en_US"), ("pt_br", "pt_BR"), ("de", "de"),
        ("zh-hant-tw", "zh_Hant_TW"), ("es-419", "es_419"), ("sr_lt", "sr_LT"), ("de_kids", "de"),
        ("ca@valencia", "ca"), ("", None), ("1", None), ("$Message.locale", None), (None, None),
        ("english", None), ("en US", None), ("de-DE-1996", "de_DE"),
    ],
)  # fmt: skip
def test_languages_are_written_in_one_way(said, kept):
    assert facts.language(said) == kept


@pytest.mark.parametrize(
    ("custom", "kept"),
    [
        ({"person_timezone": "Europe/Lisbon"}, "Europe/Lisbon"),
        ({"v_Person_address_timezone": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"Person.address.timezone": "UTC"}, "UTC"),
        ({"person_tz": "99"}, None),
        ({"person_timezone": "$Person.address.timezone"}, None),
        ({"person_timezone": None}, None),
        ({"person_timezone": 99, "person_tz": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"course_timezone": "Europe/Lisbon"}, None),
        ({"person_timezone": "../etc/passwd"}, None),
        ({}, None),
    ],
)
def test_only_real_time_zones_of_the_person_are_kept(custom, kept):
    assert facts.time_zone(custom) == kept


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://lms.test/x?y=1", "https://lms.test"),
        ("https://LMS.test:443/", "https://lms.test"),
        ("https://lms.test:8443", "https://lms.test:8443"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
        ("http://lms.test/", None),
        ("https://user@lms.test/", None),
        ("https://lms.test;script-src *", None),
        ("https://lms.test:99999/", None),
        ("https:///path", None),
        ("https://lms.test/a b", None),
        ("https://lms.tést/", None),
        ("x" * 3000, None),
        (None, None),
        (7, None),
    ],
)
def test_origins_are_plain_or_nothing(address, kept):
    assert facts.origin(address, allow_plain=False) == kept
