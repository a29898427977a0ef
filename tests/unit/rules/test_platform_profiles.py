"""What each product does in its own way, as data; docs/lti.md has the tables behind it."""

import pytest

from lti_mentoring.rules.platform_profiles import (
    BLACKBOARD,
    BRIGHTSPACE,
    CANVAS,
    PROFILES,
    Cause,
    PlatformProfile,
    profile_of,
)
from lti_mentoring.vocabulary import Product


@pytest.mark.parametrize("product", Product)
def test_every_product_has_a_profile_of_its_own(product):
    assert profile_of(product).product is product


def test_who_is_unknown_gets_only_what_the_specifications_promise():
    assert profile_of(Product.OTHER) == PlatformProfile()
    assert PlatformProfile().score_extension == {}
    assert PlatformProfile().results_limit is None


def test_c1_and_b1_only_two_products_share_an_issuer():
    shared = {product for product, profile in PROFILES.items() if profile.issuer}

    assert shared == {Product.CANVAS, Product.BLACKBOARD}
    assert CANVAS.issuer == "https://canvas.instructure.com"
    assert BLACKBOARD.issuer == "https://blackboard.com"


def test_c1_beta_and_test_are_issuers_of_their_own():
    issuers = [each.issuer for each in CANVAS.shared]

    assert issuers[1:] == [
        "https://canvas.beta.instructure.com",
        "https://canvas.test.instructure.com",
    ]


def test_c3_endpoints_are_at_the_new_host_and_the_old_one_is_known():
    usual = CANVAS.shared[0]

    assert usual.auth_url == "https://sso.canvaslms.com/api/lti/authorize_redirect"
    assert usual.jwks_url == "https://sso.canvaslms.com/api/lti/security/jwks"
    assert not CANVAS.should_move(usual.auth_url)
    assert CANVAS.should_move("https://canvas.instructure.com/api/lti/authorize_redirect")
    assert not CANVAS.should_move("https://canvas.example.edu/login/oauth2/token")


def test_b2_the_keys_are_at_an_address_of_the_client():
    (usual,) = BLACKBOARD.shared

    assert usual.jwks_url_for("53c4").endswith("/management/applications/53c4/jwks.json")
    assert BLACKBOARD.should_move("https://developer.blackboard.com/api/v1/gateway/oidcauth")


def test_br3_the_audience_is_not_the_address_of_the_token():
    assert BRIGHTSPACE.audience == "https://api.brightspace.com/auth/token"
    assert {profile.audience for profile in PROFILES.values()} == {None, BRIGHTSPACE.audience}


def test_only_moodle_drops_the_dates_of_links():
    assert [product for product in Product if not profile_of(product).keeps_dates] == [
        Product.MOODLE
    ]


@pytest.mark.parametrize(
    ("product", "said", "cause"),
    [
        (Product.BLACKBOARD, "User could not be found: aa10", Cause.NOT_ENROLLED),
        (Product.BRIGHTSPACE, "User is not enrolled in the org unit", Cause.NOT_ENROLLED),
        (Product.SAKAI, "No placements for tool", Cause.NOT_PLACED),
        (Product.OPENEDX, '{"error": "above_response_limit"}', Cause.TOO_LARGE),
        (Product.CANVAS, "course is unpublished", Cause.NOT_OPEN),
        (Product.MOODLE, "User could not be found: aa10", None),
        (Product.OTHER, "Score already exists for the provided timestamp", Cause.OUTDATED),
        (Product.OTHER, "", None),
    ],
)
def test_words_of_a_refusal_have_a_meaning_where_its_product_is_known(product, said, cause):
    assert profile_of(product).cause_of(said) is cause
