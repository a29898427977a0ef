from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select

from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.models import AccessToken, ToolKey
from lti_mentoring.vocabulary import Product, Scope
from tests.support.canned_platform import LMS, client_to
from tests.support.factories import make_registration

SCOPES = [Scope.SCORE, Scope.LINE_ITEM]


def tokens_of(client):
    return client._tokens


def test_the_assertion_says_who_asks_and_is_signed_with_the_published_key(
    client, platform, database, frozen_clock
):
    tokens_of(client).get(client.tool, SCOPES)

    form = platform.asked[0].form
    with database.transaction() as db:
        key = db.scalars(select(ToolKey)).one()
    header = jwt.get_unverified_header(form["client_assertion"])
    claims = jwt.decode(
        form["client_assertion"],
        jwt.PyJWK(key.public_jwk).key,
        algorithms=["RS256"],
        audience=f"{LMS}/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert platform.asked[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert header["kid"] == key.kid
    assert claims["iss"] == claims["sub"] == "client-1"
    assert claims["exp"] - claims["iat"] <= 300
    assert form["scope"].split() == sorted(SCOPES)
    assert form["grant_type"] == "client_credentials"


def test_every_assertion_has_an_id_of_its_own(client, platform):
    tokens_of(client).fetch(client.tool, SCOPES)
    tokens_of(client).fetch(client.tool, SCOPES)

    ids = {
        jwt.decode(asked.form["client_assertion"], options={"verify_signature": False})["jti"]
        for asked in platform.asked
    }
    assert len(ids) == 2


def test_the_configured_audience_wins_over_the_token_address(client, platform):
    brightspace = replace(client.tool, audience="https://api.d2l")

    tokens_of(client).fetch(brightspace, SCOPES)

    sent = platform.asked[0].form["client_assertion"]
    assert jwt.decode(sent, options={"verify_signature": False})["aud"] == "https://api.d2l"


def test_a_token_is_kept_encrypted_and_shared_between_processes(
    client, platform, database, box, settings
):
    tokens_of(client).get(client.tool, SCOPES)
    elsewhere = client_to(platform, database, box, settings, client.tool)

    assert tokens_of(elsewhere).get(client.tool, reversed(SCOPES)) == "tok-1"
    assert len(platform.asked) == 1
    with database.transaction() as db:
        assert "tok-1" not in db.scalars(select(AccessToken.token_encrypted)).one()


def test_a_token_is_renewed_a_minute_before_it_ends(client, platform, frozen_clock):
    tokens_of(client).get(client.tool, SCOPES)
    frozen_clock.tick(seconds=3600 - 61)
    tokens_of(client).get(client.tool, SCOPES)
    frozen_clock.tick(seconds=2)
    tokens_of(client).get(client.tool, SCOPES)

    assert len(platform.asked) == 2


def test_json_is_read_whatever_the_content_type_says(client, platform):
    platform.instead("/token", body={"access_token": "moodle"}, Content_Type="text/html")

    assert tokens_of(client).get(client.tool, SCOPES) == "moodle"


def test_a_scope_that_was_not_granted_is_noticed(client, platform):
    platform.instead("/token", body={"access_token": "t", "scope": Scope.SCORE.value})

    with pytest.raises(PlatformRefused, match="permissions"):
        tokens_of(client).get(client.tool, SCOPES)


def test_writing_columns_includes_reading_them(client, platform):
    platform.instead("/token", body={"access_token": "t", "scope": Scope.LINE_ITEM.value})

    assert tokens_of(client).get(client.tool, [Scope.LINE_ITEM_READ]) == "t"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_scope"}, PlatformRefused),
        (401, b"<html>no</html>", PlatformRefused),
        (200, {"token": "misnamed"}, PlatformRefused),
        (200, b"<html>maintenance</html>", PlatformUnavailable),
        (503, b"", PlatformUnavailable),
        (429, b"", PlatformUnavailable),
    ],
)
def test_what_is_no_token_is_refused_or_comes_later(client, platform, status, body, error):
    platform.instead("/token", status, body)

    with pytest.raises(error):
        tokens_of(client).get(client.tool, SCOPES)


def test_a_nonsense_lifetime_counts_as_an_hour(client, platform, frozen_clock):
    platform.instead("/token", body={"access_token": "t", "expires_in": "soon"})

    grant = tokens_of(client).fetch(client.tool, SCOPES)

    assert grant.expires_at == frozen_clock.now + timedelta(hours=1)


def test_a_token_that_another_secret_encrypted_is_fetched_anew(
    client, platform, database, box, settings
):
    tokens_of(client).get(client.tool, SCOPES)
    with database.transaction() as db:
        db.scalars(select(AccessToken)).one().token_encrypted = "unreadable"

    elsewhere = client_to(platform, database, box, settings, client.tool)
    tokens_of(elsewhere).get(client.tool, SCOPES)

    assert len(platform.asked) == 2


def test_br3_brightspace_has_an_audience_that_is_not_the_address(client_for, platform, settings):
    client = client_for(product=Product.BRIGHTSPACE)

    tokens_of(client).fetch(client.tool, SCOPES)

    sent = platform.asked[0].form["client_assertion"]
    claims = jwt.decode(sent, options={"verify_signature": False})
    assert claims["aud"] == "https://api.brightspace.com/auth/token"


def test_two_client_ids_of_one_issuer_never_share_a_token(client, platform, database):
    """Where an issuer serves many customers, the token of one opens another's gradebooks."""
    with database.transaction() as db:
        other = replace(client.tool, registration_id=make_registration(db).id, client_id="other")

    platform.answer("/token", body={"access_token": "tok-2", "expires_in": 3600})

    first = tokens_of(client).get(client.tool, SCOPES)
    second = tokens_of(client).get(other, SCOPES)

    assert (first, second) == ("tok-1", "tok-2")
    assert tokens_of(client).get(client.tool, SCOPES) == first
