"""Requests of a program as the mentor directory needs them: its reader's own, and answer times."""

from collections.abc import Collection
from datetime import datetime
from statistics import median
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lti_mentoring.models import MentorRequest, Participant
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import RequestState

ANSWERED = (RequestState.ACCEPTED, RequestState.DECLINED)
OPEN_REQUEST = (RequestState.DRAFTED, RequestState.SENT)


class Ask(NamedTuple):
    """A request of a program: who asked whom, and what became of it when."""

    mentor_id: int
    mentee_id: int
    state: RequestState
    sent_at: datetime | None
    answered_at: datetime | None

    def is_open_of(self, actor: Actor) -> bool:
        """Whether it is the actor's own and waits."""
        return self.mentee_id == actor.mentee_id and self.state in OPEN_REQUEST


def asks_around(db: Session, actor: Actor) -> list[Ask]:
    """Answered requests of the program, for answer times, and the actor's own."""
    rows = db.execute(
        select(
            MentorRequest.mentor_id,
            MentorRequest.mentee_id,
            MentorRequest.state,
            MentorRequest.sent_at,
            MentorRequest.answered_at,
        )
        .join(MentorRequest.mentor)
        .where(
            Participant.program_id == actor.program_id,
            or_(
                MentorRequest.state.in_(ANSWERED),
                and_(
                    MentorRequest.mentee_id == actor.mentee_id,
                    MentorRequest.state.in_(OPEN_REQUEST),
                ),
            ),
        )
    )
    return [Ask(*row) for row in rows]


def usual_answer_hours(asks: Collection[Ask]) -> int | None:
    """The middle of how long the answers took; None before anybody was answered."""
    waits = [
        (ask.answered_at - ask.sent_at).total_seconds() / 3600
        for ask in asks
        if ask.state in ANSWERED and ask.sent_at and ask.answered_at
    ]
    return round(median(waits)) if waits else None
