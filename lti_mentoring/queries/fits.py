"""What people want and offer, and why two of them fit: loaded in two queries for any number."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from lti_mentoring.models import (
    AvailabilityWindow,
    Intake,
    MentorProfile,
    Program,
    Topic,
    TopicOffer,
    TopicWant,
)
from lti_mentoring.rules.availability import Window, overlap_days, typical_overlap
from lti_mentoring.rules.fit import Band, Fit, Offer, Wish, fit
from lti_mentoring.vocabulary import Cadence, MeetingMode


@dataclass(frozen=True)
class TopicName:
    """A topic of a program."""

    id: int
    name: str


@dataclass(frozen=True)
class Book:
    """Topics and times of some people. ``weights`` maps people to topic ids to 1 to 3."""

    topics: tuple[TopicName, ...]
    weights: Mapping[int, Mapping[int, int]]
    windows: Mapping[int, Sequence[Window]]

    def topic_names(self, topic_ids: Collection[int]) -> tuple[str, ...]:
        """Names in the order of ``topic_ids``."""
        names = {topic.id: topic.name for topic in self.topics}
        return tuple(names[topic_id] for topic_id in topic_ids if topic_id in names)

    def offered_names(self, participant_id: int) -> tuple[str, ...]:
        """What somebody offers or wants, the strongest first."""
        weights = self.weights.get(participant_id, {})
        return self.topic_names(sorted(weights, key=lambda topic_id: -weights[topic_id]))


@dataclass(frozen=True)
class Likes:
    """How a person likes to work, as intake and profile say it."""

    languages: frozenset[str] = frozenset()
    modes: frozenset[MeetingMode] = frozenset()
    cadence: Cadence | None = None


@dataclass(frozen=True)
class Why:
    """Why two fit, for people to read: a band and facts, never a number.

    ``minutes`` are shared in a typical week, None if unknown; ``days`` are weekdays (Monday
    is 0) in the reader's zone; ``languages`` are codes.
    """

    fit: Fit
    band: Band
    topics: tuple[str, ...]
    topics_wanted: int
    minutes: int | None
    days: tuple[int, ...]
    languages: tuple[str, ...]
    modes: tuple[MeetingMode, ...]

    @property
    def is_known(self) -> bool:
        """Whether there is anything to go by."""
        return self.fit.signals_known > 0


@dataclass(frozen=True)
class Frame:
    """The program's part in a comparison, and the zone in which its reader counts days."""

    starts_on: date
    ends_on: date
    session_length_minutes: int
    week_start: date
    in_zone: str = field(default="UTC")


def frame_of(program: Program, today: date, in_zone: str) -> Frame:
    """The frame of a program, with the week that is typical from ``today`` on."""
    first = max(today, program.starts_on)
    return Frame(
        program.starts_on,
        program.ends_on,
        program.session_length_minutes,
        first - timedelta(days=first.weekday()),
        in_zone,
    )


def likes_of(row: Intake | MentorProfile | None) -> Likes:
    """What an intake or a profile says; nothing is known without one."""
    if row is None:
        return Likes()
    return Likes(
        frozenset(row.languages), frozenset(MeetingMode(mode) for mode in row.modes), row.cadence
    )


def load_book(db: Session, program_id: int | None, participant_ids: Collection[int]) -> Book:
    """Topics of the program, with wants, offers and times of these people; two queries."""
    ids = set(participant_ids)
    weights: dict[int, dict[int, int]] = defaultdict(dict)
    topics: dict[int, TopicName] = {}
    for topic_id, name, participant_id, weight in _weights(db, program_id, ids):
        topics[topic_id] = TopicName(topic_id, name)
        if participant_id is not None:
            weights[participant_id][topic_id] = weight
    return Book(tuple(topics.values()), weights, load_windows(db, ids))


def _weights(
    db: Session, program_id: int | None, ids: Collection[int]
) -> list[tuple[int, str, int | None, int]]:
    """Every topic of the program with who wants or offers it; once without anybody."""
    chosen = union_all(
        select(
            TopicWant.topic_id, TopicWant.participant_id, TopicWant.importance.label("weight")
        ).where(TopicWant.participant_id.in_(ids)),
        select(
            TopicOffer.topic_id, TopicOffer.participant_id, TopicOffer.strength.label("weight")
        ).where(TopicOffer.participant_id.in_(ids)),
    ).subquery()
    rows = db.execute(
        select(Topic.id, Topic.name, chosen.c.participant_id, chosen.c.weight)
        .outerjoin(chosen, chosen.c.topic_id == Topic.id)
        .where(Topic.program_id == program_id)
        .order_by(Topic.position, Topic.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def load_windows(db: Session, participant_ids: Collection[int]) -> dict[int, list[Window]]:
    """Weekly times by person; who has painted none is missing."""
    rows = db.execute(
        select(
            AvailabilityWindow.participant_id,
            AvailabilityWindow.weekday,
            AvailabilityWindow.start_minute,
            AvailabilityWindow.end_minute,
            AvailabilityWindow.time_zone,
        ).where(AvailabilityWindow.participant_id.in_(set(participant_ids)))
    )
    windows: dict[int, list[Window]] = defaultdict(list)
    for participant_id, weekday, start, end, time_zone in rows:
        windows[participant_id].append(Window(weekday, start, end, time_zone))
    return windows


def why(
    book: Book, frame: Frame, mentee: tuple[int | None, Likes], mentor: tuple[int, Likes]
) -> Why:
    """Why these two fit; each side is a participant and how they like to work."""
    mentee_id, wants = mentee
    mentor_id, offers = mentor
    ours = book.windows.get(mentee_id or 0, [])
    theirs = book.windows.get(mentor_id, [])
    length = frame.session_length_minutes
    minutes, days = None, []
    if ours and theirs:
        minutes = typical_overlap(ours, theirs, frame.starts_on, frame.ends_on, length)
        days = overlap_days(ours, theirs, frame.week_start, length, frame.in_zone)
    found = fit(
        Wish(book.weights.get(mentee_id or 0, {}), wants.languages, wants.modes, wants.cadence),
        Offer(book.weights.get(mentor_id, {}), offers.languages, offers.modes, offers.cadence),
        minutes,
    )
    return Why(
        fit=found,
        band=found.band,
        topics=book.topic_names(found.topics_covered),
        topics_wanted=found.topics_wanted,
        minutes=minutes,
        days=tuple(days),
        languages=found.shared_languages,
        modes=found.shared_modes,
    )
