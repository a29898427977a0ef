"""How fast a platform is asked: by what its own answers say, for all processes alike."""

from contextlib import suppress

import pytest

from lti_mentoring.advantage.pace import Pace, give_back, slow_registrations, take_turn, told_pace
from lti_mentoring.core.errors import PlatformRefused, PlatformUnavailable
from lti_mentoring.models import Registration
from lti_mentoring.vocabulary import Product, Scope
from tests.support.canned_platform import LMS, client_to, registered_tool

CANVAS_THROTTLE = b"403 Forbidden (Rate Limit Exceeded)"


@pytest.fixture
def process(platform, database, box, settings, registration_id, frozen_clock):
    """Makes a client as another process of the tool would have it."""

    def make(product=Product.OTHER):
        tool = registered_tool(registration_id, product)
        return client_to(platform, database, box, settings, tool, Pace(database.transaction))

    return make


def told(database, client):
    """What was kept of what the platform said."""
    with database.transaction() as db:
        row = told_pace(db, client.tool.registration_id)
        assert row is not None
        return row


def ask(client):
    return client.ask("GET", f"{LMS}/thing", [Scope.SCORE], headers={"Accept": "x/y"})


def is_asked(client, platform):
    """Whether the platform is asked at all."""
    before = len(platform.requests_to("/thing"))
    with suppress(PlatformUnavailable, PlatformRefused):
        ask(client)
    return len(platform.requests_to("/thing")) > before


def throttle(client, platform, status=429, body=b"", **headers):
    platform.instead("/thing", status, body, **headers)
    with pytest.raises(PlatformUnavailable):
        ask(client)
    platform.instead("/thing")


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (429, b"", {}),
        (403, CANVAS_THROTTLE, {}),
        (429, b"", {"Retry_After": "10"}),
        (503, b"", {"Retry_After": "10"}),
    ],
)
def test_c23_after_a_throttle_a_platform_is_left_alone(
    process, platform, frozen_clock, status, body, headers
):
    client = process(Product.CANVAS)
    throttle(client, platform, status, body, **headers)
    assert not is_asked(client, platform)

    frozen_clock.tick(seconds=11)

    assert is_asked(client, platform)


@pytest.mark.parametrize(("status", "body"), [(403, b"no"), (500, b""), (404, b""), (401, b"")])
def test_what_is_no_throttle_slows_nothing_down(process, platform, status, body):
    client = process()
    platform.instead("/thing", status, body)
    is_asked(client, platform)

    assert is_asked(client, platform)


def test_another_process_knows_of_it(process, platform):
    throttle(process(), platform)

    assert not is_asked(process(), platform)


def test_a_process_that_has_just_asked_learns_of_it_in_seconds(process, platform, frozen_clock):
    other = process()
    platform.instead("/thing")
    ask(other)
    throttle(process(), platform, Retry_After="60")

    frozen_clock.tick(seconds=3)

    assert not is_asked(other, platform)


def test_other_registrations_go_on(process, platform, database, box, settings):
    throttle(process(), platform)
    with database.transaction() as db:
        first = db.query(Registration).one()
        second = Registration(
            platform_id=first.platform_id,
            issuer=first.issuer,
            client_id="another",
            auth_url=first.auth_url,
            token_url=first.token_url,
            jwks_url=first.jwks_url,
            created_at=first.created_at,
        )
        db.add(second)
        db.flush()
        tool = registered_tool(second.id)

    other = client_to(platform, database, box, settings, tool, Pace(database.transaction))

    assert is_asked(other, platform)


def test_rests_double_while_it_goes_on_complaining(process, platform, frozen_clock, database):
    client, waits = process(), []
    for _ in range(3):
        throttle(client, platform)
        resume_at = told(database, client).resume_at
        waits.append((resume_at - frozen_clock.now).total_seconds())
        frozen_clock.move_to(resume_at)

    assert waits == [10, 20, 40]


def test_what_it_asks_for_is_not_undercut(process, platform, frozen_clock):
    client = process()
    throttle(client, platform, Retry_After="3600")
    frozen_clock.tick(minutes=59)
    assert not is_asked(client, platform)

    frozen_clock.tick(minutes=2)
    assert is_asked(client, platform)


def granted(client, platform, remaining, **headers):
    """An answer that tells what is left."""
    told = {"X_Rate_Limit_Remaining": str(remaining), "X_Rate_Limit_Reset": "3600", **headers}
    platform.instead("/thing", **told)
    ask(client)


def test_b8_the_last_tenth_of_a_days_calls_is_left_to_others(process, platform, frozen_clock):
    client = process(Product.BLACKBOARD)
    granted(client, platform, 1001, X_Rate_Limit_Limit="10000")
    assert is_asked(client, platform)

    granted(client, platform, 1000, X_Rate_Limit_Limit="10000")

    assert not is_asked(client, platform)
    frozen_clock.tick(seconds=3601)
    assert is_asked(client, platform)


@pytest.mark.parametrize(
    ("product", "remaining", "goes_on"),
    [
        (Product.BLACKBOARD, 900, False),
        (Product.BRIGHTSPACE, 4000, False),
        (Product.BRIGHTSPACE, 40000, True),
        (Product.CANVAS, 1, True),  # it does not say of how much
    ],
)
def test_b8_and_br13_a_budget_is_known_where_no_answer_tells_it(
    process, platform, product, remaining, goes_on
):
    client = process(product)

    granted(client, platform, remaining)

    assert is_asked(client, platform) is goes_on


@pytest.mark.parametrize("remaining", ["", "many", "-5", "1e999"])
def test_nonsense_in_a_header_slows_nothing_down(process, platform, remaining):
    client = process()
    headers = {"X_Rate_Limit_Remaining": remaining, "X_Rate_Limit_Limit": "0"}
    platform.instead("/thing", X_Rate_Limit_Reset="60", **headers)
    ask(client)

    assert is_asked(client, platform)


def test_people_can_see_what_is_left(process, platform, database, frozen_clock):
    client = process(Product.BLACKBOARD)
    granted(client, platform, 9000)
    granted(client, platform, 8990)  # too soon to be worth a write
    row = told(database, client)
    assert (row.budget, row.remaining) == (10_000, 9000)

    frozen_clock.tick(minutes=2)
    granted(client, platform, 8980)

    assert told(database, client).remaining == 8980


def test_only_one_has_the_turn_until_it_is_given_back(process, platform, database, frozen_clock):
    client = process()
    throttle(client, platform)
    number = client.tool.registration_id
    frozen_clock.tick(seconds=11)
    with database.transaction() as db:
        assert slow_registrations(db) == [number]
        turn = take_turn(db, number, 60)
    with database.transaction() as db:
        assert take_turn(db, number, 60) is None
        assert slow_registrations(db) == []
        assert turn is not None
        give_back(db, number, turn)
        assert take_turn(db, number, 60) is not None


def test_the_turn_of_a_process_that_died_ends_by_itself(process, platform, database, frozen_clock):
    client = process()
    throttle(client, platform)
    frozen_clock.tick(seconds=11)
    with database.transaction() as db:
        take_turn(db, client.tool.registration_id, 60)

    frozen_clock.tick(seconds=61)

    with database.transaction() as db:
        assert take_turn(db, client.tool.registration_id, 60) is not None


@pytest.mark.parametrize(("product", "minutes"), [(Product.CANVAS, 5), (Product.BRIGHTSPACE, 1)])
def test_after_a_calm_while_it_is_asked_freely_again(
    process, platform, database, frozen_clock, product, minutes
):
    throttle(process(product), platform)

    frozen_clock.tick(seconds=11 + minutes * 60)

    with database.transaction() as db:
        assert slow_registrations(db) == []


def test_a_refusal_stays_a_refusal(process, platform):
    platform.instead("/thing", 403, b"not yours")

    with pytest.raises(PlatformRefused):
        process().call("GET", f"{LMS}/thing", [Scope.SCORE], headers={"Accept": "x/y"})


def test_a_rest_is_told_with_what_is_left_of_it(process, platform, frozen_clock):
    client = process()
    throttle(client, platform, Retry_After="120")
    frozen_clock.tick(seconds=20)

    with pytest.raises(PlatformUnavailable) as caught:
        ask(client)

    assert caught.value.retry_after_seconds == 100
