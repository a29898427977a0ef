"""Time that stands still until a test moves it."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from lti_mentoring.core import clock

MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FrozenClock:
    """The product's clock, held at ``now``."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.move_to(MONDAY_MORNING)

    @property
    def now(self) -> datetime:
        """The moment at which it stands."""
        return clock.now()

    def timestamp(self) -> float:
        """The same in seconds since the epoch, as the sandbox wants it."""
        return clock.now().timestamp()

    def move_to(self, moment: datetime) -> None:
        """From here on it is ``moment``."""
        self._stack.enter_context(clock.frozen_at(moment))

    def tick(self, **duration: float) -> None:
        """Let time pass: ``tick(minutes=5)``."""
        self.move_to(clock.now() + timedelta(**duration))
