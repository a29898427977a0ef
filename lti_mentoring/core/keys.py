"""Secrets and signatures: encryption at rest, digests, RSA keys and the tokens they sign.

Parsing a private key costs 50 ms and more (OpenSSL checks it each time), signing with a
parsed one less than one; so parsed keys are kept, by key id, as long as the process lives.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALGORITHM = "RS256"  # the one that every platform takes (LTI Security 1.0, 6.1)
KEY_BITS = 2048
PURPOSE = b"lti-mentoring: secrets at rest"

_parsed: dict[str, RSAPrivateKey] = {}
_parsing = threading.Lock()


class Unreadable(ValueError):
    """Something was encrypted with a secret key that is not in the settings any more."""


class SecretBox:
    """Encrypts short texts for the database; what ``previous`` encrypted can still be read."""

    def __init__(self, current: str, previous: str = "") -> None:
        keys = [_derive(secret) for secret in (current, previous) if secret]
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, text: str) -> str:
        """``text`` as a Fernet token."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """What was encrypted.

        Raises:
            Unreadable: if it was encrypted with a secret that we do not have.
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise Unreadable(
                "encrypted with another secret key; set secret_key_previous to the old one"
            ) from error


@dataclass(frozen=True)
class Signer:
    """A private key with its id."""

    kid: str
    private_key: RSAPrivateKey

    def sign(self, claims: Mapping[str, Any]) -> str:
        """``claims`` as a signed JSON Web Token that names the key."""
        return jwt.encode(
            dict(claims), self.private_key, algorithm=ALGORITHM, headers={"kid": self.kid}
        )


def digest(text: str) -> str:
    """SHA-256 of ``text`` in hexadecimal: how secrets that we only compare are stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(text: str) -> str:
    """128 bits of SHA-256 in hexadecimal, of any text: enough to tell whether two are the same."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def new_secret() -> str:
    """256 random bits, fit for addresses and headers."""
    return secrets.token_urlsafe(32)


def generate_rsa() -> RSAPrivateKey:
    """A fresh private key."""
    return generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def to_pem(private_key: RSAPrivateKey) -> str:
    """The key as unencrypted PKCS #8; encrypt the text before it is stored."""
    return private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_jwk(kid: str, private_key: RSAPrivateKey) -> dict[str, Any]:
    """The public half, as it stands in a key set. Holds no private member."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private_key.public_key()))
    return {
        "kty": "RSA",
        "kid": kid,
        "use": "sig",
        "alg": ALGORITHM,
        "n": public["n"],
        "e": public["e"],
    }


def parsed_key(kid: str, read_pem: Callable[[], str]) -> RSAPrivateKey:
    """The private key ``kid``, parsed once per process; ``read_pem`` is called only then."""
    known = _parsed.get(kid)
    if known is not None:
        return known
    with _parsing:
        if kid not in _parsed:
            key = serialization.load_pem_private_key(read_pem().encode(), password=None)
            if not isinstance(key, RSAPrivateKey):
                raise TypeError(f"key {kid} is no RSA key")
            _parsed[kid] = key
        return _parsed[kid]


def _derive(secret: str) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE)
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))
