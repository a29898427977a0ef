"""What happens by itself: silent mentors are passed over, trials pass, unsigned pairs lapse."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    FitCheck,
    MentoringSession,
    MentorRequest,
    Pairing,
    Participant,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.program import LIVE
from lti_mentoring.services import pairings, request_travel
from lti_mentoring.services.program_effects import breaks_of, rested
from lti_mentoring.services.row_by_row import each
from lti_mentoring.vocabulary import FitAnswer, PairingState, RequestState, SessionState

AT_ONCE = 200
"""Rows of a kind in one run; the rest waits for the next one."""


def run_due(db: Session, now: datetime) -> int:
    """Do what is due at ``now``; how many things moved. Programs that rest keep still."""
    return _pass_over(db, now) + _end_trials(db, now) + _let_lapse(db, now)


def _pass_over(db: Session, now: datetime) -> int:
    """Requests without an answer expire, and the next choice is asked."""
    rows = db.execute(
        select(MentorRequest, Program.course_id)
        .join(MentorRequest.mentee)
        .join(Participant.program)
        .where(
            MentorRequest.state == RequestState.SENT,
            MentorRequest.expires_at <= now,
            Program.state.in_(LIVE),
        )
        .order_by(MentorRequest.expires_at, MentorRequest.id)
        .limit(AT_ONCE)
        .with_for_update(of=MentorRequest, skip_locked=True)
    ).all()

    def pass_over(request: MentorRequest, course_id: int) -> int:
        if request.state is not RequestState.SENT:  # one before it has released it
            return 0
        actor = Actor.system("no answer in time", course_id)
        request_travel.move(db, actor, request, RequestState.EXPIRED)
        request_travel.send_next(db, actor, request.mentee_id)
        return 1

    return _each(db, "mentor request", rows, pass_over)


def _end_trials(db: Session, now: datetime) -> int:
    """Trials whose days or sessions are over pass, where nobody wants somebody else."""
    held = (
        select(func.count())
        .select_from(MentoringSession)
        .where(
            MentoringSession.pairing_id == Pairing.id, MentoringSession.state == SessionState.HELD
        )
        .scalar_subquery()
    )
    no_fit = (
        select(FitCheck.id)
        .where(FitCheck.pairing_id == Pairing.id, FitCheck.answer == FitAnswer.NOT_A_FIT)
        .exists()
    )
    rows = db.execute(
        select(Pairing, Program.course_id)
        .join(Pairing.program)
        .where(
            Pairing.state == PairingState.TRIAL,
            Program.state.in_(LIVE),
            or_(
                Pairing.trial_ends_at <= now,
                (Program.trial_sessions > 0) & (held >= Program.trial_sessions),
            ),
            ~no_fit,
        )
        .order_by(Pairing.id)
        .limit(AT_ONCE)
        .with_for_update(of=Pairing, skip_locked=True)
    ).all()

    def pass_trial(pairing: Pairing, course_id: int) -> int:
        return pairings.settle_trial(db, Actor.system("the trial is over", course_id), pairing)

    return _each(db, "trial", rows, pass_trial)


def _let_lapse(db: Session, now: datetime) -> int:
    """Pairs that nobody opened by signing give the seat back; days of breaks do not count."""
    rows = db.execute(
        select(Pairing, Program)
        .join(Pairing.program)
        .where(
            Pairing.state == PairingState.PROPOSED,
            Pairing.created_at <= now - pairings.SEAT_HELD,
            Program.state.in_(LIVE),
        )
        .order_by(Pairing.id)
        .with_for_update(of=Pairing, skip_locked=True)
    ).all()
    breaks = breaks_of(db, [program.id for _pairing, program in rows])

    def is_due(pairing: Pairing, program: Program) -> bool:
        waited = rested(program, breaks[program.id], pairing.created_at, now)
        return pairing.created_at + pairings.SEAT_HELD + waited <= now

    def let_lapse(pairing: Pairing, program: Program) -> int:
        if not is_due(pairing, program):
            return 0
        pairings.expire(db, Actor.system("nobody signed in time", program.course_id), pairing)
        return 1

    return _each(db, "unsigned pairing", rows, let_lapse)


def _each(db: Session, what: str, rows: Sequence[Any], act: Callable[[Any, Any], int]) -> int:
    return each(db, what, [(row[0].id, row) for row in rows], lambda row: act(*row))
