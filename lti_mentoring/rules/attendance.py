"""Whether a session took place, by what its two sides say, and how its time is shared out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_mentoring.vocabulary import AttendanceAnswer, SessionState

NOTICE = timedelta(hours=24)
"""Who cancels at least this long before the start cancels in time."""

PATIENCE = timedelta(days=7)
"""This long the other side may object to one side's answer; then it counts."""

PROPOSAL_LIFE = timedelta(hours=72)
"""How long a proposed time waits for an answer."""

STATE_OF: Mapping[AttendanceAnswer, SessionState] = {
    AttendanceAnswer.HELD: SessionState.HELD,
    AttendanceAnswer.MENTEE_MISSED: SessionState.MISSED_BY_MENTEE,
    AttendanceAnswer.MENTOR_MISSED: SessionState.MISSED_BY_MENTOR,
    AttendanceAnswer.BOTH_MISSED: SessionState.MISSED_BY_BOTH,
}
"""What a session becomes when an answer counts."""

_SHARES = {"check_in": 10, "review_actions": 15, "main_topic": 50, "next_steps": 15, "wrap_up": 10}
_SHORT = 30  # minutes; below, blocks are cut to the minute and not to five


@dataclass(frozen=True)
class AgendaBlock:
    """A timed block of an agenda; ``key`` is a code, the page says it in words."""

    key: str
    minutes: int


def settle(
    mentee_answer: AttendanceAnswer | None,
    mentor_answer: AttendanceAnswer | None,
    patient_from: datetime,
    now: datetime,
) -> SessionState | None:
    """What the session becomes by these answers; None while it still waits for one.

    Two equal answers settle it at once, two different ones are a dispute. One answer alone
    settles it when the other side has had seven days to object. Without any it waits on.

    Args:
        mentee_answer: the newest; None if there is none yet.
        mentor_answer: likewise.
        patient_from: aware; from when the seven days count, as ``patience_from`` says.
        now: an aware moment; ``patient_from`` plus seven days is late enough.

    Source: mentoring.md 5.4 and 8.6.
    """
    if mentee_answer is not None and mentor_answer is not None:
        agree = mentee_answer is mentor_answer
        return STATE_OF[mentee_answer] if agree else SessionState.DISPUTED
    answer = mentee_answer or mentor_answer
    if answer is None or now < patient_from + PATIENCE:
        return None
    return STATE_OF[answer]


def patience_from(ends_at: datetime, answered_at: datetime | None) -> datetime:
    """From when the other side has seven days: the answer, or the session's end if that is later.

    Args:
        ends_at: planned end of the session, aware.
        answered_at: when the newest answer was given, aware; None if there is none.
    """
    return ends_at if answered_at is None else max(ends_at, answered_at)


def is_late_cancel(starts_at: datetime, now: datetime) -> bool:
    """Whether less than 24 hours are left before the start; exactly 24 hours are in time."""
    return starts_at - now < NOTICE


def lapse_at(created_at: datetime, starts_at: datetime | None = None) -> datetime:
    """When a proposal without an answer lapses: after 72 hours, or at its own start if sooner.

    Args:
        created_at: when the newest time was proposed, aware.
        starts_at: the proposed start, aware; None to leave it out of account.
    """
    after_silence = created_at + PROPOSAL_LIFE
    return after_silence if starts_at is None else min(after_silence, starts_at)


def default_agenda(length_minutes: int) -> tuple[AgendaBlock, ...]:
    """Five blocks that fill a session to the minute; half of it, about, for the main topic.

    From half an hour on the small blocks are multiples of five minutes.

    Args:
        length_minutes: 5 or more.

    Raises:
        ValueError: if there is less than a minute for each block.
    """
    if length_minutes < len(_SHARES):
        raise ValueError(f"{length_minutes} minutes are too short for an agenda")
    grain = 5 if length_minutes >= _SHORT else 1
    minutes = {
        key: max(grain, _nearest(length_minutes * share, 100 * grain) * grain)
        for key, share in _SHARES.items()
    }
    minutes["main_topic"] += length_minutes - sum(minutes.values())
    return tuple(AgendaBlock(key, minutes[key]) for key in _SHARES)


def _nearest(amount: int, unit: int) -> int:
    """How many ``unit`` are closest to ``amount``; the half goes up."""
    return (2 * amount + unit) // (2 * unit)
