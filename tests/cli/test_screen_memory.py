"""`kstep screen --memory`: how much there is decides how many people are looked for at a time, and nothing of the result."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import kstep, kstep_here, small_files
from kstep.screening.sources import open_lists, parse_sources
from kstep.synth import write_list, write_people

pytestmark = pytest.mark.usefixtures("cache")

PEOPLE, SHARD = 300, 20

_RUN = f"""
import sys
from kstep.matching import engine
from kstep.screening import means
engine.SHARD = means.SHARD = {SHARD}
means.LEAST_ROOM = 1
tables = engine._Search.tables
def told(search, edges):
    print("block of", len(edges), file=sys.stderr)
    return tables(search, edges)
engine._Search.tables = told
from kstep.cli.app import run
sys.exit(run(sys.argv[1:]))
"""
"""The command with small shards, in as little room as it is given, that tells how many shards it takes at a time."""


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    write_list(tmp_path / "own.csv", "table", 200, seed=3)
    source = f"table={tmp_path / 'own.csv'}"
    planted = [(ready.label, list(ready.index.entries)) for ready in open_lists(parse_sources([source]))]
    write_people(tmp_path / "people.csv", PEOPLE, seed=4, lists=planted, planted_share=0.2)
    return ["screen", str(tmp_path / "people.csv"), f"--list={source}", "--threshold=0.1"]


def blocks_of(arguments: list[str], out: Path) -> list[int]:
    """How many shards were looked for at a time."""
    command = [sys.executable, "-c", _RUN, *arguments, f"--out={out}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    assert f"kstep: {PEOPLE} people, " in ended.stderr
    return [int(shards) for shards in re.findall(r"^block of (\d+)$", ended.stderr, re.MULTILINE)]


def test_least_memory_takes_more_blocks_and_gives_the_same_bytes(arguments: list[str], tmp_path: Path) -> None:
    least, most = tmp_path / "least.jsonl", tmp_path / "most.jsonl"
    assert blocks_of([*arguments, "--memory=0.5"], least) == [2] + [1] * (PEOPLE // SHARD - 2)
    assert blocks_of([*arguments, "--memory=64"], most) == [2, PEOPLE // SHARD - 2]
    assert blocks_of(arguments, tmp_path / "usual.jsonl")[0] == 2
    assert least.read_bytes() == most.read_bytes() == (tmp_path / "usual.jsonl").read_bytes()
    assert least.read_text(encoding="utf-8") == kstep(*arguments).out
    assert least.read_bytes().count(b"\n") > 30


@pytest.mark.parametrize("memory", ["0.5", "0.50001", "1e3", "1048576"])
def test_any_memory_from_half_a_gib_gives_the_same_bytes(
    arguments: list[str], capsys: pytest.CaptureFixture[str], memory: str
) -> None:
    usual = kstep_here(capsys, *arguments)
    ran = kstep_here(capsys, *arguments, f"--memory={memory}")
    assert (ran.code, ran.out) == (usual.code, usual.out)
    assert usual.out.count("\n") > 30


def test_too_little_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    _, argument = small_files(tmp_path)
    ran = kstep("screen", tmp_path / "gone.csv", "--list", argument, "--memory", "0.4999")
    assert (ran.code, ran.out) == (2, "")
    assert ran.told == ["kstep: --memory: 0.4999 GiB is too little to work in; give 0.5 or more"]
