"""How often a token agrees, is missing or conflicts in pairs of one person (m), and of two people who share a rare token (u).

In both, the token that agrees best is left out: it is why the pair is looked at. These counts are a check of the fitted
prices: they say what each relation alone would earn, log2(m / u).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from kstep.matching.reference import compare_names
from kstep.matching.weights import Weights
from linked_records import Tally
from name_pairs import Sample

RARE = 9_000
"""Millibits that the best token of two people must earn for the pair to be counted."""
TWO_PEOPLE, ONE_PERSON = 0.01, 0.5
"""Certainty below and above which a pair is counted."""
MOST_PAIRS = 20_000
"""Pairs of two people that are read, at most, of each sample."""

Shares = dict[str, tuple[float, float]]


def shares(samples: Iterable[Sample], weights: Weights) -> Shares:
    """For each relation of a token beside the best one, its share m in pairs of one person and u in those of two."""
    counts: defaultdict[bool, Tally] = defaultdict(lambda: Tally(float))
    for sample in samples:
        for one, relations, stands_for in _read(sample, weights):
            for relation in relations:
                counts[one][relation] += stands_for
    sums = {one: sum(found.values()) for one, found in counts.items()}
    names = sorted(counts[True].keys() | counts[False].keys(), key=lambda name: (-counts[True][name], name))
    return {name: (counts[True][name] / sums[True], counts[False][name] / sums[False]) for name in names}


def _read(sample: Sample, weights: Weights) -> Iterator[tuple[bool, list[str], float]]:
    """Whether each pair is of one person, the relations of its tokens but the best, and how many pairs it stands for."""
    millibits, names = sample.millibits({})
    counted = sample.stands_for > 0
    one = np.flatnonzero(counted & (sample.certainty > ONE_PERSON))
    two = np.flatnonzero(counted & (sample.certainty < TWO_PEOPLE))
    two = two[np.argsort(-millibits[two], kind="stable")][:MOST_PAIRS]
    for at in np.concatenate([one, two]).tolist():
        mine = sample.people[sample.left[at]].names[names[at, 0]]
        theirs = sample.entries[sample.right[at]].names[names[at, 1]]
        found = compare_names(mine, theirs, weights)
        ordered = sorted(found.pairings, key=lambda pairing: -pairing.millibits)
        if ordered and ordered[0].millibits >= RARE:
            conflicts = found.conflicts + found.conflicts_rare
            relations = [pairing.relation for pairing in ordered[1:]]
            yield (bool(sample.certainty[at] > ONE_PERSON), [*relations, *["conflict"] * conflicts, *["missing"] * found.missing],
                   float(sample.stands_for[at]))  # fmt: skip
