"""What counts in a program: versions of its rubric, of which the newest is in force."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.models import EngagementRubric, Program
from lti_mentoring.rules.completion import DEFAULT_GATES
from lti_mentoring.rules.engagement import RubricLine, default_rubric
from lti_mentoring.vocabulary import Component

WHOLE = 100


def current_rubric(db: Session, program_id: int) -> EngagementRubric | None:
    """The rubric in force; null if the program has none yet."""
    newest = EngagementRubric.version_number.desc()
    return db.scalar(
        select(EngagementRubric)
        .where(EngagementRubric.program_id == program_id)
        .order_by(newest)
        .limit(1)
    )


def ensure_rubric(db: Session, program: Program) -> EngagementRubric:
    """The rubric in force; the default one becomes it if there is none."""
    found = current_rubric(db, program.id)
    if found is not None:
        return found
    return publish_rubric(db, program, default_rubric(program.session_target), DEFAULT_GATES)


def publish_rubric(
    db: Session, program: Program, lines: Sequence[RubricLine], gates: Sequence[Component]
) -> EngagementRubric:
    """A new version, in force from now on. Unchanged words make no new version.

    Raises:
        ValueError: if the weights do not add up to 100.
    """
    if sum(line.weight for line in lines) != WHOLE:
        raise ValueError("the weights must add up to 100")
    before = current_rubric(db, program.id)
    weights = {line.component.value: line.weight for line in lines}
    targets = {line.component.value: line.target for line in lines}
    wanted = [gate.value for gate in gates]
    if before is not None and (before.weights, before.targets, before.gates) == (
        weights,
        targets,
        wanted,
    ):
        return before
    rubric = EngagementRubric(
        program_id=program.id,
        version_number=before.version_number + 1 if before else 1,
        weights=weights,
        targets=targets,
        gates=wanted,
        created_at=clock.now(),
    )
    db.add(rubric)
    db.flush()  # scores point at it
    return rubric
