"""The law *No silent miss*: the engine finds exactly the pairs that brute force finds, at every threshold.

Brute force evaluates the model for every pair and shares no index, bound, pruned table or kernel with the engine. Each
set of records is tried at thresholds that lie just at and just above its own scores, where a wrong bound would show.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping
from itertools import islice, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversarial_records import DATES, DOCUMENTS, NAMES, SLOW_NAMES, drawn_identity, identities
from brute_force import (
    EVERYTHING,
    WEIGHTS,
    Identities,
    assert_no_miss,
    by_brute_force,
    entries_of,
    named,
)  # fmt: skip
from kstep.matching import Pair, Weights, build_index, columns_of, find_pairs, load_index, prepare, save_index
from kstep.matching.engine import PEOPLE_AT_ONCE
from kstep.model import DocumentType, Identity, Name, NameQuality

records = st.lists(identities, max_size=4)


@settings(max_examples=120, deadline=None)
@given(people=records, entries=records)
def test_engine_equals_brute_force(people: list[Identity], entries: list[Identity]) -> None:
    assert_no_miss(people, entries)


@pytest.mark.parametrize("seed", range(4))
def test_engine_equals_brute_force_on_a_larger_set(seed: int) -> None:
    chance = random.Random(seed)
    people = [drawn_identity(chance) for _ in range(40)]
    entries = [drawn_identity(chance) for _ in range(40)]
    assert_no_miss([*people, *entries[:5]], [*entries, *people[:5]], thresholds=40)


def _aliases(count: int, first: str) -> list[str]:
    parts = product("bdfhjkmnrstz", "aeiou", ("ma", "ri", "sun"), "dlnr")
    return [f"{first} {''.join(part)}" for part in islice(parts, count)]


ALI, WEAK = named("Ali Hassan"), NameQuality.WEAK
DIFFERENT_DAYS = [named("Ali Hassan", born=f"19{year}-05-03") for year in range(60, 75)]
JOINED = [named(name) for name in NAMES if set(name.casefold()) & set("xjzdo习近")]
HOSTILE = [named(name, born="1970-05-03") for name in (*SLOW_NAMES, *NAMES) if len(name) > 24]
WITH_DATES = [dataclasses.replace(ALI, birth_dates=(day,)) for day in DATES]
WITH_DOCUMENTS = [Identity(documents=(paper,)) for paper in DOCUMENTS if paper.type is not DocumentType.PASSPORT]

SITUATIONS: dict[str, tuple[Identities, Identities]] = {
    "all names alike": ([ALI] * 8, DIFFERENT_DAYS),
    "all records alike": ([DIFFERENT_DAYS[0]] * 5, [DIFFERENT_DAYS[0]] * 5),
    "one token": ([named("Ali"), named("Zqxv"), named("a")], [named("Aly"), named("Zqxw"), named("Zqxv"), named("Z")]),
    "400 aliases": (
        [named("Ali Bamad", born="1970-05-03"), named(*_aliases(3, "Aly"), born="1970-05-03"), ALI],
        [named(*_aliases(400, "Ali"), born="1970-05-03"), named(*_aliases(200, "Omar"), "Ali", quality=WEAK), ALI],
    ),
    "no names": ([named(), named("FNU LNU"), named("---", born="1970")], [named("Mr"), named("Unknown", born="1970")]),
    "nothing at all": ([Identity(), ALI], [Identity(), ALI]),
    "no people": ([], [ALI]),
    "no entries": ([ALI], []),
    "nobody on either side": ([], []),
    "initials": (
        [named("A Hassan"), named("A. H."), named("A B C D E F G H I J"), named("H")],
        [named("Ali Hassan"), named("Hassan A"), named("H A"), named("J I H G F E D C B A"), named("علي حسن")],
    ),
    "words written as one": (JOINED, JOINED),
    "the same token again": ([named("Ali " * n) for n in (1, 2, 3, 5)], [named("Ali " * n) for n in (1, 2, 4, 6)]),
    "names in other scripts": ([named(name) for name in NAMES if name.isascii()][:45],
                               [named(name) for name in NAMES if not name.isascii()]),
    "weak aliases": (
        [named("Ali Hassan", "Omar Said"), named("Ali Hassan", quality=WEAK)],
        [named("Ali Hassan", quality=WEAK), Identity(names=(Name("Ali Hassan", quality=WEAK), Name("Said Omar")))],
    ),
    "dates of every precision": (WITH_DATES, WITH_DATES),
    "several dates": ([Identity(birth_dates=DATES[:n]) for n in (1, 2, 9, 30)], WITH_DATES),
    "documents": (WITH_DOCUMENTS, WITH_DOCUMENTS),
    "several documents": (
        [Identity(documents=tuple(random.Random(seed).choices(DOCUMENTS, k=6))) for seed in range(20)],
        [Identity(documents=tuple(random.Random(seed).choices(DOCUMENTS, k=3))) for seed in range(20, 50)],
    ),
    "very long tokens and very many": (HOSTILE, HOSTILE),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_engine_equals_brute_force_where_it_is_hard(situation: str) -> None:
    assert_no_miss(*SITUATIONS[situation], thresholds=12)


def test_a_charge_for_hundreds_of_aliases_is_in_both() -> None:
    people, entries = SITUATIONS["400 aliases"]
    assert len(prepare(entries[0]).names) == 400
    charged, free = by_brute_force(people[:1], [entries[0], named("Ali Bamad", born="1970-05-03")])
    assert free.millibits - charged.millibits == WEIGHTS.charge(400) > 0


def test_more_people_and_more_pairs_than_one_piece_of_work_holds() -> None:
    """People beyond `PEOPLE_AT_ONCE` and pairs beyond one buffer of results, so that every piece is cut and resumed."""
    people = [named("Ali" if number % 7 else "Zqxv", born="1970") for number in range(PEOPLE_AT_ONCE + 100)]
    entries = [named("Ali", born="1970"), named("Zqxv", born="1970"), Identity()]
    assert_no_miss(people, entries)


def test_progress_counts_each_person_once() -> None:
    done: list[int] = []
    side, index = columns_of([prepare(ALI)] * (2 * PEOPLE_AT_ONCE + 1)), build_index("edition", entries_of([ALI]))
    find_pairs(side, index, 0, WEIGHTS, progress=done.append)
    assert sum(done) == 2 * PEOPLE_AT_ONCE + 1


@pytest.fixture(scope="module")
def many() -> tuple[Identities, Identities]:
    chance = random.Random("many")
    return [drawn_identity(chance) for _ in range(PEOPLE_AT_ONCE + 500)], [drawn_identity(chance) for _ in range(30)]


@pytest.mark.parametrize("need", [EVERYTHING, 0, 12_000, 24_000])
def test_the_number_of_workers_changes_nothing(many: tuple[Identities, Identities], need: int) -> None:
    people, entries = many
    side, index = columns_of([*map(prepare, people)]), build_index("edition", entries_of(entries))
    alone = find_pairs(side, index, need, WEIGHTS, workers=1)
    assert alone.pairs
    assert find_pairs(side, index, need, WEIGHTS, workers=2) == alone
    assert find_pairs(side, index, need, WEIGHTS, workers=5) == alone


def test_a_saved_index_finds_the_same(many: tuple[Identities, Identities], tmp_path: Path) -> None:
    people, entries = many
    side, index = columns_of([*map(prepare, people)]), build_index("edition", entries_of(entries))
    save_index(index, tmp_path / "list.index")
    loaded = load_index(tmp_path / "list.index")
    for need in (EVERYTHING, 0, 12_000, 24_000):
        assert find_pairs(side, loaded, need, WEIGHTS) == find_pairs(side, index, need, WEIGHTS)


def test_of_equally_good_names_the_first_is_told() -> None:
    twice = named("Ali Hassan", "Hassan Ali")
    pair = Pair(0, 0, by_brute_force([twice], [twice])[0].millibits, (0, 0))
    side, index = columns_of([prepare(twice)]), build_index("edition", entries_of([twice]))
    assert find_pairs(side, index, EVERYTHING, WEIGHTS).pairs == [pair]


def other_weights(chance: random.Random) -> Weights:
    """Weights drawn anew: what costs in the shipped ones still costs, dates may do either; `doubt` is a share. Lengths stay
    as they are.
    """

    def drawn(prices: Mapping[str, int]) -> dict[str, int]:
        return {
            key: (-1 if worth < 0 else 1) * chance.choice((0, chance.randrange(16_000)))
            for key, worth in prices.items()
        }

    return dataclasses.replace(
        WEIGHTS,
        choice=chance.randrange(1_500),
        name=drawn(WEIGHTS.name) | {"doubt": chance.choice((0, 1_000, chance.randrange(1_001)))},
        birth_date={relation: chance.randrange(-9_000, 16_000) for relation in WEIGHTS.birth_date},
        sex=drawn(WEIGHTS.sex),
        nationality=drawn(WEIGHTS.nationality),
        birth_country=drawn(WEIGHTS.birth_country),
        country=drawn(WEIGHTS.country),
        document={
            key: worth if "length" in key else drawn({key: worth})[key] for key, worth in WEIGHTS.document.items()
        },
    )


@settings(max_examples=40, deadline=None)
@given(people=records, entries=records, seed=st.integers(0, 10**6))
def test_engine_equals_brute_force_with_any_weights(people: list[Identity], entries: list[Identity], seed: int) -> None:
    assert_no_miss(people, entries, other_weights(random.Random(seed)))


def test_countries_that_everyone_shares_still_count_together() -> None:
    """Sharing a country may earn nothing, and sharing both countries yet earns `also`."""
    free = dataclasses.replace(WEIGHTS, country={**WEIGHTS.country, "equal": 0})
    both = Identity(nationalities=("IR",), birth_countries=("IR",))
    assert_no_miss([both], [both], free)


@pytest.mark.parametrize("seed", range(8))
def test_every_relation_of_dates_is_found_with_any_weights(seed: int) -> None:
    """Each relation earns the most in turn, also those that the index does not look for."""
    assert_no_miss(WITH_DATES, WITH_DATES, other_weights(random.Random(seed)), thresholds=20)
