"""The same search from the other side: few entries looked for among many people.

A pair's evidence is the same whichever side is compared with which, but for weak aliases, which cost only where an entry
has them: what is found without that charge is scored again as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from kstep.matching.arrays import Ints
from kstep.matching.columns import Columns, columns_of_identities
from kstep.matching.engine import ROOM, find_pairs
from kstep.matching.index import Index
from kstep.matching.pairs import Found, Pair
from kstep.matching.pairwise import score_pairs
from kstep.matching.shards import Shards
from kstep.matching.weights import Weights
from kstep.model import Identity


def find_among_people(
    people: Index,
    entries: Columns,
    identities: Sequence[Identity],
    need: int,
    weights: Weights,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda entries: None,
    shards: Shards | None = None,
    room: int = ROOM,
) -> Found:
    """Every pair whose evidence is at least `need` millibits: what `find_pairs` finds of these people among these entries.

    `people` is a `searched` index, `identities` are those of the entries; `progress` and what follows are as in `find_pairs`, but
    of entries.
    """
    names = people.columns.names
    unweighed = replace(people.columns, names=names._replace(weak=np.zeros_like(names.weak)))
    found = find_pairs(
        entries, replace(people, columns=unweighed), need, weights,
        workers=workers, progress=progress, shards=shards, room=room,
    )  # fmt: skip
    entry = np.array([pair.person for pair in found.pairs], np.int64)
    person = np.array([pair.entry for pair in found.pairs], np.int64)
    order = np.lexsort((entry, person))
    entry, person = entry[order], person[order]
    (some, mine), (others, theirs) = _columns_of(people.identities, person), _columns_of(identities, entry)
    scores = score_pairs(some, others, mine, theirs, weights, workers=workers)
    rows = zip(person.tolist(), entry.tolist(), scores.millibits.tolist(), strict=True)
    pairs = [Pair(*row, scores.best_names(at)) for at, row in enumerate(rows) if row[2] >= need]
    return Found(pairs, found.compared)


def _columns_of(identities: Sequence[Identity], places: Ints) -> tuple[Columns, Ints]:
    """The columns of the records in these places alone, and where among them each is."""
    own, among = np.unique(places, return_inverse=True)
    return columns_of_identities([identities[place] for place in own.tolist()]), among
