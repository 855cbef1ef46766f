"""How far the bits of evidence may be believed: by what they would have to be multiplied, and how often pairs to which they
give a probability are of one person.

The names of a pair are judged by what else is known of it; all that is compared but documents is judged by documents.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kstep.matching.arrays import Ints
from kstep.matching.columns import columns_of
from kstep.matching.pairwise import score_pairs
from kstep.matching.prepared import prepare
from kstep.matching.weights import Weights
from linked_records import OFAC, SHORTEST_NUMBER, UN, Record, read
from name_likelihood import Pairs, Part, fitted, probability
from name_pairs import HALVES, KNOWN, Flags, every_pair, sharing_documents
from two_people import Floats

EDGES = (-8, -5, -3, -1, 1, 3, 5, 8)
"""Bits, the prior included, between which pairs are counted together."""
Z = 1.96
"""Standard errors to each side of an interval of 95 %."""


@dataclass(frozen=True)
class Found:
    """Pairs of which the bits are given; `scale` among the prices, in thousandths, multiplies them."""

    person: Ints
    else_known: Floats
    stands_for: Floats
    found: Floats

    def bits(self, prices: Mapping[str, float]) -> Floats:
        """The bits of each pair."""
        return self.found * (prices.get("scale", 1000.0) / 1000)

    def those(self, chosen: Flags) -> Found:
        """Some of the pairs."""
        return Found(self.person[chosen], self.else_known[chosen], self.stands_for[chosen], self.found[chosen])


def found_at(part: Part, prices: Mapping[str, float]) -> Part:
    """A sample with the bits of its pairs at these prices."""
    pairs: Pairs = part.pairs
    return replace(part, pairs=Found(pairs.person, pairs.else_known, pairs.stands_for, pairs.bits(prices)))


def judged_by_documents(data: Path, weights: Weights, shared: float) -> dict[str, Found]:
    """For each half, the UN's people beside OFAC's where both have a document: what all but documents earn, and what these
    say. Of two records of one person `shared` is the share that have one in common.
    """
    halves = [_documented(read(data, "un", UN, half)) for half in HALVES]
    un, ofac = [*halves[0], *halves[1]], _documented(read(data, "ofac-sdn", OFAC, "all"))
    left, right = every_pair(len(un), len(ofac))
    common = np.zeros(len(left), np.bool_)
    common[[place * len(ofac) + other for place, other in sharing_documents(un, ofac)]] = True
    mine, theirs = ([replace(prepare(record.identity), documents=()) for record in side] for side in (un, ofac))
    bits = score_pairs(columns_of(mine), columns_of(theirs), left, right, weights, workers=2).millibits / 1000
    found = Found(left, np.where(common, KNOWN, math.log2(1 - shared)), np.ones(len(left)), bits)
    fit = left < len(halves[0])
    return {half: found.those(fit == (half == "fit")) for half in HALVES}


def _documented(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.identity.names
            and any(len(document.key) >= SHORTEST_NUMBER for document in record.identity.documents)]  # fmt: skip


def scale(parts: Sequence[Part]) -> tuple[float, float]:
    """By what bits would have to be multiplied to make the samples likeliest, and its standard error."""
    found = fitted(parts, {"scale": 1000.0})
    return found.prices["scale"] / 1000, found.errors["scale"] / 1000


def table(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """For pairs between two of `EDGES`: how many, the share that is expected to be of one person, the share that is, and its
    interval of 95 % (Wilson, of as many pairs as say as much as these, which count differently).
    """
    odds, certain, weights = [], [], []
    for part in parts:
        bits = part.pairs.bits({})
        shares = part.settled(bits)
        odds.append(shares.log_odds(bits))
        certain.append(part.certainty(shares, bits))
        weights.append(part.weight)
    all_odds, all_certain, all_weights = np.concatenate(odds), np.concatenate(certain), np.concatenate(weights)
    rows = []
    for low, high in pairwise((-math.inf, *EDGES, math.inf)):
        here = (all_odds >= low) & (all_odds < high)
        counts = all_weights[here]
        if len(counts):
            seen = float((counts * all_certain[here]).sum() / counts.sum())
            ends = interval(seen, float(counts.sum() ** 2 / (counts**2).sum()))
            rows.append({
                **({} if low == -math.inf else {"from": low}), **({} if high == math.inf else {"to": high}),
                "pairs": len(counts), "expected": _short(float((counts * probability(all_odds[here])).sum() / counts.sum())),
                "are": _short(seen), "low": _short(ends[0]), "high": _short(ends[1]),
            })  # fmt: skip
    return rows


def interval(share: float, pairs: float) -> tuple[float, float]:
    """Of a share that was seen in so many pairs, that of 95 % after Wilson (1927)."""
    middle, wide = share + Z**2 / (2 * pairs), Z * math.sqrt(share * (1 - share) / pairs + Z**2 / (4 * pairs**2))
    whole = 1 + Z**2 / pairs
    return max(0.0, (middle - wide) / whole), min(1.0, (middle + wide) / whole)


def _short(share: float) -> float:
    """A share with what matters of it, near 0 as near 1, and no more than millionths."""
    return round(float(f"{share:.3g}") if share < 0.5 else 1 - float(f"{1 - share:.3g}"), 6)
