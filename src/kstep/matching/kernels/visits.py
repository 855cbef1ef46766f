"""Looking at the list's names in the places of a token: the record of a name that may earn what it must becomes a candidate."""

from __future__ import annotations

from kstep.matching.arrays import Shorts
from kstep.matching.kernels.bounds import most_beside, most_of_name
from kstep.matching.kernels.compiled import inlined_kernel, kernel
from kstep.matching.kernels.fields import FieldPrices, compare_dates_and_sex
from kstep.matching.kernels.stretches import IRREGULAR, NEAR, SAME_YEAR, group_of
from kstep.matching.kernels.walk import STRETCHES, Scratch, Sides, Walk

SHORT = 24
"""Values up to which each is looked at, instead of looking for the first that is wanted."""


@inlined_kernel
def add(record: int, count: int, scratch: Scratch) -> int:
    """The record is a candidate; returns how many there are now."""
    if scratch.seen[record] == scratch.mark[0]:
        return count
    scratch.seen[record] = scratch.mark[0]
    scratch.candidates[count] = record
    return count + 1


@kernel
def quick(p: int, e: int, sides: Sides, prices: FieldPrices, scratch: Scratch) -> int:
    """What dates and sex of a pair earn, compared once, less the charge for the number of their names."""
    if scratch.weighed[e] != scratch.mark[0]:
        scratch.weighed[e] = scratch.mark[0]
        total = compare_dates_and_sex(sides.fields, p, sides.entry_fields, e, prices)
        mine, theirs = sides.names.of_record, sides.entry_names.of_record
        pairs = (mine[p + 1] - mine[p]) * (theirs[e + 1] - theirs[e])
        scratch.quick[e] = total - prices.charges[min(pairs, len(prices.charges) - 1)]
    return int(scratch.quick[e])


@kernel
def take(
    place: int, most: int, p: int, need: int, country: int, sides: Sides, walk: Walk, prices: FieldPrices, count: int,
    scratch: Scratch,
) -> int:  # fmt: skip
    """The record of a place is a candidate if its name, of which `most` is known, and all else may reach the need."""
    record = walk.record[place]
    if scratch.seen[record] != scratch.mark[0] and most + country + quick(p, record, sides, prices, scratch) >= need:
        return add(record, count, scratch)
    return count


@inlined_kernel
def _reach(values: Shorts, low: int, high: int, wanted: int) -> int:
    """The first place from `low` to `high` of a value that is not below the wanted one."""
    if high - low <= SHORT:
        while low < high and values[low] < wanted:
            low += 1
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@inlined_kernel
def _visit(
    first: int, stop: int, places: Shorts, beside: Shorts, gained: int, least: int, mine: int, p: int, need: int,
    country: int, sides: Sides, walk: Walk, prices: FieldPrices, count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Look at the names at some postings of a token that has `gained`: they must earn the `least`."""
    for at in range(first, stop):
        most = most_beside(at, beside, mine, gained, places, walk, scratch)
        if most >= least:
            count = take(places[at], most, p, need, country, sides, walk, prices, count, scratch)
    return count


@kernel
def visit_token(
    token: int, group: int, mine: int, p: int, need: int, country: int, sides: Sides, walk: Walk, prices: FieldPrices,
    count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Look at the names that hold a token, in the stretches of a group, beside a name of `mine` tokens."""
    gained = int(scratch.gain[token])
    at, stop = walk.posting_start[token], walk.posting_start[token + 1]
    for stretch in range(STRETCHES):
        if at == stop:
            break
        following = _reach(walk.posting, at, stop, scratch.edge[stretch])
        if group == group_of(stretch):
            count = _visit(
                at, following, walk.posting, walk.beside, gained, scratch.need[stretch], mine, p, need, country, sides,
                walk, prices, count, scratch,
            )  # fmt: skip
        at = following
    day = scratch.edge[STRETCHES]
    if day and group == NEAR:
        at, stop = walk.of_day_start[token], walk.of_day_start[token + 1]
        at = _reach(walk.day, at, stop, day)
        count = _visit(
            at, _reach(walk.day, at, stop, day + 1), walk.of_day, walk.of_day_beside, gained, scratch.need[STRETCHES],
            mine, p, need, country, sides, walk, prices, count, scratch,
        )  # fmt: skip
    return count


@kernel
def visit_joined(
    token: int, top: int, more: int, strong: int, p: int, need: int, country: int, sides: Sides, walk: Walk,
    prices: FieldPrices, count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Look at all names that hold a token or join, where one of these or of the person's is a join: they earn `top` at most, and
    `more` than their tokens alone. `strong` is what they must earn of records with a strong date.
    """
    at, stretch = walk.posting_start[token], 0
    while at < walk.posting_start[token + 1]:
        place = walk.posting[at]
        at += 1
        while stretch < STRETCHES - 1 and place >= scratch.edge[stretch]:
            stretch += 1
        least = scratch.need[stretch]
        if stretch in (IRREGULAR, SAME_YEAR):
            least = min(least, strong)
        if walk.day_of_place[place] == scratch.edge[STRETCHES]:
            least = min(least, scratch.need[STRETCHES])
        if top >= least:
            most = more + most_of_name(place, 0, True, walk, scratch)
            if most >= least:
                count = take(place, most, p, need, country, sides, walk, prices, count, scratch)
    return count
