"""The charts of the summary: pure functions from figures to drawings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from kstep.screening.report import svg, words
from kstep.screening.report.histogram import histogram
from kstep.screening.report.words import Match

if TYPE_CHECKING:
    from kstep.screening.report.page import Report

_LONGEST_LABEL = 34


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it counts, how much, and the class that gives its colour."""

    label: str
    amount: int
    shade: str = "accent"


@dataclass(frozen=True, slots=True)
class Balance:
    """What speaks for (`gain`) and against (`loss`, not above 0), both in bits."""

    label: str
    gain: float
    loss: float


def of(report: Report, matches: Sequence[Match]) -> dict[str, Markup]:
    """The four charts of a report, by name; none where there is nothing to draw."""
    if not matches:
        return {}
    by_band = [Bar(f"{mark} {word}", count, f"band-{band}") for band, mark, word, count in words.bands(matches)]
    by_list = sorted((Bar(item.name, item.matches) for item in report.lists), key=lambda bar: -bar.amount)
    bits = [(float(match["bits"]), str(match["band"])) for match in matches]
    threshold = words.bits_of(report.threshold) - report.prior_bits
    return {
        "bands": bars(by_band),
        "lists": bars(by_list),
        "bits": histogram(bits, threshold, words.share(report.threshold)),
        "evidence": balances(contributions(matches)),
    }


def contributions(matches: Sequence[Match]) -> list[Balance]:
    """The mean bits per match that each field gives for and against, the most telling field first."""
    gains: Counter[str] = Counter()
    losses: Counter[str] = Counter()
    for match in matches:
        for row in match["evidence"]:
            (gains if row["bits"] > 0 else losses)[words.label(row["field"])] += row["bits"]
    fields = sorted(gains.keys() | losses.keys(), key=lambda name: (losses[name] - gains[name], name))
    return [Balance(name, gains[name] / len(matches), losses[name] / len(matches)) for name in fields]


def bars(rows: Sequence[Bar]) -> Markup:
    """Horizontal bars from one zero, label and figure above each."""
    most = max((row.amount for row in rows), default=0) or 1
    shapes = []
    for place, row in enumerate(rows):
        top = place * 46
        shapes += [
            *_heading(top, row.label, words.count(row.amount)),
            svg.rectangle(0, top + 22, 100, 12, "track"),
            svg.rectangle(0, top + 22, 100 * row.amount / most, 12, row.shade),
        ]
    return svg.drawing(shapes, len(rows) * 46 - 10, _described((row.label, words.count(row.amount)) for row in rows))


def balances(rows: Sequence[Balance]) -> Markup:
    """Bars to both sides of one zero: what speaks for, right and filled; what speaks against, left and hollow."""
    most, least = max((row.gain for row in rows), default=0), min((row.loss for row in rows), default=0)
    span = (most - least) or 1
    zero = 100 * -least / span
    shapes = []
    for place, row in enumerate(rows):
        top = place * 40
        gain, loss = 100 * row.gain / span, 100 * -row.loss / span
        shapes += [
            *_heading(top, row.label, _both(row)),
            svg.rectangle(zero - loss, top + 21, loss, 11, "against"),
            svg.rectangle(zero, top + 21, gain, 11, "for"),
            svg.line(zero, top + 19, zero, top + 34, "axis"),
        ]
    return svg.drawing(shapes, len(rows) * 40 - 4, _described((row.label, f"{_both(row)} bits") for row in rows))


def _both(row: Balance) -> str:
    """What speaks for and against, each only where it shows."""
    return " ".join(words.signed(bits) for bits in (row.gain, row.loss) if abs(bits) >= 0.05) or "0.0"


def _heading(top: float, label: str, figure: str) -> list[Markup]:
    short = label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
    return [svg.text(0, top + 14, short, "label"), svg.text(100, top + 14, figure, "figure end")]


def _described(rows: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{label}: {figure}" for label, figure in rows)
