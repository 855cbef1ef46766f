"""Shares of people: a few people on a short list make no name common, and the people where a name is most usual counts."""

from __future__ import annotations

import pytest

from name_shares import Population, by_weight, highest_shares, tokens_of_part, weight


def sample(people: int, counts: dict[str, int]) -> Population:
    population = Population("sample", float(people), sampled=True)
    for token, count in counts.items():
        population.add({token}, count)
    return population


def test_sampled_counts_are_discounted_by_what_singletons_and_pairs_say() -> None:
    # 6 tokens seen once, 3 seen twice: the discount is 6 / (6 + 2 * 3) = 0.5.
    counts = {f"once{letter}": 1 for letter in "abcdef"} | {f"twice{letter}": 2 for letter in "abc"} | {"often": 50}
    shares = sample(1_000, counts).shares(sample(1_000, counts).tokens)
    assert shares["oncea"] == pytest.approx(0.0005)
    assert shares["twicea"] == pytest.approx(0.0015)
    assert shares["often"] == pytest.approx(0.0495)


def test_given_shares_are_not_discounted() -> None:
    population = Population("given", 1_000.0)
    population.add({"alone"}, 1)
    assert population.shares(population.tokens) == {"alone": 0.001}


def test_share_is_taken_where_it_is_highest() -> None:
    large, small = Population("large", 1e6), Population("small", 1e3)
    large.add({"tesfaye"}, 10)
    small.add({"tesfaye"}, 50)
    for order in ([large, small], [small, large]):
        assert highest_shares(order, sounds=False)["tesfaye"] == pytest.approx(0.05)


def test_sound_is_shared_by_all_spellings_of_a_population() -> None:
    population = Population("people", 1_000.0)
    population.add({"mohamed"}, 100)
    population.add({"muhamad"}, 50)
    assert max(highest_shares([population], sounds=True).values()) == pytest.approx(0.15)


def test_weight_is_bits_in_steps_and_never_less_than_one_bit() -> None:
    assert weight(1 / 1024) == 10_000
    assert weight(0.001) == 10_000
    assert weight(0.9) == 1_000


def test_texts_of_one_weight_stand_together_in_order() -> None:
    assert list(by_weight({"b": 200, "a": 200, "c": 100})) == [(100, "c"), (200, "a b")]


def test_parts_are_read_in_their_own_letters_and_romanised() -> None:
    assert {"иванов", "ivanov"} <= tokens_of_part("Иванов")
    assert tokens_of_part("영호") >= {"영호"}
    assert "محمد" in tokens_of_part("محمد")
    assert tokens_of_part("García") == {"garcia"}
    assert tokens_of_part(" ") == set()
