"""The likelihood of prices: its maximum is where it is known to be, its errors are those of counts, and calibration sees misfit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest

from kstep.matching.arrays import Ints
from name_calibration import Found, interval, scale, table
from name_likelihood import Fitted, Part, Shares, fitted, in_steps, likelihood, probability
from name_pairs import KNOWN, Flags
from two_people import Floats

AGREE = 6.0
"""Bits of two made-up names that agree; by a price that is looked for, those that do not earn less."""


@dataclass(frozen=True)
class MadeUp:
    """Pairs with so many conflicts and missing tokens each."""

    person: Ints
    else_known: Floats
    stands_for: Floats
    conflicts: Floats
    missing: Floats

    @classmethod
    def of(cls, rows: list[tuple[float, int, int, float]]) -> MadeUp:
        """Rows of what is else known in bits, conflicts, missing tokens, and how many pairs are so."""
        known, conflicts, missing, count = (np.array(column, np.float64) for column in zip(*rows, strict=True))
        return cls(np.arange(len(rows)), known, count, conflicts, missing)

    def bits(self, prices: Mapping[str, float]) -> Floats:
        lost = self.conflicts * prices.get("conflict", 3000.0) + self.missing * prices.get("missing", 1000.0)
        found: Floats = AGREE - lost / 1000
        return found

    def those(self, chosen: Flags | Ints) -> MadeUp:
        return MadeUp(self.person[chosen], self.else_known[chosen], self.stands_for[chosen], self.conflicts[chosen],
                      self.missing[chosen])  # fmt: skip


ONE = (0.89944, 0.09, 0.009, 0.00156)
"""Shares of the pairs of one person that have none, one, two and three conflicts."""
PRICE = 5000.0
TWO = tuple(share / 2 ** (AGREE - PRICE / 1000 * conflicts) for conflicts, share in enumerate(ONE))
"""Those of two people, of whom they are so much less or more that each conflict is worth `PRICE`: one in all but a thousandth."""


def counted(one: Sequence[float], two: Sequence[float]) -> MadeUp:
    """Pairs of which it is known whose they are: so many with each number of conflicts, of one person and of two."""
    return MadeUp.of([(known, conflicts, 0, count) for known, counts in ((KNOWN, one), (-KNOWN, two))
                      for conflicts, count in enumerate(counts)])  # fmt: skip


def expected(other_names: float = 0.0) -> MadeUp:
    """As many pairs of each kind as are expected where `PRICE` is the price."""
    one = [1_000 * ((1 - other_names) * m + other_names * u) for m, u in zip(ONE, TWO, strict=True)]
    return counted(one, [1_000_000 * u for u in TWO])


def price_of(found: Fitted) -> float:
    return found.prices["conflict"]


@pytest.mark.parametrize("start", [0.0, 2_000.0, 8_000.0, 12_000.0])
def test_price_is_the_logarithm_of_how_much_likelier_a_conflict_is_of_two_people(start: float) -> None:
    found = fitted([Part.of(expected())], {"conflict": start})
    assert price_of(found) == pytest.approx(PRICE, abs=30)
    assert found.shares[0].prior == pytest.approx(math.log2(1 / 1000), abs=0.01)
    assert found.shares[0].other_names < 0.002


def test_what_else_is_known_stands_for_labels() -> None:
    """Nobody says which pair is whose: pairs are as many as they would be if dates agreed in 9 of 10 and in 1 of 500."""
    rows = []
    for conflicts, dates in product(range(4), ((0.9, 0.002), (0.1, 0.998))):
        count = 1_000 * ONE[conflicts] * dates[0] + 1_000_000 * TWO[conflicts] * dates[1]
        rows.append((math.log2(dates[0] / dates[1]), conflicts, 0, count))
    found = fitted([Part.of(MadeUp.of(rows))], {"conflict": 2000.0})
    assert price_of(found) == pytest.approx(PRICE, abs=60)
    assert found.shares[0].prior == pytest.approx(math.log2(1 / 1000), abs=0.05)


def test_other_names_of_a_person_make_no_conflict_cheaper() -> None:
    """A fifth of the pairs of one person are by another name: they agree as seldom as names of two people do."""
    found = fitted([Part.of(expected(0.2))], {"conflict": 2000.0})
    assert found.shares[0].other_names == pytest.approx(0.2, abs=0.01)
    assert price_of(found) == pytest.approx(PRICE, abs=60)


def test_no_prices_of_a_grid_are_likelier() -> None:
    chance = np.random.default_rng(5)
    rows = []
    for one, conflict, missing in product((True, False), (0, 1, 2), (0, 1, 2)):
        rarer = 2.0 ** -(3 * conflict + missing) if one else 60 * 2.0 ** -(6 - conflict - missing)
        rows.append((KNOWN if one else -KNOWN, conflict, missing, float(chance.poisson(200 * rarer))))
    parts = [Part.of(MadeUp.of(rows)), Part.of(expected())]
    found = fitted(parts, {"conflict": 1000.0, "missing": 1000.0})
    assert found.likelihood == pytest.approx(likelihood(parts, found.prices))
    for prices in product(range(0, 16_000, 1000), range(0, 6_000, 500)):
        assert likelihood(parts, dict(zip(found.prices, prices, strict=True))) < found.likelihood
    for by in product((-300, 0, 300), repeat=2):
        near = {name: value + more for (name, value), more in zip(found.prices.items(), by, strict=True)}
        assert by == (0, 0) or likelihood(parts, near) < found.likelihood


@pytest.mark.parametrize("near", [200.0, 4_970.0, 9_000.0])
def test_prices_in_steps_are_no_less_likely_than_a_step_beside_them(near: float) -> None:
    parts = [Part.of(expected())]
    found = in_steps(parts, {"conflict": near}, 50)
    assert found["conflict"] == pytest.approx(PRICE, abs=50)
    assert found["conflict"] % 50 == 0
    for by in (-50, 50):
        assert likelihood(parts, {"conflict": found["conflict"] + by}) <= likelihood(parts, found)


def test_no_price_is_nothing() -> None:
    """Though pairs of one person lack a token as often as others do."""
    rows = [(known, 0, missing, 100.0) for known in (KNOWN, -KNOWN) for missing in (0, 1)]
    rows += [(-KNOWN, 9, 0, 12_600.0)]
    found = in_steps([Part.of(MadeUp.of(rows))], {"missing": 900.0}, 50)
    assert found == {"missing": 50}


def test_error_is_that_of_the_counts() -> None:
    found = fitted([Part.of(one_by_one(counted((240, 10), (500, 40))))], {"conflict": 4000.0})
    conflicting = 10, 40
    expected = 1000 * math.sqrt(sum(1 / count for count in conflicting)) / math.log(2)
    assert found.errors["conflict"] == pytest.approx(expected, rel=0.15)


def one_by_one(pairs: MadeUp, of_each: int = 1) -> MadeUp:
    """The same pairs one by one, so many of each person."""
    alone = pairs.those(np.repeat(np.arange(len(pairs.person)), pairs.stands_for.astype(np.int64)))
    count = len(alone.person)
    return replace(alone, person=np.arange(count) // of_each, stands_for=np.ones(count))


def test_pairs_of_one_person_are_no_more_certain_than_the_person() -> None:
    pairs = counted((240, 12), (500, 40))
    alone, fours = (fitted([Part.of(one_by_one(pairs, of_each))], {"conflict": 4000.0}) for of_each in (1, 4))
    assert price_of(fours) == pytest.approx(price_of(alone), abs=1)
    assert fours.errors["conflict"] == pytest.approx(2 * alone.errors["conflict"], rel=1e-3)


def test_samples_count_by_their_pairs_of_one_person() -> None:
    """Ten times as many pairs of the same kind weigh no more."""
    few, many = counted((80, 20), (900, 9_100)), counted((9_900, 100), (90_000, 910_000))
    less = MadeUp.of([(known, conflict, 0, count / 10) for known, conflict, count in
                      zip(many.else_known, many.conflicts.astype(int), many.stands_for, strict=True)])  # fmt: skip
    found = [price_of(fitted([Part.of(few), Part.of(pairs)], {"conflict": 3000.0})) for pairs in (many, less)]
    assert found[0] == pytest.approx(found[1], abs=1)


def test_relatives_make_a_conflict_dearer() -> None:
    relatives = MadeUp.of([(-KNOWN, 1, 0, 100)])
    alone = fitted([Part.of(expected())], {"conflict": 2000.0})
    beside = fitted([Part.of(expected()), Part.of_two_people(relatives, 2.0, -1.0)], {"conflict": 2000.0})
    assert price_of(beside) > price_of(alone) + 500


def test_shares_are_the_odds_of_bayes() -> None:
    bits = np.array([-5.0, 0.0, 4.0, 20.0])
    assert Shares(-3.0, 0.0).log_odds(bits) == pytest.approx(bits - 3)
    mixed = Shares(-3.0, 0.25).log_odds(bits)
    assert mixed == pytest.approx(np.log2(0.75 * 2**bits + 0.25) - 3)
    assert probability(np.array([0.0, 1.0, -999.0, 999.0])) == pytest.approx([0.5, 2 / 3, 0, 1])


@pytest.mark.parametrize("stretched", [0.5, 1.0, 2.0])
def test_scale_undoes_what_bits_are_stretched_by(stretched: float) -> None:
    pairs = expected()
    bits = stretched * pairs.bits({"conflict": PRICE})
    by, error = scale([Part.of(Found(pairs.person, pairs.else_known, pairs.stands_for, bits))])
    assert by == pytest.approx(1 / stretched, rel=0.01)
    assert 0 < error < 1


def test_table_has_what_is_expected_beside_what_is() -> None:
    pairs = expected()
    rows = table([Part.of(Found(pairs.person, pairs.else_known, pairs.stands_for, pairs.bits({"conflict": PRICE})))])
    assert [row["pairs"] for row in rows] == [6, 2]
    assert rows[0]["to"] == -8 and (rows[1]["from"], rows[1]["to"]) == (-5, -3)
    assert rows[1]["are"] == pytest.approx(1_000 * ONE[0] / (1_000 * ONE[0] + 1_000_000 * TWO[0]), rel=0.01)
    for row in rows:
        assert row["expected"] == pytest.approx(row["are"], rel=0.02)
        assert row["low"] < row["are"] < row["high"]


def test_interval_is_wilsons() -> None:
    assert interval(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    low, high = interval(0.0, 10)
    assert (low, high) == pytest.approx((0.0, 0.2775), abs=1e-4)
