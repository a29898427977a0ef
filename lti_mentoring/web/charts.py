"""Geometry of simple bar charts, so that templates only write numbers down."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 560
TALLEST = 100
HEADROOM = 24  # for the value above the tallest bar
FOOT = 34  # for the label below
WIDEST_BAR = 72


@dataclass(frozen=True)
class Bar:
    """One bar in the chart's own units; ``is_partial`` where its time is not over."""

    label: str
    value: int
    x: int
    y: int
    width: int
    height: int
    is_partial: bool = False

    @property
    def middle(self) -> int:
        """Where label and value are centered."""
        return self.x + self.width // 2

    @property
    def round(self) -> int:
        """The corners' radius; small bars have small corners."""
        return min(6, self.height // 2)


@dataclass(frozen=True)
class Chart:
    """Bars side by side on one line."""

    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEADROOM + TALLEST + FOOT


def bar_chart(values: Sequence[tuple[str, int]], *, last_is_partial: bool = False) -> Chart:
    """A chart of (label, count) pairs; the tallest bar is as tall as the chart allows."""
    most = max((count for _, count in values), default=0) or 1
    step = WIDTH // max(len(values), 1)
    width = min(WIDEST_BAR, step * 2 // 3)
    bars = []
    for number, (label, count) in enumerate(values):
        height = max(round(TALLEST * count / most), 4 if count else 2)
        bars.append(
            Bar(
                label=label,
                value=count,
                x=number * step + (step - width) // 2,
                y=HEADROOM + TALLEST - height,
                width=width,
                height=height,
                is_partial=last_is_partial and number == len(values) - 1,
            )
        )
    return Chart(tuple(bars))
