"""A learner's record as staff see it from the gradebook: facts, and what the learner shows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, and_, bindparam, case, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.models import (
    Closing,
    Goal,
    Membership,
    MentoringSession,
    Note,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import GoalState, ParticipantRole, ParticipantState, SessionState

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
    """A session by its facts; the time is null while none was agreed on.

    ``reflection`` is what the learner wrote on it and shows to staff.
    """

    starts_at: datetime | None
    state: SessionState
    mentor_name: str
    reflection: str


@dataclass(frozen=True)
class ShownGoal:
    """A goal that the learner shows: its sentence and how it stands, nothing else."""

    title: str
    state: GoalState


@dataclass(frozen=True)
class Record:
    """A learner's mentoring in facts, with what the learner shows to staff.

    ``private_goals`` counts all other goals by state; their words stay private.
    """

    participant_id: int
    name: str
    sessions: tuple[SessionLine, ...]
    shown_goals: tuple[ShownGoal, ...]
    private_goals: Mapping[GoalState, int]
    takeaway: str

    @property
    def held(self) -> int:
        """How many sessions took place."""
        return sum(line.state is SessionState.HELD for line in self.sessions)

    @property
    def goal_count(self) -> int:
        """How many goals there are, in whatever state."""
        return len(self.shown_goals) + self.private_count

    @property
    def private_count(self) -> int:
        """How many goals the learner keeps from staff."""
        return sum(self.private_goals.values())


def member_of_subject(connection: Connection, course_id: int, subject: str) -> int | None:
    """Whom the platform means by ``subject``, if that is a member of the course.

    A course belongs to one registration, and so do all of its members.
    """
    return connection.scalar(_MEMBER, {"course_id": course_id, "subject": subject})


def record_of(db: Session, actor: Actor, membership_id: int) -> Record | None:
    """The record of a learner of the actor's program; nothing of anybody else. Three queries.

    Who has left could not take back what was shown: from then on it is not shown any more.
    """
    found = db.execute(
        select(Participant.id, PlatformUser, Closing.takeaway)
        .join(Program, Program.id == Participant.program_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .outerjoin(
            Closing,
            and_(
                Closing.participant_id == Participant.id,
                Closing.is_shown_to_staff,
                Participant.state == ParticipantState.ACTIVE,
            ),
        )
        .where(
            Participant.membership_id == membership_id,
            Participant.role == ParticipantRole.MENTEE,
            Participant.program_id == actor.program_id,
            Program.course_id == actor.course_id,
        )
    ).first()
    if found is None:
        return None
    participant_id, user, takeaway = found
    shown, private = _goals(db, participant_id)
    return Record(
        participant_id,
        user.display_name,
        _sessions(db, participant_id),
        shown,
        private,
        takeaway or "",
    )


def _sessions(db: Session, participant_id: int) -> tuple[SessionLine, ...]:
    rows = db.execute(
        select(MentoringSession.starts_at, MentoringSession.state, _Name.id, _Name.name, Note.body)
        .join(Pairing, Pairing.id == MentoringSession.pairing_id)
        .join(_Mentor, _Mentor.id == Pairing.mentor_id)
        .join(_Person, _Person.id == _Mentor.membership_id)
        .join(_Name, _Name.id == _Person.user_id)
        .join(Participant, Participant.id == Pairing.mentee_id)
        .outerjoin(
            Note,
            and_(
                Note.mentoring_session_id == MentoringSession.id,
                Note.author_id == Pairing.mentee_id,
                Note.is_shown_to_staff,
                Participant.state == ParticipantState.ACTIVE,
            ),
        )
        .where(Pairing.mentee_id == participant_id)
        .order_by(MentoringSession.starts_at.desc(), MentoringSession.id.desc())
    )
    return tuple(
        SessionLine(at, state, shown_name(uid, name), body or "")
        for at, state, uid, name, body in rows
    )


def _goals(
    db: Session, participant_id: int
) -> tuple[tuple[ShownGoal, ...], Mapping[GoalState, int]]:
    """What is shown, and the others by state; the words of a private goal are not even read."""
    is_shown = and_(Goal.is_shown_to_staff, Participant.state == ParticipantState.ACTIVE)
    rows = db.execute(
        select(Goal.state, case((is_shown, Goal.title)).label("title"))
        .join(Participant, Participant.id == Goal.owner_id)
        .where(Goal.owner_id == participant_id)
        .order_by(Goal.state, Goal.id)
    ).all()
    shown = tuple(ShownGoal(row.title, row.state) for row in rows if row.title is not None)
    return shown, Counter(row.state for row in rows if row.title is None)
