"""Finding every pair at or above the threshold: each person's candidates, then the whole sum of each."""

from __future__ import annotations

from kstep.matching.arrays import Ints, Shorts
from kstep.matching.kernels.candidates import candidates_of
from kstep.matching.kernels.compiled import kernel
from kstep.matching.kernels.fields import FieldPrices, compare_countries_and_documents
from kstep.matching.kernels.names import best_names, meet, part
from kstep.matching.kernels.visits import quick
from kstep.matching.kernels.walk import DateBounds, Scratch, Sides, Tables, Walk


@kernel
def find(
    first: int, last: int, order: Shorts, need: int, bounds: DateBounds, sides: Sides, tables: Tables, walk: Walk,
    name_prices: Ints, prices: FieldPrices, scratch: Scratch, out: Ints,
) -> tuple[int, int, int]:  # fmt: skip
    """Look for the people `first` to `last` of an order; rows of `out` are person, entry, millibits, person's name, entry's name
    (or -1).

    Returns how many rows were written, the first place in the order not looked for (`last`, unless `out` is full), and how many
    pairs were compared in full.
    """
    names = sides.names
    written, compared = 0, 0
    for at_person in range(first, last):
        p = order[at_person]
        count = candidates_of(p, need, bounds, sides, tables, walk, prices, scratch)
        if len(out) - written < count:
            return written, at_person, compared
        compared += count
        if count:
            meet(names, p, tables.tokens, scratch.names)
        for at in range(count):
            e = scratch.candidates[at]
            total = quick(p, e, sides, prices, scratch)
            total += compare_countries_and_documents(sides.fields, p, sides.entry_fields, e, tables.documents, prices)
            best, mine, theirs = best_names(names, p, sides.entry_names, e, tables.tokens, name_prices, scratch.names)
            total += best
            if total >= need:
                out[written, 0], out[written, 1], out[written, 2] = p, e, total
                out[written, 3], out[written, 4] = mine, theirs
                written += 1
        if count:
            part(names, p, tables.tokens, scratch.names)
    return written, last, compared
