"""Make the labelled sets of `bench/accuracy` from the real lists and the transliteration data.

Every set is a file of JSON lines, pairs or queries, the same bytes from the same data. A file's name ends with its half:
what is `fit` may be fitted on, what is `test` measures; no person is in both, and no held-out token form in `fit`.

    python bench/accuracy/sets.py DATA OUT
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from labelled import LabelledSet, write
from list_sets import list_sets
from mistyped_sets import mistyped_sets
from people import Listed
from probes import probe_sets
from script_sets import script_sets
from token_sets import token_sets


def all_sets(data: Path) -> Iterator[LabelledSet]:
    """Every set: the name of its file and its rows."""
    listed = Listed.of(data)
    yield from probe_sets()
    yield from token_sets(data)
    yield from script_sets(data, listed)
    yield from list_sets(listed)
    yield from mistyped_sets(listed)


def write_sets(data: Path, out: Path) -> None:
    """Write every set to the folder `out` and print its size."""
    out.mkdir(parents=True, exist_ok=True)
    print(f"{'set':<48}{'rows':>9}{'true':>9}")
    for name, rows in all_sets(data):
        write(rows, out / f"{name}.jsonl")
        true = sum(bool(row["match"] if "match" in row else row["truth"]) for row in rows)
        print(f"{name:<48}{len(rows):>9,}{true:>9,}", flush=True)


def main() -> None:
    """Write the sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    write_sets(options.data, options.out)


if __name__ == "__main__":
    main()
