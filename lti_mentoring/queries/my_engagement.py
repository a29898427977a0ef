"""A learner's engagement as it was computed last: parts, ledger, exemptions, delivery."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
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
    Program,
    ScorePublication,
)
from lti_mentoring.rules.completion import completion
from lti_mentoring.rules.engagement import (
    Engagement,
    Part,
    RubricLine,
    from_json,
    progress_week_source,
    rubric_lines,
)
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
MENTOR_MISSED = "mentor_missed"  # the ledger's names of facts; see grading/ledger.py
VERSION = "#"


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
    """How the score stands in the gradebook."""

    state: PublicationState
    comment: str
    given: Decimal
    maximum: Decimal
    sent_at: datetime | None


@dataclass(frozen=True)
class MyEngagement:
    """Everything on a learner's own page. ``missing`` are the gates of completion not passed yet.

    ``current`` is none before anything was computed; ``lines`` always say what counts, and
    ``doable`` what the learner can do something about now.
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
    doable: frozenset[Component]


def my_engagement(db: Session, mentee_id: int, program_id: int, now: datetime) -> MyEngagement:
    """The learner's engagement as it stands, with its reasons."""
    stored, rubric, program, reviewed = _stored(db, mentee_id, program_id)
    lines = rubric_lines(rubric.weights, rubric.targets) if rubric else ()
    parts = from_json(stored.parts) if stored else ()
    gates = [Component(gate) for gate in rubric.gates] if rubric else []
    return MyEngagement(
        current=Engagement(stored.score, parts) if stored else None,
        computed_at=stored.computed_at if stored else None,
        is_complete=stored.is_complete if stored else False,
        lines=lines,
        missing=_missing(gates, lines, parts, reviewed) if stored else tuple(gates),
        ledger=_ledger(db, mentee_id),
        exemptions=_exemptions(db, mentee_id),
        delivery=_delivery(db, mentee_id),
        posts=program.posts_engagement,
        doable=_doable(db, mentee_id, program, now),
    )


def _stored(
    db: Session, mentee_id: int, program_id: int
) -> tuple[EngagementScore | None, EngagementRubric | None, Program, int]:
    """The newest score and the rubric in force, the program, and the number of reviewed goals."""
    reviewed = (
        select(func.count())
        .where(Goal.owner_id == mentee_id, Goal.reviewed_at.is_not(None))
        .scalar_subquery()
    )
    newest = (
        select(func.max(EngagementRubric.id))
        .where(EngagementRubric.program_id == program_id)
        .scalar_subquery()
    )
    row = db.execute(
        select(EngagementScore, EngagementRubric, Program, reviewed)
        .select_from(Program)
        .outerjoin(EngagementRubric, EngagementRubric.id == newest)
        .outerjoin(EngagementScore, EngagementScore.participant_id == mentee_id)
        .where(Program.id == program_id)
    ).one()
    return row[0], row[1], row[2], row[3]


def _doable(db: Session, mentee_id: int, program: Program, now: datetime) -> frozenset[Component]:
    """What the learner can do something about now; the rest waits for somebody or some day."""
    week = progress_week_source(now, ZoneInfo(program.time_zone))
    done = select(EngagementEvent.source).where(EngagementEvent.participant_id == mentee_id)
    held = (
        select(func.count())
        .select_from(MentoringSession)
        .join(MentoringSession.pairing)
        .where(Pairing.mentee_id == mentee_id, MentoringSession.state == SessionState.HELD)
    )
    told = done.where(EngagementEvent.component == Component.GOAL_PROGRESS)
    reflected = select(func.count()).where(
        EngagementEvent.participant_id == mentee_id,
        EngagementEvent.component == Component.REFLECTION,
    )
    goals = select(Goal.id).where(
        Goal.owner_id == mentee_id, Goal.state.in_((GoalState.ACTIVE, GoalState.ON_HOLD))
    )
    pairing = select(Pairing.state).where(
        Pairing.mentee_id == mentee_id, Pairing.state.in_(LIVE_PAIRING)
    )
    pairing_state, held_count, reflected_count, told_now, has_goal = db.execute(
        select(
            pairing.scalar_subquery(),
            held.scalar_subquery(),
            reflected.scalar_subquery(),
            told.where(EngagementEvent.source == week).exists(),
            goals.exists(),
        )
    ).one()
    possible = {
        Component.NEEDS: True,
        Component.GOALS_SET: True,
        Component.AGREEMENT: pairing_state is PairingState.PROPOSED,
        Component.SESSIONS: pairing_state in WORKING,
        Component.GOAL_PROGRESS: has_goal and not told_now,
        Component.REFLECTION: held_count > reflected_count,
        Component.FEEDBACK: pairing_state is PairingState.TRIAL,
        Component.CLOSURE: program.state in LOOKING_BACK,
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
    exempt = {part.component for part in parts if part.is_exempt}
    return completion(gates, prorated, shown, Decimal(1), exempt, goals_reviewed).missing


def _ledger(db: Session, mentee_id: int) -> list[LedgerLine]:
    """Newest first."""
    rows = db.scalars(
        select(EngagementEvent)
        .where(EngagementEvent.participant_id == mentee_id)
        .order_by(EngagementEvent.occurred_at.desc(), EngagementEvent.id.desc())
        .limit(LONGEST_LEDGER)
    )
    return [_ledger_line(event) for event in rows]


def _ledger_line(event: EngagementEvent) -> LedgerLine:
    noun, _, rest = event.source.partition(VERSION)[0].partition(":")
    return LedgerLine(
        component=event.component,
        credit=event.credit,
        occurred_at=event.occurred_at,
        is_correction=event.reverses_id is not None,
        noun=noun,
        noun_id=int(rest) if rest.isdigit() else None,
    )


def _exemptions(db: Session, mentee_id: int) -> list[ExemptionLine]:
    """Those in force, without the coordinators' private notes."""
    rows = db.execute(
        select(Exemption.component, Exemption.starts_on, Exemption.ends_on, Exemption.reason)
        .where(Exemption.participant_id == mentee_id, Exemption.ended_at.is_(None))
        .order_by(Exemption.id)
    )
    return [ExemptionLine(*row) for row in rows]


def _delivery(db: Session, mentee_id: int) -> Delivery | None:
    row = db.execute(
        select(
            ScorePublication.state,
            ScorePublication.comment,
            ScorePublication.score_given,
            ScorePublication.score_maximum,
            ScorePublication.sent_at,
        )
        .join(ScorePublication.line_item)
        .where(
            ScorePublication.participant_id == mentee_id,
            LineItem.kind == LineItemKind.ENGAGEMENT,
        )
    ).first()
    return Delivery(*row) if row else None
