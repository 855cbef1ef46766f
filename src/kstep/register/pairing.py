"""Who of the register is who in another source: by the id that both use, by a document, and by comparing records as screening does.

One of theirs is at most one of ours. What is not sure is said to be so, and pairs with nobody; so nobody is taken for somebody
else in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

import numpy as np

from kstep.matching import columns_of_identities, find_pairs, score_pairs, shipped_weights
from kstep.matching.index import searched, side_of
from kstep.matching.records import records_of
from kstep.model import Document, Identity
from kstep.register.quality import is_placeholder

POSSIBLE, SURE = 0.5, 0.9
"""The least probabilities by which two records may be, and are, one person's."""

MARGIN = 3_000
"""Millibits by which a pair must be better than any other that either of the two could make."""

CONTRADICTED = -5_000
"""Millibits below which two records are not one person's, whatever their ids and documents say: sources give one id twice."""

Records = Sequence[Sequence[Identity]]
"""The records of each person of one side."""


class Way(StrEnum):
    """By what two people were found to be one."""

    ID = "person_id"
    DOCUMENT = "document"
    COMPARISON = "comparison"


@dataclass
class Pairing:
    """By the places of people on their side: who of ours each is, by what; and who each may be, where that is not sure."""

    ours: dict[int, int] = field(default_factory=dict)
    ways: dict[int, Way] = field(default_factory=dict)
    doubtful: dict[int, set[int]] = field(default_factory=dict)

    def add(self, theirs: int, ours: int, way: Way) -> None:
        """They are one."""
        self.ours[theirs], self.ways[theirs] = ours, way


def pair(theirs: Records, ours: Records, by_id: Mapping[int, int]) -> Pairing:
    """Who is who. `by_id` are the places of ours who have the id of one of theirs; several of theirs may be one of ours there,
    whom somebody found to be the same.
    """
    found = Pairing()
    for place, mine in _plausible(theirs, ours, list(by_id.items())):
        found.add(place, mine, Way.ID)
    _by_documents(theirs, ours, found)
    _by_comparison(theirs, ours, found)
    return found


def _plausible(theirs: Records, ours: Records, pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those of these pairs whose records do not say that they are two people."""
    left, left_of = _flat([theirs[place] for place, _ in pairs])
    right, right_of = _flat([ours[place] for _, place in pairs])
    at: list[list[list[int]]] = [[[], []] for _ in pairs]
    for side, owners in enumerate((left_of, right_of)):
        for record, owner in enumerate(owners):
            at[owner][side].append(record)
    scored = [(number, *both) for number, sides in enumerate(at) for both in product(*sides)]
    best = [0] * len(pairs)
    if scored:
        owner, mine, other = np.array(scored, np.int64).T
        scores = score_pairs(
            columns_of_identities(left), columns_of_identities(right), mine, other, shipped_weights()
        ).millibits
        highest = np.full(len(pairs), np.iinfo(np.int64).min)
        np.maximum.at(highest, owner, scores)
        best = highest.tolist()
    return (both for both, bits in zip(pairs, best, strict=True) if bits >= CONTRADICTED)


def _by_documents(theirs: Records, ours: Records, found: Pairing) -> None:
    taken = set(found.ours.values())
    mine = _holders(ours, (place for place in range(len(ours)) if place not in taken))
    other = _holders(theirs, (place for place in range(len(theirs)) if place not in found.ours))
    pairs = {
        (next(iter(holders)), next(iter(mine[document])))
        for document, holders in other.items() if len(holders) == 1 and len(mine.get(document, ())) == 1
    }  # fmt: skip
    times_theirs, times_ours = (_counted(side) for side in zip(*pairs, strict=True)) if pairs else ({}, {})
    alone = sorted(both for both in pairs if times_theirs[both[0]] == times_ours[both[1]] == 1)
    for place, same in _plausible(theirs, ours, alone):
        found.add(place, same, Way.DOCUMENT)


def _holders(people: Records, places: Iterable[int]) -> dict[tuple[str, str, str], set[int]]:
    """Who of these people has which document, by type, issuer and number; what clerks write for a number is none."""
    found: dict[tuple[str, str, str], set[int]] = {}
    for place in places:
        for document in {document for record in people[place] for document in record.documents}:
            if not is_placeholder(document.number):
                found.setdefault(_key(document), set()).add(place)
    return found


def _key(document: Document) -> tuple[str, str, str]:
    return document.type, document.issuer, document.key


def _counted(places: Iterable[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for place in places:
        counts[place] = counts.get(place, 0) + 1
    return counts


def _by_comparison(theirs: Records, ours: Records, found: Pairing) -> None:
    """Pair whom nothing else paired, the most evidence first."""
    taken = set(found.ours.values())
    open_theirs = [place for place in range(len(theirs)) if place not in found.ours]
    open_ours = [place for place in range(len(ours)) if place not in taken]
    weights = shipped_weights().for_list(len(open_ours))
    ranked = _ranked(theirs, ours, open_theirs, open_ours, weights.needed(POSSIBLE))
    sure = weights.needed(SURE)
    rivals: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for bits, other, mine in ranked:
        rivals.setdefault(("theirs", other), []).append((bits, mine))
        rivals.setdefault(("ours", mine), []).append((bits, other))
    unsure: set[int] = set()
    for bits, other, mine in ranked:
        if other in found.ours or mine in taken:
            continue
        near = bits - MARGIN
        second_theirs = any(b > near and m != mine and m not in taken for b, m in rivals["theirs", other])
        second_ours = any(b > near and o != other and o not in found.ours for b, o in rivals["ours", mine])
        if bits < sure or second_theirs or second_ours or mine in unsure or other in found.doubtful:
            found.doubtful.setdefault(other, set()).add(mine)
            unsure.add(mine)
        else:
            found.add(other, mine, Way.COMPARISON)
            taken.add(mine)


def _ranked(
    theirs: Records, ours: Records, open_theirs: Sequence[int], open_ours: Sequence[int], need: int
) -> list[tuple[int, int, int]]:
    """Millibits, one of theirs and one of ours, the most first."""
    left, left_of = _flat([theirs[place] for place in open_theirs])
    right, right_of = _flat([ours[place] for place in open_ours])
    if not left or not right:
        return []
    weights = shipped_weights().for_list(len(open_ours))
    index = searched(side_of("", {}, columns_of_identities(right), records_of(())))
    best: dict[tuple[int, int], int] = {}
    for pair in find_pairs(columns_of_identities(left), index, need, weights).pairs:
        both = open_theirs[left_of[pair.person]], open_ours[right_of[pair.entry]]
        best[both] = max(pair.millibits, best.get(both, pair.millibits))
    return sorted(((bits, *both) for both, bits in best.items()), key=lambda row: (-row[0], row[1:]))


def _flat(people: Iterable[Sequence[Identity]]) -> tuple[list[Identity], list[int]]:
    """All records of these people, and at which place of them each one's owner is."""
    records: list[Identity] = []
    owners: list[int] = []
    for owner, of_one in enumerate(people):
        records += of_one
        owners += [owner] * len(of_one)
    return records, owners


__all__ = ["CONTRADICTED", "MARGIN", "POSSIBLE", "SURE", "Pairing", "Records", "Way", "pair"]
