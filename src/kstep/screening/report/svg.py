"""Shapes of SVG as text: lengths across in per cent, everything else in pixels.

So a drawing fills its column and its letters keep their size. Colours are classes that the style sheet fills from its
variables, so a drawing follows light, dark and print; every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from kstep.screening.report.embedded import visible


def drawing(shapes: Iterable[Markup], height: float, described: str) -> Markup:
    """A whole drawing of `height` pixels; `described` says in words what it shows."""
    start = Markup('<svg class="chart" role="img" aria-label="{}" width="100%" height="{}">')
    body = Markup("\n").join(shapes)
    return start.format(visible(described), max(0, round(height))) + body + Markup("</svg>")


def rectangle(x: float, y: float, width: float, height: float, shade: str) -> Markup:
    """A bar from `x` per cent, `width` per cent wide; nothing where it has no extent."""
    if width <= 0 or height <= 0:
        return Markup()
    shape = Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>')
    return shape.format(shade, _figure(x), _figure(y), _figure(width), _figure(height))


def line(x1: float, y1: float, x2: float, y2: float, shade: str) -> Markup:
    """A line from (`x1` per cent, `y1`) to (`x2` per cent, `y2`)."""
    shape = Markup('<line class="{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>')
    return shape.format(shade, _figure(x1), _figure(y1), _figure(x2), _figure(y2))


def text(x: float, y: float, said: str, shade: str) -> Markup:
    """A text at `x` per cent; its class says on which side of that it stands."""
    return Markup('<text class="{}" x="{}%" y="{}">{}</text>').format(shade, _figure(x), _figure(y), visible(said))


def _figure(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
