"""The figures of a measurement as a reader sees them, the same on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kstep.evaluation.pair_evaluation import PairEvaluation
from kstep.evaluation.query_evaluation import QueryEvaluation
from kstep.model.intervals import Interval

NOT_COUNTED = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it is, its value, and what the value rests on."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that belong together."""

    heading: str
    figures: Sequence[Figure]


def rate(value: float | None) -> str:
    """A rate or share to four digits."""
    return NOT_COUNTED if value is None else f"{value:.4f}"


def between(interval: Interval | None) -> str:
    """A 95 % interval in words; nothing where there is none."""
    return f"95 %: {interval.low:.4f} to {interval.high:.4f}" if interval else ""


def pair_figures(found: PairEvaluation) -> list[Group]:
    """The figures of labelled pairs."""
    pairs, matches, counts = len(found.match), int(found.match.sum()), found.decisions
    area, fitted = found.area, found.calibration
    flagged = counts.found + counts.false_alarms
    return [
        Group("the set", [
            Figure("labelled pairs", f"{pairs:,}"),
            Figure("matches among them", f"{matches:,}", f"{matches / pairs:.4f} of them; prior {found.prior:g}"),
        ]),
        Group(f"at probability {found.threshold:g}", [
            Figure("precision", rate(counts.precision), f"{counts.found:,} of {flagged:,} at or above"),
            Figure("recall", rate(counts.recall), f"{counts.found:,} of {matches:,} matches"),
            Figure("F1", rate(counts.f1)),
            Figure("false positives", rate(counts.false_positive_rate), f"{counts.false_alarms:,} of {pairs - matches:,} others"),
        ]),
        Group("at every threshold", [
            Figure("area under the ROC curve", rate(area.value if area else None), between(area.interval if area else None)),
            Figure("average precision", rate(found.average_precision)),
            *(Figure(f"recall at {100 * share:g} % false positives", rate(recall)) for share, recall in found.recall_at.items()),
        ]),
        Group("calibration", [
            Figure("calibration error (ECE)", rate(fitted.error), f"{len(fitted.bins)} bins hold pairs"),
            Figure("Brier score", rate(fitted.brier)),
            Figure("log loss", rate(fitted.log_loss), "nats"),
        ]),
    ]  # fmt: skip


def query_figures(found: QueryEvaluation) -> list[Group]:
    """The figures of queries against lists."""
    at = found.at
    per_query = f"of {at.with_truth:,} queries with a truth"
    return [
        Group("the set", [
            Figure("queries", f"{at.queries:,}"),
            Figure("with a truth", f"{at.with_truth:,}", f"{at.truths:,} truths"),
            Figure("unrelated people", f"{at.unrelated:,}"),
        ]),
        Group(f"at probability {at.threshold:g}", [
            Figure("recall of truths", rate(at.recall_of_truths), f"{at.truths_found:,} of {at.truths:,}"),
            Figure("recall of queries", rate(at.recall_of_queries), f"{at.queries_found:,} {per_query}"),
            Figure("precision", rate(at.precision), "in the lists that hold a truth"),
            Figure("wrong hits a query", rate(at.wrong_per_query), f"{at.wrong:,} in the lists that hold a truth"),
            Figure("wrong hits a query, all lists", rate(at.wrong_anywhere_per_query), f"{at.wrong_anywhere:,}"),
            Figure("unrelated people flagged", rate(at.false_positive_rate),
                   "; ".join(part for part in (f"{at.flagged:,} of {at.unrelated:,}", between(at.false_positive_interval))
                             if part)),
        ]),
        Group("at every threshold", [
            Figure("recall at rank 1", rate(found.recall_at_first), f"{found.first:,} {per_query}"),
        ]),
    ]  # fmt: skip


def pair_speed(found: PairEvaluation) -> Group:
    """How fast pairs were scored: not on the page, so that it is the same each time."""
    return Group("pairs a second", [
        Figure("joined and summed up", *_speed(len(found.match), found.seconds.scoring)),
        Figure("with names read into tokens", *_speed(len(found.match), found.seconds.engine)),
        Figure("in all", *_speed(len(found.match), found.seconds.total)),
    ])  # fmt: skip


def query_speed(found: QueryEvaluation) -> Group:
    """How fast queries were searched: not on the page, so that it is the same each time."""
    return Group("queries a second", [Figure("searched", *_speed(found.at.queries, found.seconds))])


def _speed(count: int, seconds: float) -> tuple[str, str]:
    return f"{count / max(seconds, 1e-9):,.0f}", f"{seconds:.1f} s"
