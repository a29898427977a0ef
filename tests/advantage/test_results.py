"""Reading what stands in a column, in each product's way; rows of docs/lti.md are named."""

from decimal import Decimal

import pytest

from lti_mentoring.advantage.results import grade_in, read_all, read_one
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.rules.overrides import Grade
from lti_mentoring.vocabulary import Product
from tests.support.canned_platform import LMS

COLUMN = f"{LMS}/items/9/lineitem?type_id=3"
RESULTS = "/items/9/lineitem/results"
ANA = {"userId": "ana", "resultScore": 83.5, "resultMaximum": 100.0}
BO = {"userId": "bo"}


def shown(results, user="ana"):
    return grade_in(results, user, Decimal(40))


def asked_for(platform, path=RESULTS):
    return [asked.query for asked in platform.requests_to(path)]


def test_everybodys_results_are_read_with_one_media_type(client, platform):
    platform.answer(RESULTS, body=[ANA, BO])

    results = read_all(client, COLUMN)

    assert shown(results) == Grade(Decimal("83.5"), Decimal(100))
    accepted = platform.requests_to(RESULTS)[0].headers["Accept"]
    assert accepted == "application/vnd.ims.lis.v2.resultcontainer+json"


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"userId": None},
        {"userId": "ana"},
        {"userId": "ana", "resultScore": None},
        {"userId": "ana", "resultScore": True},
        {"userId": "ana", "resultScore": "much"},
        {"userId": "ana", "resultScore": "NaN"},
        "nonsense",
        None,
    ],
)
def test_a_result_without_a_score_is_nothing_to_compare(client, platform, entry):
    platform.answer(RESULTS, body=[entry])

    assert shown(read_all(client, COLUMN)) is None


@pytest.mark.parametrize("maximum", [{}, {"resultMaximum": 0}, {"resultMaximum": None}])
def test_a_score_of_nothing_is_of_what_was_sent(client, platform, maximum):
    platform.answer(RESULTS, body=[{"userId": "ana", "resultScore": 20, **maximum}])

    assert shown(read_all(client, COLUMN)) == Grade(Decimal(20), Decimal(40))


def test_ids_may_be_numbers(client, platform):
    platform.answer(RESULTS, body=[{**ANA, "userId": 42}])

    assert shown(read_all(client, COLUMN), "42") is not None


@pytest.mark.parametrize("body", [b"", b"[]", b'{"results": []}'])
def test_no_results_can_be_said_in_several_ways(client, platform, body):
    platform.answer(RESULTS, body=body)

    assert read_all(client, COLUMN) == {}


@pytest.mark.parametrize("body", [b"<html>", b'"x"', b"3"])
def test_what_is_no_list_is_tried_later(client, platform, body):
    platform.answer(RESULTS, body=body)

    with pytest.raises(PlatformUnavailable):
        read_all(client, COLUMN)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_told(client, platform, status):
    platform.answer(RESULTS, status)

    with pytest.raises(PlatformRefused):
        read_all(client, COLUMN)


def test_pages_are_followed_and_a_circle_ends(client, platform):
    platform.answer(RESULTS, body=[ANA], Link=f'<{LMS}/more>; rel="next"')
    platform.answer("/more", body=[BO], Link=f'<{LMS}/more>; rel="next"')

    assert set(read_all(client, COLUMN)) == {"ana", "bo"}


def test_m13_moodle_is_never_given_a_limit(client_for, platform):
    platform.answer(RESULTS, body=[ANA])
    moodle = client_for(product=Product.MOODLE)

    read_all(moodle, COLUMN)
    read_one(moodle, COLUMN, "ana")

    assert all("limit" not in query for query in asked_for(platform))


@pytest.mark.parametrize(
    ("product", "query"),
    [
        (Product.OTHER, {"type_id": ["3"]}),
        (Product.CANVAS, {"type_id": ["3"], "limit": ["100"]}),
        (Product.BLACKBOARD, {"type_id": ["3"], "limit": ["1000"]}),
    ],
)
def test_b6_all_are_asked_for_in_the_products_way(client_for, platform, product, query):
    platform.answer(RESULTS, body=[ANA])

    read_all(client_for(product=product), COLUMN)

    assert asked_for(platform) == [query]


@pytest.mark.parametrize("product", [Product.MOODLE, Product.CANVAS, Product.OTHER])
def test_one_person_is_asked_for_by_their_id(client_for, platform, product):
    platform.answer(RESULTS, body=[ANA])

    results = read_one(client_for(product=product), COLUMN, "ana")

    assert asked_for(platform) == [{"type_id": ["3"], "user_id": ["ana"]}]
    assert shown(results)


def test_e6_one_person_has_an_address_of_their_own(client_for, platform):
    platform.answer(f"{RESULTS}/a%2Fb", body=[{**ANA, "userId": "a/b"}])

    assert shown(read_one(client_for(product=Product.OPENEDX), COLUMN, "a/b"), "a/b")


@pytest.mark.parametrize("product", [Product.SAKAI, Product.BLACKBOARD])
def test_s6_and_b6_one_person_is_found_among_all(client_for, platform, product):
    """Sakai lists the whole site whoever is asked for, Blackboard leaves things out."""
    platform.answer(RESULTS, body=[BO, ANA, {"userId": "never graded", "resultMaximum": 100}])

    results = read_one(client_for(product=product), COLUMN, "ana")

    assert "user_id" not in asked_for(platform)[0]
    assert shown(results)
    assert shown(results, "never graded") is None


def test_s6_a_single_result_may_come_without_a_list(client, platform):
    platform.answer(RESULTS, body=ANA)

    assert shown(read_one(client, COLUMN, "ana"))
