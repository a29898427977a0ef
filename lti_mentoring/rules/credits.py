"""What one act is worth in a learner's ledger, and what keeps it from being counted twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from lti_mentoring.rules.words import word_count
from lti_mentoring.vocabulary import SessionState

FULL = Decimal(1)
HALF = Decimal("0.5")
NONE = Decimal(0)

SHORTEST_MINUTES = 15
"""A session shorter than this does not count."""

REFLECTION_WORDS = 50
"""A reflection with fewer words does not count; what the words say is nobody's business."""

SESSION_GAP = timedelta(days=3)
"""At most one session counts in this time."""


def session_credit(
    state: SessionState, *, minutes: int | None = None, cancelled_by_mentor: bool = False
) -> Decimal:
    """What a session is worth to its mentee: 1, ½ while it is disputed, or 0.

    A mentee whose mentor did not come, or cancelled too late, was ready and gets the full
    credit; ``session_credits`` limits how often.

    Args:
        state: the session's.
        minutes: how long it was, 0 or more; None if nobody said, which counts as long enough.
        cancelled_by_mentor: who cancelled, for a late cancellation.

    Source: mentoring.md 5.2 to 5.4.
    """
    if is_missed_by_mentor(state, cancelled_by_mentor=cancelled_by_mentor):
        return FULL
    if state is SessionState.DISPUTED:
        return HALF
    was_held = state is SessionState.HELD
    return FULL if was_held and (minutes is None or minutes >= SHORTEST_MINUTES) else NONE


def is_missed_by_mentor(state: SessionState, *, cancelled_by_mentor: bool = False) -> bool:
    """Whether the mentee was ready and the mentor was not; these credits have a limit."""
    cancelled_late = state is SessionState.CANCELLED_LATE and cancelled_by_mentor
    return state is SessionState.MISSED_BY_MENTOR or cancelled_late


def session_credits(held: Decimal | int, mentor_missed: int, target: int) -> Decimal:
    """The sum of session credits; a mentor's absence makes up a third of the target at most.

    A third that is no exact decimal is a hair more, so that no share falls with its target.

    Args:
        held: credits of sessions that were held or are disputed, 0 or more.
        mentor_missed: sessions for which the mentee was ready and the mentor was not.
        target: sessions expected of this learner, after proration.

    Source: mentoring.md 5.3.
    """
    granted = min(Decimal(mentor_missed), Decimal(target) / 3)
    return Decimal(held) + granted.quantize(Decimal("1e-18"), rounding=ROUND_CEILING).normalize()


def counts_this_session(previous_held: Iterable[datetime], starts_at: datetime) -> bool:
    """Whether a session counts: none that counted began within three days of it.

    Args:
        previous_held: aware starts of the sessions that were counted, in any order; also later
            ones, since sessions are not always confirmed in the order they took place.
        starts_at: an aware moment; exactly three days apart is far enough.

    Source: mentoring.md 5.2.
    """
    return all(abs(starts_at - counted) >= SESSION_GAP for counted in previous_held)


def progress_week_source(moment: datetime, zone: ZoneInfo) -> str:
    """The ledger's name for the week of ``moment``, such as ``week:2026-W09``.

    Progress counts once a week, and a fact stands once in the ledger: this is the fact's name.

    Args:
        moment: aware.
        zone: the program's; its Monday begins the week (ISO 8601).
    """
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"week:{year:04d}-W{week:02d}"


def reflection_counts(text: str) -> bool:
    """Whether a reflection has at least 50 words."""
    return word_count(text) >= REFLECTION_WORDS
