"""The outbox of scores: the newest wanted value of each gradebook cell, and its delivery.

One row per cell, changed in place. Every new wanted value gets a higher ``revision`` and a
timestamp at least a second later (LTI-113), so a value and its timestamp belong together for
ever: sending twice means the same twice, and an old delivery never passes for a newer value.
A row with a lease is on its way in some process; nobody else touches that cell until the
lease is given back or runs out, so an older value never overtakes a newer one.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from lti_mentoring.advantage.pace import is_not_free
from lti_mentoring.advantage.scores import COLUMN_GONE
from lti_mentoring.core import clock, leases
from lti_mentoring.core.bell import quiet_time, ring_soon
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.grading.comment import Counts, build_comment
from lti_mentoring.grading.parcels import Parcel, make_parcels
from lti_mentoring.grading.provenance import UNKNOWN, Provenance
from lti_mentoring.models import (
    Course,
    Deployment,
    LineItem,
    Membership,
    Participant,
    PlatformPace,
    Program,
    Registration,
    ScorePublication,
)
from lti_mentoring.rules.overrides import Grade, as_text
from lti_mentoring.vocabulary import (
    ActivityProgress,
    CourseRole,
    LineItemKind,
    MembershipState,
    ParticipantRole,
    ProgramState,
    PublicationState,
    RegistrationState,
)

BELL = "scores"
STEP = timedelta(seconds=1)
MOST_UNSETTLED = 20
UNSENT = (PublicationState.PENDING, PublicationState.BLOCKED, PublicationState.OVERRIDDEN)
HELD = (PublicationState.BLOCKED, PublicationState.OVERRIDDEN)
"""What waits for a person, though newer values may be wanted."""

SILENT = (ProgramState.DRAFT, ProgramState.PAUSED, ProgramState.CANCELLED)


@dataclass(frozen=True)
class Wanted:
    """What a cell should show; the counts make its comment.

    Another ``provenance`` alone is no news: it goes along when the rest changes.
    """

    given: Decimal
    maximum: Decimal
    progress: ActivityProgress
    counts: Counts
    provenance: Provenance = UNKNOWN


def want(
    db: Session, column: LineItem, participant_id: int, wanted: Wanted, *, begin: bool
) -> bool:
    """Let a cell show ``wanted``, soon; false if that changes nothing.

    One that was stopped for an exemption goes on, since somebody wants a value in it again.

    Without ``begin`` a cell that was never written stays empty: nobody is to see a zero
    before anything could be done. Only learners have cells, and no test users.
    """
    cell = _cell(db, column.id, participant_id)
    if not _is_graded(db, participant_id) or (cell is None and not begin):
        return False
    if cell is None:
        return _begin(db, column, participant_id, wanted)
    was_stopped = cell.state is PublicationState.STOPPED
    is_news = not _shows(cell, wanted)
    if is_news:
        _remember_unsettled(cell)
        cell.revision += 1
        cell.scored_at = max(clock.now(), cell.scored_at + STEP)
        _fill(cell, wanted)
    if was_stopped or (is_news and cell.state not in HELD):
        _wait_quietly(db, cell)
    return is_news or was_stopped


def claim(
    db: Session, limit: int, lease_seconds: float, registration_id: int | None = None
) -> list[Parcel]:
    """Take at most ``limit`` due cells for delivery; nobody else gets the same ones.

    Cells of platforms that rest, or take one score at a time, are left out, unless those of one
    registration are asked for by whoever has its turn.
    """
    lease_until = clock.now() + timedelta(seconds=lease_seconds)
    values = {
        "state": PublicationState.SENDING,
        "lease_until": lease_until,
        "attempts": ScorePublication.attempts + 1,
    }
    taken = leases.claim(
        db, ScorePublication.id, _is_due(clock.now(), registration_id), values, limit
    )
    return make_parcels(db, taken, lease_until) if taken else []


def renew(db: Session, parcel: Parcel, lease_seconds: float) -> Parcel | None:
    """The parcel with a fresh lease; null if somebody else has it or it is not wanted any more.

    For one that had to wait so long for its turn that its lease might not outlast its way.
    """
    lease_until = clock.now() + timedelta(seconds=lease_seconds)
    held = and_(
        ScorePublication.id == parcel.publication_id,
        ScorePublication.lease_until == parcel.lease_until,
    )
    renewed = db.execute(
        update(ScorePublication)
        .where(held, ScorePublication.state == PublicationState.SENDING)
        .values(lease_until=lease_until)
        .returning(ScorePublication.id)
    ).first()
    if renewed is None:
        db.execute(update(ScorePublication).where(held).values(lease_until=None))
        return None
    return replace(parcel, lease_until=lease_until)


def retry(db: Session, publication_ids: Collection[int]) -> int:
    """Try refused or waiting cells again now, as a person asks; how many."""
    return _hurry(db, publication_ids, (PublicationState.BLOCKED, PublicationState.PENDING))


def post_now(db: Session, program_id: int) -> int:
    """Send everything of a program that waits, without further delay; how many."""
    columns = select(LineItem.id).where(LineItem.program_id == program_id)
    waiting = select(ScorePublication.id).where(ScorePublication.line_item_id.in_(columns))
    return _hurry(db, db.scalars(waiting).all(), (PublicationState.PENDING,))


def send_all_again(db: Session, line_item_id: int) -> int:
    """Send every cell of a column that was made anew, as it stands; how many.

    What was written over the tool's went with the old column, or is seen again in the new. Values
    keep their timestamps: the new column knows none, and the same still means the same.
    """
    of_column = select(ScorePublication.id).where(
        ScorePublication.line_item_id == line_item_id,
        or_(
            ScorePublication.state != PublicationState.BLOCKED,
            ScorePublication.error == COLUMN_GONE,
        ),
    )
    return _hurry(db, db.scalars(of_column).all(), (PublicationState.SENT, *UNSENT))


def stop(db: Session, participant_ids: Collection[int]) -> int:
    """Write no more into the cells of these people; what was sent stays. How many were stopped."""
    return _stop(db, ScorePublication.participant_id.in_(participant_ids))


def stop_cell(db: Session, line_item_id: int, participant_id: int) -> None:
    """Write no more into this cell, if there is one."""
    cell = ScorePublication.line_item_id == line_item_id
    _stop(db, and_(cell, ScorePublication.participant_id == participant_id))


def resume_overridden(
    db: Session, publication_ids: Collection[int], scored_by_id: int | None = None
) -> int:
    """Send the newest values of overridden cells after all, as a person asks; how many.

    It is that person who decides what stands there: ``scored_by_id``.

    What the LMS shows now is no news any more, as long as it shows that. Values get new
    timestamps: the LMS may count the override as newer than the old ones.
    """
    now = clock.now()
    cells = db.scalars(
        select(ScorePublication)
        .where(
            ScorePublication.id.in_(publication_ids),
            ScorePublication.state == PublicationState.OVERRIDDEN,
        )
        .with_for_update()
    ).all()
    for cell in cells:
        cell.resumed_at = now
        cell.scored_by_id = scored_by_id
        cell.revision += 1
        cell.scored_at = max(now, cell.scored_at + STEP)
        cell.state, cell.attempts, cell.next_at = PublicationState.PENDING, 0, cell.scored_at
    if cells:
        ring_soon(db, BELL)
    return len(cells)


def resume(db: Session, participant_ids: Collection[int]) -> int:
    """Go on with cells that were stopped; how many."""
    return _hurry(
        db,
        db.scalars(
            select(ScorePublication.id).where(ScorePublication.participant_id.in_(participant_ids))
        ).all(),
        (PublicationState.STOPPED,),
    )


def _cell(db: Session, line_item_id: int, participant_id: int) -> ScorePublication | None:
    return db.scalar(
        select(ScorePublication)
        .where(
            ScorePublication.line_item_id == line_item_id,
            ScorePublication.participant_id == participant_id,
        )
        .with_for_update()
    )


def _begin(db: Session, column: LineItem, participant_id: int, wanted: Wanted) -> bool:
    now = clock.now()
    provenance = wanted.provenance.as_of(now)
    row = {
        "line_item_id": column.id,
        "participant_id": participant_id,
        "score_given": wanted.given,
        "score_maximum": wanted.maximum,
        "activity_progress": wanted.progress,
        "comment": build_comment(wanted.counts, now.date()),
        "scored_at": now,
        "state": PublicationState.PENDING,
        "revision": 1,
        "attempts": 0,
        "next_at": now + quiet_time(db),
        "started_at": provenance.started_at,
        "submitted_at": provenance.submitted_at,
        "scored_by_id": provenance.scored_by_id,
    }
    statement = insert_into(db, ScorePublication).values(row).on_conflict_do_nothing()
    made = db.execute(statement.returning(ScorePublication.id)).first() is not None
    if made:
        ring_soon(db, BELL, quiet_time(db).total_seconds())
        return True
    return want(db, column, participant_id, wanted, begin=True)  # somebody was faster


def _is_graded(db: Session, participant_id: int) -> bool:
    return db.scalar(_graded().where(Participant.id == participant_id)) is not None


def _graded() -> Select[int]:
    """Those who have a place in the gradebook: learners who are here, and no test users."""
    return (
        select(Participant.id)
        .join(Membership)
        .where(
            Participant.role == ParticipantRole.MENTEE,
            Membership.role == CourseRole.LEARNER,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
        )
    )


def _shows(cell: ScorePublication, wanted: Wanted) -> bool:
    """Whether nothing but the day would change."""
    return (
        cell.score_given == wanted.given
        and cell.score_maximum == wanted.maximum
        and cell.activity_progress == wanted.progress
        and cell.comment == build_comment(wanted.counts, cell.scored_at.date())
    )


def _fill(cell: ScorePublication, wanted: Wanted) -> None:
    cell.score_given = wanted.given
    cell.score_maximum = wanted.maximum
    cell.activity_progress = wanted.progress
    cell.comment = build_comment(wanted.counts, cell.scored_at.date())
    provenance = wanted.provenance.as_of(cell.scored_at)
    cell.started_at, cell.submitted_at = provenance.started_at, provenance.submitted_at
    cell.scored_by_id = provenance.scored_by_id


def _may_go(now: datetime, registration_id: int | None) -> ColumnElement[bool]:
    """Whether a registration's platform takes scores now: freely, or that one in its turn."""
    if registration_id is None:
        not_free = select(PlatformPace.registration_id).where(is_not_free(now))
        return Registration.id.not_in(not_free)
    resting = select(PlatformPace.registration_id).where(PlatformPace.resume_at > now)
    return and_(Registration.id == registration_id, Registration.id.not_in(resting))


def _remember_unsettled(cell: ScorePublication) -> None:
    """The value that is replaced may have arrived without an answer: it is ours if it is seen."""
    is_settled = cell.sent_scored_at == cell.scored_at or cell.state in HELD
    if cell.sent_score is None or is_settled:
        return
    known = cell.unsettled.split()[-MOST_UNSETTLED:]
    cell.unsettled = " ".join([*known, as_text(Grade(cell.score_given, cell.score_maximum))])


def _wait_quietly(db: Session, cell: ScorePublication) -> None:
    """A busy hour becomes one score; and no score is sent before its own timestamp."""
    cell.state = PublicationState.PENDING
    cell.attempts = 0
    cell.error = None
    cell.next_at = max(clock.now() + quiet_time(db), cell.scored_at)
    ring_soon(db, BELL, (cell.next_at - clock.now()).total_seconds())


def _is_due(now: datetime, registration_id: int | None) -> ColumnElement[bool]:
    posted = or_(
        and_(LineItem.kind == LineItemKind.ENGAGEMENT, Program.posts_engagement.is_(True)),
        and_(LineItem.kind == LineItemKind.COMPLETION, Program.posts_completion.is_(True)),
    )
    ready = (
        select(LineItem.id)
        .join(Program, Program.id == LineItem.program_id)
        .join(Course, Course.id == Program.course_id)
        .join(Deployment, Deployment.id == Course.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(
            LineItem.url.is_not(None),
            Program.state.not_in(SILENT),
            Registration.state == RegistrationState.APPROVED,
            posted,
            _may_go(now, registration_id),
        )
    )
    return and_(
        ScorePublication.state.in_((PublicationState.PENDING, PublicationState.SENDING)),
        ScorePublication.next_at <= now,
        or_(ScorePublication.lease_until.is_(None), ScorePublication.lease_until <= now),
        ScorePublication.line_item_id.in_(ready),
        # Asked again now: somebody may have become an assistant since the value was wanted.
        _graded().where(Participant.id == ScorePublication.participant_id).exists(),
    )


def _hurry(
    db: Session, publication_ids: Collection[int], states: Collection[PublicationState]
) -> int:
    now = clock.now()
    hurried = db.execute(
        update(ScorePublication)
        .where(ScorePublication.id.in_(publication_ids), ScorePublication.state.in_(states))
        .values(
            state=PublicationState.PENDING,
            attempts=0,
            error=None,
            next_at=sa.case(
                (ScorePublication.scored_at > now, ScorePublication.scored_at), else_=now
            ),
        )
        .returning(ScorePublication.id)
    ).all()
    if hurried:
        ring_soon(db, BELL)
    return len(hurried)


def _stop(db: Session, which: ColumnElement[bool]) -> int:
    stopped = db.execute(
        update(ScorePublication)
        .where(
            which, ScorePublication.state.not_in((PublicationState.SENT, PublicationState.STOPPED))
        )
        .values(state=PublicationState.STOPPED)
        .returning(ScorePublication.id)
    ).all()
    return len(stopped)
