"""Sessions: the list, the room of one pair, and the facts that coordinators see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    AgendaItem,
    AttendanceReport,
    AvailabilityWindow,
    Membership,
    MentoringSession,
    Note,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.goals import Partner
from lti_mentoring.rules.availability import Window, next_common_times
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    AttendanceAnswer,
    MeetingMode,
    PairingState,
    SessionState,
)

MOST_SESSIONS = 200
NOBODY = 0  # an id that no row has
SUGGESTIONS = 4
NOTICE = timedelta(hours=24)


@dataclass(frozen=True)
class SessionLine:
    """A session in a list, as one of its two people sees it."""

    id: int
    state: SessionState
    starts_at: datetime
    length_minutes: int
    mode: MeetingMode
    join_url: str
    version: int
    partner: Partner
    i_am_mentee: bool
    i_proposed: bool
    i_cancelled: bool
    my_answer: AttendanceAnswer | None

    @property
    def ends_at(self) -> datetime:
        """The planned end."""
        return self.starts_at + timedelta(minutes=self.length_minutes)


@dataclass(frozen=True)
class SessionLists:
    """The list in its parts: what waits for me, what comes, what waits for the other, what was."""

    to_answer: list[SessionLine]
    to_confirm: list[SessionLine]
    upcoming: list[SessionLine]
    waiting: list[SessionLine]
    past: list[SessionLine]

    @property
    def is_empty(self) -> bool:
        """Whether there is none at all."""
        return not (self.to_answer or self.to_confirm or self.upcoming or self.waiting or self.past)


@dataclass(frozen=True)
class PairChoice:
    """A pair in which the actor can propose a time now."""

    pairing_id: int
    state: PairingState
    name: str


@dataclass(frozen=True)
class Company:
    """A pair as one of the two sees it, with what a proposal starts from."""

    pairing: Pairing
    partner: Partner
    i_am_mentee: bool
    program: Program


@dataclass(frozen=True)
class Room:
    """A session with the company it is held in; ``me`` is the actor's participant."""

    session: MentoringSession
    company: Company
    me: int

    @property
    def partner(self) -> Partner:
        """The other person."""
        return self.company.partner

    @property
    def ends_at(self) -> datetime:
        """The planned end."""
        return self.session.starts_at + timedelta(minutes=self.session.length_minutes)


@dataclass(frozen=True)
class AgendaLine:
    """A block with its time; ``code`` is that of a template's block, whose words the page has."""

    id: int
    starts_at: datetime
    minutes: int
    text: str
    code: str | None
    version: int


def session_lists(db: Session, actor: Actor, now: datetime) -> SessionLists:
    """The actor's sessions of every pairing, in parts, from one query."""
    lines = _lines(db, actor)
    coming = [line for line in lines if line.state is SessionState.SCHEDULED and line.ends_at > now]
    over = [
        line
        for line in lines
        if line.state in {SessionState.TO_CONFIRM, SessionState.DISPUTED}
        or (line.state is SessionState.SCHEDULED and line.ends_at <= now)
    ]
    asked = [line for line in lines if line.state is SessionState.PROPOSED and line.starts_at > now]
    shown = {line.id for line in (*coming, *over, *asked)}
    return SessionLists(
        to_answer=[line for line in reversed(asked) if not line.i_proposed],
        to_confirm=over,
        upcoming=coming[::-1],
        waiting=[line for line in reversed(asked) if line.i_proposed],
        past=[line for line in lines if line.id not in shown],
    )


def _lines(db: Session, actor: Actor) -> list[SessionLine]:
    """Newest first."""
    mine = actor.participant_ids or {NOBODY}
    me, other = _me(mine), aliased(Participant)
    report = aliased(AttendanceReport)
    rows = db.execute(
        select(MentoringSession, Pairing.mentee_id, other.id, PlatformUser, Program, report.answer)
        .join(MentoringSession.pairing)
        .join(Program, Program.id == Pairing.program_id)
        .join(other, other.id == _other(mine))
        .join(Membership, Membership.id == other.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .outerjoin(
            report,
            and_(report.mentoring_session_id == MentoringSession.id, report.reporter_id == me),
        )
        .where(
            or_(Pairing.mentee_id.in_(mine), Pairing.mentor_id.in_(mine)),
            Pairing.program_id == actor.program_id,
        )
        .order_by(MentoringSession.starts_at.desc(), MentoringSession.id.desc())
        .limit(MOST_SESSIONS)
    )
    return [
        SessionLine(
            id=session.id,
            state=session.state,
            starts_at=session.starts_at,
            length_minutes=session.length_minutes,
            mode=session.mode,
            join_url=session.join_url,
            version=session.version,
            partner=_partner(other_id, user, program),
            i_am_mentee=mentee_id in mine,
            i_proposed=session.proposed_by_id in mine,
            i_cancelled=session.cancelled_by_id in mine,
            my_answer=answer,
        )
        for session, mentee_id, other_id, user, program, answer in rows
    ]


def _me(mine: frozenset[int] | set[int]) -> ColumnElement[int]:
    return case((Pairing.mentee_id.in_(mine), Pairing.mentee_id), else_=Pairing.mentor_id)


def _other(mine: frozenset[int] | set[int]) -> ColumnElement[int]:
    return case((Pairing.mentee_id.in_(mine), Pairing.mentor_id), else_=Pairing.mentee_id)


def _partner(participant_id: int, user: PlatformUser, program: Program) -> Partner:
    return Partner(
        participant_id, user.display_name, user.short_name, user.time_zone or program.time_zone
    )


def pair_choices(db: Session, actor: Actor) -> list[PairChoice]:
    """The live pairs of the actor, the own mentor first."""
    mine = actor.participant_ids or {NOBODY}
    other = aliased(Participant)
    rows = db.execute(
        select(Pairing.id, Pairing.state, PlatformUser, Pairing.mentee_id)
        .join(other, other.id == _other(mine))
        .join(Membership, Membership.id == other.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(
            or_(Pairing.mentee_id.in_(mine), Pairing.mentor_id.in_(mine)),
            Pairing.program_id == actor.program_id,
            Pairing.state.in_(LIVE_PAIRING),
        )
        .order_by(PlatformUser.name, Pairing.id)
    )
    found = [
        (mentee_id not in mine, PairChoice(pairing_id, state, user.short_name))
        for pairing_id, state, user, mentee_id in rows
    ]
    return [choice for _, choice in sorted(found, key=lambda entry: entry[0])]


def company_for(db: Session, actor: Actor, pairing_id: int) -> Company:
    """The pair, if the actor is one of the two.

    Raises:
        NotFound: if not, or if there is none; the caller cannot tell which.
    """
    pairing = db.scalar(
        select(Pairing)
        .where(Pairing.id == pairing_id, Pairing.program_id == actor.program_id)
        .options(
            joinedload(Pairing.program),
            *(
                joinedload(side).joinedload(Participant.membership).joinedload(Membership.user)
                for side in (Pairing.mentor, Pairing.mentee)
            ),
        )
    )
    if pairing is None or not actor.participant_ids & {pairing.mentor_id, pairing.mentee_id}:
        raise NotFound("pairing", pairing_id)
    return _company(actor, pairing)


def _company(actor: Actor, pairing: Pairing) -> Company:
    i_am_mentee = pairing.mentee_id == actor.mentee_id
    other = pairing.mentor if i_am_mentee else pairing.mentee
    partner = _partner(other.id, other.membership.user, pairing.program)
    return Company(pairing, partner, i_am_mentee, pairing.program)


def room_for(db: Session, actor: Actor, session_id: int) -> Room:
    """The session, if the actor is one of the two people of its pairing.

    Raises:
        NotFound: if not, or if there is none; the caller cannot tell which.
    """
    pairing = joinedload(MentoringSession.pairing)
    session = db.scalar(
        select(MentoringSession)
        .join(MentoringSession.pairing)
        .where(MentoringSession.id == session_id, Pairing.program_id == actor.program_id)
        .options(
            pairing.joinedload(Pairing.program),
            *(
                pairing.joinedload(side)
                .joinedload(Participant.membership)
                .joinedload(Membership.user)
                for side in (Pairing.mentor, Pairing.mentee)
            ),
        )
    )
    if session is None:
        raise NotFound("session", session_id)
    pair = session.pairing
    if not actor.participant_ids & {pair.mentor_id, pair.mentee_id}:
        raise NotFound("session", session_id)
    company = _company(actor, pair)
    return Room(session, company, pair.mentee_id if company.i_am_mentee else pair.mentor_id)


def session_for(db: Session, actor: Actor, session_id: int) -> MentoringSession:
    """The session, if it belongs to the actor's course; for its facts, never for its content.

    Raises:
        NotFound: if it does not, or does not exist; the caller cannot tell which.
    """
    found = db.scalar(
        select(MentoringSession)
        .join(MentoringSession.pairing)
        .join(Pairing.program)
        .where(MentoringSession.id == session_id, Program.course_id == actor.course_id)
        .options(joinedload(MentoringSession.pairing))
    )
    if found is None:
        raise NotFound("session", session_id)
    return found


def agenda_of(db: Session, session: MentoringSession) -> list[AgendaLine]:
    """The agenda's blocks, each with the moment at which it begins."""
    starts_at = session.starts_at
    lines = []
    for item in blocks_of(db, session):
        code = item.text if item.added_by_id is None else None
        lines.append(AgendaLine(item.id, starts_at, item.minutes, item.text, code, item.version))
        starts_at += timedelta(minutes=item.minutes)
    return lines


def blocks_of(db: Session, session: MentoringSession) -> list[AgendaItem]:
    """The agenda's blocks in their order."""
    found = db.scalars(
        select(AgendaItem)
        .where(AgendaItem.mentoring_session_id == session.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    return list(found)


def block_of(db: Session, session: MentoringSession, block_id: int) -> AgendaItem:
    """One block of this session's agenda.

    Raises:
        NotFound: if it is none of this session's.
    """
    found = db.scalar(
        select(AgendaItem).where(
            AgendaItem.id == block_id, AgendaItem.mentoring_session_id == session.id
        )
    )
    if found is None:
        raise NotFound("agenda item", block_id)
    return found


def private_note(db: Session, room: Room) -> Note | None:
    """The actor's own note; nobody else's is ever read."""
    return db.scalar(
        select(Note).where(Note.mentoring_session_id == room.session.id, Note.author_id == room.me)
    )


def note_for(db: Session, room: Room) -> Note:
    """The actor's own note.

    Raises:
        NotFound: if there is none yet.
    """
    found = private_note(db, room)
    if found is None:
        raise NotFound("note", room.session.id)
    return found


def answers_of(db: Session, room: Room) -> tuple[AttendanceReport | None, AttendanceReport | None]:
    """What I said about the session, and what the other side said."""
    found = {
        row.reporter_id: row
        for row in db.scalars(
            select(AttendanceReport).where(AttendanceReport.mentoring_session_id == room.session.id)
        )
    }
    return found.get(room.me), found.get(room.partner.participant_id)


def last_session(db: Session, pairing_id: int) -> MentoringSession | None:
    """The pair's newest session, from which a new proposal takes mode and link."""
    return db.scalar(
        select(MentoringSession)
        .where(MentoringSession.pairing_id == pairing_id)
        .order_by(MentoringSession.id.desc())
        .limit(1)
    )


def common_times(
    db: Session, pairing: Pairing, now: datetime, length_minutes: int
) -> list[datetime]:
    """The next times at which both said they are free, at least a day ahead."""
    windows: dict[int, list[Window]] = {pairing.mentor_id: [], pairing.mentee_id: []}
    for row in db.scalars(
        select(AvailabilityWindow).where(AvailabilityWindow.participant_id.in_(windows))
    ):
        windows[row.participant_id].append(
            Window(row.weekday, row.start_minute, row.end_minute, row.time_zone)
        )
    mine: Sequence[Window] = windows[pairing.mentor_id]
    theirs: Sequence[Window] = windows[pairing.mentee_id]
    return next_common_times(mine, theirs, now + NOTICE, SUGGESTIONS, length_minutes)
