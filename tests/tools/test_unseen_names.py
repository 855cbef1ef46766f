"""What unseen tokens weigh is measured: where people share rare names, less than where each has his own."""

from __future__ import annotations

from itertools import product

import pytest

from kstep.names.scripts import Script
from name_shares import Population
from unseen_names import FEWEST_PEOPLE, LEAST, MOST, USUAL, unseen_weights

NAMES = ["".join(letters) for letters in product("bdfklmnprst", "aeiou", "bdfklmnprst", "aeiou")]
assert len(NAMES) > USUAL


def people_of(bearers: int) -> Population:
    """Two million people, of whom 10,000 carry each of the usual names and `bearers` each other name."""
    population = Population("people", 2e6, counted=True)
    for place, name in enumerate(NAMES):
        population.add({name}, 10_000 if place < USUAL else bearers)
    return population


def knots_of(population: Population) -> list[tuple[int, int]]:
    return dict(unseen_weights([population]))[Script.LATIN]


def test_unseen_tokens_weigh_the_share_of_names_beyond_the_usual_ones() -> None:
    # 500 of 2,000,000 people are 1 in 4,000: 12 bits.
    assert {millibits for _, millibits in knots_of(people_of(500))} == {12_000}


def test_names_that_fewer_share_weigh_more_within_bounds() -> None:
    assert {millibits for _, millibits in knots_of(people_of(1))} == {MOST}
    assert {millibits for _, millibits in knots_of(people_of(9_999))} == {LEAST}


@pytest.mark.parametrize("bearers", [50, 5_000])
def test_weights_rise_with_surprise_even_where_strange_names_are_shared_more(bearers: int) -> None:
    population = people_of(500)
    for letters in product("qxzvjw", repeat=4):
        population.add({"".join(letters)}, bearers)
    weights = [millibits for _, millibits in knots_of(population)]
    assert weights == sorted(weights)
    assert (weights[0] < weights[-1]) == (bearers < 500)


def test_peoples_too_few_or_not_counted_say_nothing() -> None:
    few, made_up = people_of(500), people_of(500)
    few.people = FEWEST_PEOPLE - 1
    made_up.counted = False
    assert list(unseen_weights([few, made_up])) == []
