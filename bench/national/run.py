"""Screening at the size of a nation, measured: one command makes the data and prints a table.

    .venv/bin/python bench/national/run.py FOLDER [--people 2370000] [--entries 1800000] [--steps index,full,...]

Each step is a process of its own, `kstep` as its users run it, so that its peak of memory is its own. What was made in FOLDER
before is used again; `FOLDER/figures.json` gathers the figures.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

KSTEP = Path(sys.executable).with_name("kstep")
LISTS_SEED, PEOPLE_SEED = 7, 8
CHANGED = 1_000
GROWTH = (10_000, 100_000, 1_000_000)
COMMON = 0.25


class Setup(NamedTuple):
    """The files, how many people and entries they hold, and the folder of everything."""

    folder: Path
    people: int
    entries: int

    @property
    def roster(self) -> Path:
        """The roster of everyone."""
        return self.folder / f"people-{self.people}.csv"

    @property
    def list(self) -> Path:
        """The list."""
        return self.folder / f"entries-{self.entries}.csv"


class Took(NamedTuple):
    """What a command took: seconds on the clock and of the processors, the largest process in GiB; and what it told."""

    wall: float
    cpu: float
    gib: float
    told: str


def kstep(setup: Setup, *arguments: str | Path) -> Took:
    """Run the command; its caches are in the folder. Ends this programme if it fails."""
    environment = {**os.environ, "KSTEP_CACHE": str(setup.folder / "cache")}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    running = subprocess.Popen([KSTEP, *map(str, arguments)], env=environment, stderr=subprocess.PIPE, text=True)
    assert running.stderr
    told = running.stderr.read()
    _, status, used = os.wait4(running.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        sys.exit(told)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(time.perf_counter() - started, cpu, used.ru_maxrss / (1 << 20), told)


def make(setup: Setup) -> dict[str, Any]:
    """The roster and the list, where they are not made already; the kernels, compiled."""
    setup.folder.mkdir(parents=True, exist_ok=True)
    if not setup.list.exists():
        kstep(
            setup,
            "synth",
            "list",
            "--kind",
            "table",
            "--n",
            str(setup.entries),
            "--seed",
            str(LISTS_SEED),
            "--out",
            setup.list,
        )
    if not setup.roster.exists():
        kstep(setup, "synth", "people", "--n", str(setup.people), "--seed", str(PEOPLE_SEED), "--out", setup.roster)
    return row(kstep(setup, "warmup"))


def index(setup: Setup) -> dict[str, Any]:
    """The list read and indexed; then opened again."""
    lookup = (
        "lookup",
        "--list",
        f"table={setup.list}",
        "--name",
        "Tariq Qasrawan",
        "--birth-date",
        "1980-01-02",
        "--json",
    )
    for kept in (setup.folder / "cache").glob("*.index"):
        kept.unlink()
    return {"built": row(kstep(setup, *lookup)), "opened": row(kstep(setup, *lookup))}


def full(setup: Setup) -> dict[str, Any]:
    """Everyone against the list: the roster read and indexed, then both at hand."""
    return {"roster read": screened(setup, setup.roster), "again": screened(setup, setup.roster)}


def screened(setup: Setup, roster: Path, *options: str | Path) -> dict[str, Any]:
    """What screening a roster takes, how many pairs are compared a second, and how many reach the threshold."""
    out = setup.folder / "matches.jsonl"
    took = kstep(setup, "screen", roster, "--list", f"table={setup.list}", "--out", out, *options)
    with out.open(encoding="utf-8") as lines:
        matches = sum(1 for _ in lines)
    return {**row(took), "matches": matches, "told": took.told.splitlines()[-2:]}


def growth(setup: Setup) -> dict[str, Any]:
    """Fewer people against the same list, read and indexed before."""
    found = {}
    for people in (*(size for size in GROWTH if size < setup.people), setup.people):
        roster = head(setup, people)
        screened(setup, roster)
        found[f"{people:,}"] = screened(setup, roster)
    return found


def head(setup: Setup, people: int) -> Path:
    """The first people of the roster, as a roster."""
    if people == setup.people:
        return setup.roster
    path = setup.folder / f"people-{people}.csv"
    with setup.roster.open("rb") as everyone, path.open("wb") as some:
        some.writelines(itertools.islice(everyone, people + 1))
    return path


def common(setup: Setup) -> dict[str, Any]:
    """A roster in which ten given names carry a quarter of the people, read and indexed before."""
    roster = setup.folder / f"common-{setup.people}.csv"
    if not roster.exists():
        kstep(
            setup,
            "synth",
            "people",
            "--n",
            str(setup.people),
            "--seed",
            str(PEOPLE_SEED),
            "--common",
            str(COMMON),
            "--out",
            roster,
        )
    screened(setup, roster)
    return screened(setup, roster)


def delta(setup: Setup) -> dict[str, Any]:
    """A thousand changed entries against everyone, as a list of their own; the index of the roster is at hand."""
    changed = setup.folder / f"changed-{CHANGED}.csv"
    chance = random.Random(1)
    with (
        setup.list.open(encoding="utf-8", newline="") as entries,
        changed.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.reader(entries)
        written = csv.writer(out)
        written.writerow(next(rows))
        chosen = set(chance.sample(range(setup.entries), min(CHANGED, setup.entries)))
        written.writerows(values for number, values in enumerate(rows) if number in chosen)
    options = (
        "--list",
        f"table={changed}",
        "--nominal-list",
        str(setup.entries),
        "--out",
        setup.folder / "delta.jsonl",
    )
    first = kstep(setup, "screen", setup.roster, *options)  # makes the roster's index one that can be searched
    return {"first": row(first), "again": row(kstep(setup, "screen", setup.roster, *options))}


def lookups(setup: Setup) -> dict[str, Any]:
    """A thousand people looked up one after the other, in one process, after a hundred others."""
    return measured_by(setup, "lookups.py")


def recall(setup: Setup) -> dict[str, Any]:
    """People of the roster, and altered copies of entries that lie near the threshold, against every entry without any bound."""
    return measured_by(setup, "recall.py")


def measured_by(setup: Setup, programme: str) -> dict[str, Any]:
    """What a programme beside this one prints of the roster and the list."""
    command = [sys.executable, str(Path(__file__).with_name(programme)), str(setup.roster), str(setup.list)]
    environment = {**os.environ, "KSTEP_CACHE": str(setup.folder / "cache")}
    return dict(json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout))


def row(took: Took) -> dict[str, Any]:
    """What a command took, for the table."""
    return {"wall_s": round(took.wall, 1), "cpu_s": round(took.cpu, 1), "peak_gib": round(took.gib, 2)}


STEPS: dict[str, Callable[[Setup], dict[str, Any]]] = {
    "make": make, "index": index, "full": full, "growth": growth, "common": common, "delta": delta, "lookups": lookups,
    "recall": recall,
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
    asked = parser.parse_args(arguments)
    setup = Setup(asked.folder.absolute(), asked.people, asked.entries)
    gathered = setup.folder / "figures.json"
    figures: dict[str, Any] = json.loads(gathered.read_text()) if gathered.exists() else {}
    for name in ("make", *(step for step in asked.steps.split(",") if step != "make")):
        figures[name] = STEPS[name](setup)
        gathered.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        for line in lines_of(name, figures[name]):
            print(line, flush=True)


if __name__ == "__main__":
    main()
