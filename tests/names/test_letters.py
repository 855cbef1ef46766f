"""The letter model: costs are those of a probability, and a token's surprise is their sum."""

from __future__ import annotations

import numpy as np
import pytest

from kstep.names.letters import BOUNDARY, OTHER_LETTER, SYMBOLS, letter_costs, surprise

COSTS = np.array(letter_costs())


def test_costs_after_every_two_letters_are_of_a_probability() -> None:
    assert COSTS.shape == (SYMBOLS, SYMBOLS, SYMBOLS)
    assert COSTS.dtype == np.int32
    probable = (2.0 ** (-COSTS / 1000.0)).sum(axis=2)
    assert np.allclose(probable[:, :BOUNDARY], 1.0, atol=0.02)


@pytest.mark.parametrize("token", ["a", "ali", "mohammed", "xyz"])
def test_surprise_is_the_sum_over_letters_and_end(token: str) -> None:
    symbols = [BOUNDARY, BOUNDARY, *(ord(letter) - ord("a") for letter in token), BOUNDARY]
    assert surprise(token) == sum(int(COSTS[tuple(symbols[at - 2 : at + 1])]) for at in range(2, len(symbols)))


def test_ordinary_spelling_surprises_less_than_the_same_letters_in_disorder() -> None:
    assert surprise("martin") + 10_000 < surprise("rtmnia")


def test_letters_of_other_scripts_cost_a_constant_each() -> None:
    assert surprise("омар") == 4 * OTHER_LETTER
    assert surprise("王") == OTHER_LETTER


def test_costs_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        letter_costs()[0, 0, 0] = 1
