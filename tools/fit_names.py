"""Fit the prices of names on pairs of real records, and how far all evidence may be believed; `--write` writes `weights.json`.

The prices are those at which what is known of one half of the people is likeliest, made-up relatives beside the people
themselves included. What it costs that two tokens conflict is told by the UN's people beside OFAC's entries (`ACROSS`): one
person, recorded twice. The other prices are told by names left out of their entries beside all entries of the list, with
these settled: lists copy each other, so across them hardly a middle name is missing; and an alias is often another name, of
which conflicts say nothing. What two tokens earn stays as it is. What is written is aggregate, and the same data give the
same bytes; the other half of the people says whether it holds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kstep.matching.weights import Weights, shipped_weights
from name_calibration import found_at, judged_by_documents, scale, table
from name_counts import Rates, rates
from name_likelihood import Fitted, Part, Prices, Shares, fitted, in_steps
from name_pairs import HALVES, WITHIN, Sample, across_lists, names_left_out
from name_relatives import relatives
from weights_file import WEIGHTS, laid_out, sources

ACROSS = ("conflict", "weak_alias")
"""Prices that pairs across the lists tell; those left out of their entries, and relatives, tell the others."""
LEAST = {"missing": 5_000, "missing_inner": 1_000, "choice": 200}
"""By decision, where names left out say less: what a missing token costs they leave open by 1,418, and of the prices within,
5,000 finds more of the fitted half at one false alarm in a thousand than 4,100 does (of OFAC's aliases .697 instead of .682, of
names in Arabic script .858 instead of .830); across the lists a middle name that is missing costs 3,877 ± 1,494; and an
entry of hundreds of aliases has to agree better than the entries of the lists show, which have a few.
"""
RELATIVES = 4.0
"""For each listed person who is screened, so many brothers and sisters are, who share all but the given name: by decision."""
AT_FIRST = {
    "conflict": 1_500,
    "conflict_rare": 1_500,
    "missing": 3_000,
    "missing_inner": 3_000,
    "doubt": 600,
    "weak_alias": 1_000,
    "choice": 400,
}
"""Prices before the first round, by hand; by them is chosen which pairs are drawn by lot only."""
ELSEWHERE = {**AT_FIRST, "conflict": 8_000, "conflict_rare": 5_500, "missing": 1_500, "doubt": 400}
"""Prices from which `--look` begins too: the maximum should be the same."""
ACROSS_LISTS = "across the lists"
OTHER_NAME = -10_000
NOMINAL_PRIOR = -13_000
WHOLE = 50
"""Thousandths: prices are written in such steps, because few of their standard errors are smaller."""
OTHERS = (0.0, 1.0, 2.0)
"""Other numbers of relatives that `--look` tries."""


def starting_weights(shipped: Weights) -> Weights:
    """The shipped weights of the other fields, with prices of names that do not depend on what was fitted before."""
    name = {price: AT_FIRST[price] for price in shipped.name if price != "other_name"} | {"other_name": OTHER_NAME}
    return replace(shipped, name=name, choice=AT_FIRST["choice"], prior=NOMINAL_PRIOR)


def with_prices(weights: Weights, prices: Mapping[str, float]) -> Weights:
    """Weights with these prices of names."""
    name = {price: round(prices.get(price, value)) for price, value in weights.name.items()}
    return replace(weights, name=name, choice=round(prices["choice"]))


@dataclass(frozen=True)
class Samples:
    """Everything that is fitted on or measured with, both halves of the people."""

    true: Mapping[str, Sample]
    """Samples in which some pairs are of one person, by what they are called."""
    made_up: Sequence[Sample]

    @classmethod
    def of(cls, data: Path, weights: Weights) -> Samples:
        """Read the lists."""
        left_out = {f"left out of {kind}": names_left_out(data, kind, weights) for kind in WITHIN}
        return cls({ACROSS_LISTS: across_lists(data, weights), **left_out},
                   [relatives(data, kind, weights) for kind in WITHIN])  # fmt: skip

    def pool(self, half: str, related: float = RELATIVES, *, across: bool | None = None) -> list[Part]:
        """The samples of one half as they count: `related` relatives for each pair of one person. Only those `across` the lists,
        or only those within one, if it is said.
        """
        chosen = [sample for title, sample in self.true.items() if across in (None, title == ACROSS_LISTS)]
        times = related * len(chosen) / len(self.made_up)
        one = [Part.of(sample.half(half)) for sample in chosen]
        return one + [
            Part.of_two_people(sample.half(half), times, NOMINAL_PRIOR / 1000) for sample in self.made_up if times
        ]


def fit(pool: Sequence[Part], weights: Weights, start: Mapping[str, float] = AT_FIRST) -> Fitted:
    """Every price that the weights have but `other_name`, by one pool."""
    return fitted(pool, {name: float(start[name]) for name in (*weights.name, "choice") if name != "other_name"})


@dataclass(frozen=True)
class Told:
    """Prices by the samples that tell them, their standard errors, and in whole steps as they are written."""

    prices: Prices
    errors: Prices
    written: dict[str, int]


def told(samples: Samples, weights: Weights, related: float = RELATIVES, start: Mapping[str, float] = AT_FIRST) -> Told:
    """The prices of `ACROSS` by the pairs across the lists, then the others by names left out and relatives."""
    across = fit(samples.pool("fit", 0.0, across=True), weights, start)
    settled = {name: WHOLE * round(across.prices[name] / WHOLE) for name in ACROSS}
    within = [part.held(settled) for part in samples.pool("fit", related, across=False)]
    others = fitted(within, {name: float(start[name]) for name in across.prices if name not in ACROSS})
    prices = {name: (across if name in ACROSS else others).prices[name] for name in across.prices}
    errors = {name: (across if name in ACROSS else others).errors[name] for name in across.prices}
    steps = settled | in_steps(within, others.prices, WHOLE, LEAST)
    return Told(prices, errors, {name: steps[name] for name in prices})


def lost(part: Part, prices: Mapping[str, float]) -> float:
    """The bits that names lack to what all that is known says of the pairs (cross entropy), as the pairs count."""
    bits = part.pairs.bits(prices)
    shares = part.settled(bits)
    odds, certain = shares.log_odds(bits), part.certainty(shares, bits)
    return float((part.weight * (np.logaddexp2(0, odds) - certain * odds)).sum())


def calibrated(samples: Samples, data: Path, weights: Weights, prices: Mapping[str, float]) -> dict[str, Any]:
    """For names and for all evidence: the scale on the half that is fitted, and on both halves what is expected and what is."""
    names = {half: [found_at(part, prices) for part in samples.pool(half)] for half in HALVES}
    judged = judged_by_documents(data, with_prices(weights, prices), share_documents())
    everything = {half: [Part.of(found)] for half, found in judged.items()}
    said = {}
    for title, parts in (("names", names), ("all but documents", everything)):
        by, error = scale(parts["fit"])
        said[title] = {"scale": round(by, 3), "error": round(error, 3), **{half: table(parts[half]) for half in HALVES}}
    return said


def share_documents() -> float:
    """Of two records of one person that both have documents, the share that have one in common, as `fit_fields.py` found it."""
    counted = json.loads(WEIGHTS.read_text(encoding="utf-8"))["fields"]["counts"]["document"]["most"]
    return float(counted["m"])


def written(kept: Mapping[str, Any], prices: Mapping[str, int], said: Mapping[str, Any], data: Path) -> str:
    """`weights.json` with these prices and what is said of them in place of what it says, and all else as it is."""
    whole = {**kept, "choice": prices["choice"]}
    whole["name"] = {name: prices.get(name, millibits) for name, millibits in kept["name"].items()}
    whole["names"] = {
        "written_by": "tools/fit_names.py",
        "people": "fit",
        "sources": sources(data),
        "relatives": RELATIVES,
        **said,
    }
    return laid_out(whole)


def counted(samples: Samples, shares: Mapping[str, Shares], prices: Mapping[str, float], weights: Weights) -> Rates:
    """How often tokens agree, are missing and conflict, on the half that is fitted."""
    known = []
    for title, of in shares.items():
        half = samples.true[title].half("fit")
        known.append((half, Part.of(half).certainty(of, half.bits(prices))))
    return rates(known, with_prices(weights, prices))


def main() -> int:
    """Write or check `weights.json`, and print what was fitted and whether it holds on the other half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, help="the folder of real lists")
    parser.add_argument("--write", action="store_true", help="write what was fitted into weights.json")
    parser.add_argument("--check", action="store_true", help="say whether weights.json would be the same")
    parser.add_argument("--look", action="store_true", help="fit otherwise too, and try it on the other half")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="another file to write or check, such as a copy")
    options = parser.parse_args()
    shipped = shipped_weights()
    weights = starting_weights(shipped)
    samples = Samples.of(options.data, weights)
    found = told(samples, weights)
    for name, value in found.prices.items():
        print(
            f"{name:16} {value:8.0f} ± {found.errors[name]:5.0f}   in use {shipped.name.get(name, shipped.choice):6}",
            flush=True,
        )
    if options.look:
        look(samples, weights, shipped, found)
        return 0
    prices, pool = found.written, samples.pool("fit")
    print("written as", prices, flush=True)
    shares = {title: part.settled(part.pairs.bits(prices)) for title, part in zip(samples.true, pool, strict=False)}
    said: dict[str, Any] = {
        "errors": {name: round(error) for name, error in found.errors.items()},
        "samples": {title: {"prior": round(of.prior, 2), "other_names": round(of.other_names, 3), "bits_lost": round(bits, 3)}
                    for (title, of), bits in zip(shares.items(), (lost(part, prices) for part in pool), strict=False)},
        "counts": {name: {"m": float(f"{m:.2g}"), "u": float(f"{u:.2g}")}
                   for name, (m, u) in counted(samples, shares, prices, weights).items()},
        "calibration": calibrated(samples, options.data, weights, prices),
    }  # fmt: skip
    for title, pairs in said["calibration"].items():
        print(f"{title}: scale {pairs['scale']} ± {pairs['error']}")
        for half in HALVES:
            print(*(f"  {half:5} {row}" for row in pairs[half]), sep="\n")
    kept = options.weights.read_text(encoding="utf-8")
    text = written(json.loads(kept), prices, said, options.data)
    if options.write:
        options.weights.write_text(text, encoding="utf-8")
    if options.check:
        same = kept == text
        print(f"{options.weights.name} is {'exactly' if same else 'NOT'} what these data give")
        return 0 if same else 1
    return 0


def look(samples: Samples, weights: Weights, shipped: Weights, found: Told) -> None:
    """Print the prices of each sample alone, of all as one, and with other numbers of relatives, and what is lost by these on the
    other half.
    """
    now = {name: float(shipped.name.get(name, shipped.choice)) for name in found.prices}
    tried = {"in use": now, f"{RELATIVES:g} relatives": found.prices}
    for title, sample in samples.true.items():
        _say(title, alone := fit([Part.of(sample.half("fit"))], weights))
        tried[title] = alone.prices
    _say("all as one", alone := fit(samples.pool("fit"), weights))
    tried["all as one"] = alone.prices
    for related in OTHERS:
        _say(f"{related:g} relatives", other := told(samples, weights, related))
        tried[f"{related:g} relatives"] = other.prices
    _say("from elsewhere", told(samples, weights, start=ELSEWHERE))
    for half in HALVES:
        pool = samples.pool(half)
        for title, prices in tried.items():
            each = [lost(part, prices) for part in pool]
            print(f"{half:5} {title:20} loses {sum(each):.4f} bits:", *(f"{bits:.4f}" for bits in each), flush=True)


def _say(title: str, found: Fitted | Told) -> None:
    print(
        f"{title}:",
        {name: f"{value:.0f} ± {found.errors[name]:.0f}" for name, value in found.prices.items()},
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
