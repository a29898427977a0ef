"""Logins and launches come in as fast as a lecture hall opens them, and no faster."""

import time
from statistics import median

import pytest
from werkzeug.test import Client as Browser

from lti_mentoring.app import create_app
from lti_mentoring.launch.throttle import OwnCounts, Throttle, TooMany, network_of
from lti_mentoring.models import Activity, RefusedLaunch, UsedState
from lti_mentoring.settings import Launches
from tests.launch.lms import TARGET, TOOL, make_house

HALL = "203.0.113.7"
FIELDS = {
    "iss": "https://lms.test",
    "client_id": "client-1",
    "login_hint": "hint-1",
    "target_link_uri": TARGET,
}
MOST_CPU_MILLISECONDS = 0.05


def limited(settings, **limits):
    """The settings with other limits."""
    return settings.model_copy(update={"limits": settings.limits.model_copy(update=limits)})


@pytest.fixture
def narrow(settings, database, platform_key, frozen_clock):
    """A tool that lets three in from an address, and five for a registration."""
    ours = limited(settings, per_address=3, per_registration=5)
    return make_house(ours, database, platform_key)


def login(house, address=HALL, **changes):
    """The answer to a login from ``address``."""
    return house.browser().post(
        "/lti/login",
        data={**FIELDS, **changes},
        base_url=TOOL,
        environ_base={"REMOTE_ADDR": address},
    )


def launch(house, begun, address=HALL):
    token = house.lms.sign(house.lms.claims(begun.nonce))
    return begun.client.post(
        "/lti/launch",
        data={"state": begun.state, "id_token": token},
        base_url=TOOL,
        environ_base={"REMOTE_ADDR": address},
    )


def test_a_lecture_hall_behind_one_address_comes_in_within_a_minute(settings):
    throttle = Throttle(settings)
    came_in = 0

    for step in ("login", "launch", "finish"):
        for _learner in range(600):
            throttle.address(step, HALL)
            throttle.registration(step, 1)
            came_in += 1

    assert came_in == 3 * 600


def test_one_login_too_many_is_told_calmly_when_to_try_again(narrow, frozen_clock):
    for _ in range(3):
        assert login(narrow).status_code == 200
    frozen_clock.tick(seconds=15)

    refused = login(narrow)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "45")
    assert "Open the activity again from your course in 45 seconds." in refused.text
    assert "code busy" in refused.text
    assert refused.headers["Cache-Control"] == "no-store"


def test_others_come_in_all_the_while_and_everybody_after_a_minute(narrow, frozen_clock):
    for _ in range(4):
        login(narrow)

    assert login(narrow, "203.0.113.8").status_code == 200
    frozen_clock.tick(seconds=60)
    assert login(narrow).status_code == 200


def test_a_registration_has_its_share_wherever_the_logins_come_from(narrow):
    for number in range(5):
        assert login(narrow, f"203.0.113.{number}").status_code == 200

    assert login(narrow, "203.0.113.99").status_code == 429
    assert login(narrow, "203.0.113.99", client_id="unknown").status_code == 400


def test_launches_are_counted_apart_from_logins(narrow):
    begun = [narrow.login() for _ in range(3)]
    assert [launch(narrow, each).status_code for each in begun] == [303, 303, 303]

    assert launch(narrow, begun[0]).status_code == 429


def test_launches_of_a_registration_have_their_limit_too(narrow):
    tool = narrow.tool.extensions["mentoring"].throttle
    begun = narrow.login()
    for _ in range(5):
        tool.registration("launch", narrow.lms.registration_id)

    assert launch(narrow, begun).status_code == 429
    assert narrow.rows(UsedState) == []


def test_the_second_step_without_cookies_is_limited_too(narrow):
    answers = [
        narrow.browser().post("/lti/finish", data={"code": "x", "secret": "y"}, base_url=TOOL)
        for _ in range(4)
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]


def test_a_flood_writes_nothing_and_logs_one_line_without_an_address(narrow, statements, caplog):
    for _ in range(3):
        login(narrow)
    before = len(narrow.rows(Activity))
    caplog.clear()

    with statements(narrow.database) as seen:
        for _ in range(50):
            login(narrow)

    assert {statement.split()[0] for statement in seen} == {"SELECT"}  # whose frames may show it
    assert len(narrow.rows(Activity)) == before
    assert narrow.rows(RefusedLaunch) == []
    assert [record.message for record in caplog.records] == ["too many launches within a minute"]
    assert HALL not in str(vars(caplog.records[0]))


@pytest.mark.parametrize(
    ("proxies", "said", "statuses"),
    [
        # Nobody's word is taken: the four are one address, whatever they say.
        (0, "198.51.100.{}", [200, 200, 200, 429]),
        # One proxy: what it has put last counts, not what a browser has put before.
        (1, "198.51.100.{}", [200, 200, 200, 200]),
        (1, "198.51.100.{}, 192.0.2.1", [200, 200, 200, 429]),
        (2, "198.51.100.{}, 192.0.2.1", [200, 200, 200, 200]),
    ],
)
def test_an_address_comes_from_as_many_proxies_as_the_settings_say(
    settings, narrow, proxies, said, statuses
):
    ours = limited(settings, per_address=3).model_copy(update={"trusted_proxies": proxies})
    tool = create_app(ours, database=narrow.database)

    answers = [
        Browser(tool).post(
            "/lti/login",
            data=FIELDS,
            base_url=TOOL,
            headers={"X-Forwarded-For": said.format(number), "X-Forwarded-Host": "evil.test"},
        )
        for number in range(4)
    ]

    assert [answer.status_code for answer in answers] == statuses
    assert not any("evil.test" in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1%eth0", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("rub:bish", "unknown"),
        (None, "unknown"),
        ("", "unknown"),
    ],
)
def test_who_has_many_addresses_counts_as_one_network(address, network):
    assert network_of(address) == network


def test_a_flood_from_everywhere_does_not_fill_the_memory(frozen_clock, monkeypatch):
    monkeypatch.setattr("lti_mentoring.launch.throttle.MOST_KEYS", 100)
    counts = OwnCounts()

    for number in range(1000):
        counts.add(f"login:address:{number}")

    assert len(counts._counts) <= 101


def test_a_clock_that_was_put_back_locks_nobody_out(settings, frozen_clock):
    throttle = Throttle(limited(settings, per_address=1))
    throttle.address("login", HALL)
    frozen_clock.tick(days=-1)

    throttle.address("login", HALL)

    with pytest.raises(TooMany):
        throttle.address("login", HALL)


def test_counting_costs_next_to_nothing(settings):
    throttle = Throttle(limited(settings, per_address=10**6, per_registration=10**6))

    def launches(count):
        began = time.process_time()
        for _ in range(count):
            for step in ("login", "launch"):
                throttle.address(step, HALL)
                throttle.registration(step, 1)
        return (time.process_time() - began) / count * 1000

    assert median(launches(400) for _ in range(5)) < MOST_CPU_MILLISECONDS


def test_the_store_is_redis_or_nothing():
    with pytest.raises(ValueError, match="store_url"):
        from_settings("memcached://x")
    assert from_settings("").store_url == ""


def from_settings(store_url):
    return Launches(per_address=1, per_registration=1, store_url=store_url)
