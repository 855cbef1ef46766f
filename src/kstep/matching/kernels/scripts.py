"""Joining tokens of other scripts with Latin ones: every pair that shares a script key, with what it earns.

The numbers are those of `names.similarity.compare`, by other code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Ragged, Shorts, Words
from kstep.matching.kernels.bits import Marks, mark, take_either
from kstep.matching.kernels.cards import (
    CARD,
    IN_CARD,
    Cards,
    chance_on,
    is_initial,
    is_join,
    is_latin,
    length_on,
    letter_of,
    spell,
    vowels_on,
    weight_on,
)
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.matching.kernels.native_spelling import NativeBoard, cheapest_native, least_of_all, set_native
from kstep.matching.kernels.spelling import SpellingTables, dearest, explained
from kstep.matching.kernels.token_keys import OFFSET, PRIME, TokenArrays
from kstep.matching.kernels.tokens import grown
from kstep.names.scripts import Script
from kstep.names.similarity import LEAST, OTHER_SCRIPT
from kstep.names.spelling import BEYOND, KEY_LENGTH, LONGEST, classes_of_letters

_CLASSES = np.array(classes_of_letters(), np.uint64)
_LATIN = int(Script.LATIN)
_EIGHT = 8
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


VOWELS = 14
"""Runs of vowels by which the joins that share a key are told apart; those that have as many or more are together."""

GROUPS = VOWELS + 2
"""Groups of the tokens that share a key: words first, then joins by runs of vowels."""


class ScriptKeys(NamedTuple):
    """The hashes of the script keys of a vocabulary's Latin tokens, ascending, which are endings, and the tokens:
    `token[start[at * GROUPS + group]:start[at * GROUPS + group + 1]]` are those of a key and a group, ascending.
    """

    key: Longs
    ending: Bytes
    start: Shorts
    token: Shorts


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
def latin_keys(tokens: TokenArrays, some: Ints) -> tuple[Longs, Shorts]:
    """Two hashes of every Latin one of these tokens, its beginning and its ending, and the places of the tokens in `some`."""
    count = 0
    for token in some:
        count += tokens.script[token] == _LATIN
    keys, owners = np.empty(2 * count, np.uint64), np.empty(2 * count, np.int32)
    at = 0
    for place in range(len(some)):
        token = some[place]
        if tokens.script[token] == _LATIN:
            word = tokens.letters[tokens.start[token] : tokens.start[token + 1]]
            for step in (1, -1):
                keys[at], owners[at] = _key_hash(word, step), place
                at += 1
    return keys, owners


class Met(NamedTuple):
    """Working space: the Latin tokens that a word of another script is compared with, in what `sets` they were, their cards, at
    most how much each may cost, and how much it costs; `possible` which of these may cost no more by one reading, and how many
    foreign letters each has.
    """

    token: Shorts
    sets: Shorts
    card: Longs
    most: Ints
    cost: Ints
    possible: Shorts
    foreign: Shorts


def met_scratch(tokens: int) -> Met:
    """Working space for one thread, for a vocabulary of so many tokens."""
    return Met(
        np.empty(tokens, np.int32), np.empty(tokens, np.int32), np.empty(CARD * tokens, np.uint64), np.empty(tokens, np.int64),
        np.empty(tokens, np.int64), np.empty(tokens, np.int32), np.empty(tokens, np.int32),
    )  # fmt: skip


@inlined_kernel
def least_of(joined: int) -> int:
    """What two words have to earn of which one may be a join."""
    return 1 if joined else LEAST


@inlined_kernel
def _may_be(native: int, about: np.uint64, keys: int, natives: NativeArrays) -> bool:
    """Whether a word and a token with such a card are compared if they share so many keys."""
    if (
        natives.joined[native] & is_join(about)
        or not is_latin(about)
        or is_initial(about)
        or length_on(about) > LONGEST
    ):
        return False
    if not natives.joined[native] | is_join(about):
        return keys > 0
    return keys == 2 if natives.alphabetic[native] else keys > 0 and vowels_on(about) <= natives.length[native] + 1


@kernel
def choose(count: int, native: int, weight: int, natives: NativeArrays, words: int, cards: Cards, met: Met) -> int:
    """Keep of the first `count` tokens met those that a word of this weight is compared with, and return how many there are. The
    first `words` of the tokens are no joins.
    """
    both_from = (
        0 if natives.joined[native] else words
    )  # tokens from here on have to share both keys with a word of an alphabet
    if not natives.alphabetic[native]:
        both_from = np.iinfo(np.int32).max
    kept = 0
    for at in range(count):
        met.token[kept], met.sets[kept] = met.token[at], met.sets[at]
        kept += met.sets[at] == 3 or met.token[at] < both_from
    # Nothing is asked of the cards before all are fetched: so they are fetched side by side.
    count, kept = kept, 0
    for at in range(count):
        card = met.token[at] * CARD
        for word in range(CARD):
            met.card[at * CARD + word] = cards.card[card + word]
    for at in range(count):
        about, shared = met.card[at * CARD + CARD - 1], met.sets[at]
        if _may_be(native, about, (shared & 1) + (shared >> 1), natives):
            met.token[kept] = met.token[at]
            for word in range(CARD):
                met.card[kept * CARD + word] = met.card[at * CARD + word]
            heavy, joined = max(weight, weight_on(about)), natives.joined[native] | is_join(about)
            met.most[kept] = dearest(chance_on(about), heavy, OTHER_SCRIPT, least_of(joined))
            kept += 1
    return kept


@kernel
def _meet(native: int, natives: NativeArrays, keys: ScriptKeys, marks: Marks) -> None:
    """Mark the Latin tokens that share a key with this word: a beginning first, an ending second."""
    last = GROUPS - 1  # of the groups that may be compared with the word
    if natives.joined[native]:
        last = 0
    elif not natives.alphabetic[native]:
        last = min(last, 2 + natives.length[native])
    for at in range(natives.key_start[native], natives.key_start[native + 1]):
        place = np.searchsorted(keys.key, natives.key[at])
        if place < len(keys.key) and keys.key[place] == natives.key[at]:
            bits = marks.second if keys.ending[place] else marks.first
            for of_key in range(keys.start[place * GROUPS], keys.start[place * GROUPS + last + 1]):
                mark(keys.token[of_key], bits, marks)


@kernel
def price(
    count: int, native: int, natives: NativeArrays, cards: Cards, tables: SpellingTables, met: Met, board: NativeBoard
) -> None:
    """Find out what it costs that this word is spelled as each of the first `count` tokens met, by its cheapest reading."""
    met.cost[:count] = BEYOND
    for at in range(natives.of_token.start[native], natives.of_token.start[native + 1]):
        reading = natives.of_token.values[at]
        first, stop = natives.readings.start[reading], natives.readings.start[reading + 1]
        set_native(natives.readings.values[first:stop], tables, board)
        possible = 0
        for place in range(count):
            length, foreign = length_on(met.card[place * CARD + CARD - 1]), 0
            for word in range(CARD - 1):
                eight = met.card[place * CARD + word]
                if eight == 0:
                    break
                for _ in range(_EIGHT):
                    foreign += board.foreign[eight & np.uint64(0xFF)]
                    eight >>= np.uint64(_EIGHT)
            for letter in range(IN_CARD, length):
                code = cards.letters[cards.start[met.token[place]] + letter]
                foreign += board.foreign[letter_of(int(np.int64(code)))]
            if least_of_all(length, foreign, board) <= met.most[place]:
                met.possible[possible], met.foreign[possible] = place, foreign
                possible += 1
        for possible_at in range(possible):
            place = met.possible[possible_at]
            # Vocabularies are in alphabetical order: a word begins like the one before it, and so do their columns.
            same = spell(place, met.card, met.token[place], cards, board.word)
            length = length_on(met.card[place * CARD + CARD - 1])
            cost = cheapest_native(length, met.foreign[possible_at], same, met.most[place], tables, board)
            met.cost[place] = min(met.cost[place], cost)


@kernel
def keep(count: int, weight: int, joined: int, met: Met, found: Shorts, earned: Shorts, used: int) -> int:
    """Write the tokens that earn enough beside a word (or a join) of this weight, and what they earn, behind the first `used`;
    returns how many are used then.
    """
    for place in range(count):
        if met.cost[place] < BEYOND:
            about = met.card[place * CARD + CARD - 1]
            light, heavy = min(weight, weight_on(about)), max(weight, weight_on(about))
            millibits = explained(chance_on(about), met.cost[place], light, heavy) - OTHER_SCRIPT
            if millibits >= least_of(joined | is_join(about)):
                found[used], earned[used] = met.token[place], millibits
                used += 1
    return used


@making_kernel
def join_scripts(
    wanted: Ints, natives: NativeArrays, weights: Ints, words: int, cards: Cards, keys: ScriptKeys, tables: SpellingTables,
    marks: Marks, met: Met, board: NativeBoard,
) -> tuple[Ints, Shorts, Shorts]:  # fmt: skip
    """For these of `natives`: with how many Latin tokens each earns something, with which (ascending), and millibits.

    `weights` are those of the tokens of the natives' side; `cards` and `keys` those of the Latin tokens, of
    which the first `words` are no joins.
    """
    counts = np.zeros(len(wanted), np.int64)
    found, earned = np.empty(1 << 10, np.int32), np.empty(1 << 10, np.int32)
    used = 0
    for at in range(len(wanted)):
        native = wanted[at]
        weight = weights[natives.token[native]]
        _meet(native, natives, keys, marks)
        count = choose(take_either(marks, met.token, met.sets), native, weight, natives, words, cards, met)
        if count:
            price(count, native, natives, cards, tables, met, board)
            if used + count > len(found):
                size = max(2 * len(found), used + count)
                found, earned = grown(found, used, size), grown(earned, used, size)
            kept = keep(count, weight, natives.joined[native], met, found, earned, used)
            counts[at], used = kept - used, kept
    return counts, found[:used].copy(), earned[:used].copy()


__all__ = [
    "GROUPS", "VOWELS", "Met", "NativeArrays", "ScriptKeys", "choose", "join_scripts", "keep", "latin_keys", "met_scratch",
    "price",
]  # fmt: skip
