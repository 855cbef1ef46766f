"""Progress is drawn on a terminal and only there: results and pipes stay clean."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from command_line import KSTEP, kstep, small_files
from kstep.protocol.reading import read_protocol

PROTOCOL = Path(__file__).parents[2] / "protocols" / "minors.yaml"
pytestmark = pytest.mark.usefixtures("cache")


def on_a_terminal(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, and what a terminal received on stderr."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen([KSTEP, *arguments], stdout=subprocess.PIPE, stderr=theirs, env=environment) as running:
        os.close(theirs)
        received = bytearray()
        try:
            while piece := os.read(ours, 65_536):
                received += piece
        except OSError:  # how Linux says that the other side is closed
            pass
        os.close(ours)
        out, _ = running.communicate(timeout=60)
    return running.returncode, out.decode(), received.decode()


def test_terminal_shows_how_many_of_how_many(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    code, out, seen = on_a_terminal("screen", people, "--list", argument, "--list", argument)
    assert code == 0
    assert "screening" in seen
    assert "━" in seen
    assert "0/8" in seen
    assert "8/8" in seen
    assert seen.rstrip().endswith(" s")
    assert "\x1b" not in out
    assert out.count("\n") == 6


def test_bar_is_gone_when_the_run_is_done(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    _, _, seen = on_a_terminal("screen", people, "--list", argument, "--out", tmp_path / "matches.jsonl")
    shown, hidden = seen.rindex("\x1b[?25h"), seen.index("\x1b[?25l")
    assert hidden < shown  # the cursor comes back
    assert "screening" not in seen[shown:]
    assert "3 possible matches" in seen[shown:]


def test_pipe_gets_lines_and_nothing_else(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    ended = kstep("screen", people, "--list", argument, TERM="xterm-256color", FORCE_COLOR="1")
    assert "\x1b" not in ended.err + ended.out
    assert "━" not in ended.err
    assert all(line.startswith("kstep: ") for line in ended.told)
    demo = kstep("demo", tmp_path / "demo", "--n", "20", "--list", argument)
    assert demo.code == 0
    assert all(line.startswith("kstep: ") for line in demo.told)
    assert "\x1b" not in demo.err + demo.out


def test_protocol_that_is_looked_at_shows_how_far_it_is() -> None:
    code, out, seen = on_a_terminal("protocol", "lint", PROTOCOL)
    assert code == 0
    assert "looking at steps" in seen
    steps = len(read_protocol(PROTOCOL).steps)
    assert f"/{steps}" in seen
    assert out.startswith(f"minors, {steps} steps")
    assert kstep("protocol", "lint", PROTOCOL.with_name("resettlement-staff.yaml")).err == "", "that takes no time"
