"""A learner's engagement as it was computed last: parts, ledger, exemptions, delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    EngagementEvent,
    EngagementRubric,
    EngagementScore,
    Exemption,
    Goal,
    LineItem,
    MentoringSession,
    Pairing,
    Participant,
    Program,
    ScorePublication,
)
from lti_mentoring.queries.lists import AnyRow
from lti_mentoring.queries.prepared import MENTEE, PROGRAM, one_of
from lti_mentoring.rules.completion import completion
from lti_mentoring.rules.engagement import (
    Engagement,
    Part,
    RubricLine,
    from_json,
    progress_week_source,
    rubric_lines,
)
from lti_mentoring.rules.overrides import Grade
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    Component,
    ExemptionReason,
    GoalState,
    LineItemKind,
    PairingState,
    ProgramState,
    PublicationState,
    SessionState,
)

WORKING = frozenset({PairingState.TRIAL, PairingState.ACTIVE, PairingState.CLOSING})
LOOKING_BACK = frozenset({ProgramState.CLOSING, ProgramState.CLOSED})

LONGEST_LEDGER = 200
MOST_VERSIONS = 20
MENTOR_MISSED = "mentor_missed"  # the ledger's names of facts; see grading/ledger.py
VERSION = "#"

_programs = cast(Table, Program.__table__)
_participants = cast(Table, Participant.__table__)
_rubrics = cast(Table, EngagementRubric.__table__)
_scores = cast(Table, EngagementScore.__table__)
_events = cast(Table, EngagementEvent.__table__)
_exemption_rows = cast(Table, Exemption.__table__)
_goals = cast(Table, Goal.__table__)
_pairings = cast(Table, Pairing.__table__)
_sessions = cast(Table, MentoringSession.__table__)
_line_items = cast(Table, LineItem.__table__)
_publications = cast(Table, ScorePublication.__table__)

_joined_at = select(_participants.c.joined_at).where(_participants.c.id == MENTEE).scalar_subquery()
_has_closed = (
    select(_events.c.id)
    .where(_events.c.participant_id == MENTEE, _events.c.component == Component.CLOSURE)
    .exists()
)
_reviewed_count = (  # as the score's evidence counts them
    select(func.count())
    .where(
        _goals.c.owner_id == MENTEE,
        _goals.c.reviewed_at.is_not(None),
        (_goals.c.state != GoalState.DROPPED) | _has_closed,
    )
    .scalar_subquery()
)
_has_goal = (
    select(_goals.c.id)
    .where(
        _goals.c.owner_id == MENTEE,
        one_of(_goals.c.state, (GoalState.ACTIVE, GoalState.ON_HOLD)),
    )
    .exists()
)
_held_count = (
    select(func.count())
    .select_from(_sessions)
    .join(_pairings, _pairings.c.id == _sessions.c.pairing_id)
    .where(_pairings.c.mentee_id == MENTEE, _sessions.c.state == SessionState.HELD)
    .scalar_subquery()
)
_reflected_count = (
    select(func.count())
    .where(_events.c.participant_id == MENTEE, _events.c.component == Component.REFLECTION)
    .scalar_subquery()
)
_live = select(_pairings.c.state).where(
    _pairings.c.mentee_id == MENTEE, one_of(_pairings.c.state, LIVE_PAIRING)
)
_live_state = _live.scalar_subquery()
_live_id = _live.with_only_columns(_pairings.c.id).scalar_subquery()
# The newest score and its delivery, and what is open to the learner: once for each version of
# the rubric, the one in force first.
_STANDING = (
    select(
        _programs.c.state.label("program_state"),
        _programs.c.time_zone,
        _programs.c.posts_engagement,
        _programs.c.mentors_see_engagement,
        _joined_at.label("joined_at"),
        _rubrics.c.created_at.label("in_force_at"),
        _rubrics.c.weights,
        _rubrics.c.targets,
        _rubrics.c.gates,
        _scores.c.score,
        _scores.c.parts,
        _scores.c.is_complete,
        _scores.c.computed_at,
        _publications.c.state.label("delivery_state"),
        _publications.c.comment,
        _publications.c.score_given,
        _publications.c.score_maximum,
        _publications.c.sent_at,
        _publications.c.lms_score,
        _publications.c.lms_maximum,
        _publications.c.resumed_at,
        _reviewed_count.label("reviewed_count"),
        _has_goal.label("has_goal"),
        _held_count.label("held_count"),
        _reflected_count.label("reflected_count"),
        _live_state.label("pairing_state"),
        _live_id.label("pairing_id"),
    )
    .select_from(_programs)
    .outerjoin(_rubrics, _rubrics.c.program_id == _programs.c.id)
    .outerjoin(_scores, _scores.c.participant_id == MENTEE)
    .outerjoin(
        _line_items,
        (_line_items.c.program_id == _programs.c.id)
        & (_line_items.c.kind == LineItemKind.ENGAGEMENT),
    )
    .outerjoin(
        _publications,
        (_publications.c.line_item_id == _line_items.c.id)
        & (_publications.c.participant_id == MENTEE),
    )
    .where(_programs.c.id == PROGRAM)
    .order_by(_rubrics.c.version_number.desc())
    .limit(MOST_VERSIONS)
)
_LEDGER = (
    select(
        _events.c.component,
        _events.c.credit,
        _events.c.source,
        _events.c.occurred_at,
        _events.c.reverses_id,
    )
    .where(_events.c.participant_id == MENTEE)
    .order_by(_events.c.occurred_at.desc(), _events.c.id.desc())
    .limit(LONGEST_LEDGER)
)
# Those in force, without the coordinators' private notes.
_EXEMPTIONS = (
    select(
        _exemption_rows.c.component,
        _exemption_rows.c.starts_on,
        _exemption_rows.c.ends_on,
        _exemption_rows.c.reason,
    )
    .where(_exemption_rows.c.participant_id == MENTEE, _exemption_rows.c.ended_at.is_(None))
    .order_by(_exemption_rows.c.id)
)


@dataclass(frozen=True)
class LedgerLine:
    """A dated fact. ``noun`` and ``noun_id`` name the session or goal that it is about."""

    component: Component
    credit: Decimal
    occurred_at: datetime
    is_correction: bool
    noun: str
    noun_id: int | None


@dataclass(frozen=True)
class ExemptionLine:
    """What does not count for the learner, or which days do not."""

    component: Component | None
    starts_on: date | None
    ends_on: date | None
    reason: ExemptionReason


@dataclass(frozen=True)
class Delivery:
    """How the score stands in the gradebook.

    ``shown`` is what it had instead of what was sent, when that was seen last; ``is_resumed``
    that scores are sent all the same.
    """

    state: PublicationState
    comment: str
    given: Decimal
    maximum: Decimal
    sent_at: datetime | None
    shown: Grade | None
    is_resumed: bool


@dataclass(frozen=True)
class CountedBefore:
    """What counted until it was changed."""

    until: datetime
    lines: tuple[RubricLine, ...]


@dataclass(frozen=True)
class MyEngagement:
    """Everything on a learner's own page. ``missing`` are the gates of completion not passed yet.

    ``current`` is none before anything was computed; ``lines`` always say what counts, and
    ``doable`` what the learner can do something about now. ``pairing_id`` is the live one's.
    ``counted_before`` has what held earlier while the learner took part, the newest first.
    """

    current: Engagement | None
    computed_at: datetime | None
    is_complete: bool
    lines: tuple[RubricLine, ...]
    missing: tuple[Component, ...]
    ledger: list[LedgerLine]
    exemptions: list[ExemptionLine]
    delivery: Delivery | None
    posts: bool
    mentor_sees: bool
    doable: frozenset[Component]
    pairing_id: int | None
    counted_before: tuple[CountedBefore, ...]


def my_engagement(db: Session, mentee_id: int, program_id: int, now: datetime) -> MyEngagement:
    """The learner's engagement as it stands, with its reasons; three queries."""
    connection, given = db.connection(), {"mentee_id": mentee_id}
    versions = connection.execute(_STANDING, {**given, "program_id": program_id}).all()
    standing = versions[0]
    ledger = connection.execute(_LEDGER, given).all()
    exemptions = connection.execute(_EXEMPTIONS, given)
    has_rubric, has_score = standing.gates is not None, standing.computed_at is not None
    lines = rubric_lines(standing.weights, standing.targets) if has_rubric else ()
    parts = from_json(standing.parts) if has_score else ()
    gates = [Component(gate) for gate in standing.gates] if has_rubric else []
    return MyEngagement(
        current=Engagement(standing.score, parts) if has_score else None,
        computed_at=standing.computed_at,
        is_complete=bool(standing.is_complete),
        lines=lines,
        missing=_missing(gates, lines, parts, standing.reviewed_count),
        ledger=[_ledger_line(event) for event in ledger],
        exemptions=[ExemptionLine(*row) for row in exemptions],
        delivery=_delivery(standing),
        posts=standing.posts_engagement,
        mentor_sees=standing.mentors_see_engagement,
        doable=_doable(standing, ledger, now),
        pairing_id=standing.pairing_id,
        counted_before=tuple(
            CountedBefore(newer.in_force_at, rubric_lines(older.weights, older.targets))
            for newer, older in pairwise(versions)
            if newer.in_force_at > standing.joined_at
        ),
    )


def _doable(standing: AnyRow, ledger: Sequence[AnyRow], now: datetime) -> frozenset[Component]:
    """What the learner can do something about now; the rest waits for somebody or some day."""
    week = progress_week_source(now, ZoneInfo(standing.time_zone))
    told_now = (Component.GOAL_PROGRESS, week) in {(fact.component, fact.source) for fact in ledger}
    has_answered = any(fact.component is Component.FEEDBACK for fact in ledger)
    possible = {
        Component.NEEDS: True,
        Component.GOALS_SET: True,
        Component.AGREEMENT: standing.pairing_state is PairingState.PROPOSED,
        Component.SESSIONS: standing.pairing_state in WORKING,
        Component.GOAL_PROGRESS: standing.has_goal and not told_now,
        Component.REFLECTION: standing.held_count > standing.reflected_count,
        Component.FEEDBACK: standing.pairing_state in WORKING and not has_answered,
        Component.CLOSURE: standing.program_state in LOOKING_BACK,
    }
    return frozenset(component for component, can in possible.items() if can)


def _missing(
    gates: list[Component],
    lines: tuple[RubricLine, ...],
    parts: tuple[Part, ...],
    goals_reviewed: int,
) -> tuple[Component, ...]:
    """The gates not passed yet. Targets of parts are prorated already, hence the whole of them."""
    by_component = {part.component: part for part in parts}
    prorated = [
        RubricLine(line.component, line.weight, by_component[line.component].target or line.target)
        if line.component in by_component
        else line
        for line in lines
    ]
    shown = {part.component: part.shown for part in parts}
    exempt = {part.component for part in parts if part.is_let_off}
    return completion(gates, prorated, shown, Decimal(1), exempt, goals_reviewed).missing


def _ledger_line(event: AnyRow) -> LedgerLine:
    noun, _, rest = event.source.partition(VERSION)[0].partition(":")
    return LedgerLine(
        component=event.component,
        credit=event.credit,
        occurred_at=event.occurred_at,
        is_correction=event.reverses_id is not None,
        noun=noun,
        noun_id=int(rest) if rest.isdigit() else None,
    )


def _delivery(standing: AnyRow) -> Delivery | None:
    if standing.delivery_state is None:
        return None
    return Delivery(
        state=standing.delivery_state,
        comment=standing.comment,
        given=standing.score_given,
        maximum=standing.score_maximum,
        sent_at=standing.sent_at,
        shown=_shown(standing),
        is_resumed=standing.resumed_at is not None,
    )


def _shown(standing: AnyRow) -> Grade | None:
    if standing.lms_score is None:
        return None
    return Grade(standing.lms_score, standing.lms_maximum or standing.score_maximum)
