"""Finding every pair at or above the threshold: candidates by names, by strong dates and by documents, then the whole
sum.

For a person, `name_need` is what the names must earn when every other field agrees as well as it can without a strong
date or a document. Entries with a strong date relation or an agreeing document are candidates whatever their names.
Of the others, an entry can only reach the threshold if one of its names shares comparable tokens worth `name_need`
with one of the person's, and so at least one token outside any set of tokens that together earn less. Such an entry's
other fields are then compared, and it is a candidate if they and the most that the name may earn reach the threshold.
docs/matching.md has the proof.
"""

from __future__ import annotations

from typing import NamedTuple

from kstep.matching.arrays import Ints, Pairs, Ragged
from kstep.matching.kernels.compiled import kernel
from kstep.matching.kernels.fields import (
    ALSO,
    SEX_EQUAL,
    FieldArrays,
    FieldPrices,
    compare_countries_and_documents,
    compare_dates_and_sex,
)
from kstep.matching.kernels.names import NameArrays, NameScratch, best_names, meet, part


class Postings(NamedTuple):
    """Where the list's tokens, dates and documents occur: names by token (tokens and joins), entries by date and
    document.
    """

    names: Ragged
    entry_of_name: Ints
    by_date: Ragged
    by_document: Ragged


class Sides(NamedTuple):
    """The records of both sides: people, and entries."""

    names: NameArrays
    fields: FieldArrays
    entry_names: NameArrays
    entry_fields: FieldArrays


class Tables(NamedTuple):
    """Pairs of the two sides' vocabularies: comparable tokens, strong dates, agreeing documents; `most` per person's
    token.
    """

    tokens: Pairs
    most: Ints
    dates: Pairs
    documents: Pairs


class Scratch(NamedTuple):
    """Working space of one thread for one person: `seen` marks candidates, `weighed` entries of which `fields` is
    known, `earned` sums what an entry's name may earn.
    """

    seen: Ints
    candidates: Ints
    weighed: Ints
    quick: Ints
    earned: Ints
    touched: Ints
    order: Ints
    names: NameScratch


@kernel
def _add(entry: int, p: int, count: int, scratch: Scratch) -> int:
    if scratch.seen[entry] == p:
        return count
    scratch.seen[entry] = p
    scratch.candidates[count] = entry
    return count + 1


@kernel
def _by_vocabulary(rows: Ragged, p: int, pairs: Pairs, postings: Ragged, count: int, scratch: Scratch) -> int:
    for at in range(rows.start[p], rows.start[p + 1]):
        mine = rows.values[at]
        for pair in range(pairs.start[mine], pairs.start[mine + 1]):
            other = pairs.other[pair]
            for place in range(postings.start[other], postings.start[other + 1]):
                count = _add(postings.values[place], p, count, scratch)
    return count


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
def _in_order(token: int, count: int, total: int, most: Ints, order: Ints) -> tuple[int, int]:
    """Put a token among the first `count` of `order`, which can earn the most first, and add what it can earn."""
    place = count
    while place > 0 and most[order[place - 1]] < most[token]:
        order[place] = order[place - 1]
        place -= 1
    order[place] = token
    return count + 1, total + most[token]


@kernel
def _by_name(
    name: int, p: int, need: int, name_need: int, country: int, sides: Sides, tables: Tables, postings: Postings,
    prices: FieldPrices, count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Entries of which a name may earn enough beside this name: tokens are taken by what they can earn, highest
    first.
    """
    people = sides.names
    first, last = people.tokens.start[name], people.tokens.start[name + 1]
    join_first, join_last = people.joins.start[name], people.joins.start[name + 1]
    rows, remaining = 0, 0
    for at in range(first, last):
        rows, remaining = _in_order(people.tokens.values[at], rows, remaining, tables.most, scratch.order)
    for at in range(join_first, join_last):
        token = people.join_token[people.joins.values[at]]
        rows, remaining = _in_order(token, rows, remaining, tables.most, scratch.order)
    if remaining < name_need:
        return count
    pair_start, pair_other, pair_worth = tables.tokens.start, tables.tokens.other, tables.tokens.millibits
    posting_start, posting_name = postings.names.start, postings.names.values
    earned, reached = scratch.earned, scratch.touched
    touched = 0
    for row in range(rows):
        if remaining < name_need:
            break
        token = scratch.order[row]
        remaining -= tables.most[token]
        for pair in range(pair_start[token], pair_start[token + 1]):
            other, worth = pair_other[pair], pair_worth[pair]
            if worth <= 0:
                continue
            for place in range(posting_start[other], posting_start[other + 1]):
                theirs = posting_name[place]
                if earned[theirs] == 0:
                    reached[touched] = theirs
                    touched += 1
                earned[theirs] += worth
    for at in range(touched):
        theirs = reached[at]
        most = earned[theirs] + remaining
        if most >= name_need:
            entry = postings.entry_of_name[theirs]
            if scratch.seen[entry] != p and most + country + _quick(p, entry, sides, prices, scratch) >= need:
                count = _add(entry, p, count, scratch)
        earned[theirs] = 0
    return count


@kernel
def _most_of_dates_and_sex(people: FieldArrays, p: int, prices: FieldPrices, weak_date: int) -> int:
    """The most that sex and a date relation that is not strong can earn this person."""
    most = prices.others[SEX_EQUAL] if people.sex[p] else 0
    return int(most + weak_date if people.dates.start[p + 1] > people.dates.start[p] else most)


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
def find(
    first: int, last: int, need: int, weak_date: int, sides: Sides, tables: Tables, postings: Postings, name_prices: Ints,
    prices: FieldPrices, scratch: Scratch, out: Ints,
) -> tuple[int, int, int]:  # fmt: skip
    """Look for people `first` to `last`; rows of `out` are person, entry, millibits, person's name, entry's name (or
    -1).

    Returns how many rows were written, the first person not looked for (`last`, unless `out` is full), and how many
    pairs were compared in full.
    """
    names, fields = sides.names, sides.fields
    entries = len(sides.entry_fields.sex)
    written, compared = 0, 0
    for p in range(first, last):
        if len(out) - written < entries:
            return written, p, compared
        country = _most_of_countries(fields, p, prices)
        name_need = need - country - _most_of_dates_and_sex(fields, p, prices, weak_date)
        count = 0
        if name_need <= 0:
            for entry in range(entries):
                count = _add(entry, p, count, scratch)
        else:
            count = _by_vocabulary(fields.dates, p, tables.dates, postings.by_date, count, scratch)
            count = _by_vocabulary(fields.documents, p, tables.documents, postings.by_document, count, scratch)
            for name in range(names.of_record[p], names.of_record[p + 1]):
                count = _by_name(name, p, need, name_need, country, sides, tables, postings, prices, count, scratch)
        compared += count
        if count:
            meet(names, p, tables.tokens, scratch.names)
        for at in range(count):
            e = scratch.candidates[at]
            total = _quick(p, e, sides, prices, scratch)
            total += compare_countries_and_documents(fields, p, sides.entry_fields, e, tables.documents, prices)
            best, mine, theirs = best_names(names, p, sides.entry_names, e, tables.tokens, name_prices, scratch.names)
            total += best
            if total >= need:
                out[written, 0], out[written, 1], out[written, 2] = p, e, total
                out[written, 3], out[written, 4] = mine, theirs
                written += 1
        if count:
            part(names, p, tables.tokens, scratch.names)
    return written, last, compared
