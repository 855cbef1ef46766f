"""One list's people as queries against another list, both ways: how many find a possible match, and who does not.

Most people on the UN list are on OFAC's too, under the UN's own programmes; few of OFAC's are on the UN's. There is no
labelled truth: `--misses N` prints the queries that came nearest without reaching the threshold, to be read by a person.

    python bench/list_against_list.py DATA [--misses N]
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from kstep.lists import Edition, read_list
from kstep.matching import build_index, columns_of, find_pairs, prepare, shipped_weights

LISTS = {"UN 2026": ("un", "un/consolidated-2026-02-27.xml"), "OFAC 2024": ("ofac-sdn", "ofac-sdn/2024-05")}
LOWEST = 4_000
"""Millibits from which the nearest entry of a miss is looked for."""


def measure(queries: Edition, listed: Edition, label: str, misses: int) -> None:
    """Screen the people of one edition against the other and print a line."""
    weights = shipped_weights()
    need = weights.needed(0.5)
    index = build_index(listed.id, listed.entries)
    people = columns_of([prepare(entry.identity) for entry in queries.entries])
    started = time.perf_counter()
    found = find_pairs(people, index, need, weights)
    seconds = time.perf_counter() - started
    hits = Counter(pair.person for pair in found.pairs)
    several = sum(count > 1 for count in hits.values())
    print(
        f"{label:<26}{len(queries.entries):>8,}{len(hits):>8,}{len(hits) / len(queries.entries):>8.3f}{several:>16,}{seconds:>9.1f}"
    )
    if not misses:
        return
    nearest: dict[int, tuple[int, int]] = {}
    for pair in find_pairs(people, index, LOWEST, weights).pairs:
        if pair.person not in hits:
            nearest[pair.person] = max(nearest.get(pair.person, (LOWEST, -1)), (pair.millibits, pair.entry))
    missed = [number for number in range(len(queries.entries)) if number not in hits]
    missed.sort(key=lambda number: -nearest.get(number, (0, -1))[0])
    for number in missed[:misses]:
        entry = queries.entries[number]
        bits, other = nearest.get(number, (0, -1))
        near = (
            f"{bits / 1000:.1f} bits: {listed.entries[other].identity.names[0].full}" if other >= 0 else "nothing near"
        )
        born = ", ".join(str(day) for day in entry.identity.birth_dates)
        print(f"    {entry.entry_id} {entry.identity.names[0].full} ({', '.join(entry.programmes)}; {born}) — {near}")


def main() -> None:
    """Measure both ways and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--misses", type=int, default=0)
    options = parser.parse_args()
    editions = {label: read_list(kind, options.data / path) for label, (kind, path) in LISTS.items()}
    first, second = editions
    print(f"{'queries against list':<26}{'queries':>8}{'found':>8}{'share':>8}{'several entries':>16}{'seconds':>9}")
    measure(editions[first], editions[second], f"{first} in {second}", options.misses)
    measure(editions[second], editions[first], f"{second} in {first}", options.misses)


if __name__ == "__main__":
    main()
