"""A person's live pairings as the first page shows them: people, sessions, what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from lti_mentoring.models import (
    AgendaItem,
    Agreement,
    AgreementSignature,
    AttendanceReport,
    FitCheck,
    Membership,
    MentoringSession,
    Pairing,
    Participant,
    PlatformUser,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.rules.next_step import PairFacts
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    FitAnswer,
    MeetingMode,
    PairingState,
    SessionState,
)

SHOWN = (SessionState.PROPOSED, SessionState.SCHEDULED, SessionState.TO_CONFIRM, SessionState.HELD)


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
class Pair:
    """A live pairing as the reader sees it."""

    pairing: Pairing
    i_am_mentee: bool
    partner: PlatformUser
    facts: PairFacts
    sessions: tuple[HomeSession, ...]

    @property
    def held_count(self) -> int:
        """Sessions that took place."""
        return self.facts.held_count


def pairs_of(db: Session, actor: Actor, now: datetime) -> tuple[Pair, ...]:
    """The actor's live pairings as mentee and mentor, the oldest first; four queries."""
    mine = actor.participant_ids
    if not mine:
        return ()
    found = db.scalars(
        select(Pairing)
        .where(
            Pairing.mentee_id.in_(mine) | Pairing.mentor_id.in_(mine),
            Pairing.state.in_(LIVE_PAIRING),
        )
        .order_by(Pairing.created_at, Pairing.id)
        .options(
            joinedload(Pairing.program),
            *(
                joinedload(side).joinedload(Participant.membership).joinedload(Membership.user)
                for side in (Pairing.mentor, Pairing.mentee)
            ),
        )
    ).all()
    if not found:
        return ()
    ids = [pairing.id for pairing in found]
    sessions, signed = _sessions(db, actor, ids), _signed(db, actor, ids)
    answers = _fit(db, actor, ids)
    return tuple(
        _pair(
            pairing,
            actor,
            tuple(s for s in sessions if s.pairing_id == pairing.id),
            signed_by_me=pairing.id in signed,
            fit=answers.get(pairing.id, (None, None)),
            now=now,
        )
        for pairing in found
    )


def _pair(
    pairing: Pairing,
    actor: Actor,
    sessions: tuple[HomeSession, ...],
    *,
    signed_by_me: bool,
    fit: tuple[FitAnswer | None, datetime | None],
    now: datetime,
) -> Pair:
    i_am_mentee = pairing.mentee_id == actor.mentee_id
    other = pairing.mentor if i_am_mentee else pairing.mentee
    held = [s for s in sessions if s.state is SessionState.HELD]
    over = [s for s in sessions if _waits_for_me(s, now)]
    proposed = [s for s in sessions if s.state is SessionState.PROPOSED and s.starts_at > now]
    coming = [s for s in sessions if s.state is SessionState.SCHEDULED and s.ends_at > now]
    facts = PairFacts(
        pairing_id=pairing.id,
        state=pairing.state,
        signed_by_me=signed_by_me,
        to_confirm_id=over[0].id if over else None,
        to_answer_id=next((s.id for s in proposed if not s.i_proposed), None),
        proposed_id=next((s.id for s in proposed if s.i_proposed), None),
        coming_id=coming[0].id if coming else None,
        coming_at=coming[0].starts_at if coming else None,
        held_count=len(held),
        last_held_at=held[-1].starts_at if held else None,
        trial_ends_at=pairing.trial_ends_at if pairing.state is PairingState.TRIAL else None,
        fit=fit[0],
        fit_at=fit[1],
    )
    return Pair(pairing, i_am_mentee, other.membership.user, facts, sessions)


def _waits_for_me(session: HomeSession, now: datetime) -> bool:
    """Its time is over, and this side has not said what happened."""
    is_over = session.state is SessionState.TO_CONFIRM or (
        session.state is SessionState.SCHEDULED and session.ends_at <= now
    )
    return is_over and not session.i_answered


def _sessions(db: Session, actor: Actor, pairing_ids: Sequence[int]) -> list[HomeSession]:
    """In order of time."""
    agenda = (
        select(func.count())
        .select_from(AgendaItem)
        .where(AgendaItem.mentoring_session_id == MentoringSession.id)
        .correlate(MentoringSession)
        .scalar_subquery()
    )
    answered = (
        select(AttendanceReport.id)
        .where(
            AttendanceReport.mentoring_session_id == MentoringSession.id,
            AttendanceReport.reporter_id.in_(actor.participant_ids),
        )
        .exists()
    )
    rows = db.execute(
        select(MentoringSession, answered, agenda)
        .where(MentoringSession.pairing_id.in_(pairing_ids), MentoringSession.state.in_(SHOWN))
        .order_by(MentoringSession.starts_at, MentoringSession.id)
    )
    return [
        HomeSession(
            id=session.id,
            pairing_id=session.pairing_id,
            state=session.state,
            starts_at=session.starts_at,
            length_minutes=session.length_minutes,
            mode=session.mode,
            i_proposed=session.proposed_by_id in actor.participant_ids,
            i_answered=i_answered,
            agenda_count=agenda_count,
        )
        for session, i_answered, agenda_count in rows
    ]


def _signed(db: Session, actor: Actor, pairing_ids: Sequence[int]) -> set[int]:
    """The pairings for which the actor has signed the newest version; all, if there is no text."""
    newest = (
        select(func.max(Agreement.id))
        .where(Agreement.program_id == actor.program_id)
        .scalar_subquery()
    )
    rows = db.execute(
        select(Pairing.id, newest, AgreementSignature.id)
        .outerjoin(
            AgreementSignature,
            (AgreementSignature.pairing_id == Pairing.id)
            & (AgreementSignature.agreement_id == newest)
            & AgreementSignature.participant_id.in_(actor.participant_ids),
        )
        .where(Pairing.id.in_(pairing_ids))
    )
    return {
        pairing_id
        for pairing_id, agreement_id, signature_id in rows
        if agreement_id is None or signature_id is not None
    }


def _fit(
    db: Session, actor: Actor, pairing_ids: Sequence[int]
) -> dict[int, tuple[FitAnswer, datetime]]:
    rows = db.execute(
        select(FitCheck.pairing_id, FitCheck.answer, FitCheck.answered_at).where(
            FitCheck.pairing_id.in_(pairing_ids),
            FitCheck.participant_id.in_(actor.participant_ids),
        )
    )
    return {pairing_id: (answer, answered_at) for pairing_id, answer, answered_at in rows}
