"""The LMS installations that may open the tool."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.core.db import Base
from lti_mentoring.vocabulary import DeploymentState, Product, RegistrationState


class Platform(Base):
    """One LMS installation, as the administrator calls it."""

    __tablename__ = "platform"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    product: Mapped[Product] = mapped_column(default=Product.OTHER)
    created_at: Mapped[datetime]

    registrations: Mapped[list["Registration"]] = relationship(
        back_populates="platform", lazy="raise_on_sql"
    )


class Registration(Base):
    """The tool as one platform knows it: issuer and client id, and where to reach it.

    ``audience`` is what the token endpoint wants as ``aud`` where that is not its own
    address (Brightspace); ``trusted_audiences`` are those that its tokens may name beside the
    tool (LTI-31), blank-separated. Keyed by (issuer, client id), never by issuer alone (LTI-01).
    ``admits_deployments`` says that the client id belongs to one institution, so that each of its
    deployments is let in when it is first seen.
    ``shows_observers`` lets learners show their progress to those who follow them by the LMS's
    word; off, observers see nothing whatever a learner has allowed (LTI-60).
    ``admits_administrators`` opens this connection's administration to whoever administers the
    LMS; ``role_overrides`` are written by ``rules/roles.py`` (LTI-62).
    """

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platform.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    client_id: Mapped[str] = mapped_column(String(255))
    auth_url: Mapped[str] = mapped_column(Text)
    token_url: Mapped[str] = mapped_column(Text)
    jwks_url: Mapped[str] = mapped_column(Text)
    audience: Mapped[str | None] = mapped_column(Text)
    trusted_audiences: Mapped[str] = mapped_column(Text, default="")
    admits_deployments: Mapped[bool] = mapped_column(default=False)
    admits_administrators: Mapped[bool] = mapped_column(default=False)
    shows_observers: Mapped[bool] = mapped_column(default=False)
    role_overrides: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[RegistrationState] = mapped_column(default=RegistrationState.PENDING)
    created_at: Mapped[datetime]

    platform: Mapped[Platform] = relationship(back_populates="registrations")
    deployments: Mapped[list["Deployment"]] = relationship(
        back_populates="registration", lazy="raise_on_sql"
    )


class Deployment(Base):
    """One deployment of a registration: the tenant. Ids are unique only inside it (LTI-02).

    ``notices_url`` is where its platform takes the wish for notices (LTI-142), ``notices_due_at``
    when to tell it next, null while there is nothing to tell.
    """

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("registration_id", "lti_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    lti_id: Mapped[str] = mapped_column(String(255))
    state: Mapped[DeploymentState] = mapped_column(default=DeploymentState.PENDING)
    notices_url: Mapped[str | None] = mapped_column(Text)
    notices_due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    registration: Mapped[Registration] = relationship(back_populates="deployments")


class RegistrationInvite(Base):
    """A one-time address at which an LMS registers the tool by itself (LTI-130).

    ``approves`` lets launches in as soon as it is used. ``own_host`` is where an LMS lives that
    speaks in the name of an issuer that it shares with others (a Canvas of one's own).
    ``registration_id`` is the one that it may bring up to date, or afterwards the one that it has
    made. While ``claimed_until`` is ahead somebody is using it.
    """

    __tablename__ = "registration_invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    approves: Mapped[bool] = mapped_column(default=False)
    own_host: Mapped[str] = mapped_column(String(255), default="")
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
