"""True matches among synthetic people: some rows become corrupted copies of entries, and the truth says which and how.

A planted person keeps the row's id and its custody fields, so that nothing but the identity shows that it was planted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kstep.model import Entry
from kstep.synth.corrupting import NameWriter, culture_of
from kstep.synth.differing import (
    written_birth_country,
    written_birth_date,
    written_documents,
    written_nationality,
    written_sex,
)
from kstep.synth.draws import Draws
from kstep.synth.population import SyntheticPerson

EXACT = "exact"
"""What the truth says of a copy in which nothing differs."""


class Truth(NamedTuple):
    """One planted match: who, on which list, which entry, and what was done to the copy, parted by `;`."""

    person_id: str
    list: str
    entry_id: str
    corruptions: str


class Planter:
    """Plants `count` of the entries of `lists` among `n` people; which, where and how follows from `seed`."""

    def __init__(self, n: int, seed: int, lists: Sequence[tuple[str, Sequence[Entry]]], share: float) -> None:
        pool = [(name, entry) for name, entries in lists for entry in entries if entry.identity.names]
        count = min(n, max(1, round(n * share))) if pool else 0
        draws = Draws(seed, "planted")
        order = np.argsort(draws.uniform(len(pool)), kind="stable").tolist()
        positions: dict[int, tuple[str, Entry]] = {}
        while len(positions) < count:
            positions.setdefault(draws.number(n), pool[order[len(positions) % len(pool)]])
        self._positions = positions
        self._draws = draws
        self.truths: list[Truth] = []

    def planted(self, people: Iterable[SyntheticPerson]) -> Iterator[SyntheticPerson]:
        """`people` with the copies among them; `truths` is complete when they have all been read."""
        for position, person in enumerate(people):
            if found := self._positions.get(position):
                copy, kinds = corrupted(person, found[1], self._draws)
                self.truths.append(Truth(copy.person_id, found[0], found[1].entry_id, ";".join(kinds) or EXACT))
                yield copy
            else:
                yield person


def corrupted(person: SyntheticPerson, entry: Entry, draws: Draws) -> tuple[SyntheticPerson, list[str]]:
    """`person` with the identity of `entry` as a register might hold it, and the kinds of what differs."""
    identity = entry.identity
    name, kinds = NameWriter(draws).written(identity)
    birth_date, date_kind = written_birth_date(identity, draws)
    sex, sex_kind = written_sex(identity, draws)
    nationality, nationality_kind = written_nationality(identity, draws)
    birth_country, birth_country_kind = written_birth_country(identity, draws)
    papers, document_kind = written_documents(identity, culture_of(identity), nationality, draws)
    copy = person._replace(
        **name._asdict(), aliases="", birth_date=birth_date, sex=sex, nationality=nationality,
        birth_country=birth_country, documents=papers,
    )  # fmt: skip
    fields = (date_kind, sex_kind, nationality_kind, birth_country_kind, document_kind)
    return copy, kinds + [kind for kind in fields if kind]
