"""What token endpoints answered, and what is made of each of it."""

import pytest

from lti_mentoring.core.errors import PlatformRefused
from lti_mentoring.vocabulary import Product, Scope
from tests.support.captures import exchange, load, replay

ALL = [Scope.LINE_ITEM, Scope.SCORE, Scope.RESULT_READ, Scope.ROSTER_READ]
GRANTED = {
    "token_nrps": {Scope.ROSTER_READ},
    "tok_mixed": {Scope.ROSTER_READ},
    "tok_all": {*ALL, Scope.LINE_ITEM_READ},
    "tok_wrong_aud": {Scope.ROSTER_READ},
    "tok_iss_mismatch": {Scope.ROSTER_READ},
    "tok_replay_jti": {Scope.ROSTER_READ},
}
REFUSED = {
    "tok_badscope": "grants none of the permissions",
    "tok_expired": "refuses the tool access",  # the reason is free text
    "tok_badsub": "does not know the tool",
    "tok_noscope": "did not understand",
    "tok_json": "did not understand",
}


def fetch(client, platform, exchanged):
    replay(platform, exchanged, "/token")
    return client._tokens.fetch(client.tool, ALL)


def test_every_captured_token_is_replayed():
    captured = {key for key in load("moodle/token-responses") if not key.startswith("_")}

    assert captured == {*GRANTED, *REFUSED}


@pytest.mark.parametrize("key", sorted(GRANTED))
def test_m20_what_was_granted_is_read_though_it_says_that_it_is_html(client, platform, key):
    exchanged = exchange("moodle/token-responses", key)

    grant = fetch(client, platform, exchanged)

    assert exchanged["headers"]["Content-Type"].startswith("text/html")
    assert grant.granted == GRANTED[key]
    assert set(grant.missing(ALL)) == set(ALL) - GRANTED[key]


@pytest.mark.parametrize("key", sorted(REFUSED))
def test_a_refusal_says_what_is_wrong(client, platform, key):
    with pytest.raises(PlatformRefused, match=REFUSED[key]):
        fetch(client, platform, exchange("moodle/token-responses", key))


TOLD = load("lti/token_endpoint_by_platform")


@pytest.mark.parametrize("told", TOLD["responses"], ids=lambda told: told["platform"])
def test_every_products_token_is_understood(client_for, platform, told):
    client = client_for(product=Product(told["platform"]))
    if told["status"] != 200:
        with pytest.raises(PlatformRefused):
            fetch(client, platform, told)
        return

    grant = fetch(client, platform, told)

    assert grant.token == told["body"]["access_token"]
    assert grant.granted == {Scope.SCORE}
    assert grant.missing([Scope.ROSTER_READ]) == [Scope.ROSTER_READ]


def test_br3_the_one_special_audience_is_in_its_profile(client_for):
    told = {each["platform"]: each for each in TOLD["audience"]}

    assert client_for(product=Product.BRIGHTSPACE).tool.profile.audience == told["d2l"]["aud"]
