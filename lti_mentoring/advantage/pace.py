"""How fast a platform may be asked, by what its own answers say (LTI-125, C23, B8, BR13).

What one process is told holds for all: it is a row per registration. Reading it costs one
statement in some seconds; writing happens when a platform complains, when its budget runs low,
and once a minute for people who want to see it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from lti_mentoring.advantage.tokens import RegisteredTool
from lti_mentoring.core import clock
from lti_mentoring.core.db import Transaction
from lti_mentoring.core.errors import PlatformUnavailable
from lti_mentoring.core.http import Answer
from lti_mentoring.core.retry_after import retry_after, seconds_in
from lti_mentoring.core.upsert import insert_into
from lti_mentoring.models import PlatformPace

TOO_MANY = 429
FORBIDDEN = 403
REMAINING = "X-Rate-Limit-Remaining"
SLOW_DOWN = "the LMS asks the tool to slow down"

FIRST_REST_SECONDS = 10.0
LONGEST_REST_SECONDS = 600.0
"""A rest doubles with each throttle, if the platform does not say how long it wants."""

RESERVE = 0.1
"""So much of a platform's budget is left to others, and to people who are waiting."""

LOOK_AGAIN = timedelta(seconds=2)
TELL_AGAIN = timedelta(seconds=60)


@dataclass(frozen=True)
class Budget:
    """What a platform still grants: ``remaining`` of ``limit`` until ``resets_at``."""

    limit: int
    remaining: int
    resets_at: datetime

    @property
    def is_low(self) -> bool:
        """Whether only the reserve is left."""
        return self.remaining <= self.limit * RESERVE


class Pace:
    """Asks before requests, and listens to answers; one for the process, from any thread."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._known: dict[int, tuple[datetime, datetime | None]] = {}  # read at, resume at
        self._told: dict[int, datetime] = {}

    def check(self, tool: RegisteredTool) -> None:
        """Refuse to ask a platform that wants to be left alone.

        Raises:
            PlatformUnavailable: with the seconds that are left.
        """
        now = clock.now()
        read_at, resume_at = self._known.get(tool.registration_id, (None, None))
        if read_at is None or not read_at <= now < read_at + LOOK_AGAIN:
            with self._transaction() as db:
                resume_at = db.scalar(
                    select(PlatformPace.resume_at).where(
                        PlatformPace.registration_id == tool.registration_id
                    )
                )
            self._known[tool.registration_id] = now, resume_at
        if resume_at is not None and resume_at > now:
            raise PlatformUnavailable(SLOW_DOWN, (resume_at - now).total_seconds())

    def note(self, tool: RegisteredTool, answer: Answer) -> None:
        """Keep in mind what the answer says about limits; most say nothing."""
        if answer.ok and REMAINING not in answer.headers:
            return
        if is_throttle(tool, answer):
            self._slow_down(tool, answer)
        budget = budget_in(tool, answer)
        if budget is not None:
            self._keep(tool, budget)

    def _slow_down(self, tool: RegisteredTool, answer: Answer) -> None:
        now = clock.now()
        with self._transaction() as db:
            row = _row(db, tool.registration_id)
            is_resting = row.resume_at is not None and row.resume_at > now
            if not is_resting:  # several requests may be told the same
                row.throttles = row.throttles + 1 if _is_slow(row, now) else 1
            wait = retry_after(answer)
            if wait is None:
                wait = min(FIRST_REST_SECONDS * 2 ** (row.throttles - 1), LONGEST_REST_SECONDS)
            resume_at = now + timedelta(seconds=wait)
            row.resume_at = max(resume_at, row.resume_at or resume_at)
            row.calm_at = row.resume_at + timedelta(seconds=tool.profile.calm_seconds)
            self._known[tool.registration_id] = now, row.resume_at

    def _keep(self, tool: RegisteredTool, budget: Budget) -> None:
        now = clock.now()
        told_at = self._told.get(tool.registration_id)
        if not budget.is_low and told_at is not None and now - told_at < TELL_AGAIN:
            return
        self._told[tool.registration_id] = now
        with self._transaction() as db:
            row = _row(db, tool.registration_id)
            row.budget, row.remaining = budget.limit, budget.remaining
            row.resets_at, row.told_at = budget.resets_at, now
            if budget.is_low:
                row.resume_at = max(budget.resets_at, row.resume_at or budget.resets_at)
                self._known[tool.registration_id] = now, row.resume_at


def is_throttle(tool: RegisteredTool, answer: Answer) -> bool:
    """Whether the platform complains about too many requests, or names a time to come back."""
    if answer.status == TOO_MANY:
        return True
    if answer.status == FORBIDDEN:
        return tool.profile.is_throttle(answer.body)
    return not answer.ok and "Retry-After" in answer.headers


def budget_in(tool: RegisteredTool, answer: Answer) -> Budget | None:
    """What the platform says is left; null if it does not, or not of how much or until when."""
    remaining = _number(answer.headers, REMAINING)
    if remaining is None:
        return None
    limit = _number(answer.headers, "X-Rate-Limit-Limit") or tool.profile.budget
    seconds = seconds_in(answer, "X-Rate-Limit-Reset")
    if not limit or seconds is None:
        return None
    return Budget(limit, remaining, clock.now() + timedelta(seconds=seconds))


def told_pace(db: Session, registration_id: int) -> PlatformPace | None:
    """What the platform has said so far, for people who look after it."""
    return db.get(PlatformPace, registration_id)


def is_not_free(now: datetime) -> ColumnElement[bool]:
    """Whether a row's platform rests, or takes one score at a time."""
    return or_(PlatformPace.resume_at > now, PlatformPace.calm_at > now)


def slow_registrations(db: Session) -> list[int]:
    """Those that take one score at a time now, and whose turn nobody has."""
    return list(db.scalars(select(PlatformPace.registration_id).where(_has_free_turn())))


def take_turn(db: Session, registration_id: int, seconds: float) -> datetime | None:
    """Until when the turn is ours; null if somebody else has it, or none is needed any more."""
    until = clock.now() + timedelta(seconds=seconds)
    taken = db.execute(
        update(PlatformPace)
        .where(PlatformPace.registration_id == registration_id, _has_free_turn())
        .values(turn_until=until)
        .returning(PlatformPace.registration_id)
    ).first()
    return until if taken else None


def give_back(db: Session, registration_id: int, until: datetime) -> None:
    """Let others have the turn that was ours until then."""
    db.execute(
        update(PlatformPace)
        .where(PlatformPace.registration_id == registration_id, PlatformPace.turn_until == until)
        .values(turn_until=None)
    )


def _has_free_turn() -> ColumnElement[bool]:
    now = clock.now()
    return and_(
        PlatformPace.calm_at > now,
        or_(PlatformPace.resume_at.is_(None), PlatformPace.resume_at <= now),
        or_(PlatformPace.turn_until.is_(None), PlatformPace.turn_until <= now),
    )


def _row(db: Session, registration_id: int) -> PlatformPace:
    first = {"registration_id": registration_id, "throttles": 0}
    db.execute(insert_into(db, PlatformPace).values(first).on_conflict_do_nothing())
    return db.get_one(PlatformPace, registration_id, with_for_update=True)


def _is_slow(row: PlatformPace, now: datetime) -> bool:
    return row.calm_at is not None and row.calm_at > now


def _number(headers: Mapping[str, str], name: str) -> int | None:
    try:
        return max(0, int(float(headers.get(name, ""))))
    except (ValueError, OverflowError):
        return None
