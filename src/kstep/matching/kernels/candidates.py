"""The candidates of a person: all records that may reach the threshold, by documents, by strong dates and by names.

docs/matching.md has the proof that none is lost.
"""

from __future__ import annotations

from kstep.matching.kernels.bounds import joins_earn, most_of_countries, most_of_name, most_of_token, spread
from kstep.matching.kernels.compiled import kernel
from kstep.matching.kernels.cut import STOP, TOKEN, cut_rows
from kstep.matching.kernels.fields import SEX_EQUAL, FieldPrices
from kstep.matching.kernels.stretches import GROUPS, NEAR, NEVER, divide, group_of
from kstep.matching.kernels.visits import add, take, visit_joined, visit_token
from kstep.matching.kernels.walk import CUT, STRETCHES, DateBounds, Scratch, Sides, Tables, Walk


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
    scratch.mark[0] += 1
    names, fields = sides.names, sides.fields
    country = most_of_countries(fields, p, prices)
    most_of_sex = max(0, prices.others[SEX_EQUAL]) if fields.sex[p] else 0
    base = need - country - most_of_sex
    count = 0
    weak = bounds.weak if fields.dates.start[p] < fields.dates.start[p + 1] else 0
    if base <= weak:  # unless dates are strong, names have to earn something otherwise
        for record in range(len(scratch.seen)):
            count = add(record, count, scratch)
        return count
    count = _by_document(p, sides, tables, walk, count, scratch)
    strong, nameless = 0, names.of_record[p] == names.of_record[p + 1]
    for at in range(fields.dates.start[p], fields.dates.start[p + 1]):
        date = fields.dates.values[at]
        for pair in range(tables.dates.start[date], tables.dates.start[date + 1]):
            strong = max(strong, tables.dates.millibits[pair])
            other = tables.dates.other[pair]
            for place in range(walk.others.start[other], walk.others.start[other + 1]):
                count = add(walk.others.values[place], count, scratch)
            if nameless:
                for place in range(walk.date_first[other], walk.date_stop[other]):
                    count = add(walk.record[place], count, scratch)
    strong = base - strong
    lowest = divide(p, base, fields, walk, bounds, scratch)
    for name in range(names.of_record[p], names.of_record[p + 1]):
        mine = names.tokens.start[name + 1] - names.tokens.start[name]
        loose = joins_earn(names, name, tables.ranked)
        spread(names, name, tables, scratch.gain, scratch.least, True)
        count = _by_date(
            mine, loose, p, need, country, most_of_sex, sides, tables, walk, prices, count, scratch,
        )  # fmt: skip
        count = _by_name(
            name, lowest, strong, p, need, country, sides, tables, walk, prices, count, scratch,
        )  # fmt: skip
        spread(names, name, tables, scratch.gain, scratch.least, False)
    return count


@kernel
def _by_document(p: int, sides: Sides, tables: Tables, walk: Walk, count: int, scratch: Scratch) -> int:
    documents, pairs, postings = sides.fields.documents, tables.documents, walk.by_document
    for at in range(documents.start[p], documents.start[p + 1]):
        mine = documents.values[at]
        for pair in range(pairs.start[mine], pairs.start[mine + 1]):
            other = pairs.other[pair]
            for place in range(postings.start[other], postings.start[other + 1]):
                count = add(postings.values[place], count, scratch)
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
                most = max(scratch.other_name, most_of_name(place, mine, loose, walk, scratch))
                if most >= least:
                    count = take(place, most, p, need, country, sides, walk, prices, count, scratch)
    return count


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
        token = people.tokens.values[first + row]
        cut[row * CUT + TOKEN] = token
        total += most_of_token(token, ranked)
    for at in range(people.joins.start[name], people.joins.start[name + 1]):
        join = people.joins.values[at]
        token = people.join_token[join]
        rest = total
        for covered in range(people.join_first[join], people.join_stop[join]):
            rest -= most_of_token(people.tokens.values[first + covered], ranked)
        for pair in range(ranked.start[token], ranked.start[token + 1]):
            top = ranked.worth[pair] + rest
            if top < lowest:
                break
            count = visit_joined(
                ranked.other[pair], top, 0, NEVER, p, need, country, sides, walk, prices, count, scratch,
            )  # fmt: skip
    start, other, worth = tables.tokens.start, tables.tokens.other, tables.tokens.millibits
    for row in range(rows):
        token = people.tokens.values[first + row]
        for pair in range(start[token + 1] - 1, start[token] - 1, -1):
            if other[pair] < tables.words:
                break
            top = worth[pair] + total - most_of_token(token, ranked)
            if worth[pair] > 0 and top >= min(lowest, strong):
                count = visit_joined(
                    other[pair], top, worth[pair], strong, p, need, country, sides, walk, prices, count, scratch,
                )  # fmt: skip
    for group in range(GROUPS):
        least = NEVER
        for stretch in range(STRETCHES):
            if group_of(stretch) == group:
                least = min(least, scratch.need[stretch])
        if group == NEAR:
            least = min(least, scratch.need[STRETCHES])
        if not cut_rows(rows, least, ranked, cut):
            continue
        for row in range(rows):
            for pair in range(ranked.start[cut[row * CUT + TOKEN]], cut[row * CUT + STOP]):
                count = visit_token(
                    ranked.other[pair], group, rows, p, need, country, sides, walk, prices, count, scratch,
                )  # fmt: skip
    return count
