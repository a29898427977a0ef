"""The tool's own signing keys, and the key set that platforms fetch (LTI-05, LTI-06).

A key is published before it signs, and stays published after it was retired for as long as
platforms may still hold what it signed.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotFound
from lti_mentoring.core.keys import (
    SecretBox,
    Signer,
    generate_rsa,
    new_secret,
    parsed_key,
    public_jwk,
    to_pem,
)
from lti_mentoring.models import ToolKey
from lti_mentoring.vocabulary import KeyState

PUBLISHED_FOR = timedelta(days=1)
RETIRED_KEPT = timedelta(days=30)
KID_LENGTH = 16


def ensure_signing_key(db: Session, box: SecretBox) -> ToolKey:
    """The key that signs; makes one if there is none."""
    return _signing_key(db) or _add_key(db, box, KeyState.SIGNING)


def signer(db: Session, box: SecretBox) -> Signer:
    """What signs in the tool's name. Parses the key once per process.

    Raises:
        NotFound: if there is no key yet.
        Unreadable: if the secret key has changed.
    """
    key = _signing_key(db)
    if key is None:
        raise NotFound("signing key")
    pem = key.private_pem_encrypted
    return Signer(kid=key.kid, private_key=parsed_key(key.kid, lambda: box.decrypt(pem)))


def public_key_set(db: Session) -> dict[str, Any]:
    """The public keys that platforms may need: coming, signing, and retired lately."""
    keys = list_keys(db)
    listed = [key for key in keys if key.state != KeyState.RETIRED or _retired_lately(key, keys)]
    return {"keys": [key.public_jwk for key in listed]}


def list_keys(db: Session) -> list[ToolKey]:
    """Every key, the newest first."""
    return list(db.scalars(select(ToolKey).order_by(ToolKey.created_at.desc(), ToolKey.kid)))


def rotate(db: Session, box: SecretBox, *, at_once: bool = False) -> ToolKey:
    """Take one step: publish a new key, or let the one that is published begin to sign.

    Platforms keep key sets for hours, so a day lies between the two steps (LTI-05); ``at_once``
    is for a key that somebody else has got hold of.

    Raises:
        Conflict: if the day is not over.
    """
    coming = db.scalar(select(ToolKey).where(ToolKey.state == KeyState.PUBLISHED))
    if coming is None:
        return _add_key(db, box, KeyState.PUBLISHED)
    ready_at = signs_from(coming)
    if clock.now() < ready_at and not at_once:
        raise Conflict(f"the new key may sign from {ready_at:%Y-%m-%d %H:%M} UTC on")
    signing = _signing_key(db)
    if signing is not None:
        signing.state = KeyState.RETIRED
    coming.state = KeyState.SIGNING
    db.flush()
    return coming


def signs_from(coming: ToolKey) -> datetime:
    """When a published key has been there long enough for every platform to have read it."""
    return coming.created_at + PUBLISHED_FOR


def _signing_key(db: Session) -> ToolKey | None:
    newest = ToolKey.created_at.desc()
    return db.scalar(
        select(ToolKey).where(ToolKey.state == KeyState.SIGNING).order_by(newest).limit(1)
    )


def _add_key(db: Session, box: SecretBox, state: KeyState) -> ToolKey:
    private = generate_rsa()
    kid = new_secret()[:KID_LENGTH]
    key = ToolKey(
        kid=kid,
        private_pem_encrypted=box.encrypt(to_pem(private)),
        public_jwk=public_jwk(kid, private),
        state=state,
        created_at=clock.now(),
    )
    db.add(key)
    db.flush()  # the next question is which key signs
    return key


def _retired_lately(key: ToolKey, keys: list[ToolKey]) -> bool:
    """A key is retired when a newer one has come; the next newer one's age tells how long ago."""
    successors: list[datetime] = [k.created_at for k in keys if k.created_at > key.created_at]
    return not successors or min(successors) > clock.now() - RETIRED_KEPT
