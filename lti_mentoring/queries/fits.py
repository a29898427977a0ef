"""What people want and offer, and why two of them fit: loaded in two queries for any number."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import BindParameter, Subquery, Table, bindparam, select, union_all
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

_topics = cast(Table, Topic.__table__)
_wants = cast(Table, TopicWant.__table__)
_offers = cast(Table, TopicOffer.__table__)
_windows = cast(Table, AvailabilityWindow.__table__)

_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)


def chosen_by(people: BindParameter[Any] | Sequence[BindParameter[Any]]) -> Subquery:
    """What ``people`` want or offer: topic_id, participant_id and weight."""
    return union_all(
        select(
            _wants.c.topic_id, _wants.c.participant_id, _wants.c.importance.label("weight")
        ).where(_wants.c.participant_id.in_(people)),
        select(
            _offers.c.topic_id, _offers.c.participant_id, _offers.c.strength.label("weight")
        ).where(_offers.c.participant_id.in_(people)),
    ).subquery()


_chosen = chosen_by(_PEOPLE)
# Every topic of the program with who wants or offers it; once without anybody.
_TOPICS = (
    select(_topics.c.id, _topics.c.name, _chosen.c.participant_id, _chosen.c.weight)
    .select_from(_topics)
    .outerjoin(_chosen, _chosen.c.topic_id == _topics.c.id)
    .where(_topics.c.program_id == bindparam("program_id"))
    .order_by(_topics.c.position, _topics.c.id)
)
_WINDOWS = select(
    _windows.c.participant_id,
    _windows.c.weekday,
    _windows.c.start_minute,
    _windows.c.end_minute,
    _windows.c.time_zone,
).where(_windows.c.participant_id.in_(_PEOPLE))


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
    dates = (program.starts_on, program.ends_on)
    return frame_from(dates, program.session_length_minutes, today, in_zone)


def frame_from(
    dates: tuple[date, date], session_length_minutes: int, today: date, in_zone: str
) -> Frame:
    """The same for a program with these first and last days."""
    first = max(today, dates[0])
    week_start = first - timedelta(days=first.weekday())
    return Frame(*dates, session_length_minutes, week_start, in_zone)


def likes_of(row: Intake | MentorProfile | None) -> Likes:
    """What an intake or a profile says; nothing is known without one."""
    return likes_from(row.languages, row.modes, row.cadence) if row is not None else Likes()


def likes_from(
    languages: Collection[str], modes: Collection[str], cadence: Cadence | None
) -> Likes:
    """The same from its columns."""
    return Likes(frozenset(languages), frozenset(MeetingMode(mode) for mode in modes), cadence)


def load_book(db: Session, program_id: int | None, participant_ids: Collection[int]) -> Book:
    """Topics of the program, with wants, offers and times of these people; two queries."""
    ids = set(participant_ids)
    weights: dict[int, dict[int, int]] = defaultdict(dict)
    topics: dict[int, TopicName] = {}
    rows = db.connection().execute(_TOPICS, {"people": list(ids), "program_id": program_id})
    for topic_id, name, participant_id, weight in rows:
        topics[topic_id] = TopicName(topic_id, name)
        if participant_id is not None:
            weights[participant_id][topic_id] = weight
    return Book(tuple(topics.values()), weights, load_windows(db, ids))


def load_windows(db: Session, participant_ids: Collection[int]) -> dict[int, list[Window]]:
    """Weekly times by person; who has painted none is missing."""
    windows: dict[int, list[Window]] = defaultdict(list)
    rows = db.connection().execute(_WINDOWS, {"people": list(set(participant_ids))})
    for participant_id, weekday, start, end, time_zone in rows:
        windows[participant_id].append(Window(weekday, start, end, time_zone))
    return windows


def why(
    book: Book, frame: Frame, mentee: tuple[int | None, Likes], mentor: tuple[int, Likes]
) -> Why:
    """Why these two fit; each side is a participant and how they like to work."""
    mentee_id, wants = mentee
    mentor_id, offers = mentor
    ours = tuple(book.windows.get(mentee_id or 0, ()))
    theirs = tuple(book.windows.get(mentor_id, ()))
    minutes, days = _shared(ours, theirs, frame) if ours and theirs else (None, ())
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
        days=days,
        languages=found.shared_languages,
        modes=found.shared_modes,
    )


@lru_cache(maxsize=4096)
def _shared(
    ours: tuple[Window, ...], theirs: tuple[Window, ...], frame: Frame
) -> tuple[int, tuple[int, ...]]:
    """Minutes in a typical week and the days; asked again for the same two on every page."""
    length = frame.session_length_minutes
    minutes = typical_overlap(ours, theirs, frame.starts_on, frame.ends_on, length)
    return minutes, tuple(overlap_days(ours, theirs, frame.week_start, length, frame.in_zone))
