"""A run that is killed, at whatever moment, is continued by the same command and ends in the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command_line import own_cache
from kstep.screening.sources import open_lists, parse_sources
from kstep.synth import write_list, write_people

PEOPLE, SHARD = 600, 20

_RUN = f"""
import sys, time
from kstep.matching import engine
from kstep.screening import means
engine.SHARD = means.SHARD = {SHARD}
shard = engine._Search.shard
def slowly(*arguments):
    time.sleep(0.02)
    return shard(*arguments)
engine._Search.shard = slowly
from kstep.cli.app import run
sys.exit(run(sys.argv[1:]))
"""
"""The command with small shards that take their time."""


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("KSTEP_CACHE", str(own_cache(tmp_path / "cache")))
    write_list(tmp_path / "own.csv", "table", 200, seed=3)
    source = f"table={tmp_path / 'own.csv'}"
    planted = [(ready.label, list(ready.index.entries)) for ready in open_lists(parse_sources([source]))]
    write_people(tmp_path / "people.csv", PEOPLE, seed=4, lists=planted, planted_share=0.1)
    return ["screen", str(tmp_path / "people.csv"), "--list", source]


def start(arguments: list[str], out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _RUN, *arguments, "--out", str(out)], stderr=subprocess.PIPE)


def shards(tmp_path: Path) -> int:
    return len(list((tmp_path / "cache" / "runs").glob("*/*/*.pairs")))


def test_a_killed_run_is_continued_and_ends_in_the_same_bytes(arguments: list[str], tmp_path: Path) -> None:
    whole = start(arguments, tmp_path / "whole.jsonl")
    assert f"kstep: {PEOPLE} people, 120,000 comparisons" in whole.communicate()[1].decode()
    assert not list((tmp_path / "cache" / "runs").iterdir())
    out, done, kills = tmp_path / "out.jsonl", 0, 0
    while True:
        running = start(arguments, out)
        while running.poll() is None and shards(tmp_path) < done + 5:
            time.sleep(0.005)
        if running.poll() is not None:
            break
        os.kill(running.pid, signal.SIGKILL)
        running.communicate()
        assert not out.exists()
        assert shards(tmp_path) >= done + 5
        done, kills = shards(tmp_path), kills + 1
    told = running.communicate()[1].decode()
    assert running.returncode == whole.returncode
    assert kills >= 3
    assert f"continuing a run: {done * SHARD / PEOPLE:.0%} is done against table" in told
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert out.read_bytes().count(b"\n") > 20
    assert not list((tmp_path / "cache" / "runs").iterdir())


def test_another_threshold_is_another_run(arguments: list[str], tmp_path: Path) -> None:
    running = start(arguments, tmp_path / "out.jsonl")
    while shards(tmp_path) < 5:
        time.sleep(0.005)
    running.kill()
    running.communicate()
    other = start([*arguments, "--threshold", "0.1"], tmp_path / "other.jsonl")
    assert "continuing" not in other.communicate()[1].decode()
    fresh = start([*arguments, "--threshold", "0.1"], tmp_path / "fresh.jsonl")
    fresh.communicate()
    assert (tmp_path / "other.jsonl").read_bytes() == (tmp_path / "fresh.jsonl").read_bytes()


def test_screening_what_changed_leaves_a_stopped_run_as_it_is(arguments: list[str], tmp_path: Path) -> None:
    running = start(arguments, tmp_path / "out.jsonl")
    while shards(tmp_path) < 5:
        time.sleep(0.005)
    running.kill()
    running.communicate()
    done = shards(tmp_path)
    past = ["--people-before", arguments[1], "--list-before", arguments[3]]
    told = start([*arguments, *past], tmp_path / "changes.jsonl").communicate()[1].decode()
    assert f"kstep: {PEOPLE} people, 0 comparisons, 0 possible matches" in told
    assert shards(tmp_path) == done
    continued = start([*arguments, "--memory", "0.5"], tmp_path / "out.jsonl")
    assert "continuing a run: " in continued.communicate()[1].decode(), "in other memory too"
    assert shards(tmp_path) == 0
