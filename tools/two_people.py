"""How the birth dates of two different people relate: kinds of dates, what two kinds let one ask, and shares by chance.

Half of the pairs are entries of one list, half are an entry beside an adult who is made up: so a share is neither that of
a list, where most are of one age, nor that of a register alone.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints, Ragged, ragged
from kstep.matching.kernels.compiled import making_kernel
from kstep.matching.kernels.fields import RELATIONS, compare_dates
from kstep.matching.vocabulary_arrays import date_rows
from kstep.model import PartialDate, Precision

EXACT, FIRST, JULY, MONTH, YEAR, RANGE, WIDE, ABOUT = range(8)
"""Kinds of dates: a whole day (on 1 January, on 1 July), a month, a year, up to four years, more, about a year."""
DAYS = (EXACT, FIRST, JULY)
LOOSE = ("years", "range", "wide")

BORN = range(1937, 2005)
"""Birth years of adults: as many of each age to 45, from there falling in a straight line."""
FALLING_YEARS = 40
FIRST_JANUARY = 0.125
"""Share of 1 January among the birth dates of people who come without papers (OIG-22-64: 11,110 of 88,977)."""
UNSEEN = 0.0005
"""Pairs in which a relation is taken to have been seen before any is counted."""

Floats = NDArray[np.float64]
Dates = Sequence[PartialDate]
"""The dates of one record."""


def kind_of(known: PartialDate) -> int:
    """The kind of a date, of `EXACT` to `ABOUT`."""
    years = known.latest.year - known.earliest.year + 1
    if years > 1:
        return WIDE if years > 4 else RANGE
    if known.circa:
        return ABOUT
    if known.precision is not Precision.DAY:
        return MONTH if known.precision is Precision.MONTH else YEAR
    return {(1, 1): FIRST, (7, 1): JULY}.get((known.earliest.month, known.earliest.day), EXACT)


def strata(left: int, right: int) -> list[str]:
    """What two kinds of dates let one ask; the first is the pair's own."""
    pair = {left, right}
    if left in DAYS and right in DAYS:
        marked = (left != EXACT) + (right != EXACT)
        return ["days", *["placeholder"] * (marked == 1), *["first"] * (FIRST in pair)]
    for kind, name in ((WIDE, "wide"), (RANGE, "range"), (ABOUT, "about")):
        if kind in pair:
            return [name]
    return ["years"] if YEAR in pair else ["months"]


@making_kernel
def count_best(
    left: Ragged, left_rows: Ints, right: Ragged, right_rows: Ints, weight: Floats, worth: Ints, within: bool, most: int
) -> Floats:
    """How often each relation is the best of n pairs of dates: `[min(n, most), relation]`, `weight` for each of `right`."""
    counts = np.zeros((most + 1, len(worth)))
    for x in range(len(left.start) - 1):
        for y in range(x + 1 if within else 0, len(right.start) - 1):
            best, n = -1, 0
            for i in range(left.start[x], left.start[x + 1]):
                for j in range(right.start[y], right.start[y + 1]):
                    relation = compare_dates(left_rows, left.values[i], right_rows, right.values[j])
                    n += 1
                    if best < 0 or worth[relation] > worth[best]:
                        best = relation
            if n:
                counts[min(n, most), best] += weight[y]
    return counts


class TwoPeople:
    """Shares of the relations of dates among pairs of different people, one of whom is always an entry of `listed`."""

    def __init__(self, listed: Sequence[Dates]) -> None:
        self._dates = [dates for dates in listed if dates]
        adults, shares = made_up_adults()
        self._adults = [(known,) for known in adults], shares
        by_kind: defaultdict[int, list[Dates]] = defaultdict(list)
        for dates in self._dates:
            if len(dates) == 1:
                by_kind[kind_of(dates[0])].append(dates)
        counted: defaultdict[str, list[Floats]] = defaultdict(list)
        for kind, mine in by_kind.items():
            for other, theirs in by_kind.items():
                if kind <= other:
                    here = _count(mine, theirs, within=kind == other)[1]
                    for name in strata(kind, other):
                        counted[f"list {name}"].append(here)
            for other in DAYS:
                chosen = [place for place, known in enumerate(adults) if kind_of(known) == other]
                here = _count(mine, [(adults[place],) for place in chosen], shares[chosen])[1]
                for name in strata(kind, other):
                    if name != "first" or kind == FIRST:
                        counted[f"adults {name}"].append(here)
        for side in ("list", "adults"):
            counted[f"{side} loose"] = [counts for name in LOOSE for counts in counted[f"{side} {name}"]]
        self._counts = {name: np.sum(found, axis=0) for name, found in counted.items()}

    def share(self, stratum: str, *relations: str) -> tuple[float, float]:
        """The share of relations in a stratum, and the pairs of entries that it rests on.

        That of 1 January beside itself is the adults' alone, because publishers rarely put it in place of a year.
        """
        places = [RELATIONS.index(name) for name in relations]
        listed, adults = self._counts[f"list {stratum}"], self._counts.get(f"adults {stratum}")
        sides = [adults] if stratum == "first" else [listed] if adults is None else [listed, adults]
        shares = [(side[places].sum() + UNSEEN) / (side.sum() + UNSEEN) for side in sides if side is not None]
        return float(np.mean(shares)), float(listed.sum())

    def best_of_many(self, worth: Mapping[str, int], most: int) -> Floats:
        """How often each relation is the best of n pairs of dates, `[n, relation]`; n is at most `most`."""
        several = [dates for dates in self._dates if len(dates) > 1]
        among = _count(self._dates, self._dates, within=True, worth=worth, most=most)
        made_up = _count(several, *self._adults, worth=worth, most=most)
        return among + made_up * float(among[2:].sum() / made_up[2:].sum())


def made_up_adults() -> tuple[list[PartialDate], Floats]:
    """Every day on which an adult may be born, and the share of adults of whom a register says so."""
    first, last = date(BORN[0], 1, 1), date(BORN[-1], 12, 31)
    days = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
    shares = np.array([min(1.0, (day.year - BORN[0]) / FALLING_YEARS) for day in days])
    new_year = np.array([(day.month, day.day) == (1, 1) for day in days])
    shares *= 1 - FIRST_JANUARY + new_year * 365.25 * FIRST_JANUARY
    return [PartialDate(day, day) for day in days], shares / shares.sum()


def _count(
    mine: Sequence[Dates],
    theirs: Sequence[Dates],
    weight: Floats | None = None,
    *,
    within: bool = False,
    worth: Mapping[str, int] | None = None,
    most: int = 1,
) -> Floats:
    sides = []
    for side in (mine, theirs):
        numbers = {known: number for number, known in enumerate(dict.fromkeys(itertools.chain(*side)))}
        sides.append((ragged([[numbers[known] for known in dates] for dates in side]), date_rows(list(numbers))))
    ranking = np.array([worth[name] if worth else 0 for name in RELATIONS], np.int64)
    weights = np.ones(len(theirs)) if weight is None else np.ascontiguousarray(weight)
    return count_best(*sides[0], *sides[1], weights, ranking, within, most)
