"""What a batch of people costs a worker of a cluster, on one core: the rates that docs/scale.md reckons with.

    python bench/batch_rates.py PEOPLE KIND=PATH [--batches 20000,50000,100000]

Processor time of the functions that a worker calls, for the first people of the file; one run each, after one that warms up.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from pathlib import Path

from kstep.matching import Index, columns_of, find_pairs, prepare, shipped_weights
from kstep.matching.records import records_of
from kstep.model import Person
from kstep.records import read_people
from kstep.screening.distributed.batches import packed, unpacked
from kstep.screening.sources import open_lists, parse_sources


class Clock:
    """Processor seconds since it was last asked."""

    def __init__(self) -> None:
        self._last = time.process_time()

    def lap(self) -> float:
        """The seconds, from now on counted anew."""
        before, self._last = self._last, time.process_time()
        return self._last - before


def batch_row(batch: Sequence[Person], index: Index) -> str:
    """A row of the table."""
    weights = shipped_weights().for_list(len(index.entries))
    records = records_of(batch)
    clock = Clock()
    content = packed(records, len(batch)).column("people")[0].as_py()
    packing = clock.lap()
    columns = columns_of([prepare(identity) for identity in unpacked(content)])
    columning = clock.lap()
    find_pairs(columns, index, weights.needed(0.5), weights, workers=1)
    finding = clock.lap()
    micro = [f"{1e6 * seconds / len(batch):.0f}" for seconds in (packing, columning, finding)]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    cells = (f"{len(batch):,}", f"{len(content) / len(batch):.0f}", *micro, f"{columning + finding:.1f}", f"{most:.1f}")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=Path)
    parser.add_argument("list", help="KIND=PATH")
    parser.add_argument("--batches", default="20000,50000,100000", help="sizes of batches")
    options = parser.parse_args()
    clock = Clock()
    (opened,) = open_lists(parse_sources([options.list]), print)
    print(f"{len(opened.index.entries):,} entries, opened or indexed in {clock.lap():.1f} s")
    people = read_people(options.people).people
    print(f"{len(people):,} people, read in {1e6 * clock.lap() / max(1, len(people)):.0f} µs each\n")
    batch_row(people[:100], opened.index)
    print(
        "| people in a batch | bytes each | packed, µs each | columns, µs | find_pairs, µs | batch, s | GiB at most |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for size in map(int, options.batches.split(",")):
        print(batch_row(people[:size], opened.index), flush=True)


if __name__ == "__main__":
    main()
