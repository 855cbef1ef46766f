"""The whole sum of pairs that are given, one after the other: no candidates, no bound, no threshold."""

from __future__ import annotations

from kstep.matching.arrays import Ints
from kstep.matching.kernels.compiled import kernel
from kstep.matching.kernels.fields import FieldPrices, compare_countries_and_documents, compare_dates_and_sex
from kstep.matching.kernels.names import NameScratch, best_names, meet, part
from kstep.matching.kernels.walk import Sides, Tables


@kernel
def sum_up(
    first: int, last: int, people: Ints, entries: Ints, sides: Sides, tables: Tables, name_prices: Ints,
    prices: FieldPrices, scratch: NameScratch, out: Ints,
) -> None:  # fmt: skip
    """Compare person `people[at]` with entry `entries[at]` for `first` <= at < `last`.

    Rows of `out` are millibits and which name of each side compared best (-1 where a side has none). It is quickest where pairs
    of one person follow each other.
    """
    names, entry_names = sides.names, sides.entry_names
    known = -1
    for at in range(first, last):
        p, e = people[at], entries[at]
        if p != known:
            if known >= 0:
                part(names, known, tables.tokens, scratch)
            meet(names, p, tables.tokens, scratch)
            known = p
        best, mine, theirs = best_names(names, p, entry_names, e, tables.tokens, name_prices, scratch)
        pairs = (names.of_record[p + 1] - names.of_record[p]) * (
            entry_names.of_record[e + 1] - entry_names.of_record[e]
        )
        best -= prices.charges[min(pairs, len(prices.charges) - 1)]
        best += compare_dates_and_sex(sides.fields, p, sides.entry_fields, e, prices)
        best += compare_countries_and_documents(sides.fields, p, sides.entry_fields, e, tables.documents, prices)
        out[at, 0], out[at, 1], out[at, 2] = best, mine, theirs
    if known >= 0:
        part(names, known, tables.tokens, scratch)
