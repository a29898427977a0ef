"""What counts for engagement: versions of a program's rubric, and what a change of it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_mentoring.grading import evidence, recompute
from lti_mentoring.grading.rubric import ensure_rubric, publish_rubric
from lti_mentoring.models import (
    EngagementRubric,
    EngagementScore,
    Membership,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.program import coordinates
from lti_mentoring.rules.engagement import RubricLine, default_rubric, engagement
from lti_mentoring.services import activity
from lti_mentoring.vocabulary import (
    Component,
    ParticipantRole,
    ParticipantState,
    ProgramState,
    Verb,
)

ALL_WEIGHTS = 100

COMPONENTS = tuple(part for part in Component if part is not Component.ORIENTATION)
"""What a coordinator can give a weight; orientation waits until a program offers one."""


@dataclass(frozen=True)
class Counting:
    """What counts, and which columns stand in the gradebook; weights add up to 100."""

    weights: Mapping[Component, int]
    posts_engagement: bool
    posts_completion: bool


@dataclass(frozen=True)
class Effect:
    """One learner's score, 0 to 100, before and after a change; None where there is none."""

    name: str
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal:
        """Points gained (or lost, below 0)."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


def lines_of(weights: Mapping[Component, int], session_target: int) -> tuple[RubricLine, ...]:
    """The rubric with these weights and the targets that follow from the number of sessions.

    Raises:
        ValueError: if something without a target has a weight.
    """
    known = {line.component: line.target for line in default_rubric(session_target)}
    return tuple(
        RubricLine(part, weights.get(part, 0), known[part] or min(weights.get(part, 0), 1))
        for part in known
    )


def newest_rubric(db: Session, program: Program) -> EngagementRubric:
    """The version that holds now; a program without one gets the default."""
    return ensure_rubric(db, program)


def change_weights(db: Session, actor: Actor, program: Program, weights: Mapping[str, int]) -> bool:
    """From now on ``weights`` (component values to whole numbers) hold; whether that is new.

    A draft's rubric is changed in place; later every change is a version of its own.

    Raises:
        NotAllowed: if the actor does not coordinate.
        ValueError: if the weights do not add up to 100, or one of them is impossible.
    """
    require(coordinates(actor), "change what counts")
    lines = lines_of({Component(name): w for name, w in weights.items()}, program.session_target)
    if sum(line.weight for line in lines) != ALL_WEIGHTS:
        raise ValueError("the weights must add up to 100")
    return _write(db, actor, program, lines)


def effects(
    db: Session, actor: Actor, program: Program, weights: Mapping[Component, int]
) -> list[Effect]:
    """What these weights would do to everybody's score now, without saving anything.

    Raises:
        NotAllowed: if the actor does not coordinate.
        ValueError: if the weights do not add up to 100, or one of them is impossible.
    """
    require(coordinates(actor), "change what counts")
    lines = lines_of(weights, program.session_target)
    learners = db.execute(
        select(Participant, PlatformUser, EngagementScore.score)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .outerjoin(EngagementScore, EngagementScore.participant_id == Participant.id)
        .where(
            Participant.program_id == program.id,
            Participant.role == ParticipantRole.MENTEE,
            Participant.state == ParticipantState.ACTIVE,
            Membership.is_test_user.is_(False),
        )
        .order_by(PlatformUser.name, Participant.id)
    )
    found = []
    for learner, user, before in learners.all():
        shown = evidence.gather(db, learner, program, lines)
        after = engagement(lines, shown.earned, shown.f, shown.exempt, shown.let_off).score
        found.append(Effect(user.display_name, before, after))
    return found


def follow_target(db: Session, actor: Actor, program: Program) -> bool:
    """After the number of sessions has changed, the rubric expects that many; whether it is new."""
    stored = newest_rubric(db, program)
    weights = {Component(name): weight for name, weight in stored.weights.items()}
    return _write(db, actor, program, lines_of(weights, program.session_target))


def recompute_all(db: Session, program: Program) -> None:
    """Every learner's score follows the program as it is now."""
    db.flush()
    recompute.program(db, program.id)


def _write(db: Session, actor: Actor, program: Program, lines: tuple[RubricLine, ...]) -> bool:
    stored = newest_rubric(db, program)
    weights, targets = _as_json(lines)
    if (stored.weights, stored.targets) == (weights, targets):
        return False
    if program.state is ProgramState.DRAFT:
        stored.weights, stored.targets = weights, targets
        return True
    gates = [Component(gate) for gate in stored.gates]
    number = publish_rubric(db, program, lines, gates).version_number
    activity.record(db, actor, Verb.RUBRIC_CHANGED, "program", program.id, str(number))
    recompute_all(db, program)
    return True


def _as_json(lines: tuple[RubricLine, ...]) -> tuple[dict[str, int], dict[str, int]]:
    weights = {line.component.value: line.weight for line in lines}
    return weights, {line.component.value: line.target for line in lines}
