"""Finding every pair at or above the threshold: candidates by names, by strong dates and by documents, then the whole
sum.

Every bound here is one of what names may earn: of a name of the list, `gain` says for each of its tokens what it may earn
beside this person, and these add up to the most that the name may earn. What it must earn depends on when the entry was born:
so names lie in the order of birth dates (`Walk`), and each stretch of them has a need of its own. docs/matching.md has the
proof that no pair is lost.
"""

from __future__ import annotations

from typing import NamedTuple

from kstep.matching.arrays import Ints, Pairs, Ragged, Shorts
from kstep.matching.kernels.compiled import inlined_kernel, kernel
from kstep.matching.kernels.fields import (
    ABOUT,
    ALSO,
    FIRST_YEAR,
    LAST_YEAR,
    SEX_EQUAL,
    FieldArrays,
    FieldPrices,
    compare_countries_and_documents,
    compare_dates_and_sex,
)
from kstep.matching.kernels.names import NameArrays, NameScratch, best_names, meet, part

LATEST_YEAR = 9999
STRETCHES = 9
SHORT = 24
"""Postings up to which each is looked at, instead of looking for where a stretch begins."""

GAPS = 4
"""Gaps of birth years that matter: none, one, two years, and more."""


class Walk(NamedTuple):
    """The names of one side in the order of birth dates, each in a *place*: first of records of which none is known, then of those
    with several or with an inexact one, then of all others by date.

    `record` and the tokens are those of the name in each place. `posting` are the places of each token and join, ascending.
    `zones` are the first places of the second and the third kind, `year` the first place of each year, `date_first` and
    `date_stop` the places of each date among the third. `others` are the records with a date that are of the second kind or
    have no name.
    """

    record: Shorts
    token_start: Ints
    token: Shorts
    posting_start: Ints
    posting: Shorts
    zones: Ints
    year: Ints
    date_first: Ints
    date_stop: Ints
    others: Ragged
    by_document: Ragged


class Sides(NamedTuple):
    """The records of both sides: those that are looked for, one after the other, and those among which."""

    names: NameArrays
    fields: FieldArrays
    entry_names: NameArrays
    entry_fields: FieldArrays


class Tables(NamedTuple):
    """Pairs of the two sides' vocabularies: comparable tokens, strong dates, agreeing documents.

    `most` is what a token or join of the first side earns at most beside a token of the other that is no join; `words` of the
    other side's tokens are none.
    """

    tokens: Pairs
    most: Ints
    words: int
    dates: Pairs
    documents: Pairs


class DateBounds(NamedTuple):
    """The most that a relation of dates earns which is not among the strong ones: any at all, and by the gap of years of two dates
    that each lie in one year.
    """

    weak: int
    by_gap: Ints


class Scratch(NamedTuple):
    """Working space of one thread for one person: `seen` marks candidates, `weighed` records of which `quick` is known, `gain` is
    what each token of the other side may earn. `edge` and `need` are the stretches of places and what names in them must earn.
    """

    seen: Shorts
    candidates: Shorts
    weighed: Shorts
    quick: Shorts
    gain: Shorts
    order: Ints
    edge: Ints
    need: Ints
    names: NameScratch


@inlined_kernel
def _add(record: int, p: int, count: int, scratch: Scratch) -> int:
    if scratch.seen[record] == p:
        return count
    scratch.seen[record] = p
    scratch.candidates[count] = record
    return count + 1


@kernel
def _quick(p: int, e: int, sides: Sides, prices: FieldPrices, scratch: Scratch) -> int:
    """What dates and sex of a pair earn, compared once, less the charge for the number of their names."""
    if scratch.weighed[e] != p:
        scratch.weighed[e] = p
        total = compare_dates_and_sex(sides.fields, p, sides.entry_fields, e, prices)
        mine, theirs = sides.names.of_record, sides.entry_names.of_record
        pairs = (mine[p + 1] - mine[p]) * (theirs[e + 1] - theirs[e])
        scratch.quick[e] = total - prices.charges[min(pairs, len(prices.charges) - 1)]
    return int(scratch.quick[e])


@kernel
def _check(
    place: int, more: int, least: int, p: int, need: int, country: int, sides: Sides, walk: Walk, prices: FieldPrices,
    count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Whether the name in this place may earn `least`, and with all else what is needed: then its record is a candidate."""
    most = more
    for at in range(walk.token_start[place], walk.token_start[place + 1]):
        most += scratch.gain[walk.token[at]]
    if most >= least:
        record = walk.record[place]
        if scratch.seen[record] != p and most + country + _quick(p, record, sides, prices, scratch) >= need:
            return _add(record, p, count, scratch)
    return count


@inlined_kernel
def _first_at_least(values: Shorts, low: int, high: int, wanted: int) -> int:
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _walk(
    token: int, top: int, more: int, relief: int, p: int, need: int, country: int, sides: Sides, walk: Walk,
    prices: FieldPrices, count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Look at the names that hold a token, in the stretches where names that earn `top` at most may reach the need (which is lower
    by `relief`).
    """
    at, stop = walk.posting_start[token], walk.posting_start[token + 1]
    for stretch in range(STRETCHES):
        if at == stop:
            break
        edge, least = scratch.edge[stretch], scratch.need[stretch] - relief
        if top < least:
            if stop - at > SHORT:
                at = _first_at_least(walk.posting, at, stop, edge)
            else:
                while at < stop and walk.posting[at] < edge:
                    at += 1
            continue
        while at < stop and walk.posting[at] < edge:
            count = _check(walk.posting[at], more, least, p, need, country, sides, walk, prices, count, scratch)
            at += 1
    return count


@kernel
def _by_date(
    p: int, need: int, country: int, most_of_sex: int, sides: Sides, tables: Tables, walk: Walk, prices: FieldPrices,
    count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Records with a strong date of which a name may earn enough, or that have none."""
    dates = sides.fields.dates
    for at in range(dates.start[p], dates.start[p + 1]):
        mine = dates.values[at]
        for pair in range(tables.dates.start[mine], tables.dates.start[mine + 1]):
            other = tables.dates.other[pair]
            least = need - country - most_of_sex - tables.dates.millibits[pair]
            for place in range(walk.date_first[other], walk.date_stop[other]):
                count = _check(place, 0, least, p, need, country, sides, walk, prices, count, scratch)
            for place in range(walk.others.start[other], walk.others.start[other + 1]):
                count = _add(walk.others.values[place], p, count, scratch)
    return count


@kernel
def _by_document(p: int, sides: Sides, tables: Tables, walk: Walk, count: int, scratch: Scratch) -> int:
    documents, pairs, postings = sides.fields.documents, tables.documents, walk.by_document
    for at in range(documents.start[p], documents.start[p + 1]):
        mine = documents.values[at]
        for pair in range(pairs.start[mine], pairs.start[mine + 1]):
            other = pairs.other[pair]
            for place in range(postings.start[other], postings.start[other + 1]):
                count = _add(postings.values[place], p, count, scratch)
    return count


@kernel
def _by_name(
    name: int, lowest: int, strong: int, p: int, need: int, country: int, sides: Sides, tables: Tables, walk: Walk,
    prices: FieldPrices, count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Records of which a name may earn enough beside this name, whatever their dates but strong ones, unless a word of theirs
    stands for two tokens or the other way round: then even strong ones, of which the best earns `strong` more than what the
    stretches suppose.
    """
    people, order, most = sides.names, scratch.order, tables.most
    first, last = people.tokens.start[name], people.tokens.start[name + 1]
    rows, total = 0, 0
    for at in range(first, last):
        token = people.tokens.values[at]
        place = rows
        while place > 0 and most[order[place - 1]] < most[token]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = token
        rows += 1
        total += most[token]
    start, other, worth = tables.tokens.start, tables.tokens.other, tables.tokens.millibits
    for at in range(people.joins.start[name], people.joins.start[name + 1]):
        join = people.joins.values[at]
        token = people.join_token[join]
        rest = total
        for covered in range(people.join_first[join], people.join_stop[join]):
            rest -= most[people.tokens.values[first + covered]]
        for pair in range(start[token], start[token + 1]):
            if worth[pair] > 0 and worth[pair] + rest >= lowest:
                count = _walk(
                    other[pair], worth[pair] + rest, 0, 0, p, need, country, sides, walk, prices, count, scratch,
                )  # fmt: skip
    for row in range(rows):
        token = order[row]
        for pair in range(start[token + 1] - 1, start[token] - 1, -1):
            if other[pair] < tables.words:
                break
            top = worth[pair] + total - most[token]
            if worth[pair] > 0 and top >= lowest - strong:
                count = _walk(
                    other[pair], top, worth[pair], strong, p, need, country, sides, walk, prices, count, scratch,
                )  # fmt: skip
    remaining = total
    for row in range(rows):
        if remaining < lowest:
            break
        token = order[row]
        remaining -= most[token]
        for pair in range(start[token], start[token + 1]):
            if other[pair] >= tables.words:
                break
            if worth[pair] > 0 and worth[pair] + remaining >= lowest:
                count = _walk(
                    other[pair], worth[pair] + remaining, 0, 0, p, need, country, sides, walk, prices, count, scratch,
                )  # fmt: skip
    return count


@kernel
def _spread(people: NameArrays, p: int, tables: Tables, gain: Shorts, add: bool) -> None:
    """Note of every token of the other side what it may earn beside any of the person's tokens and joins; or forget it."""
    start, other, worth = tables.tokens.start, tables.tokens.other, tables.tokens.millibits
    for i in range(people.of_record[p], people.of_record[p + 1]):
        tokens = people.tokens.start[i + 1] - people.tokens.start[i]
        words = tokens + people.joins.start[i + 1] - people.joins.start[i]
        for at in range(words):
            if at < tokens:
                token = people.tokens.values[people.tokens.start[i] + at]
            else:
                token = people.join_token[people.joins.values[people.joins.start[i] + at - tokens]]
            for pair in range(start[token], start[token + 1]):
                if other[pair] >= tables.words:
                    break
                if worth[pair] > 0:
                    gain[other[pair]] = max(gain[other[pair]], worth[pair]) if add else 0


@kernel
def _most_of_countries(people: FieldArrays, p: int, prices: FieldPrices) -> int:
    """The most that nationality and country of birth can earn this person."""
    country = -1
    for at in range(people.nationalities.start[p], people.nationalities.start[p + 1]):
        code = people.nationalities.values[at]
        country = max(country, prices.sharing[code, code])
    for at in range(people.birth_countries.start[p], people.birth_countries.start[p + 1]):
        code = people.birth_countries.values[at]
        country = max(country, prices.sharing[code, code])
    return int(country + prices.others[ALSO] if country >= 0 else 0)


@kernel
def _stretch(p: int, base: int, fields: FieldArrays, walk: Walk, bounds: DateBounds, scratch: Scratch) -> int:
    """Divide the places into stretches, and say what names in each must earn if all but date and names earn what they can (then
    `base` is left); returns the least of these needs.
    """
    edge, need = scratch.edge, scratch.need
    last = len(walk.record)
    first, stop = fields.dates.start[p], fields.dates.start[p + 1]
    for stretch in range(STRETCHES):
        edge[stretch], need[stretch] = last, base
    if first == stop:
        return base
    edge[0] = walk.zones[0]
    for stretch in range(1, STRETCHES):
        need[stretch] = base - bounds.weak
    date = fields.dates.values[first]
    rows = fields.date_rows
    year = rows[date, FIRST_YEAR]
    if stop - first > 1 or year != rows[date, LAST_YEAR] or rows[date, ABOUT]:
        return base - max(0, bounds.weak)
    edge[1] = walk.zones[1]
    for stretch in range(2, STRETCHES):
        gap = abs(stretch - 5)
        need[stretch] = base - bounds.by_gap[gap]
        if stretch < STRETCHES - 1:
            edge[stretch] = walk.year[min(max(year + stretch - 4, 0), LATEST_YEAR + 1)]
    least = base
    for stretch in range(STRETCHES):
        least = min(least, need[stretch])
    return least


@kernel
def candidates_of(
    p: int,
    need: int,
    bounds: DateBounds,
    sides: Sides,
    tables: Tables,
    walk: Walk,
    prices: FieldPrices,
    scratch: Scratch,
) -> int:
    """Write to `scratch.candidates` the records that may reach the need with person `p`; returns how many there are."""
    names, fields = sides.names, sides.fields
    country = _most_of_countries(fields, p, prices)
    most_of_sex = max(0, prices.others[SEX_EQUAL]) if fields.sex[p] else 0
    base = need - country - most_of_sex
    lowest = _stretch(p, base, fields, walk, bounds, scratch)
    count = 0
    if min(base, base - bounds.weak, lowest) <= 0:
        for record in range(len(scratch.seen)):
            count = _add(record, p, count, scratch)
        return count
    _spread(names, p, tables, scratch.gain, True)
    count = _by_document(p, sides, tables, walk, count, scratch)
    count = _by_date(p, need, country, most_of_sex, sides, tables, walk, prices, count, scratch)
    strong = 0
    for at in range(fields.dates.start[p], fields.dates.start[p + 1]):
        date = fields.dates.values[at]
        for pair in range(tables.dates.start[date], tables.dates.start[date + 1]):
            strong = max(strong, tables.dates.millibits[pair])
    highest = lowest
    for stretch in range(STRETCHES):
        highest = max(highest, scratch.need[stretch])
    strong = max(0, highest - (base - strong))
    for name in range(names.of_record[p], names.of_record[p + 1]):
        count = _by_name(
            name, lowest, strong, p, need, country, sides, tables, walk, prices, count, scratch,
        )  # fmt: skip
    _spread(names, p, tables, scratch.gain, False)
    return count


@kernel
def find(
    first: int, last: int, need: int, bounds: DateBounds, sides: Sides, tables: Tables, walk: Walk, name_prices: Ints,
    prices: FieldPrices, scratch: Scratch, out: Ints,
) -> tuple[int, int, int]:  # fmt: skip
    """Look for people `first` to `last`; rows of `out` are person, entry, millibits, person's name, entry's name (or
    -1).

    Returns how many rows were written, the first person not looked for (`last`, unless `out` is full), and how many
    pairs were compared in full.
    """
    names = sides.names
    written, compared = 0, 0
    for p in range(first, last):
        count = candidates_of(p, need, bounds, sides, tables, walk, prices, scratch)
        if len(out) - written < count:
            scratch.seen[scratch.candidates[:count]] = -1
            return written, p, compared
        compared += count
        if count:
            meet(names, p, tables.tokens, scratch.names)
        for at in range(count):
            e = scratch.candidates[at]
            total = _quick(p, e, sides, prices, scratch)
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
