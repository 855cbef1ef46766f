"""Tokens that stand beside each other in given pairs are joined as all are, whether few or many do, and only these."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from adversarial_records import drawn_identity
from kstep.matching import Columns, Prepared, columns_of, occurring, prepare, score, score_pairs, shipped_weights
from kstep.matching.arrays import Ints
from kstep.matching.columns import vocabularies
from kstep.matching.joinable import joinable
from kstep.matching.occurring import join_pairs
from kstep.matching.vocabulary import join
from kstep.model import Identity, Name
from script_words import NAMES

WEIGHTS = shipped_weights()
FEW, MANY = 1 << 40, -1
"""What `SPARSE` is set to: all pairs are few, or many."""


def named(names: Sequence[str]) -> Prepared:
    """A record of these names."""
    return prepare(Identity(names=tuple(Name(name) for name in names)))


def some_records(chance: random.Random, count: int) -> list[Prepared]:
    """Records of all kinds, some of several names of several scripts, of which the tokens repeat."""
    drawn = [prepare(drawn_identity(chance)) for _ in range(count // 2)]
    words = chance.sample(NAMES, 25)
    return drawn + [
        named([" ".join(chance.choices(words, k=chance.randint(1, 4))) for _ in range(chance.randint(1, 4))])
        for _ in range(count - len(drawn))
    ]


def some_pairs(chance: random.Random, count: int, people: int, entries: int) -> tuple[Ints, Ints]:
    """Pairs in no order, some more than once, of some of the people only."""
    left = np.array([chance.randrange(people // 2) for _ in range(count)], np.int64)
    return left, np.array([chance.randrange(entries) for _ in range(count)], np.int64)


def tokens_of(record: Prepared) -> set[str]:
    """The tokens and joins of a record."""
    return {word for name in record.names for word in (*name.tokens, *(join.token for join in name.joins))}


def told(side: Columns, other: Columns, left: Ints, right: Ints, workers: int) -> dict[tuple[str, str], int]:
    """The pairs of tokens of which the table tells."""
    table = join_pairs(side, other, left, right, None, WEIGHTS, workers).tokens
    rows = np.repeat(np.arange(len(side.token_texts)), np.diff(table.start))
    return {
        (side.token_texts[a], other.token_texts[b]): worth
        for a, b, worth in zip(rows.tolist(), table.other.tolist(), table.millibits.tolist(), strict=True)
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sparse", [FEW, MANY])
def test_scores_equal_the_model_where_tokens_repeat(seed: int, sparse: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occurring, "SPARSE", sparse)
    chance = random.Random(seed)
    lefts, rights = some_records(chance, 60), some_records(chance, 60)
    left, right = some_pairs(chance, 700, len(lefts), len(rights))
    found = score_pairs(columns_of(lefts), columns_of(rights), left, right, WEIGHTS, workers=1 + seed)
    expected = [score(lefts[i], rights[j], WEIGHTS) for i, j in zip(left.tolist(), right.tolist(), strict=True)]
    assert found.millibits.tolist() == [each.millibits for each in expected]
    assert [found.best_names(place) for place in range(len(left))] == [each.names for each in expected]


@pytest.mark.parametrize("seed", range(2))
def test_every_comparable_pair_of_tokens_that_occurs_is_told_and_no_other(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    lefts, rights = some_records(chance, 40), some_records(chance, 40)
    left, right = some_pairs(chance, 60, len(lefts), len(rights))
    side, other = columns_of(lefts), columns_of(rights)
    whole = join(vocabularies(side), vocabularies(other), joinable(vocabularies(other)), WEIGHTS, 1).tokens
    rows = np.repeat(np.arange(len(side.token_texts)), np.diff(whole.start)).tolist()
    every = {
        (side.token_texts[a], other.token_texts[b]): worth
        for a, b, worth in zip(rows, whole.other.tolist(), whole.millibits.tolist(), strict=True)
    }
    pairs = set(zip(left.tolist(), right.tolist(), strict=True))
    occur = {(a, b) for i, j in pairs for a in tokens_of(lefts[i]) for b in tokens_of(rights[j])}
    monkeypatch.setattr(occurring, "SPARSE", FEW)
    few = told(side, other, left, right, 1 + seed)
    assert few == {pair: worth for pair, worth in every.items() if pair in occur}
    assert len(few) < len(every)
    monkeypatch.setattr(occurring, "SPARSE", MANY)
    held = {token for i in left.tolist() for token in tokens_of(lefts[i])}
    assert told(side, other, left, right, 2) == {pair: worth for pair, worth in every.items() if pair[0] in held}


def test_people_whose_names_share_nothing_with_an_entry_score_as_the_model_says() -> None:
    """Of equally bad pairs of names the first counts, also among names of which some share a token."""
    people = [named(["Ali Hassan", "Zoran Petrovic", "Ali"]), named(["Xu Wei"]), named(["Petrovic", "Q W E R T"])]
    entries = [
        named(names) for names in (["Goran Ilic", "Ilic"], ["Ilic", "Goran Ilic Petrovic"], ["Anna"], ["A B C D"])
    ]
    left, right = np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)
    found = score_pairs(columns_of(people), columns_of(entries), left, right, WEIGHTS)
    expected = [score(people[i], entries[j], WEIGHTS) for i, j in zip(left.tolist(), right.tolist(), strict=True)]
    assert found.millibits.tolist() == [each.millibits for each in expected]
    assert [found.best_names(place) for place in range(len(left))] == [each.names for each in expected]
