"""The curves of a measurement over pairs and over queries, as drawings."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from kstep.evaluation.decisions import Decisions
from kstep.evaluation.query_figures import QueryFigures
from kstep.evaluation.ranking import Curve
from kstep.evaluation.report.plot import Frame
from kstep.screening.report import svg

FRAME = Frame(20, 260)
HEIGHT = 304
MOST_DECADES = 5


def percent(value: float) -> str:
    """A share in per cent, as short as it is exact to three digits."""
    return f"{100 * value:.3g} %"


def roc(found: Curve, at: Decisions) -> Markup:
    """Recall by false positive rate, which is drawn by powers of ten: what matters lies near the left."""
    others = int(found.others[-1])
    decades = min(MOST_DECADES, max(1, math.ceil(math.log10(others))))

    def across(rates: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
        shares: list[float] = (1 + np.log10(np.maximum(rates, 10.0**-decades)) / decades).tolist()
        return shares

    shapes = [*_levels(FRAME), *FRAME.axis("false positive rate, by powers of ten")]
    for power in range(decades + 1):
        shapes += FRAME.tick(1 - power / decades, percent(10.0**-power), line=0 < power < decades)
    chance = np.logspace(-decades, 0, 60)
    shapes.append(FRAME.line(zip(across(chance), chance.tolist(), strict=True), "chance"))
    points = zip(across(found.false_positive_rate), found.recall.tolist(), strict=True)
    shapes.append(FRAME.line(points, "curve"))
    rate, recall = at.false_positive_rate or 0.0, at.recall or 0.0
    place = (across(np.array([rate]))[0], recall)
    said = f"at the threshold: recall {percent(recall)}, false positives {percent(rate)}"
    shapes.append(FRAME.dot(place, 5, "spot", said))
    return svg.drawing(shapes, HEIGHT, f"ROC curve; {said}")


def precision_recall(found: Curve, at: Decisions) -> Markup:
    """Precision by recall."""
    shapes = [*_levels(FRAME), *FRAME.axis("recall")]
    for step in range(6):
        shapes += FRAME.tick(step / 5, percent(step / 5), line=0 < step < 5)
    share = found.matches[-1] / (found.matches[-1] + found.others[-1])
    shapes.append(FRAME.line([(0, float(share)), (1, float(share))], "chance"))
    shapes.append(FRAME.line(zip(found.recall[1:].tolist(), found.precision.tolist(), strict=True), "curve"))
    said = "nothing reaches the threshold"
    if at.precision is not None and at.recall is not None:
        said = f"at the threshold: precision {percent(at.precision)}, recall {percent(at.recall)}"
        shapes.append(FRAME.dot((at.recall, at.precision), 5, "spot", said))
    return svg.drawing(shapes, HEIGHT, f"precision-recall curve; {said}")


def thresholds(curve: Sequence[QueryFigures], at: QueryFigures) -> Markup:
    """Recall of truths by wrong hits a query, one point for each threshold."""
    most = _round(max(point.wrong_per_query or 0.0 for point in (*curve, at)))
    shapes = [*_levels(FRAME), *FRAME.axis("wrong hits a query, in the lists that hold a truth")]
    for step in range(5):
        shapes += FRAME.tick(step / 4, f"{most * step / 4:.3g}", line=0 < step < 4)

    def place(point: QueryFigures) -> tuple[float, float]:
        return (point.wrong_per_query or 0.0) / most, point.recall_of_truths or 0.0

    shapes.append(FRAME.line([place(point) for point in reversed(curve)], "curve"))
    shapes += [FRAME.dot(place(point), 3, "knot", _told(point)) for point in curve]
    shapes.append(FRAME.dot(place(at), 5, "spot", _told(at)))
    return svg.drawing(shapes, HEIGHT, f"recall and wrong hits by threshold; {_told(at)}")


def _told(point: QueryFigures) -> str:
    recall, wrong = point.recall_of_truths or 0.0, point.wrong_per_query or 0.0
    return f"at probability {point.threshold:g}: recall {percent(recall)}, {wrong:.3g} wrong hits a query"


def _levels(frame: Frame) -> list[Markup]:
    return [shape for step in range(1, 5) for shape in frame.level(step / 4, f"{25 * step} %")]


def _round(least: float) -> float:
    """The least of 1, 2, 4, 10 … and their tenths that is not below `least`."""
    size = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    return next(size * factor for factor in (1, 2, 4, 10) if size * factor >= least * (1 - 1e-9))
