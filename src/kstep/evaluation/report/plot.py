"""A drawing with two axes: what lies where, lines through it, and points of it. Across in per cent of the width, down in
pixels; curves are set in a drawing of their own that is stretched to the frame, so that letters and lines keep their size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kstep.screening.report import svg

LEFT, RIGHT = 12.0, 98.0
"""Where the frame begins and ends, in per cent: the left margin holds the labels of levels."""

FINENESS = 1000
"""Units of a curve's drawing in each direction: points closer than one unit are one."""

Point = tuple[float, float]
"""Shares of the frame, from its left and from its floor."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a plot, from `top` to `floor` pixels down."""

    top: float
    floor: float

    def x(self, share: float) -> float:
        """Where a share of the way across lies, in per cent."""
        return LEFT + (RIGHT - LEFT) * share

    def y(self, share: float) -> float:
        """Where a share of the way up lies, in pixels."""
        return self.floor - (self.floor - self.top) * share

    def level(self, share: float, said: str) -> list[Markup]:
        """A line across at a share of the way up, named at its left."""
        y = self.y(share)
        return [svg.line(LEFT, y, RIGHT, y, "grid"), svg.text(LEFT - 1, y + 4, said, "tick end")]

    def tick(self, share: float, said: str, *, line: bool = True) -> list[Markup]:
        """A line down at a share of the way across, named below."""
        x = self.x(share)
        drawn = [svg.line(x, self.top, x, self.floor, "grid")] if line else []
        return [*drawn, svg.text(x, self.floor + 17, said, "tick end" if share > 0.97 else "tick middle")]

    def axis(self, said: str) -> list[Markup]:
        """The floor, and what is measured across."""
        return [
            svg.line(LEFT, self.floor, RIGHT, self.floor, "axis"),
            svg.text(self.x(0.5), self.floor + 36, said, "tick middle"),
        ]

    def line(self, points: Iterable[Point], shade: str) -> Markup:
        """A line through points, from left to right."""
        start = Markup('<svg x="{}%" y="{}" width="{}%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">')
        opened = start.format(LEFT, self.top, RIGHT - LEFT, self.floor - self.top, FINENESS, FINENESS)
        path = Markup('<path class="{}" vector-effect="non-scaling-stroke" d="{}"/></svg>')
        return opened + path.format(shade, "M" + "L".join(f"{x} {FINENESS - y}" for x, y in _distinct(points)))

    def dot(self, at: Point, radius: float, shade: str, said: str = "") -> Markup:
        """A point, with a title that a reader's pointer shows."""
        shape = Markup('<circle class="{}" cx="{}%" cy="{}" r="{}">{}</circle>')
        title = Markup("<title>{}</title>").format(said) if said else Markup()
        return shape.format(shade, f"{self.x(at[0]):.2f}", f"{self.y(at[1]):.2f}", f"{radius:g}", title)


def _distinct(points: Iterable[Point]) -> Sequence[tuple[int, int]]:
    """The points in whole units; of many in one column, the first, the lowest, the highest and the last."""
    columns: dict[int, list[int]] = {}
    for x, y in points:
        columns.setdefault(round(FINENESS * x), []).append(round(FINENESS * y))
    return [
        (x, y)
        for x, column in columns.items()
        for y in dict.fromkeys((column[0], min(column), max(column), column[-1]))
    ]
