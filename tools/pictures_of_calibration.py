"""A picture of how far probabilities may be believed: what evidence says beside what is, by the counts in `weights.json`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from drawing import MARGIN, Picture, Scale, figure

PANELS = (("names", "Names"), ("all but documents", "Everything but documents"))
SHARES = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
HALVES = (("fit", "people that prices were fitted on", 0, -3.0), ("test", "the other half of the people", 1, 3.0))
"""What the halves are called, their colour, and how many pixels a dot is moved so that it hides no other."""
EDGE = 10.5
"""Bits beyond which a dot stands at the edge."""


def log_odds(share: float) -> float:
    """In bits, cut off at `EDGE`."""
    if not 0 < share < 1:
        return EDGE if share else -EDGE
    return max(-EDGE, min(EDGE, math.log2(share / (1 - share))))


def calibration() -> str:
    """The picture of the shipped weights."""
    text = resources.files("kstep.matching").joinpath("data/weights.json").read_text(encoding="utf-8")
    return drawn(json.loads(text)["names"]["calibration"])


def drawn(said: Mapping[str, Any]) -> str:
    """What was counted, as `tools/fit_names.py` writes it: a panel for names and one for all evidence."""
    picture = Picture(
        "Whether probabilities mean what they say",
        "Across: the share of pairs that should be of one person by their evidence. Up: the share that are. A dot on the line",
        "means what it says; one below it is too sure. A whisker is the interval of 95 %. Left, names are judged by all else that",
        "is known; right, everything but documents is judged by documents.",
    )
    top, wide = picture.top + 40, 312
    for place, (title, heading) in enumerate(PANELS):
        left = MARGIN + 44 + place * (wide + 72)
        x, y = Scale(-EDGE, EDGE, left, left + wide), Scale(-EDGE, EDGE, top + wide, top)
        found = said[title]
        picture.text(left, top - 10, heading, "head ink")
        picture.text(left + wide, top - 10, f"scale {found['scale']:.2f} ± {found['error']:.2f}", "note soft", "end")
        _grid(picture, x, y)
        for half, _, shade, aside in HALVES:
            _dots(picture, x, y, found[half], shade, aside)
    bottom = top + wide + 62
    for place, (_, label, shade, _) in enumerate(HALVES):
        at = MARGIN + 44 + 300 * place
        picture.dot(at + 5, bottom - 4, 4, f"s{shade}")
        picture.text(at + 15, bottom, label, "note ink")
    picture.text(
        MARGIN + 44, bottom + 22, "scale: by what the bits would have to be multiplied to fit best", "note soft"
    )
    return picture.svg(bottom + 38)


def _grid(picture: Picture, x: Scale, y: Scale) -> None:
    for share in SHARES:
        at, said = log_odds(share), f"{figure(100 * share)} %"
        picture.line(x.start, y(at), x.stop, y(at))
        picture.line(x(at), y.start, x(at), y.stop)
        picture.text(x.start - 6, y(at) + 4, said, "note soft", "end")
        picture.text(x(at), y.start + 18, said, "note soft", "middle")
    picture.line(x.start, y.start, x.stop, y.stop, "mark", "3 3")
    picture.text((x.start + x.stop) / 2, y.start + 36, "should be of one person", "note soft", "middle")


def _dots(picture: Picture, x: Scale, y: Scale, rows: Sequence[Mapping[str, Any]], shade: int, aside: float) -> None:
    for row in rows:
        at = min(x.stop, max(x.start, x(log_odds(row["expected"])) + aside))
        picture.line(at, y(log_odds(row["low"])), at, y(log_odds(row["high"])), f"l{shade}")
        picture.dot(at, y(log_odds(row["are"])), 4, f"s{shade}")


__all__ = ["calibration", "drawn"]
