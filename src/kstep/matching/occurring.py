"""Joining what occurs in pairs of records that are given: of two vocabularies, mostly little.

Where few tokens stand beside each other, each is compared with those; where many do, the vocabularies are joined by their
keys, as in the engine. What comes out tells the same of the pairs.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kstep.matching.arrays import Ints, Longs, Ragged, interleaved
from kstep.matching.columns import Columns, vocabularies
from kstep.matching.kernels.find import Tables
from kstep.matching.kernels.occurring import Occurring, join_occurring, join_occurring_scripts
from kstep.matching.kernels.scripts import latin_keys, latins_of
from kstep.matching.kernels.spelling import chunks_of, spelling_tables
from kstep.matching.kernels.token_keys import TokenArrays, TokenKeys
from kstep.matching.kernels.tokens import Spelled
from kstep.matching.vocabulary import Found, join, pieces, tables_of, token_keys, token_pairs
from kstep.matching.weights import Weights

SPARSE = 500
"""Tokens beside a token, on average of both vocabularies, up to which they are compared one by one."""


def join_pairs(
    people: Columns, entries: Columns, left: Ints, right: Ints, keys: TokenKeys | None, weights: Weights, workers: int
) -> Tables:
    """The tables of two sides as far as person `left[at]` and entry `right[at]` need them; `keys` of the entries if known."""
    mine, theirs = _tokens_of_records(people), _tokens_of_records(entries)
    lengths = np.diff(mine.start)[left] * np.diff(theirs.start)[right]
    held = np.zeros(len(people.token_texts), np.bool_)
    held[_taken(mine, np.unique(left))] = True
    wanted = np.flatnonzero(held).astype(np.int64)
    if lengths.sum() > SPARSE * (len(wanted) + len(entries.token_texts)):
        keys = keys or token_keys(entries.tokens)
        return join(vocabularies(people), vocabularies(entries), keys, weights, workers, wanted)
    forth = Occurring(_grouped(mine, len(people.token_texts)), _beside(left, right, people.records), theirs)
    back = Occurring(_grouped(theirs, len(entries.token_texts)), _beside(right, left, entries.records), mine)
    return _join_occurring(people, entries, forth, back, wanted, weights, workers)


def _join_occurring(
    people: Columns, entries: Columns, forth: Occurring, back: Occurring, wanted: Ints, weights: Weights, workers: int
) -> Tables:
    mine, theirs, tables = people.tokens, entries.tokens, spelling_tables()
    chunks = [chunks_of(side.start, side.letters, tables) for side in (mine, theirs)]
    spelled = Spelled(tables, *chunks[0], *chunks[1])

    def part(some: Ints) -> Found:
        return join_occurring(some, mine, theirs, forth, spelled)

    def in_latin(natives: Columns, latins: Columns, of_latins: int, occurring: Occurring) -> list[Found]:
        every = np.arange(len(latins.token_texts), dtype=np.int64)
        latin, keys = latins_of(latins.tokens, every, *chunks[of_latins]), _keys_by_token(latins.tokens)
        numbers = np.arange(len(natives.natives.token), dtype=np.int64)

        def piece(some: Ints) -> Found:
            return join_occurring_scripts(some, natives.natives, natives.tokens.weight, latin, keys, occurring, tables)

        return list(pool.map(piece, pieces(numbers, workers))) if len(numbers) else []

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, pieces(wanted, workers)))
        found, swapped = in_latin(people, entries, 1, forth), in_latin(entries, people, 0, back)
    pairs = token_pairs(len(mine.weight), wanted, parts, found, swapped)
    return tables_of(vocabularies(people), vocabularies(entries), pairs, weights, np.zeros(0, np.int64))


def _keys_by_token(tokens: TokenArrays) -> Longs:
    """The two script keys of each token, 0 where it is not Latin."""
    keys, owners = latin_keys(tokens)
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


def _by(keys: Ints, values: Ints, width: int) -> Ragged:
    order = np.argsort(keys, kind="stable")
    return Ragged(np.searchsorted(keys[order], np.arange(width + 1)).astype(np.int64), values[order])


def _taken(rows: Ragged, chosen: Ints) -> Ints:
    """The values of the chosen rows."""
    kept = np.zeros(len(rows.start) - 1, np.bool_)
    kept[chosen] = True
    return rows.values[np.repeat(kept, np.diff(rows.start))]
