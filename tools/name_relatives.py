"""Made-up brothers and sisters of the people on a list: they have a listed person's name, but for the given name.

A list names few relatives of those on it, a register holds them; without them nothing says that what tells two people of
one family apart is one name that differs among many that agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kstep.lists import read_list
from kstep.matching.prepared import Prepared, PreparedName, prepare
from kstep.matching.weights import Weights
from kstep.names import compare, shipped_frequencies
from linked_records import is_in
from name_pairs import KNOWN, LEFT_OUT, SEED, WITHIN, Comparison, Sample, names_alone

FEWEST = 20
"""People of one country of whom a relative's given name is taken; where there are fewer, it is anybody's."""
DRAWS = 20
"""Names that are drawn before a person is left without relatives."""


def relatives(data: Path, kind: str, weights: Weights) -> Sample:
    """For every n-th entry of a list one relative, if there is one to be made up, beside the entry itself."""
    listed = [entry for entry in read_list(kind, data / WITHIN[kind]).entries if entry.identity.names]
    records = [prepare(entry.identity) for entry in listed]
    chance = np.random.default_rng(SEED)
    givers = _by_country(records)
    people, own = [], []
    for place, record in enumerate(records):
        if place % LEFT_OUT[kind] == 0 and record.names and len(record.names[0].tokens) > 1:
            near = givers[min(record.nationalities | record.birth_countries, default="")]
            name = relative_of(record, near if len(near) >= FEWEST else givers["all"], chance)
            if name:
                people.append(names_alone(replace(record, names=(name,))))
                own.append(place)
    fit = np.array([is_in("fit", listed[place].entry_id) for place in own])
    comparison = Comparison(people, [names_alone(record) for record in records], weights)
    return Sample(comparison, np.arange(len(own)), np.array(own), np.full(len(own), -KNOWN), np.ones(len(own)), fit)


def _by_country(records: Sequence[Prepared]) -> dict[str, list[PreparedName]]:
    """First names of records, by each of their countries, and of all."""
    found: defaultdict[str, list[PreparedName]] = defaultdict(list)
    for record in records:
        if record.names and len(record.names[0].tokens) > 1:
            for country in ("all", *record.nationalities, *record.birth_countries):
                found[country].append(record.names[0])
    return found


def relative_of(record: Prepared, givers: Sequence[PreparedName], chance: np.random.Generator) -> PreparedName | None:
    """The first name of a record with the first token of another's name for its own, a token that is comparable with none of
    the record's.

    None where some of the record's names lack its own first token, because then that is no name that the person always goes
    by; and where `DRAWS` others have no such token.
    """
    name = record.names[0]
    if not all(_has(known, name.tokens[0]) for known in record.names):
        return None
    for _ in range(DRAWS):
        given = givers[int(chance.integers(len(givers)))].tokens[0]
        if len(given) > 1 and not any(_has(known, given) for known in record.names):
            tokens = (given, *name.tokens[1:])
            return PreparedName(tokens, tuple(join for join in name.joins if join.start), False, " ".join(tokens))
    return None


def _has(name: PreparedName, token: str) -> bool:
    """Whether a token of the name is comparable with this one."""
    return any(compare(token, known, shipped_frequencies()) is not None for known in name.tokens)
