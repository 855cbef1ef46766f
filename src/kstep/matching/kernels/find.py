"""Finding every pair at or above the threshold: candidates by names, by strong dates and by documents, then the whole sum.

For a person, `need` is what the names must earn when every other field agrees as well as it can without a strong date or a
document. Entries with a strong date relation or an agreeing document are candidates whatever their names. Of the others,
an entry can only reach the threshold if one of its names shares comparable tokens worth `need` with one of the person's,
and so at least one token outside any set of tokens that together earn less than `need`. docs/matching.md has the proof.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Pairs, Ragged
from kstep.matching.kernels.compiled import kernel
from kstep.matching.kernels.fields import ALSO, SEX_EQUAL, FieldArrays, FieldPrices, compare_fields
from kstep.matching.kernels.names import NameArrays, NameScratch, compare_names


class Postings(NamedTuple):
    """Where the list's tokens, dates and documents occur: names by token (tokens and joins), entries by date and document."""

    names: Ragged
    entry_of_name: Ints
    by_date: Ragged
    by_document: Ragged


class Tables(NamedTuple):
    """Pairs of the two sides' vocabularies: comparable tokens, strong dates, agreeing documents; `most` per person's token."""

    tokens: Pairs
    most: Ints
    dates: Pairs
    documents: Pairs


class Scratch(NamedTuple):
    """Working space of one thread: `seen` marks entries and `earned` sums names while one person is looked for."""

    seen: Ints
    candidates: Ints
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


@kernel
def _by_name(
    name: int, p: int, need: int, people: NameArrays, tables: Tables, postings: Postings, count: int, scratch: Scratch
) -> int:
    """Entries of which a name may earn `need` beside this name: tokens are taken by what they can earn, highest first."""
    first, last = people.tokens.start[name], people.tokens.start[name + 1]
    join_first, join_last = people.joins.start[name], people.joins.start[name + 1]
    rows = np.empty(last - first + join_last - join_first, np.int64)
    for at in range(first, last):
        rows[at - first] = people.tokens.values[at]
    for at in range(join_first, join_last):
        rows[last - first + at - join_first] = people.join_token[people.joins.values[at]]
    most = np.empty(len(rows), np.int64)
    for row in range(len(rows)):
        most[row] = -tables.most[rows[row]]
    order = np.argsort(most)
    remaining = -most.sum()
    if remaining < need:
        return count
    touched = 0
    for row in order:
        if remaining < need:
            break
        token = rows[row]
        remaining += most[row]
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
        if scratch.earned[theirs] + remaining >= need:
            count = _add(postings.entry_of_name[theirs], p, count, scratch)
        scratch.earned[theirs] = 0
    return count


@kernel
def _most_of_fields(people: FieldArrays, p: int, prices: FieldPrices, weak_date: int) -> int:
    """The most that sex, countries and a date relation that is not strong can earn this person."""
    most = prices.others[SEX_EQUAL] if people.sex[p] else 0
    if people.dates.start[p + 1] > people.dates.start[p]:
        most += weak_date
    country = 0
    for at in range(people.nationalities.start[p], people.nationalities.start[p + 1]):
        country = max(country, prices.sharing[people.nationalities.values[at]])
    for at in range(people.birth_countries.start[p], people.birth_countries.start[p + 1]):
        country = max(country, prices.sharing[people.birth_countries.values[at]])
    return most + country + prices.others[ALSO] if country else most


@kernel
def find(
    first: int, last: int, need: int, weak_date: int, names: NameArrays, fields: FieldArrays, entry_names: NameArrays,
    entry_fields: FieldArrays, tables: Tables, postings: Postings, name_prices: Ints, prices: FieldPrices,
    scratch: Scratch, out: Ints,
) -> tuple[int, int, int]:  # fmt: skip
    """Look for people `first` to `last`; rows of `out` are person, entry, millibits, person's name, entry's name (or -1).

    Returns how many rows were written, the first person not looked for (`last`, unless `out` is full), and how many pairs
    were compared in full.
    """
    entries = len(entry_fields.sex)
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
                count = _by_name(name, p, name_need, names, tables, postings, count, scratch)
        compared += count
        mine = names.of_record[p + 1] - names.of_record[p]
        for at in range(count):
            e = scratch.candidates[at]
            total = compare_fields(fields, p, entry_fields, e, tables.documents, prices)
            best, best_mine, best_theirs = 0, -1, -1
            for i in range(names.of_record[p], names.of_record[p + 1]):
                for j in range(entry_names.of_record[e], entry_names.of_record[e + 1]):
                    found = compare_names(names, i, entry_names, j, tables.tokens, name_prices, scratch.names)
                    if best_mine < 0 or found > best:
                        best, best_mine, best_theirs = found, i - names.of_record[p], j - entry_names.of_record[e]
            if best_mine >= 0:
                pairs = mine * (entry_names.of_record[e + 1] - entry_names.of_record[e])
                total += best - prices.charges[min(pairs, len(prices.charges) - 1)]
            if total >= need:
                out[written, 0], out[written, 1], out[written, 2] = p, e, total
                out[written, 3], out[written, 4] = best_mine, best_theirs
                written += 1
    return written, last, compared
