"""The keys by which words of other scripts are comparable with Latin ones: `names.spelling.script_keys` in bulk.

Consonants are digits here, one for each class in the order of the alphabet, and up to four of them one number, the first the
highest: so numbers sort as the texts do.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Longs, Ragged
from kstep.matching.kernels.compiled import kernel, making_kernel
from kstep.matching.kernels.spelling import SpellingTables
from kstep.matching.kernels.tokens import OFFSET, PRIME
from kstep.names.spelling import (
    BEYOND,
    BONES_OF_A_SIGN,
    KEY_LENGTH,
    LONGEST_CHUNK,
    MOST_KEYS,
    REACH,
    WIDTH,
    classes_of_letters,
    shipped_spellings,
    skeleton,
)

_CLASSES = sorted(set(classes_of_letters()) - {0})
_CODES = np.array([0, *_CLASSES], np.uint64)
_OPENS, _CLOSES = np.uint64(ord("<")), np.uint64(ord(">"))
_BASE = 10
_FULL = _BASE**KEY_LENGTH
_UNIT = _BASE ** (LONGEST_CHUNK - 1)


class ChunkBones(NamedTuple):
    """The consonants of every chunk, as one number: read forwards, and backwards."""

    forwards: Ints
    backwards: Ints


@functools.cache
def chunk_bones() -> ChunkBones:
    """The consonants of the chunks of the costs that ship with kstep."""
    bones = [skeleton(chunk) for chunk in shipped_spellings().chunks]
    return ChunkBones(
        np.array([_number(text) for text in bones], np.int64),
        np.array([_number(text[::-1]) for text in bones], np.int64),
    )


def _number(bones: str) -> int:
    number = 0
    for place in range(LONGEST_CHUNK):
        number = number * _BASE + (1 + _CLASSES.index(ord(bones[place])) if place < len(bones) else 0)
    return number


@kernel
def _joined(bones: int, added: int) -> int:
    """These consonants and those of another chunk, a repeated one once, `KEY_LENGTH` at most."""
    unit, last = _FULL // _BASE, 0
    while unit and bones // unit % _BASE:
        last = bones // unit % _BASE
        unit //= _BASE
    of_added = _UNIT
    if added // of_added == last:
        of_added //= _BASE
    while unit and of_added and added // of_added % _BASE:
        bones += added // of_added % _BASE * unit
        unit //= _BASE
        of_added //= _BASE
    return bones


@kernel
def _put(number: int, cost: int, count: int, numbers: Ints, costs: Ints) -> int:
    """Note `number` at this cost among the first `count`, unless it is there at a lower one; returns how many there are."""
    for place in range(count):
        if numbers[place] == number:
            costs[place] = min(costs[place], cost)
            return count
    numbers[count], costs[count] = number, cost
    return count + 1


@kernel
def _likeliest(count: int, most: int, numbers: Ints, costs: Ints) -> int:
    """Put the cheapest of the first `count` first, `most` at most, of equal ones the first of the alphabet; returns how many."""
    kept = min(most, count)
    for place in range(kept):
        best = place
        for other in range(place + 1, count):
            if costs[other] < costs[best] or (costs[other] == costs[best] and numbers[other] < numbers[best]):
                best = other
        numbers[place], numbers[best] = numbers[best], numbers[place]
        costs[place], costs[best] = costs[best], costs[place]
    return kept


class _Scratch(NamedTuple):
    """Working space: consonants of one sign, of all signs up to one, and of those up to the next, each with its cost."""

    sign: Ints
    sign_cost: Ints
    reached: Ints
    reached_cost: Ints
    following: Ints
    following_cost: Ints


@kernel
def _ends(rows: Ints, first: int, last: int, step: int, tables: SpellingTables, bones: Ints, scratch: _Scratch) -> int:
    """Find the likeliest beginnings (`step` 1) or endings (-1) of what rows `first` to `last` of `rows` emit: how many there
    are in `scratch.reached`.
    """
    sign, sign_cost, reached, reached_cost, following, following_cost = scratch
    reached[0], reached_cost[0], count = 0, 0, 1
    for place in range(last - first):
        row = rows[first + place if step > 0 else last - 1 - place]
        signs = 0
        for at in range(tables.start[row], tables.start[row + 1]):
            signs = _put(bones[tables.chunk[at]], tables.emitted[at], signs, sign, sign_cost)
        signs = _likeliest(signs, BONES_OF_A_SIGN, sign, sign_cost)
        found, least = 0, BEYOND
        for one in range(count):
            for other in range(signs):
                cost = reached_cost[one] + sign_cost[other]
                if cost <= least + REACH:
                    least = min(least, cost)
                    found = _put(_joined(reached[one], sign[other]), cost, found, following, following_cost)
        count = 0
        for one in range(_likeliest(found, WIDTH, following, following_cost)):
            if following_cost[one] <= least + REACH:
                reached[count], reached_cost[count] = following[one], following_cost[one]
                count += 1
    return min(count, MOST_KEYS)


@kernel
def _hash(number: int, step: int) -> np.uint64:
    """The hash of a key as `spelling.script_keys` writes it."""
    value = (OFFSET ^ (_OPENS if step > 0 else _CLOSES)) * PRIME
    unit = _FULL // _BASE
    while unit and number // unit % _BASE:
        value = (value ^ _CODES[number // unit % _BASE]) * PRIME
        unit //= _BASE
    return value


@making_kernel
def native_keys(of_token: Ragged, readings: Ragged, tables: SpellingTables, bones: ChunkBones) -> tuple[Ints, Longs]:
    """The hashes of the script keys of words, of which `of_token` says which `readings` (rows of the costs) each has: offsets,
    and hashes, each once for a word.
    """
    tokens = len(of_token.start) - 1
    start, keys = np.zeros(tokens + 1, np.int64), np.empty(2 * MOST_KEYS * len(of_token.values), np.uint64)
    room = WIDTH * BONES_OF_A_SIGN
    sign_room = max(1, np.max(np.diff(tables.start)))
    scratch = _Scratch(
        np.empty(sign_room, np.int64), np.empty(sign_room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64),
        np.empty(room, np.int64), np.empty(room, np.int64),
    )  # fmt: skip
    used = 0
    for token in range(tokens):
        begin = used
        for at in range(of_token.start[token], of_token.start[token + 1]):
            reading = of_token.values[at]
            first, last = readings.start[reading], readings.start[reading + 1]
            for step in (1, -1):
                ends = bones.forwards if step > 0 else bones.backwards
                for place in range(_ends(readings.values, first, last, step, tables, ends, scratch)):
                    key = _hash(scratch.reached[place], step)
                    known = False
                    for other in range(begin, used):
                        known |= keys[other] == key
                    if not known:
                        keys[used] = key
                        used += 1
        start[token + 1] = used
    return start, keys[:used].copy()


__all__ = ["ChunkBones", "chunk_bones", "native_keys"]
