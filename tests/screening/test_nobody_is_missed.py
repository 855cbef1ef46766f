"""The laws of screening, over random histories on both databases: coverage balances, deltas end where a full run does, and tables
computed anew from events are the same, erasures included.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from histories import hold


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nobody_is_missed(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    hold(kind, 20, tmp_path, request)


@pytest.mark.proof
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nobody_is_missed_in_thousands_of_histories(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    hold(kind, int(os.environ.get("KSTEP_HISTORIES", "300")), tmp_path, request)
