"""Where a score comes from: since when, by what was done last, and by whose decision (LTI-111)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Provenance:
    """What stands beside a score, and never makes one by itself: a score that stays keeps its own.

    Attributes:
        started_at: when the learner's participation began.
        submitted_at: when the last fact that counts happened; null if none does.
        scored_by_id: the person by whose decision the score is what it is, such as an exemption;
            null if it only follows from facts.
    """

    started_at: datetime | None = None
    submitted_at: datetime | None = None
    scored_by_id: int | None = None

    def as_of(self, scored_at: datetime) -> "Provenance":
        """The same for a score of that moment: nothing begins after it was done, or lies ahead.

        A session that its mentor has called off counts at once, and lies ahead.
        """
        submitted_at = self.submitted_at and min(self.submitted_at, scored_at)
        return Provenance(
            started_at=self.started_at and min(self.started_at, submitted_at or scored_at),
            submitted_at=submitted_at,
            scored_by_id=self.scored_by_id,
        )


UNKNOWN = Provenance()
