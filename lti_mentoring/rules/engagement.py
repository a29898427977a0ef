"""The engagement score of one learner: how it is made, and every part that explains it.

It measures what a learner can do by themselves, never opinions, contents or success. Days are
counted in ``opportunity``, single acts are valued in ``credits``; their names can be imported
from here too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from lti_mentoring.rules.credits import (
    counts_this_session,
    is_missed_by_mentor,
    progress_week_source,
    reflection_counts,
    session_credit,
    session_credits,
)
from lti_mentoring.rules.opportunity import (
    Window,
    exempt_by_waiting,
    lost_days,
    opportunity,
    program_days,
)
from lti_mentoring.vocabulary import Component

__all__ = [
    "TIME_BASED",
    "Engagement",
    "NextAct",
    "Part",
    "RubricLine",
    "Window",
    "counts_this_session",
    "default_rubric",
    "engagement",
    "exempt_by_waiting",
    "from_json",
    "is_missed_by_mentor",
    "lost_days",
    "next_best",
    "opportunity",
    "program_days",
    "progress_week_source",
    "prorated_target",
    "reflection_counts",
    "rubric_lines",
    "scaled",
    "session_credit",
    "session_credits",
    "to_json",
]

TIME_BASED = frozenset(
    {Component.SESSIONS, Component.GOAL_PROGRESS, Component.REFLECTION, Component.FEEDBACK}
)
"""Components of which less is expected from whoever had less time."""

_ALL_WEIGHTS = 100
_TENTH = Decimal("0.1")
_FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class RubricLine:
    """One component's weight (0 to 100; 0 switches it off) and its target in units.

    Raises:
        ValueError: if a number is negative, or a component with a weight has no target.
    """

    component: Component
    weight: int
    target: int

    def __post_init__(self) -> None:
        if self.weight < 0 or self.target < 0:
            raise ValueError(f"{self.component}: weight and target cannot be negative")
        if self.weight and not self.target:
            raise ValueError(f"{self.component}: what has a weight needs a target")


@dataclass(frozen=True)
class Part:
    """What one component adds to the score.

    ``target`` is what was expected after proration, ``shown`` the credits (not cut at the
    target), ``share`` the smaller of 1 and their ratio. ``points`` out of ``max_points`` are
    on the scale of the score, after exempt components have dropped out; the ``max_points`` of
    all parts add up to 100. Shares and points have four places.

    ``is_let_off`` says that nothing is demanded; ``is_exempt`` that it does not count either.
    What was let off and shown all the same counts where that helps the learner.
    """

    component: Component
    weight: int
    target: int
    shown: Decimal
    share: Decimal
    points: Decimal
    max_points: Decimal
    is_exempt: bool
    is_let_off: bool = False


@dataclass(frozen=True)
class Engagement:
    """The score, 0 to 100 with one decimal, and its parts; ``score`` is None when excused.

    Parts stand in the order of the rubric; components that are switched off have none.
    """

    score: Decimal | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class NextAct:
    """The act that helps most: its number within the component, and the points it adds.

    ``number`` 4 of ``SESSIONS`` is "attend session 4"; ``points`` have one decimal.
    """

    component: Component
    number: int
    points: Decimal


def default_rubric(session_target: int) -> tuple[RubricLine, ...]:
    """The rubric of a new program, one line per component; the weights add up to 100.

    Args:
        session_target: sessions expected in the whole program, 1 or more.

    Raises:
        ValueError: if ``session_target`` is less than 1.

    The weights are those of the source. No program offers an orientation yet; its ten points go
    in halves to what takes a whole program, meeting and moving a goal forward. Targets follow
    what is asked today: one needs assessment, one fit question, progress once for each session
    that is expected.

    Source: mentoring.md 5.2.
    """
    if session_target < 1:
        raise ValueError("a program needs at least one session")
    reflections = max(1, session_target - 1)
    return (
        RubricLine(Component.ORIENTATION, 0, 0),
        RubricLine(Component.AGREEMENT, 5, 1),
        RubricLine(Component.NEEDS, 10, 1),
        RubricLine(Component.SESSIONS, 40, session_target),
        RubricLine(Component.GOALS_SET, 10, 1),
        RubricLine(Component.GOAL_PROGRESS, 15, session_target),
        RubricLine(Component.REFLECTION, 10, reflections),
        RubricLine(Component.FEEDBACK, 5, 1),
        RubricLine(Component.CLOSURE, 5, 1),
    )


def rubric_lines(weights: Mapping[str, int], targets: Mapping[str, int]) -> tuple[RubricLine, ...]:
    """The lines of a stored rubric, in the components' own order; what is missing is 0.

    Raises:
        ValueError: if a line is impossible (see ``RubricLine``).
    """
    return tuple(
        RubricLine(component, weights.get(component, 0), targets.get(component, 0))
        for component in Component
    )


def prorated_target(component: Component, target: int, f: Decimal) -> int:
    """What is expected of a learner with the opportunity ``f`` (0 to 1), in units, rounded half up.

    Only time-based components shrink; what is done once is expected of everybody.

    Source: mentoring.md 5.3.
    """
    if component not in TIME_BASED:
        return target
    # Nine fourteenths as a decimal is a little less: without this, an exact half would go down.
    exact = (f * target).quantize(Decimal("1e-12"), rounding=ROUND_HALF_UP)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def engagement(
    lines: Sequence[RubricLine],
    earned: Mapping[Component, Decimal],
    f: Decimal,
    exempt: Collection[Component] = frozenset(),
    let_off: Collection[Component] = frozenset(),
) -> Engagement:
    """The score with its explanation.

    A component counts up to its weight and no further, so extra sessions never stand in for
    missing goals. Exempt components drop out and the others are scaled up to 100; if all
    drop out, the learner is excused. Nobody loses by being let off: what was shown in a
    component that is let off goes on counting as long as the score is higher with it.

    Args:
        lines: the rubric, each component once; weights add up to 100.
        earned: sum of credits per component; a missing one is 0, a negative one counts as 0.
        f: the learner's opportunity, 0 to 1.
        exempt: components that do not count for this learner, whatever was shown.
        let_off: components that are not demanded. A time-based component whose target shrinks
            to 0 joins them; one unit is then its target for whoever has shown something.

    Raises:
        ValueError: if the weights do not add up to exactly 100.

    Source: mentoring.md 5.3 and 5.1 (6).
    """
    if sum(line.weight for line in lines) != _ALL_WEIGHTS:
        raise ValueError("the weights must add up to 100")
    drafts = [_draft(line, earned, f, exempt, let_off) for line in lines if line.weight]
    counted = _counted(drafts)
    weight = sum(part.weight for part in drafts if part.component in counted)
    parts = tuple(_filled(part, weight if part.component in counted else 0) for part in drafts)
    average = _average(parts, counted)
    return Engagement(None if average is None else _rounded(average * 100, _TENTH), parts)


def next_best(
    current: Engagement, possible: Collection[Component] = tuple(Component)
) -> NextAct | None:
    """The component whose next unit adds most; the first in order of ``Component`` among equals.

    Args:
        current: where the learner stands.
        possible: components in which the learner can do something now; closure, for one, has
            to wait for the end.

    Returns:
        None if nothing that is possible adds anything.
    """
    counting = [part for part in current.parts if not part.is_exempt]
    gains = {
        part.component: (_gain(part, counting), part)
        for part in counting
        if part.component in possible and part.shown < part.target
    }
    ranked = [gains[component] for component in Component if component in gains]
    if not ranked:
        return None
    gain, part = max(ranked, key=lambda entry: entry[0])  # max keeps the first of equals
    number = int(part.shown.to_integral_value(rounding=ROUND_FLOOR)) + 1
    return NextAct(part.component, number, _rounded(gain, _TENTH))


def scaled(score: Decimal, maximum: Decimal) -> Decimal:
    """``score`` (0 to 100) on a gradebook column's scale, 0 to ``maximum``, in four places.

    Rounded down, so that unfinished work never shows as full marks.
    """
    return (score * maximum / 100).quantize(_FOUR_PLACES, rounding=ROUND_DOWN)


def to_json(current: Engagement) -> list[dict[str, Any]]:
    """The parts as plain JSON, decimals as text, to be stored beside the score."""
    return [
        {
            "component": part.component.value,
            "weight": part.weight,
            "target": part.target,
            "shown": str(part.shown),
            "share": str(part.share),
            "points": str(part.points),
            "max_points": str(part.max_points),
            "is_exempt": part.is_exempt,
            "is_let_off": part.is_let_off,
        }
        for part in current.parts
    ]


def from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts that ``to_json`` wrote."""
    return tuple(
        Part(
            component=Component(row["component"]),
            weight=row["weight"],
            target=row["target"],
            shown=Decimal(row["shown"]),
            share=Decimal(row["share"]),
            points=Decimal(row["points"]),
            max_points=Decimal(row["max_points"]),
            is_exempt=row["is_exempt"],
            is_let_off=row.get("is_let_off", row["is_exempt"]),
        )
        for row in stored
    )


def _draft(
    line: RubricLine,
    earned: Mapping[Component, Decimal],
    f: Decimal,
    exempt: Collection[Component],
    let_off: Collection[Component],
) -> Part:
    """A part without shares and points; ``is_exempt`` is what cannot count at all."""
    shown = max(Decimal(0), earned.get(line.component, Decimal(0)))
    target = prorated_target(line.component, line.target, f)
    is_exempt = line.component in exempt
    is_let_off = is_exempt or not target or line.component in let_off
    return Part(
        component=line.component,
        weight=line.weight,
        target=1 if shown and not target and not is_exempt else target,
        shown=shown,
        share=Decimal(0),
        points=Decimal(0),
        max_points=Decimal(0),
        is_exempt=is_exempt or (is_let_off and not shown),
        is_let_off=is_let_off,
    )


def _counted(parts: Sequence[Part]) -> frozenset[Component]:
    """The components by which the score is highest.

    All that are demanded, and of those let off the ones whose share does not lie below the
    average of the others.
    """
    counted = frozenset(part.component for part in parts if not part.is_let_off)
    helpful = [part for part in parts if part.is_let_off and not part.is_exempt]
    for part in sorted(helpful, key=_share, reverse=True):
        average = _average(parts, counted)
        if average is None or _share(part) >= average:
            counted |= {part.component}
    return counted


def _average(parts: Sequence[Part], counted: Collection[Component]) -> Fraction | None:
    """The weighted mean of the shares, 0 to 1; None if nothing counts."""
    chosen = [part for part in parts if part.component in counted]
    weight = sum(part.weight for part in chosen)
    if not weight:
        return None
    return sum((_share(part) * part.weight for part in chosen), start=Fraction(0)) / weight


def _filled(part: Part, counted: int) -> Part:
    """The finished part; ``counted`` is the sum of counted weights, 0 if this one is exempt."""
    share = _share(part) if counted else Fraction(0)
    most = Fraction(100 * part.weight, counted) if counted else Fraction(0)
    return replace(
        part,
        share=_rounded(share, _FOUR_PLACES),
        points=_rounded(most * share, _FOUR_PLACES),
        max_points=_rounded(most, _FOUR_PLACES),
        is_exempt=not counted,
    )


def _share(part: Part) -> Fraction:
    return min(Fraction(1), Fraction(part.shown) / part.target)


def _gain(part: Part, counting: Sequence[Part]) -> Fraction:
    """What one more unit adds to the score, 0 or more."""
    more = [replace(p, shown=p.shown + 1) if p is part else p for p in counting]
    before = _average(counting, [p.component for p in counting])
    after = _average(more, _counted(more))
    return ((after or Fraction(0)) - (before or Fraction(0))) * 100


def _rounded(exact: Fraction, grain: Decimal) -> Decimal:
    """``exact``, 0 or more, as a whole number of ``grain``; the half goes up."""
    grains = (exact / Fraction(grain) + Fraction(1, 2)).__floor__()
    return (grains * grain).quantize(grain)
