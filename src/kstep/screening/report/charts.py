"""The charts of the summary: pure functions from figures to SVG text.

Lengths along a chart are in per cent and everything else in pixels, so a chart fills its column and its letters keep their
size; colours are classes that the style sheet fills from its variables, so a chart follows light, dark and print.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kstep.screening.report import words
from kstep.screening.report.embedded import visible
from kstep.screening.report.words import Match

if TYPE_CHECKING:
    from kstep.screening.report.page import Report

_BINS = 28
_LONGEST_LABEL = 34


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it counts, how much, how that is written, and the class that gives its colour."""

    label: str
    amount: float
    shown: str
    shade: str = "accent"


@dataclass(frozen=True, slots=True)
class Balance:
    """What speaks for (`gain`) and against (`loss`, not above 0), both in bits."""

    label: str
    gain: float
    loss: float


def of(report: Report, matches: Sequence[Match]) -> dict[str, Markup]:
    """The four charts of a report, by name."""
    by_list = [Bar(item.name, item.matches, words.count(item.matches)) for item in report.lists]
    bits = [(float(match["bits"]), str(match["band"])) for match in matches]
    return {
        "bands": bars(Bar(f"{mark} {word}", count, words.count(count), f"band-{band}")
                      for band, mark, word, count in words.bands(matches)),
        "lists": bars(sorted(by_list, key=lambda bar: -bar.amount)),
        "bits": histogram(bits, _bits_of(report.threshold, report.prior_bits), words.share(report.threshold)),
        "evidence": balances(contributions(matches)),
    }  # fmt: skip


def contributions(matches: Sequence[Match]) -> list[Balance]:
    """The mean bits per match that each field gives for and against, the most telling field first."""
    gains: Counter[str] = Counter()
    losses: Counter[str] = Counter()
    for match in matches:
        for row in match["evidence"]:
            (gains if row["bits"] > 0 else losses)[words.label(row["field"])] += row["bits"]
    fields = sorted(gains.keys() | losses.keys(), key=lambda name: (losses[name] - gains[name], name))
    return [Balance(name, gains[name] / len(matches), losses[name] / len(matches)) for name in fields]


def bars(rows: Iterable[Bar]) -> Markup:
    """Horizontal bars from one zero, label and figure above each."""
    rows = list(rows)
    most = max((row.amount for row in rows), default=0) or 1
    parts = []
    for place, row in enumerate(rows):
        top = place * 46
        parts += [
            _text(0, top + 14, _short(row.label), "label"),
            _text(100, top + 14, row.shown, "figure end"),
            _rectangle(0, top + 22, 100, 12, "track"),
            _rectangle(0, top + 22, 100 * row.amount / most, 12, row.shade),
        ]
    return _drawing(parts, len(rows) * 46 - 10, "; ".join(f"{row.label}: {row.shown}" for row in rows))


def balances(rows: Sequence[Balance]) -> Markup:
    """Bars to both sides of one zero: what speaks for, to the right, filled; what speaks against, to the left, hollow."""
    reach = max((row.gain for row in rows), default=0), min((row.loss for row in rows), default=0)
    span = (reach[0] - reach[1]) or 1
    zero = 100 * -reach[1] / span
    parts = []
    for place, row in enumerate(rows):
        top = place * 40
        gain, loss = 100 * row.gain / span, 100 * -row.loss / span
        shown = " ".join(words.signed(bits) for bits in (row.gain, row.loss) if abs(bits) >= 0.05)
        parts += [
            _text(0, top + 14, _short(row.label), "label"),
            _text(100, top + 14, shown or "0.0", "figure end"),
            _rectangle(zero - loss, top + 21, loss, 11, "against"),
            _rectangle(zero, top + 21, gain, 11, "for"),
            _line(zero, top + 19, zero, top + 34, "axis"),
        ]
    described = "; ".join(f"{row.label}: {words.signed(row.gain)} and {words.signed(row.loss)} bits" for row in rows)
    return _drawing(parts, len(rows) * 40 - 4, described)


def histogram(values: Sequence[tuple[float, str]], threshold: float | None, threshold_shown: str) -> Markup:
    """How many matches have how many bits, by band, with a line at `threshold` (bits); `values` are (bits, band)."""
    if not values:
        return _drawing([], 0, "nothing to count")
    amounts = [bits for bits, _ in values] + ([threshold] if threshold is not None else [])
    width = _step((max(amounts) - min(amounts)) / _BINS, smallest=1)
    first, last = math.floor(min(amounts) / width), math.floor(max(amounts) / width) + 1
    counted = Counter((math.floor(bits / width), band) for bits, band in values)
    tallest = max(sum(counted[place, band] for band in words.BANDS) for place, _ in counted)
    step = _step(tallest / 4, smallest=1)
    ceiling = step * math.ceil(tallest / step)
    top, floor = 34, 194

    def across(bits: float) -> float:
        return 100 * (bits / width - first) / (last - first)

    def height(count: float) -> float:
        return (floor - top) * count / ceiling

    parts = []
    for level in range(step, ceiling + 1, step):
        parts += [
            _line(0, floor - height(level), 100, floor - height(level), "grid"),
            _text(100, floor - height(level) - 4, words.count(level), "tick end"),
        ]
    for place in range(first, last):
        base = float(floor)
        for band in reversed(words.BANDS):
            tall = height(counted[place, band])
            base -= tall
            parts.append(_rectangle(across(place * width), base, across((place + 1) * width), tall, f"band-{band} bin",
                                    to=True))  # fmt: skip
    parts.append(_line(0, floor, 100, floor, "axis"))
    every = _step((last - first) * width / 6, smallest=1)
    for tick in range(math.ceil(first * width / every) * every, last * width + 1, every):
        side = " end" if across(tick) > 96 else " middle" if across(tick) > 4 else ""
        parts.append(_text(across(tick), floor + 18, words.count(tick).replace("-", "−"), f"tick{side}"))
    if threshold is not None:
        side = " end" if across(threshold) > 50 else ""
        parts += [
            _line(across(threshold), top - 12, across(threshold), floor, "threshold"),
            _text(across(threshold), 14, f"threshold {threshold:.1f} bits = {threshold_shown}", f"label{side}"),
        ]
    lowest, highest = min(bits for bits, _ in values), max(bits for bits, _ in values)
    return _drawing(parts, 216, f"{len(values)} possible matches between {lowest:.1f} and {highest:.1f} bits")


def _bits_of(threshold: float, prior_bits: float) -> float | None:
    """The bits of evidence at which the probability reaches `threshold`; None where every number of bits does or none."""
    return math.log2(threshold / (1 - threshold)) - prior_bits if 0 < threshold < 1 else None


def _step(least: float, smallest: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50 … that is not below `least`, and not below `smallest`."""
    size = 10 ** max(0, math.floor(math.log10(least))) if least > 0 else 1
    return max(smallest, next(size * factor for factor in (1, 2, 5, 10) if size * factor >= least))


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _drawing(parts: Iterable[Markup], height: float, described: str) -> Markup:
    body = Markup("\n").join(parts)
    start = Markup('<svg class="chart" role="img" aria-label="{}" width="100%" height="{}">')
    return start.format(visible(described), max(0, round(height))) + body + Markup("</svg>")


def _rectangle(x: float, y: float, width: float, height: float, shade: str, *, to: bool = False) -> Markup:
    """A bar from `x` per cent, `width` per cent wide, or up to `width` if `to`. Empty ones are not drawn."""
    wide = width - x if to else width
    if wide <= 0 or height <= 0:
        return Markup()
    return Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
        shade, _figure(x), _figure(y), _figure(wide), _figure(height)
    )


def _line(x1: float, y1: float, x2: float, y2: float, shade: str) -> Markup:
    return Markup('<line class="{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>').format(
        shade, _figure(x1), _figure(y1), _figure(x2), _figure(y2)
    )


def _text(x: float, y: float, text: str, shade: str) -> Markup:
    return Markup('<text class="{}" x="{}%" y="{}">{}</text>').format(
        shade, _figure(x), _figure(y), escape(visible(text))
    )


def _figure(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
