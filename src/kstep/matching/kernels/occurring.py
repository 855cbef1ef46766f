"""Joining only the tokens that occur in pairs of records that are given: no keys, every token beside every other.

The numbers are those of `kernels.tokens` and `kernels.scripts`; only the way to what is compared is another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Longs, Ragged, Shorts
from kstep.matching.kernels.compiled import kernel, making_kernel
from kstep.matching.kernels.native_spelling import native_board
from kstep.matching.kernels.scripts import Latins, Met, NativeArrays, keep, keys_needed, limit, met_scratch, price
from kstep.matching.kernels.spelling import SpellingTables
from kstep.matching.kernels.token_keys import TokenArrays
from kstep.matching.kernels.tokens import Spelled, compare_scratch, compare_tokens, grown


class Occurring(NamedTuple):
    """Pairs of records, seen from one side: the records that hold each token, the records of the other side that each is beside,
    and the tokens that each of these holds.
    """

    records: Ragged
    beside: Ragged
    tokens: Ragged


@kernel
def _beside(token: int, occurring: Occurring, seen: Shorts, found: Ints) -> int:
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
    wanted: Ints, people: TokenArrays, entries: TokenArrays, occurring: Occurring, spelled: Spelled
) -> tuple[Ints, Ints, Ints]:
    """What `join_tokens` says of these tokens of the people, of the pairs that occur."""
    counts = np.zeros(len(wanted), np.int64)
    found, earned = np.empty(1 << 12, np.int64), np.empty(1 << 12, np.int64)
    candidates, seen = np.empty(len(entries.weight), np.int64), np.full(len(entries.weight), -1, np.int32)
    scratch, board = compare_scratch(people, entries)
    used = 0
    for at in range(len(wanted)):
        count = _beside(wanted[at], occurring, seen, candidates)
        candidates[:count].sort()
        if used + count > len(found):
            size = max(2 * len(found), used + count)
            found, earned = grown(found, used, size), grown(earned, used, size)
        kept = compare_tokens(
            wanted[at], count, candidates, people, entries, spelled, scratch, board, found, earned, used
        )
        counts[at], used = kept - used, kept
    return counts, found[:used].copy(), earned[:used].copy()


@kernel
def _shared_keys(native: int, natives: NativeArrays, keys: Longs, token: int) -> int:
    """How many of the two keys of this Latin token a word has; others have none."""
    begins, ends = keys[2 * token], keys[2 * token + 1]
    shared = 0
    for at in range(natives.key_start[native], natives.key_start[native + 1]):
        shared += natives.key[at] == begins or natives.key[at] == ends
    return shared if begins != 0 else 0


@kernel
def _meet(native: int, count: int, weight: int, natives: NativeArrays, latins: Latins, keys: Longs, met: Met) -> int:
    """Keep of the first `count` tokens met those that share enough keys with this word, and return how many there are."""
    kept = 0
    for at in range(count):
        token = met.place[at]
        if latins.start[token] == latins.start[token + 1]:
            continue
        if _shared_keys(native, natives, keys, token) >= keys_needed(native, token, natives, latins):
            joined = natives.joined[native] | latins.joined[token]
            met.place[kept] = token
            met.most[kept] = limit(weight, token, latins, joined)
            kept += 1
    return kept


@making_kernel
def join_occurring_scripts(
    wanted: Ints, natives: NativeArrays, weights: Ints, latins: Latins, keys: Longs, occurring: Occurring,
    tables: SpellingTables,
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """What `join_scripts` says of the pairs that occur; `latins` are all tokens of the other side, `keys` two of each."""
    met, board = met_scratch(len(latins.token)), native_board(tables)
    mine, theirs, earned = np.empty(1 << 10, np.int64), np.empty(1 << 10, np.int64), np.empty(1 << 10, np.int64)
    used = 0
    for native in wanted:
        token = natives.token[native]
        count = _beside(token, occurring, met.seen, met.place)
        count = _meet(native, count, weights[token], natives, latins, keys, met)
        if count:
            price(count, native, natives, latins, tables, met, board)
            if used + count > len(mine):
                size = max(2 * len(mine), used + count)
                mine, theirs, earned = grown(mine, used, size), grown(theirs, used, size), grown(earned, used, size)
            kept = keep(count, weights[token], natives.joined[native], latins, met, theirs, earned, used)
            mine[used:kept] = token
            used = kept
    return mine[:used].copy(), theirs[:used].copy(), earned[:used].copy()


__all__ = ["Occurring", "join_occurring", "join_occurring_scripts"]
