"""Joining the vocabularies of two sides: every comparable pair of tokens, strong pair of dates, agreeing pair of
documents.

Whatever is expensive happens here, once per distinct pair of values, never per pair of records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from kstep.matching.arrays import Ints, Pairs
from kstep.matching.columns import Vocabularies
from kstep.matching.field_joins import join_dates, join_documents
from kstep.matching.kernels.find import Tables
from kstep.matching.kernels.scripts import ScriptKeys, join_scripts, latin_keys, latins_of
from kstep.matching.kernels.spelling import chunks_of, spelling_tables
from kstep.matching.kernels.token_keys import (
    SOUND_KEYS,
    TokenArrays,
    TokenKeys,
    in_buckets,
    known_hashes,
    spelling_hashes,
)
from kstep.matching.kernels.tokens import Spelled, join_tokens
from kstep.matching.weights import Weights

LETTERS = 128


def script_keys(tokens: TokenArrays, wanted: Ints | None = None) -> ScriptKeys:
    """The sorted script keys of a vocabulary's Latin tokens, or of those that are wanted."""
    keys, owners = latin_keys(tokens)
    if wanted is not None and len(wanted) < len(tokens.weight):
        kept = np.isin(owners, wanted)
        keys, owners = keys[kept], owners[kept]
    order = np.argsort(keys, kind="stable")
    return ScriptKeys(keys[order], owners[order])


def token_keys(tokens: TokenArrays) -> TokenKeys:
    """The sorted keys of a vocabulary."""
    heard = np.flatnonzero(tokens.sound)
    sound_order = heard[np.argsort(tokens.sound[heard], kind="stable")]
    variant_owner = np.repeat(np.arange(len(tokens.weight), dtype=np.int64), np.diff(tokens.variants))
    variant_order = np.argsort(tokens.variant, kind="stable")
    first = tokens.first_letter[tokens.joined == 0]  # joins come behind all others
    letter_token = np.argsort(first, kind="stable")
    letter_start = np.searchsorted(first[letter_token], np.arange(LETTERS + 1))
    in_order = in_buckets(*spelling_hashes(tokens.start, tokens.letters, tokens.joined))
    return TokenKeys(*in_order, tokens.sound[sound_order], sound_order // SOUND_KEYS,
                     tokens.variant[variant_order], variant_owner[variant_order], letter_start.astype(np.int64),
                     letter_token.astype(np.int64), *script_keys(tokens))  # fmt: skip


def join(
    people: Vocabularies,
    entries: Vocabularies,
    keys: TokenKeys,
    weights: Weights,
    workers: int,
    wanted: Ints | None = None,
) -> Tables:
    """The tables of two sides. A date pair is strong if it earns more than `weak_date`; `keys` are those of the entries.

    `wanted` are the people's tokens of which the table of tokens has to tell (all if it is not given), ascending.
    """
    if wanted is None:
        wanted = np.arange(len(people.tokens.weight), dtype=np.int64)
    mine, theirs, tables = people.tokens, entries.tokens, spelling_tables()
    my_chunks, their_chunks = (chunks_of(side.start, side.letters, tables) for side in (mine, theirs))
    spelled = Spelled(tables, *my_chunks, *their_chunks)
    known = known_hashes(keys)
    natives = np.flatnonzero(np.isin(people.natives.token, wanted)).astype(np.int64)

    def part(some: Ints) -> Found:
        return join_tokens(some, mine, theirs, keys, known, spelled)

    def theirs_in_latin(some: Ints) -> Found:
        return join_scripts(some, people.natives, mine.weight, latin, keys.script, len(theirs.weight), tables)

    def mine_in_latin(some: Ints) -> Found:
        return join_scripts(some, entries.natives, theirs.weight, my_latin, my_keys.key, len(mine.weight), tables)

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, pieces(wanted, workers)))
        found, swapped = [], []
        if len(natives):
            latin = latins_of(theirs, keys.script_token, *their_chunks)
            found = list(pool.map(theirs_in_latin, pieces(natives, workers)))
        if len(entries.natives.token):
            my_keys = script_keys(mine, wanted)
            my_latin = latins_of(mine, my_keys.token, *my_chunks)
            others = np.arange(len(entries.natives.token), dtype=np.int64)
            swapped = list(pool.map(mine_in_latin, pieces(others, workers)))
    return tables_of(people, entries, token_pairs(len(mine.weight), wanted, parts, found, swapped), weights)


Found = tuple[Ints, Ints, Ints]
"""What one piece of work found: of tokens of one script, how many each person's token has, which, and millibits; of others, which
tokens of the one side, which of the other, and millibits.
"""


def tables_of(people: Vocabularies, entries: Vocabularies, tokens: Pairs, weights: Weights) -> Tables:
    """All tables of two sides of which the tokens are joined."""
    words = int(np.count_nonzero(entries.tokens.joined == 0))
    worth = np.where(tokens.other < words, tokens.millibits, 0)
    most = np.zeros(len(tokens.start) - 1, np.int64)
    if len(worth):
        filled = np.flatnonzero(np.diff(tokens.start))
        most[filled] = np.maximum(0, np.maximum.reduceat(worth, tokens.start[filled]))
    dates = join_dates(people.dates, entries.dates, weights)
    return Tables(tokens, most, words, dates, join_documents(people.documents, entries.documents, weights))


def token_pairs(
    tokens: int, wanted: Ints, parts: Sequence[Found], found: Sequence[Found], swapped: Sequence[Found]
) -> Pairs:
    """The table of `tokens` people's tokens: of `wanted` what `parts` say, and of two scripts what is `found` of the people's
    native tokens and, with sides swapped, of the entries'.
    """
    rows = np.repeat(wanted, np.concatenate([count for count, _, _ in parts]))
    columns = [rows, *(np.concatenate([part[place] for part in parts]) for place in (1, 2))]
    others = [*found, *((latins, natives, earned) for natives, latins, earned in swapped)]
    if any(len(earned) for _, _, earned in others):
        columns = [np.concatenate([own, *(other[place] for other in others)]) for place, own in enumerate(columns)]
        order = np.lexsort((-columns[2], columns[1], columns[0]))
        columns = [column[order] for column in columns]
        first = np.append(True, (np.diff(columns[0]) != 0) | (np.diff(columns[1]) != 0))
        columns = [column[first] for column in columns]  # a pair may be known as variants too: the higher counts
    start = np.searchsorted(columns[0], np.arange(tokens + 1)).astype(np.int64)
    return Pairs(start, columns[1], columns[2])


def pieces(values: Ints, workers: int) -> Iterator[Ints]:
    """Several pieces of work for each worker."""
    edges = np.linspace(0, len(values), 4 * workers + 1).astype(np.int64).tolist()
    return (values[first:last] for first, last in pairwise(edges))
