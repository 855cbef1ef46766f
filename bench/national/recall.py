"""Whether the engine loses a pair at the size of a nation: what it finds for some people, beside every pair of these scored.

    .venv/bin/python bench/national/recall.py PEOPLE.csv LIST.csv [N]

N people (1,000 unless given) are drawn from the roster, and as many are altered copies of entries, those of many that lie nearest
to the threshold, on both sides of it. All of them are compared with every entry, one after the other, with no bound and no order of
names; the kernels of the sum and the table of tokens are those of the engine, and are held against the definition by the tests.
Prints JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from kstep.matching import columns_of_identities, find_pairs, score_pairs, shipped_weights
from kstep.matching.arrays import Ints
from kstep.matching.columns import vocabularies
from kstep.matching.kernels.compiled import kernel
from kstep.matching.kernels.fields import FieldPrices, compare_countries_and_documents, compare_dates_and_sex
from kstep.matching.kernels.names import NameScratch, best_names, meet, name_scratch, part
from kstep.matching.kernels.walk import Sides, Tables
from kstep.matching.prices import field_prices, name_prices
from kstep.matching.threads import in_threads
from kstep.matching.vocabulary import join
from kstep.model import Identity
from kstep.records import read_people
from kstep.screening.rosters import find_roster
from kstep.screening.sources import OpenList, open_lists, parse_sources
from kstep.synth import write_people

AT_ONCE = 10
"""People in one piece of work."""

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
    """Person, entry and millibits of all pairs that reach the need, by the whole sum of each pair there is."""
    some, index, weights = columns_of_identities(people), opened.index, shipped_weights()
    theirs, workers = index.columns, os.cpu_count() or 1
    tables = join(vocabularies(some), vocabularies(theirs), index.keys, weights, workers)
    sides = Sides(some.names, some.fields, theirs.names, theirs.fields)
    costs, prices = name_prices(weights), field_prices(weights)

    def of_some(edges: tuple[int, int]) -> list[list[int]]:
        scratch, out = name_scratch(len(theirs.token_texts)), np.empty((theirs.records, 3), np.int64)
        rows = []
        for person in range(*edges):
            count = _every_entry(person, theirs.records, need, sides, tables, costs, prices, scratch, out)
            rows.extend(out[:count].tolist())
        return rows

    parts = in_threads(of_some, [*pairwise([*range(0, some.records, AT_ONCE), some.records])], workers)
    return {(person, entry, millibits) for part in parts for person, entry, millibits in part}


@kernel
def _every_entry(
    p: int, entries: int, need: int, sides: Sides, tables: Tables, costs: Ints, prices: FieldPrices, scratch: NameScratch,
    out: Ints,
) -> int:  # fmt: skip
    """Sum up person `p` and each of the entries; what reaches the need is written to `out`, and how many that were is returned."""
    names, entry_names = sides.names, sides.entry_names
    written = 0
    meet(names, p, tables.tokens, scratch)
    for e in range(entries):
        total = best_names(names, p, entry_names, e, tables.tokens, costs, scratch)[0]
        total += compare_dates_and_sex(sides.fields, p, sides.entry_fields, e, prices)
        total += compare_countries_and_documents(sides.fields, p, sides.entry_fields, e, tables.documents, prices)
        pairs = names.of_record[p + 1] - names.of_record[p]
        pairs *= entry_names.of_record[e + 1] - entry_names.of_record[e]
        total -= prices.charges[min(pairs, len(prices.charges) - 1)]
        if total >= need:
            out[written, 0], out[written, 1], out[written, 2] = p, e, total
            written += 1
    part(names, p, tables.tokens, scratch)
    return written


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
