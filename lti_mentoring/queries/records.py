"""A learner's record as staff see it from the gradebook: dates, states and counts, no words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.models import (
    Goal,
    Membership,
    MentoringSession,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import GoalState, ParticipantRole, SessionState

_members = cast(Table, Membership.__table__)
_users = cast(Table, PlatformUser.__table__)
_MEMBER = (
    select(_members.c.id)
    .join_from(_members, _users, _users.c.id == _members.c.user_id)
    .where(_members.c.course_id == bindparam("course_id"), _users.c.subject == bindparam("subject"))
)
_Mentor = aliased(Participant)
_Person = aliased(Membership)
_Name = aliased(PlatformUser)


@dataclass(frozen=True)
class SessionLine:
    """A session by its facts; the time is null while none was agreed on."""

    starts_at: datetime | None
    state: SessionState
    mentor_name: str


@dataclass(frozen=True)
class Record:
    """A learner's mentoring in facts. ``goals`` counts them by state; their words stay private."""

    participant_id: int
    name: str
    sessions: tuple[SessionLine, ...]
    goals: Mapping[GoalState, int]

    @property
    def held(self) -> int:
        """How many sessions took place."""
        return sum(line.state is SessionState.HELD for line in self.sessions)

    @property
    def goal_count(self) -> int:
        """How many goals there are, in whatever state."""
        return sum(self.goals.values())


def member_of_subject(connection: Connection, course_id: int, subject: str) -> int | None:
    """Whom the platform means by ``subject``, if that is a member of the course.

    A course belongs to one registration, and so do all of its members.
    """
    return connection.scalar(_MEMBER, {"course_id": course_id, "subject": subject})


def record_of(db: Session, actor: Actor, membership_id: int) -> Record | None:
    """The record of a learner of the actor's program; nothing of anybody else. Three queries."""
    found = db.execute(
        select(Participant.id, PlatformUser)
        .join(Program, Program.id == Participant.program_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(
            Participant.membership_id == membership_id,
            Participant.role == ParticipantRole.MENTEE,
            Participant.program_id == actor.program_id,
            Program.course_id == actor.course_id,
        )
    ).first()
    if found is None:
        return None
    participant_id, user = found
    return Record(
        participant_id,
        user.display_name,
        _sessions(db, participant_id),
        _goals(db, participant_id),
    )


def _sessions(db: Session, participant_id: int) -> tuple[SessionLine, ...]:
    rows = db.execute(
        select(MentoringSession.starts_at, MentoringSession.state, _Name.id, _Name.name)
        .join(Pairing, Pairing.id == MentoringSession.pairing_id)
        .join(_Mentor, _Mentor.id == Pairing.mentor_id)
        .join(_Person, _Person.id == _Mentor.membership_id)
        .join(_Name, _Name.id == _Person.user_id)
        .where(Pairing.mentee_id == participant_id)
        .order_by(MentoringSession.starts_at.desc(), MentoringSession.id.desc())
    )
    return tuple(SessionLine(at, state, shown_name(uid, name)) for at, state, uid, name in rows)


def _goals(db: Session, participant_id: int) -> dict[GoalState, int]:
    rows = db.execute(
        select(Goal.state, func.count().label("goal_count"))
        .where(Goal.owner_id == participant_id)
        .group_by(Goal.state)
        .order_by(Goal.state)
    )
    return {row.state: row.goal_count for row in rows}
