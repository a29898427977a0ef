"""A browser reduced to what is measured: one connection a request, cookies, login and launch."""

import gzip
import html
import json
import re
import socket
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import brotli
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from benchmarks.platform_stub import KID
from benchmarks.world import CLIENT_ID, DEPLOYMENT_ID, Person

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2"
T = TypeVar("T")
DRIVERS = 4  # processes that drive many clients, so that the driver is not the bottleneck


@dataclass(frozen=True)
class Answer:
    """What came back; ``wire_bytes`` is everything, the head included."""

    status: int
    headers: dict[str, str]
    body: bytes
    wire_bytes: int


@dataclass
class Browser:
    """Requests to one server, with the cookies that it set."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    encodings: str = "gzip, deflate, br"

    def get(self, path: str) -> Answer:
        """The answer, whatever its status; redirects are not followed."""
        return self._ask("GET", path, b"")

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """The same for a form."""
        return self._ask("POST", path, urlencode(fields).encode())

    def _ask(self, method: str, path: str, body: bytes) -> Answer:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Connection: close",
            "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Language: en",
            f"Accept-Encoding: {self.encodings}",
        ]
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            lines.append(f"Cookie: {pairs}")
        if method == "POST":
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        with socket.create_connection(("127.0.0.1", self.port), 60) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            pieces = []
            while piece := connection.recv(65536):
                pieces.append(piece)
        return self._read(b"".join(pieces))

    def _read(self, raw: bytes) -> Answer:
        head, _, body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                self._keep(value.strip())
            else:
                headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            body = _joined(body)
        return Answer(int(lines[0].split(" ", 2)[1]), headers, body, len(raw))

    def _keep(self, cookie: str) -> None:
        pair, _, rest = cookie.partition(";")
        name, _, value = pair.partition("=")
        if "max-age=0" in rest.lower():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


@dataclass(frozen=True)
class Begun:
    """A login that was made, with the token that its platform will post."""

    browser: Browser
    state: str
    token: str


@dataclass(frozen=True)
class Launched:
    """How a launch went."""

    seconds: float
    status: int  # of the page in the end
    requests: int
    told: str  # the page's beginning, where it is not what it should be


def begin(port: int, issuer: str, person: Person, key: RSAPrivateKey, kid: str = KID) -> Begun:
    """Log in and sign the token; none of it is on the clock."""
    browser = Browser(port)
    target = f"http://127.0.0.1:{port}/lti/launch"
    answer = browser.post(
        "/lti/login",
        {
            "iss": issuer,
            "client_id": CLIENT_ID,
            "lti_deployment_id": DEPLOYMENT_ID,
            "login_hint": person.subject,
            "lti_message_hint": "1",
            "target_link_uri": target,
        },
    )
    address = answer.headers.get("location") or _next_address(answer)
    asked = parse_qs(urlsplit(address).query)
    message = claims(issuer, target, person, asked["nonce"][0])
    token = jwt.encode(message, key, algorithm="RS256", headers={"kid": kid})
    return Begun(browser, asked["state"][0], token)


def launch(begun: Begun) -> Launched:
    """Post the token and follow to the page, as a browser does."""
    began = time.perf_counter()
    fields = {"id_token": begun.token, "state": begun.state}
    answer, requests = begun.browser.post("/lti/launch", fields), 1
    while answer.status in {302, 303} and requests < 4:
        answer, requests = begun.browser.get(answer.headers["location"]), requests + 1
    seconds = time.perf_counter() - began
    told = "" if answer.status == 200 else answer.body[:300].decode("latin-1")
    return Launched(seconds, answer.status, requests, told)


def launch_together(begun: list[Begun], clients: int) -> tuple[list[Launched], float]:
    """The same for many, by ``clients`` at a time, and how many seconds it took."""
    shares = [begun[number::DRIVERS] for number in range(DRIVERS)]
    with ProcessPoolExecutor(DRIVERS, mp_context=get_context("fork")) as drivers:
        list(drivers.map(time.sleep, [0.05] * DRIVERS))  # all are there before the clock starts
        each = [max(1, clients // DRIVERS)] * DRIVERS
        done = list(drivers.map(_drive, shares, each))
    first, last = min(each[1] for each in done), max(each[2] for each in done)
    return [launched for share in done for launched in share[0]], last - first


def _drive(share: list[Begun], clients: int) -> tuple[list[Launched], float, float]:
    began = time.monotonic()  # one clock for all processes
    with ThreadPoolExecutor(clients) as threads:
        launched = list(threads.map(launch, share))
    return launched, began, time.monotonic()


def in_parallel(work: Callable[[int], T], count: int, threads: int) -> list[T]:
    """``work(0) … work(count - 1)``, so many at a time."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))


def claims(issuer: str, target: str, person: Person, nonce: str) -> dict[str, object]:
    """A message of the usual size: what Moodle sends, in its order of magnitude."""
    now, course = int(time.time()), f"{issuer}/courses/{person.context_id}"
    return {
        "iss": issuer,
        "aud": CLIENT_ID,
        "azp": CLIENT_ID,
        "sub": person.subject,
        "iat": now - 2,
        "exp": now + 3600,
        "nonce": nonce,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.name.partition(" ")[2],
        "email": person.email,
        "locale": "en",
        f"{CLAIM}message_type": "LtiResourceLinkRequest",
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}deployment_id": DEPLOYMENT_ID,
        f"{CLAIM}target_link_uri": target,
        f"{CLAIM}resource_link": {
            "id": person.link_id,
            "title": "Mentoring",
            "description": "Find a mentor, set a goal, and meet. " * 2,
        },
        f"{CLAIM}context": {
            "id": person.context_id,
            "label": "ST1",
            "title": "Statistics I",
            "type": [f"{ROLE}/course#CourseSection"],
        },
        f"{CLAIM}roles": [
            f"{ROLE}/institution/person#Student",
            f"{ROLE}/membership#Learner",
            f"{ROLE}/system/person#User",
        ],
        f"{CLAIM}tool_platform": {
            "guid": "benchmark" * 4,
            "name": "Benchmark",
            "product_family_code": "moodle",
            "version": "2024100700",
        },
        f"{CLAIM}launch_presentation": {
            "document_target": "iframe",
            "return_url": f"{issuer}/return",
            "locale": "en",
        },
        f"{CLAIM}lis": {"person_sourcedid": f"sis-{person.subject}"},
        f"{CLAIM}custom": {"context_history": "", "resource_history": ""},
        f"{AGS}claim/endpoint": {
            "scope": [f"{AGS}scope/lineitem", f"{AGS}scope/score"],
            "lineitems": f"{course}/lineitems",
            "lineitem": f"{course}/lineitems/1/lineitem",
        },
        NRPS: {
            "context_memberships_url": f"{course}/memberships",
            "service_versions": ["2.0"],
        },
    }


def platform_counts(port: int) -> dict[str, int]:
    """What the platform has been asked for so far."""
    counted: dict[str, int] = json.loads(Browser(port).get("/counts").body)
    return counted


def _next_address(answer: Answer) -> str:
    """Where the login's page sends the browser."""
    page = unpacked(answer).decode()
    found = re.search(r'data-next="([^"]+)"', page)
    if found is None:
        raise RuntimeError(f"the login answered {answer.status}: {page[:500]}")
    return html.unescape(found[1])


def unpacked(answer: Answer) -> bytes:
    """The content as it was before it was compressed."""
    encoding = answer.headers.get("content-encoding", "")
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding, bytes)
    return unpack(answer.body)


def _joined(chunked: bytes) -> bytes:
    """The body of an answer that came in chunks."""
    joined = b""
    while chunked:
        size, _, rest = chunked.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        joined, chunked = joined + rest[:length], rest[length + 2 :]
        if not length:
            break
    return joined
