"""The mentor directory: who can be asked, and why; how many cover what a learner wants."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

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
from lti_mentoring.queries.fits import (
    Book,
    Frame,
    Likes,
    TopicName,
    Why,
    frame_of,
    likes_of,
    load_book,
    why,
)
from lti_mentoring.rules.availability import Window
from lti_mentoring.rules.request_turns import seats_left
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    Cadence,
    IntakeState,
    MeetingMode,
    MembershipState,
    MentorState,
    PairingMethod,
    PairingState,
    ParticipantRole,
    ParticipantState,
    RequestState,
)

ANSWERED = (RequestState.ACCEPTED, RequestState.DECLINED)
OPEN_REQUEST = (RequestState.DRAFTED, RequestState.SENT)
ME = -1
"""Stands for the learner in a book of wishes that are not saved yet."""


@dataclass(frozen=True)
class MentorCard:
    """A mentor as learners see them.

    ``answer_hours`` is how long they usually take, None before anybody was answered;
    ``asked`` is the reader's own open request to them.
    """

    participant_id: int
    name: str
    short_name: str
    headline: str
    how_i_help: str
    topics: tuple[str, ...]
    topic_ids: frozenset[int]
    languages: tuple[str, ...]
    modes: tuple[MeetingMode, ...]
    cadence: Cadence | None
    seats_left: int
    answer_hours: int | None
    asked: RequestState | None
    why: Why


@dataclass(frozen=True)
class Directory:
    """The mentors of a program, the best fit first, and what their reader may do."""

    cards: tuple[MentorCard, ...]
    topics: tuple[TopicName, ...]
    languages: tuple[str, ...]
    wanted_topics: int
    learners_ask: bool
    intake_is_done: bool
    has_mentor: bool
    open_requests: int

    @property
    def may_ask(self) -> bool:
        """Whether the reader can ask somebody now."""
        return self.learners_ask and self.intake_is_done and not self.has_mentor

    def card(self, participant_id: int) -> MentorCard:
        """One mentor's card.

        Raises:
            NotFound: if the mentor is not in the directory.
        """
        for card in self.cards:
            if card.participant_id == participant_id:
                return card
        raise NotFound("mentor", participant_id)

    def only(self, topic_id: int | None, language: str | None) -> "Directory":
        """The same with the mentors who offer a topic and speak a language."""
        cards = (
            card
            for card in self.cards
            if (topic_id is None or topic_id in card.topic_ids)
            and (language is None or language in card.languages)
        )
        return replace(self, cards=tuple(cards))


@dataclass(frozen=True)
class Asking:
    """What a learner has chosen so far; empty parts do not count."""

    topics: Mapping[int, int]
    languages: Collection[str] = ()
    windows: Collection[Window] = ()


def directory(db: Session, actor: Actor, now: datetime) -> Directory:
    """Every mentor in the pool whom the actor could meet; four queries.

    Mentors with whom the actor has parted, and the actor, are left out.
    """
    pool = _load_pool(db, actor)
    mentors = [seat for seat in pool.seats if not seat.parted]
    ids = {seat.profile.participant_id for seat in mentors}
    own = {actor.mentee_id} if actor.mentee_id else set()
    book = load_book(db, actor.program_id, ids | own)
    asks = _requests_around(db, actor)
    frame = frame_of(pool.program, now.date(), actor.time_zone)
    mine = (actor.mentee_id, likes_of(pool.intake))
    cards = [_card(seat, book, frame, mine, asks, actor) for seat in mentors]
    cards.sort(key=lambda card: (card.seats_left == 0, -card.why.fit.score, card.name))
    return Directory(
        cards=tuple(cards),
        topics=book.topics,
        languages=tuple(sorted({code for card in cards for code in card.languages})),
        wanted_topics=len(book.weights.get(actor.mentee_id or 0, {})),
        learners_ask=pool.program.pairing_method is not PairingMethod.COORDINATOR,
        intake_is_done=pool.intake is not None and pool.intake.state is IntakeState.SUBMITTED,
        has_mentor=pool.has_mentor,
        open_requests=sum(ask.is_open_of(actor) for ask in asks),
    )


class _Seat(NamedTuple):
    """A mentor in the pool; ``taken`` seats, and whether the actor has parted from them."""

    profile: MentorProfile
    user: PlatformUser
    taken: int
    parted: bool

    @property
    def left(self) -> int:
        return seats_left(self.profile.capacity, self.taken)


class _Pool(NamedTuple):
    """The program with the actor's place in it, and its mentors."""

    program: Program
    intake: Intake | None
    has_mentor: bool
    seats: list[_Seat]

    @property
    def free(self) -> list[_Seat]:
        return [seat for seat in self.seats if seat.left]


class _Ask(NamedTuple):
    mentor_id: int
    mentee_id: int
    state: RequestState
    sent_at: datetime | None
    answered_at: datetime | None

    def is_open_of(self, actor: Actor) -> bool:
        return self.mentee_id == actor.mentee_id and self.state in OPEN_REQUEST


def _load_pool(db: Session, actor: Actor) -> _Pool:
    """One query, which has one row without a mentor where the pool is empty.

    Raises:
        NotFound: if there is no program.
    """
    taken = (
        select(func.count())
        .select_from(Pairing)
        .where(Pairing.mentor_id == Participant.id, Pairing.state.in_(LIVE_PAIRING))
        .correlate(Participant)
        .scalar_subquery()
    )
    parted = (
        exists()
        .where(
            Pairing.mentor_id == Participant.id,
            Pairing.mentee_id == actor.mentee_id,
            Pairing.state == PairingState.ENDED_NO_FAULT,
        )
        .correlate(Participant)
    )
    has_mentor = exists().where(
        Pairing.mentee_id == actor.mentee_id, Pairing.state.in_(LIVE_PAIRING)
    )
    rows = db.execute(
        select(Program, Intake, has_mentor, MentorProfile, PlatformUser, taken, parted)
        .select_from(Program)
        .outerjoin(Intake, Intake.participant_id == actor.mentee_id)
        .outerjoin(MentorProfile, MentorProfile.id.in_(_in_pool(actor)))
        .outerjoin(Participant, Participant.id == MentorProfile.participant_id)
        .outerjoin(Membership, Membership.id == Participant.membership_id)
        .outerjoin(PlatformUser, PlatformUser.id == Membership.user_id)
        .where(Program.id == actor.program_id)
    ).all()
    if not rows:
        raise NotFound("program")
    program, intake, paired, *_ = rows[0]
    seats = [_Seat(*row[3:]) for row in rows if row[3] is not None]
    return _Pool(program, intake, paired, seats)


def _in_pool(actor: Actor) -> Select[Any]:
    """The cards of mentors in the pool who are in the course now, without the actor's own."""
    in_pool = and_(
        MentorProfile.participant_id == Participant.id,
        MentorProfile.state == MentorState.ACTIVE,
    )
    return (
        select(MentorProfile.id)
        .join(Participant, in_pool)
        .join(Membership, Membership.id == Participant.membership_id)
        .where(
            Participant.program_id == actor.program_id,
            Participant.role == ParticipantRole.MENTOR,
            Participant.state == ParticipantState.ACTIVE,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_test_user.is_(False),
            Membership.id != actor.membership_id,
        )
    )


def _requests_around(db: Session, actor: Actor) -> list[_Ask]:
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
    return [_Ask(*row) for row in rows]


def _card(
    seat: _Seat,
    book: Book,
    frame: Frame,
    mine: tuple[int | None, Likes],
    asks: Collection[_Ask],
    actor: Actor,
) -> MentorCard:
    profile, user = seat.profile, seat.user
    mentor_id = profile.participant_id
    about = [ask for ask in asks if ask.mentor_id == mentor_id]
    return MentorCard(
        participant_id=mentor_id,
        name=user.display_name,
        short_name=user.short_name,
        headline=profile.headline,
        how_i_help=profile.how_i_help,
        topics=book.offered_names(mentor_id),
        topic_ids=frozenset(book.weights.get(mentor_id, {})),
        languages=tuple(profile.languages),
        modes=tuple(MeetingMode(mode) for mode in profile.modes),
        cadence=profile.cadence,
        seats_left=seat.left,
        answer_hours=_usual_answer_hours(about),
        asked=next((ask.state for ask in about if ask.is_open_of(actor)), None),
        why=why(book, frame, mine, (mentor_id, likes_of(profile))),
    )


def _usual_answer_hours(asks: Collection[_Ask]) -> int | None:
    waits = [
        (ask.answered_at - ask.sent_at).total_seconds() / 3600
        for ask in asks
        if ask.state in ANSWERED and ask.sent_at and ask.answered_at
    ]
    return round(median(waits)) if waits else None


def covering(db: Session, actor: Actor, asking: Asking) -> int:
    """How many mentors with a free seat cover one of the topics and share language and time.

    With nothing chosen yet it is everybody who has a seat. Three queries.
    """
    pool = _load_pool(db, actor)
    profiles = [seat.profile for seat in pool.free]
    loaded = load_book(db, actor.program_id, {profile.participant_id for profile in profiles})
    book = Book(
        loaded.topics,
        {**loaded.weights, ME: asking.topics},
        {**loaded.windows, ME: list(asking.windows)},
    )
    frame = frame_of(pool.program, pool.program.starts_on, actor.time_zone)
    likes = Likes(languages=frozenset(asking.languages))
    return sum(
        _covers(why(book, frame, (ME, likes), (profile.participant_id, likes_of(profile))), asking)
        for profile in profiles
    )


def _covers(reasons: Why, asking: Asking) -> bool:
    has_topic = not asking.topics or bool(reasons.topics)
    has_language = not asking.languages or bool(reasons.languages)
    has_time = reasons.minutes is None or reasons.minutes > 0
    return has_topic and has_language and has_time


def others_with_seats(
    db: Session, actor: Actor, except_mentee_id: int | None = None
) -> dict[int, str]:
    """Names of mentors with a free seat, without the actor, for a suggestion to somebody."""
    parted = select(Pairing.mentor_id).where(
        Pairing.mentee_id == except_mentee_id, Pairing.state == PairingState.ENDED_NO_FAULT
    )
    left_out = set(db.scalars(parted)) if except_mentee_id else set()
    free = {
        seat.profile.participant_id: seat.user.display_name
        for seat in _load_pool(db, actor).free
        if seat.profile.participant_id not in left_out
    }
    return dict(sorted(free.items(), key=lambda entry: entry[1]))
