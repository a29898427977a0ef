"""Everything that the first page shows to a learner or a mentor, and what comes next for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Table, func, select

from lti_mentoring.models import (
    EngagementEvent,
    EngagementScore,
    Intake,
    MentorProfile,
    MentorRequest,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.policies.program import may_learn
from lti_mentoring.queries.fits import Likes, Why, frame_from, likes_from, why
from lti_mentoring.queries.goals import ActionLine
from lti_mentoring.queries.groups import in_order
from lti_mentoring.queries.home_lists import HomeGoal, HomeLists, HomeRequest, lists_of
from lti_mentoring.queries.home_pairs import HomeSession, Pair, pairs_of
from lti_mentoring.queries.sign_ins import MENTEES, MENTORS, PROGRAMS, Alongside
from lti_mentoring.rules.engagement import Engagement, NextAct, from_json, next_best
from lti_mentoring.rules.groups import Group
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
    Cadence,
    Component,
    GoalState,
    IntakeState,
    MentorState,
    PairingMethod,
    ProgramState,
    RequestState,
)

WEEK_DAYS = 7

_intakes = cast(Table, Intake.__table__)
_profiles = cast(Table, MentorProfile.__table__)
_scores = cast(Table, EngagementScore.__table__)
_events = cast(Table, EngagementEvent.__table__)
_requests = cast(Table, MentorRequest.__table__)

_has_closed = (
    select(_events.c.id)
    .where(_events.c.participant_id == MENTEES.c.id, _events.c.component == Component.CLOSURE)
    .exists()
)
_waiting_requests = (
    select(func.count())
    .select_from(_requests)
    .where(_requests.c.mentor_id == MENTORS.c.id, _requests.c.state == RequestState.SENT)
    .scalar_subquery()
)


class Standing(NamedTuple):
    """The program, and what its reader is in it. Null wherever that is nothing."""

    title: str
    purpose: str
    starts_on: date
    ends_on: date
    time_zone: str
    session_target: int
    session_length_minutes: int
    state: ProgramState
    pairing_method: PairingMethod
    intake_state: IntakeState | None
    next_step: int | None
    languages: list[str]
    modes: list[str]
    cadence: Cadence | None
    mentor_state: MentorState | None
    scored_id: int | None
    score: Decimal
    parts: list[Any]
    has_closed: bool
    waiting_requests: int


STANDING = Alongside(
    make=Standing._make,
    columns=(
        PROGRAMS.c.title,
        PROGRAMS.c.purpose,
        PROGRAMS.c.starts_on,
        PROGRAMS.c.ends_on,
        PROGRAMS.c.time_zone,
        PROGRAMS.c.session_target,
        PROGRAMS.c.session_length_minutes,
        PROGRAMS.c.state,
        PROGRAMS.c.pairing_method,
        _intakes.c.state,
        _intakes.c.next_step,
        _intakes.c.languages,
        _intakes.c.modes,
        _intakes.c.cadence,
        _profiles.c.state,
        _scores.c.participant_id,
        _scores.c.score,
        _scores.c.parts,
        _has_closed,
        _waiting_requests,
    ),
    joins=(
        (_intakes, _intakes.c.participant_id == MENTEES.c.id),
        (_profiles, _profiles.c.participant_id == MENTORS.c.id),
        (_scores, _scores.c.participant_id == MENTEES.c.id),
    ),
)


@dataclass(frozen=True)
class HomeProgram:
    """What the page says about the program."""

    title: str
    purpose: str
    starts_on: date
    ends_on: date
    time_zone: str
    session_target: int
    groups: tuple[Group, ...] = ()  # that it is for; none: everybody


@dataclass(frozen=True)
class LearnerHome:
    """A learner's own things."""

    goals: tuple[HomeGoal, ...]
    requests: tuple[HomeRequest, ...]
    score: Decimal | None
    next_act: NextAct | None
    why: Why | None

    @property
    def request(self) -> HomeRequest | None:
        """The one that waits for an answer."""
        return next((r for r in self.requests if r.state is RequestState.SENT), None)


@dataclass(frozen=True)
class Home:
    """The page: the next step first, then what is open."""

    step: Step
    program: HomeProgram | None
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


def home_of(connection: Connection, actor: Actor, standing: Standing, now: datetime) -> Home:
    """The first page of a learner or mentor; at most two queries, however many mentees.

    Args:
        connection: of the request.
        actor: whose page it is.
        standing: as it was found with the sign-in.
        now: this moment.
    """
    closed = program_step(actor.program_state, is_outside=actor.is_outside)
    if actor.program_id is None or closed is not None:
        program = _program(standing, actor) if actor.program_id is not None else None
        return Home(closed or Step("not_open"), program, 0, 0, None, None, 0, (), ())
    pairs = pairs_of(connection, actor, now)
    state: MentorState | None = standing.mentor_state
    learns = actor.mentee_id is not None or (may_learn(actor) and state is None)
    lists = _lists(connection, actor, pairs)
    steps: list[Step] = []
    learner = None
    if learns:
        learner, facts = _learner(actor, standing, pairs, lists, now)
        steps += learner_steps(facts, standing.state, now)
    if state is not None:
        theirs = [pair.facts for pair in pairs if not pair.i_am_mentee]
        steps += mentor_steps(MentorFacts(state, standing.waiting_requests, theirs), now)
    week, weeks = _weeks(standing, now)
    return Home(
        step=most_urgent(steps),
        program=_program(standing, actor),
        week=week,
        weeks=weeks,
        learner=learner,
        mentor_state=state,
        waiting_requests=standing.waiting_requests if state is not None else 0,
        pairs=pairs,
        actions=lists.actions if lists else (),
    )


def _program(standing: Standing, actor: Actor) -> HomeProgram:
    return HomeProgram(
        title=standing.title,
        purpose=standing.purpose,
        starts_on=standing.starts_on,
        ends_on=standing.ends_on,
        time_zone=standing.time_zone,
        session_target=standing.session_target,
        groups=in_order([actor.audience]),
    )


def _weeks(program: Standing, now: datetime) -> tuple[int, int]:
    """Which week of the program it is, and of how many; week 0 before it begins."""
    weeks = -(-((program.ends_on - program.starts_on).days + 1) // WEEK_DAYS)
    week = (now.date() - program.starts_on).days // WEEK_DAYS + 1
    return max(0, min(week, weeks)), weeks


def _own(pairs: Sequence[Pair]) -> Pair | None:
    """The reader's pairing as a mentee."""
    return next((pair for pair in pairs if pair.i_am_mentee), None)


def _lists(connection: Connection, actor: Actor, pairs: Sequence[Pair]) -> HomeLists | None:
    """The lists of a mentee or of a mentor with mentees; nobody else has any.

    Requests are for a mentee without a mentor, what two want and offer for one who has one.
    """
    mentee_id = actor.mentee_id
    if mentee_id is None and not pairs:
        return None
    pair = _own(pairs)
    if pair is None or mentee_id is None:
        return lists_of(connection, actor, asking_id=mentee_id, pair=(None, None))
    return lists_of(connection, actor, asking_id=None, pair=(mentee_id, pair.mentor_id))


def _learner(
    actor: Actor,
    standing: Standing,
    pairs: Sequence[Pair],
    lists: HomeLists | None,
    now: datetime,
) -> tuple[LearnerHome, LearnerFacts]:
    pair = _own(pairs)
    goals = lists.goals if lists else ()
    requests = lists.requests if lists else ()
    score, next_act = _score(standing, has_mentor=pair is not None)
    facts = LearnerFacts(
        intake_step=_intake_step(standing),
        can_ask=standing.pairing_method is not PairingMethod.COORDINATOR,
        has_request=any(request.state is RequestState.SENT for request in requests),
        pair=pair.facts if pair else None,
        has_goal=any(goal.state is not GoalState.PROPOSED for goal in goals),
        review_goal_id=next((g.id for g in goals if review_is_due(g.review_on, now.date())), None),
        has_closed=standing.state is ProgramState.CLOSING and bool(standing.has_closed),
    )
    reasons = _why(actor, standing, pair, lists, now) if pair and lists else None
    return LearnerHome(goals, requests, score, next_act, reasons), facts


def _intake_step(standing: Standing) -> int | None:
    if standing.intake_state is None:
        return None
    return 0 if standing.intake_state is IntakeState.SUBMITTED else standing.next_step


def _score(standing: Standing, *, has_mentor: bool) -> tuple[Decimal | None, NextAct | None]:
    """The score as computed last, and the act that adds most among those possible now."""
    if standing.scored_id is None:
        return None, None
    possible = {Component.NEEDS, Component.GOALS_SET, Component.GOAL_PROGRESS}
    if has_mentor:
        possible |= {Component.AGREEMENT, Component.SESSIONS, Component.REFLECTION}
    if standing.state is ProgramState.CLOSING:
        possible.add(Component.CLOSURE)
    current = Engagement(standing.score, from_json(standing.parts))
    return standing.score, next_best(current, possible)


def _why(actor: Actor, standing: Standing, pair: Pair, lists: HomeLists, now: datetime) -> Why:
    """Why the reader and the mentor fit."""
    dates = (standing.starts_on, standing.ends_on)
    frame = frame_from(dates, standing.session_length_minutes, now.date(), actor.time_zone)
    wants = Likes()
    if standing.intake_state is not None:
        wants = likes_from(standing.languages, standing.modes, standing.cadence)
    return why(lists.book, frame, (actor.mentee_id, wants), (pair.mentor_id, pair.mentor_likes))
