"""Whether a learner has completed the program, and what is still missing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lti_mentoring.rules.engagement import RubricLine, prorated_target
from lti_mentoring.vocabulary import Component

DEFAULT_GATES = (
    Component.ORIENTATION,
    Component.AGREEMENT,
    Component.SESSIONS,
    Component.GOALS_SET,
    Component.CLOSURE,
)
"""What completion asks for unless a coordinator says otherwise."""

SESSIONS_NEEDED_PERCENT = 75
"""The share of the expected sessions that is enough to complete."""


@dataclass(frozen=True)
class Completion:
    """Whether every gate is passed, and those that are not, in the components' own order."""

    is_complete: bool
    missing: tuple[Component, ...]


def completion(
    gates: Collection[Component],
    lines: Sequence[RubricLine],
    earned: Mapping[Component, Decimal],
    f: Decimal,
    exempt: Collection[Component] = frozenset(),
    goals_reviewed: int = 0,
) -> Completion:
    """Which of the gates a learner has passed.

    A gate asks for its component's target; sessions for three quarters of it, rounded up;
    goals for one goal that was looked back on at the end, and for nothing else. What has no
    weight is no gate. Gates of components that are exempt, or of which nothing is expected, are
    passed. Where nothing is asked and nothing was shown, nothing is complete: who is excused
    from everything has not completed anything.

    Args:
        gates: the components that completion needs.
        lines: the rubric.
        earned: sum of credits per component; a missing one is 0.
        f: the learner's opportunity, 0 to 1.
        exempt: components that are not demanded of this learner.
        goals_reviewed: goals that the learner has looked back on at the end.

    Source: mentoring.md 5.3.
    """
    needed = {
        line.component: 0 if line.component in exempt else _needed(line, f)
        for line in lines
        if line.component in gates and line.weight
    }
    shown = dict(earned) | {Component.GOALS_SET: Decimal(goals_reviewed)}
    missing = tuple(
        component
        for component in Component
        if needed.get(component) and shown.get(component, 0) < needed[component]
    )
    has_shown = any(shown.get(component, 0) > 0 for component in needed)
    return Completion(has_shown and not missing, missing)


def _needed(line: RubricLine, f: Decimal) -> int:
    if line.component is Component.GOALS_SET:
        return 1
    target = prorated_target(line.component, line.target, f)
    if line.component is Component.SESSIONS:
        return -(-target * SESSIONS_NEEDED_PERCENT // 100)
    return target
