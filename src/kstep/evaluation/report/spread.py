"""How the bits of both classes are spread: one upwards, the other downwards, each as shares of its own and as tall."""

from __future__ import annotations

import math

import numpy as np
from markupsafe import Markup

from kstep.evaluation.report.plot import LEFT, RIGHT, Frame
from kstep.matching.arrays import Ints
from kstep.screening.report import svg, words

BINS = 60
UP, DOWN = Frame(30, 140), Frame(140, 250)
HEIGHT = 294


def spread(above: Ints, below: Ints, threshold: float, threshold_shown: str, said: tuple[str, str]) -> Markup:
    """The drawing of two classes of millibits, named by `said`; `threshold` is in bits of evidence."""
    both = np.concatenate([above, below, np.array([round(1000 * threshold)])]) / 1000
    low, high = float(both.min()), float(both.max())
    width = _whole((high - low) / BINS)
    first, last = math.floor(low / width), math.floor(high / width) + 1
    counts = [
        np.bincount(np.floor_divide(side, 1000 * width) - first, minlength=last - first) for side in (above, below)
    ]
    shares = [count / max(1, len(side)) for count, side in zip(counts, (above, below), strict=True)]
    tallest = [float(share.max()) or 1.0 for share in shares]
    shapes: list[Markup] = []
    for frame, share, most, shade in zip((UP, DOWN), shares, tallest, ("bar-match", "bar-other"), strict=True):
        for place, part in enumerate(share.tolist()):
            x, wide = frame.x(place / (last - first)), (RIGHT - LEFT) / (last - first)
            tall = (frame.floor - frame.top) * part / most
            shapes.append(
                svg.rectangle(x, frame.floor - tall if frame is UP else frame.top, wide, tall, f"{shade} bin")
            )
    every = _whole((last - first) * width / 8)
    for bits in range(math.ceil(first * width / every) * every, last * width + 1, every):
        x = UP.x((bits / width - first) / (last - first))
        shapes.append(
            svg.text(x, DOWN.floor + 17, words.count(bits).replace("-", "−"), "tick end" if x > 96 else "tick middle")
        )
    x = UP.x((threshold / width - first) / (last - first))
    shapes += [
        svg.line(LEFT, UP.floor, RIGHT, UP.floor, "axis"),
        svg.text(LEFT - 1, UP.top + 4, f"{100 * tallest[0]:.2g} %", "tick end"),
        svg.text(LEFT - 1, UP.floor + 4, "0 %", "tick end"),
        svg.text(LEFT - 1, DOWN.floor + 4, f"{100 * tallest[1]:.2g} %", "tick end"),
        svg.text(UP.x(0.5), DOWN.floor + 36, "bits of evidence", "tick middle"),
        svg.line(x, UP.top - 12, x, DOWN.floor, "threshold"),
        svg.text(x, 12, f"threshold {threshold_shown}", "label end" if x > 55 else "label"),
        svg.text(RIGHT, UP.top + 4, f"{said[0]} ▲", "label end"),
        svg.text(RIGHT, DOWN.floor, f"{said[1]} ▼", "label end"),
    ]
    described = f"{len(above):,} {said[0]} and {len(below):,} {said[1]} between {low:.1f} and {high:.1f} bits"
    return svg.drawing(shapes, HEIGHT, described)


def _whole(least: float) -> int:
    """The least of 1, 2, 5, 10, 20 … that is not below `least`."""
    size = 10 ** max(0, math.floor(math.log10(least))) if least > 0 else 1
    return next(int(size * factor) for factor in (1, 2, 5, 10) if size * factor >= least)
