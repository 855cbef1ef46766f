"""Costs that are reckoned eight at once are what they are one at a time, and sets of bits are sets."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.matching.arrays import Ints, Shorts
from kstep.matching.kernels.bits import IN_FIRST, IN_SECOND, Marks, mark, no_marks, take_either
from kstep.matching.kernels.compiled import kernel
from kstep.matching.kernels.lanes import LANES, lowest_sum, reach_letters, reach_signs
from kstep.names.spelling import BEYOND

FAR = 10 * LANES


@kernel
def signs_reached(to: int, before: Ints, costs: Shorts, at: Ints, emitted: Shorts, carried: int) -> int:
    return int(
        reach_signs(
            to, before[0], before[1], before[2], before[3], costs, at[0], at[1], at[2], at[3], emitted, np.int32(carried)
        )
    )  # fmt: skip


@kernel
def letters_reached(to: int, before: int, costs: Shorts, dropped: int, at: int, room: int, emitted: Shorts) -> None:
    reach_letters(to, before, costs, np.int32(dropped), at, room, emitted)


@kernel
def sum_of_lowest(at: int, costs: Shorts, other_at: int, others: Shorts) -> int:
    return int(lowest_sum(at, costs, other_at, others))


@pytest.fixture(params=range(20))
def chance(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)


def some_costs(chance: random.Random) -> Shorts:
    return np.array([chance.choice((chance.randint(-9_000, 40_000), BEYOND)) for _ in range(FAR)], np.int32)


def test_a_block_of_a_column_is_the_lowest_of_all_lower_places(chance: random.Random) -> None:
    costs, emitted, to, carried = some_costs(chance), some_costs(chance) % 17_500, 9 * LANES, chance.randint(0, 30_000)
    before, at = (np.array([chance.randrange(8 * LANES) for _ in range(4)], np.int64) for _ in range(2))
    sums = [min(int(costs[one + place]) + int(emitted[other + place]) for one, other in zip(before, at, strict=True))
            for place in range(LANES)]  # fmt: skip
    result = signs_reached(to, before, costs, at, emitted, carried)
    so_far = [min([carried, *sums[:place]]) for place in range(LANES + 1)]
    assert [*costs[to:].tolist(), result] == so_far


def test_a_block_of_a_line_is_the_lowest_of_dropping_and_of_each_chunk(chance: random.Random) -> None:
    costs, emitted, to, room = some_costs(chance), some_costs(chance) % 17_500, 9 * LANES, 2 * LANES
    before, at, dropped = chance.randrange(LANES, 8 * LANES), chance.randrange(2 * LANES), chance.randint(0, 9_000)
    expected = [
        min(
            int(costs[before + place]) + dropped,
            *(int(costs[before + place - by]) + int(emitted[at + (by - 1) * room + place]) for by in range(1, 5)),
        )
        for place in range(LANES)
    ]
    letters_reached(to, before, costs, dropped, at, room, emitted)
    assert costs[to:].tolist() == expected


def test_the_lowest_sum_of_two_blocks(chance: random.Random) -> None:
    costs, others = some_costs(chance), some_costs(chance) % 17_500
    at, other_at = chance.randrange(9 * LANES), chance.randrange(9 * LANES)
    expected = min(int(costs[at + place]) + int(others[other_at + place]) for place in range(LANES))
    assert sum_of_lowest(at, costs, other_at, others) == expected


@kernel
def mark_all(first: Ints, second: Ints, marks: Marks) -> None:
    for token in first:
        mark(token, marks.first, marks)
    for token in second:
        mark(token, marks.second, marks)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70_000), st.data())
def test_marked_tokens_are_taken_in_order_with_their_sets_and_are_gone(tokens: int, data: st.DataObject) -> None:
    some = st.lists(st.one_of(st.integers(0, tokens - 1), st.just(tokens - 1)), max_size=200)
    marks = no_marks(tokens)
    found, sets = np.empty(400, np.int32), np.empty(400, np.int32)
    for _ in range(2):
        first, second = data.draw(some), data.draw(some)
        mark_all(np.array(first, np.int64), np.array(second, np.int64), marks)
        count = take_either(marks, found, sets)
        expected = {token: IN_FIRST * (token in first) | IN_SECOND * (token in second) for token in first + second}
        assert dict(zip(found[:count].tolist(), sets[:count].tolist(), strict=True)) == expected
        assert found[:count].tolist() == sorted(expected)
        assert not marks.first.any() and not marks.second.any() and not marks.words.any()
