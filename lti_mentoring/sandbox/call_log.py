"""What the tool asked of the LMS lately, for people to look at."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

KEPT = 500
BODY_LENGTH = 300
FIRST_ERROR = 400


@dataclass(frozen=True)
class Call:
    """One request to a service, without its token.

    ``at`` is in seconds since the epoch; ``body`` is the beginning of what was sent and
    ``answer`` a few words on what was said back.
    """

    at: float
    method: str
    path: str
    status: int
    body: str
    answer: str

    @property
    def failed(self) -> bool:
        """Whether the call was refused or went wrong."""
        return self.status >= FIRST_ERROR


class CallLog:
    """The latest calls, newest first."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self.received = 0  # since the start

    def record(self, call: Call) -> None:
        """Put a call on top."""
        self._calls.appendleft(call)
        self.received += 1

    def clear(self) -> None:
        """Forget every call."""
        self._calls.clear()

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)
