"""Few entries looked for among many people: the pairs of the search the other way round, weak aliases and all."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversarial_records import drawn_identity, identities
from brute_force import EVERYTHING, WEIGHTS, Identities, by_brute_force
from kstep.matching import columns_of_identities, prepare, score
from kstep.matching.index import searched, side_of
from kstep.matching.prepared import Prepared
from kstep.matching.records import records_of
from kstep.matching.reverse import find_among_people
from kstep.model import Identity, Person

records = st.lists(identities, max_size=4)


def assert_same(people: Identities, entries: Identities, thresholds: int) -> None:
    scored = by_brute_force(people, entries)
    side = columns_of_identities(people)
    among = [Person(str(number), record) for number, record in enumerate(people)]
    index = searched(side_of("", {}, side, records_of(among)))
    scores = sorted({pair.millibits for pair in scored})
    for need in (EVERYTHING, *scores[:: max(1, len(scores) // thresholds)], *(best + 1 for best in scores[-2:])):
        found = find_among_people(index, columns_of_identities(entries), entries, need, WEIGHTS)
        assert found.pairs == [pair for pair in scored if pair.millibits >= need]


@settings(max_examples=60, deadline=None)
@given(people=records, entries=records)
def test_reverse_search_equals_brute_force(people: list[Identity], entries: list[Identity]) -> None:
    assert_same(people, entries, 4)


@pytest.mark.parametrize("seed", range(3))
def test_reverse_search_equals_brute_force_on_a_larger_set(seed: int) -> None:
    chance = random.Random(seed)
    people = [drawn_identity(chance) for _ in range(40)]
    entries = [drawn_identity(chance) for _ in range(25)]
    assert any(name.weak for record in (*people, *entries) for name in prepare(record).names)
    assert_same([*people, *entries[:5]], [*entries, *people[:5]], 30)


def strong(record: Prepared) -> Prepared:
    return replace(record, names=tuple(replace(name, weak=False) for name in record.names))


@settings(max_examples=300, deadline=None)
@given(left=identities, right=identities)
def test_but_for_weak_aliases_it_makes_no_difference_which_side_is_which(left: Identity, right: Identity) -> None:
    one, other = strong(prepare(left)), strong(prepare(right))
    assert score(one, other, WEIGHTS).millibits == score(other, one, WEIGHTS).millibits
