"""The comment beside a score in the gradebook: counts and a date, never a word of anybody.

This is the only place that builds one, and it takes numbers, truths and dates only, so that
no name, goal or note can reach the gradebook (mentoring.md 5.6).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lti_mentoring.rules.engagement import Part
from lti_mentoring.vocabulary import Component

COUNTED = {
    Component.SESSIONS: "sessions",
    Component.GOALS_SET: "goals",
    Component.GOAL_PROGRESS: "progress",
    Component.REFLECTION: "reflections",
}


@dataclass(frozen=True)
class Counts:
    """What was shown, and what was expected; an expectation of 0 leaves the count out."""

    sessions: int = 0
    sessions_expected: int = 0
    goals: int = 0
    goals_expected: int = 0
    progress: int = 0
    progress_expected: int = 0
    reflections: int = 0
    reflections_expected: int = 0
    orientation_done: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            if not isinstance(getattr(self, field.name), int):
                raise TypeError(f"{field.name} must be a number")


def build_comment(counts: Counts, updated_on: date) -> str:
    """Such as ``Sessions 4/6 · Goals 1/1 · Orientation done · updated 2026-03-14``."""
    if not isinstance(updated_on, date):
        raise TypeError("updated_on must be a date")
    pairs = (
        ("Sessions", counts.sessions, counts.sessions_expected),
        ("Goals", counts.goals, counts.goals_expected),
        ("Progress", counts.progress, counts.progress_expected),
        ("Reflections", counts.reflections, counts.reflections_expected),
    )
    said = [f"{word} {shown:d}/{expected:d}" for word, shown, expected in pairs if expected]
    if counts.orientation_done:
        said.append("Orientation done")
    return " · ".join([*said, f"updated {updated_on.isoformat()[:10]}"])


def counts_of(parts: Sequence[Part]) -> Counts:
    """The counts in a computed engagement; half credits are rounded up."""
    numbers: dict[str, int] = {}
    orientation_done = False
    for part in parts:
        if part.component is Component.ORIENTATION:
            orientation_done = not part.is_exempt and part.share == 1
        if part.component in COUNTED and not part.is_exempt:
            name = COUNTED[part.component]
            numbers[name] = int(part.shown.quantize(Decimal(1), rounding=ROUND_HALF_UP))
            numbers[f"{name}_expected"] = part.target
    return Counts(orientation_done=orientation_done, **numbers)
