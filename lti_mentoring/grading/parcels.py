"""What is needed to send a claimed score, read in one query, so that no transaction stays open."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.advantage.scores import Score
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.models import (
    Course,
    LineItem,
    Membership,
    Participant,
    Platform,
    PlatformUser,
    Program,
    Registration,
    ScorePublication,
)
from lti_mentoring.rules.overrides import Grade, in_text
from lti_mentoring.vocabulary import MembershipState, Scope


@dataclass(frozen=True)
class Parcel:
    """The right to deliver one value until ``lease_until``, with all that sending it takes.

    A cell that was written before ``needs_look``, if the tool may look. ``ours`` is what it may
    show without anybody else having written into it, and ``sent_at`` when it was written last.
    """

    publication_id: int
    revision: int
    lease_until: datetime
    tool: RegisteredTool
    line_item_id: int
    line_item_url: str
    score: Score
    attempts: int = 1
    needs_look: bool = False
    sent_at: datetime | None = None
    ours: tuple[Grade, ...] = ()


def make_parcels(db: Session, ids: Collection[int], lease_until: datetime) -> list[Parcel]:
    """What to send for these claimed publications, in their order."""
    rows = db.execute(
        select(
            ScorePublication.id,
            ScorePublication.revision,
            LineItem.id.label("line_item_id"),
            LineItem.url,
            Registration.id.label("registration_id"),
            Registration.client_id,
            Registration.token_url,
            Registration.audience,
            Platform.product,
            PlatformUser.subject,
            ScorePublication.score_given,
            ScorePublication.score_maximum,
            ScorePublication.comment,
            ScorePublication.activity_progress,
            ScorePublication.scored_at,
            ScorePublication.attempts,
            ScorePublication.sent_score,
            ScorePublication.sent_maximum,
            ScorePublication.sent_at,
            ScorePublication.unsettled,
            ScorePublication.lms_score,
            ScorePublication.lms_maximum,
            ScorePublication.resumed_at,
            ScorePublication.started_at,
            ScorePublication.submitted_at,
            _scorer().label("scored_by"),
            Course.ags_scopes.contains(Scope.RESULT_READ.value).label("may_look"),
        )
        .join(LineItem, LineItem.id == ScorePublication.line_item_id)
        .join(Program, Program.id == LineItem.program_id)
        .join(Course, Course.id == Program.course_id)
        .join(Participant, Participant.id == ScorePublication.participant_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .join(Registration, Registration.id == PlatformUser.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .where(ScorePublication.id.in_(ids))
        .order_by(ScorePublication.id)
    )
    return [_parcel(row, lease_until) for row in rows]


def _scorer() -> ScalarSelect[str]:
    """The LTI user id of who decided the score; whoever has left the course is known no more."""
    staff, scorer = aliased(Membership), aliased(PlatformUser)
    return (
        select(scorer.subject)
        .join(staff, staff.user_id == scorer.id)
        .where(
            staff.user_id == ScorePublication.scored_by_id,
            staff.course_id == Course.id,
            staff.state == MembershipState.ACTIVE,
        )
        .correlate(ScorePublication, Course)
        .scalar_subquery()
    )


def _parcel(row: Row[*tuple[Any, ...]], lease_until: datetime) -> Parcel:
    needs_look = row.sent_score is not None and row.may_look
    return Parcel(
        publication_id=row.id,
        revision=row.revision,
        lease_until=lease_until,
        tool=_tool(row),
        line_item_id=row.line_item_id,
        line_item_url=row.url or "",
        score=_score(row),
        attempts=row.attempts,
        needs_look=needs_look,
        sent_at=row.sent_at,
        ours=tuple(_ours(row)) if needs_look else (),
    )


def _ours(row: Row[*tuple[Any, ...]]) -> Iterator[Grade]:
    yield Grade(row.sent_score, row.sent_maximum or row.score_maximum)
    yield Grade(row.score_given, row.score_maximum)
    yield from in_text(row.unsettled)
    if row.resumed_at is not None and row.lms_score is not None:
        yield Grade(row.lms_score, row.lms_maximum or row.score_maximum)


def _tool(row: Row[*tuple[Any, ...]]) -> RegisteredTool:
    return RegisteredTool(
        registration_id=row.registration_id,
        client_id=row.client_id,
        token_url=row.token_url,
        audience=row.audience,
        product=row.product,
    )


def _score(row: Row[*tuple[Any, ...]]) -> Score:
    return Score(
        user_id=row.subject,
        given=row.score_given,
        maximum=row.score_maximum,
        comment=row.comment,
        activity_progress=row.activity_progress,
        scored_at=row.scored_at,
        scored_by=row.scored_by,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
    )
