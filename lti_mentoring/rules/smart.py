"""How much of a goal is SMART: a friendly meter, and what makes a goal count.

The meter looks at whether something is written, never at what: nobody's goal is judged.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lti_mentoring.rules.words import word_count

SmartName = Literal["specific", "measurable", "achievable", "relevant", "timed"]

ENOUGH_STEPS = 2
"""Milestones and actions together that make a goal one to work on."""

_SPECIFIC_WORDS = 2  # "Statistics" is a topic, "pass statistics" is an aim


@dataclass(frozen=True)
class GoalFacts:
    """What the meter reads. ``step_count`` is milestones plus actions, dropped ones left out."""

    title: str
    measure: str
    means: str
    reason: str
    due_on: date | None
    step_count: int


@dataclass(frozen=True)
class SmartPart:
    """One letter of SMART, by the name of its word, and whether the goal has it."""

    name: SmartName
    is_there: bool


def smart_parts(goal: GoalFacts, today: date) -> tuple[SmartPart, ...]:
    """The five letters in their order, each with whether it is there.

    Two steps make a goal achievable as much as a sentence about the means does.

    Args:
        goal: what is written so far.
        today: in the learner's zone; a date to reach it by must not be over.
    """
    has_means = word_count(goal.means) > 0 or goal.step_count >= ENOUGH_STEPS
    return (
        SmartPart("specific", word_count(goal.title) >= _SPECIFIC_WORDS),
        SmartPart("measurable", word_count(goal.measure) > 0),
        SmartPart("achievable", has_means),
        SmartPart("relevant", word_count(goal.reason) > 0),
        SmartPart("timed", goal.due_on is not None and goal.due_on >= today),
    )


def is_countable_goal(goal: GoalFacts, today: date) -> bool:
    """Whether this goal counts as set: all five letters, and at least two steps.

    Asked when a goal is saved. What has counted once stays counted, also after its date.

    Source: mentoring.md 5.2, row goals_set.
    """
    is_smart = all(part.is_there for part in smart_parts(goal, today))
    return is_smart and goal.step_count >= ENOUGH_STEPS
