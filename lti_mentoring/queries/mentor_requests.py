"""Requests: the mentor's inbox and the learner's own list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Intake,
    Membership,
    MentorProfile,
    MentorRequest,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.fits import Why, frame_of, likes_of, load_book, why
from lti_mentoring.rules.request_turns import seats_left
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    Cadence,
    IntakeState,
    MeetingMode,
    MentorState,
    RequestState,
)

OPEN = (RequestState.DRAFTED, RequestState.SENT)


@dataclass(frozen=True)
class InboxLine:
    """A learner who asks: what the pages for asking say that the mentor sees, and no more.

    Their other answers stay theirs until the two are a pair.
    """

    id: int
    name: str
    short_name: str
    note: str
    topics: tuple[str, ...]
    modes: tuple[MeetingMode, ...]
    cadence: Cadence | None
    sent_at: datetime | None
    expires_at: datetime | None
    why: Why


@dataclass(frozen=True)
class Inbox:
    """What waits for a mentor; ``visible_to`` learners without a mentor can find the card."""

    state: MentorState
    seats_left: int
    capacity: int
    visible_to: int
    lines: tuple[InboxLine, ...]


@dataclass(frozen=True)
class OwnRequest:
    """A learner's own request."""

    id: int
    state: RequestState
    rank: int
    version: int
    note: str
    mentor_id: int
    mentor_name: str
    mentor_short_name: str
    sent_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    suggested_id: int | None
    suggested_name: str | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer or for its turn."""
        return self.state in OPEN


def request_for(db: Session, actor: Actor, request_id: int) -> MentorRequest:
    """The request, if the actor asks or is asked by it.

    Raises:
        NotFound: if not, or if there is none; the caller cannot tell which.
    """
    mine = actor.participant_ids
    found = db.scalar(
        select(MentorRequest)
        .join(MentorRequest.mentee)
        .join(Participant.program)
        .where(
            MentorRequest.id == request_id,
            Program.id == actor.program_id,
            Program.course_id == actor.course_id,
            MentorRequest.mentee_id.in_(mine) | MentorRequest.mentor_id.in_(mine),
        )
    )
    if found is None:
        raise NotFound("mentor request", request_id)
    return found


def inbox_of(db: Session, actor: Actor, now: datetime) -> Inbox:
    """Everybody who asks the actor, the oldest first; four queries.

    Raises:
        NotFound: if the actor has no mentor's card.
    """
    profile, program, taken, visible_to = _own_card(db, actor)
    rows = db.execute(
        select(MentorRequest, PlatformUser, Intake)
        .join(MentorRequest.mentee)
        .join(Participant.membership)
        .join(Membership.user)
        .outerjoin(Intake, Intake.participant_id == MentorRequest.mentee_id)
        .where(MentorRequest.mentor_id == actor.mentor_id, MentorRequest.state == RequestState.SENT)
        .order_by(MentorRequest.sent_at, MentorRequest.id)
    ).all()
    ids = {request.mentee_id for request, _, _ in rows}
    book = load_book(db, actor.program_id, ids | {profile.participant_id})
    frame = frame_of(program, now.date(), actor.time_zone)
    me = (profile.participant_id, likes_of(profile))
    lines = []
    for request, user, intake in rows:
        likes = likes_of(intake)
        lines.append(
            InboxLine(
                id=request.id,
                name=user.display_name,
                short_name=user.short_name,
                note=request.note,
                topics=book.offered_names(request.mentee_id),
                modes=tuple(mode for mode in MeetingMode if mode in likes.modes),
                cadence=likes.cadence,
                sent_at=request.sent_at,
                expires_at=request.expires_at,
                why=why(book, frame, (request.mentee_id, likes), me),
            )
        )
    left = seats_left(profile.capacity, taken)
    return Inbox(profile.state, left, profile.capacity, visible_to, tuple(lines))


def _own_card(db: Session, actor: Actor) -> tuple[MentorProfile, Program, int, int]:
    taken = (
        select(func.count())
        .select_from(Pairing)
        .where(Pairing.mentor_id == actor.mentor_id, Pairing.state.in_(LIVE_PAIRING))
        .scalar_subquery()
    )
    row = db.execute(
        select(MentorProfile, Program, taken, _learners_without_mentor())
        .join(MentorProfile.participant)
        .join(Program, Program.id == Participant.program_id)
        .where(MentorProfile.participant_id == actor.mentor_id)
    ).first()
    if row is None:
        raise NotFound("mentor profile")
    return row[0], row[1], row[2], row[3]


def _learners_without_mentor() -> ScalarSelect[int]:
    """How many learners of the program have done their three steps and have no mentor."""
    learner = aliased(Participant)
    paired = select(Pairing.id).where(
        Pairing.mentee_id == Intake.participant_id, Pairing.state.in_(LIVE_PAIRING)
    )
    return (
        select(func.count())
        .select_from(Intake)
        .join(learner, learner.id == Intake.participant_id)
        .where(
            learner.program_id == Program.id,
            Intake.state == IntakeState.SUBMITTED,
            ~paired.exists(),
        )
        .correlate(Program)
        .scalar_subquery()
    )


def own_requests(db: Session, actor: Actor) -> list[OwnRequest]:
    """The learner's requests: the open ones in their order, then the answered, newest first."""
    suggested, suggested_member = aliased(Participant), aliased(Membership)
    suggested_user = aliased(PlatformUser)
    rows = db.execute(
        select(MentorRequest, PlatformUser, suggested_user)
        .join(MentorRequest.mentor)
        .join(Participant.membership)
        .join(Membership.user)
        .outerjoin(suggested, suggested.id == MentorRequest.suggested_mentor_id)
        .outerjoin(suggested_member, suggested_member.id == suggested.membership_id)
        .outerjoin(suggested_user, suggested_user.id == suggested_member.user_id)
        .where(MentorRequest.mentee_id == actor.mentee_id)
        .order_by(MentorRequest.id.desc())
        .limit(50)
    )
    lines = [_own(request, user, other) for request, user, other in rows]
    waiting = sorted((line for line in lines if line.is_open), key=lambda line: line.rank)
    return [*waiting, *(line for line in lines if not line.is_open)]


def _own(request: MentorRequest, user: PlatformUser, other: PlatformUser | None) -> OwnRequest:
    return OwnRequest(
        id=request.id,
        state=request.state,
        rank=request.rank,
        version=request.version,
        note=request.note,
        mentor_id=request.mentor_id,
        mentor_name=user.display_name,
        mentor_short_name=user.short_name,
        sent_at=request.sent_at,
        expires_at=request.expires_at,
        answered_at=request.answered_at,
        suggested_id=request.suggested_mentor_id,
        suggested_name=other.display_name if other else None,
    )
