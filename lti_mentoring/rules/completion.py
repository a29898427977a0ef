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
    goals also for one goal that was looked back on. Gates of components that are exempt, or
    of which nothing is expected, do not apply. Where no gate applies, nothing is complete:
    who is excused from everything has not completed anything.

    Args:
        gates: the components that completion needs.
        lines: the rubric; a component with weight 0 can still be a gate if it has a target.
        earned: sum of credits per component; a missing one is 0.
        f: the learner's opportunity, 0 to 1.
        exempt: components that do not count for this learner.
        goals_reviewed: goals that the learner has looked back on at the end.

    Source: mentoring.md 5.3.
    """
    needed = {
        line.component: _needed(line, f)
        for line in lines
        if line.component in gates and line.component not in exempt
    }
    applying = [component for component in Component if needed.get(component)]
    missing = tuple(
        component
        for component in applying
        if earned.get(component, Decimal(0)) < needed[component]
        or (component is Component.GOALS_SET and goals_reviewed < 1)
    )
    return Completion(bool(applying) and not missing, missing)


def _needed(line: RubricLine, f: Decimal) -> int:
    target = prorated_target(line.component, line.target, f)
    if line.component is Component.SESSIONS:
        return -(-target * SESSIONS_NEEDED_PERCENT // 100)
    return target
