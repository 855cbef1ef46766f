"""Whether the engine loses a pair at the size of a nation: what it finds for some people, beside every pair of these scored.

    .venv/bin/python bench/national/recall.py PEOPLE.csv LIST.csv [N]

N people (1,000 unless given) are drawn from the roster, and as many are altered copies of entries, those of many that lie nearest
to the threshold, on both sides of it. All of them are compared with every entry by `score_pairs`, which knows no bound and no
order of names; of it and the engine's search the kernels of the sum and the table of tokens are common, and are held against the
definition by the tests. Prints JSON.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kstep.matching import columns_of_identities, find_pairs, score_pairs, shipped_weights
from kstep.matching.arrays import Ints
from kstep.model import Identity
from kstep.records import read_people
from kstep.screening.rosters import find_roster
from kstep.screening.sources import OpenList, open_lists, parse_sources
from kstep.synth import write_people

AT_ONCE = 2
"""People who are scored with every entry at a time."""

COPIES = 20
"""Altered copies are made for each that is used."""


def near_threshold(opened: OpenList, count: int, need: int) -> list[Identity]:
    """Altered copies of entries whose evidence beside the entry they are of lies nearest to the need."""
    index, chance = opened.index, random.Random(1)
    places = sorted(chance.sample(range(len(index.entries)), min(COPIES * count, len(index.entries))))
    originals = {index.entries[place].entry_id: place for place in places}
    with tempfile.TemporaryDirectory() as folder:
        roster, truth = Path(folder) / "copies.csv", Path(folder) / "truth.csv"
        planted = [("table", [index.entries[place] for place in places])]
        write_people(roster, len(places), 2, lists=planted, planted_share=1.0, truth=truth)
        people = {person.person_id: person.identity for person in read_people(roster).people}
        rows = [line.split(",") for line in truth.read_text(encoding="utf-8").splitlines()]
    columns = {name: place for place, name in enumerate(rows[0])}
    pairs = [(row[columns["person_id"]], originals[row[columns["entry_id"]]]) for row in rows[1:]]
    copies = [people[person_id] for person_id, _ in pairs]
    scores = score_pairs(
        columns_of_identities(copies), index.columns, np.arange(len(pairs)), np.array([entry for _, entry in pairs]),
        shipped_weights(),
    ).millibits  # fmt: skip
    return [copies[place] for place in np.argsort(np.abs(scores - need), kind="stable")[:count].tolist()]


def every_pair(people: Sequence[Identity], opened: OpenList, need: int) -> set[tuple[int, int, int]]:
    """Person, entry and millibits of all pairs that reach the need, by scoring all there are."""
    entries, found = opened.index.columns.records, set()
    for first in range(0, len(people), AT_ONCE):
        some = columns_of_identities(people[first : first + AT_ONCE])
        left: Ints = np.repeat(np.arange(some.records), entries)
        right: Ints = np.tile(np.arange(entries), some.records)
        scores = score_pairs(
            some, opened.index.columns, left, right, shipped_weights(), keys=opened.index.keys
        ).millibits
        for at in np.flatnonzero(scores >= need).tolist():
            found.add((first + int(left[at]), int(right[at]), int(scores[at])))
    return found


def main(people: Path, entries: Path, count: int = 1_000) -> None:
    """Compare what the engine finds with every pair, and print how many of these it found."""
    (opened,) = open_lists(parse_sources([f"table={entries}"]))
    weights = shipped_weights().for_list(len(opened.index.entries))
    need = weights.needed(0.5)
    roster = find_roster(people).open().index
    drawn = random.Random(1).sample(range(len(roster.identities)), min(count, len(roster.identities)))
    figures: dict[str, object] = {"need_bits": need / 1000, "entries": len(opened.index.entries)}
    groups = {
        "drawn": [roster.identities[place] for place in drawn],
        "near the threshold": near_threshold(opened, count, need),
    }
    for name, some in groups.items():
        started = time.perf_counter()
        expected = every_pair(some, opened, need)
        seconds = time.perf_counter() - started
        found = find_pairs(columns_of_identities(some), opened.index, need, weights).pairs
        got = {(pair.person, pair.entry, pair.millibits) for pair in found}
        figures[name] = {
            "people": len(some), "pairs": len(expected), "found": len(expected & got), "found beside": len(got - expected),
            "scored_per_s": round(len(some) * len(opened.index.entries) / seconds),
        }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
