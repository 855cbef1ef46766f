"""Leave one alias out: is an entry found first by an alias that its list does not know?

For every entry with a strong alias, one of them (chosen by seed) is taken out of the list and becomes the query, with
the entry's birth dates (where it has any) and without. Prints recall at rank 1 per list and script, and the misses to
read with `--misses`.

python bench/leave_one_alias_out.py DATA [--misses N] [--seed S]
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

from kstep.lists import read_list
from kstep.matching import build_index, columns_of, find_pairs, prepare, shipped_weights
from kstep.model import Entry, Identity, Name, NameQuality

LISTS = {"OFAC 2024": ("ofac-sdn", "ofac-sdn/2024-05"), "UN 2026": ("un", "un/consolidated-2026-02-27.xml")}
LOWEST = 0
"""Millibits from which a pair is ranked at all."""


def held_out(entries: tuple[Entry, ...], chooser: random.Random) -> tuple[list[Entry], list[tuple[int, Name]]]:
    """The entries without one strong alias each, and the queries: which entry, by which name."""
    kept, queries = [], []
    for number, entry in enumerate(entries):
        names = entry.identity.names
        known = [prepare(Identity(names=(name,))).names for name in names]
        strong = [
            place for place, name in enumerate(names)
            if name.quality is NameQuality.STRONG and known[place]
            and all(known[place][0].tokens != other[0].tokens for at, other in enumerate(known) if other and at != place)
        ]  # fmt: skip
        if strong:
            chosen = chooser.choice(strong)
            queries.append((number, names[chosen]))
            names = names[:chosen] + names[chosen + 1 :]
        kept.append(dataclasses.replace(entry, identity=dataclasses.replace(entry.identity, names=names)))
    return kept, queries


def script(name: Name) -> str:
    """Latin, or other."""
    return "Latin" if all(ord(letter) < 0x250 or not letter.isalpha() for letter in name.full) else "other script"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--misses", type=int, default=0, help="print this many misses of each measurement")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    weights = shipped_weights()
    print(
        f"{'list':<12}{'script':<14}{'query':<18}{'queries':>8}{'rank 1':>8}{'at .5':>8}{'no shared token':>17}{'seconds':>9}"
    )
    for label, (kind, path) in LISTS.items():
        entries, queries = held_out(read_list(kind, options.data / path).entries, random.Random(options.seed))
        index = build_index(label, entries)
        for dated in (True, False):
            asked = [(number, name) for number, name in queries if entries[number].identity.birth_dates or not dated]
            people = [
                prepare(Identity(names=(name,), birth_dates=entries[number].identity.birth_dates if dated else ()))
                for number, name in asked
            ]
            started = time.perf_counter()
            found = find_pairs(columns_of(people), index, LOWEST, weights)
            seconds = time.perf_counter() - started
            ranked: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
            for pair in found.pairs:
                ranked[pair.person].append((-pair.millibits, pair.entry))
            totals: Counter[str] = Counter()
            first: Counter[str] = Counter()
            above: Counter[str] = Counter()
            alone: Counter[str] = Counter()
            misses = []
            for place, (number, name) in enumerate(asked):
                kind_of = script(name)
                order = sorted(ranked[place])
                at_top = {entry for bits, entry in order if bits == order[0][0]}
                totals[kind_of] += 1
                first[kind_of] += at_top == {number}
                above[kind_of] += any(e == number and -bits >= weights.needed(0.5) for bits, e in order)
                spoken = {token for known in prepare(entries[number].identity).names for token in known.tokens}
                shares = bool(spoken & set(people[place].names[0].tokens))
                alone[kind_of] += not shares
                if at_top != {number}:
                    mine = next((-bits for bits, e in order if e == number), None)
                    misses.append((name.full, [n.full for n in entries[number].identity.names][:4], mine,
                                   [(entries[e].identity.names[0].full, -b) for b, e in order[:1]]))  # fmt: skip
            for kind_of, total in sorted(totals.items()):
                query = "name, birth date" if dated else "name"
                print(f"{label:<12}{kind_of:<14}{query:<18}{total:>8}{first[kind_of] / total:>8.3f}{above[kind_of] / total:>8.3f}"
                      f"{alone[kind_of]:>17}{seconds:>9.1f}")  # fmt: skip
            for miss in misses[: options.misses]:
                print("   ", *miss, sep=" | ")


if __name__ == "__main__":
    main()
