"""The laws of screening, over random histories on both databases: coverage balances, deltas end where a full run does, and tables
computed anew from events are the same, erasures included.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from histories import hold

HISTORIES = {"sqlite": 9_500, "postgresql": 500}
STEPS = 12
PARTS = 20
"""In so many tests, so that all cores have some to run."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nobody_is_missed(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    hold(kind, 20, tmp_path, request)


@pytest.mark.histories
@pytest.mark.parametrize("part", range(1, PARTS + 1))
@pytest.mark.parametrize(("kind", "histories"), HISTORIES.items())
def test_nobody_is_missed_in_thousands_of_histories(
    kind: str, histories: int, part: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    hold(kind, histories // PARTS, tmp_path, request, part=part, steps=STEPS)
