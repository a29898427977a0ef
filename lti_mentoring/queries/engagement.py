"""Engagement of a program's learners as its staff see it: numbers, facts, and their delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Course,
    Deployment,
    EngagementEvent,
    EngagementScore,
    Exemption,
    LineItem,
    Membership,
    Participant,
    Platform,
    PlatformUser,
    Program,
    Registration,
    ScorePublication,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.groups import course_groups, groups_in, is_in
from lti_mentoring.queries.lists import AnyRow, AnySelect, Page, Wanted, contains, fetch
from lti_mentoring.rules.engagement import Part, from_json
from lti_mentoring.rules.gradebook import access_of, can_look
from lti_mentoring.rules.groups import Group
from lti_mentoring.rules.overrides import Grade
from lti_mentoring.rules.platform_profiles import profile_of
from lti_mentoring.vocabulary import (
    Component,
    GradebookAccess,
    LineItemKind,
    ParticipantRole,
    ParticipantState,
    PublicationState,
)

_Cell = aliased(ScorePublication)
_Its = aliased(LineItem)

BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 101))
"""Lower bound included, upper bound not, of the bars of the distribution."""


@dataclass(frozen=True)
class Delivery:
    """How one value in the gradebook stands.

    ``shown`` is what the LMS had instead of what was sent, when that was seen last;
    ``is_resumed`` that scores are sent all the same.
    """

    publication_id: int
    state: PublicationState
    wanted: Grade
    sent: Decimal | None
    sent_at: datetime | None
    next_at: datetime
    error: str | None
    shown: Grade | None
    is_resumed: bool


@dataclass(frozen=True)
class LearnerScore:
    """One learner's number and what it is made of. ``score`` is None when nothing counts."""

    participant_id: int
    name: str
    left: bool
    score: Decimal | None
    is_computed: bool
    is_complete: bool
    parts: tuple[Part, ...]
    exemptions: int
    delivery: Delivery | None
    is_overridden: bool


@dataclass(frozen=True)
class Fact:
    """A dated line of the ledger, without content."""

    component: Component
    credit: Decimal
    occurred_at: datetime
    is_correction: bool


@dataclass(frozen=True)
class Column:
    """A column in the gradebook; one that could not be made, or was deleted, waits for a person.

    One that is not ``is_posted`` any more keeps what was sent, until it is taken out.
    """

    kind: LineItemKind
    is_found: bool
    waits: bool
    is_deleted: bool
    error: str | None
    is_posted: bool
    is_leaving: bool


@dataclass(frozen=True)
class Standing:
    """How a program and the gradebook stand, and how the scores are spread."""

    program: Program
    access: GradebookAccess
    can_look: bool
    shows_zero: bool
    columns: tuple[Column, ...]
    scored: int
    unscored: int
    bands: tuple[int, ...]
    waiting: int
    blocked: int
    overridden: int
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Override:
    """A cell that shows another grade than the tool has sent, and what the tool counts."""

    kind: LineItemKind
    shown: Grade
    counted: Grade


def standing(db: Session, actor: Actor) -> Standing:
    """The head of the page Engagement; two queries.

    Raises:
        NotFound: if the course has no program.
    """
    rows: Sequence[AnyRow] = db.execute(
        select(Program, Course.ags_scopes, LineItem, LineItem.id, Platform.product)
        .join(Course, Course.id == Program.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .outerjoin(LineItem, LineItem.program_id == Program.id)
        .where(Program.id == actor.program_id, Program.course_id == actor.course_id)
        .order_by(LineItem.id)
    ).all()
    if not rows:
        raise NotFound("program", actor.program_id)
    columns = [_column(row[0], row[2]) for row in rows if row[2] is not None]
    counts = db.execute(_counts(actor).add_columns(course_groups(actor.course_id))).one()
    return Standing(
        program=rows[0][0],
        access=access_of(rows[0][1].split()),
        can_look=can_look(rows[0][1].split()),
        shows_zero=profile_of(rows[0].product).shows_zero,
        columns=tuple(each for each in columns if each.is_posted or each.is_found),
        scored=counts[0],
        unscored=counts[1],
        waiting=counts[2],
        blocked=counts[3],
        overridden=counts[4],
        bands=tuple(counts[5:-1]),
        groups=groups_in(counts[-1]),
    )


def learners(db: Session, actor: Actor, wanted: Wanted) -> Page:
    """Learners of the program, the lowest score first; one query."""
    found = _learners(actor)
    if wanted.state == "excused":
        found = found.where(_exemption_count() > 0)
    elif wanted.state:
        found = found.where(_delivered(wanted.state))
    if wanted.group:
        found = found.where(is_in(Membership.groups, wanted.group))
    if wanted.text:
        found = found.where(contains(PlatformUser.name, wanted.text))
    order = (EngagementScore.score.is_(None), EngagementScore.score, PlatformUser.name)
    rows, total = fetch(db, found.order_by(*order, Participant.id), wanted)
    return Page([_learner(row) for row in rows], total, wanted.page)


def learner(db: Session, actor: Actor, participant_id: int) -> LearnerScore:
    """One learner's line.

    Raises:
        NotFound: if there is none in the actor's program.
    """
    row = db.execute(_learners(actor).where(Participant.id == participant_id)).first()
    if row is None:
        raise NotFound("mentee", participant_id)
    return _learner(row)


def facts(db: Session, participant_id: int) -> list[Fact]:
    """The learner's ledger, the newest first."""
    rows = db.execute(
        select(
            EngagementEvent.component,
            EngagementEvent.credit,
            EngagementEvent.occurred_at,
            EngagementEvent.reverses_id.is_not(None),
        )
        .where(EngagementEvent.participant_id == participant_id)
        .order_by(EngagementEvent.occurred_at.desc(), EngagementEvent.id.desc())
    )
    return [Fact(*row) for row in rows]


def overrides(db: Session, actor: Actor, participant_id: int) -> list[Override]:
    """The learner's cells that show another grade, if the learner is in the actor's program."""
    rows = db.execute(
        select(LineItem.kind, ScorePublication)
        .join(LineItem, LineItem.id == ScorePublication.line_item_id)
        .where(
            ScorePublication.participant_id == participant_id,
            ScorePublication.state == PublicationState.OVERRIDDEN,
            LineItem.program_id == actor.program_id,
        )
        .order_by(LineItem.id)
    )
    found = ((kind, _delivery(cell)) for kind, cell in rows)
    return [Override(kind, one.shown, one.wanted) for kind, one in found if one.shown]


def publication_ids(db: Session, actor: Actor, participant_id: int) -> list[int]:
    """The learner's cells in the gradebook, if the learner is in the actor's program."""
    return list(
        db.scalars(
            select(ScorePublication.id)
            .join(LineItem, LineItem.id == ScorePublication.line_item_id)
            .where(
                ScorePublication.participant_id == participant_id,
                LineItem.program_id == actor.program_id,
            )
        )
    )


def _column(program: Program, row: LineItem) -> Column:
    is_found = row.url is not None
    waits = not is_found and row.next_at is None
    is_engagement = row.kind is LineItemKind.ENGAGEMENT
    return Column(
        kind=row.kind,
        is_found=is_found,
        waits=waits,
        is_deleted=waits and row.remade_at is not None,
        error=row.error,
        is_posted=program.posts_engagement if is_engagement else program.posts_completion,
        is_leaving=row.unwanted_at is not None,
    )


def _delivered(state: str) -> ColumnElement[bool]:
    if state == "waiting":
        return ScorePublication.state.in_((PublicationState.PENDING, PublicationState.SENDING))
    if state == PublicationState.OVERRIDDEN:
        return _is_overridden()
    if state in set(PublicationState):
        return ScorePublication.state == PublicationState(state)
    return ScorePublication.id.is_(None)


def _is_overridden() -> ColumnElement[bool]:
    """Whether any of the learner's cells shows another grade than was sent."""
    return (
        select(_Cell.id)
        .join(_Its, _Its.id == _Cell.line_item_id)
        .where(
            _Cell.participant_id == Participant.id,
            _Cell.state == PublicationState.OVERRIDDEN,
            _Its.program_id == Participant.program_id,
        )
        .correlate(Participant)
        .exists()
    )


def _exemption_count() -> Any:
    return (
        select(func.count(Exemption.id))
        .where(Exemption.participant_id == Participant.id, Exemption.ended_at.is_(None))
        .correlate(Participant)
        .scalar_subquery()
    )


def _mentees(found: AnySelect, actor: Actor) -> AnySelect:
    """``found`` over the program's learners, each with score and engagement cell."""
    return (
        found.select_from(Participant)
        .join(Program, Program.id == Participant.program_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .outerjoin(EngagementScore, EngagementScore.participant_id == Participant.id)
        .outerjoin(
            LineItem,
            and_(LineItem.program_id == Program.id, LineItem.kind == LineItemKind.ENGAGEMENT),
        )
        .outerjoin(
            ScorePublication,
            and_(
                ScorePublication.line_item_id == LineItem.id,
                ScorePublication.participant_id == Participant.id,
            ),
        )
        .where(
            Participant.program_id == actor.program_id,
            Program.course_id == actor.course_id,
            Participant.role == ParticipantRole.MENTEE,
            Membership.is_test_user.is_(False),
        )
    )


def _learners(actor: Actor) -> AnySelect:
    columns = select(
        Participant,
        PlatformUser,
        EngagementScore,
        ScorePublication,
        _exemption_count().label("exemptions"),
        _is_overridden().label("is_overridden"),
    )
    return _mentees(columns, actor)


def _counts(actor: Actor) -> AnySelect:
    score = EngagementScore.score

    def count(which: ColumnElement[bool]) -> Any:
        return func.count(case((which, 1)))

    return _mentees(
        select(
            count(score.is_not(None)),
            count(score.is_(None)),
            count(_delivered("waiting")),
            count(_delivered("blocked")),
            count(_delivered("overridden")),
            *(count(and_(score >= Decimal(low), score < Decimal(high))) for low, high in BANDS),
        ),
        actor,
    ).where(or_(Participant.state == ParticipantState.ACTIVE, score.is_not(None)))


def _learner(row: AnyRow) -> LearnerScore:
    participant, user, score, publication = row[0], row[1], row[2], row[3]
    return LearnerScore(
        participant_id=participant.id,
        name=user.display_name,
        left=participant.state is ParticipantState.LEFT,
        score=score.score if score else None,
        is_computed=score is not None,
        is_complete=score.is_complete if score else False,
        parts=from_json(score.parts) if score else (),
        exemptions=row.exemptions,
        delivery=_delivery(publication) if publication else None,
        is_overridden=bool(row.is_overridden),
    )


def _delivery(cell: ScorePublication) -> Delivery:
    return Delivery(
        publication_id=cell.id,
        state=cell.state,
        wanted=Grade(cell.score_given, cell.score_maximum),
        sent=cell.sent_score,
        sent_at=cell.sent_at,
        next_at=cell.next_at,
        error=cell.error,
        shown=_shown(cell),
        is_resumed=cell.resumed_at is not None,
    )


def _shown(cell: ScorePublication) -> Grade | None:
    if cell.lms_score is None:
        return None
    return Grade(cell.lms_score, cell.lms_maximum or cell.score_maximum)
