"""Fit the prices of names on pairs of real records; with `--write`, write them into `weights.json`.

The prices are those at which the pairs of one half of the people are likeliest: the UN's people beside OFAC's entries, and
names left out of their entries beside all entries of the list. How two tokens agree stays as it is. What is written is
aggregate, and the same data give the same bytes; the other half of the people says whether it holds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from kstep.matching.weights import Weights, shipped_weights
from linked_records import OFAC, UN
from name_counts import Shares, shares
from name_pairs import RELATIONS, WITHIN, LeftOut, Sample, across_lists, names_left_out
from two_people import Floats

WEIGHTS = Path(__file__).parent.parent / "src" / "kstep" / "matching" / "data" / "weights.json"
AT_FIRST = {
    "conflict": 8_000,
    "conflict_rare": 6_000,
    "missing": 1_500,
    "doubt": 400,
    "weak_alias": 1_500,
    "choice": 500,
}
"""Prices before the first round, by hand; with them EM says which pairs across the lists are of one person."""
OTHER_NAME = -10_000
NOMINAL_PRIOR = -13_000
STEPS = {"doubt": 25, "choice": 50, "scale": 25}
STEP = 200
"""By how much each price is changed to see what that does to a pair, in thousandths."""
ROUNDS = 8
SMALLEST_GAIN = 1e-4
"""Bits for each pair of one person that a round must gain for another to follow."""
HALVINGS = 5
WHOLE = 50
"""Prices are written in such steps: their standard errors are larger."""
SLOPE = math.log(2) / 1000
"""Natural logarithms in a millibit."""
BINS, FIRST_BIN, LAST_BIN = 15, -6, 24

Prices = dict[str, float]


@dataclass
class Pool:
    """Samples as one."""

    samples: Sequence[Sample]

    def __post_init__(self) -> None:
        sizes = [0, *np.cumsum([len(sample.people) for sample in self.samples]).tolist()]
        self.person = np.concatenate([sample.left + size for sample, size in zip(self.samples, sizes, strict=False)])
        self.certainty = np.concatenate([sample.certainty for sample in self.samples])
        self.stands_for = np.concatenate([sample.stands_for for sample in self.samples])
        self.prior = np.concatenate([np.full(len(sample.left), sample.prior) for sample in self.samples])

    def bits(self, prices: Mapping[str, float]) -> Floats:
        """The bits of each pair, its prior included; `scale`, in thousandths, is what evidence is multiplied by."""
        found = np.concatenate([sample.millibits(prices)[0] for sample in self.samples])
        bits: Floats = found * prices.get("scale", 1000.0) / 1e6 + self.prior
        return bits

    def loss(self, bits: Floats) -> float:
        """Bits that are missing to certainty, for each pair of one person."""
        lost = self.certainty * np.logaddexp2(0, -bits) + (1 - self.certainty) * np.logaddexp2(0, bits)
        return float((self.stands_for * lost).sum() / (self.stands_for * self.certainty).sum())


@dataclass(frozen=True)
class Fitted:
    """Prices in thousandths, their standard errors, and the bits lost for each pair of one person."""

    prices: Prices
    errors: Prices
    loss: float


def fitted(pool: Pool, first: Mapping[str, float]) -> Fitted:
    """The prices of highest likelihood, by Newton's method from `first`; standard errors are those of people drawn anew."""
    prices, best = dict(first), pool.loss(pool.bits(first))
    for _ in range(ROUNDS):
        told, curved = _slopes(pool, prices)
        towards = np.linalg.solve(curved, told.sum(axis=0))
        for halving in range(HALVINGS):
            tried = {name: max(0.0, value + change / 2**halving)
                     for (name, value), change in zip(prices.items(), towards.tolist(), strict=True)}  # fmt: skip
            loss = pool.loss(pool.bits(tried))
            if loss < best:
                break
        if best - loss < SMALLEST_GAIN:
            break
        prices, best = tried, loss
    told, curved = _slopes(pool, prices)
    of_person = np.stack([np.bincount(pool.person, weights=column) for column in told.T], axis=1)
    inverse = np.linalg.inv(curved)
    errors = np.sqrt(np.diag(inverse @ (of_person.T @ of_person) @ inverse))
    return Fitted(prices, dict(zip(prices, errors.tolist(), strict=True)), best)


def _slopes(pool: Pool, prices: Prices) -> tuple[Floats, Floats]:
    """How the log likelihood of each pair changes with each price, and how that of all is curved."""
    probability = 1 / (1 + np.exp2(-np.clip(pool.bits(prices), -99, 99)))
    slopes = []
    for name, value in prices.items():
        step = STEPS.get(name, STEP)
        low = max(0.0, value - step)
        change = pool.bits(prices | {name: value + step}) - pool.bits(prices | {name: low})
        slopes.append(change * 1000 / (value + step - low))
    slope = np.stack(slopes, axis=1)
    told = slope * (pool.stands_for * (pool.certainty - probability) * SLOPE)[:, None]
    curved = (slope * (pool.stands_for * probability * (1 - probability) * SLOPE**2)[:, None]).T @ slope
    return told, curved + np.eye(len(prices)) * 1e-12


def starting_weights(shipped: Weights) -> Weights:
    """The shipped weights of the other fields, with prices of names that do not depend on what was fitted before."""
    name = {price: AT_FIRST[price] for price in shipped.name if price != "other_name"} | {"other_name": OTHER_NAME}
    return replace(shipped, name=name, choice=AT_FIRST["choice"], prior=NOMINAL_PRIOR)


def rounded(prices: Mapping[str, float]) -> dict[str, int]:
    """Prices as they are written."""
    return {name: WHOLE * round(value / WHOLE) for name, value in prices.items()}


def shipped_prices(weights: Weights) -> Prices:
    """The prices that are in use, of those that are fitted."""
    return {
        name: float(weights.name.get(name, weights.choice)) for name in AT_FIRST if name in (*weights.name, "choice")
    }


def samples(data: Path, half: str, weights: Weights) -> tuple[Sample, list[LeftOut]]:
    """Everything that is fitted on: pairs across the lists, and within each."""
    return across_lists(data, half, weights), [names_left_out(data, kind, half, weights) for kind in WITHIN]


def calibration(sample: Sample, prices: Mapping[str, float]) -> list[str]:
    """Lines that say, by bits of a pair (prior included), how many of the pairs are of one person, and should be."""
    bits = Pool([sample]).bits(prices)
    expected = 1 / (1 + np.exp2(-np.clip(bits, -99, 99)))
    lines = []
    edges = [-999, *range(FIRST_BIN, LAST_BIN, 2), 999]
    for low, high in pairwise(edges):
        chosen = (bits >= low) & (bits < high)
        counts = sample.stands_for[chosen]
        lines.append(f"  {low:5} to {high:4} bits  pairs {counts.sum():10,.0f}  expected {(counts * expected[chosen]).sum():7.1f}"
                     f"  are {(counts * sample.certainty[chosen]).sum():7.1f}")  # fmt: skip
    place = np.minimum((expected * BINS).astype(np.int64), BINS - 1)
    for least in (0.0, 0.001):
        counts = np.where(expected >= least, sample.stands_for, 0.0)
        gap = np.abs(np.bincount(place, counts * (expected - sample.certainty), BINS))
        lines.append(f"  calibration error of the pairs of probability {least} or more: {gap.sum() / counts.sum():.5f}")
    return lines


def written(found: Fitted, left_out: Sequence[LeftOut], counted: Shares, data: Path) -> str:
    """`weights.json` with what was fitted in place of what it says, and all else as it is."""
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    prices = rounded(found.prices)
    kept["choice"] = prices.pop("choice")
    kept["name"] |= prices
    sources = sorted(path for edition in (*OFAC, *UN) for path in [data / edition, *(data / edition).glob("*.csv")]
                     if path.is_file())  # fmt: skip
    kept["names"] = {
        "written_by": "tools/fit_names.py",
        "people": "fit",
        "sources": {
            str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in sources
        },
        "errors": {name: round(error) for name, error in found.errors.items()},
        "bits_lost": round(found.loss, 3),
        "other_names": {kind: round(of.other_names, 3) for kind, of in zip(WITHIN, left_out, strict=True)},
        "counts": {name: {"m": float(f"{m:.2g}"), "u": float(f"{u:.2g}")} for name, (m, u) in counted.items()},
    }
    text = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    return re.sub(r"\{[^{}]{1,110}\}", lambda braces: "{" + " ".join(braces[0][1:-1].split()) + "}", text)


def main() -> int:
    """Write or check `weights.json`, and print what was fitted and whether it holds on the other half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, help="the folder of real lists")
    parser.add_argument("--write", action="store_true", help="write what was fitted into weights.json")
    parser.add_argument("--check", action="store_true", help="say whether weights.json would be the same")
    parser.add_argument("--look", action="store_true", help="fit what tokens earn too, and the other half")
    options = parser.parse_args()
    shipped = shipped_weights()
    weights = starting_weights(shipped)
    across, left_out = samples(options.data, "fit", weights)
    pool = Pool([across, *(each.sample for each in left_out)])
    found = fitted(pool, {name: float(value) for name, value in AT_FIRST.items() if name in (*weights.name, "choice")})
    now = shipped_prices(shipped)
    for name, value in found.prices.items():
        print(f"{name:16} {value:8.0f} ± {found.errors[name]:5.0f}   in use {now[name]:6.0f}")
    counted = shares(pool.samples, weights)
    for name, (m, u) in counted.items():
        print(f"{name:16} m {m:.4f}  u {u:.4f}  {math.log2(m / u) if m and u else math.nan:+.2f} bits")
    if options.look:
        look(options.data, weights, pool, found, now)
        return 0
    text = written(found, left_out, counted, options.data)
    if options.check:
        same = WEIGHTS.read_text(encoding="utf-8") == text
        print(f"{WEIGHTS.name} is {'exactly' if same else 'NOT'} what these data give")
        return 0 if same else 1
    if options.write:
        WEIGHTS.write_text(text, encoding="utf-8")
    return 0


def look(data: Path, weights: Weights, pool: Pool, found: Fitted, now: Prices) -> None:
    """Print each sample's own prices, prices with those of relations and the scale let free, and the other half's losses."""
    for sample in pool.samples:
        own = fitted(Pool([sample]), found.prices)
        print(
            "one sample",
            {name: f"{value:.0f} ± {own.errors[name]:.0f}" for name, value in own.prices.items()},
            flush=True,
        )
    scaled = fitted(pool, found.prices | {"scale": 1000.0})
    freed = fitted(pool, found.prices | {relation: float(cost) for relation, cost in RELATIONS.items()})
    for each in (scaled, freed):
        print(
            "let free",
            {name: f"{value:.0f} ± {each.errors[name]:.0f}" for name, value in each.prices.items()},
            flush=True,
        )
    across, left_out = samples(data, "test", weights)
    other = Pool([across, *(each.sample for each in left_out)])
    for title, prices in (
        ("in use", now),
        ("fitted", found.prices),
        ("scale too", scaled.prices),
        ("all", freed.prices),
    ):
        losses = [Pool([sample]).loss(Pool([sample]).bits(prices)) for sample in other.samples]
        print(f"{title:10} fit half {pool.loss(pool.bits(prices)):.4f}  other half {other.loss(other.bits(prices)):.4f} ",
              [round(loss, 4) for loss in losses], flush=True)  # fmt: skip
    for title, prices in (("in use", now), ("fitted", found.prices)):
        print(f"{title}, the other half across the lists", *calibration(across, prices), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
