"""What happens by itself: silent mentors are passed over, trials pass, unsigned pairs lapse."""

from datetime import datetime

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
    moved = 0
    for request, course_id in rows:
        if request.state is not RequestState.SENT:  # one before it has released it
            continue
        actor = Actor.system("no answer in time", course_id)
        request_travel.move(db, actor, request, RequestState.EXPIRED)
        request_travel.send_next(db, actor, request.mentee_id)
        moved += 1
    return moved


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
    return sum(
        pairings.settle_trial(db, Actor.system("the trial is over", course_id), pairing)
        for pairing, course_id in rows
    )


def _let_lapse(db: Session, now: datetime) -> int:
    """Pairs that nobody opened by signing give the seat back."""
    rows = db.execute(
        select(Pairing, Program.course_id)
        .join(Pairing.program)
        .where(
            Pairing.state == PairingState.PROPOSED,
            Pairing.created_at <= now - pairings.SEAT_HELD,
            Program.state.in_(LIVE),
        )
        .order_by(Pairing.id)
        .limit(AT_ONCE)
        .with_for_update(of=Pairing, skip_locked=True)
    ).all()
    for pairing, course_id in rows:
        pairings.expire(db, Actor.system("nobody signed in time", course_id), pairing)
    return len(rows)
