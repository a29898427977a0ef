"""The platform's signing keys: one that signs, and those still published."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_BITS = 2048


def new_key() -> rsa.RSAPrivateKey:
    """A fresh key; takes about a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


@cache
def process_key() -> rsa.RSAPrivateKey:
    """The key every sandbox of this process starts with."""
    return new_key()


class SigningKeys:
    """Signs with the newest key and publishes the retired ones until they are withdrawn."""

    def __init__(self, first: rsa.RSAPrivateKey | None = None) -> None:
        self._keys = [first or process_key()]

    @property
    def current(self) -> rsa.RSAPrivateKey:
        """The key that signs."""
        return self._keys[0]

    @property
    def kid(self) -> str:
        """The id of the key that signs."""
        return key_id(self.current)

    def rotate(self, *, withdraw_old: bool = False) -> None:
        """Sign with a new key from now on; the old one stays published unless withdrawn."""
        kept = [] if withdraw_old else self._keys[:1]
        self._keys = [new_key(), *kept]

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The published keys, the signing one first."""
        return {"keys": [{**_members(key), "kid": key_id(key)} for key in self._keys]}

    def sign(self, claims: Mapping[str, object], headers: Mapping[str, str] | None = None) -> str:
        """The claims as a compact RS256 token; ``headers`` are added or replace ours."""
        joined = {"kid": self.kid, **(headers or {})}
        return jwt.encode(dict(claims), self.current, algorithm="RS256", headers=joined)


def key_id(key: rsa.RSAPrivateKey) -> str:
    """The RFC 7638 thumbprint of the public key."""
    members = _members(key)
    required = json.dumps({name: members[name] for name in ("e", "kty", "n")}, sort_keys=True)
    digest = hashlib.sha256(required.replace(" ", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _members(key: rsa.RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "alg": "RS256",
        "use": "sig",
        "n": _base64_integer(numbers.n),
        "e": _base64_integer(numbers.e),
    }


def _base64_integer(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
