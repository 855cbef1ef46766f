"""Joining only the tokens that occur in pairs of records that are given: no keys, every token beside every other.

The numbers are those of `kernels.tokens` and `kernels.scripts`; only the way to what is compared is another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Longs, Ragged, Shorts
from kstep.matching.kernels.cards import Cards
from kstep.matching.kernels.compiled import kernel, making_kernel
from kstep.matching.kernels.native_spelling import NativeBoard
from kstep.matching.kernels.scripts import Met, NativeArrays, choose, keep, price
from kstep.matching.kernels.spelling import Board, SpellingTables
from kstep.matching.kernels.token_keys import TokenArrays
from kstep.matching.kernels.tokens import NOT_COMPARABLE, compare, grown


class Occurring(NamedTuple):
    """Pairs of records, seen from one side: the records that hold each token, the records of the other side that each is beside,
    and the tokens that each of these holds.
    """

    records: Ragged
    beside: Ragged
    tokens: Ragged


@kernel
def _beside(token: int, occurring: Occurring, seen: Shorts, found: Shorts) -> int:
    """Write to `found` the tokens of the other side that stand beside this one, each once, and return how many there are."""
    records, beside, tokens = occurring.records, occurring.beside, occurring.tokens
    count = 0
    for at in range(records.start[token], records.start[token + 1]):
        record = records.values[at]
        for pair in range(beside.start[record], beside.start[record + 1]):
            other = beside.values[pair]
            for place in range(tokens.start[other], tokens.start[other + 1]):
                met = tokens.values[place]
                if seen[met] != token:
                    seen[met] = token
                    found[count] = met
                    count += 1
    return count


@making_kernel
def join_occurring(
    wanted: Ints, people: TokenArrays, entries: TokenArrays, occurring: Occurring, tables: SpellingTables, scratch: Ints,
    board: Board,
) -> tuple[Ints, Shorts, Shorts]:  # fmt: skip
    """What `join_tokens` says of these tokens of the people, of the pairs that occur."""
    counts = np.zeros(len(wanted), np.int64)
    found, earned = np.empty(1 << 12, np.int32), np.empty(1 << 12, np.int32)
    candidates, seen = np.empty(len(entries.weight), np.int32), np.full(len(entries.weight), -1, np.int32)
    used = 0
    for at in range(len(wanted)):
        a = wanted[at]
        count, before = _beside(a, occurring, seen, candidates), used
        candidates[:count].sort()
        if used + count > len(found):
            size = max(2 * len(found), used + count)
            found, earned = grown(found, used, size), grown(earned, used, size)
        for b in candidates[:count]:
            if people.joined[a] & entries.joined[b]:
                continue
            millibits = compare(people, a, entries, b, tables, scratch, board)
            if millibits > NOT_COMPARABLE:
                found[used], earned[used] = b, millibits
                used += 1
        counts[at] = used - before
    return counts, found[:used].copy(), earned[:used].copy()


@kernel
def _shared_keys(native: int, natives: NativeArrays, keys: Longs, token: int) -> int:
    """In which sets `kernels.scripts` would have met this Latin token, of which these are the two keys; others have none."""
    begins, ends = keys[2 * token], keys[2 * token + 1]
    shared = 0
    if begins != 0:
        for at in range(natives.key_start[native], natives.key_start[native + 1]):
            shared |= (natives.key[at] == begins) | (natives.key[at] == ends) << 1
    return shared


@making_kernel
def join_occurring_scripts(
    wanted: Ints, natives: NativeArrays, weights: Ints, words: int, cards: Cards, keys: Longs, occurring: Occurring,
    tables: SpellingTables, met: Met, board: NativeBoard,
) -> tuple[Ints, Shorts, Shorts]:  # fmt: skip
    """What `join_scripts` says of the pairs that occur; `cards` are those of all tokens of the other side, `keys` two of each."""
    counts = np.zeros(len(wanted), np.int64)
    found, earned = np.empty(1 << 10, np.int32), np.empty(1 << 10, np.int32)
    seen = np.full(len(met.token), -1, np.int32)
    used = 0
    for at in range(len(wanted)):
        native = wanted[at]
        token = natives.token[native]
        count = _beside(token, occurring, seen, met.token)
        met.token[:count].sort()
        for place in range(count):
            met.sets[place] = _shared_keys(native, natives, keys, met.token[place])
        count = choose(count, native, weights[token], natives, words, cards, met)
        if count:
            price(count, native, natives, cards, tables, met, board)
            if used + count > len(found):
                size = max(2 * len(found), used + count)
                found, earned = grown(found, used, size), grown(earned, used, size)
            kept = keep(count, weights[token], natives.joined[native], met, found, earned, used)
            counts[at], used = kept - used, kept
    return counts, found[:used].copy(), earned[:used].copy()


__all__ = ["Occurring", "join_occurring", "join_occurring_scripts"]
