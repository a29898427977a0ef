"""A person's live pairings as the first page shows them: people, sessions, what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import cast

from sqlalchemy import Connection, Table, case, func, or_, select

from lti_mentoring.models import (
    AgendaItem,
    Agreement,
    AgreementSignature,
    AttendanceReport,
    FitCheck,
    Membership,
    MentoringSession,
    MentorProfile,
    Pairing,
    Participant,
    PlatformUser,
)
from lti_mentoring.models.people import shown_name
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.fits import Likes, likes_from
from lti_mentoring.queries.lists import AnyRow
from lti_mentoring.queries.prepared import MENTEE, MINE, PROGRAM, one_of, parts_of
from lti_mentoring.rules.next_step import PairFacts
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    FitAnswer,
    MeetingMode,
    PairingState,
    SessionState,
)

SHOWN = (SessionState.PROPOSED, SessionState.SCHEDULED, SessionState.TO_CONFIRM, SessionState.HELD)

_pairings = cast(Table, Pairing.__table__)
_sessions = cast(Table, MentoringSession.__table__)
_participants = cast(Table, Participant.__table__)
_members = cast(Table, Membership.__table__)
_users = cast(Table, PlatformUser.__table__)
_profiles = cast(Table, MentorProfile.__table__)
_checks = cast(Table, FitCheck.__table__)
_agreements = cast(Table, Agreement.__table__)
_signatures = cast(Table, AgreementSignature.__table__)
_agenda = cast(Table, AgendaItem.__table__)
_reports = cast(Table, AttendanceReport.__table__)

_newest_text = (
    select(func.max(_agreements.c.id)).where(_agreements.c.program_id == PROGRAM).scalar_subquery()
)
_signed = or_(
    _newest_text.is_(None),
    select(_signatures.c.id)
    .where(
        _signatures.c.pairing_id == _pairings.c.id,
        _signatures.c.agreement_id == _newest_text,
        _signatures.c.participant_id.in_(MINE),
    )
    .exists(),
)
_answered = (
    select(_reports.c.id)
    .where(
        _reports.c.mentoring_session_id == _sessions.c.id,
        _reports.c.reporter_id.in_(MINE),
    )
    .exists()
)
_agenda_count = (
    select(func.count())
    .select_from(_agenda)
    .where(_agenda.c.mentoring_session_id == _sessions.c.id)
    .scalar_subquery()
)
_i_am_mentee = _pairings.c.mentee_id == MENTEE
_partner_id = case((_i_am_mentee, _pairings.c.mentor_id), else_=_pairings.c.mentee_id)

# One row per pairing and session. How a mentor likes to work is shown to the mentee only.
_PAIRS = (
    select(
        _pairings.c.id,
        _pairings.c.state,
        _pairings.c.mentee_id,
        _pairings.c.mentor_id,
        _pairings.c.created_at,
        _pairings.c.trial_ends_at,
        _signed.label("signed_by_me"),
        _users.c.id.label("user_id"),
        _users.c.name,
        _users.c.given_name,
        _users.c.time_zone,
        _profiles.c.languages,
        _profiles.c.modes,
        _profiles.c.cadence,
        _checks.c.answer,
        _checks.c.answered_at,
        _sessions.c.id.label("session_id"),
        _sessions.c.state.label("session_state"),
        _sessions.c.starts_at,
        _sessions.c.length_minutes,
        _sessions.c.mode,
        _sessions.c.proposed_by_id,
        _answered.label("i_answered"),
        _agenda_count.label("agenda_count"),
    )
    .select_from(_pairings)
    .join(_participants, _participants.c.id == _partner_id)
    .join(_members, _members.c.id == _participants.c.membership_id)
    .join(_users, _users.c.id == _members.c.user_id)
    .outerjoin(_profiles, (_profiles.c.participant_id == _pairings.c.mentor_id) & _i_am_mentee)
    .outerjoin(
        _checks,
        (_checks.c.pairing_id == _pairings.c.id) & _checks.c.participant_id.in_(MINE),
    )
    .outerjoin(
        _sessions,
        (_sessions.c.pairing_id == _pairings.c.id) & one_of(_sessions.c.state, SHOWN),
    )
    .where(
        _pairings.c.mentee_id.in_(MINE) | _pairings.c.mentor_id.in_(MINE),
        one_of(_pairings.c.state, LIVE_PAIRING),
    )
    .order_by(_pairings.c.created_at, _pairings.c.id, _sessions.c.starts_at, _sessions.c.id)
)


@dataclass(frozen=True)
class HomeSession:
    """A session as one of its two people sees it; ``agenda_count`` is a number, no content."""

    id: int
    pairing_id: int
    state: SessionState
    starts_at: datetime
    length_minutes: int
    mode: MeetingMode
    i_proposed: bool
    i_answered: bool
    agenda_count: int

    @property
    def ends_at(self) -> datetime:
        """The planned end."""
        return self.starts_at + timedelta(minutes=self.length_minutes)


@dataclass(frozen=True)
class PairPartner:
    """The other person of a pairing. ``time_zone`` is none where the LMS does not tell it."""

    display_name: str
    short_name: str
    time_zone: str | None


@dataclass(frozen=True)
class Pair:
    """A live pairing as the reader sees it; ``mentor_likes`` are for the mentee to read."""

    i_am_mentee: bool
    mentor_id: int
    created_at: datetime
    partner: PairPartner
    mentor_likes: Likes
    facts: PairFacts
    sessions: tuple[HomeSession, ...]

    @property
    def held_count(self) -> int:
        """Sessions that took place."""
        return self.facts.held_count


def pairs_of(connection: Connection, actor: Actor, now: datetime) -> tuple[Pair, ...]:
    """The actor's live pairings as mentee and mentor, the oldest first; one query."""
    if not actor.participant_ids:
        return ()
    rows = connection.execute(_PAIRS, parts_of(actor))
    return tuple(_pair(list(some), actor, now) for _, some in groupby(rows, lambda row: row.id))


def _pair(rows: Sequence[AnyRow], actor: Actor, now: datetime) -> Pair:
    """The pairing of these rows, each of which has one of its sessions, or none."""
    row = rows[0]
    sessions = tuple(_session(row, actor) for row in rows if row.session_id is not None)
    name = shown_name(row.user_id, row.name)
    return Pair(
        i_am_mentee=row.mentee_id == actor.mentee_id,
        mentor_id=row.mentor_id,
        created_at=row.created_at,
        partner=PairPartner(name, row.given_name or name, row.time_zone),
        mentor_likes=likes_from(row.languages or (), row.modes or (), row.cadence),
        facts=_facts(row, sessions, now),
        sessions=sessions,
    )


def _session(row: AnyRow, actor: Actor) -> HomeSession:
    return HomeSession(
        id=row.session_id,
        pairing_id=row.id,
        state=row.session_state,
        starts_at=row.starts_at,
        length_minutes=row.length_minutes,
        mode=row.mode,
        i_proposed=row.proposed_by_id in actor.participant_ids,
        i_answered=row.i_answered,
        agenda_count=row.agenda_count,
    )


def _facts(row: AnyRow, sessions: Sequence[HomeSession], now: datetime) -> PairFacts:
    held = [s for s in sessions if s.state is SessionState.HELD]
    over = [s for s in sessions if _waits_for_me(s, now)]
    proposed = [s for s in sessions if s.state is SessionState.PROPOSED and s.starts_at > now]
    coming = [s for s in sessions if s.state is SessionState.SCHEDULED and s.ends_at > now]
    fit: FitAnswer | None = row.answer
    return PairFacts(
        pairing_id=row.id,
        state=row.state,
        signed_by_me=bool(row.signed_by_me),
        to_confirm_id=over[0].id if over else None,
        to_answer_id=next((s.id for s in proposed if not s.i_proposed), None),
        proposed_id=next((s.id for s in proposed if s.i_proposed), None),
        coming_id=coming[0].id if coming else None,
        coming_at=coming[0].starts_at if coming else None,
        held_count=len(held),
        last_held_at=held[-1].starts_at if held else None,
        trial_ends_at=row.trial_ends_at if row.state is PairingState.TRIAL else None,
        fit=fit,
        fit_at=row.answered_at,
    )


def _waits_for_me(session: HomeSession, now: datetime) -> bool:
    """Its time is over, and this side has not said what happened."""
    is_over = session.state is SessionState.TO_CONFIRM or (
        session.state is SessionState.SCHEDULED and session.ends_at <= now
    )
    return is_over and not session.i_answered
