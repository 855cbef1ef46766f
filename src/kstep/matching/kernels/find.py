"""Finding every pair at or above the threshold: candidates by names, by strong dates and by documents, then the whole sum.

For a person, `name_need` is what the names must earn when every other field agrees as well as it can without a strong date
or a document. Entries with a strong date relation or an agreeing document are candidates whatever their names. Of the
others, an entry can only reach the threshold if one of its names shares comparable tokens worth `name_need` with one of the
person's, and so at least one token outside any set of tokens that together earn less. Such an entry's other fields are then
compared, and it is a candidate if they and the most that the name may earn reach the threshold. docs/matching.md has the
proof.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Pairs, Ragged
from kstep.matching.kernels.compiled import inlined, kernel
from kstep.matching.kernels.fields import ALSO, SEX_EQUAL, FieldArrays, FieldPrices, compare_fields
from kstep.matching.kernels.names import NameArrays, NameScratch, compare_names


class Postings(NamedTuple):
    """Where the list's tokens, dates and documents occur: names by token (tokens and joins), entries by date and document."""

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
    """Pairs of the two sides' vocabularies: comparable tokens, strong dates, agreeing documents; `most` per person's token."""

    tokens: Pairs
    most: Ints
    dates: Pairs
    documents: Pairs


class Scratch(NamedTuple):
    """Working space of one thread for one person: `seen` marks candidates, `weighed` entries of which `fields` is known,
    `earned` sums what an entry's name may earn."""

    seen: Ints
    candidates: Ints
    weighed: Ints
    fields: Ints
    earned: Ints
    touched: Ints
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


@inlined
def _fields(p: int, e: int, sides: Sides, tables: Tables, prices: FieldPrices, scratch: Scratch) -> int:
    """What all but the names of a pair earn, compared once, less the charge for the number of their names."""
    if scratch.weighed[e] != p:
        scratch.weighed[e] = p
        total = compare_fields(sides.fields, p, sides.entry_fields, e, tables.documents, prices)
        mine, theirs = sides.names.of_record, sides.entry_names.of_record
        pairs = (mine[p + 1] - mine[p]) * (theirs[e + 1] - theirs[e])
        scratch.fields[e] = total - prices.charges[min(pairs, len(prices.charges) - 1)]
    return scratch.fields[e]


@kernel
def _by_name(
    name: int, p: int, need: int, name_need: int, sides: Sides, tables: Tables, postings: Postings, prices: FieldPrices,
    count: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Entries of which a name may earn enough beside this name: tokens are taken by what they can earn, highest first."""
    people = sides.names
    first, last = people.tokens.start[name], people.tokens.start[name + 1]
    join_first, join_last = people.joins.start[name], people.joins.start[name + 1]
    rows = np.empty(last - first + join_last - join_first, np.int64)
    for at in range(first, last):
        rows[at - first] = people.tokens.values[at]
    for at in range(join_first, join_last):
        rows[last - first + at - join_first] = people.join_token[people.joins.values[at]]
    least = np.empty(len(rows), np.int64)
    for row in range(len(rows)):
        least[row] = -tables.most[rows[row]]
    order = np.argsort(least)
    remaining = -least.sum()
    if remaining < name_need:
        return count
    touched = 0
    for row in order:
        if remaining < name_need:
            break
        token = rows[row]
        remaining += least[row]
        for pair in range(tables.tokens.start[token], tables.tokens.start[token + 1]):
            other, worth = tables.tokens.other[pair], tables.tokens.millibits[pair]
            for place in range(postings.names.start[other], postings.names.start[other + 1]):
                theirs = postings.names.values[place]
                if scratch.earned[theirs] == 0:
                    scratch.touched[touched] = theirs
                    touched += 1
                scratch.earned[theirs] += worth
    for at in range(touched):
        theirs = scratch.touched[at]
        most = scratch.earned[theirs] + remaining
        if most >= name_need:
            entry = postings.entry_of_name[theirs]
            if scratch.seen[entry] != p and most + _fields(p, entry, sides, tables, prices, scratch) >= need:
                count = _add(entry, p, count, scratch)
        scratch.earned[theirs] = 0
    return count


@kernel
def _most_of_fields(people: FieldArrays, p: int, prices: FieldPrices, weak_date: int) -> int:
    """The most that sex, countries and a date relation that is not strong can earn this person."""
    most = prices.others[SEX_EQUAL] if people.sex[p] else 0
    if people.dates.start[p + 1] > people.dates.start[p]:
        most += weak_date
    country = -1
    for at in range(people.nationalities.start[p], people.nationalities.start[p + 1]):
        country = max(country, prices.sharing[people.nationalities.values[at]])
    for at in range(people.birth_countries.start[p], people.birth_countries.start[p + 1]):
        country = max(country, prices.sharing[people.birth_countries.values[at]])
    return most + country + prices.others[ALSO] if country >= 0 else most


@kernel
def find(
    first: int, last: int, need: int, weak_date: int, sides: Sides, tables: Tables, postings: Postings, name_prices: Ints,
    prices: FieldPrices, scratch: Scratch, out: Ints,
) -> tuple[int, int, int]:  # fmt: skip
    """Look for people `first` to `last`; rows of `out` are person, entry, millibits, person's name, entry's name (or -1).

    Returns how many rows were written, the first person not looked for (`last`, unless `out` is full), and how many pairs
    were compared in full.
    """
    names, fields, entry_names = sides.names, sides.fields, sides.entry_names
    entries = len(sides.entry_fields.sex)
    written, compared = 0, 0
    for p in range(first, last):
        if len(out) - written < entries:
            return written, p, compared
        name_need = need - _most_of_fields(fields, p, prices, weak_date)
        count = 0
        if name_need <= 0:
            for entry in range(entries):
                count = _add(entry, p, count, scratch)
        else:
            count = _by_vocabulary(fields.dates, p, tables.dates, postings.by_date, count, scratch)
            count = _by_vocabulary(fields.documents, p, tables.documents, postings.by_document, count, scratch)
            for name in range(names.of_record[p], names.of_record[p + 1]):
                count = _by_name(name, p, need, name_need, sides, tables, postings, prices, count, scratch)
        compared += count
        for at in range(count):
            e = scratch.candidates[at]
            total = _fields(p, e, sides, tables, prices, scratch)
            best, best_mine, best_theirs = 0, -1, -1
            for i in range(names.of_record[p], names.of_record[p + 1]):
                for j in range(entry_names.of_record[e], entry_names.of_record[e + 1]):
                    found = compare_names(names, i, entry_names, j, tables.tokens, name_prices, scratch.names)
                    if best_mine < 0 or found > best:
                        best, best_mine, best_theirs = found, i - names.of_record[p], j - entry_names.of_record[e]
            total += best
            if total >= need:
                out[written, 0], out[written, 1], out[written, 2] = p, e, total
                out[written, 3], out[written, 4] = best_mine, best_theirs
                written += 1
    return written, last, compared
