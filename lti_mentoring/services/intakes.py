"""A learner's three short steps: what I want, how I like to work, when I can."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, NotFound, Stale
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import Intake, Participant, Topic, TopicWant
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.program import LIVE, may_learn
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity, availability
from lti_mentoring.vocabulary import (
    Cadence,
    Component,
    IntakeState,
    MeetingMode,
    ParticipantRole,
    ParticipantState,
    Verb,
)

STEPS = 3


@dataclass(frozen=True)
class Wants:
    """Step 1. ``topics`` maps topic ids to importance, 1 to 3."""

    topics: Mapping[int, int]
    goal_text: str


@dataclass(frozen=True)
class Ways:
    """Step 2: how I like to meet, how often, and in which languages (codes)."""

    modes: Collection[MeetingMode]
    cadence: Cadence | None
    languages: Collection[str]


@dataclass(frozen=True)
class Times:
    """Step 3: free hours of the week, in the person's own zone."""

    cells: Collection[availability.Cell]
    time_zone: str


def save_wants(db: Session, actor: Actor, wants: Wants, version: int | None) -> Intake:
    """Keep the topics and the goal; with this the learner takes part.

    Args:
        db: the session.
        actor: a learner of the course.
        wants: what was chosen; topics of other programs are refused.
        version: of the intake that was opened; None if there was none.

    Raises:
        NotAllowed: if the actor is no learner of an open program.
        NotFound: if a topic is not the program's.
        Stale: if the answers were changed in another tab meanwhile.
    """
    intake = _open(db, actor, version)
    known = set(db.scalars(select(Topic.id).where(Topic.program_id == actor.program_id)))
    if not wants.topics.keys() <= known:
        raise NotFound("topic")
    db.execute(delete(TopicWant).where(TopicWant.participant_id == intake.participant_id))
    db.add_all(
        TopicWant(participant_id=intake.participant_id, topic_id=topic_id, importance=importance)
        for topic_id, importance in wants.topics.items()
    )
    intake.goal_text = wants.goal_text
    _reach(intake, 2)
    db.flush()
    return intake


def save_ways(db: Session, actor: Actor, ways: Ways, version: int | None) -> Intake:
    """Keep how the learner likes to work.

    Raises:
        NotAllowed, Stale: as in ``save_wants``.
    """
    intake = _open(db, actor, version)
    intake.modes = [mode.value for mode in ways.modes]
    intake.cadence = ways.cadence
    intake.languages = list(ways.languages)
    _reach(intake, 3)
    db.flush()
    return intake


def submit_times(db: Session, actor: Actor, times: Times, version: int | None) -> Intake:
    """Keep the hours; the three steps are done, and count once.

    Raises:
        NotAllowed, Stale: as in ``save_wants``.
        Conflict: if an earlier step is still missing.
    """
    intake = _open(db, actor, version)
    if intake.next_step < STEPS:
        raise Conflict("an earlier step is missing")
    availability.save(db, intake.participant_id, times.cells, times.time_zone)
    availability.read_times_in(db, actor, times.time_zone)
    is_first = intake.state is IntakeState.STARTED
    intake.state = next_state(intake.state, IntakeState.SUBMITTED)
    if is_first:
        intake.submitted_at = clock.now()
        activity.record(db, actor, Verb.INTAKE_SUBMITTED, "intake", intake.id)
    _changed(intake)
    db.flush()
    ledger.credit(db, intake.participant_id, Component.NEEDS, Decimal(1), "intake", clock.now())
    recompute.participant(db, intake.participant_id)
    return intake


def _open(db: Session, actor: Actor, version: int | None) -> Intake:
    require(may_learn(actor), "take part as a learner")
    if actor.program_state not in LIVE:
        raise Conflict("the program is not running")
    intake = db.scalar(
        select(Intake)
        .join(Intake.participant)
        .where(
            Participant.program_id == actor.program_id,
            Participant.membership_id == actor.membership_id,
            Participant.role == ParticipantRole.MENTEE,
        )
    )
    if (intake.version if intake else None) != version:
        raise Stale("intake")
    return intake or _begin(db, actor)


def _begin(db: Session, actor: Actor) -> Intake:
    mentee = db.scalar(
        select(Participant).filter_by(
            program_id=actor.program_id,
            membership_id=actor.membership_id,
            role=ParticipantRole.MENTEE,
        )
    )
    if mentee is None:
        mentee = Participant(
            program_id=actor.program_id,
            membership_id=actor.membership_id,
            role=ParticipantRole.MENTEE,
            joined_at=clock.now(),
        )
        db.add(mentee)
    mentee.state, mentee.left_at = ParticipantState.ACTIVE, None
    db.flush()
    intake = Intake(participant_id=mentee.id)
    db.add(intake)
    db.flush()
    return intake


def _reach(intake: Intake, step: int) -> None:
    intake.next_step = max(intake.next_step or 1, step)
    _changed(intake)


def _changed(intake: Intake) -> None:
    """Raise the version, also where only topics or times have changed."""
    flag_modified(intake, "goal_text")
