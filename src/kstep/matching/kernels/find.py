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
    DAY,
    DAYS_OFF,
    EXACT,
    FIRST_YEAR,
    LAST_YEAR,
    MONTH,
    SEX_EQUAL,
    FieldArrays,
    FieldPrices,
    compare_countries_and_documents,
    compare_dates_and_sex,
)
from kstep.matching.kernels.names import NameArrays, NameScratch, best_names, meet, part

LATEST_YEAR = 9999
STRETCHES, IRREGULAR, SAME_YEAR = 9, 1, 5
"""Stretches of places, and which of them are of no single exact date, and of the person's birth year; a strong date lies in one of
these.
"""
SHORT = 24
"""Postings up to which each is looked at, instead of looking for where a stretch begins."""

OTHERS = 3
"""Tokens that stand beside a posting."""

UNDATED, NEAR, FAR, GROUPS = 0, 1, 2, 3
"""Groups of stretches that are walked together: no date is known, years that are near or dates that are not exact, other years."""

NEVER = 1 << 40
"""More than anything earns."""

STEP = 500
"""Millibits: a row is looked through in steps of at least so much."""

CUT = 6
"""Numbers that `_cut` keeps of a row: the token, up to where it is looked through, what it could yet earn; the same two after the
next step, and in how many places that one looks.
"""

DAYS = 32
"""A day of whatever year is the number month * DAYS + day."""


class Walk(NamedTuple):
    """The names of one side in the order of birth dates, each in a *place*: first of records of which none is known, then of those
    with several or with an inexact one, then of all others by date.

    `record` and the tokens are those of the name in each place. `posting` are the places of each token and join, ascending;
    `of_day` the same places, but only of exact dates, by month and day (`day`, parallel to it), then ascending; `day_of_place` is
    0 where that is not known. `beside` are, of each posting of a token, the name's other tokens, `OTHERS` each: the first is
    negative if they are more, and if they are fewer the number of all tokens that are no joins stands behind the last. `zones` are
    the first places of the second and the third kind, `year` the first place of each year, `date_first` and `date_stop` the places
    of each date among the third. `others` are the records with a date that are of the second kind or have no name.
    """

    record: Shorts
    token_start: Ints
    token: Shorts
    posting_start: Ints
    posting: Shorts
    beside: Shorts
    of_day_start: Ints
    of_day: Shorts
    of_day_beside: Shorts
    day: Shorts
    day_of_place: Shorts
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


class Ranked(NamedTuple):
    """Of each token or join of the first side the comparable tokens that earn something, no joins, those first that earn most; and
    in how many places these and all before them in the row stand.
    """

    start: Ints
    other: Shorts
    worth: Shorts
    places: Shorts


class Tables(NamedTuple):
    """Pairs of the two sides' vocabularies: comparable tokens, strong dates, agreeing documents.

    `words` of the other side's tokens are no joins. What a token or join of the first side earns beside these is in `ranked` once
    more.
    """

    tokens: Pairs
    words: int
    ranked: Ranked
    dates: Pairs
    documents: Pairs


class DateBounds(NamedTuple):
    """The most that a relation of dates earns which is not among the strong ones: any at all; of two exact dates of one day of
    different years; and of two dates that each lie in one year, by the gap of these years, of one year also by whether the
    days may be neighbours.
    """

    weak: int
    same_day: int
    by_gap: Ints
    new_year: int


class Scratch(NamedTuple):
    """Working space of one thread for one person: `seen` marks candidates, `weighed` records of which `quick` is known.

    `gain` is what each token of the other side may earn: the `least`, where it is comparable with none of the person's; behind the
    last stands nothing. `missing` is the least that a missing token costs, `lowest` room for the lowest of a name's gains. `edge`
    and `need` are the stretches of places and what names in them must earn; behind the last of `need` stands what names must earn
    of records of the same day of another year, and behind the last of `edge` that day. `cut` are rows of numbers that `_cut` works
    on.
    """

    seen: Shorts
    candidates: Shorts
    weighed: Shorts
    quick: Shorts
    gain: Shorts
    least: int
    missing: int
    lowest: Ints
    cut: Ints
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


@inlined_kernel
def _most_of_name(place: int, mine: int, loose: bool, walk: Walk, scratch: Scratch) -> int:
    """The most that the name in this place earns beside one of `mine` tokens. `loose`: where a word stands for several tokens, so
    that it is not known how many are left over.
    """
    gain, lowest = scratch.gain, scratch.lowest
    first, stop = walk.token_start[place], walk.token_start[place + 1]
    total, extra = 0, stop - first - mine
    if loose:
        for at in range(first, stop):
            total += max(0, gain[walk.token[at]])
        return total
    if extra <= 0:
        for at in range(first, stop):
            total += gain[walk.token[at]]
        return int(total + extra * scratch.missing)
    for at in range(first, stop):
        worth = int(gain[walk.token[at]])
        total += worth
        place = min(at - first, extra - 1)
        if at - first >= extra and worth >= lowest[place]:
            continue
        while place > 0 and lowest[place - 1] > worth:
            lowest[place] = lowest[place - 1]
            place -= 1
        lowest[place] = worth
    for place in range(extra):
        total -= lowest[place]
    return int(total - extra * scratch.missing)


@kernel
def _take(
    place: int, most: int, p: int, need: int, country: int, sides: Sides, walk: Walk, prices: FieldPrices, count: int,
    scratch: Scratch,
) -> int:  # fmt: skip
    """The record of a place is a candidate if its name, of which `most` is known, and all else may reach the need."""
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


@inlined_kernel
def _most_beside(at: int, beside: Shorts, mine: int, gained: int, places: Shorts, walk: Walk, scratch: Scratch) -> int:
    """`_most_of_name`, not loose, for the place at a posting of a token that has `gained`; the name's other tokens stand beside."""
    gain = scratch.gain
    if beside[OTHERS * at] < 0:
        return _most_of_name(places[at], mine, False, walk, scratch)
    none = len(gain) - 1
    total, lowest, tokens = gained, gained, 1
    for other in range(OTHERS * at, OTHERS * (at + 1)):
        if beside[other] != none:
            worth = int(gain[beside[other]])
            total += worth
            lowest = min(lowest, worth)
            tokens += 1
    extra = tokens - mine
    if extra <= 0:
        return int(total + extra * scratch.missing)
    if extra == 1:
        return int(total - lowest - scratch.missing)
    return _most_of_name(places[at], mine, False, walk, scratch)


@kernel
def _walk(
    token: int, group: int, mine: int, p: int, need: int, country: int, sides: Sides, walk: Walk, prices: FieldPrices,
    count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Look at the names that hold a token, in the stretches of a group, beside a name of `mine` tokens."""
    gained = int(scratch.gain[token])
    at, stop = walk.posting_start[token], walk.posting_start[token + 1]
    for stretch in range(STRETCHES):
        if at == stop:
            break
        edge, least = scratch.edge[stretch], scratch.need[stretch]
        if group != _group(stretch):
            if stop - at > SHORT:
                at = _first_at_least(walk.posting, at, stop, edge)
            else:
                while at < stop and walk.posting[at] < edge:
                    at += 1
            continue
        while at < stop and walk.posting[at] < edge:
            most = _most_beside(at, walk.beside, mine, gained, walk.posting, walk, scratch)
            if most >= least:
                count = _take(walk.posting[at], most, p, need, country, sides, walk, prices, count, scratch)
            at += 1
    least, day = scratch.need[STRETCHES], scratch.edge[STRETCHES]
    if day and group == NEAR:
        at, stop = walk.of_day_start[token], walk.of_day_start[token + 1]
        if stop - at > SHORT:
            at = _first_at_least(walk.day, at, stop, day)
        while at < stop and walk.day[at] <= day:
            if walk.day[at] == day:
                most = _most_beside(at, walk.of_day_beside, mine, gained, walk.of_day, walk, scratch)
                if most >= least:
                    count = _take(walk.of_day[at], most, p, need, country, sides, walk, prices, count, scratch)
            at += 1
    return count


@kernel
def _walk_of_join(
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
        if scratch.edge[STRETCHES] and walk.day_of_place[place] == scratch.edge[STRETCHES]:
            least = min(least, scratch.need[STRETCHES])
        if top >= least:
            most = more + _most_of_name(place, 0, True, walk, scratch)
            if most >= least:
                count = _take(place, most, p, need, country, sides, walk, prices, count, scratch)
    return count


@kernel
def _by_date(
    mine: int, loose: bool, p: int, need: int, country: int, most_of_sex: int, sides: Sides, tables: Tables, walk: Walk,
    prices: FieldPrices, count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Records with a strong date of which a name may earn enough beside one of `mine` tokens, or that have none."""
    dates = sides.fields.dates
    for at in range(dates.start[p], dates.start[p + 1]):
        date = dates.values[at]
        for pair in range(tables.dates.start[date], tables.dates.start[date + 1]):
            other = tables.dates.other[pair]
            least = need - country - most_of_sex - tables.dates.millibits[pair]
            for place in range(walk.date_first[other], walk.date_stop[other]):
                most = _most_of_name(place, mine, loose, walk, scratch)
                if most >= least:
                    count = _take(place, most, p, need, country, sides, walk, prices, count, scratch)
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


@inlined_kernel
def _group(stretch: int) -> int:
    if stretch == 0:
        return UNDATED
    return FAR if stretch == 2 or stretch == STRETCHES - 1 else NEAR


@inlined_kernel
def _most(token: int, ranked: Ranked) -> int:
    """The most that a token earns beside a token that is no join."""
    first = ranked.start[token]
    return int(ranked.worth[first]) if first < ranked.start[token + 1] else 0


@kernel
def _next(row: int, cut: Ints, ranked: Ranked) -> None:
    """Find how far a row would be looked through in one step more, what it could then yet earn, and in how many places one would
    look.
    """
    token, at, left = cut[row * CUT], cut[row * CUT + 1], cut[row * CUT + 2]
    first, stop = ranked.start[token], ranked.start[token + 1]
    following = at
    while following < stop and ranked.worth[following] > left - STEP:
        following += 1
    cut[row * CUT + 3] = following
    cut[row * CUT + 4] = ranked.worth[following] if following < stop else 0
    before = ranked.places[at - 1] if at > first else 0
    cut[row * CUT + 5] = (ranked.places[following - 1] if following > first else 0) - before


@kernel
def _cut(rows: int, least: int, ranked: Ranked, cut: Ints) -> bool:
    """Find how far to look through each of the rows, so that what they could yet earn together is less than `least`: step by step
    where a bit costs the fewest places. Returns whether there is anything to look through.
    """
    left = 0
    for row in range(rows):
        token = cut[row * CUT]
        cut[row * CUT + 1], cut[row * CUT + 2] = ranked.start[token], _most(token, ranked)
        left += cut[row * CUT + 2]
    if left < least:
        return False
    for row in range(rows):
        _next(row, cut, ranked)
    while left >= least:
        best, places, bits = -1, 0, 1
        for row in range(rows):
            fewer = cut[row * CUT + 2] - cut[row * CUT + 4]
            if fewer > 0 and (best < 0 or cut[row * CUT + 5] * bits < places * fewer):
                best, places, bits = row, cut[row * CUT + 5], fewer
        left -= bits
        cut[best * CUT + 1], cut[best * CUT + 2] = cut[best * CUT + 3], cut[best * CUT + 4]
        _next(best, cut, ranked)
    return True


@kernel
def _by_name(
    name: int, lowest: int, strong: int, p: int, need: int, country: int, sides: Sides, tables: Tables, walk: Walk,
    prices: FieldPrices, count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Records of which a name may earn enough beside this name, whatever their dates but strong ones, unless a word of theirs
    stands for two tokens: then even strong ones, of whose names `strong` is needed.
    """
    people, cut, ranked = sides.names, scratch.cut, tables.ranked
    first, last = people.tokens.start[name], people.tokens.start[name + 1]
    rows, total = last - first, 0
    for row in range(rows):
        cut[row * CUT] = people.tokens.values[first + row]
        total += _most(cut[row * CUT], ranked)
    for at in range(people.joins.start[name], people.joins.start[name + 1]):
        join = people.joins.values[at]
        token = people.join_token[join]
        rest = total
        for covered in range(people.join_first[join], people.join_stop[join]):
            rest -= _most(people.tokens.values[first + covered], ranked)
        for pair in range(ranked.start[token], ranked.start[token + 1]):
            top = ranked.worth[pair] + rest
            if top < lowest:
                break
            count = _walk_of_join(
                ranked.other[pair], top, 0, NEVER, p, need, country, sides, walk, prices, count, scratch,
            )  # fmt: skip
    start, other, worth = tables.tokens.start, tables.tokens.other, tables.tokens.millibits
    for row in range(rows):
        token = cut[row * CUT]
        for pair in range(start[token + 1] - 1, start[token] - 1, -1):
            if other[pair] < tables.words:
                break
            top = worth[pair] + total - _most(token, ranked)
            if worth[pair] > 0 and top >= min(lowest, strong):
                count = _walk_of_join(
                    other[pair], top, worth[pair], strong, p, need, country, sides, walk, prices, count, scratch,
                )  # fmt: skip
    for group in range(GROUPS):
        least = NEVER
        for stretch in range(STRETCHES):
            if _group(stretch) == group:
                least = min(least, scratch.need[stretch])
        if group == NEAR and scratch.edge[STRETCHES]:
            least = min(least, scratch.need[STRETCHES])
        if not _cut(rows, least, ranked, cut):
            continue
        for row in range(rows):
            token = cut[row * CUT]
            for pair in range(ranked.start[token], cut[row * CUT + 1]):
                count = _walk(
                    ranked.other[pair], group, rows, p, need, country, sides, walk, prices, count, scratch,
                )  # fmt: skip
    return count


@kernel
def _spread(people: NameArrays, name: int, tables: Tables, gain: Shorts, least: int, add: bool) -> None:
    """Note of every token of the other side what it may earn beside any of a name's tokens and joins; or forget it, so that it
    earns the `least`.
    """
    start, other, worth = tables.tokens.start, tables.tokens.other, tables.tokens.millibits
    first, tokens = people.tokens.start[name], people.tokens.start[name + 1] - people.tokens.start[name]
    first_join = people.joins.start[name]
    for at in range(tokens + people.joins.start[name + 1] - first_join):
        if at < tokens:
            token = people.tokens.values[first + at]
        else:
            token = people.join_token[people.joins.values[first_join + at - tokens]]
        for pair in range(start[token], start[token + 1]):
            if other[pair] >= tables.words:
                break
            gain[other[pair]] = max(gain[other[pair]], worth[pair]) if add else least


@inlined_kernel
def _joins_earn(people: NameArrays, name: int, ranked: Ranked) -> bool:
    """Whether a join of the name may stand for a token."""
    for at in range(people.joins.start[name], people.joins.start[name + 1]):
        token = people.join_token[people.joins.values[at]]
        if ranked.start[token] < ranked.start[token + 1]:
            return True
    return False


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
    edge[STRETCHES] = 0
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
        need[stretch] = base - bounds.by_gap[abs(stretch - 5)]
        if stretch < STRETCHES - 1:
            edge[stretch] = walk.year[min(max(year + stretch - 4, 0), LATEST_YEAR + 1)]
    month, day = rows[date, MONTH], rows[date, DAY]
    least = base
    if rows[date, EXACT]:
        if (month == 1 and day <= DAYS_OFF) or (month == 12 and day > 31 - DAYS_OFF):
            need[4] = need[6] = base - max(bounds.by_gap[1], bounds.new_year)
        edge[STRETCHES] = month * DAYS + day
        need[STRETCHES] = base - bounds.same_day
        least = need[STRETCHES]
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
    count = _by_document(p, sides, tables, walk, count, scratch)
    strong, nameless = 0, names.of_record[p] == names.of_record[p + 1]
    for at in range(fields.dates.start[p], fields.dates.start[p + 1]):
        date = fields.dates.values[at]
        for pair in range(tables.dates.start[date], tables.dates.start[date + 1]):
            strong = max(strong, tables.dates.millibits[pair])
            other = tables.dates.other[pair]
            for place in range(walk.others.start[other], walk.others.start[other + 1]):
                count = _add(walk.others.values[place], p, count, scratch)
            if nameless:
                for place in range(walk.date_first[other], walk.date_stop[other]):
                    count = _add(walk.record[place], p, count, scratch)
    strong = base - strong
    for name in range(names.of_record[p], names.of_record[p + 1]):
        mine = names.tokens.start[name + 1] - names.tokens.start[name]
        loose = _joins_earn(names, name, tables.ranked)
        _spread(names, name, tables, scratch.gain, scratch.least, True)
        count = _by_date(
            mine, loose, p, need, country, most_of_sex, sides, tables, walk, prices, count, scratch,
        )  # fmt: skip
        count = _by_name(
            name, lowest, strong, p, need, country, sides, tables, walk, prices, count, scratch,
        )  # fmt: skip
        _spread(names, name, tables, scratch.gain, scratch.least, False)
    return count


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
            scratch.seen[scratch.candidates[:count]] = -1
            return written, at_person, compared
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
