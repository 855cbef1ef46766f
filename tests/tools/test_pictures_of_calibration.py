"""The picture of calibration: dots stand where the counts say, and what is certain stands at the edge."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from pictures_of_calibration import EDGE, HALVES, drawn, log_odds


def row(expected: float, are: float, low: float, high: float) -> dict[str, Any]:
    return {"from": -3, "to": -1, "pairs": 9, "expected": expected, "are": are, "low": low, "high": high}


def dots(*rows: dict[str, Any]) -> list[tuple[float, float]]:
    """Where the dots of the first panel stand, without how far the first half is moved aside, and the whole grid's ends."""
    nothing: dict[str, Any] = {"scale": 1.0, "error": 0.1, "fit": [], "test": []}
    root = etree.fromstring(drawn({"names": {**nothing, "fit": list(rows)}, "all but documents": nothing}).encode())
    found = [
        (float(circle.get("cx") or 0) - HALVES[0][3], float(circle.get("cy") or 0)) for circle in root.iter("{*}circle")
    ]
    return found[: len(rows)]


def test_dot_is_on_the_line_where_as_many_are_as_should_be() -> None:
    (left, low), (middle, mid), (right, high) = dots(*(row(at, at, at / 2, at) for at in (0.1, 0.5, 0.9)))
    assert left < middle < right and low > mid > high
    assert middle - left == pytest.approx(mid - high, abs=0.1) == pytest.approx(right - middle, abs=0.1)


def test_dot_is_below_the_line_where_fewer_are() -> None:
    (_, even), (_, fewer) = dots(row(0.5, 0.5, 0.4, 0.6), row(0.5, 0.3, 0.2, 0.4))
    assert fewer > even


def test_whiskers_reach_from_end_to_end_of_the_interval() -> None:
    nothing: dict[str, Any] = {"scale": 1.0, "error": 0.1, "fit": [], "test": []}
    said = {"names": {**nothing, "fit": [row(0.5, 0.5, 0.1, 0.9)]}, "all but documents": nothing}
    root = etree.fromstring(drawn(said).encode())
    (whisker,) = (line for line in root.iter("{*}line") if line.get("class") == "l0")
    (_, low), (_, high) = dots(row(0.1, 0.1, 0.1, 0.1), row(0.9, 0.9, 0.9, 0.9))
    assert (float(whisker.get("y1") or 0), float(whisker.get("y2") or 0)) == pytest.approx((low, high), abs=0.02)


def test_certain_shares_stand_at_the_edge() -> None:
    assert [log_odds(share) for share in (0.0, 1e-9, 0.5, 1 - 1e-9, 1.0)] == [-EDGE, -EDGE, 0, EDGE, EDGE]
    assert log_odds(0.8) == pytest.approx(2)
