"""A disk that cannot grow, under the outbox and under the inbox: what was owed stays owed, nothing is signed for that is not kept,
and with room each message arrives once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from full_outbox import FULL, MORE


@pytest.mark.parametrize("kind", ["limited", pytest.param("mounted", marks=pytest.mark.proof)])
def test_full_disk_loses_and_doubles_no_message(tmp_path: Path, kind: str) -> None:
    """No file may grow; or a file system of its own is full to the last byte, which takes the rights to mount one."""
    tests = Path(__file__).parents[1]
    line = [sys.executable, str(tests / "full_outbox.py"), kind, str(tmp_path)]
    paths = os.pathsep.join([str(tests), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(
        ["unshare", "--mount", *line] if kind == "mounted" else line,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert ended.returncode == 0, ended.stderr
    told = [json.loads(text) for text in ended.stdout.splitlines()]
    assert [one["room"] for one in told] == list(FULL[kind][1])
    for one in told:
        for what in ("queue refused", "send refused"):
            assert len(one[what].splitlines()) == 1, one
            assert "make room and run the same again" in one[what], one
        assert one["queued meanwhile"] < MORE
        assert one["letters out"] == 0, "nothing leaves of which no word could be kept"
        assert one["signed for"] == 0, one
        assert one["duties once"] and one["owed are there"] and one["same on both sides"] and one["sound"], one
        assert one["states"] == ["acknowledged"]
    assert any(one["take refused"] for one in told)
