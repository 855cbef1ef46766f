"""The calibration curve: what share of the pairs given a probability are matches, and how many pairs say so."""

from __future__ import annotations

import math

from markupsafe import Markup

from kstep.evaluation.calibration import Calibration
from kstep.evaluation.report.curves import percent
from kstep.evaluation.report.plot import LEFT, RIGHT, Frame
from kstep.model.intervals import wilson
from kstep.screening.report import svg, words

FRAME = Frame(20, 200)
COUNTS = Frame(212, 252)
HEIGHT = 296


def reliability(found: Calibration) -> Markup:
    """The drawing: a dot for each bin with its 95 % interval, and bars of how many pairs it holds, by powers of ten."""
    shapes = [*FRAME.level(0, "0 %")]
    for step in range(1, 5):
        shapes += FRAME.level(step / 4, f"{25 * step} %")
    for step in range(5):
        shapes += COUNTS.tick(step / 4, f"{25 * step} %", line=False)
    shapes += COUNTS.axis("probability given; bars: pairs, by powers of ten")
    shapes.append(FRAME.line([(0, 0), (1, 1)], "chance"))
    shapes.append(FRAME.line([(each.mean_probability, each.matches / each.pairs) for each in found.bins], "curve thin"))
    most = max(each.pairs for each in found.bins)
    for each in found.bins:
        x = FRAME.x(each.mean_probability)
        if interval := wilson(each.matches, each.pairs):
            shapes.append(svg.line(x, FRAME.y(interval.low), x, FRAME.y(interval.high), "whisker"))
        share = each.matches / each.pairs
        said = (f"{each.low:.3f} to {each.high:.3f}: {words.count(each.pairs)} pairs, given {percent(each.mean_probability)}, "
                f"matches {percent(share)}")  # fmt: skip
        shapes.append(FRAME.dot((each.mean_probability, share), 4, "spot", said))
        tall = (COUNTS.floor - COUNTS.top) * math.log10(1 + each.pairs) / math.log10(1 + most)
        across = (RIGHT - LEFT) * (each.high - each.low)
        shapes.append(svg.rectangle(FRAME.x(each.low), COUNTS.floor - tall, across, tall, "bar-count bin"))
    return svg.drawing(shapes, HEIGHT, f"calibration curve; expected calibration error {found.error:.4f}")
