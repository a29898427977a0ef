"""The mentor directory: who can be asked, and why; how many cover what a learner wants."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from lti_mentoring.core.errors import NotFound
from lti_mentoring.models import (
    Intake,
    Membership,
    MentorProfile,
    Pairing,
    Participant,
    PlatformUser,
    Program,
)
from lti_mentoring.policies.actor import Actor
from lti_mentoring.queries.asks import Ask, asks_around, usual_answer_hours
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
from lti_mentoring.rules.groups import may_pair
from lti_mentoring.rules.request_turns import seats_left
from lti_mentoring.vocabulary import (
    LIVE_PAIRING,
    Cadence,
    IntakeState,
    MeetingMode,
    MembershipState,
    MentorState,
    PairingGroups,
    PairingMethod,
    PairingState,
    ParticipantRole,
    ParticipantState,
    RequestState,
)

ME = -1
"""Stands for the learner in a book of wishes that are not saved yet."""


@dataclass(frozen=True)
class MentorCard:
    """A mentor as learners see them.

    ``answer_hours`` is how long they usually take, None before anybody was answered;
    ``asked`` is the reader's own open request to them. ``fits_groups`` is false where the program
    pairs by groups and theirs do not fit the reader's.
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
    fits_groups: bool


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
    pairing_groups: PairingGroups

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
    asks = asks_around(db, actor)
    frame = frame_of(pool.program, now.date(), actor.time_zone)
    mine = (actor.mentee_id, likes_of(pool.intake))
    cards = [_card(seat, book, frame, mine, asks, actor) for seat in mentors]
    cards.sort(
        key=lambda card: (
            not card.fits_groups,
            card.seats_left == 0,
            -card.why.fit.score,
            card.name,
        )
    )
    return Directory(
        cards=tuple(cards),
        topics=book.topics,
        languages=tuple(sorted({code for card in cards for code in card.languages})),
        wanted_topics=len(book.weights.get(actor.mentee_id or 0, {})),
        learners_ask=pool.program.pairing_method is not PairingMethod.COORDINATOR,
        intake_is_done=pool.intake is not None and pool.intake.state is IntakeState.SUBMITTED,
        has_mentor=pool.has_mentor,
        open_requests=sum(ask.is_open_of(actor) for ask in asks),
        pairing_groups=pool.program.pairing_groups,
    )


class _Seat(NamedTuple):
    """A mentor in the pool; ``taken`` seats, and whether the actor has parted from them.

    ``fits`` says whether the actor's groups and theirs may be paired.
    """

    profile: MentorProfile
    user: PlatformUser
    taken: int
    parted: bool
    groups: str
    fits: bool

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
        return [seat for seat in self.seats if seat.left and seat.fits]


def _load_pool(db: Session, actor: Actor) -> _Pool:
    """One query, which has one row without a mentor where the pool is empty.

    Raises:
        NotFound: if there is no program.
    """
    taken, parted = _taken(), _has_parted(actor.mentee_id)
    has_mentor = exists().where(
        Pairing.mentee_id == actor.mentee_id, Pairing.state.in_(LIVE_PAIRING)
    )
    rows = db.execute(
        select(
            Program,
            Intake,
            has_mentor,
            MentorProfile,
            PlatformUser,
            taken,
            parted,
            Membership.groups,
        )
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
    rule = program.pairing_groups
    seats = [
        _Seat(*row[3:7], row.groups, may_pair(rule, actor.groups, row.groups))
        for row in rows
        if row.MentorProfile is not None
    ]
    return _Pool(program, intake, paired, seats)


def _taken() -> ScalarSelect[int]:
    """How many of a mentor's seats are."""
    return (
        select(func.count())
        .select_from(Pairing)
        .where(Pairing.mentor_id == Participant.id, Pairing.state.in_(LIVE_PAIRING))
        .correlate(Participant)
        .scalar_subquery()
    )


def _has_parted(mentee_id: int | None) -> ColumnElement[bool]:
    """Whether a mentor has from this mentee."""
    return (
        exists()
        .where(
            Pairing.mentor_id == Participant.id,
            Pairing.mentee_id == mentee_id,
            Pairing.state == PairingState.ENDED_NO_FAULT,
        )
        .correlate(Participant)
    )


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


def _card(
    seat: _Seat,
    book: Book,
    frame: Frame,
    mine: tuple[int | None, Likes],
    asks: Collection[Ask],
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
        answer_hours=usual_answer_hours(about),
        asked=next((ask.state for ask in about if ask.is_open_of(actor)), None),
        why=why(book, frame, mine, (mentor_id, likes_of(profile))),
        fits_groups=seat.fits,
    )


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
    pool = _load_pool(db, actor)
    rule = pool.program.pairing_groups
    theirs = db.scalar(_groups_of(except_mentee_id)) if rule is not PairingGroups.ANY else None
    free = {
        seat.profile.participant_id: seat.user.display_name
        for seat in pool.seats
        if seat.left
        and seat.profile.participant_id not in left_out
        and may_pair(rule, theirs or "", seat.groups)
    }
    return dict(sorted(free.items(), key=lambda entry: entry[1]))


def _groups_of(participant_id: int | None) -> Select[str]:
    return (
        select(Membership.groups)
        .join(Participant, Participant.membership_id == Membership.id)
        .where(Participant.id == participant_id)
    )
