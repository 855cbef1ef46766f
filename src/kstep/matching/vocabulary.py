"""Joining the vocabularies of two sides: every comparable pair of tokens, strong pair of dates, agreeing pair of
documents.

Whatever is expensive happens here, once per distinct pair of values, never per pair of records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from kstep.matching.arrays import Ints, Pairs, Shorts
from kstep.matching.columns import Vocabularies
from kstep.matching.field_joins import join_dates, join_documents
from kstep.matching.kernels.find import Ranked, Tables
from kstep.matching.kernels.postings import rank_pairs
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
    places: Ints | None = None,
) -> Tables:
    """The tables of two sides. A date pair is strong if it earns more than `weak_date`; `keys` are those of the entries.

    `places` says in how many places each of the entries' tokens stands; it is only needed where somebody is looked for among them.
    `wanted` are the people's tokens of which the table of tokens has to tell (all if it is not given), ascending.
    """
    if wanted is None:
        wanted = np.arange(len(people.tokens.weight), dtype=np.int64)
    mine, theirs, tables = people.tokens, entries.tokens, spelling_tables()
    my_chunks, their_chunks = (chunks_of(side.start, side.letters, tables) for side in (mine, theirs))
    spelled = Spelled(tables, *my_chunks, *their_chunks)
    known = known_hashes(keys)
    natives = np.flatnonzero(np.isin(people.natives.token, wanted)).astype(np.int64)
    latin = latins_of(theirs, keys.script_token, *their_chunks) if len(natives) else None
    swapped: Triples = (_NONE, _NONE, _NONE)

    def mine_in_latin(some: Ints) -> Found:
        return join_scripts(some, entries.natives, theirs.weight, my_latin, my_keys.key, len(mine.weight), tables)

    def part(some: Ints) -> tuple[Ints, Shorts, Shorts]:
        """The rows of some of the people's tokens."""
        own = join_tokens(some, mine, theirs, keys, known, spelled)
        found = []
        if latin:
            places = np.searchsorted(people.natives.token[natives], (some[0], some[-1] + 1))
            of_some = natives[places[0] : places[1]]
            found.append(
                join_scripts(of_some, people.natives, mine.weight, latin, keys.script, len(theirs.weight), tables)
            )
        places = np.searchsorted(swapped[0], (some[0], some[-1] + 1))
        first, last = places.tolist()
        found.append((swapped[0][first:last], swapped[1][first:last], swapped[2][first:last]))
        rows, other, worth = merged_rows(some, own, found)
        return np.bincount(rows - some[0], minlength=some[-1] + 1 - some[0])[some - some[0]], other, worth

    with ThreadPoolExecutor(workers) as pool:
        if len(entries.natives.token):
            my_keys = script_keys(mine, wanted)
            my_latin = latins_of(mine, my_keys.token, *my_chunks)
            others = np.arange(len(entries.natives.token), dtype=np.int64)
            swapped = _swapped(list(pool.map(mine_in_latin, pieces(others, workers))))
        parts = list(pool.map(part, (some for some in pieces(wanted, workers) if len(some))))
    counts = np.zeros(len(mine.weight) + 1, np.int64)
    if parts:
        counts[1 + wanted] = np.concatenate([count for count, _, _ in parts])
    other, worth = (np.concatenate([np.empty(0, np.int32), *(part[place] for part in parts)]) for place in (1, 2))
    del parts  # as much again as the table itself
    pairs = Pairs(np.cumsum(counts), other, worth)
    return tables_of(people, entries, pairs, weights, np.zeros(0, np.int64) if places is None else places, workers)


Found = tuple[Ints, Ints, Ints]
"""What one piece of work found: of tokens of one script, how many each person's token has, which, and millibits; of others, which
tokens of the one side, which of the other, and millibits.
"""
Triples = tuple[Ints, Ints, Ints]
"""People's tokens, tokens of the entries, millibits."""

_NONE: Ints = np.empty(0, np.int64)


def _swapped(found: Sequence[Found]) -> Triples:
    """What was found with the sides swapped, as people's tokens in order, the entries' tokens, and millibits."""
    theirs, mine, worth = (np.concatenate([_NONE, *(part[place] for part in found)]) for place in range(3))
    order = np.argsort(mine, kind="stable")
    return mine[order], theirs[order], worth[order]


def tables_of(
    people: Vocabularies, entries: Vocabularies, tokens: Pairs, weights: Weights, places: Ints, workers: int = 1
) -> Tables:
    """All tables of two sides of which the tokens are joined; `places` of the entries' names hold each of their tokens."""
    words = int(np.count_nonzero(entries.tokens.joined == 0))
    ranked = Ranked(*rank_pairs(tokens.start, tokens.other, tokens.millibits, words, places))
    dates = join_dates(people.dates, entries.dates, weights)
    return Tables(
        tokens, words, ranked, dates, join_documents(people.documents, entries.documents, weights, workers=workers)
    )


def token_pairs(
    tokens: int, wanted: Ints, parts: Sequence[Found], found: Sequence[Found], swapped: Sequence[Found]
) -> Pairs:
    """The table of `tokens` people's tokens: of `wanted` what `parts` say, and of two scripts what is `found` of the people's
    native tokens and, with sides swapped, of the entries'.
    """
    of_one = (np.concatenate([_NONE, *(part[place] for part in parts)]) for place in range(3))
    count, other, worth = of_one
    rows, others, worths = merged_rows(wanted, (count, other, worth), [*found, _swapped(swapped)])
    return Pairs(np.searchsorted(rows, np.arange(tokens + 1)).astype(np.int64), others, worths)


def merged_rows(wanted: Ints, own: Found, found: Sequence[Triples]) -> tuple[Ints, Shorts, Shorts]:
    """The pairs of one script and of others as one: rows, the tokens beside them, ascending in each row, and millibits."""
    rows, other, worth = np.repeat(wanted, own[0]), own[1], own[2]
    if any(len(more) for _, _, more in found):
        rows, other, worth = (
            np.concatenate([mine, *(triple[place] for triple in found)])
            for place, mine in enumerate((rows, other, worth))
        )
        key = rows << 32 | other
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        worth = np.maximum.reduceat(worth[order], first)  # a pair may be known as variants too: the higher counts
        rows, other = key[first] >> 32, key[first] & 0xFFFFFFFF
    return rows, other.astype(np.int32), worth.astype(np.int32)


PIECE = 20_000
"""Values in one piece of work, at most."""


def pieces(values: Ints, workers: int) -> Iterator[Ints]:
    """Several pieces of work for each worker."""
    edges = np.linspace(0, len(values), max(4 * workers, len(values) // PIECE) + 1).astype(np.int64).tolist()
    return (values[first:last] for first, last in pairwise(edges))
