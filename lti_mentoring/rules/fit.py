"""How well a mentor's offer fits a learner's wish: a plain sum that can be told in a sentence.

Used for the order of the mentor directory and for suggestions to coordinators. People see a
band and the reasons, never a number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from lti_mentoring.vocabulary import Cadence, MeetingMode

Band = Literal["strong", "good", "possible", "weak"]

WEIGHTS: Mapping[str, int] = {"topics": 60, "availability": 25, "languages": 10, "rhythm": 5}
"""What each signal weighs; unknown ones drop out and the rest is scaled up."""

BANDS: tuple[tuple[Decimal, Band], ...] = (
    (Decimal("0.70"), "strong"),
    (Decimal("0.50"), "good"),
    (Decimal("0.35"), "possible"),
)
"""The lowest score of each band; below the last it is weak."""

STRENGTHS: Mapping[int, Decimal] = {1: Decimal("0.5"), 2: Decimal("0.8"), 3: Decimal(1)}
"""How far a mentor's strength in a topic covers it."""

ENOUGH_MINUTES = 120
"""Shared minutes a week from which more time makes no better fit."""

_MEETINGS_PER_MONTH = {Cadence.WEEKLY: 4, Cadence.FORTNIGHTLY: 2, Cadence.MONTHLY: 1}
# 1 - |log2(ratio)| / 2, kept as a table so that no float comes in.
_RHYTHM = {1: Decimal(1), 2: Decimal("0.5"), 4: Decimal(0)}


@dataclass(frozen=True)
class Wish:
    """What a learner wants; ``topics`` maps topic ids to importance 1 to 3. Empty: unknown."""

    topics: Mapping[int, int] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    modes: frozenset[MeetingMode] = frozenset()
    cadence: Cadence | None = None


@dataclass(frozen=True)
class Offer:
    """What a mentor offers; ``topics`` maps topic ids to strength 1 to 3. Empty: unknown."""

    topics: Mapping[int, int] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    modes: frozenset[MeetingMode] = frozenset()
    cadence: Cadence | None = None


@dataclass(frozen=True)
class Fit:
    """The score, 0 to 1 in four places, and the facts that explain it.

    ``topics_covered`` are wanted topics that are offered, the most important first.
    ``shared_minutes`` is None when somebody's times are unknown.
    """

    score: Decimal
    band: Band
    topics_covered: tuple[int, ...]
    topics_wanted: int
    shared_languages: tuple[str, ...]
    shared_minutes: int | None
    shared_modes: tuple[MeetingMode, ...]
    signals_known: int
    signals_total: int


def fit(wish: Wish, offer: Offer, overlap_minutes: int | None) -> Fit:
    """How well the two fit. With nothing known the score is 0 and ``signals_known`` says why.

    Args:
        wish: the learner's side.
        offer: the mentor's side.
        overlap_minutes: shared minutes in a typical week, 0 or more; None if unknown.

    Source: mentoring.md 4.6, components 1, 4, 5 and 6, without the shrinkage of a full run.
    """
    signals = {
        "topics": _topics(wish.topics, offer.topics),
        "availability": _availability(overlap_minutes),
        "languages": _languages(wish.languages, offer.languages),
        "rhythm": _mean([_modes(wish.modes, offer.modes), _rhythm(wish.cadence, offer.cadence)]),
    }
    known = {name: value for name, value in signals.items() if value is not None}
    score = _weighted(known)
    return Fit(
        score=score,
        band=band_of(score),
        topics_covered=_covered(wish.topics, offer.topics),
        topics_wanted=len(wish.topics),
        shared_languages=tuple(sorted(wish.languages & offer.languages)),
        shared_minutes=overlap_minutes,
        shared_modes=tuple(mode for mode in MeetingMode if mode in wish.modes & offer.modes),
        signals_known=len(known),
        signals_total=len(signals),
    )


def band_of(score: Decimal) -> Band:
    """The word for a score from 0 to 1."""
    return next((band for lowest, band in BANDS if score >= lowest), "weak")


def _weighted(known: Mapping[str, Decimal]) -> Decimal:
    if not known:
        return Decimal("0.0000")
    total = sum((WEIGHTS[name] * value for name, value in known.items()), start=Decimal(0))
    share = total / sum(WEIGHTS[name] for name in known)
    return share.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def _topics(wanted: Mapping[int, int], offered: Mapping[int, int]) -> Decimal | None:
    if not wanted or not offered:
        return None
    covered = sum(
        (
            importance * STRENGTHS[offered[topic]]
            for topic, importance in wanted.items()
            if topic in offered
        ),
        start=Decimal(0),
    )
    return covered / sum(wanted.values())


def _covered(wanted: Mapping[int, int], offered: Mapping[int, int]) -> tuple[int, ...]:
    covered = (topic for topic in wanted if topic in offered)
    return tuple(sorted(covered, key=lambda topic: (-wanted[topic], topic)))


def _availability(minutes: int | None) -> Decimal | None:
    return None if minutes is None else min(Decimal(1), Decimal(minutes) / ENOUGH_MINUTES)


def _languages(wanted: frozenset[str], offered: frozenset[str]) -> Decimal | None:
    if not wanted or not offered:
        return None
    return Decimal(1) if wanted & offered else Decimal(0)


def _modes(wanted: frozenset[MeetingMode], offered: frozenset[MeetingMode]) -> Decimal | None:
    if not wanted or not offered:
        return None
    return Decimal(len(wanted & offered)) / len(wanted)


def _rhythm(wanted: Cadence | None, offered: Cadence | None) -> Decimal | None:
    if wanted is None or offered is None:
        return None
    ours, theirs = _MEETINGS_PER_MONTH[wanted], _MEETINGS_PER_MONTH[offered]
    return _RHYTHM[max(ours, theirs) // min(ours, theirs)]


def _mean(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, start=Decimal(0)) / len(known) if known else None
