"""How long it takes to look one person up in a list, in a process that did so before.

    .venv/bin/python bench/national/lookups.py PEOPLE.csv LIST.csv

Prints JSON: milliseconds at the median, nine in ten and ninety-nine in a hundred, of a whole lookup (reading the person's texts,
finding, explaining what is found).
"""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from pathlib import Path

from kstep.records import person_from_mapping
from kstep.screening.run import screen
from kstep.screening.sources import open_lists, parse_sources

BEFORE, MEASURED = 100, 1_000


def main(people: Path, entries: Path) -> None:
    """Look people up and print how long it took."""
    opened = open_lists(parse_sources([f"table={entries}"]))
    with people.open(encoding="utf-8", newline="") as rows:
        everyone = list(csv.DictReader(rows))
    chosen = random.Random(1).sample(everyone, min(len(everyone), BEFORE + MEASURED))
    del everyone
    taken, found = [], 0
    for row in chosen:
        started = time.perf_counter()
        person, _ = person_from_mapping({column: value for column, value in row.items() if value})
        found += len(screen([person], opened, 0.5).matches)
        taken.append(1000 * (time.perf_counter() - started))
    warm = sorted(taken[BEFORE:])
    figures = {f"p{share}_ms": round(warm[len(warm) * share // 100], 2) for share in (50, 90, 99)}
    print(json.dumps({**figures, "longest_ms": round(warm[-1], 2), "lookups": len(warm), "matches": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
