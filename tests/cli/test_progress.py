"""Progress as people see it: how much, how fast, how long still; a bar on a terminal, lines elsewhere, and never a thread."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from kstep.cli import console
from kstep.cli.console import progress

_WORK = """
import threading
from kstep.cli import console
console.DRAWN_EVERY = 0
with console.progress("screening", 100) as advance:
    for _ in range(4):
        advance(25)
        assert threading.active_count() == 1
"""


def test_lines_tell_how_much_how_fast_and_how_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "TOLD_EVERY", 0)
    now = iter([5.0, 6.0, 8.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    with progress("screening", 4_000) as advance:
        for more in (1_000, 500, 1_000):
            advance(more)
    assert capsys.readouterr().err.splitlines()[1:] == [
        "kstep: screening: 1,500 of 4,000, 500/s, 5 s left",
        "kstep: screening: 2,500 of 4,000, 500/s, 3 s left",
    ]


def test_what_was_done_before_is_no_part_of_the_pace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "TOLD_EVERY", 1)
    now = iter([5.0, 7.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    with progress("screening", 1_000) as advance:
        advance(900)
        advance(10)
    assert capsys.readouterr().err == "kstep: screening: 910 of 1,000, 5/s, 18 s left\n"


def test_little_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("reading people", None) as advance:
        advance(5)
        advance(5)
    assert capsys.readouterr().err == ""


def test_a_terminal_has_a_bar_without_a_thread() -> None:
    ours, theirs = pty.openpty()
    ended = subprocess.run([sys.executable, "-c", _WORK], stderr=theirs, timeout=60, check=False)
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:  # the terminal is gone
            break
    os.close(ours)
    assert ended.returncode == 0, shown
    plain = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", shown).decode()
    assert "screening" in plain
    assert "100/100" in plain
    assert "/s" in plain
