"""Keeping 100,000 made-up people screened as the real lists come out one after the other: what a delta takes beside a run of
everyone against everything, and that both leave the same possible matches.

    python bench/rescreen_real_lists.py DATA [--n N]

OFAC's three editions and the UN's two are published in turn. After each, the people who are owed it are screened by what changed;
then everyone is screened anew by a node that knew nothing, and both tables are compared. At last one person in a hundred changes.
Times are of screening alone, in one process whose kernels are compiled and whose lists are indexed, the best of `--runs`; a delta
that was timed is taken back by restoring the database's file.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from kstep.app.beginning import begin_node
from kstep.app.home import Home
from kstep.app.lists_in_use import open_in_use, rescreening
from kstep.editions.service import Editions
from kstep.editions.source import ListSource
from kstep.ledger.service import By
from kstep.lists import read_list
from kstep.model.events import PeopleScreened
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.screening.tables import matches
from kstep.synth import write_people

EDITIONS = (
    ("ofac-sdn", "ofac-sdn/2019-01"), ("un", "un/consolidated-2025.xml"), ("ofac-sdn", "ofac-sdn/2021-07"),
    ("un", "un/consolidated-2026-02-27.xml"), ("ofac-sdn", "ofac-sdn/2024-05"),
)  # fmt: skip
ONE, OTHER = By("account:1", "benchmark"), By("account:2", "benchmark")


class Node:
    """A node in a folder, and what it finds."""

    def __init__(self, folder: Path, people: Path, data: Path, editions: int) -> None:
        begin_node(folder, "bench.example/hq", "Ada", folder.with_suffix(".key")).database.close()
        self.data = data
        self.open(folder)
        self.register.import_people(people, ONE)
        for name in ("ofac-sdn", "un"):
            self.lists.register(ONE, ListSource(list=name, kind=name))
        for place in range(editions):
            self.publish(place)

    def open(self, folder: Path) -> None:
        self.home = Home.open(folder)
        self.ledger = self.home.ledger()
        self.register = Register(self.ledger, RegisterProjection(self.home.vault))
        self.lists = Editions(self.ledger, folder / "editions")

    def publish(self, place: int) -> None:
        name, path = EDITIONS[place]
        outcome = self.lists.publish(ONE, name, name, self.data / path)
        if outcome.state == "held":
            self.lists.release(OTHER, name, outcome.number, "for a benchmark")

    def screen(self) -> tuple[float, list[PeopleScreened]]:
        """Seconds that it takes to screen who is owed it, with the lists ready."""
        lists = open_in_use(self.home, self.ledger, lambda text: None)
        run = rescreening(self.home, self.ledger, self.register, lambda text: None)
        started = time.perf_counter()
        done = run.run(lists, ONE)
        return time.perf_counter() - started, done

    def found(self) -> set[tuple[object, ...]]:
        columns = (matches.c.person, matches.c.list, matches.c.entry, matches.c.millibits)
        with self.home.database.read() as connection:
            return {tuple(line) for line in connection.execute(select(*columns))}

    def timed(self, runs: int) -> tuple[float, list[PeopleScreened]]:
        """The least seconds of several runs from the same state; the last one stands."""
        path, before = self.home.path, self.home.path.with_suffix(".before")
        shutil.rmtree(before, ignore_errors=True)
        self.home.database.close()
        shutil.copytree(path, before)
        taken = []
        for _ in range(runs):
            self.home.database.close()
            shutil.rmtree(path)
            shutil.copytree(before, path)
            self.open(path)
            seconds, done = self.screen()
            taken.append(seconds)
        return min(taken), done


def change(people: Path, out: Path, share: int) -> int:
    """Write those of one in so many people, each with another name and birth date, and return how many there are."""
    with people.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = random.Random(3).sample(range(len(rows)), len(rows) // share)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(
            rows[place] | {"birth_date": "1971-02-03", "name": rows[place - 1]["name"]} for place in chosen
        )
    return len(chosen)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what each edition and the changed people take, beside a run of everyone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        people = folder / "people.csv"
        of_lists = [(kind, read_list(kind, asked.data / path).entries) for kind, path in EDITIONS[-2:]]
        write_people(people, asked.n, seed=9, lists=of_lists, planted_share=0.01)
        node = Node(folder / "standing", people, asked.data, 2)
        node.screen()
        heads = ("owed", "share", "delta s", "everyone s", "everyone x share", "matches", "same")
        print(f"{'published':32s} " + " ".join(f"{head:>16s}" for head in heads))
        for place in range(2, len(EDITIONS)):
            node.publish(place)
            compare(node, EDITIONS[place][1], people, asked, place + 1, folder)
        changed = folder / "changed.csv"
        change(people, changed, 100)
        node.register.import_people(changed, ONE)
        compare(node, "one person in a hundred", people, asked, len(EDITIONS), folder, changed)


def compare(
    node: Node,
    label: str,
    people: Path,
    asked: argparse.Namespace,
    editions: int,
    folder: Path,
    changed: Path | None = None,
) -> None:
    """Screen who is owed it, and everyone by a node that begins; print both."""
    seconds, done = node.timed(asked.runs)
    new = Node(folder / "new", people, asked.data, editions)
    if changed:
        new.register.import_people(changed, ONE)
    whole, everything = new.timed(asked.runs)
    entries = {run.list: run.entries for run in everything}
    length = sum(entries.values())
    owed = sum((run.entries + entries[run.list] * run.people / asked.n) / length for run in done)
    told = " ".join(f"{run.people:,}p+{run.entries:,}e" for run in done)
    found, same = node.found(), node.found() == new.found()
    cells = (told, f"{owed:.3f}", f"{seconds:.2f}", f"{whole:.2f}", f"{whole * owed:.2f}", f"{len(found):,}", str(same))
    print(f"{label:32s} " + " ".join(f"{cell:>16s}" for cell in cells), flush=True)
    new.home.database.close()
    for gone in folder.glob("new*"):
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()


if __name__ == "__main__":
    main()
