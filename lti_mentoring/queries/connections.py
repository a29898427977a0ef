"""How connections to LMSs have done lately: for the connection test and the administration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    Course,
    Deployment,
    LineItem,
    Membership,
    Program,
    RefusedLaunch,
    RosterSync,
    ScorePublication,
)

REFUSALS_SHOWN = 5


@dataclass(frozen=True)
class Contacts:
    """When an LMS and the tool last had to do with each other; null for never."""

    launch: datetime | None
    roster: datetime | None
    score: datetime | None
    roster_error: str | None
    """Why the newest reading of a roster failed, if it did."""


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
