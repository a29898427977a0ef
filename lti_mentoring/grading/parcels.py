"""What is needed to send a claimed score, read in one query, so that no transaction stays open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lti_mentoring.advantage.scores import Score
from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.models import (
    LineItem,
    Membership,
    Participant,
    Platform,
    PlatformUser,
    Registration,
    ScorePublication,
)


@dataclass(frozen=True)
class Parcel:
    """The right to deliver one value until ``lease_until``, with all that sending it takes."""

    publication_id: int
    revision: int
    lease_until: datetime
    tool: RegisteredTool
    line_item_id: int
    line_item_url: str
    score: Score


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
        )
        .join(LineItem, LineItem.id == ScorePublication.line_item_id)
        .join(Participant, Participant.id == ScorePublication.participant_id)
        .join(Membership, Membership.id == Participant.membership_id)
        .join(PlatformUser, PlatformUser.id == Membership.user_id)
        .join(Registration, Registration.id == PlatformUser.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .where(ScorePublication.id.in_(ids))
        .order_by(ScorePublication.id)
    )
    return [
        Parcel(
            publication_id=row.id,
            revision=row.revision,
            lease_until=lease_until,
            tool=_tool(row),
            line_item_id=row.line_item_id,
            line_item_url=row.url or "",
            score=_score(row),
        )
        for row in rows
    ]


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
    )
