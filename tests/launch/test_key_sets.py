"""How often platforms are asked for their keys, and which keys hold."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import false, select

from lti_mentoring.core import clock
from lti_mentoring.core.errors import LaunchRefused
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import generate_rsa, public_jwk
from lti_mentoring.launch.key_sets import KeySets, parse
from lti_mentoring.models import PlatformKeySet
from tests.launch.lms import KID, KeySetServer

URL = "https://lms.test/jwks"


class Process:
    """One process of the tool, as far as keys are concerned."""

    def __init__(self, settings, database, server):
        http = Client(settings.outgoing, "tests")
        http.mount("https://", server.adapter)
        self.database = database
        self.sets = KeySets(database, http, settings.launching)

    def key(self, kid=KID):
        """As a launch asks: with the date of the stored set, which it has read anyway."""
        with self.database.reading() as db:
            row = db.get(PlatformKeySet, URL)
        return self.sets.key(URL, kid, row.fetched_at if row else None).key

    def refusal(self, kid=KID):
        with pytest.raises(LaunchRefused) as refused:
            self.key(kid)
        return refused.value.code


@pytest.fixture
def server(platform_key):
    return KeySetServer(platform_key)


@pytest.fixture
def process(settings, database, server, frozen_clock):
    return Process(settings, database, server)


@pytest.fixture
def other_process(settings, database, server):
    return Process(settings, database, server)


def test_a_warm_key_costs_no_call(process, server, platform_key):
    process.key()

    for _ in range(50):
        assert process.key().public_numbers() == platform_key.public_key().public_numbers()

    assert server.calls == 1


def test_a_hundred_cold_launches_at_once_cost_one_call(process, server):
    start = threading.Barrier(20)

    def ask(number):
        if number < 20:
            start.wait()
        return process.sets.key(URL, KID, None)

    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(ask, range(100)))

    assert (len(found), server.calls) == (100, 1)


def test_a_thousand_forged_key_ids_in_a_minute_cost_two_calls(process, server, frozen_clock):
    for number in range(1000):
        assert process.refusal(f"forged-{number}") == "key"
        frozen_clock.tick(milliseconds=59)

    assert server.calls <= 2
    assert process.key() is not None


def test_forged_key_ids_are_limited_over_all_processes(process, other_process, server):
    process.key()
    other_process.key()
    assert server.calls == 1

    for number in range(50):
        process.refusal(f"forged-{number}")
        other_process.refusal(f"forged-{number}")

    assert server.calls == 1


def test_a_new_key_is_found_by_one_more_call(process, server, frozen_clock):
    process.key()
    frozen_clock.tick(minutes=5)
    fresh = generate_rsa()
    server.document = {"keys": [public_jwk("new", fresh)]}

    assert process.key("new").public_numbers() == fresh.public_key().public_numbers()

    assert server.calls == 2


def test_a_withdrawn_key_stops_with_the_next_set(process, server, platform_key, frozen_clock):
    process.key()
    server.document = {"keys": [public_jwk("new", platform_key)]}
    frozen_clock.tick(minutes=5)
    process.key("new")

    assert process.refusal() == "key"


def test_a_withdrawn_key_stops_in_the_other_processes_too(
    process, other_process, server, platform_key, frozen_clock
):
    process.key()
    other_process.key()
    server.document = {"keys": [public_jwk("new", platform_key)]}
    frozen_clock.tick(minutes=5)
    process.key("new")

    assert other_process.refusal() == "key"
    assert server.calls == 2


def test_an_old_set_is_read_again_after_its_time(process, server, frozen_clock, settings):
    process.key()
    frozen_clock.tick(hours=settings.launching.key_set_hours, seconds=1)

    process.key()

    assert server.calls == 2


def test_a_platform_that_is_down_does_not_stop_known_keys(process, server, frozen_clock):
    process.key()
    server.status = "503 Service Unavailable"
    frozen_clock.tick(days=1)

    assert process.key() is not None
    assert process.key() is not None
    assert server.calls == 2  # and it is not asked again at every launch


def test_a_platform_that_stays_down_for_a_week_is_trusted_no_more(
    process, other_process, server, frozen_clock, settings
):
    process.key()
    server.status = "503 Service Unavailable"
    days = settings.launching.key_set_stale_days
    frozen_clock.tick(days=days, seconds=-1)
    assert process.key() is not None

    frozen_clock.tick(seconds=1)

    assert process.refusal() == other_process.refusal() == "key-set"
    server.status = "200 OK"
    frozen_clock.tick(minutes=1)
    assert process.key() is not None


def test_while_one_renews_the_others_go_on_with_the_old_set(process, server, frozen_clock):
    process.key()
    frozen_clock.tick(days=1)
    address = process.sets._addresses[URL]

    with address.turn:
        assert process.key() is not None

    assert server.calls == 1


def test_a_platform_that_was_never_reached_is_asked_again_later(process, server, frozen_clock):
    server.status = "500 Internal Server Error"
    assert process.refusal() == "key-set"
    assert process.refusal() == "key-set"
    assert server.calls == 1
    server.status = "200 OK"
    frozen_clock.tick(seconds=31)

    assert process.key() is not None


def test_a_process_that_knows_nothing_may_ask_though_another_just_failed(
    process, other_process, server
):
    server.status = "500 Internal Server Error"
    process.refusal()
    server.status = "200 OK"

    assert other_process.key() is not None


@pytest.mark.parametrize(
    "document", [{}, [], {"keys": None}, {"keys": {}}, None, 1, b"", b"<html>", b"[" * 100_000]
)
def test_a_key_set_of_another_shape_is_no_key_set(process, server, document):
    server.document = document

    assert process.refusal() == "key-set"


def test_a_key_set_without_end_is_no_key_set(process, server):
    server.document = {"keys": [], "rest": "x" * 300_000}

    assert process.refusal() == "key-set"


def test_unusable_keys_are_left_out(platform_key):
    good = public_jwk("good", platform_key)
    small = {**good, "kid": "small", "n": "u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7on"}
    document = {
        "keys": [
            None, "x", {}, small, good,
            {**good, "kid": 7}, {**good, "kid": "ec", "kty": "EC"},
            {**good, "kid": "e", "use": "enc"},
            {**good, "kid": "hs", "alg": "HS256"}, {**good, "kid": "n", "n": 7},
            {**good, "kid": "none", "n": None}, {**good, "kid": "private", "d": "AQAB"},
            {**good, "n": "AQAB"},
        ]
    }  # fmt: skip

    assert list(parse(document)) == ["good"]
    assert parse({"keys": None}) == {}


def test_what_a_database_cannot_keep_is_left_out(process, server, platform_key):
    good = public_jwk(KID, platform_key)
    odd = [{"kid": "a\x00b"}, {"kid": "\ud800"}, "text", {**good, "x": "\x00"}]
    server.document = {"keys": [*odd, good]}

    assert process.key() is not None
    assert process.refusal("a\x00b") == "key"


def test_a_number_that_is_none_is_left_out(process, server, platform_key):
    good = public_jwk(KID, platform_key)
    text = '{"keys": [{"kid": "nan", "x": NaN}, %s]}'
    server.document = (text % json.dumps(good)).encode()

    assert process.key() is not None


def test_of_two_processes_that_write_the_first_row_the_other_goes_on(
    process, other_process, monkeypatch
):
    """Both found no row; the slower one meets the faster one's."""
    process.key()
    monkeypatch.setattr("lti_mentoring.launch.key_sets._ROW", select(PlatformKeySet).where(false()))

    assert other_process.sets._claim(URL, clock.now()) is False
