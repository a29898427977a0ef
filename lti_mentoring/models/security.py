"""Keys, tokens, launches on their way, and sign-ins. Secrets are stored hashed or encrypted."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.core.db import Base
from lti_mentoring.vocabulary import KeyState, SignInState


class ToolKey(Base):
    """One of the tool's own signing keys; the private part encrypted with the secret key."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    private_pem_encrypted: Mapped[str] = mapped_column(Text)
    public_jwk: Mapped[dict[str, Any]]
    state: Mapped[KeyState]
    created_at: Mapped[datetime]


class PlatformKeySet(Base):
    """The last key set that a platform published at this address (LTI-07).

    ``refetched_at`` is the newest attempt, successful or not: it limits how often forged
    key ids can make the tool ask.
    """

    __tablename__ = "platform_key_set"

    url: Mapped[str] = mapped_column(String(1024), primary_key=True)
    document: Mapped[dict[str, Any]]
    fetched_at: Mapped[datetime | None]
    refetched_at: Mapped[datetime]


class AccessToken(Base):
    """A platform's access token, encrypted, per registration and sorted scopes (LTI-123)."""

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("registration_id", "scopes"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    scopes: Mapped[str] = mapped_column(String(768))
    granted: Mapped[str] = mapped_column(String(1024))
    token_encrypted: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]


class UsedState(Base):
    """The SHA-256 of a launch's state, and so its nonce, that has been used (LTI-18, LTI-37)."""

    __tablename__ = "used_state"
    __table_args__ = ({"sqlite_with_rowid": False},)  # one page to write instead of two

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime]


class WaitingLaunch(Base):
    """A launch without a cookie, between its two steps (LTI-20).

    The code is known to the page of the first step only, the secret to the browser that began.
    """

    __tablename__ = "waiting_launch"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(32))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    claims: Mapped[dict[str, Any]]
    waits_since: Mapped[datetime] = mapped_column(index=True)


class RefusedLaunch(Base):
    """Why a login or launch was refused, for the administrator; nothing personal in it."""

    __tablename__ = "refused_launch"
    __table_args__ = (Index("ix_refused_launch_registration_id_at", "registration_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    code: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    incident: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(index=True)


class SignIn(Base):
    """The login that one launch made: one person in one course in one browser tab.

    ``key`` stands in the addresses of its pages and is no secret; ``token_hash`` is the
    SHA-256 of the secret that the browser holds. ``notices`` are sentences to show once.
    ``content_item_id`` is what the launch was to open, so that a learner who has to get started
    first comes back to it.
    """

    __tablename__ = "sign_in"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[str] = mapped_column(String(16), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    content_item_id: Mapped[int | None] = mapped_column(ForeignKey("content_item.id"))
    state: Mapped[SignInState] = mapped_column(default=SignInState.ACTIVE)
    locale: Mapped[str | None] = mapped_column(String(16))
    return_url: Mapped[str | None] = mapped_column(Text)
    frame_origins: Mapped[str] = mapped_column(Text, default="")  # blank-separated
    notices: Mapped[list[Any]] = mapped_column(default=list)
    administers: Mapped[bool] = mapped_column(default=False)  # the LMS, by its own word
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
