"""The histogram of the summary: how many possible matches have how many bits, by band, and where the threshold lies."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kstep.screening.report import svg, words

_BINS = 28
_TOP, _FLOOR, _HEIGHT = 34, 194, 216


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the drawing spans: bins of `width` bits from number `first` to before `last`, counts up to `ceiling`."""

    width: int
    first: int
    last: int
    step: int
    ceiling: int

    def across(self, bits: float) -> float:
        """Where `bits` lie, in per cent."""
        return 100 * (bits / self.width - self.first) / (self.last - self.first)

    def tall(self, count: float) -> float:
        """How tall a count is, in pixels."""
        return (_FLOOR - _TOP) * count / self.ceiling


def histogram(values: Sequence[tuple[float, str]], threshold: float, threshold_shown: str) -> Markup:
    """The drawing. `values` are (bits, band) of each match, at least one; `threshold` is in bits of evidence."""
    bits = [amount for amount, _ in values]
    low, high = min(threshold, min(bits)), max(threshold, max(bits))
    width = _round((high - low) / _BINS)
    counted = Counter((math.floor(amount / width), band) for amount, band in values)
    tallest = max(Counter(math.floor(amount / width) for amount in bits).values())
    step = _round(tallest / 4)
    frame = _Frame(
        width=width,
        first=math.floor(low / width),
        last=math.floor(high / width) + 1,
        step=step,
        ceiling=step * math.ceil(tallest / step),
    )
    shapes = [*_levels(frame), *_bins(frame, counted), *_ticks(frame), *_threshold(frame, threshold, threshold_shown)]
    described = f"{len(values)} possible matches between {min(bits):.1f} and {max(bits):.1f} bits"
    return svg.drawing(shapes, _HEIGHT, described)


def _levels(frame: _Frame) -> list[Markup]:
    shapes = []
    for level in range(frame.step, frame.ceiling + 1, frame.step):
        y = _FLOOR - frame.tall(level)
        shapes += [svg.line(0, y, 100, y, "grid"), svg.text(100, y - 4, words.count(level), "tick end")]
    return shapes


def _bins(frame: _Frame, counted: Counter[tuple[int, str]]) -> list[Markup]:
    """The bars, the weakest band at the foot of each."""
    shapes = []
    wide = 100 / (frame.last - frame.first)
    for place in range(frame.first, frame.last):
        y = float(_FLOOR)
        for band in reversed(list(words.BANDS)):
            tall = frame.tall(counted[place, band])
            y -= tall
            shapes.append(svg.rectangle(frame.across(place * frame.width), y, wide, tall, f"band-{band} bin"))
    return shapes


def _ticks(frame: _Frame) -> list[Markup]:
    low, high = frame.first * frame.width, frame.last * frame.width
    every = _round((high - low) / 6)
    shapes = [svg.line(0, _FLOOR, 100, _FLOOR, "axis")]
    for bits in range(math.ceil(low / every) * every, high + 1, every):
        x = frame.across(bits)
        side = " end" if x > 96 else " middle" if x > 4 else ""
        shapes.append(svg.text(x, _FLOOR + 18, words.count(bits).replace("-", "−"), f"tick{side}"))
    return shapes


def _threshold(frame: _Frame, threshold: float, shown: str) -> list[Markup]:
    x = frame.across(threshold)
    said = f"threshold {words.plain(threshold)} bits = {shown}"
    return [
        svg.line(x, _TOP - 12, x, _FLOOR, "threshold"),
        svg.text(x, 14, said, "label end" if x > 50 else "label"),
    ]


def _round(least: float) -> int:
    """The least of 1, 2, 5, 10, 20, 50 … that is not below `least`."""
    size = 10 ** max(0, math.floor(math.log10(least))) if least > 0 else 1
    return next(int(size * factor) for factor in (1, 2, 5, 10) if size * factor >= least)
