"""Drawing canaries: made-up entries, and of each a copy as a register might hold it, of as many kinds of difference as there are.

Only pairs are taken that the model itself finds, without index, bound or kernel of the engine: whatever the engine misses of them
is a fault.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kstep.matching import Weights, prepare, score
from kstep.model import Entry, KstepError
from kstep.synth.population import SyntheticPerson

CANDIDATES = 12
"""Pairs that are drawn for each that is wanted, so that there are some of every kind."""

TRIES = 20
"""Times that so many are drawn before it is given up."""

_SEEDS = 1 << 32


class NoneToFind(KstepError):
    """By the standard in force hardly any altered copy is found, so nothing can be planted."""


@dataclass(frozen=True)
class CanaryPair:
    """An entry, the row of a file of people that is its copy, and the kinds of what differs."""

    entry: Entry
    person: SyntheticPerson
    kinds: tuple[str, ...]


def drawn_pairs(count: int, seed: int, name: str, need: int, weights: Weights) -> list[CanaryPair]:
    """So many pairs that reach `need` millibits, by chance that follows from a seed. The ids of both sides begin with a name.
    Raises `NoneToFind`.
    """
    found: list[CanaryPair] = []
    for tried in range(TRIES):
        found += _found(count * CANDIDATES, (seed + tried) % _SEEDS, need, weights)
        if len(found) >= count * (CANDIDATES // 2) or (len(found) >= count and tried):
            return [_named(pair, f"{name} {at}") for at, pair in enumerate(_various(found, count))]
    raise NoneToFind(
        f"of {count * CANDIDATES * TRIES:,} altered copies of entries {len(found):,} reach the threshold; lower it"
    )


def _found(candidates: int, seed: int, need: int, weights: Weights) -> Iterator[CanaryPair]:
    """Those of so many drawn pairs that the model finds: both sides read as files of lists and of people are."""
    from kstep.lists import read_list
    from kstep.records.people import read_people
    from kstep.synth.draws import Draws
    from kstep.synth.listing import write_list
    from kstep.synth.planting import EXACT, corrupted
    from kstep.synth.population import people
    from kstep.synth.writing import write_csv

    draws = Draws(seed, "canaries")
    with tempfile.TemporaryDirectory() as folder:
        write_list(Path(folder) / "list.csv", "table", candidates, seed)
        entries = read_list("table", Path(folder) / "list.csv").entries
        copies = [corrupted(*pair, draws) for pair in zip(people(len(entries), seed), entries, strict=True)]
        write_csv(Path(folder) / "people.csv", [person for person, _ in copies])
        read = {person.person_id: person for person in read_people(Path(folder) / "people.csv").people}
    for entry, (person, kinds) in zip(entries, copies, strict=True):
        known = read.get(person.person_id)
        if known and score(prepare(known.identity), prepare(entry.identity), weights).millibits >= need:
            yield CanaryPair(entry, person, tuple(kinds) or (EXACT,))


def _various(found: Sequence[CanaryPair], count: int) -> list[CanaryPair]:
    """Some of these pairs: each time the one with the kind that was taken least."""
    rest, taken = list(found), Counter[str]()
    chosen = []
    for _ in range(count):
        best = min(range(len(rest)), key=lambda at: min(taken[kind] for kind in rest[at].kinds))
        chosen.append(rest.pop(best))
        taken.update(chosen[-1].kinds)
    return chosen


def _named(pair: CanaryPair, id: str) -> CanaryPair:
    return replace(pair, entry=replace(pair.entry, entry_id=id), person=pair.person._replace(person_id=id))


__all__ = ["CanaryPair", "NoneToFind", "drawn_pairs"]
