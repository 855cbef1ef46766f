"""What travels between the driver and the workers: batches of people, what they are compared with, and what was found.

People travel as the texts of their records, compressed; what travels back says no more of them than their place in the roster.
"""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from kstep.matching import Found, Pair, Weights, engine_name
from kstep.matching.records import Records
from kstep.model import Identity
from kstep.model.codec import identity_from_json
from kstep.model.fingerprints import code_hash

PEOPLE = pa.schema([("place", pa.int64()), ("people", pa.binary())])
"""A row is a batch: the place of its first person in the roster, and the people."""

RESULT = pa.schema(
    [
        ("place", pa.int64()),
        ("refused", pa.string()),
        ("compared", pa.list_(pa.int64())),
        ("pairs", pa.list_(pa.list_(pa.int64()))),
    ]
)
"""A row is what was found for a batch, or in `refused` why nothing was compared. `compared` has a number for each list; a pair
is the list's number, person, entry, millibits, and the names of both (or -1)."""


@dataclass(frozen=True, slots=True)
class Work:
    """What every batch is compared with: the index files, by their paths, as `this_kstep` does it that asks for it."""

    kstep: str
    indexes: tuple[Path, ...]
    need: int
    weights: Weights


@functools.cache
def this_kstep() -> str:
    """What has to be the same here and on every worker: the engine, and the code that reads what travels."""
    return f"{engine_name()} {code_hash('kstep.model', 'kstep.screening.distributed')[:16]}"


def packed(people: Records, at_once: int) -> pa.Table:
    """The people as rows of `PEOPLE`, each row a chunk, so that Spark makes a task of it."""
    edges = pairwise([*range(0, len(people.digest), at_once), len(people.digest)])
    rows = ({"place": first, "people": _packed(people, first, last)} for first, last in edges)
    return pa.Table.from_batches([pa.RecordBatch.from_pylist([row], PEOPLE) for row in rows], PEOPLE)


def _packed(people: Records, first: int, last: int) -> bytes:
    edges = people.start[first : last + 1].tolist()
    content = people.content[edges[0] : edges[-1]].tobytes()
    texts = (content[start - edges[0] : stop - edges[0]] for start, stop in pairwise(edges))
    return zlib.compress(b"[" + b",".join(texts) + b"]", level=1)


def unpacked(people: bytes) -> list[Identity]:
    """The identities of a batch that was packed."""
    return [identity_from_json(found) for found in json.loads(zlib.decompress(people))]


def result_row(place: int, found: Sequence[Found]) -> dict[str, Any]:
    """A row of `RESULT` of what was found for the batch that begins at `place`; people are numbered within it."""
    pairs = [
        (number, place + pair.person, pair.entry, pair.millibits, *(pair.names or (-1, -1)))
        for number, of_list in enumerate(found)
        for pair in of_list.pairs
    ]
    return {"place": place, "refused": None, "compared": [of_list.compared for of_list in found], "pairs": pairs}


def refused_row(place: int, why: str) -> dict[str, Any]:
    """A row of `RESULT` of a batch that could not be compared."""
    return {"place": place, "refused": why, "compared": [], "pairs": []}


def found_of(rows: Iterable[dict[str, Any]], lists: int) -> list[Found]:
    """What was found in all batches, for each of so many lists."""
    ordered = sorted(rows, key=lambda row: int(row["place"]))
    pairs: list[list[Pair]] = [[] for _ in range(lists)]
    for row in ordered:
        for number, person, entry, millibits, mine, theirs in row["pairs"]:
            pairs[number].append(Pair(person, entry, millibits, (mine, theirs) if mine >= 0 else None))
    compared = (sum(row["compared"][number] for row in ordered) for number in range(lists))
    return [Found(*found) for found in zip(pairs, compared, strict=True)]
