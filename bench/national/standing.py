"""Keeping everyone screened at the size of a nation, measured: a node with the whole roster, then a day on which a hundredth of the
people and a thousandth of the entries change.

    .venv/bin/python bench/national/standing.py FOLDER [--people 2370000] [--entries 100000] [--database URL]

Every step is `kstep` as its users run it, a process of its own; a query of coverage is also timed inside a process, without its
start. FOLDER is used as `run.py` uses it; its `home` is made anew. The database is SQLite, unless a URL names an empty one.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from commands import Setup, Took, kstep, row
from run import LISTS_SEED, lines_of, make

CHANGED_PEOPLE, CHANGED_ENTRIES = 100, 1_000
"""One in so many people, and in so many entries, is another the next day."""

ROLES = ("records-officer", "list-officer", "screening-operator", "inspector")


def begin(setup: Setup, database: str | None) -> Path:
    """A node with one account that may do everything."""
    home, key = setup.folder / "home", setup.folder / "home.key"
    shutil.rmtree(home, ignore_errors=True)
    key.unlink(missing_ok=True)
    options = ("--database", database) if database else ()
    kstep(setup, "init", home, "--origin", "bench.example/hq", "--administrator", "Ada", "--key-out", key, *options)
    os.environ |= {"KSTEP_HOME": str(home), "KSTEP_KEY": str(key)}
    for role in ROLES:
        kstep(setup, "account", "grant", "1", role)
    kstep(setup, "lists", "register", "national", "table")
    return home


def next_day(setup: Setup) -> tuple[Path, Path]:
    """The people who changed, each with another birth date, and the list with some entries of other people."""
    people, entries = setup.folder / "changed-people.csv", setup.folder / f"next-{setup.entries}.csv"
    chosen = set(random.Random(1).sample(range(setup.people), setup.people // CHANGED_PEOPLE))
    with setup.roster.open(encoding="utf-8", newline="") as rows, people.open("w", encoding="utf-8", newline="") as out:
        reader = csv.DictReader(rows)
        writer = csv.DictWriter(out, reader.fieldnames or ())
        writer.writeheader()
        for place, person in enumerate(reader):
            if place in chosen:
                writer.writerow(person | {"birth_date": f"19{50 + place % 50}-0{1 + place % 9}-1{place % 10}"})
    others, some = setup.folder / "other-entries.csv", setup.entries // CHANGED_ENTRIES
    kstep(setup, "synth", "list", "--kind", "table", "--n", str(some), "--seed", str(LISTS_SEED + 100), "--out", others)
    lines = setup.list.read_bytes().splitlines(keepends=True)
    places = random.Random(2).sample(range(1, setup.entries + 1), some)
    for place, other in zip(places, others.read_bytes().splitlines(keepends=True)[1:], strict=True):
        lines[place] = lines[place].split(b",", 1)[0] + b"," + other.split(b",", 1)[1]
    entries.write_bytes(b"".join(lines))
    return people, entries


def coverage(setup: Setup) -> dict[str, Any]:
    """Milliseconds of the query itself, by what it counts; and the command, whole."""
    from functools import partial

    from kstep.app.home import Home, now
    from kstep.app.lists_in_use import in_use
    from kstep.editions.view import EditionsView
    from kstep.screening.adoption import adopted
    from kstep.screening.coverage import covered

    home = Home.open(Path(os.environ["KSTEP_HOME"]))
    lists = in_use(EditionsView(home.ledger(), home.path / "editions"))
    figures: dict[str, Any] = row(kstep(setup, "coverage"))
    for by in ((), ("office",), ("status",), ("class",)):
        with home.database.read() as connection:
            asked = partial(covered, connection, lists, adopted(connection), now(), by=by)
            asked()
            started = time.perf_counter()
            asked()
            figures[f"query by {by[0] if by else 'nothing'}, ms"] = round(1000 * (time.perf_counter() - started))
    home.database.close()
    return figures


def size(home: Path) -> float:
    """GiB of the database, where it is a file."""
    return round(sum(path.stat().st_size for path in home.glob("kstep.db*")) / (1 << 30), 2)


def told(took: Took, **more: Any) -> dict[str, Any]:
    return {**row(took), **more}


def steps(setup: Setup, database: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each step takes."""
    make(setup)
    home = begin(setup, database)
    people, entries = next_day(setup)
    yield "import, everyone new", told(kstep(setup, "people", "import", setup.roster), database_gib=size(home))
    yield "publish", row(kstep(setup, "lists", "publish", f"table={setup.list}", "--list", "national"))
    yield "rescreen, everyone owed", told(kstep(setup, "rescreen"), database_gib=size(home))
    yield "coverage", coverage(setup)
    yield "rescreen, nobody owed", row(kstep(setup, "rescreen"))
    yield "import, some changed", row(kstep(setup, "people", "import", people))
    yield "publish the next edition", row(kstep(setup, "lists", "publish", f"table={entries}", "--list", "national"))
    yield "coverage, with those owed", coverage(setup)
    yield "rescreen, those owed", told(kstep(setup, "rescreen"), database_gib=size(home))
    yield "import, the whole file again", row(kstep(setup, "people", "import", setup.roster))
    yield "rescreen, those who changed back", row(kstep(setup, "rescreen"))
    yield "certificate", row(kstep(setup, "certificate", "national", "--out", setup.folder / "certificate.json"))
    yield "ledger verify", row(kstep(setup, "ledger", "verify"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Take the steps, and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=2_370_000)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database; by default SQLite")
    asked = parser.parse_args(arguments)
    setup = Setup(asked.folder.absolute(), asked.people, asked.entries)
    figures: dict[str, Any] = {}
    for name, found in steps(setup, asked.database):
        figures[name] = found
        (setup.folder / "standing.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        for line in lines_of(name, found):
            print(line, flush=True)


if __name__ == "__main__":
    main()
