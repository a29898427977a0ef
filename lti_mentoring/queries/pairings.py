"""Pairings, found through the actor's course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload
from sqlalchemy.sql.base import ExecutableOption

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Agreement,
    AgreementSignature,
    FitCheck,
    Membership,
    MentoringSession,
    Pairing,
    Participant,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.previews import are_people
from lti_mentoring.rules.groups import may_pair
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    FitAnswer,
    PairingGroups,
    PairingState,
    SessionState,
)

COMING = (SessionState.PROPOSED, SessionState.SCHEDULED)


@dataclass(frozen=True)
class Signature:
    """Who signed the current agreement for a pairing, with which name and when."""

    participant_id: int
    signed_name: str
    signed_at: datetime


@dataclass(frozen=True)
class SessionFacts:
    """How many sessions a pairing has held, when the last was, and which one comes next."""

    held_count: int
    last_held_at: datetime | None
    next_id: int | None
    next_starts_at: datetime | None
    next_state: SessionState | None


@dataclass(frozen=True)
class Doubt:
    """What speaks against a pair: the two have parted, or ``rule`` keeps their groups apart."""

    parted: bool
    apart: bool
    rule: PairingGroups

    @property
    def is_there(self) -> bool:
        """Whether anything does."""
        return self.parted or self.apart


def pairing_for(db: Session, actor: Actor, pairing_id: int) -> Pairing:
    """The pairing, if it belongs to the actor's course, with both people and the program loaded.

    Raises:
        NotFound: if it does not, or does not exist; the caller cannot tell which.
    """
    found = db.scalar(one_pairing(actor, pairing_id))
    if found is None:
        raise NotFound("pairing", pairing_id)
    return found


def one_pairing(actor: Actor, pairing_id: int) -> Select[Pairing]:
    """The pairing of the actor's course, with both people and the program.

    One with a test user of the LMS is there for nobody but the two.
    """
    mine = actor.participant_ids
    is_mine = or_(Pairing.mentor_id.in_(mine), Pairing.mentee_id.in_(mine))
    return (
        select(Pairing)
        .join(Pairing.program)
        .where(
            Pairing.id == pairing_id,
            Program.course_id == actor.course_id,
            or_(is_mine, are_people()),
        )
        .options(contains_eager(Pairing.program), *_with_people())
    )


def live_pairing_of_mentee(db: Session, participant_id: int | None) -> Pairing | None:
    """The mentee's one live pairing, with both people loaded; None without one."""
    return db.scalar(
        select(Pairing)
        .where(Pairing.mentee_id == participant_id, Pairing.state.in_(LIVE_PAIRING))
        .options(*_with_people())
    )


def live_pairings_of_mentor(db: Session, participant_id: int | None) -> list[Pairing]:
    """The mentor's live pairings, the oldest first, with both people loaded."""
    found = db.scalars(
        select(Pairing)
        .where(Pairing.mentor_id == participant_id, Pairing.state.in_(LIVE_PAIRING))
        .order_by(Pairing.created_at, Pairing.id)
        .options(*_with_people())
    )
    return list(found)


def live_count(db: Session, mentor_id: int) -> int:
    """How many of the mentor's seats are taken."""
    return (
        db.scalar(
            select(func.count())
            .select_from(Pairing)
            .where(Pairing.mentor_id == mentor_id, Pairing.state.in_(LIVE_PAIRING))
        )
        or 0
    )


def worked_together(db: Session, mentee_id: int, mentor_id: int) -> bool:
    """Whether the two tried and parted: such a pair is not suggested again."""
    return (
        db.scalar(
            select(Pairing.id)
            .where(
                Pairing.mentee_id == mentee_id,
                Pairing.mentor_id == mentor_id,
                Pairing.state == PairingState.ENDED_NO_FAULT,
            )
            .limit(1)
        )
        is not None
    )


def fit_by_groups(db: Session, mentee_id: int, mentor_id: int) -> bool:
    """Whether the program, which may pair by groups, allows it for these two."""
    return may_pair(*_groups_of_two(db, mentee_id, mentor_id))


def doubt_about(db: Session, mentee_id: int, mentor_id: int) -> Doubt:
    """What a coordinator is told before the two become a pair."""
    rule, *groups = _groups_of_two(db, mentee_id, mentor_id)
    parted = worked_together(db, mentee_id, mentor_id)
    return Doubt(parted, not may_pair(rule, *groups), rule)


def _groups_of_two(db: Session, mentee_id: int, mentor_id: int) -> tuple[PairingGroups, str, str]:
    mentee, mentor = aliased(Participant), aliased(Participant)
    learning, helping = aliased(Membership), aliased(Membership)
    rule, ours, theirs = db.execute(
        select(Program.pairing_groups, learning.groups, helping.groups)
        .join(mentee, mentee.program_id == Program.id)
        .join(learning, learning.id == mentee.membership_id)
        .join(mentor, mentor.program_id == Program.id)
        .join(helping, helping.id == mentor.membership_id)
        .where(mentee.id == mentee_id, mentor.id == mentor_id)
    ).one()
    return rule, ours, theirs


def current_agreement(db: Session, program_id: int) -> Agreement | None:
    """The newest version of the program's agreement; None before one was published."""
    return db.scalar(
        select(Agreement)
        .where(Agreement.program_id == program_id)
        .order_by(Agreement.version_number.desc())
        .limit(1)
    )


def signatures(db: Session, pairing: Pairing, agreement: Agreement | None) -> list[Signature]:
    """Who has signed this version for this pairing, in order."""
    if agreement is None:
        return []
    rows = db.execute(
        select(
            AgreementSignature.participant_id,
            AgreementSignature.signed_name,
            AgreementSignature.signed_at,
        )
        .where(
            AgreementSignature.pairing_id == pairing.id,
            AgreementSignature.agreement_id == agreement.id,
        )
        .order_by(AgreementSignature.signed_at)
    )
    return [Signature(*row) for row in rows]


def fit_answers(db: Session, pairing_id: int) -> dict[int, FitAnswer]:
    """Each side's newest private answer, by participant."""
    rows = db.execute(
        select(FitCheck.participant_id, FitCheck.answer).where(FitCheck.pairing_id == pairing_id)
    )
    return {row.participant_id: row.answer for row in rows}


def session_facts(
    db: Session, pairing_ids: Sequence[int], now: datetime
) -> dict[int, SessionFacts]:
    """Counts and dates of the sessions of each pairing; no content. Every pairing has its facts."""
    rows = db.execute(
        select(
            MentoringSession.pairing_id,
            MentoringSession.id,
            MentoringSession.state,
            MentoringSession.starts_at,
        )
        .where(
            MentoringSession.pairing_id.in_(pairing_ids),
            MentoringSession.state.in_((*COMING, SessionState.HELD)),
        )
        .order_by(MentoringSession.starts_at)
    ).all()
    return {
        pairing_id: _facts([r for r in rows if r[0] == pairing_id], now)
        for pairing_id in pairing_ids
    }


def _facts(rows: Sequence[tuple[int, int, SessionState, datetime]], now: datetime) -> SessionFacts:
    held = [starts_at for _, _, state, starts_at in rows if state is SessionState.HELD]
    coming = [row for row in rows if row[2] in COMING and row[3] >= now]
    _, next_id, next_state, starts_at = coming[0] if coming else (None, None, None, None)
    return SessionFacts(len(held), held[-1] if held else None, next_id, starts_at, next_state)


def _with_people() -> tuple[ExecutableOption, ...]:
    return tuple(
        joinedload(side).joinedload(Participant.membership).joinedload(Membership.user)
        for side in (Pairing.mentor, Pairing.mentee)
    )
