"""How often a token agrees, is missing or conflicts in pairs of one person (m), and of two people who share a rare token (u).

In both, the token that agrees best is left out: it is why the pair is looked at. These counts are a check of the fitted
prices: they say what each relation alone would earn, log2(m / u).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from kstep.matching.reference import compare_names
from kstep.matching.weights import Weights
from linked_records import Tally
from name_pairs import Sample
from two_people import Floats

RARE = 9_000
"""Millibits that the best token of two people must earn for the pair to be counted."""
TWO_PEOPLE, ONE_PERSON = 0.01, 0.5
"""Certainty below and above which a pair is counted."""
MOST_PAIRS = 5_000
"""Pairs of two people that are read, at most, of each sample: those of which the names agree best."""

Rates = dict[str, tuple[float, float]]


def rates(samples: Iterable[tuple[Sample, Floats]], weights: Weights) -> Rates:
    """For each relation of a token beside the best one, its share m in pairs of one person and u in those of two.

    Each sample comes with how certain its pairs are of one person.
    """
    counts: defaultdict[bool, Tally] = defaultdict(lambda: Tally(float))
    for sample, certainty in samples:
        for one, relations, stands_for in _read(sample, certainty, weights):
            for relation in relations:
                counts[one][relation] += stands_for
    sums = {one: sum(found.values()) for one, found in counts.items()}
    names = sorted(counts[True].keys() | counts[False].keys(), key=lambda name: (-counts[True][name], name))
    return {name: (counts[True][name] / sums[True], counts[False][name] / sums[False]) for name in names}


def relations_of(sample: Sample, at: int, names: Sequence[int], weights: Weights) -> list[str]:
    """What the tokens of a pair's best names are to each other, but for the best one; empty where that earns less than `RARE`."""
    mine = sample.comparison.people[sample.left[at]].names[names[0]]
    theirs = sample.comparison.entries[sample.right[at]].names[names[1]]
    found = compare_names(mine, theirs, weights)
    ordered = sorted(found.pairings, key=lambda pairing: -pairing.millibits)
    if not ordered or ordered[0].millibits < RARE:
        return []
    conflicts = ["conflict"] * found.conflicts + ["conflict, one is rare"] * found.conflicts_rare
    return [
        *(pairing.relation for pairing in ordered[1:]),
        *conflicts,
        *["missing"] * found.missing,
        *["missing inside"] * found.missing_inner,
    ]


def _read(sample: Sample, certainty: Floats, weights: Weights) -> Iterator[tuple[bool, list[str], float]]:
    """Whether each pair is of one person, the relations of its tokens but the best, and how many pairs it stands for."""
    prices = {**weights.name, "choice": weights.choice}
    millibits, names = sample.comparison.millibits(sample.left, sample.right, prices)
    one, two = np.flatnonzero(certainty > ONE_PERSON), np.flatnonzero(certainty < TWO_PEOPLE)
    two = two[np.argsort(-millibits[two], kind="stable")][:MOST_PAIRS]
    for at in np.concatenate([one, two]).tolist():
        yield (
            bool(certainty[at] > ONE_PERSON),
            relations_of(sample, at, names[at], weights),
            float(sample.stands_for[at]),
        )
