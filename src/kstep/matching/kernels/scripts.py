"""Joining tokens of other scripts with Latin ones: every pair that shares a script key, with what it earns.

The numbers are those of `names.similarity.compare`, by other code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Ragged, Shorts, Words
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.matching.kernels.native_spelling import (
    NativeBoard,
    cheapest_native,
    foreign_letters,
    least_of_all,
    native_board,
    set_native,
)
from kstep.matching.kernels.spelling import Chunks, SpellingTables, dearest, explained
from kstep.matching.kernels.token_keys import OFFSET, PRIME, TokenArrays
from kstep.matching.kernels.tokens import grown
from kstep.names.scripts import Script
from kstep.names.similarity import LEAST, OTHER_SCRIPT
from kstep.names.spelling import BEYOND, KEY_LENGTH, LONGEST_CHUNK, classes_of_letters

_CLASSES = np.array(classes_of_letters(), np.uint64)
_LATIN = int(Script.LATIN)
_VOWELS = np.array([ord(letter) for letter in "aeiouy"], np.uint32)
_OPENS, _CLOSES = np.uint64(ord("<")), np.uint64(ord(">"))


class NativeArrays(NamedTuple):
    """The tokens of a vocabulary that are not Latin: which they are, which are joins, which are written in an
    alphabet, how many letters they have, which `readings` (rows of the learned costs) each has, and the hashes of its script keys.
    """

    token: Ints
    joined: Bytes
    alphabetic: Bytes
    length: Ints
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


class Latins(NamedTuple):
    """Latin tokens in the order in which they are compared: which they are, which are joins and how many runs of vowels these
    have, and of each what it takes.
    `ends[start[place]:start[place + 1]]` says the chunks that end at each letter, as one number; `chunks` are the same four by
    four.
    """

    token: Ints
    joined: Bytes
    vowels: Ints
    weight: Ints
    chance: Ints
    start: Ints
    ends: Longs
    chunks: Chunks


def latins_of(tokens: TokenArrays, places: Ints, chunk_start: Ints, chunks: Chunks) -> Latins:
    """These tokens, one beside the other in memory; an initial has no letters here, and so is never compared."""
    letters, ends = spread(tokens.initial, places, chunk_start // LONGEST_CHUNK, chunks.view(np.uint64))
    start = np.append(0, np.cumsum(letters)).astype(np.int64)
    return Latins(
        places, tokens.joined[places], vowels_of(tokens, places), tokens.weight[places], tokens.chance[places], start,
        ends, ends.view(np.int16),
    )  # fmt: skip


@making_kernel
def vowels_of(tokens: TokenArrays, places: Ints) -> Ints:
    """How many runs of vowels each of these tokens has, if it is a join."""
    found = np.zeros(len(places), np.int64)
    for place in range(len(places)):
        token = places[place]
        if tokens.joined[token]:
            within = False
            for at in range(tokens.start[token], tokens.start[token + 1]):
                vowel = False
                for letter in _VOWELS:
                    vowel |= tokens.letters[at] == letter
                found[place] += vowel and not within
                within = vowel
    return found


@making_kernel
def spread(initial: Bytes, places: Ints, start: Ints, ends: Longs) -> tuple[Ints, Longs]:
    """How many letters each of these tokens has, and the chunks that end at each."""
    letters = np.zeros(len(places), np.int64)
    total = 0
    for place in range(len(places)):
        token = places[place]
        if not initial[token]:
            letters[place] = start[token + 1] - start[token]
            total += letters[place]
    found = np.empty(total, np.uint64)
    used = 0
    for place in range(len(places)):
        first = start[places[place]]
        for letter in range(letters[place]):
            found[used] = ends[first + letter]
            used += 1
    return letters, found


class Met(NamedTuple):
    """Working space: the places of the Latin tokens that a word of another script is compared with, at most how much each may
    cost, and how much it costs; `possible` which of these may cost no more by one reading, and how many foreign letters each
    has; `seen` says of each token for which word it was met.
    """

    place: Ints
    most: Ints
    cost: Ints
    possible: Ints
    foreign: Ints
    seen: Shorts


@making_kernel
def met_scratch(tokens: int) -> Met:
    """Working space for one thread, for a vocabulary of so many tokens."""
    return Met(
        np.empty(tokens, np.int64), np.empty(tokens, np.int64), np.empty(tokens, np.int64), np.empty(tokens, np.int64),
        np.empty(tokens, np.int64), np.full(tokens, -1, np.int32),
    )  # fmt: skip


@inlined_kernel
def least_of(joined: int) -> int:
    """What two words have to earn of which one may be a join."""
    return 1 if joined else LEAST


@inlined_kernel
def limit(weight: int, place: int, latins: Latins, joined: int) -> int:
    """The most that the spelling in this place may cost for a word of this weight, and still earn enough."""
    return dearest(latins.chance[place], max(weight, latins.weight[place]), OTHER_SCRIPT, least_of(joined))


@inlined_kernel
def keys_needed(native: int, place: int, natives: NativeArrays, latins: Latins) -> int:
    """How many keys a word and a Latin token must share to be compared; more than there are, if they never are."""
    if natives.joined[native] & latins.joined[place]:
        return 3
    if natives.joined[native] | latins.joined[place] & natives.alphabetic[native]:
        return 2
    if latins.joined[place] and latins.vowels[place] > natives.length[native] + 1:
        return 3
    return 1


@kernel
def _meet(native: int, weight: int, natives: NativeArrays, latins: Latins, keys: Longs, met: Met) -> int:
    """Find the Latin tokens that share enough keys with this word, and return how many there are."""
    count, once = 0, -2 - native
    for at in range(natives.key_start[native], natives.key_start[native + 1]):
        key = natives.key[at]
        place = np.searchsorted(keys, key)
        while place < len(keys) and keys[place] == key:
            token = latins.token[place]
            if met.seen[token] != native:
                needed = keys_needed(native, place, natives, latins)
                if needed == 2 and met.seen[token] != once:
                    met.seen[token] = once
                elif needed <= 2:
                    met.seen[token] = native
                    met.place[count] = place
                    met.most[count] = limit(weight, place, latins, natives.joined[native] | latins.joined[place])
                    count += 1
            place += 1
    return count


@inlined_kernel
def _shared(ends: Longs, first: int, stop: int, other: int, other_stop: int) -> int:
    """With how many letters two words begin in common, of which `ends` says the chunks that end at each."""
    place = 0
    while first + place < stop and other + place < other_stop and ends[first + place] == ends[other + place]:
        place += 1
    return place


@kernel
def price(
    count: int, native: int, natives: NativeArrays, latins: Latins, tables: SpellingTables, met: Met, board: NativeBoard
) -> None:
    """Find out what it costs that this word is spelled as each of the first `count` tokens met, by its cheapest reading."""
    start, chunks = latins.start, latins.chunks
    met.cost[:count] = BEYOND
    for at in range(natives.of_token.start[native], natives.of_token.start[native + 1]):
        reading = natives.of_token.values[at]
        rows = natives.readings.values[natives.readings.start[reading] : natives.readings.start[reading + 1]]
        set_native(rows, tables, board)
        possible = 0
        for met_at in range(count):
            first, stop = start[met.place[met_at]], start[met.place[met_at] + 1]
            foreign = foreign_letters(chunks, first * LONGEST_CHUNK, stop * LONGEST_CHUNK, board)
            if least_of_all(stop - first, foreign, board) <= met.most[met_at]:
                met.possible[possible], met.foreign[possible] = met_at, foreign
                possible += 1
        filled, before, before_stop = 0, 0, 0
        for possible_at in range(possible):
            met_at = met.possible[possible_at]
            first, stop = start[met.place[met_at]], start[met.place[met_at] + 1]
            # Vocabularies are in alphabetical order: a word begins like the one before it, and so do their columns.
            filled = min(filled, 1 + _shared(latins.ends, first, stop, before, before_stop))
            cost, filled = cheapest_native(
                filled, stop - first, met.foreign[possible_at], chunks[first * LONGEST_CHUNK : stop * LONGEST_CHUNK],
                met.most[met_at], board,
            )  # fmt: skip
            met.cost[met_at] = min(met.cost[met_at], cost)
            before, before_stop = first, stop


@kernel
def keep(count: int, weight: int, joined: int, latins: Latins, met: Met, theirs: Ints, earned: Ints, used: int) -> int:
    """Write the tokens that earn enough beside a word (or a join) of this weight, and what they earn, behind the first `used`;
    returns how many are used then.
    """
    for met_at in range(count):
        if met.cost[met_at] < BEYOND:
            place = met.place[met_at]
            light, heavy = min(weight, latins.weight[place]), max(weight, latins.weight[place])
            millibits = explained(latins.chance[place], met.cost[met_at], light, heavy) - OTHER_SCRIPT
            if millibits >= least_of(joined | latins.joined[place]):
                theirs[used], earned[used] = latins.token[place], millibits
                used += 1
    return used


@making_kernel
def join_scripts(
    wanted: Ints, natives: NativeArrays, weights: Ints, latins: Latins, keys: Longs, tokens: int, tables: SpellingTables
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """For these of `natives`: which of them (tokens), with which Latin tokens, earn how many millibits.

    `weights` are those of the tokens of the natives' side; `keys` those of `latins`, of a vocabulary of so many `tokens`.
    """
    met, board = met_scratch(tokens), native_board(tables)
    mine, theirs, earned = np.empty(1 << 10, np.int64), np.empty(1 << 10, np.int64), np.empty(1 << 10, np.int64)
    used = 0
    for native in wanted:
        token = natives.token[native]
        count = _meet(native, weights[token], natives, latins, keys, met)
        if count:
            price(count, native, natives, latins, tables, met, board)
            if used + count > len(mine):
                size = max(2 * len(mine), used + count)
                mine, theirs, earned = grown(mine, used, size), grown(theirs, used, size), grown(earned, used, size)
            kept = keep(count, weights[token], natives.joined[native], latins, met, theirs, earned, used)
            mine[used:kept] = token
            used = kept
    return mine[:used].copy(), theirs[:used].copy(), earned[:used].copy()


__all__ = [
    "Latins", "Met", "NativeArrays", "ScriptKeys", "join_scripts", "keep", "keys_needed", "latin_keys", "latins_of", "limit",
    "met_scratch", "price",
]  # fmt: skip
