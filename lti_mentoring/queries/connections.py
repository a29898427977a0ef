"""How connections to LMSs have done lately: for the connection test and the administration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Activity,
    Course,
    Deployment,
    LineItem,
    Membership,
    Platform,
    PlatformUser,
    Program,
    RefusedLaunch,
    Registration,
    RosterSync,
    ScorePublication,
)
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.administrator import Administrator
from lti_mentoring.rules.roles import RoleChange, read_change, read_overrides
from lti_mentoring.vocabulary import CourseRole, DeploymentState, Product, RegistrationState, Verb

REFUSALS_SHOWN = 5
CHANGES_SHOWN = 10


@dataclass(frozen=True)
class DeploymentRow:
    """One deployment, as a list shows it."""

    id: int
    lti_id: str
    state: DeploymentState
    course_count: int


@dataclass(frozen=True)
class ConnectionRow:
    """One registration with its platform, as a list shows it."""

    id: int
    name: str
    product: Product
    issuer: str
    client_id: str
    state: RegistrationState
    created_at: datetime
    deployments: tuple[DeploymentRow, ...]
    launched_at: datetime | None

    @property
    def course_count(self) -> int:
        """Courses of all its deployments."""
        return sum(each.course_count for each in self.deployments)

    @property
    def waits(self) -> bool:
        """Whether somebody has to let it, or one of its deployments, in."""
        is_pending = self.state is RegistrationState.PENDING
        return is_pending or any(d.state is DeploymentState.PENDING for d in self.deployments)


@dataclass(frozen=True)
class ToldRoleChange:
    """A decision about a role of the LMS; ``who`` is null for whoever runs the tool."""

    at: datetime
    who: str | None
    change: RoleChange


@dataclass(frozen=True)
class Connection:
    """One connection with everything that its page shows."""

    row: ConnectionRow
    auth_url: str
    token_url: str
    jwks_url: str
    audience: str | None
    trusted_audiences: tuple[str, ...]
    admits_deployments: bool
    admits_administrators: bool
    shows_observers: bool
    role_overrides: Mapping[str, CourseRole]
    role_changes: Sequence[ToldRoleChange]
    contacts: "Contacts"
    refusals: Sequence[RefusedLaunch]

    @property
    def facts(self) -> dict[str, str]:
        """What a form to correct it begins with."""
        return {
            "name": self.row.name,
            "product": self.row.product.value,
            "issuer": self.row.issuer,
            "client_id": self.row.client_id,
            "auth_url": self.auth_url,
            "token_url": self.token_url,
            "jwks_url": self.jwks_url,
            "audience": self.audience or "",
            "trusted_audiences": " ".join(self.trusted_audiences),
        }


@dataclass(frozen=True)
class Contacts:
    """When an LMS and the tool last had to do with each other; null for never."""

    launch: datetime | None
    roster: datetime | None
    score: datetime | None
    roster_error: str | None
    """Why the newest reading of a roster failed, if it did."""


def list_connections(db: Session, administrator: Administrator) -> list[ConnectionRow]:
    """Every registration that is open to ``administrator``, the oldest first; four queries."""
    mine = _of(administrator)
    counts = dict(
        db.execute(select(Course.deployment_id, func.count()).group_by(Course.deployment_id)).all()
    )
    launches = dict(
        db.execute(
            select(Deployment.registration_id, func.max(Membership.launched_at))
            .join_from(Membership, Course, Course.id == Membership.course_id)
            .join(Deployment, Deployment.id == Course.deployment_id)
            .group_by(Deployment.registration_id)
        ).all()
    )
    deployments: dict[int, list[DeploymentRow]] = {}
    for row in db.scalars(select(Deployment).order_by(Deployment.id)):
        shown = DeploymentRow(row.id, row.lti_id, row.state, counts.get(row.id, 0))
        deployments.setdefault(row.registration_id, []).append(shown)
    rows = db.execute(
        select(Registration, Platform).join(Platform).where(mine).order_by(Registration.id)
    )
    return [
        ConnectionRow(
            id=registration.id,
            name=platform.name,
            product=platform.product,
            issuer=registration.issuer,
            client_id=registration.client_id,
            state=registration.state,
            created_at=registration.created_at,
            deployments=tuple(deployments.get(registration.id, ())),
            launched_at=launches.get(registration.id),
        )
        for registration, platform in rows
    ]


def read_connection(db: Session, administrator: Administrator, registration_id: int) -> Connection:
    """One registration, if it is open to ``administrator``.

    Raises:
        NotFound: if there is none.
    """
    rows = {row.id: row for row in list_connections(db, administrator)}
    if registration_id not in rows:
        raise NotFound("registration", registration_id)
    registration = db.get_one(Registration, registration_id)
    return Connection(
        row=rows[registration_id],
        auth_url=registration.auth_url,
        token_url=registration.token_url,
        jwks_url=registration.jwks_url,
        audience=registration.audience,
        trusted_audiences=tuple(registration.trusted_audiences.split()),
        admits_deployments=registration.admits_deployments,
        admits_administrators=registration.admits_administrators,
        shows_observers=registration.shows_observers,
        role_overrides=read_overrides(registration.role_overrides),
        role_changes=role_changes(db, registration_id),
        contacts=contacts(db, registration_id),
        refusals=refused_launches(db, registration_id),
    )


def registration_of(db: Session, course_id: int) -> int:
    """The registration that a course comes by."""
    return db.scalars(
        select(Deployment.registration_id)
        .join(Course, Course.deployment_id == Deployment.id)
        .where(Course.id == course_id)
    ).one()


def _of(administrator: Administrator) -> ColumnElement[bool]:
    if administrator.registration_id is None:
        return true()
    return Registration.id == administrator.registration_id


def contacts(db: Session, registration_id: int) -> Contacts:
    """The last contacts with an LMS, by one of its registrations."""
    of_lms = Deployment.registration_id == registration_id
    launched = (
        select(func.max(Membership.launched_at))
        .join(Course, Course.id == Membership.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(of_lms)
    )
    read = (
        select(func.max(Course.roster_read_at))
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(of_lms)
    )
    sent = (
        select(func.max(ScorePublication.sent_at))
        .join(LineItem, LineItem.id == ScorePublication.line_item_id)
        .join(Program, Program.id == LineItem.program_id)
        .join(Course, Course.id == Program.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(of_lms)
    )
    newest_reading = (
        select(RosterSync.error)
        .join(Course, Course.id == RosterSync.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .where(of_lms, RosterSync.finished_at.is_not(None))
        .order_by(RosterSync.finished_at.desc(), RosterSync.id.desc())
        .limit(1)
    )
    return Contacts(
        db.scalar(launched), db.scalar(read), db.scalar(sent), db.scalar(newest_reading)
    )


def refused_launches(db: Session, registration_id: int) -> Sequence[RefusedLaunch]:
    """The newest launches of this registration that were refused, a few."""
    return db.scalars(
        select(RefusedLaunch)
        .where(RefusedLaunch.registration_id == registration_id)
        .order_by(RefusedLaunch.at.desc(), RefusedLaunch.id.desc())
        .limit(REFUSALS_SHOWN)
    ).all()


def role_changes(db: Session, registration_id: int) -> Sequence[ToldRoleChange]:
    """What was decided about roles of this registration, the newest first, a few (LTI-62)."""
    rows = db.execute(
        select(Activity.at, Activity.detail, PlatformUser.id, PlatformUser.name)
        .outerjoin(Membership, Membership.id == Activity.membership_id)
        .outerjoin(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(
            Activity.verb == Verb.ROLE_OVERRIDDEN,
            Activity.noun == "registration",
            Activity.noun_id == registration_id,
        )
        .order_by(Activity.at.desc(), Activity.id.desc())
        .limit(CHANGES_SHOWN)
    )
    return [
        ToldRoleChange(at, shown_name(uid, name) if uid else None, read_change(detail))
        for at, detail, uid, name in rows
    ]
