import pytest
import requests

from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.vocabulary import Product, Scope
from tests.support.canned_platform import LMS, USER_AGENT

THING = f"{LMS}/thing"


def call(client):
    return client.call("GET", THING, [Scope.SCORE], headers={"Accept": "x/y"})


def test_a_call_carries_token_name_and_exactly_one_media_type(client, platform):
    """C19, M14; LTI-126, LTI-127."""
    platform.answer("/thing", body={"a": 1})

    assert call(client).json() == {"a": 1}
    sent = platform.requests_to("/thing")[0].headers
    assert sent["Authorization"] == "Bearer tok-1"
    assert sent["Accept"] == "x/y"
    assert sent["User-Agent"] == USER_AGENT


def test_a_token_that_is_not_taken_is_fetched_anew_once(client, platform):
    platform.answer("/token", body={"access_token": "tok-2"})
    platform.answer("/thing", 401)
    platform.answer("/thing", body={})

    call(client)

    tokens = [asked.headers["Authorization"] for asked in platform.requests_to("/thing")]
    assert tokens == ["Bearer tok-1", "Bearer tok-2"]


def test_a_second_refusal_is_a_missing_permission(client, platform):
    """M19."""
    platform.answer("/thing", 401)

    with pytest.raises(PlatformRefused, match="permission"):
        call(client)

    assert len(platform.requests_to("/thing")) == 2


@pytest.mark.parametrize(("product", "tries"), [(Product.SAKAI, 2), (Product.BRIGHTSPACE, 1)])
def test_only_sakai_says_403_to_an_old_token(client_for, platform, product, tries):
    """S4."""
    platform.answer("/thing", 403)

    with pytest.raises(PlatformRefused):
        call(client_for(product=product))

    assert len(platform.requests_to("/thing")) == tries


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_later(client, platform, status):
    platform.answer("/thing", status)

    with pytest.raises(PlatformUnavailable):
        call(client)


def test_canvas_says_403_when_it_is_asked_too_often(client, platform):
    """C23."""
    platform.answer("/thing", 403, b"403 Forbidden (Rate Limit Exceeded)")

    with pytest.raises(PlatformUnavailable):
        call(client)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": "Mon, 02 Mar 2026 09:01:00 GMT"}, 60),
        ({"X_Rate_Limit_Reset": "90"}, 90),
        ({"Retry_After": "whenever"}, None),
        ({"Retry_After": "9999999"}, 86_400),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_from_the_answer(client, platform, frozen_clock, header, seconds):
    platform.answer("/thing", 429, **header)

    with pytest.raises(PlatformUnavailable) as caught:
        call(client)

    assert caught.value.retry_after_seconds == seconds


@pytest.mark.parametrize("status", [302, 400, 403, 404, 409, 410, 422])
def test_what_will_not_pass_is_refused(client, platform, status):
    platform.answer("/thing", status, Location="https://elsewhere.test/")

    with pytest.raises(PlatformRefused) as caught:
        call(client)

    assert caught.value.status == status


@pytest.mark.parametrize(
    "trouble", [requests.ConnectTimeout(), requests.ReadTimeout(), requests.ConnectionError()]
)
def test_no_answer_is_tried_later(client, platform, trouble):
    platform.answer("/thing", body=trouble)

    with pytest.raises(PlatformUnavailable):
        call(client)
