"""Joining tokens of other scripts with Latin ones: every pair that shares a script key, with what it earns.

The numbers are those of `names.similarity.compare`, by other code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Longs, Ragged, Words
from kstep.matching.kernels.compiled import kernel, making_kernel
from kstep.matching.kernels.spelling import (
    Chunks,
    SpellingTables,
    cheapest,
    dearest,
    empty_board,
    explained,
    native_table,
)
from kstep.matching.kernels.tokens import OFFSET, PRIME, TokenArrays, grown
from kstep.names.scripts import Script
from kstep.names.similarity import LEAST, OTHER_SCRIPT
from kstep.names.spelling import BEYOND, KEY_LENGTH, classes_of_letters

_CLASSES = np.array(classes_of_letters(), np.uint64)
_LATIN = int(Script.LATIN)
_OPENS, _CLOSES = np.uint64(ord("<")), np.uint64(ord(">"))


class NativeArrays(NamedTuple):
    """The tokens of a vocabulary that are not Latin: which they are, which `readings` (rows of the learned costs) each has,
    and the hashes of its script keys.
    """

    token: Ints
    of_token: Ragged
    readings: Ragged
    key_start: Ints
    key: Longs


class ScriptKeys(NamedTuple):
    """The hashes of the script keys of a vocabulary's Latin tokens, sorted, and the tokens, ascending for each key."""

    key: Longs
    token: Ints


@kernel
def _key_hash(word: Words, step: int) -> np.uint64:
    """The hash of a Latin word's beginning (`step` 1) or ending (-1), as `spelling.script_keys` writes it."""
    value = (OFFSET ^ (_OPENS if step > 0 else _CLOSES)) * PRIME
    last, kept = np.uint64(0), 0
    place = 0 if step > 0 else len(word) - 1
    while 0 <= place < len(word) and kept < KEY_LENGTH:
        letter = np.int64(word[place]) - 97
        sound = _CLASSES[letter] if 0 <= letter < 26 else np.uint64(0)
        if sound and sound != last:
            value = (value ^ sound) * PRIME
            kept += 1
            last = sound
        place += step
    return value


@making_kernel
def latin_keys(tokens: TokenArrays) -> tuple[Longs, Ints]:
    """Two hashes of every Latin token, unsorted, and the tokens."""
    count = 0
    for token in range(len(tokens.script)):
        count += tokens.script[token] == _LATIN
    keys, owners = np.empty(2 * count, np.uint64), np.empty(2 * count, np.int64)
    at = 0
    for token in range(len(tokens.script)):
        if tokens.script[token] == _LATIN:
            word = tokens.letters[tokens.start[token] : tokens.start[token + 1]]
            for step in (1, -1):
                keys[at], owners[at] = _key_hash(word, step), token
                at += 1
    return keys, owners


@kernel
def _shared(left: Words, right: Words) -> int:
    """How many letters two words begin with in common."""
    place = 0
    while place < len(left) and place < len(right) and left[place] == right[place]:
        place += 1
    return place


@making_kernel
def join_scripts(
    first: int, last: int, natives: NativeArrays, native_tokens: TokenArrays, latins: TokenArrays, keys: ScriptKeys,
    chunk_start: Ints, chunks: Chunks, tables: SpellingTables,
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """For the native tokens `first` to `last`: which of them (tokens), with which Latin tokens, earn how many millibits."""
    seen = np.full(len(latins.script), -1, np.int64)
    room = len(latins.script)
    met, most, costs = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    mine, theirs, earned = np.empty(1 << 10, np.int64), np.empty(1 << 10, np.int64), np.empty(1 << 10, np.int64)
    nothing = np.empty(0, np.uint32)
    board = empty_board()
    used = 0
    for native in range(first, last):
        a = natives.token[native]
        count = 0
        for at in range(natives.key_start[native], natives.key_start[native + 1]):
            place = np.searchsorted(keys.key, natives.key[at])
            while place < len(keys.key) and keys.key[place] == natives.key[at]:
                b = keys.token[place]
                if seen[b] != native and not latins.initial[b]:
                    seen[b] = native
                    met[count], costs[count] = b, BEYOND
                    heavy = max(native_tokens.weight[a], latins.weight[b])
                    most[count] = dearest(latins.chance[b], heavy, OTHER_SCRIPT, LEAST)
                    count += 1
                place += 1
        if count == 0:
            continue
        for at in range(natives.of_token.start[native], natives.of_token.start[native + 1]):
            reading = natives.of_token.values[at]
            rows = natives.readings.values[natives.readings.start[reading] : natives.readings.start[reading + 1]]
            table = native_table(rows, tables, board)
            filled, before = 0, nothing
            for met_at in range(count):
                b = met[met_at]
                word = latins.letters[latins.start[b] : latins.start[b + 1]]
                of_word = chunks[chunk_start[b] : chunk_start[b + 1]]
                # Vocabularies are in alphabetical order: a word begins like the one before it, and so do their columns.
                filled = min(filled, 1 + _shared(before, word))
                cost, filled = cheapest(filled, len(rows), word, of_word, nothing, most[met_at], table, board)
                costs[met_at] = min(costs[met_at], cost)
                before = word
        if used + count > len(mine):
            size = max(2 * len(mine), used + count)
            mine, theirs, earned = grown(mine, used, size), grown(theirs, used, size), grown(earned, used, size)
        for met_at in range(count):
            b = met[met_at]
            light, heavy = native_tokens.weight[a], latins.weight[b]
            light, heavy = min(light, heavy), max(light, heavy)
            millibits = explained(latins.chance[b], costs[met_at], light, heavy) - OTHER_SCRIPT
            if millibits >= LEAST:
                mine[used], theirs[used], earned[used] = a, b, millibits
                used += 1
    return mine[:used].copy(), theirs[:used].copy(), earned[:used].copy()


__all__ = ["NativeArrays", "ScriptKeys", "join_scripts", "latin_keys"]
