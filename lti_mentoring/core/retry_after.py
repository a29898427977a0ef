"""When a platform wants to be asked again, as its answer says."""

from email.utils import parsedate_to_datetime

from lti_mentoring.core import clock
from lti_mentoring.core.http import Answer

LONGEST_WAIT_SECONDS = 86_400.0
EPOCH_SECONDS = 1_000_000_000  # a reset header above this is a moment, below it a duration


def retry_after(answer: Answer) -> float | None:
    """Seconds that the platform asks to wait, 0 to a day; null if it does not say.

    Reads ``Retry-After`` (seconds or a date) and ``X-Rate-Limit-Reset`` (Blackboard).
    """
    for name in ("Retry-After", "X-Rate-Limit-Reset"):
        seconds = seconds_in(answer, name)
        if seconds is not None:
            return seconds
    return None


def seconds_in(answer: Answer, name: str) -> float | None:
    """The seconds, 0 to a day, that the header with this name tells in whatever way; or null."""
    seconds = _seconds(answer.headers.get(name, "").strip())
    return None if seconds is None else max(0.0, min(seconds, LONGEST_WAIT_SECONDS))


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return _seconds_until(text)
    return number - clock.now().timestamp() if number > EPOCH_SECONDS else number


def _seconds_until(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return (moment - clock.now()).total_seconds()
