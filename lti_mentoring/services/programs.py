"""A program's design, changed step by step, and its way from draft to closed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, Stale
from lti_mentoring.grading import line_items
from lti_mentoring.models import (
    Activity,
    Agreement,
    EngagementRubric,
    Program,
    ProgramBreak,
    Topic,
    TopicOffer,
    TopicWant,
)
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.program import coordinates
from lti_mentoring.queries.programs import has_people
from lti_mentoring.rules.transitions import next_state
from lti_mentoring.services import activity, program_effects, rubrics
from lti_mentoring.vocabulary import (
    Cadence,
    MentorSource,
    PairingMethod,
    Preset,
    ProgramState,
    Verb,
)

Step = Literal["purpose", "rhythm", "topics", "mentors", "counts", "privacy", "check"]
Missing = Literal["objective", "dates", "agreement", "rubric"]

STEPS: tuple[Step, ...] = (
    "purpose", "rhythm", "topics", "mentors", "counts", "privacy", "check",
)  # fmt: skip
"""The wizard's steps in their order; ``Program.setup_step`` counts them from 1."""

TERM = timedelta(weeks=14, days=-1)  # both dates are included
REOPEN_WITHIN = timedelta(days=30)
OVER = frozenset({ProgramState.CLOSED, ProgramState.CANCELLED})


@dataclass(frozen=True)
class Beginning:
    """What a preset suggests for everything that a coordinator can choose."""

    preset: Preset
    title: str
    purpose: str
    objectives: str
    audience: str
    topics: tuple[str, ...]
    agreement: str
    cadence: Cadence = Cadence.FORTNIGHTLY
    session_target: int = 6
    session_length_minutes: int = 45
    mentor_source: MentorSource = MentorSource.BOTH
    pairing_method: PairingMethod = PairingMethod.BOTH


@dataclass(frozen=True)
class Purpose:
    """What the program is for, and for whom; ``objectives`` one a line."""

    title: str
    purpose: str
    objectives: str
    audience: str


@dataclass(frozen=True)
class Rhythm:
    """When it runs and how often two people meet; both dates are included."""

    starts_on: date
    ends_on: date
    time_zone: str
    cadence: Cadence
    session_target: int
    session_length_minutes: int


@dataclass(frozen=True)
class Finding:
    """How mentors are found, how pairs are made, and how long things may take (in days)."""

    mentor_source: MentorSource
    pairing_method: PairingMethod
    answer_days: int
    trial_days: int
    trial_sessions: int


@dataclass(frozen=True)
class Confidence:
    """Who sees what, and the text that both people of a pairing sign."""

    mentors_see_engagement: bool
    agreement: str


def today_in(program: Program) -> date:
    """Today's date in the program's zone."""
    return clock.now().astimezone(ZoneInfo(program.time_zone)).date()


def create_program(db: Session, actor: Actor, beginning: Beginning) -> Program:
    """A draft for the actor's course: today and 14 weeks on, with everything already suggested.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Conflict: if the course has a program that is not over.
    """
    require(coordinates(actor), "set up a program")
    if actor.course_id is None or actor.program_state not in {None, *OVER}:
        raise Conflict("the course has a program already")
    today = clock.now().astimezone(ZoneInfo(actor.time_zone)).date()
    values = asdict(beginning)
    topics, agreement = values.pop("topics"), values.pop("agreement")
    program = Program(
        course_id=actor.course_id,
        starts_on=today,
        ends_on=today + TERM,
        time_zone=actor.time_zone,
        created_at=clock.now(),
        **values,
    )
    db.add(program)
    db.flush()
    _write_topics(db, program, topics)
    _publish_agreement(db, program, agreement, 1)
    rubrics.newest_rubric(db, program)
    activity.record(db, actor, Verb.PROGRAM_CREATED, "program", program.id, beginning.preset)
    return program


def change_purpose(
    db: Session, actor: Actor, program: Program, draft: Purpose, version: int
) -> None:
    """The program is for what ``draft`` says.

    Raises:
        NotAllowed: if the actor does not coordinate.
        Stale: if ``version`` is not the newest.
        Conflict: if the program is over. These three hold for every change of a program.
    """
    check_change(actor, program, version)
    for name, value in asdict(draft).items():
        setattr(program, name, value)
    _changed(db, actor, program, "purpose")


def change_rhythm(db: Session, actor: Actor, program: Program, draft: Rhythm, version: int) -> None:
    """Dates and rhythm are those of ``draft``; scores of an open program follow at once."""
    check_change(actor, program, version)
    for name, value in asdict(draft).items():
        setattr(program, name, value)
    _changed(db, actor, program, "rhythm")
    is_new = rubrics.follow_target(db, actor, program)
    if program.state is not ProgramState.DRAFT and not is_new:
        rubrics.recompute_all(db, program)


def change_topics(
    db: Session, actor: Actor, program: Program, names: Sequence[str], version: int
) -> tuple[str, ...]:
    """The program's topics are ``names``, in this order, and those that people already use.

    Returns:
        The names that stayed although they were taken out, because somebody uses them.
    """
    check_change(actor, program, version)
    kept = _write_topics(db, program, names)
    _changed(db, actor, program, "topics")
    return kept


def change_finding(
    db: Session, actor: Actor, program: Program, draft: Finding, version: int
) -> None:
    """Mentors are found and pairs are made as ``draft`` says; running requests keep their dates."""
    check_change(actor, program, version)
    for name, value in asdict(draft).items():
        setattr(program, name, value)
    _changed(db, actor, program, "mentors")


def change_counting(
    db: Session, actor: Actor, program: Program, draft: rubrics.Counting, version: int
) -> None:
    """What counts is what ``draft`` says; in an open program scores and columns follow.

    Raises:
        ValueError: if the weights do not add up to 100.
    """
    check_change(actor, program, version)
    columns = (program.posts_engagement, program.posts_completion)
    program.posts_engagement = draft.posts_engagement
    program.posts_completion = draft.posts_completion
    _changed(db, actor, program, "counts")
    weights = {component.value: weight for component, weight in draft.weights.items()}
    is_new = rubrics.change_weights(db, actor, program, weights)
    if program.state is ProgramState.DRAFT:
        return
    if columns != (draft.posts_engagement, draft.posts_completion):
        line_items.plan_columns(db, program)
        if not is_new:
            rubrics.recompute_all(db, program)


def change_confidence(
    db: Session, actor: Actor, program: Program, draft: Confidence, version: int
) -> bool:
    """Who sees what is as ``draft`` says; whether the agreement became a new version.

    A draft's agreement is changed in place. Once the program is open, another text is another
    version: pairs that have signed stay with theirs, new pairs sign the new one.
    """
    check_change(actor, program, version)
    program.mentors_see_engagement = draft.mentors_see_engagement
    _changed(db, actor, program, "privacy")
    newest = newest_agreement(db, program)
    if newest.body == draft.agreement:
        return False
    if program.state is ProgramState.DRAFT:
        newest.body = draft.agreement
        return False
    number = newest.version_number + 1
    _publish_agreement(db, program, draft.agreement, number)
    activity.record(db, actor, Verb.AGREEMENT_PUBLISHED, "program", program.id, str(number))
    return True


def skip_step(db: Session, actor: Actor, program: Program, step: Step) -> None:
    """The suggestion for ``step`` is fine: the wizard goes on behind it.

    Raises:
        NotAllowed: if the actor does not coordinate.
    """
    require(coordinates(actor), "set up this program")
    _go_on(program, step)
    db.flush()


def newest_agreement(db: Session, program: Program) -> Agreement:
    """The version that new pairs sign; every program has one."""
    found = select(Agreement).where(Agreement.program_id == program.id)
    return db.scalars(found.order_by(Agreement.version_number.desc()).limit(1)).one()


def missing_for_opening(
    program: Program, agreement: Agreement, rubric: EngagementRubric
) -> tuple[Missing, ...]:
    """What has to be added before the program can be opened; nothing if it is ready.

    Source: mentoring.md 8.2.
    """
    checks: tuple[tuple[Missing, bool], ...] = (
        ("objective", bool(program.objectives.strip())),
        ("dates", program.starts_on < program.ends_on and program.ends_on > today_in(program)),
        ("agreement", bool(agreement.body.strip())),
        ("rubric", sum(rubric.weights.values()) == rubrics.ALL_WEIGHTS),
    )
    return tuple(name for name, is_there in checks if not is_there)


def move_program(db: Session, actor: Actor, program: Program, wanted: ProgramState) -> None:
    """The program is ``wanted`` from now on, with what belongs to that state.

    Raises:
        NotAllowed: if the actor neither coordinates nor is the calendar.
        Conflict: if it cannot go there from where it is, if something is missing for the
            opening, if people already take part (back to draft), or if it was closed too long
            ago (reopening).
    """
    require(coordinates(actor) or actor.system_reason is not None, "run this program")
    before, program.state = program.state, _checked_state(db, program, wanted)
    if wanted is ProgramState.PAUSED:
        db.add(ProgramBreak(program_id=program.id, starts_on=today_in(program)))
    if before is ProgramState.PAUSED:
        _end_break(db, program)
    if wanted in OVER:
        program_effects.end_all(db, actor, program)
    if before is ProgramState.CLOSED:
        program_effects.take_up_pairs(db, actor, program)
    activity.record(db, actor, Verb.PROGRAM_MOVED, "program", program.id, wanted)
    if wanted in {ProgramState.RECRUITING, ProgramState.RUNNING}:
        line_items.plan_columns(db, program)
    if before is not ProgramState.DRAFT and wanted is not ProgramState.DRAFT:
        rubrics.recompute_all(db, program)


def closed_recently(db: Session, program: Program) -> bool:
    """Whether the program was closed at most 30 days ago, so that it can be opened again."""
    moved = select(Activity.at).where(
        Activity.noun == "program",
        Activity.noun_id == program.id,
        Activity.verb == Verb.PROGRAM_MOVED,
        Activity.detail == ProgramState.CLOSED,
    )
    closed_at = db.scalars(moved.order_by(Activity.id.desc()).limit(1)).first()
    return closed_at is not None and clock.now() < closed_at + REOPEN_WITHIN


def _checked_state(db: Session, program: Program, wanted: ProgramState) -> ProgramState:
    state = next_state(program.state, wanted)
    if program.state is ProgramState.DRAFT and wanted is ProgramState.RECRUITING:
        agreement, rubric = newest_agreement(db, program), rubrics.newest_rubric(db, program)
        missing = missing_for_opening(program, agreement, rubric)
        if missing:
            raise Conflict(f"before the program opens: {', '.join(missing)}")
    if program.state is ProgramState.CLOSED and not closed_recently(db, program):
        raise Conflict("a program that was closed more than 30 days ago stays closed")
    if wanted is ProgramState.DRAFT and has_people(db, program.id):
        raise Conflict("people take part already")
    return state


def _end_break(db: Session, program: Program) -> None:
    """Today counts again, and what waited has more time; a break of no whole day was none."""
    open_break = select(ProgramBreak).where(
        ProgramBreak.program_id == program.id, ProgramBreak.ends_on.is_(None)
    )
    yesterday = today_in(program) - timedelta(days=1)
    for pause in db.scalars(open_break):
        if pause.starts_on > yesterday:
            db.delete(pause)
        else:
            pause.ends_on = yesterday
            program_effects.move_deadlines(db, program, pause)


def check_change(actor: Actor, program: Program, version: int) -> None:
    """Let only a coordinator change a program that goes on, in the state that they saw.

    Raises:
        NotAllowed, Stale, Conflict: as in ``change_purpose``.
    """
    require(coordinates(actor), "change this program")
    if program.state in OVER:
        raise Conflict("a program that is over does not change")
    if program.version != version:
        raise Stale


def _changed(db: Session, actor: Actor, program: Program, step: Step) -> None:
    """Record the change and raise the version, also where only other tables have changed."""
    if program.state is ProgramState.DRAFT:
        _go_on(program, step)
    flag_modified(program, "setup_step")
    db.flush()
    activity.record(db, actor, Verb.PROGRAM_CHANGED, "program", program.id, step)


def _go_on(program: Program, step: Step) -> None:
    program.setup_step = max(program.setup_step, STEPS.index(step) + 2)


def _publish_agreement(db: Session, program: Program, body: str, number: int) -> None:
    now = clock.now()
    db.add(Agreement(program_id=program.id, version_number=number, body=body, created_at=now))


def _write_topics(db: Session, program: Program, names: Sequence[str]) -> tuple[str, ...]:
    stored = {t.name: t for t in db.scalars(select(Topic).where(Topic.program_id == program.id))}
    wanted = tuple(dict.fromkeys(names))
    gone = {topic.id: name for name, topic in stored.items() if name not in wanted}
    used = _used_topics(db, list(gone))
    db.execute(delete(Topic).where(Topic.id.in_(gone.keys() - used)))
    kept = tuple(name for topic_id, name in gone.items() if topic_id in used)
    for position, name in enumerate((*wanted, *kept)):
        if name in stored:
            stored[name].position = position
        else:
            db.add(Topic(program_id=program.id, name=name, position=position))
    return kept


def _used_topics(db: Session, topic_ids: list[int]) -> set[int]:
    wants = select(TopicWant.topic_id).where(TopicWant.topic_id.in_(topic_ids))
    offers = select(TopicOffer.topic_id).where(TopicOffer.topic_id.in_(topic_ids))
    return set(db.scalars(wants.union(offers)))
