"""Screening at the size of a nation, measured: one command makes the data and prints a table.

    .venv/bin/python bench/national/run.py FOLDER [--people 2370000] [--entries 1800000] [--steps index,full,...]
        [--peers PYTHON]

Each step is a process of its own, `kstep` as its users run it, so that its peak of memory is its own. What was made in FOLDER
before is used again; `FOLDER/figures.json` gathers the figures. `--peers` names the Python of an environment with the peers
(README.md), which then do the same as kstep at sizes that they finish.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from beside_peers import beside_peers
from commands import Setup, kstep, row

LISTS_SEED, PEOPLE_SEED = 7, 8
CHANGED = 1_000
GROWTH = (10_000, 100_000, 1_000_000)
COMMON = 0.25


def make(setup: Setup) -> dict[str, Any]:
    """The roster and the list, where they are not made already; the kernels, compiled."""
    setup.folder.mkdir(parents=True, exist_ok=True)
    if not setup.list.exists():
        entries = ("--n", str(setup.entries), "--seed", str(LISTS_SEED))
        kstep(setup, "synth", "list", "--kind", "table", *entries, "--out", setup.list)
    if not setup.roster.exists():
        kstep(setup, "synth", "people", "--n", str(setup.people), "--seed", str(PEOPLE_SEED), "--out", setup.roster)
    return row(kstep(setup, "warmup"))


def index(setup: Setup) -> dict[str, Any]:
    """The list read and indexed; then opened again."""
    person = ("--name", "Tariq Qasrawan", "--birth-date", "1980-01-02")
    lookup = ("lookup", "--list", f"table={setup.list}", *person, "--json")
    for kept in setup.cache.glob("*.index"):
        kept.unlink()
    return {"built": row(kstep(setup, *lookup)), "opened": row(kstep(setup, *lookup))}


def full(setup: Setup) -> dict[str, Any]:
    """Everyone against the list: the roster read and indexed, then both at hand."""
    return {"roster read": screened(setup, setup.roster), "again": screened(setup, setup.roster)}


def screened(setup: Setup, roster: Path, *options: str | Path) -> dict[str, Any]:
    """What screening a roster takes, and how many pairs reach the threshold."""
    out = setup.folder / "matches.jsonl"
    took = kstep(setup, "screen", roster, "--list", f"table={setup.list}", "--out", out, *options)
    with out.open(encoding="utf-8") as lines:
        matches = sum(1 for _ in lines)
    return {**row(took), "matches": matches, "told": took.told.splitlines()[-2:]}


def growth(setup: Setup) -> dict[str, Any]:
    """Fewer people against the same list, read and indexed first, then kept; `full` does so with everyone."""
    rosters = {people: head(setup, people) for people in GROWTH if people < setup.people}
    return {
        f"{people:,}": {"roster read": screened(setup, roster), "again": screened(setup, roster)}
        for people, roster in rosters.items()
    }


def head(setup: Setup, people: int) -> Path:
    """The first people of the roster, as a roster."""
    path = setup.folder / f"people-{people}.csv"
    with setup.roster.open("rb") as everyone, path.open("wb") as some:
        some.writelines(itertools.islice(everyone, people + 1))
    return path


def common(setup: Setup) -> dict[str, Any]:
    """A roster in which ten given names carry a quarter of the people, read and indexed first."""
    roster = setup.folder / f"common-{setup.people}.csv"
    if not roster.exists():
        people = ("--n", str(setup.people), "--seed", str(PEOPLE_SEED), "--common", str(COMMON))
        kstep(setup, "synth", "people", *people, "--out", roster)
    return screened(setup, roster)


def delta(setup: Setup) -> dict[str, Any]:
    """A thousand changed entries against everyone, as a list of their own; the index of the roster is at hand."""
    changed = setup.folder / f"changed-{CHANGED}.csv"
    lines = setup.list.read_bytes().splitlines(keepends=True)
    changed.write_bytes(b"".join(lines[place] for place in (0, *some_rows(setup.entries))))
    out = setup.folder / "delta.jsonl"
    options = ("--list", f"table={changed}", "--nominal-list", str(setup.entries), "--out", out)
    first = kstep(setup, "screen", setup.roster, *options)  # makes the roster's index one that can be searched
    return {"first": row(first), "again": row(kstep(setup, "screen", setup.roster, *options))}


def edition(setup: Setup) -> dict[str, Any]:
    """The list's next edition, of which a thousand entries have other names and dates: what changed, against everyone; first the
    new edition is read and indexed.
    """
    following, others = setup.folder / f"edition-{setup.entries}.csv", setup.folder / "others.csv"
    of_others = ("--kind", "table", "--n", str(CHANGED), "--seed", str(LISTS_SEED + 100), "--out", others)
    kstep(setup, "synth", "list", *of_others)
    lines = setup.list.read_bytes().splitlines(keepends=True)
    for place, other in zip(some_rows(setup.entries), others.read_bytes().splitlines(keepends=True)[1:], strict=False):
        lines[place] = lines[place].split(b",", 1)[0] + b"," + other.split(b",", 1)[1]
    following.write_bytes(b"".join(lines))
    before = ("--list-before", f"table={setup.list}", "--people-before", setup.roster)
    out = setup.folder / "edition.jsonl"
    options = ("--list", f"table={following}", *before, "--nominal-list", str(setup.entries), "--out", out)
    found = {
        "first": kstep(setup, "screen", setup.roster, *options),
        "again": kstep(setup, "screen", setup.roster, *options),
    }
    return {name: {**row(took), "told": took.told.splitlines()[-2:]} for name, took in found.items()}


def some_rows(entries: int) -> list[int]:
    """The rows of a list's file, header 0, of some entries, ascending."""
    return sorted(random.Random(1).sample(range(1, entries + 1), min(CHANGED, entries)))


def lookups(setup: Setup) -> dict[str, Any]:
    """A thousand people looked up one after the other, in one process, after a hundred others."""
    return measured_by(setup, "lookups.py")


def search(setup: Setup) -> dict[str, Any]:
    """The search of a full run alone: how many pairs it looks at in full, and how many in a second."""
    return measured_by(setup, "search.py")


def recall(setup: Setup) -> dict[str, Any]:
    """People of the roster, and altered copies of entries that lie near the threshold, against every entry without any bound."""
    return measured_by(setup, "recall.py")


def measured_by(setup: Setup, programme: str) -> dict[str, Any]:
    """What a programme beside this one prints of the roster and the list."""
    command = [sys.executable, str(Path(__file__).with_name(programme)), str(setup.roster), str(setup.list)]
    environment = {**os.environ, "KSTEP_CACHE": str(setup.cache)}
    return dict(json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout))


STEPS: dict[str, Callable[[Setup], dict[str, Any]]] = {
    "make": make, "index": index, "full": full, "growth": growth, "common": common, "delta": delta, "edition": edition,
    "lookups": lookups, "search": search, "recall": recall,
}  # fmt: skip


def lines_of(name: str, figures: dict[str, Any]) -> Iterator[str]:
    """The figures as rows of a table: those that are figures themselves, then those below them."""
    own = {key: value for key, value in figures.items() if not isinstance(value, dict | list)}
    if own:
        yield f"{name:34s} " + "  ".join(f"{key} {value}" for key, value in own.items())
    for key, value in figures.items():
        if isinstance(value, dict):
            yield from lines_of(f"{name}, {key}", value)


def main(arguments: Sequence[str] | None = None) -> None:
    """Take the steps that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=2_370_000)
    parser.add_argument("--entries", type=int, default=1_800_000)
    parser.add_argument("--steps", default=",".join(STEPS), help="some of: %(default)s")
    parser.add_argument("--peers", type=Path, metavar="PYTHON", help="screen beside the peers of this environment")
    asked = parser.parse_args(arguments)
    setup = Setup(asked.folder.absolute(), asked.people, asked.entries)
    gathered = setup.folder / "figures.json"
    figures: dict[str, Any] = json.loads(gathered.read_text()) if gathered.exists() else {}
    steps = {name: STEPS[name] for name in ("make", *asked.steps.split(","))}
    if asked.peers:
        steps["peers"] = partial(beside_peers, python=asked.peers)
    for name, step in steps.items():
        figures[name] = step(setup)
        gathered.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        for line in lines_of(name, figures[name]):
            print(line, flush=True)


if __name__ == "__main__":
    main()
