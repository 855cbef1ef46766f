"""The figures of one set of scored pairs, and tables of them as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from systems import USUAL, Floats

from kstep.evaluation.calibration import calibration, odds_bits
from kstep.evaluation.decisions import decisions
from kstep.evaluation.ranking import area, curve, recall_at
from kstep.model.intervals import Interval

Flags = NDArray[np.bool_]

FINEST = 1_000_000
"""Scores become whole numbers for ranking, so many to one."""

NOT_KNOWN = "–"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one system on one set. Rates are None where they would divide by nothing."""

    area: float | None
    area_interval: Interval | None
    recall_at_1_percent: float | None
    recall_at_1_in_1000: float | None
    recall: float | None
    false_alarms: float | None


def figures(match: Flags, scores: Floats, system: str) -> Figures:
    """The figures of scores; kstep's bits are a probability with even odds before any evidence."""
    whole = np.round(scores * FINEST).astype(np.int64)
    ranked = curve(match, whole)
    found = area(match, whole)
    usual = decisions(match, 1 / (1 + np.exp2(-scores)) if system == "kstep" else scores, USUAL[system])
    return Figures(
        area=found.value if found else None,
        area_interval=found.interval if found else None,
        recall_at_1_percent=recall_at(ranked, 0.01),
        recall_at_1_in_1000=recall_at(ranked, 0.001),
        recall=usual.recall,
        false_alarms=usual.false_positive_rate,
    )


def calibration_errors(match: Flags, bits: Floats) -> tuple[float, float]:
    """kstep's expected calibration error with even odds before evidence, and with the set's own share of matches."""
    share = float(np.clip(match.mean(), 1e-9, 1 - 1e-9))
    millibits = np.round(bits * 1000).astype(np.int64)
    first, second = (calibration(match, millibits, odds_bits(prior)).error for prior in (0.5, share))
    return first, second


def rate(value: float | None, digits: int = 3) -> str:
    """A rate as tables show it."""
    return NOT_KNOWN if value is None else f"{value:.{digits}f}"


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table; the first column is text."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(header) + " |")
    print("|---" * 1 + "|---:" * (len(header) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)
