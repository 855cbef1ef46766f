"""Joining the vocabularies of two sides: every comparable pair of tokens, strong pair of dates, agreeing pair of
documents.

Whatever is expensive happens here, once per distinct pair of values, never per pair of records.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from kstep.matching.arrays import Ints, Pairs
from kstep.matching.columns import Vocabularies
from kstep.matching.field_joins import join_dates, join_documents
from kstep.matching.kernels.find import Tables
from kstep.matching.kernels.scripts import ScriptKeys, join_scripts, latin_keys
from kstep.matching.kernels.spelling import chunks_of, spelling_tables
from kstep.matching.kernels.tokens import (
    SOUND_KEYS,
    Spelled,
    TokenArrays,
    TokenKeys,
    bucket_starts,
    join_tokens,
    spelling_hashes,
)
from kstep.matching.weights import Weights

LETTERS = 128


def script_keys(tokens: TokenArrays) -> ScriptKeys:
    """The sorted script keys of a vocabulary's Latin tokens."""
    keys, owners = latin_keys(tokens)
    order = np.argsort(keys, kind="stable")
    return ScriptKeys(keys[order], owners[order])


def token_keys(tokens: TokenArrays) -> TokenKeys:
    """The sorted keys of a vocabulary."""
    owners, hashes = spelling_hashes(tokens.start, tokens.letters)
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    heard = np.flatnonzero(tokens.sound)
    sound_order = heard[np.argsort(tokens.sound[heard], kind="stable")]
    variant_owner = np.repeat(np.arange(len(tokens.weight), dtype=np.int64), np.diff(tokens.variants))
    variant_order = np.argsort(tokens.variant, kind="stable")
    letter_token = np.argsort(tokens.first_letter, kind="stable")
    letter_start = np.searchsorted(tokens.first_letter[letter_token], np.arange(LETTERS + 1))
    return TokenKeys(bucket_starts(hashes), hashes.astype(np.uint32), owners, tokens.sound[sound_order], sound_order // SOUND_KEYS,
                     tokens.variant[variant_order], variant_owner[variant_order], letter_start.astype(np.int64),
                     letter_token.astype(np.int64), *script_keys(tokens))  # fmt: skip


def join(people: Vocabularies, entries: Vocabularies, keys: TokenKeys, weights: Weights, workers: int) -> Tables:
    """The tables of two sides. A date pair is strong if it earns more than `weak_date`; `keys` are those of the entries."""
    tokens = _join_tokens(people, entries, keys, workers)
    most = np.zeros(len(tokens.start) - 1, np.int64)
    if len(tokens.millibits):
        filled = np.flatnonzero(np.diff(tokens.start))
        most[filled] = np.maximum(0, np.maximum.reduceat(tokens.millibits, tokens.start[filled]))
    dates = join_dates(people.dates, entries.dates, weights)
    return Tables(tokens, most, dates, join_documents(people.documents, entries.documents, weights))


def _join_tokens(people: Vocabularies, entries: Vocabularies, keys: TokenKeys, workers: int) -> Pairs:
    mine, theirs, tables = people.tokens, entries.tokens, spelling_tables()
    my_chunks, their_chunks = (chunks_of(side.start, side.letters, tables) for side in (mine, theirs))
    latin = ScriptKeys(keys.script, keys.script_token)
    spelled = Spelled(tables, *my_chunks, *their_chunks)

    def part(bounds: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
        return join_tokens(*bounds, mine, theirs, keys, spelled)

    def theirs_in_latin(bounds: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
        return join_scripts(*bounds, people.natives, mine, theirs, latin, *their_chunks, tables)

    def mine_in_latin(bounds: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
        return join_scripts(*bounds, entries.natives, theirs, mine, my_latin, *my_chunks, tables)

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, _pieces(len(mine.weight), workers)))
        others = list(pool.map(theirs_in_latin, _pieces(len(people.natives.token), workers)))
        if len(entries.natives.token):
            my_latin = script_keys(mine)
            found = pool.map(mine_in_latin, _pieces(len(entries.natives.token), workers))
            others += [(latins, natives, earned) for natives, latins, earned in found]
    counts = np.concatenate([count for count, _, _ in parts])
    rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    columns = [rows, *(np.concatenate([part[place] for part in parts]) for place in (1, 2))]
    if any(len(earned) for _, _, earned in others):
        columns = [np.concatenate([own, *(other[place] for other in others)]) for place, own in enumerate(columns)]
        order = np.lexsort((-columns[2], columns[1], columns[0]))
        columns = [column[order] for column in columns]
        first = np.append(True, (np.diff(columns[0]) != 0) | (np.diff(columns[1]) != 0))
        columns = [column[first] for column in columns]  # a pair may be known as variants too: the higher counts
    start = np.searchsorted(columns[0], np.arange(len(counts) + 1)).astype(np.int64)
    return Pairs(start, columns[1], columns[2])


def _pieces(count: int, workers: int) -> Iterator[tuple[int, int]]:
    return pairwise(np.linspace(0, count, 4 * workers + 1).astype(np.int64).tolist())
