"""Brute force: the model evaluated for every person and every entry, with no index, bound or kernel of the engine."""

from __future__ import annotations

from collections.abc import Sequence

from kstep.matching.pairs import Found, Pair
from kstep.matching.prepared import Prepared
from kstep.matching.reference import score
from kstep.matching.weights import Weights


def brute_pairs(people: Sequence[Prepared], entries: Sequence[Prepared], need: int, weights: Weights) -> Found:
    """Every pair whose evidence is at least `need` millibits, ordered by person and entry."""
    pairs = []
    for p, person in enumerate(people):
        for e, entry in enumerate(entries):
            found = score(person, entry, weights)
            if found.millibits >= need:
                pairs.append(Pair(p, e, found.millibits, found.names))
    return Found(pairs, len(people) * len(entries))
