"""The one guarded door to the network.

Every request has time limits, a size limit and a name (LTI-125, LTI-126); none follows a
redirect with a token (LTI-129), keeps cookies or uses a proxy. Unless private addresses are
allowed, only https to public addresses is spoken (LTI-08). The check sits where the
connection is made and connects to the very address it checked, so a name that resolves
differently a moment later gains nothing. Not covered by the total time limit: resolving
names, and headers that arrive byte by byte (each byte has the read limit).
"""

import ipaddress
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from lti_mentoring.core.errors import AddressRefused, PlatformUnavailable

PIECE_BYTES = 65_536
MOST_REDIRECTS = 3
SUCCESS = 2  # first digit of the status
USUAL_HEADERS = {"Accept": "*/*", "Accept-Encoding": requests.utils.DEFAULT_ACCEPT_ENCODING}
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

log = logging.getLogger(__name__)


class Limits(Protocol):
    """What the door needs to know; ``settings.Outgoing`` is one."""

    @property
    def allow_private(self) -> bool:
        """Whether private and loopback addresses, and plain http, are spoken to."""
        ...

    @property
    def connect_timeout_seconds(self) -> float:
        """Longest wait for a connection."""
        ...

    @property
    def read_timeout_seconds(self) -> float:
        """Longest wait between two bytes."""
        ...

    @property
    def total_timeout_seconds(self) -> float:
        """Longest time for one answer in all."""
        ...

    @property
    def max_response_bytes(self) -> int:
        """Largest answer, unpacked."""
        ...


@dataclass(frozen=True)
class Answer:
    """What came back, whole. ``headers`` may be asked for in any case; ``url`` is the last one."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        """Whether the status says that it worked."""
        return self.status // 100 == SUCCESS

    def json(self) -> Any:
        """The body as JSON, whatever the content type says (Moodle sends text/html).

        Raises:
            PlatformUnavailable: if it is no JSON.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise PlatformUnavailable("the platform's answer is no JSON") from error


class Client:
    """Makes requests; one for the whole process, used from any thread."""

    def __init__(self, limits: Limits, user_agent: str) -> None:
        self.limits = limits
        self._user_agent = user_agent
        self._mounted: dict[str, BaseAdapter] = {}
        self._local = threading.local()

    def mount(self, prefix: str, adapter: BaseAdapter) -> None:
        """Let ``adapter`` answer for addresses that begin with ``prefix``, without any check.

        This is how tests hand in platforms that live in the same process.
        """
        self._mounted[prefix] = adapter
        self._local = threading.local()  # every thread makes a new session that knows it

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | Mapping[str, str] | None = None,
        json: Any = None,
        follow_redirects: bool = False,
    ) -> Answer:
        """Ask and read the whole answer, whatever its status.

        Args:
            method: such as ``GET``.
            url: absolute.
            headers: sent besides the User-Agent.
            data: bytes as they are, or a mapping to send as a form.
            json: a value to send as compact JSON, as Moodle needs it.
            follow_redirects: on the same host only, and not for requests with a token.

        Raises:
            AddressRefused: if the tool does not talk to this address.
            PlatformUnavailable: if no complete answer came within the limits.
        """
        sent = {"User-Agent": self._user_agent, **USUAL_HEADERS, **(headers or {})}
        body = data
        if json is not None:
            body = _compact(json)
            sent.setdefault("Content-Type", "application/json")
        deadline = time.monotonic() + self.limits.total_timeout_seconds
        answer = self._ask(method, url, sent, body, deadline)
        hops = MOST_REDIRECTS if follow_redirects and "Authorization" not in sent else 0
        while hops and (target := _same_host_target(answer)):
            answer = self._ask("GET", target, sent, None, deadline)
            hops -= 1
        return answer

    def check_address(self, url: str) -> None:
        """Refuse what can be told from the address alone.

        Raises:
            AddressRefused: if it is not https (where that is needed), names no host, or
                carries a password.
        """
        check_address(url, allow_private=self.limits.allow_private)

    def close(self) -> None:
        """Close this thread's connections; those of other threads end with their threads."""
        session = getattr(self._local, "session", None)
        if session is not None:
            session.close()
            del self._local.session

    def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Mapping[str, str] | None,
        deadline: float,
    ) -> Answer:
        if not any(url.startswith(prefix) for prefix in self._mounted):
            self.check_address(url)
        began = time.monotonic()
        try:
            answer = self._send(method, url, headers, body, deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            facts = {"method": method, "host": urlsplit(url).hostname, "why": _why(error)}
            log.info("no answer", extra=facts)
            raise PlatformUnavailable(_why(error)) from error
        if log.isEnabledFor(logging.DEBUG):
            spent = round((time.monotonic() - began) * 1000)
            asked = {"method": method, "host": urlsplit(url).hostname}
            log.debug("asked", extra={**asked, "status": answer.status, "ms": spent})
        return answer

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Mapping[str, str] | None,
        deadline: float,
    ) -> Answer:
        adapter = self._session().get_adapter(url)
        # Not by way of the session: its cookies, logins and proxies cost more than the sending.
        with adapter.send(
            _prepared(method, url, headers, body),
            stream=True,
            timeout=(self.limits.connect_timeout_seconds, self.limits.read_timeout_seconds),
        ) as response:
            content = bytearray()
            for piece in _pieces(response):
                content += piece
                if len(content) > self.limits.max_response_bytes:
                    raise PlatformUnavailable("the platform's answer is too large")
                if time.monotonic() > deadline:
                    raise PlatformUnavailable("the platform's answer took too long")
            return Answer(
                status=response.status_code,
                reason=response.reason or "",
                headers=response.headers,
                body=bytes(content),
                url=url,
            )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False  # no proxies, no .netrc
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            if not self.limits.allow_private:
                session.mount("https://", PublicAdapter())
                session.mount("http://", PublicAdapter())
            for prefix, adapter in self._mounted.items():
                session.mount(prefix, adapter)
            self._local.session = session
        return session


def check_address(url: str, *, allow_private: bool) -> None:
    """Refuse what can be told from the address alone.

    Raises:
        AddressRefused: if it is not https (unless private addresses are allowed), names no
            host, or carries a user's name.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused("this is no address") from error
    schemes = {"https", "http"} if allow_private else {"https"}
    if parts.scheme not in schemes:
        raise AddressRefused(f"the address must begin with {' or '.join(sorted(schemes))}")
    if not host or parts.username is not None:
        raise AddressRefused("the address must name a host, and no user")


def is_public(text: str) -> bool:
    """Whether an IP address is on the public internet, looking through IPv6 disguises of IPv4."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in _faces(address))


def _faces(address: Address) -> Iterator[Address]:
    yield address
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address in NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    inner = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    yield from (each for each in inner if each is not None)


def _public_socket(connection: HTTPConnection) -> socket.socket:
    """Connect to the first address of the host; if any of them is not public, to none."""
    # urllib3 keeps the host as it is asked of the resolver in this attribute.
    name = connection._dns_host
    try:
        found = socket.getaddrinfo(name, connection.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise urllib3.exceptions.NameResolutionError(
            connection.host, connection, socket.gaierror(str(error))
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(is_public(address) for address in addresses):
        raise AddressRefused(f"{connection.host} is not a public address")
    return _connect(connection, addresses)


def _connect(connection: HTTPConnection, addresses: list[str]) -> socket.socket:
    trouble: OSError | None = None
    for address in addresses:
        try:
            return urllib3.util.connection.create_connection(
                (address, connection.port), connection.timeout, connection.source_address
            )
        except OSError as error:
            trouble = error
    if isinstance(trouble, TimeoutError):
        raise urllib3.exceptions.ConnectTimeoutError(connection, "timed out") from trouble
    raise urllib3.exceptions.NewConnectionError(connection, "not reachable") from trouble


class _PublicHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _public_socket(self)


class _PublicHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _public_socket(self)


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTP


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPS


class PublicAdapter(HTTPAdapter):
    """Speaks only with public addresses, checked where the connection is made."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Let pools make connections that check."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PublicHTTPPool,
            "https": _PublicHTTPSPool,
        }


def _prepared(
    method: str, url: str, headers: Mapping[str, str], body: bytes | Mapping[str, str] | None
) -> requests.PreparedRequest:
    """The request as ``requests`` makes it, without looking for cookies and logins."""
    prepared = requests.PreparedRequest()
    prepared.prepare_method(method)
    prepared.prepare_url(url, None)
    prepared.prepare_headers(headers)
    prepared.prepare_body(body, None)
    return prepared


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """The body in pieces as they arrive, so that a dripping answer is noticed."""
    raw = response.raw
    if not isinstance(raw, urllib3.response.HTTPResponse):
        yield from response.iter_content(PIECE_BYTES)
        return
    while piece := raw.read1(PIECE_BYTES, decode_content=True):
        yield piece


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _same_host_target(answer: Answer) -> str | None:
    if answer.status not in {301, 302, 303, 307, 308}:
        return None
    target = urljoin(answer.url, answer.headers.get("Location", ""))
    return target if urlsplit(target)[:2] == urlsplit(answer.url)[:2] else None


def _why(error: Exception) -> str:
    """What went wrong, in words that hold nothing of the request."""
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return "the platform's certificate is not valid"
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return "the platform did not answer in time"
    if isinstance(error, requests.ConnectionError):
        return "the platform cannot be reached"
    return "the platform's answer broke off"
