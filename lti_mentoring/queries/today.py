"""What needs the coordinator today, and how the gradebook and the sessions stand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Course,
    Intake,
    LineItem,
    Membership,
    MentoringSession,
    MentorProfile,
    MentorRequest,
    Pairing,
    Participant,
    Program,
    RosterSync,
    ScorePublication,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.groups import is_in_any
from lti_mentoring.queries.pairs import IS_INTERRUPTED, is_silent, wants_change
from lti_mentoring.queries.pool import is_paired
from lti_mentoring.queries.previews import are_people, is_person
from lti_mentoring.queries.programs import in_state_since
from lti_mentoring.queries.rosters import (
    RosterFacts,
    facts_in,
    is_newest_sync,
    roster_columns,
)
from lti_mentoring.vocabulary import (
    CourseRole,
    IntakeState,
    MembershipState,
    MentorState,
    ParticipantRole,
    ParticipantState,
    PublicationState,
    RequestState,
    SessionState,
)

OPEN_REQUEST = (RequestState.DRAFTED, RequestState.SENT)
WAITING_SCORE = (PublicationState.PENDING, PublicationState.SENDING)
QUIET_INVITATION = timedelta(days=7)
"""An invitation without an answer for this long is one for the coordinator."""

WEEK = 7
MOST_WEEKS = 16


@dataclass(frozen=True)
class Broken:
    """Pairs that cannot go on as they are, the first of them, and how many learners are here."""

    count: int
    first: int | None
    learners: int

    @property
    def only(self) -> int | None:
        """The one pair, if one click can help its learner."""
        return self.first if (self.count, self.learners) == (1, 1) else None


@dataclass(frozen=True)
class Needs:
    """Counts of what waits for a person, with the first of each where that opens a page."""

    roster: RosterFacts
    program: Program
    learners: int
    stuck: int
    silent_pairs: int
    broken: Broken
    unfit: Broken
    disputes: int
    first_dispute: int | None
    quiet_invitations: int
    scores_sent_today: int
    scores_waiting: int
    scores_refused: int
    first_refusal: str | None
    scores_overridden: int
    columns: int
    columns_missing: int
    column_error: str | None
    in_state_since: datetime | None


@dataclass(frozen=True)
class Week:
    """Sessions held in one week of the program, counted from 1; ``is_now`` for this week."""

    number: int
    held: int
    is_now: bool


def needs(db: Session, actor: Actor, now: datetime) -> Needs:
    """Everything that is counted for the page Today, in one query.

    Raises:
        NotFound: if the course has no program.
    """
    disputed = _session(MentoringSession.state == SessionState.DISPUTED)
    blocked = ScorePublication.state == PublicationState.BLOCKED
    row = db.execute(
        select(
            Program,
            _learners(actor.audience),
            _stuck(),
            _pairings(is_silent(now)),
            *_broken(IS_INTERRUPTED),
            *_broken(wants_change()),
            _count(disputed),
            disputed.with_only_columns(func.min(MentoringSession.id)).scalar_subquery(),
            _quiet_invitations(now),
            _scores(ScorePublication.sent_at >= start_of_day(now, actor.time_zone)),
            _scores(ScorePublication.state.in_(WAITING_SCORE)),
            _scores(blocked),
            _score_columns(func.min(ScorePublication.error), blocked),
            _scores(ScorePublication.state == PublicationState.OVERRIDDEN),
            _columns(func.count(LineItem.id)),
            _columns(func.count(LineItem.id), LineItem.url.is_(None)),
            _columns(func.min(LineItem.error), LineItem.url.is_(None)),
            in_state_since(),
            *roster_columns(),
        )
        .join(Course, Course.id == Program.course_id)
        .outerjoin(RosterSync, is_newest_sync())
        .where(Program.id == actor.program_id, Program.course_id == actor.course_id)
    ).first()
    if row is None:
        raise NotFound("program", actor.program_id)
    values: tuple[Any, ...] = tuple(row)
    first = len(values) - len(roster_columns())
    before, broken, unfit, after = values[:4], values[4:7], values[7:10], values[10:first]
    counts: tuple[Any, ...] = (*before, Broken(*broken), Broken(*unfit), *after)
    return Needs(facts_in(*values[first:]), *counts)


def weeks(db: Session, program: Program, now: datetime) -> list[Week]:
    """Sessions held in each week of the program so far, at most the last sixteen."""
    zone = ZoneInfo(program.time_zone)
    starts = db.scalars(
        select(MentoringSession.starts_at)
        .join(Pairing, Pairing.id == MentoringSession.pairing_id)
        .where(
            Pairing.program_id == program.id,
            MentoringSession.state == SessionState.HELD,
            are_people(),
        )
    )
    current = week_number(program, now.astimezone(zone).date())
    held: dict[int, int] = {}
    for moment in starts:
        number = week_number(program, moment.astimezone(zone).date())
        held[number] = held.get(number, 0) + 1
    last = min(current, week_number(program, program.ends_on))
    shown = range(max(1, last - MOST_WEEKS + 1), last + 1)
    return [Week(number, held.get(number, 0), number == current) for number in shown]


def week_number(program: Program, day: date) -> int:
    """The program's week in which ``day`` lies, the first being 1; 0 or less before it."""
    return (day - program.starts_on).days // WEEK + 1


def start_of_day(now: datetime, time_zone: str) -> datetime:
    """The midnight that has just been, in the reader's zone."""
    local = now.astimezone(ZoneInfo(time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _learners(audience: str) -> ScalarSelect[int]:
    """As their list has them: who only mentors is none, nor is who is in none of the groups."""
    takes_part = exists().where(
        Participant.membership_id == Membership.id,
        Participant.program_id == Program.id,
        Participant.state == ParticipantState.ACTIVE,
    )
    is_mentee = takes_part.where(Participant.role == ParticipantRole.MENTEE)
    is_mentor = takes_part.where(Participant.role == ParticipantRole.MENTOR)
    return (
        select(func.count(Membership.id))
        .where(
            Membership.course_id == Program.course_id,
            Membership.role == CourseRole.LEARNER,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
            or_(is_mentee, and_(~is_mentor, is_in_any(Membership.groups, audience))),
        )
        .correlate(Program)
        .scalar_subquery()
    )


def _stuck() -> ScalarSelect[int]:
    """Learners who have asked, have no open request and no mentor."""
    asked = exists().where(MentorRequest.mentee_id == Participant.id)
    still_open = asked.where(MentorRequest.state.in_(OPEN_REQUEST))
    return (
        select(func.count(Participant.id))
        .join(Intake, Intake.participant_id == Participant.id)
        .where(
            Participant.program_id == Program.id,
            Participant.state == ParticipantState.ACTIVE,
            Intake.state == IntakeState.SUBMITTED,
            asked.correlate(Participant),
            ~still_open.correlate(Participant),
            ~is_paired(),
            is_person(Intake.participant_id),
        )
        .correlate(Program)
        .scalar_subquery()
    )


def _pairings(which: ColumnElement[bool]) -> ScalarSelect[int]:
    of_program = (Pairing.program_id == Program.id, which, are_people())
    found = select(func.count(Pairing.id)).where(*of_program)
    return found.correlate(Program).scalar_subquery()


def _broken(which: ColumnElement[bool]) -> tuple[ScalarSelect[int], ...]:
    """How many pairs, the first of them, and how many of their learners are in the course."""
    of_program = (Pairing.program_id == Program.id, which, are_people())
    first = select(func.min(Pairing.id)).where(*of_program)
    here = (
        select(func.count(Pairing.id))
        .join(Participant, Participant.id == Pairing.mentee_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .where(*of_program, Membership.state == MembershipState.ACTIVE)
    )
    return (
        _pairings(which),
        first.correlate(Program).scalar_subquery(),
        here.correlate(Program).scalar_subquery(),
    )


def _session(which: ColumnElement[bool]) -> Any:
    return (
        select(MentoringSession.id)
        .join(Pairing, Pairing.id == MentoringSession.pairing_id)
        .where(Pairing.program_id == Program.id, which, are_people())
        .correlate(Program)
    )


def _count(found: Any) -> ScalarSelect[int]:
    counted: ScalarSelect[int] = found.with_only_columns(
        func.count(MentoringSession.id)
    ).scalar_subquery()
    return counted


def _quiet_invitations(now: datetime) -> ScalarSelect[int]:
    return (
        select(func.count(MentorProfile.id))
        .join(Participant, Participant.id == MentorProfile.participant_id)
        .where(
            Participant.program_id == Program.id,
            MentorProfile.state == MentorState.INVITED,
            MentorProfile.invited_at <= now - QUIET_INVITATION,
            is_person(MentorProfile.participant_id),
        )
        .correlate(Program)
        .scalar_subquery()
    )


def _scores(which: ColumnElement[bool]) -> ScalarSelect[int]:
    return _score_columns(func.count(ScorePublication.id), which)


def _score_columns(what: Any, which: ColumnElement[bool]) -> ScalarSelect[Any]:
    return (
        select(what)
        .join(LineItem, LineItem.id == ScorePublication.line_item_id)
        .where(and_(LineItem.program_id == Program.id, which))
        .correlate(Program)
        .scalar_subquery()
    )


def _columns(what: Any, *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    found = select(what).where(LineItem.program_id == Program.id, *which)
    return found.correlate(Program).scalar_subquery()
