"""From evidence to score, and from a changed score into the outbox, in one transaction."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.grading import evidence, ledger, outbox
from lti_mentoring.grading.comment import Counts, counts_of
from lti_mentoring.grading.evidence import Evidence
from lti_mentoring.grading.line_items import plan_columns
from lti_mentoring.grading.provenance import Provenance
from lti_mentoring.grading.rubric import ensure_rubric
from lti_mentoring.models import (
    EngagementRubric,
    EngagementScore,
    LineItem,
    Participant,
    Program,
)
from lti_mentoring.rules.completion import completion
from lti_mentoring.rules.engagement import (
    Engagement,
    engagement,
    rubric_lines,
    scaled,
    to_json,
)
from lti_mentoring.vocabulary import (
    ActivityProgress,
    Component,
    LineItemKind,
    ParticipantRole,
    ProgramState,
)

FRESH = timedelta(hours=24)
COUNTING = (ProgramState.RUNNING, ProgramState.PAUSED, ProgramState.CLOSING)


def participant(
    db: Session, participant_id: int, scored_by_id: int | None = None
) -> EngagementScore | None:
    """Compute a mentee's engagement and completion anew; put what changed into the outbox.

    ``scored_by_id`` is the person whose decision about this mentee leads here, if one does.

    Mentors have none. Safe to call as often as one likes, also at the same moment: the facts are
    gathered once the participant's row is held.
    """
    learner = ledger.hold(db, participant_id)
    if learner.role != ParticipantRole.MENTEE:
        return None
    program = db.get_one(Program, learner.program_id)
    rubric = ensure_rubric(db, program)
    lines = rubric_lines(rubric.weights, rubric.targets)
    shown = evidence.gather(db, learner, program, lines)
    computed = engagement(lines, shown.earned, shown.f, shown.exempt, shown.let_off)
    gates = [Component(gate) for gate in rubric.gates]
    done = completion(
        gates,
        lines,
        shown.earned,
        shown.f,
        shown.exempt | shown.let_off,
        shown.goals_reviewed,
    )
    stored = _store(db, learner.id, rubric, computed)
    stored.is_complete = done.is_complete
    provenance = Provenance(learner.joined_at, shown.last_at, scored_by_id)
    _publish(db, program, stored, computed, shown, provenance)
    return stored


def program(db: Session, program_id: int) -> int:
    """Compute everybody of a program anew, after its rubric or dates changed; how many."""
    ids = db.scalars(
        select(Participant.id)
        .where(Participant.program_id == program_id, Participant.role == ParticipantRole.MENTEE)
        .order_by(Participant.id)  # held one after the other, in the same order by everybody
    ).all()
    for participant_id in ids:
        participant(db, participant_id)
    return len(ids)


def stale_participants(db: Session, limit: int) -> list[int]:
    """Mentees of programs under way whose score was not computed within a day.

    Days count (who waits for a mentor is expected to do less), so scores move by themselves.
    """
    old = clock.now() - FRESH
    return sorted(  # held in the same order as ``program`` holds them
        db.scalars(
            select(Participant.id)
            .join(Program)
            .outerjoin(EngagementScore)
            .where(
                Participant.role == ParticipantRole.MENTEE,
                Program.state.in_(COUNTING),
                or_(EngagementScore.computed_at.is_(None), EngagementScore.computed_at < old),
            )
            .order_by(EngagementScore.computed_at, Participant.id)
            .limit(limit)
        )
    )


def _store(
    db: Session, participant_id: int, rubric: EngagementRubric, computed: Engagement
) -> EngagementScore:
    stored = db.get(EngagementScore, participant_id, populate_existing=True)
    if stored is None:
        stored = EngagementScore(participant_id=participant_id)
        db.add(stored)
    stored.rubric_id = rubric.id
    stored.score = computed.score
    stored.parts = to_json(computed)
    stored.computed_at = clock.now()
    return stored


def _publish(
    db: Session,
    program: Program,
    stored: EngagementScore,
    computed: Engagement,
    shown: Evidence,
    provenance: Provenance,
) -> None:
    participant_id = stored.participant_id
    for column in plan_columns(db, program):
        wanted: outbox.Wanted | None
        if column.kind is LineItemKind.COMPLETION:
            wanted = _completion_cell(column, stored)
            is_first_worth_it = stored.is_complete
        else:
            wanted = _engagement_cell(column, stored, computed, shown)
            is_first_worth_it = shown.has_events
        if wanted is None:
            outbox.stop_cell(db, column.id, participant_id)
        else:
            wanted = replace(wanted, provenance=provenance)
            outbox.want(db, column, participant_id, wanted, begin=is_first_worth_it)


def _engagement_cell(
    column: LineItem, stored: EngagementScore, computed: Engagement, shown: Evidence
) -> outbox.Wanted | None:
    if computed.score is None:
        return None
    progress = ActivityProgress.IN_PROGRESS
    if shown.earned.get(Component.CLOSURE):
        progress = ActivityProgress.SUBMITTED
    if stored.is_complete:
        progress = ActivityProgress.COMPLETED
    return outbox.Wanted(
        given=scaled(computed.score, column.score_maximum),
        maximum=column.score_maximum,
        progress=progress,
        counts=counts_of(computed.parts),
    )


def _completion_cell(column: LineItem, stored: EngagementScore) -> outbox.Wanted:
    done = stored.is_complete
    return outbox.Wanted(
        given=column.score_maximum if done else Decimal(0),
        maximum=column.score_maximum,
        progress=ActivityProgress.COMPLETED if done else ActivityProgress.IN_PROGRESS,
        counts=Counts(),
    )
