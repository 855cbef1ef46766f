"""The keys by which words of other scripts are comparable with Latin ones: `names.spelling.script_keys` in bulk.

Consonants are digits here, one for each class in the order of the alphabet, and up to four of them one number, the first the
highest: so numbers sort as the texts do.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Longs, Ragged, Shorts
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.matching.kernels.spelling import SpellingTables
from kstep.matching.kernels.token_keys import OFFSET, PRIME
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


_WRITTEN = [str(number).zfill(KEY_LENGTH).rstrip("0") for number in range(_FULL)]
_LENGTH = np.array([len(digits) for digits in _WRITTEN], np.int64)
_LAST = np.array([int(digits[-1]) if digits else 0 for digits in _WRITTEN], np.int64)
_REST = np.array([_BASE ** (LONGEST_CHUNK - KEY_LENGTH + length) for length in range(KEY_LENGTH + 1)], np.int64)
"""Of these consonants how many they are, and the last; what parts the digits of a chunk that still find room from the others."""


@inlined_kernel
def _joined(bones: int, added: int) -> int:
    """These consonants and those of another chunk, a repeated one once, `KEY_LENGTH` at most."""
    if added // _UNIT == _LAST[bones]:
        added = added % _UNIT * _BASE
    return int(bones + added // _REST[_LENGTH[bones]])


@inlined_kernel
def _put(number: int, cost: int, count: int, numbers: Ints, costs: Ints, places: Ints) -> int:
    """Note `number` at this cost behind the first `count`, unless it is there (`places` says where, or -1): then at the lower one;
    returns how many there are.
    """
    place = places[number]
    if place >= 0:
        costs[place] = min(costs[place], cost)
        return count
    places[number] = count
    numbers[count], costs[count] = number, cost
    return count + 1


@inlined_kernel
def _within(count: int, dearest: int, numbers: Ints, costs: Ints, places: Ints) -> int:
    """Of the first `count` those that cost no more than `dearest`; forget where they were. Returns how many they are."""
    kept = 0
    for place in range(count):
        places[numbers[place]] = -1
        if costs[place] <= dearest:
            numbers[kept], costs[kept] = numbers[place], costs[place]
            kept += 1
    return kept


@kernel
def _likeliest(count: int, most: int, numbers: Ints, costs: Ints) -> int:
    """Put the cheapest of the first `count` first, `most` at most, of equal ones the first of the alphabet; returns how many."""
    kept = 0
    for place in range(count):
        number, cost = numbers[place], costs[place]
        at = kept
        if kept == most:
            at = kept - 1
            if cost > costs[at] or (cost == costs[at] and number > numbers[at]):
                continue
        else:
            kept += 1
        while at > 0 and (cost < costs[at - 1] or (cost == costs[at - 1] and number < numbers[at - 1])):
            numbers[at], costs[at] = numbers[at - 1], costs[at - 1]
            at -= 1
        numbers[at], costs[at] = number, cost
    return kept


class _Scratch(NamedTuple):
    """Working space: consonants of one sign, of all signs up to one, and of those up to the next, each with its cost; `places` of
    those that are noted, by number, -1 of all others.
    """

    sign: Ints
    sign_cost: Ints
    reached: Ints
    reached_cost: Ints
    following: Ints
    following_cost: Ints
    places: Ints


@kernel
def _ends(
    rows: Shorts, first: int, last: int, step: int, tables: SpellingTables, bones: Ints, scratch: _Scratch
) -> int:
    """Find the likeliest beginnings (`step` 1) or endings (-1) of what rows `first` to `last` of `rows` emit: how many there
    are in `scratch.reached`.
    """
    sign, sign_cost, reached, reached_cost, following, following_cost, places = scratch
    reached[0], reached_cost[0], count = 0, 0, 1
    for place in range(last - first):
        row = rows[first + place if step > 0 else last - 1 - place]
        signs = 0
        for at in range(tables.start[row], tables.start[row + 1]):
            signs = _put(bones[tables.chunk[at]], tables.emitted[at], signs, sign, sign_cost, places)
        signs = _within(signs, BEYOND, sign, sign_cost, places)
        signs = _likeliest(signs, BONES_OF_A_SIGN, sign, sign_cost)
        found, least = 0, BEYOND
        for one in range(count):
            for other in range(signs):
                cost = reached_cost[one] + sign_cost[other]
                if cost <= least + REACH:
                    least = min(least, cost)
                    found = _put(_joined(reached[one], sign[other]), cost, found, following, following_cost, places)
        found = _within(found, least + REACH, following, following_cost, places)
        count = _likeliest(found, WIDTH, following, following_cost)
        for one in range(count):
            reached[one], reached_cost[one] = following[one], following_cost[one]
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
        np.empty(room, np.int64), np.empty(room, np.int64), np.full(_BASE**LONGEST_CHUNK, -1, np.int64),
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
