"""A platform in a process of its own: key set, token, roster pages; counts what it is asked.

    python -m benchmarks.platform_stub PORT KEYFILE

It keeps connections open and prepares its answers once, so that it costs next to nothing beside
what is measured. ``/counts`` says how often each first part of a path was asked for.
"""

import asyncio
import base64
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from benchmarks.measuring import Server, free_port, serve

KID = "benchmark-key"
SLOW_SECONDS = 0.05  # what anything under ``/slow`` takes
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"


@contextmanager
def serve_platform(folder: Path) -> Iterator[tuple[Server, RSAPrivateKey]]:
    """The stub, and the key whose public half it publishes."""
    file, port = folder / "platform.pem", free_port()
    key = make_key(file)
    module = [sys.executable, "-m", "benchmarks.platform_stub", str(port), str(file)]
    with serve(module, port) as server:
        yield server, key


def make_key(file: Path) -> RSAPrivateKey:
    """A new key, kept in ``file`` for another process to read."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(encoding, form, plain))
    return key


def key_set(key: RSAPrivateKey) -> bytes:
    """What ``/jwks`` answers."""
    numbers = key.public_key().public_numbers()
    public = {"n": _base64url(numbers.n), "e": _base64url(numbers.e)}
    entry = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KID, **public}
    return json.dumps({"keys": [entry]}).encode()


def member(number: int) -> dict[str, object]:
    """One person of the roster."""
    role = "Instructor" if number % 20 == 0 else "Learner"
    given, family = f"Given{number}", f"Family{number}"
    return {
        "status": "Active",
        "name": f"{given} {family}",
        "given_name": given,
        "family_name": family,
        "email": f"person{number}@example.edu",
        "user_id": f"person-{number:08d}",
        "lis_person_sourcedid": f"sis:{number}",
        "roles": [f"{MEMBERSHIP}#{role}"],
    }


@cache
def roster_page(total: int, limit: int, page: int) -> bytes:
    """Members of one page as JSON."""
    numbers = range((page - 1) * limit, min(page * limit, total))
    context = {"id": "course-1", "label": "C1", "title": "Course"}
    members = [member(number) for number in numbers]
    return json.dumps({"id": "roster", "context": context, "members": members}).encode()


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Stub(asyncio.Protocol):
    """One connection."""

    counts: ClassVar[Counter[str]] = Counter()
    keys: ClassVar[bytes] = b"{}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end].decode("latin-1")
            fields = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
            }
            whole = end + 4 + int(fields.get("content-length", 0))
            if len(self._read) < whole:
                return
            self._read = self._read[whole:]
            self._answer(head.split(" ", 2)[1], fields)

    def _answer(self, target: str, fields: dict[str, str]) -> None:
        address = urlsplit(target)
        kind = address.path.strip("/").partition("/")[0]
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if kind != "counts":
            self.counts[kind] += 1
        link = ""
        if kind == "jwks":
            body = self.keys
        elif kind == "token":
            body = b'{"access_token":"benchmark","token_type":"bearer","expires_in":3600}'
        elif kind == "roster":
            total, limit, page = (int(asked[name]) for name in ("total", "limit", "page"))
            body = roster_page(total, limit, page)
            if page * limit < total:
                more = f"http://{fields['host']}/roster?total={total}&limit={limit}&page={page + 1}"
                link = f'Link: <{more}>; rel="next"\r\n'
        elif kind == "counts":
            body = json.dumps(self.counts).encode()
        else:
            body = b"{}"
        closes = fields.get("connection", "").lower() == "close"
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"{link}Connection: {'close' if closes else 'keep-alive'}\r\n\r\n"
        )
        say = partial(self._say, head.encode() + body, closes=closes)
        if kind == "slow":
            asyncio.get_running_loop().call_later(SLOW_SECONDS, say)
        else:
            say()

    def _say(self, answer: bytes, *, closes: bool) -> None:
        self._transport.write(answer)
        if closes:
            self._transport.close()


async def _run(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Stub, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    loaded = serialization.load_pem_private_key(Path(sys.argv[2]).read_bytes(), None)
    assert isinstance(loaded, RSAPrivateKey)
    Stub.keys = key_set(loaded)
    asyncio.run(_run(int(sys.argv[1])))
