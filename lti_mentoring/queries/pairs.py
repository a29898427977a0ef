"""Pairs as their coordinator sees them: states, dates and counts, never what was written."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    AttendanceReport,
    FitCheck,
    Goal,
    Membership,
    MentoringSession,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.groups import is_in
from lti_mentoring.queries.lists import AnyRow, AnySelect, Page, Wanted, contains, fetch
from lti_mentoring.queries.previews import are_people
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    AttendanceAnswer,
    EndReason,
    FitAnswer,
    GoalState,
    MembershipState,
    PairingState,
    SessionState,
)

SILENT_AFTER = timedelta(days=21)
"""A pair that has not met for this long is one for the coordinator."""

MEETING = (PairingState.TRIAL, PairingState.ACTIVE)
OPEN_GOALS = (GoalState.ACTIVE, GoalState.ON_HOLD)

_Mentor, _Mentee = aliased(Participant), aliased(Participant)
_MentorMember, _MenteeMember = aliased(Membership), aliased(Membership)
_MentorUser, _MenteeUser = aliased(PlatformUser), aliased(PlatformUser)


@dataclass(frozen=True)
class PairRow:
    """One pair in facts. ``wants_change`` is a "not a fit" of either side, without its reason."""

    pairing_id: int
    mentee_id: int
    mentor: str
    mentee: str
    state: PairingState
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    held: int
    last_held_at: datetime | None
    next_at: datetime | None
    open_goals: int
    wants_change: bool
    is_silent: bool
    learner_is_here: bool

    @property
    def is_broken(self) -> bool:
        """Whether the two cannot go on as they are: one has left, or says it is not a fit."""
        return self.state is PairingState.INTERRUPTED or self.wants_change

    @property
    def is_live(self) -> bool:
        """Whether the pair still belongs together."""
        return self.state in LIVE_PAIRING


@dataclass(frozen=True)
class SessionRow:
    """A session in facts: when, how long, what became of it."""

    session_id: int
    starts_at: datetime
    length_minutes: int
    state: SessionState


@dataclass(frozen=True)
class Dispute:
    """Two different answers about one session: who said what and when. Nothing else."""

    session: MentoringSession
    mentor: str
    mentee: str
    by_mentor: AttendanceAnswer | None
    by_mentor_at: datetime | None
    by_mentee: AttendanceAnswer | None
    by_mentee_at: datetime | None


def pairs(db: Session, actor: Actor, wanted: Wanted, now: datetime) -> Page:
    """Pairs of the actor's program; without a filter those that belong together."""
    found = _pairs(actor, now)
    found = found.where(_which(wanted.state, now))
    if wanted.text:
        found = found.where(
            or_(contains(_MentorUser.name, wanted.text), contains(_MenteeUser.name, wanted.text))
        )
    if wanted.group:
        members = (_MentorMember.groups, _MenteeMember.groups)
        found = found.where(or_(*(is_in(groups, wanted.group) for groups in members)))
    rows, total = fetch(db, found.order_by(Pairing.created_at, Pairing.id), wanted)
    return Page([_pair(row) for row in rows], total, wanted.page)


def pair_row(db: Session, actor: Actor, pairing_id: int, now: datetime) -> PairRow:
    """One pair in facts.

    Raises:
        NotFound: if it is not in the actor's program.
    """
    row = db.execute(_pairs(actor, now).where(Pairing.id == pairing_id)).first()
    if row is None:
        raise NotFound("pairing", pairing_id)
    return _pair(row)


def sessions_of(db: Session, pairing_id: int) -> list[SessionRow]:
    """The sessions of a pair, the newest first."""
    rows = db.execute(
        select(
            MentoringSession.id,
            MentoringSession.starts_at,
            MentoringSession.length_minutes,
            MentoringSession.state,
        )
        .where(MentoringSession.pairing_id == pairing_id)
        .order_by(MentoringSession.starts_at.desc())
    )
    return [SessionRow(*row) for row in rows]


def dispute_for(db: Session, actor: Actor, session_id: int) -> Dispute:
    """A session whose two sides say different things.

    Raises:
        NotFound: if it is not in the actor's program.
    """
    row = db.execute(
        _with_people(select(MentoringSession, Pairing, _MentorUser, _MenteeUser))
        .join(MentoringSession, MentoringSession.pairing_id == Pairing.id)
        .where(MentoringSession.id == session_id, *_in_program(actor))
    ).first()
    if row is None:
        raise NotFound("session", session_id)
    session, pairing, mentor, mentee = row
    found = db.scalars(
        select(AttendanceReport).where(AttendanceReport.mentoring_session_id == session.id)
    )
    reports = {report.reporter_id: report for report in found}
    by_mentor, by_mentee = reports.get(pairing.mentor_id), reports.get(pairing.mentee_id)
    return Dispute(
        session=session,
        mentor=mentor.display_name,
        mentee=mentee.display_name,
        by_mentor=by_mentor.answer if by_mentor else None,
        by_mentor_at=by_mentor.reported_at if by_mentor else None,
        by_mentee=by_mentee.answer if by_mentee else None,
        by_mentee_at=by_mentee.reported_at if by_mentee else None,
    )


def is_silent(now: datetime) -> ColumnElement[bool]:
    """Whether a pairing's two people should have met in the last three weeks and have not."""
    since = now - SILENT_AFTER
    met = exists().where(
        MentoringSession.pairing_id == Pairing.id,
        MentoringSession.state == SessionState.HELD,
        MentoringSession.starts_at > since,
    )
    return and_(Pairing.state.in_(MEETING), Pairing.started_at <= since, ~met.correlate(Pairing))


IS_INTERRUPTED = Pairing.state == PairingState.INTERRUPTED
"""Somebody of the pair has left the course."""


def wants_change() -> ColumnElement[bool]:
    """Whether one of two who meet says that it is not a fit; who it is, nobody is told."""
    said = exists().where(FitCheck.pairing_id == Pairing.id, FitCheck.answer == FitAnswer.NOT_A_FIT)
    return and_(Pairing.state.in_(MEETING), said.correlate(Pairing))


def _which(state: str, now: datetime) -> ColumnElement[bool]:
    if state == "silent":
        return is_silent(now)
    if state == "unfit":
        return wants_change()
    if state == "over":
        return Pairing.state.not_in(LIVE_PAIRING)
    if state in set(PairingState):
        return Pairing.state == PairingState(state)
    return Pairing.state.in_(LIVE_PAIRING)


def _pairs(actor: Actor, now: datetime) -> AnySelect:
    goals = (
        select(func.count(Goal.id))
        .where(Goal.owner_id == Pairing.mentee_id, Goal.state.in_(OPEN_GOALS))
        .correlate(Pairing)
        .scalar_subquery()
    )
    coming = MentoringSession.state == SessionState.SCHEDULED
    held = MentoringSession.state == SessionState.HELD
    columns = select(
        Pairing,
        _MentorUser,
        _MenteeUser,
        of_sessions(func.count(MentoringSession.id), held).label("held"),
        of_sessions(func.max(MentoringSession.starts_at), held).label("last_held_at"),
        of_sessions(
            func.min(MentoringSession.starts_at), coming, MentoringSession.starts_at >= now
        ).label("next_at"),
        goals.label("open_goals"),
        wants_change().label("wants_change"),
        (_MenteeMember.state == MembershipState.ACTIVE).label("learner_is_here"),
        is_silent(now).label("is_silent"),
    )
    return _with_people(columns).where(*_in_program(actor))


def of_sessions(what: Any, *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    """One number or date of a pairing's sessions, such as how many of them were held."""
    found = select(what).where(MentoringSession.pairing_id == Pairing.id, *which)
    return found.correlate(Pairing).scalar_subquery()


def _with_people(columns: AnySelect) -> AnySelect:
    return (
        columns.select_from(Pairing)
        .join(Program, Program.id == Pairing.program_id)
        .join(_Mentor, _Mentor.id == Pairing.mentor_id)
        .join(_MentorMember, _MentorMember.id == _Mentor.membership_id)
        .join(_MentorUser, _MentorUser.id == _MentorMember.user_id)
        .join(_Mentee, _Mentee.id == Pairing.mentee_id)
        .join(_MenteeMember, _MenteeMember.id == _Mentee.membership_id)
        .join(_MenteeUser, _MenteeUser.id == _MenteeMember.user_id)
    )


def _in_program(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    mine = Pairing.program_id == actor.program_id
    return (mine, Program.course_id == actor.course_id, are_people())


def _pair(row: AnyRow) -> PairRow:
    pairing, mentor, mentee = row[0], row[1], row[2]
    return PairRow(
        pairing_id=pairing.id,
        mentee_id=pairing.mentee_id,
        mentor=mentor.display_name,
        mentee=mentee.display_name,
        state=pairing.state,
        created_at=pairing.created_at,
        started_at=pairing.started_at,
        ended_at=pairing.ended_at,
        end_reason=pairing.end_reason,
        held=row.held,
        last_held_at=row.last_held_at,
        next_at=row.next_at,
        open_goals=row.open_goals,
        wants_change=bool(row.wants_change),
        learner_is_here=bool(row.learner_is_here),
        is_silent=bool(row.is_silent),
    )
