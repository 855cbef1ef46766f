"""Joining what occurs in pairs of records that are given: of two vocabularies, mostly little.

Where few tokens stand beside each other, each is compared with those; where many do, the vocabularies are joined by their
keys, as in the engine. What comes out tells the same of the pairs.
"""

from __future__ import annotations

import numpy as np

from kstep.matching.arrays import Ints, Longs, Pairs, Ragged, Shorts, interleaved
from kstep.matching.columns import Columns, Vocabularies, vocabularies, words_of
from kstep.matching.field_joins import date_keys, document_keys, join_dates, join_documents
from kstep.matching.joinable import Joinable, every, joinable, some_cards
from kstep.matching.kernels.cards import cards_of
from kstep.matching.kernels.native_spelling import native_board
from kstep.matching.kernels.occurring import Occurring, join_occurring, join_occurring_scripts
from kstep.matching.kernels.scripts import latin_keys, met_scratch
from kstep.matching.kernels.spelling import empty_board, spelling_tables
from kstep.matching.kernels.token_keys import TokenArrays
from kstep.matching.kernels.tokens import compare_scratch
from kstep.matching.kernels.walk import Tables
from kstep.matching.threads import in_threads, pieces
from kstep.matching.vocabulary import (
    Fields,
    Rows,
    chosen_natives,
    found_of,
    join,
    table_of,
    tables_of,
    turned,
    with_found,
)
from kstep.matching.weights import Weights

SPARSE = 500
"""Tokens beside a token, on average of both vocabularies, up to which they are compared one by one."""


def join_pairs(
    people: Columns, entries: Columns, left: Ints, right: Ints, keys: Joinable | None, weights: Weights, workers: int
) -> Tables:
    """The tables of two sides as far as person `left[at]` and entry `right[at]` need them; `keys` of the entries if known."""
    mine, theirs = _tokens_of_records(people), _tokens_of_records(entries)
    lengths = np.diff(mine.start)[left] * np.diff(theirs.start)[right]
    held = np.zeros(len(people.tokens.weight), np.bool_)
    held[_taken(mine, np.unique(left))] = True
    wanted = np.flatnonzero(held).astype(np.int64)
    sides = vocabularies(people), vocabularies(entries)
    if lengths.sum() > SPARSE * (len(wanted) + len(entries.tokens.weight)):
        return join(*sides, keys or joinable(sides[1]), weights, workers, wanted)
    forth = Occurring(_grouped(mine, len(people.tokens.weight)), _beside(left, right, people.records), theirs)
    back = Occurring(_grouped(theirs, len(entries.tokens.weight)), _beside(right, left, entries.records), mine)
    tokens = _join_occurring(*sides, forth, back, wanted, workers)
    dates, documents = (
        (keys.dates, keys.documents) if keys else (date_keys(entries.dates), document_keys(entries.document_numbers))
    )
    fields = Fields(
        join_dates(people.dates, entries.dates, dates, weights),
        join_documents(people.document_numbers, documents, weights, workers),
    )
    return tables_of(sides[1], tokens, fields)


def _join_occurring(
    people: Vocabularies, entries: Vocabularies, forth: Occurring, back: Occurring, wanted: Ints, workers: int
) -> Pairs:
    mine, theirs, tables = people.tokens, entries.tokens, spelling_tables()

    def in_latin(side: Vocabularies, chosen: Ints, other: TokenArrays, occurring: Occurring) -> list[Rows]:
        if not len(chosen):
            return []
        cards, keys = some_cards(other, cards_of(other, every(other))), _keys_by_token(other)
        words = words_of(other)

        def piece(some: Ints) -> Rows:
            return join_occurring_scripts(
                some, side.natives, side.tokens.weight, words, cards, keys, occurring, tables, met_scratch(len(other.weight)),
                native_board(tables),
            )  # fmt: skip

        return list(in_threads(piece, pieces(chosen, workers), workers))

    natives, others = chosen_natives(people.natives, wanted), np.arange(len(entries.natives.token))
    swapped = turned(found_of(entries.natives.token, in_latin(entries, others, mine, back)))
    found = found_of(people.natives.token[natives], in_latin(people, natives, theirs, forth))

    def part(some: Ints) -> Rows:
        scratch = compare_scratch()
        rows = join_occurring(some, mine, theirs, forth, tables, scratch, empty_board())
        return with_found(some, with_found(some, rows, found), swapped)

    return table_of(len(mine.weight), wanted, in_threads(part, pieces(wanted, workers), workers))


def _keys_by_token(tokens: TokenArrays) -> Longs:
    """The two script keys of each token, 0 where it is not Latin."""
    keys, owners = latin_keys(tokens, every(tokens))
    found = np.zeros(2 * len(tokens.weight), np.uint64)
    found[2 * owners[::2]], found[2 * owners[::2] + 1] = keys[::2], keys[1::2]
    return found


def _tokens_of_records(side: Columns) -> Ragged:
    """The tokens and joins of all names of each record."""
    names = side.names
    tokens = interleaved(names.tokens, Ragged(names.joins.start, names.join_token[names.joins.values]))
    return Ragged(tokens.start[names.of_record], tokens.values)


def _grouped(rows: Ragged, width: int) -> Ragged:
    """For each value below `width`, the rows that hold it."""
    owners = np.repeat(np.arange(len(rows.start) - 1, dtype=np.int64), np.diff(rows.start))
    return _by(rows.values, owners, width)


def _beside(records: Ints, others: Ints, count: int) -> Ragged:
    """For each of `count` records, those that it is paired with."""
    return _by(records, others, count)


def _by(keys: Shorts | Ints, values: Ints, width: int) -> Ragged:
    order = np.argsort(keys, kind="stable")
    return Ragged(np.searchsorted(keys[order], np.arange(width + 1)).astype(np.int64), values[order].astype(np.int32))


def _taken(rows: Ragged, chosen: Ints) -> Shorts:
    """The values of the chosen rows."""
    kept = np.zeros(len(rows.start) - 1, np.bool_)
    kept[chosen] = True
    return rows.values[np.repeat(kept, np.diff(rows.start))]
