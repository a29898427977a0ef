"""Every gap that was measured in pylti1p3: it accepts (or breaks), and we refuse with a code."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.core.keys import fingerprint
from lti_mentoring.launch import message
from lti_mentoring.launch.message import LaunchForm, receive
from lti_mentoring.launch.token import parse
from lti_mentoring.launch.validator import Expected, validate
from lti_mentoring.models import Course, Registration
from lti_mentoring.vocabulary import CLAIM, NRPS_CLAIM
from tests.launch.bare_library import BareLibrary, now
from tests.launch.lms import GONE, TARGET, Lms

NONCE = "nonce-1"
TEN_YEARS = 10 * 365 * 86_400


class Both:
    """The library alone, and our wrapped one, before the same message."""

    def __init__(self, lms):
        self.lms = lms
        self.library = BareLibrary(lms)
        self.library.login(NONCE)

    def claims(self, **changes):
        moment = now()
        return self.lms.claims(NONCE, **{"iat": moment, "exp": moment + 60, **changes})

    def ours(self, claims, **header):
        expected = Expected(
            self.lms.issuer, self.lms.client_id, "", fingerprint(TARGET), fingerprint(NONCE)
        )
        return receive(
            LaunchForm(parse(self.lms.sign(claims, **header)), "state-1"),
            self.lms.key.public_key(),
            expected,
            now=datetime.fromtimestamp(now(), UTC),
            leeway=timedelta(seconds=60),
            max_age=timedelta(minutes=10),
        )

    def refused(self, claims, **header):
        """The code with which we refuse."""
        with pytest.raises(LaunchRefused) as refusal:
            self.ours(claims, **header)
        return refusal.value.code

    def library_accepts(self, claims):
        return self.library.launch(claims)["nonce"] == NONCE

    def library_breaks(self, claims, error):
        """The library raises something that is none of its own exceptions."""
        with pytest.raises(error) as broken:
            self.library.launch(claims)
        return broken.type is error


@pytest.fixture
def both(platform_key):
    return Both(Lms(platform_key))


def test_a_valid_launch_pleases_both(both):
    assert both.library_accepts(both.claims())
    assert both.ours(both.claims()).subject == "ana-1"


@pytest.mark.parametrize(
    ("gap", "changes", "code"),
    [
        ("no exp", {"exp": GONE}, "time"),
        ("no iat", {"iat": GONE}, "time"),
        ("iat ten years old", {"iat": now() - TEN_YEARS}, "expired"),
        ("exp in ten years", {"exp": now() + TEN_YEARS}, "lifetime"),
        ("exp as a text", {"exp": str(now() + 3600)}, "time"),
        ("iat true", {"iat": True}, "time"),
        ("two audiences without azp", {"aud": ["client-1", "other"]}, "audience"),
        ("foreign azp", {"azp": "other"}, "audience"),
        ("two audiences, foreign azp", {"aud": ["client-1", "other"], "azp": "x"}, "audience"),
        ("foreign target", {"target_link_uri": "https://evil.test/"}, "target"),
        ("no target", {"target_link_uri": GONE}, "target"),
        ("roles as one text", {"roles": "Learner"}, "roles"),
    ],
)
def test_the_library_accepts_and_we_refuse(both, gap, changes, code):
    claims = both.claims(**changes)

    assert both.library_accepts(claims), gap
    assert both.refused(claims) == code


@pytest.mark.parametrize(
    ("gap", "changes", "error", "code"),
    [
        ("roles [1]", {"roles": [1]}, None, "roles"),
        ("resource_link null", {"resource_link": None}, AttributeError, "resource-link"),
        ("resource_link text", {"resource_link": "link"}, AttributeError, "resource-link"),
        ("resource_link list", {"resource_link": []}, AttributeError, "resource-link"),
        ("empty audience", {"aud": []}, IndexError, "audience"),
        ("unknown issuer", {"iss": "https://other.test"}, Exception, "issuer"),
    ],
)
def test_the_library_breaks_and_we_refuse(both, gap, changes, error, code):
    claims = both.claims(**changes)

    if error is not None:
        assert both.library_breaks(claims, error), gap
    assert both.refused(claims) == code


@pytest.mark.parametrize("nonce", [[NONCE], {}, 1, True, None, "", "näh", "x" * 9000])
def test_a_nonce_that_is_no_text_is_refused(both, nonce):
    assert both.refused(both.claims(nonce=nonce)) == "nonce"


@pytest.mark.parametrize("aud", [{}, {"client-1": 1}, 7, None, [1], [["client-1"]], "client-2", []])
def test_an_audience_of_another_shape_is_refused(both, aud):
    assert both.refused(both.claims(aud=aud)) == "audience"


def test_an_audience_list_with_us_alone_is_accepted(both):
    assert both.ours(both.claims(aud=["client-1"], azp="client-1")).role == "learner"


def test_our_place_in_the_audience_list_does_not_matter_when_the_others_are_trusted(both):
    claims = both.claims(aud=["trusted", "client-1"], azp="client-1")
    assert both.refused(claims) == "audience"
    expected = Expected(
        both.lms.issuer,
        "client-1",
        "",
        fingerprint(TARGET),
        fingerprint(NONCE),
        trusted_audiences=frozenset({"trusted"}),
    )
    form = LaunchForm(parse(both.lms.sign(claims)), "state-1")
    times = {"leeway": timedelta(60), "max_age": timedelta(minutes=10)}
    received = receive(
        form,
        both.lms.key.public_key(),
        expected,
        now=datetime.fromtimestamp(now(), UTC),
        **times,
    )
    assert received.subject == "ana-1"


def test_the_registration_says_which_other_audiences_are_trusted(house):
    named = {"aud": ["client-1", "https://api.lms.test"], "azp": "client-1"}
    refused = house.launch(house.browser(), **named)
    with house.database.transaction() as db:
        registration = db.get_one(Registration, house.lms.registration_id)
        registration.trusted_audiences = "https://other.test https://api.lms.test"

    trusted = house.launch(house.browser(), **named)

    assert (refused.status_code, trusted.status_code) == (400, 303)


@pytest.mark.parametrize(
    ("versions", "is_used"), [(["1.0", "2.0"], True), (["1.0"], False), ("2.0", False), ([], False)]
)
def test_a_roster_is_read_only_where_the_platform_speaks_our_version(house, versions, is_used):
    claim = house.lms.claims("any")[NRPS_CLAIM] | {"service_versions": versions}

    house.enter(**{NRPS_CLAIM: claim})

    assert (house.only(Course).memberships_url is not None) == is_used


@pytest.mark.parametrize(("name", "seconds"), [("exp", -1), ("iat", 30), ("nbf", 5)])
def test_a_small_difference_of_clocks_is_no_reason_for_us(both, name, seconds):
    claims = both.claims(**{name: now() + seconds})

    with pytest.raises(Exception, match="decode id_token"):
        both.library.launch(claims)
    assert both.ours(claims).subject == "ana-1"


def test_the_same_form_twice_pleases_the_library_and_is_refused_by_us(both, house):
    assert both.library_accepts(both.claims())
    assert both.library_accepts(both.claims())
    begun = house.login()
    token = house.lms.sign(house.lms.claims(begun.nonce))
    assert begun.post(token).status_code == 303

    again = begun.post(token)

    assert (again.status_code, "state-used" in again.text) == (403, True)


def test_another_token_with_the_same_nonce_is_refused(both, house):
    assert both.library_accepts(both.claims())
    assert both.library_accepts(both.claims(sub="user-2"))
    begun = house.login()
    assert begun.post(house.lms.sign(house.lms.claims(begun.nonce))).status_code == 303

    other = begun.post(house.lms.sign(house.lms.claims(begun.nonce, sub="user-2")))

    assert other.status_code == 403


def test_the_nonce_of_one_login_with_the_state_of_another_is_refused(both, house):
    both.library.login("nonce-2")
    assert both.library.launch(both.claims(), state="state-2")["nonce"] == NONCE
    client = house.browser()
    first, second = house.login(client), house.login(client)

    answer = second.post(house.lms.sign(house.lms.claims(first.nonce)))

    assert (answer.status_code, "nonce" in answer.text) == (400, True)


def test_a_state_cookie_made_by_the_client_is_refused(house):
    begun, stranger = house.login(), house.browser()
    stranger.set_cookie(f"lti1p3-{begun.state}", begun.state, domain="tool.test")
    name = next(c.key for c in begun.client._cookies.values())
    stranger.set_cookie(name, begun.state, domain="tool.test")

    answer = begun.post(house.lms.sign(house.lms.claims(begun.nonce)), client=stranger)

    assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert "lti-bind" in answer.text


def test_every_claim_of_the_wrong_shape_is_refused_or_left_out(both):
    codes = set()
    for name in both.claims():
        for value in (
            None,
            True,
            1,
            1.5,
            "x",
            "",
            [],
            [1],
            {},
            {"id": 1},
            [None],
            "\x00",
            "\ud800",
        ):
            try:
                both.ours({**both.claims(), name: value})
            except LaunchRefused as refusal:
                codes.add(refusal.code)

    assert "library" not in codes
    assert len(codes) > 10


def test_what_only_the_library_dislikes_is_a_refusal_too(both, monkeypatch):
    monkeypatch.setattr(message, "validate", lambda *_a, **_k: None)

    assert both.refused(both.claims(**{CLAIM + "resource_link": None})) == "library"


@pytest.mark.parametrize(("name", "seconds"), [("iat", 90), ("nbf", 90)])
def test_a_large_difference_of_clocks_is_a_reason(both, name, seconds):
    changes = {name: now() + seconds, "exp": now() + 200}

    assert both.refused(both.claims(**changes)) == "too-early"


def test_several_trusted_audiences_need_azp(both):
    trusting = Expected(
        both.lms.issuer,
        "client-1",
        "",
        fingerprint(TARGET),
        fingerprint(NONCE),
        trusted_audiences=frozenset({"trusted"}),
    )
    claims = both.claims(aud=["trusted", "client-1"])

    with pytest.raises(LaunchRefused, match="azp is missing"):
        validate(
            {"alg": "RS256", "kid": "k"},
            claims,
            expected=trusting,
            now=datetime.fromtimestamp(now(), UTC),
            leeway=timedelta(seconds=60),
            max_age=timedelta(minutes=10),
        )


def test_the_library_is_given_nothing_to_fetch_to_set_or_to_look_up(both):
    expected = Expected(both.lms.issuer, "client-1", "", fingerprint(TARGET), fingerprint(NONCE))
    form = LaunchForm(parse(both.lms.sign(both.claims())), "state-1")
    library = message.LibraryMessage(form, both.lms.key.public_key(), expected)

    with pytest.raises(RuntimeError, match="network"):
        library.fetch_public_key("https://lms.test/jwks")
    with pytest.raises(RuntimeError, match="cookies"):
        library._cookie_service.set_cookie("name", "value")
    with pytest.raises(LookupError):
        library._request.get_param("state")
    assert library._request.is_secure()
    conf = library.get_tool_conf()
    assert not conf.check_iss_has_one_client("any")
    with pytest.raises(LookupError):
        conf.find_registration_by_issuer("https://other.test")
    with pytest.raises(LookupError):
        conf.find_registration_by_params(both.lms.issuer, "client-2")
    assert conf.check_iss_has_many_clients("any")
