"""Taking from pairs that kernels summed up what it costs that names in two scripts sound unlike: `reference.strangers` in bulk.

The kernels leave it out, so what they say of a pair is at least what it earns.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from kstep.matching.arrays import Ints, Pairs
from kstep.matching.columns import Columns
from kstep.matching.kernels.strangers import NO_STRANGERS, strangers
from kstep.matching.prices import name_prices
from kstep.matching.unlike import least_unlike
from kstep.matching.weights import Weights


def lower(
    people: Columns, entries: Columns, person: Ints, entry: Ints, summed: Ints, table: Pairs, weights: Weights
) -> None:
    """Lower, in place, what is `summed` up of each person and entry: millibits, and which name of each side is best, -1 for none.
    `table` has what their tokens earn.
    """
    sides = people.names, people.tokens, entries.names, entries.tokens
    earned = strangers(*sides, person, entry, summed, table, name_prices(weights))
    mine, theirs = people.token_texts, entries.token_texts
    for row in np.flatnonzero(earned != NO_STRANGERS).tolist():
        names = _names(people, mine, person[row]), _names(entries, theirs, entry[row])
        sound, i, j = min((least_unlike(left, right) or 0, i, j) for (i, left), (j, right) in
                          itertools.product(*map(enumerate, names)))  # fmt: skip
        summed[row] = summed[row, 0] - earned[row] + weights.name["other_name"] - sound, i, j


def _names(side: Columns, texts: Sequence[str], record: np.int64) -> list[list[str]]:
    """The tokens of each of a record's names."""
    first, last = side.names.of_record[record : record + 2].tolist()
    starts = side.names.tokens.start[first : last + 1].tolist()
    tokens = side.names.tokens.values
    return [[texts[token] for token in tokens[start:stop].tolist()] for start, stop in itertools.pairwise(starts)]
