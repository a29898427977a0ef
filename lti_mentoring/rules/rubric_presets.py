"""Ready-made sets of weights to start from; a coordinator changes them at will."""

from collections.abc import Mapping
from dataclasses import dataclass

from lti_mentoring.rules.engagement import default_rubric
from lti_mentoring.vocabulary import Component


@dataclass(frozen=True)
class RubricPreset:
    """Weights that add up to 100, and whether a score is sent or only "completed"."""

    weights: Mapping[Component, int]
    is_pass_or_fail: bool = False


def _weights(**weights: int) -> Mapping[Component, int]:
    return {component: weights.get(component.value, 0) for component in Component}


_BALANCED = {line.component: line.weight for line in default_rubric(1)}
_SMALL = {"agreement": 5, "needs": 5, "feedback": 5, "closure": 5}

RUBRIC_PRESETS: Mapping[str, RubricPreset] = {
    "balanced": RubricPreset(_BALANCED),
    "attendance_led": RubricPreset(
        _weights(sessions=60, goals_set=5, goal_progress=5, reflection=10, **_SMALL)
    ),
    "reflection_led": RubricPreset(
        _weights(sessions=25, goals_set=10, goal_progress=10, reflection=35, **_SMALL)
    ),
    "goals_led": RubricPreset(
        _weights(sessions=25, goals_set=20, goal_progress=30, reflection=5, **_SMALL)
    ),
    "pass_or_fail": RubricPreset(_BALANCED, is_pass_or_fail=True),
}
"""By name, in the order in which they are offered. Source: mentoring.md 5.2."""
