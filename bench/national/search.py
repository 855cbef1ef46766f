"""The search of a full run alone, in one process: no reading, no explaining, no writing.

    .venv/bin/python bench/national/search.py PEOPLE.csv LIST.csv

Prints JSON: how many pairs might reach the threshold by what bounds say (they are then compared in full), of how many; and how
long it took to join the vocabularies, find these pairs and compare them.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from kstep.matching import find_pairs, shipped_weights
from kstep.screening.rosters import find_roster
from kstep.screening.sources import open_lists, parse_sources


def main(people: Path, entries: Path) -> None:
    """Search, and print what it took."""
    (opened,) = open_lists(parse_sources([f"table={entries}"]))
    roster = find_roster(people).open().index.columns
    weights = shipped_weights().for_list(len(opened.index.entries))
    need = weights.needed(0.5)
    wall, processor = time.perf_counter(), time.process_time()
    found = find_pairs(roster, opened.index, need, weights)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    pairs = roster.records * len(opened.index.entries)
    figures = {
        "wall_s": round(wall, 1), "cpu_s": round(processor, 1), "pairs": pairs, "candidates": found.compared,
        "candidates_per_person": round(found.compared / roster.records, 1), "candidates_per_s": round(found.compared / wall),
        "pairs_per_s": round(pairs / wall), "found": len(found.pairs),
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
