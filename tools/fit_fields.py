"""Fit what birth dates, sex, countries and documents earn, on pairs of real records, and write it into `weights.json`.

Pairs of one person are records of the UN and of OFAC that something links; pairs of two people are entries of OFAC's list
beside one another and beside made-up adults. A weight is log2(m / u) in whole millibits, smoothed. What is written is
aggregate, and the same data give the same bytes. What the data cannot say is kept by hand and left as it is.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kstep.matching.field_joins import document_keys, document_numbers, join_documents
from kstep.matching.kernels.fields import RELATIONS
from kstep.matching.reference_dates import compare_dates
from kstep.matching.reference_fields import compare_document
from kstep.matching.weights import shipped_weights
from kstep.model import Document, PartialDate
from linked_records import (
    AGREEMENTS,
    ANCHORS,
    CLASSES,
    OFAC,
    UN,
    Link,
    Record,
    Tally,
    candidates,
    countries,
    dates_of,
    links,
    read,
    settle,
    smoothed,
)
from two_people import DAYS, LOOSE, TwoPeople, kind_of, strata
from weights_file import WEIGHTS, laid_out, sources

SECOND_DATES_COUNT = 20.0
"""Pairs for which all the second dates of entries count, where the ways in which two dates differ are shared out."""
SECOND_PLACEHOLDERS = 0.25
"""Pairs for which each second date counts where one of the two is a placeholder."""
SURE = 0.95
"""Certainty from which a pair is taken for one person's where it must be one or none."""
WORST = -7_000
"""Millibits: no conflict costs more, whatever few pairs say."""
WRONG_SEX, WOMEN = 0.005, 0.5
"""Share of records of one person that differ in sex (no pair at hand shows any), and of women among people screened."""
STRONG = 8_000
"""Millibits from which a relation of dates says one day or one month."""
MOST_PAIRS = 64
"""More date pairs than this are taken for as many."""
CORE = "prefix, zeros or O and 0 differ"

Pair = tuple[PartialDate, PartialDate]


@dataclass
class Fit:
    """Weights in millibits, the charge for each doubling of date pairs, and what they rest on."""

    weights: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    choice: int = 0
    counts: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def put(self, group: str, name: str, m: float, n: float, u: float, of: float) -> float:
        """Keep log2 of the share `m` of `n` pairs of one person over the share `u` of `of` pairs of two; the bits.

        `n` is 0 where `m` is assumed; then there is no standard error.
        """
        bits = math.log2(m / u)
        self.weights[group][name] = max(WORST, round(1000 * bits))
        said = {"m": _three(m), "of": round(n, 1), "u": _three(u)}
        if n:
            said["error_bits"] = round(math.sqrt((1 - m) / (m * n) + (1 - u) / (u * of)) / math.log(2), 2)
        self.counts[group][name] = said
        return bits


def _three(number: float) -> float:
    return float(f"{number:.3g}")


def total(counts: Tally) -> float:
    """The sum of counts."""
    return math.fsum(counts.values())


def cautious(m: float, n: float) -> float:
    """The share of conflicts one standard error above what was counted: the two lists copy from each other."""
    return m + math.sqrt(m * (1 - m) / n)


def fit_dates(fit: Fit, found: Sequence[Link], second: Sequence[Pair], two: TwoPeople) -> None:
    """Relations of birth dates, on pairs with one date each, among the pairs of which as much is known.

    How often two whole days differ is counted across the lists; in what way, also on the second dates of entries.
    """
    one: defaultdict[str, Tally] = defaultdict(lambda: Tally(float))
    for link in found:
        if dates_of(link)[0]:
            mine, theirs = link.un.identity.birth_dates[0], link.ofac.identity.birth_dates[0]
            for stratum in strata(kind_of(mine), kind_of(theirs)):
                one[stratum][compare_dates(mine, theirs)] += link.certainty
    for stratum in LOOSE:
        for name, count in one[stratum].items():
            one["loose"][name] += count
    earned = fit.weights["birth_date"]

    def put(stratum: str, m: float, n: float, *names: str) -> None:
        share, pairs = two.share(stratum, *names)
        for name in names:
            fit.put("birth_date", name, m, n, share, pairs)

    days, of = one["days"], total(one["days"])
    differ = 1 - smoothed(days["equal"] + days["equal 1 January"], of, 2)
    put("days", 1 - differ, of, "equal")
    put(
        "first",
        smoothed(one["first"]["equal 1 January"], total(one["first"]), 2),
        total(one["first"]),
        "equal 1 January",
    )
    ways = Counter(compare_dates(*pair) for pair in second)
    seen = {name: days[name] + SECOND_DATES_COUNT * count / ways.total() for name, count in ways.items()}
    for names in (("day and month swapped",), ("a day or two off",), ("same day, a year off",), ("same day, other year",),
                  ("one digit differs", "digits transposed"), ("same year and month",), ("same year",), ("a year apart",),
                  ("two years apart",)):  # fmt: skip
        share = smoothed(sum(seen.get(name, 0.0) for name in names), sum(seen.values()), len(ways))
        put("days", differ * share, of + SECOND_DATES_COUNT, *names)
    marked = [compare_dates(*pair) for pair in second if "placeholder" in strata(kind_of(pair[0]), kind_of(pair[1]))]
    counted = one["placeholder"]["same year, placeholder"] + SECOND_PLACEHOLDERS * marked.count(
        "same year, placeholder"
    )
    beside = total(one["placeholder"]) + SECOND_PLACEHOLDERS * len(marked)
    put("placeholder", smoothed(counted, beside, 3), beside, "same year, placeholder")
    in_month = sum((a.earliest.year, a.earliest.month) == (b.earliest.year, b.earliest.month) for a, b in second)
    put("months", 1 - differ + differ * in_month / len(second), of, "same month")
    for stratum, name in (("years", "year agrees"), ("about", "about the same year"), ("about", "about, some years apart"),
                          ("range", "within the range"), ("wide", "within a wide range"),
                          ("loose", "neighbouring years")):  # fmt: skip
        put(stratum, smoothed(one[stratum][name], total(one[stratum]), 3), total(one[stratum]), name)
    earned["about the same year"] = min(earned["about the same year"], earned["year agrees"])
    every = of + total(one["loose"])
    conflicts = differ * of * smoothed(seen["conflict"], sum(seen.values()), len(ways)) + one["loose"]["conflict"]
    put("days", cautious(conflicts / every, every), every, "conflict")


def fit_choice(fit: Fit, found: Sequence[Link], two: TwoPeople) -> None:
    """What it costs that the best of n date pairs is taken, for each doubling: what the relation is worth less there."""
    worth = fit.weights["birth_date"]
    groups = [0 if worth[name] > STRONG else 1 if worth[name] > 0 else 2 for name in RELATIONS]
    best: defaultdict[int, list[int]] = defaultdict(list)
    sizes: defaultdict[int, list[float]] = defaultdict(list)
    for link in found:
        relations = [compare_dates(*pair) for pair in
                     itertools.product(link.un.identity.birth_dates, link.ofac.identity.birth_dates)]  # fmt: skip
        if relations and link.link in ("document", "equal, more words"):
            bucket = min(len(relations) - 1, 1) + (len(relations) > 2) + (len(relations) > 4) + (len(relations) > 8)
            best[bucket].append(groups[RELATIONS.index(max(relations, key=lambda name: worth[name]))])
            sizes[bucket].append(math.log2(min(len(relations), MOST_PAIRS)))
    table = two.best_of_many(worth, MOST_PAIRS)
    edges = (1, 2, 3, 5, 9, MOST_PAIRS + 1)
    by_group = np.stack([table[:, [group == number for group in groups]].sum(axis=1) for number in range(3)], axis=1)
    bits = np.zeros((5, 3))
    for bucket, (low, high) in enumerate(itertools.pairwise(edges)):
        by_chance = by_group[low:high].sum(axis=0)
        one = np.array([smoothed(best[bucket].count(group), len(best[bucket]), 3) for group in range(3)])
        bits[bucket] = np.log2(one / (by_chance / by_chance.sum()))
    lost = doublings = 0.0
    for bucket in range(1, 5):
        less = sum(float(bits[0, group] - bits[bucket, group]) for group in best[bucket])
        lost, doublings = lost + less, doublings + sum(sizes[bucket])
        fit.counts["date_choice"][f"{edges[bucket]} to {edges[bucket + 1] - 1} date pairs"] = {
            "pairs": len(best[bucket]), "bits_a_doubling": round(less / sum(sizes[bucket]), 2),
        }  # fmt: skip
    fit.choice = max(0, round(1000 * lost / doublings))


def fit_sex(fit: Fit, listed: Sequence[Record]) -> None:
    """Sex, beside people whose names share two words (names mostly tell the sex), as if half of those were women."""
    told = Counter("".join(sorted(sex.value for sex in record.identity.sexes)) for record in listed)
    pairs = Counter[tuple[str, ...]]()
    for one, other in candidates(listed, listed):
        sexes = [listed[place].identity.sexes for place in (one, other)]
        if one < other and all(len(sex) == 1 for sex in sexes):
            pairs[tuple(sorted(sex[0].value for sex in sexes))] += 1
    odds = pairs["F", "M"] / (2 * pairs["M", "M"] + pairs["F", "M"]) * told["M"] / told["F"] * WOMEN / (1 - WOMEN)
    differ = odds / (1 + odds)
    fit.put("sex", "equal", 1 - WRONG_SEX, 0, 1 - differ, pairs.total())
    fit.put("sex", "conflict", WRONG_SEX, 0, differ, pairs.total())


def fit_countries(fit: Fit, found: Sequence[Link], listed: Sequence[Record]) -> None:
    """Countries, beside people whose names share two words: names tell where people are from, and must not do so twice.

    A conflict of nationality or of birth country is what it earns alone, beside agreement and beside conflict of the
    other field, each as much as the other.
    """
    one: defaultdict[tuple[str, str], float] = defaultdict(float)
    two: defaultdict[tuple[str, str], float] = defaultdict(float)
    crossed = {True: Tally(float), False: Tally(float)}
    for link in found:
        mine, theirs = link.un.identity, link.ofac.identity
        both = (
            countries(mine.nationalities, theirs.nationalities),
            countries(mine.birth_countries, theirs.birth_countries),
        )
        across = countries(mine.nationalities, theirs.birth_countries)
        for certain, counts in ((True, one), (False, two)):
            share = link.certainty if certain else 1 - link.certainty
            if not certain or link.link in ANCHORS:
                counts[both] += share
                crossed[certain][across] += share
    for place, other in candidates(listed, listed):
        if place < other:
            mine, theirs = listed[place].identity, listed[other].identity
            two[
                countries(mine.nationalities, theirs.nationalities),
                countries(mine.birth_countries, theirs.birth_countries),
            ] += 1

    def earned(nation: str, birth: str) -> tuple[float, float, float, float]:
        """m, of how many, u, of how many, among pairs that say as much of both as these words do."""
        like = [pair for pair in two if (not pair[0], not pair[1]) == (not nation, not birth)]
        n, of = sum(one[pair] for pair in like), sum(two[pair] for pair in like)
        m = smoothed(one[nation, birth], n, len(like))
        m = cautious(m, n) if "conflict" in (nation, birth) else m
        return m, n, smoothed(two[nation, birth], of, len(like)), of

    def bits(nation: str, birth: str) -> float:
        m, _, u, _ = earned(nation, birth)
        return math.log2(m / u)

    most = fit.put("country", "equal", *earned("equal", ""))
    more = fit.put("birth_country", "also", *earned("equal", "equal")) - most
    fit.weights["birth_country"]["also"] = max(0, round(1000 * more))
    told = np.array([[1, 0], [1, 0], [1, 1], [0, 1], [0, 1]], float)
    values = [bits("conflict", ""), bits("conflict", "equal") - most, bits("conflict", "conflict"),
              bits("", "conflict"), bits("equal", "conflict") - most]  # fmt: skip
    for group, price, pair in zip(("nationality", "birth_country"), np.linalg.lstsq(told, np.array(values))[0],
                                  (("conflict", ""), ("", "conflict")), strict=True):  # fmt: skip
        fit.put(group, "conflict", *earned(*pair))
        fit.weights[group]["conflict"] = max(WORST, round(1000 * float(price)))
    of = {certain: sum(crossed[certain][name] for name in AGREEMENTS) for certain in (True, False)}
    same, differing = (smoothed(crossed[True][name], of[True], 3) for name in ("equal", "conflict"))
    agree, conflict = (smoothed(crossed[False][name], of[False], 3) for name in ("equal", "conflict"))
    crossing = fit.put("country", "cross", same, of[True], agree, of[False])
    fit.weights["country"]["cross"] = max(0, round(1000 * (most - crossing)))
    fit.put("country", "cross_conflict", cautious(differing, of[True]), of[True], conflict, of[False])


def fit_documents(fit: Fit, found: Sequence[Link], listed: Sequence[Record]) -> None:
    """Documents: how often two records of one person share one, or nearly, and how often two people of a list do."""
    kinds = ("equal", CORE, "one character differs")
    holders: defaultdict[Document, set[int]] = defaultdict(set)
    for place, record in enumerate(listed):
        for document in record.identity.documents:
            holders[document].add(place)
    documents = list(holders)
    weights = shipped_weights()
    numbers = document_numbers(documents)
    table = join_documents(numbers, document_keys(numbers), weights)
    shared: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for number, document in enumerate(documents):
        for other in (documents[place] for place in table.other[table.start[number] : table.start[number + 1]]):
            relation = compare_document(document, other, weights)[0]
            shared[relation] |= {(a, b) for a in holders[document] for b in holders[other] if a < b}
    holding = sum(bool(record.identity.documents) for record in listed)
    pairs = holding * (holding - 1) / 2
    best = Counter[str]()
    for link in found:
        mine, theirs = link.un.identity.documents, link.ofac.identity.documents
        if mine and theirs and link.link in ANCHORS and link.certainty > SURE:
            relations = [compare_document(*pair, weights)[0] for pair in itertools.product(mine, theirs)]
            best[min(relations, key=lambda name: (*kinds, name).index(name))] += 1
    m = {name: smoothed(best[name], best.total(), 4) for name in kinds}
    equal = fit.put("document", "most", m["equal"], best.total(), smoothed(len(shared["equal"]), pairs, 4), pairs)
    core = fit.put("document", "core_differs", m[CORE], best.total(), smoothed(len(shared[CORE]), pairs, 4), pairs)
    fit.weights["document"]["core_differs"] = max(0, round(1000 * (equal - core)))
    fit.put("document", "one_off_most", m[kinds[2]], best.total(), smoothed(len(shared[kinds[2]]), pairs, 4), pairs)


def fitted(data: Path, half: str) -> Fit:
    """Everything that is fitted, on pairs of which the UN's entry is in one half, or on all."""
    un, ofac, in_half = (
        read(data, "un", UN, half),
        read(data, "ofac-sdn", OFAC, "all"),
        read(data, "ofac-sdn", OFAC, half),
    )
    found, two, fit = links(un, ofac), TwoPeople([record.identity.birth_dates for record in ofac]), Fit()
    settle(found, two)
    anchored = [link for link in found if link.link in ANCHORS]
    second = [(dates[0], other) for dates in (record.identity.birth_dates for record in (*un, *in_half))
              for other in dates[1:] if kind_of(dates[0]) in DAYS and kind_of(other) in DAYS]  # fmt: skip
    fit_dates(fit, anchored, second, two)
    fit_choice(fit, anchored, two)
    fit_sex(fit, ofac)
    fit_countries(fit, found, ofac)
    fit_documents(fit, found, ofac)
    certain = Tally(float)
    for link in found:
        certain[link.link] += link.certainty
    fit.counts["pairs"] = {name: {"linked": sum(link.link == name for link in found), "of one person": round(certain[name], 1)}
                           for name in CLASSES if name in certain} | {"second dates": len(second)}  # fmt: skip
    return fit


def written(fit: Fit, data: Path, half: str) -> str:
    """`weights.json` with what was fitted in place of what it says, and all else as it is."""
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    kept["date_choice"] = fit.choice
    for group, values in fit.weights.items():
        kept[group] |= values
    kept["fields"] = {
        "written_by": "tools/fit_fields.py",
        "people": half,
        "sources": sources(data),
        "counts": fit.counts,
    }
    return laid_out(kept)


def main() -> int:
    """Write or check `weights.json`, and print what was fitted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, help="the folder of real lists")
    parser.add_argument(
        "--half", choices=("fit", "test", "all"), default="all", help="the people to fit on, by hash of id"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say whether weights.json would be the same"
    )
    options = parser.parse_args()
    fit = fitted(options.data, options.half)
    text = written(fit, options.data, options.half)
    for group, values in fit.weights.items():
        for name, millibits in values.items():
            print(f"{group:14} {name:28} {millibits / 1000:+8.3f}  {fit.counts[group].get(name, '')}")
    print(f"{'date_choice':43} {fit.choice / 1000:+8.3f}")
    print(json.dumps({"pairs": fit.counts["pairs"], "choice": fit.counts["date_choice"]}, indent=1))
    if options.check:
        same = WEIGHTS.read_text(encoding="utf-8") == text
        print(f"{WEIGHTS.name} is {'exactly' if same else 'NOT'} what these data give")
        return 0 if same else 1
    WEIGHTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
