import gzip
import socket
import threading
import time
from datetime import timedelta

import pytest
from requests.structures import CaseInsensitiveDict
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from lti_mentoring.core.errors import AddressRefused, PlatformUnavailable
from lti_mentoring.core.http import Answer, Client, is_public
from lti_mentoring.core.retry_after import retry_after
from lti_mentoring.settings import Outgoing
from tests.support.canned_platform import LMS, CannedPlatform

NAME = "lti-mentoring/1 (+https://tool.test)"


def limits(**changes):
    return Outgoing(
        **{
            "allow_private": True,
            "connect_timeout_seconds": 2,
            "read_timeout_seconds": 1,
            "total_timeout_seconds": 2,
            "max_response_bytes": 10_000,
            **changes,
        }
    )


@Request.application
def odd_server(request):
    """A server with every bad habit, chosen by the path."""
    match request.path:
        case "/echo":
            return Response(
                f"{request.method} {request.user_agent.string} {request.headers.get('Cookie')} "
                f"{request.content_type} {request.get_data(as_text=True)}",
                headers={"Set-Cookie": "a=b"},
            )
        case "/here":
            return Response(status=302, headers={"Location": "/echo"})
        case "/away" | "/circle":
            target = {"/away": "http://elsewhere.test/", "/circle": "/circle"}[request.path]
            return Response(status=302, headers={"Location": target})
        case "/large":
            return Response(b"x" * 20_000)
        case "/bomb":
            return Response(gzip.compress(b"x" * 1_000_000), headers={"Content-Encoding": "gzip"})
        case "/drip":
            return Response(drip(), content_type="text/plain")
        case "/silent":
            time.sleep(1.5)
    return Response("late")


def drip():
    for _ in range(100):
        time.sleep(0.2)
        yield b"."


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_given):
        pass


@pytest.fixture(scope="module")
def address():
    server = make_server("127.0.0.1", 0, odd_server, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client():
    made = Client(limits(), NAME)
    yield made
    made.close()


pytestmark = pytest.mark.sockets


def test_every_request_says_who_asks(client, address):
    assert (
        b"GET lti-mentoring/1 (+https://tool.test)" in client.request("GET", f"{address}/echo").body
    )


def test_cookies_are_not_kept(client, address):
    client.request("GET", f"{address}/echo")

    assert b" None " in client.request("GET", f"{address}/echo").body


def test_a_form_has_exactly_the_content_type_that_moodle_wants(client, address):
    answer = client.request("POST", f"{address}/echo", data={"a": "b c"})

    assert answer.body.endswith(b" application/x-www-form-urlencoded a=b+c")


def test_json_is_compact(client, address):
    answer = client.request("POST", f"{address}/echo", json={"a": [1, "é"]})

    assert answer.body.decode().endswith(' application/json {"a":[1,"é"]}')


def test_redirects_are_answers(client, address):
    assert client.request("GET", f"{address}/here").status == 302


def test_redirects_are_followed_on_the_same_host_if_asked(client, address):
    answer = client.request("GET", f"{address}/here", follow_redirects=True)

    assert (answer.status, answer.url) == (200, f"{address}/echo")


@pytest.mark.parametrize("path", ["/away", "/circle"])
def test_no_redirect_leads_elsewhere_or_for_ever(client, address, path):
    assert client.request("GET", f"{address}{path}", follow_redirects=True).status == 302


def test_no_redirect_is_followed_with_a_token(client, address):
    token = {"Authorization": "Bearer x"}

    answer = client.request("GET", f"{address}/here", headers=token, follow_redirects=True)

    assert answer.status == 302


@pytest.mark.parametrize("path", ["/large", "/bomb"])
def test_an_answer_that_is_too_large_even_if_only_when_unpacked_is_none(client, address, path):
    with pytest.raises(PlatformUnavailable, match="too large"):
        client.request("GET", f"{address}{path}")


@pytest.mark.slow
def test_a_dripping_answer_frees_its_thread(address):
    client = Client(limits(total_timeout_seconds=0.6), NAME)
    began = time.monotonic()

    with pytest.raises(PlatformUnavailable, match="too long"):
        client.request("GET", f"{address}/drip")

    assert time.monotonic() - began < 3
    client.close()


def test_silence_is_no_answer(client, address):
    with pytest.raises(PlatformUnavailable, match="in time"):
        client.request("GET", f"{address}/silent")


def test_a_closed_door_is_no_answer(client):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(PlatformUnavailable):
        client.request("GET", f"http://127.0.0.1:{port}/")


def resolving_to(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: found)


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.8"], ["93.184.215.14", "192.168.1.1"], ["169.254.169.254"], ["::1"]],
)
def test_a_name_that_leads_inside_is_refused_where_the_connection_is_made(monkeypatch, addresses):
    resolving_to(monkeypatch, *addresses)

    with pytest.raises(AddressRefused, match="not a public address"):
        Client(limits(allow_private=False), NAME).request("GET", "https://lms.example/")


def test_the_connection_goes_to_the_very_address_that_was_checked(monkeypatch):
    resolving_to(monkeypatch, "93.184.215.14")
    tried = []

    def connect(address, *_given):
        tried.append(address)
        raise OSError("unplugged")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)

    with pytest.raises(PlatformUnavailable):
        Client(limits(allow_private=False), NAME).request("GET", "https://lms.example/")

    assert tried == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example/",
        "ftp://lms.example/",
        "https:///path",
        "https://user@lms.example/",
        "https://user:secret@lms.example/",
        "https://lms.example:notaport/",
        "https://[broken/",
        "lms.example",
        "file:///etc/passwd",
    ],
)
def test_only_https_to_a_host_is_spoken(url):
    with pytest.raises(AddressRefused):
        Client(limits(allow_private=False), NAME).request("GET", url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("127.0.0.1", False),
        ("0.1.2.3", False),
        ("100.64.0.1", False),
        ("172.16.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
    ],
)
def test_inside_addresses_are_known_in_every_disguise(address, public):
    assert is_public(address) is public


def test_a_mounted_platform_needs_no_address():
    platform = CannedPlatform()
    platform.answer("/x", 204)
    strict = Client(limits(allow_private=False), NAME)
    strict.mount(LMS, platform)

    assert strict.request("GET", f"{LMS}/x").status == 204


def answer_with(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(429, "", CaseInsensitiveDict(named), b"", "")


def test_a_moment_in_a_rate_limit_header_is_a_duration_from_now(frozen_clock):
    moment = frozen_clock.now + timedelta(minutes=2)

    assert retry_after(answer_with(X_Rate_Limit_Reset=str(moment.timestamp()))) == 120


def test_a_moment_that_has_passed_is_now(frozen_clock):
    assert retry_after(answer_with(Retry_After="Sun, 01 Mar 2026 09:00:00 GMT")) == 0


def test_what_is_no_json_is_said_so():
    with pytest.raises(PlatformUnavailable, match="no JSON"):
        Answer(200, "OK", {}, b"<html>", "").json()
