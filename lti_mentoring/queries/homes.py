"""Everything that the first page shows to a learner or a mentor, and what comes next for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    EngagementEvent,
    EngagementScore,
    Intake,
    MentorProfile,
    MentorRequest,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.program import may_learn
from lti_mentoring.queries.actions import open_actions
from lti_mentoring.queries.fits import Why
from lti_mentoring.queries.goals import ActionLine, GoalLine, goals_of
from lti_mentoring.queries.home_pairs import HomeSession, Pair, pairs_of
from lti_mentoring.queries.mentor_requests import OwnRequest, own_requests
from lti_mentoring.queries.pairing_pages import why_of
from lti_mentoring.rules.engagement import Engagement, NextAct, from_json, next_best
from lti_mentoring.rules.next_step import (
    LearnerFacts,
    MentorFacts,
    Step,
    learner_steps,
    mentor_steps,
    most_urgent,
    program_step,
    review_is_due,
)
from lti_mentoring.vocabulary import (
    Component,
    GoalState,
    IntakeState,
    MentorState,
    PairingMethod,
    ProgramState,
    RequestState,
)

WEEK_DAYS = 7
UNDER_WAY = frozenset({GoalState.ACTIVE, GoalState.ON_HOLD, GoalState.PROPOSED, GoalState.DRAFT})


@dataclass(frozen=True)
class LearnerHome:
    """A learner's own things."""

    goals: tuple[GoalLine, ...]
    requests: tuple[OwnRequest, ...]
    score: Decimal | None
    next_act: NextAct | None
    why: Why | None

    @property
    def request(self) -> OwnRequest | None:
        """The one that waits for an answer."""
        return next((r for r in self.requests if r.state is RequestState.SENT), None)


@dataclass(frozen=True)
class Home:
    """The page: the next step first, then what is open."""

    step: Step
    program: Program | None
    week: int
    weeks: int
    learner: LearnerHome | None
    mentor_state: MentorState | None
    waiting_requests: int
    pairs: tuple[Pair, ...]
    actions: tuple[ActionLine, ...]

    @property
    def pair(self) -> Pair | None:
        """The pairing that the next step is about."""
        return next((p for p in self.pairs if p.facts.pairing_id == self.step.pairing_id), None)

    @property
    def session(self) -> HomeSession | None:
        """The session that the next step is about."""
        sessions = self.pair.sessions if self.pair else ()
        return next((s for s in sessions if s.id == self.step.thing_id), None)

    @property
    def own_pair(self) -> Pair | None:
        """The reader's pairing as a mentee."""
        return next((p for p in self.pairs if p.i_am_mentee), None)

    @property
    def mentees(self) -> tuple[Pair, ...]:
        """The reader's pairings as a mentor."""
        return tuple(p for p in self.pairs if not p.i_am_mentee)


def home_of(db: Session, actor: Actor, now: datetime) -> Home:
    """The first page of a learner or mentor; as many queries for one mentee as for twenty."""
    program = db.get(Program, actor.program_id) if actor.program_id is not None else None
    closed = program_step(actor.program_state)
    if program is None or closed is not None:
        return Home(closed or Step("not_open"), program, 0, 0, None, None, 0, (), ())
    pairs = pairs_of(db, actor, now)
    state, waiting = _mentor_side(db, actor)
    steps: list[Step] = []
    learner = None
    if actor.mentee_id is not None or (may_learn(actor) and state is None):
        learner, facts = _learner(db, actor, program, pairs, now)
        steps += learner_steps(facts, program.state, now)
    if state is not None:
        theirs = [pair.facts for pair in pairs if not pair.i_am_mentee]
        steps += mentor_steps(MentorFacts(state, waiting, theirs), now)
    week, weeks = _weeks(program, now)
    return Home(
        step=most_urgent(steps),
        program=program,
        week=week,
        weeks=weeks,
        learner=learner,
        mentor_state=state,
        waiting_requests=waiting,
        pairs=pairs,
        actions=tuple(open_actions(db, actor)) if pairs or learner else (),
    )


def _weeks(program: Program, now: datetime) -> tuple[int, int]:
    """Which week of the program it is, and of how many; week 0 before it begins."""
    weeks = -(-((program.ends_on - program.starts_on).days + 1) // WEEK_DAYS)
    week = (now.date() - program.starts_on).days // WEEK_DAYS + 1
    return max(0, min(week, weeks)), weeks


def _learner(
    db: Session, actor: Actor, program: Program, pairs: Sequence[Pair], now: datetime
) -> tuple[LearnerHome, LearnerFacts]:
    pair = next((p for p in pairs if p.i_am_mentee), None)
    intake = db.scalar(select(Intake).where(Intake.participant_id == actor.mentee_id))
    mentee_id = actor.mentee_id
    goals = [g for g in goals_of(db, mentee_id) if g.state in UNDER_WAY] if mentee_id else []
    requests = own_requests(db, actor) if mentee_id and pair is None else []
    score, next_act = _score(db, actor, program, has_mentor=pair is not None)
    facts = LearnerFacts(
        intake_step=_intake_step(intake),
        can_ask=program.pairing_method is not PairingMethod.COORDINATOR,
        has_request=any(request.state is RequestState.SENT for request in requests),
        pair=pair.facts if pair else None,
        has_goal=any(goal.state is not GoalState.PROPOSED for goal in goals),
        review_goal_id=next((g.id for g in goals if review_is_due(g.review_on, now.date())), None),
        has_closed=program.state is ProgramState.CLOSING and _has_closed(db, actor),
    )
    why = why_of(db, actor, pair.pairing, now) if pair else None
    return LearnerHome(tuple(goals), tuple(requests), score, next_act, why), facts


def _intake_step(intake: Intake | None) -> int | None:
    if intake is None:
        return None
    return 0 if intake.state is IntakeState.SUBMITTED else intake.next_step


def _has_closed(db: Session, actor: Actor) -> bool:
    found = db.scalar(
        select(EngagementEvent.id)
        .where(
            EngagementEvent.participant_id == actor.mentee_id,
            EngagementEvent.component == Component.CLOSURE,
        )
        .limit(1)
    )
    return found is not None


def _score(
    db: Session, actor: Actor, program: Program, *, has_mentor: bool
) -> tuple[Decimal | None, NextAct | None]:
    """The score as computed last, and the act that adds most among those possible now."""
    stored = db.get(EngagementScore, actor.mentee_id) if actor.mentee_id is not None else None
    if stored is None:
        return None, None
    possible = {Component.NEEDS, Component.GOALS_SET, Component.GOAL_PROGRESS}
    if has_mentor:
        possible |= {Component.AGREEMENT, Component.SESSIONS, Component.REFLECTION}
    if program.state is ProgramState.CLOSING:
        possible.add(Component.CLOSURE)
    return stored.score, next_best(Engagement(stored.score, from_json(stored.parts)), possible)


def _mentor_side(db: Session, actor: Actor) -> tuple[MentorState | None, int]:
    if actor.mentor_id is None:
        return None, 0
    waiting = (
        select(func.count())
        .select_from(MentorRequest)
        .where(MentorRequest.mentor_id == actor.mentor_id, MentorRequest.state == RequestState.SENT)
        .scalar_subquery()
    )
    row = db.execute(
        select(MentorProfile.state, waiting).where(MentorProfile.participant_id == actor.mentor_id)
    ).first()
    return (row[0], row[1]) if row else (None, 0)
