"""How likely prices make samples of pairs, and at which prices that is likeliest.

A pair is of one person with the probability that the prior and the bits of its names give; what else is known of it was seen
as often as that says under the one and under the other. So no pair has to be labelled first, and no label leans on the prices
that are looked for. Pure: the same samples give the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints
from two_people import Floats

ROUNDS = 40
SETTLING = 100
"""Rounds after which the shares of a sample are taken to be settled."""
FOUND = 5.0
"""Thousandths: prices that change by less are found."""
DAMPED, SOFTER, HARDER, MOST_DAMPED = 0.01, 0.3, 4.0, 1e4
"""How far Newton's step is drawn to steepest descent at first (Levenberg, Marquardt), by what after a step that helps and
after one that does not, and when no step is looked for any more.
"""
STEPS = {"doubt": 25.0, "choice": 50.0, "scale": 25.0}
STEP = 200.0
"""By how much each price is changed to see what that does to a pair, in thousandths."""
MOST = {"doubt": 1000.0}
"""Thousandths that a price is never above; none is below 0."""
FURTHEST = 300.0
"""Bits that are as good as certain."""

NO_MATTER = 1e-6
"""Pairs that are less likely of one person, by names and by all that is known, change no price."""

Prices = dict[str, float]
Flags = NDArray[np.bool_]


class Pairs(Protocol):
    """Pairs of people and entries: the place of each pair's person; in bits how much likelier what is `else_known` is of one
    person than of two; of how many pairs it is one; and what its names earn at any prices.
    """

    @property
    def person(self) -> Ints: ...

    @property
    def else_known(self) -> Floats: ...

    @property
    def stands_for(self) -> Floats: ...

    def bits(self, prices: Mapping[str, float], /) -> Floats: ...

    def those(self, chosen: Flags, /) -> Pairs: ...


@dataclass(frozen=True)
class Held:
    """Pairs of which some prices are settled already."""

    pairs: Pairs
    prices: Mapping[str, float]

    @property
    def person(self) -> Ints:
        """The place of each pair's person."""
        return self.pairs.person

    @property
    def else_known(self) -> Floats:
        """What is known of each pair but its names, in bits."""
        return self.pairs.else_known

    @property
    def stands_for(self) -> Floats:
        """Of how many pairs each is one."""
        return self.pairs.stands_for

    def bits(self, prices: Mapping[str, float]) -> Floats:
        """What the names of each pair earn at these prices and the settled ones."""
        return self.pairs.bits({**prices, **self.prices})

    def those(self, chosen: Flags) -> Held:
        """Some of the pairs."""
        return Held(self.pairs.those(chosen), self.prices)


@dataclass(frozen=True)
class Shares:
    """Of all pairs of a sample those of one person, as `prior` in bits; and the share of these by another name of the person,
    of which names say as little as of two people.
    """

    prior: float
    other_names: float

    def log_odds(self, bits: Floats) -> Floats:
        """In bits, the odds that a pair is of one person, by its names."""
        of_this = bits + math.log2(1 - self.other_names)
        return self.prior + (np.logaddexp2(of_this, math.log2(self.other_names)) if self.other_names else of_this)

    def by_this_name(self, bits: Floats) -> Floats:
        """How likely a pair that is of one person is so by this name, not by another."""
        return probability(bits + math.log2((1 - self.other_names) / max(self.other_names, 2.0**-FURTHEST)))


@dataclass(frozen=True)
class Part:
    """A sample in a pool, of which each pair counts `weight`.

    `two_people` is the prior in bits of a sample of which no pair is of one person.
    """

    pairs: Pairs
    weight: Floats
    two_people: float | None = None

    def held(self, prices: Mapping[str, float]) -> Part:
        """The same sample with some prices settled."""
        return replace(self, pairs=Held(self.pairs, prices))

    @classmethod
    def of(cls, pairs: Pairs) -> Part:
        """A sample of which the pairs of one person (as many as there are at the prices that it begins with) count one in all."""
        bits, part = pairs.bits({}), cls(pairs, pairs.stands_for)
        return replace(
            part, weight=pairs.stands_for / (pairs.stands_for * part.certainty(part.settled(bits), bits)).sum()
        )

    @classmethod
    def of_two_people(cls, pairs: Pairs, times: float, prior: float) -> Part:
        """A sample of which no pair is of one person; all count `times` one. `prior` in bits is that of any two."""
        return cls(pairs, times * pairs.stands_for / pairs.stands_for.sum(), prior)

    def settled(self, bits: Floats) -> Shares:
        """The shares at which the sample is likeliest, by EM."""
        if self.two_people is not None:
            return Shares(self.two_people, 0.0)
        shares, stands_for = Shares(-math.log2(len(bits)), 0.05), self.pairs.stands_for
        for _ in range(SETTLING):
            one = self.certainty(shares, bits) * stands_for
            this_name = float((one * shares.by_this_name(bits)).sum() / one.sum())
            shares = Shares(math.log2(one.sum() / (stands_for.sum() - one.sum())), max(0.0, 1 - this_name))
        return shares

    def certainty(self, shares: Shares, bits: Floats) -> Floats:
        """How certain each pair is of one person, by all that is known."""
        return probability(shares.log_odds(bits) + self.pairs.else_known)

    def likelihood(self, shares: Shares, bits: Floats) -> float:
        """The logarithm to base 2 of how likely what is else known is, beside how likely it is of two people."""
        odds = shares.log_odds(bits)
        return float((self.weight * (np.logaddexp2(0, odds + self.pairs.else_known) - np.logaddexp2(0, odds))).sum())


def probability(log_odds: Floats) -> Floats:
    """Of odds in bits."""
    found: Floats = 1 / (1 + np.exp2(-np.clip(log_odds, -FURTHEST, FURTHEST)))
    return found


@dataclass(frozen=True)
class Fitted:
    """Prices in thousandths, their standard errors, the shares of each sample, and the logarithm of the likelihood."""

    prices: Prices
    errors: Prices
    shares: tuple[Shares, ...]
    likelihood: float


def fitted(parts: Sequence[Part], first: Mapping[str, float]) -> Fitted:
    """The prices at which the samples are likeliest, from `first` on; the standard errors are those of people drawn anew."""
    prices, damped = dict(first), DAMPED
    for _ in range(ROUNDS):
        at = [_Slopes(part, prices) for part in parts]
        towards, curved = sum(here.told() for here in at), sum(here.curved() for here in at)
        now = sum(here.likelihood(prices) for here in at)
        while damped < MOST_DAMPED:
            change = np.linalg.solve(curved + damped * np.diag(np.diag(curved) + 1e-15), towards)
            tried = {name: min(MOST.get(name, math.inf), max(0.0, value + by))
                     for (name, value), by in zip(prices.items(), change.tolist(), strict=True)}  # fmt: skip
            if sum(here.likelihood(tried) for here in at) > now:
                break
            damped *= HARDER
        else:
            break
        moved = max(abs(tried[name] - prices[name]) for name in prices)
        prices, damped = tried, damped * SOFTER
        if moved < FOUND:
            break
    at = [_Slopes(part, prices) for part in parts]
    inverse = np.linalg.pinv(sum(here.observed() for here in at))
    varied = sum(here.varied() for here in at)
    errors = np.sqrt(np.maximum(np.diag(inverse @ varied @ inverse), 0))
    return Fitted(prices, dict(zip(prices, errors.tolist(), strict=True)), tuple(here.shares for here in at),
                  sum(here.likelihood(prices) for here in at))  # fmt: skip


def likelihood(parts: Sequence[Part], prices: Mapping[str, float]) -> float:
    """The logarithm to base 2 of the likelihood of all samples, each at the shares that make it likeliest."""
    return sum(part.likelihood(part.settled(bits), bits) for part in parts for bits in [part.pairs.bits(prices)])


def in_steps(
    parts: Sequence[Part], prices: Mapping[str, float], step: int, least: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Prices in whole steps, near these, of which no single one can be changed by a step to make the samples likelier.

    None is less than it is at `least`, or than a step: names of which more agrees have to earn more.
    """
    bounds = {name: (least or {}).get(name, step) for name in prices}
    found = {name: max(bounds[name], step * round(value / step)) for name, value in prices.items()}
    best, unchanged = likelihood(parts, found), 0
    while unchanged < len(found):
        for name in found:
            unchanged += 1
            for by in (step, -step):
                while bounds[name] <= found[name] + by <= MOST.get(name, math.inf):
                    tried = likelihood(parts, found | {name: found[name] + by})
                    if tried <= best:
                        break
                    found[name], best, unchanged = found[name] + by, tried, 1
            if unchanged == len(found):
                break
    return found


class _Slopes:
    """How the likelihood of one sample changes with prices, and how that is curved, in natural logarithms and thousandths."""

    def __init__(self, part: Part, prices: Prices) -> None:
        self._part, bits = part, part.pairs.bits(prices)
        self.shares = part.settled(bits)
        odds, certain = probability(self.shares.log_odds(bits)), part.certainty(self.shares, bits)
        near = (odds > NO_MATTER) | (certain > NO_MATTER)
        pairs = part.pairs.those(near)
        self._person, self._weights, self._odds, self._certain = (
            pairs.person,
            part.weight[near],
            odds[near],
            certain[near],
        )
        self._this_name = self.shares.by_this_name(bits[near])
        slopes = []
        for name, value in prices.items():
            step = STEPS.get(name, STEP)
            low, high = max(0.0, value - step), min(MOST.get(name, math.inf), value + step)
            slopes.append((pairs.bits(prices | {name: high}) - pairs.bits(prices | {name: low})) / (high - low))
        self._slopes = np.stack(slopes, axis=1) * math.log(2)
        self._each = self._slopes * (self._weights * (self._certain - self._odds) * self._this_name)[:, None]

    def likelihood(self, prices: Prices) -> float:
        """The logarithm of the likelihood at other prices, with the shares that are settled here."""
        return self._part.likelihood(self.shares, self._part.pairs.bits(prices))

    def told(self) -> Floats:
        """The direction in which the likelihood rises."""
        found: Floats = self._each.sum(axis=0)
        return found

    def curved(self) -> Floats:
        """The curvature where it is that of a maximum: a step by it never leads down."""
        return self._summed(np.maximum(self._bent(), 0))

    def observed(self) -> Floats:
        """The curvature."""
        return self._summed(self._bent())

    def _bent(self) -> Floats:
        """How the likelihood of each pair is curved along its bits."""
        unknown = self._odds * (1 - self._odds) - self._certain * (1 - self._certain)
        other = (self._certain - self._odds) * self._this_name * (1 - self._this_name)
        return unknown * self._this_name**2 - other

    def varied(self) -> Floats:
        """The variance of the slope if other people were drawn."""
        each = np.stack([np.bincount(self._person, weights=column) for column in self._each.T], axis=1)
        found: Floats = np.einsum("ij,ik->jk", each, each)
        return found

    def _summed(self, each: Floats) -> Floats:
        found: Floats = np.einsum("ij,ik->jk", self._slopes * (self._weights * each)[:, None], self._slopes)
        return found


__all__ = ["Fitted", "Held", "Pairs", "Part", "Prices", "Shares", "fitted", "in_steps", "likelihood", "probability"]
