"""Pairs that are given score by the kernels what the model itself says of each, to the millibit."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversarial_records import SLOW_NAMES, drawn_identity, identities
from kstep.matching import Prepared, columns_of, prepare, score, score_pairs, shipped_weights
from kstep.matching.columns import vocabularies
from kstep.matching.joinable import joinable
from kstep.matching.pairwise import PAIRS_AT_ONCE
from kstep.model import Identity, Name

WEIGHTS = shipped_weights()


def assert_same_as_the_model(
    lefts: Sequence[Prepared], rights: Sequence[Prepared], pairs: Sequence[tuple[int, int]]
) -> None:
    left, right = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    found = score_pairs(columns_of(lefts), columns_of(rights), left, right, WEIGHTS)
    expected = [score(lefts[i], rights[j], WEIGHTS) for i, j in pairs]
    assert found.millibits.tolist() == [each.millibits for each in expected]
    assert [found.best_names(place) for place in range(len(pairs))] == [each.names for each in expected]


@settings(max_examples=60)
@given(st.lists(st.tuples(identities, identities), min_size=1, max_size=5))
def test_scores_equal_the_model(records: list[tuple[Identity, Identity]]) -> None:
    lefts, rights = ([prepare(pair[side]) for pair in records] for side in (0, 1))
    assert_same_as_the_model(lefts, rights, [(i, j) for i in range(len(lefts)) for j in range(len(rights))])


@pytest.mark.parametrize("seed", range(3))
def test_scores_equal_the_model_on_a_larger_set(seed: int) -> None:
    chance = random.Random(seed)
    lefts, rights = ([prepare(drawn_identity(chance)) for _ in range(120)] for _ in range(2))
    assert_same_as_the_model(lefts, rights, [(chance.randrange(120), chance.randrange(120)) for _ in range(2500)])


def test_names_whose_tokens_are_all_alike_score_the_same() -> None:
    slow = [prepare(Identity(names=(Name(name),))) for name in (*SLOW_NAMES, "Ali Hassan")]
    assert_same_as_the_model(slow, slow, [(i, len(slow) - 1) for i in range(len(slow))])


def test_records_without_names_and_empty_records_score() -> None:
    chance = random.Random(9)
    full, empty = prepare(drawn_identity(chance)), prepare(Identity())
    assert_same_as_the_model([empty, full], [full, empty], [(0, 0), (0, 1), (1, 0), (1, 1)])
    assert_same_as_the_model([empty], [empty], [(0, 0), (0, 0)])


def test_more_pairs_than_one_piece_of_work_keep_their_order() -> None:
    chance = random.Random(4)
    lefts, rights = ([prepare(drawn_identity(chance)) for _ in range(20)] for _ in range(2))
    table = [[score(left, right, WEIGHTS).millibits for right in rights] for left in lefts]
    left, right = (np.array([chance.randrange(20) for _ in range(PAIRS_AT_ONCE + 321)], np.int64) for _ in range(2))
    side = columns_of(rights)
    for workers in (1, 3):
        found = score_pairs(
            columns_of(lefts), side, left, right, WEIGHTS, keys=joinable(vocabularies(side)), workers=workers
        )
        assert found.millibits.tolist() == [table[i][j] for i, j in zip(left.tolist(), right.tolist(), strict=True)]


def test_no_pairs_give_no_scores() -> None:
    side = columns_of([prepare(Identity(names=(Name("Ali Hassan"),)))])
    nothing = np.empty(0, np.int64)
    assert len(score_pairs(side, side, nothing, nothing, WEIGHTS).millibits) == 0
