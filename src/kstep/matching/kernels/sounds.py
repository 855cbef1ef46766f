"""The sound keys of a vocabulary as hashes: `names.keys.sound_keys` in bulk."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Words
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.matching.kernels.token_keys import OFFSET, PRIME, SOUND_KEYS
from kstep.names.keys import OTHER_READINGS, SOUND_OF, SOUND_OF_LETTER

_LETTERS = 128
_LONGEST = max(map(len, SOUND_OF))
_C, _F, _G, _H, _J, _K, _S, _W = (ord(letter) for letter in "cfghjksw")
_CAPITAL = ord("A") - ord("a")
_FIRST_CAPITAL, _LAST_CAPITAL = ord("A"), ord("Z")
_VOWELS, _SOFTENING = np.zeros((2, _LETTERS), np.bool_)
_VOWELS[list(b"aeiouy")] = True
_SOFTENING[list(b"eiy")] = True
_DIGRAPHS = np.array([[ord(letter) for letter in digraph + read] for digraph, read in OTHER_READINGS], np.uint32)

HARD_G, SOFT_G, HARD_J, WITHOUT_H = range(4)
"""How a skeleton is read: *g* as *k*; *g* as *j*; *g* as *k* and *j* as *ch*; *g* as *k*, and no *h*."""


class SoundTables(NamedTuple):
    """What letters sound like: `spelled[start[letter]:start[letter + 1]]` are the spellings of several letters that begin with
    `letter`, the longest first, `length` and `sound` run parallel; `alone` has what each letter is alone, two at most, 0 where
    nothing, and `known` whether it is one of those.
    """

    start: Ints
    spelled: Words
    length: Ints
    sound: Words
    alone: Words
    known: Bytes


@functools.cache
def sound_tables() -> SoundTables:
    """The tables of `names.keys`, as the kernels read them."""
    spellings = sorted(SOUND_OF, key=lambda spelling: (spelling[0], -len(spelling)))
    spelled = np.zeros((len(spellings), _LONGEST), np.uint32)
    for row, spelling in zip(spelled, spellings, strict=True):
        row[: len(spelling)] = [ord(letter) for letter in spelling]
    alone, known = np.zeros((_LETTERS, 2), np.uint32), np.zeros(_LETTERS, np.int8)
    for letter, sounds in SOUND_OF_LETTER.items():
        alone[letter, : len(sounds)], known[letter] = [ord(sound) for sound in sounds], 1
    return SoundTables(
        np.searchsorted(spelled[:, 0], np.arange(_LETTERS + 1)).astype(np.int64), spelled,
        np.array([len(spelling) for spelling in spellings], np.int64),
        np.array([ord(SOUND_OF[spelling]) for spelling in spellings], np.uint32), alone, known,
    )  # fmt: skip


@inlined_kernel
def _spelling_at(word: Words, place: int, length: int, tables: SoundTables) -> int:
    """Which spelling of several letters begins here, or -1."""
    letter = np.int64(word[place])
    for spelling in range(tables.start[letter], tables.start[letter + 1]):
        size = tables.length[spelling]
        if place + size <= length:
            same = 1
            while same < size and word[place + same] == tables.spelled[spelling, same]:
                same += 1
            if same == size:
                return spelling
    return -1


@kernel
def _skeleton(word: Words, length: int, initial: bool, tables: SoundTables, out: Words) -> int:
    """Write the consonants of a word to `out`, behind an `A` if it has an initial vowel; returns how many there are."""
    used = 0
    if initial:
        out[0], used = _FIRST_CAPITAL, 1
    place = 0
    while place < length:
        letter = np.int64(word[place])
        after = np.int64(word[place + 1]) if place + 1 < length else 0
        size = 1
        if letter == _C and after < _LETTERS and _SOFTENING[after]:
            out[used] = _S + _CAPITAL
            used += 1
        elif letter == _W and place == 0:
            out[used] = _F + _CAPITAL
            used += 1
        elif letter != _H or place + 1 < length:
            spelling = _spelling_at(word, place, length, tables) if letter < _LETTERS else -1
            if spelling >= 0:
                out[used], size = tables.sound[spelling], tables.length[spelling]
                used += 1
            elif letter < _LETTERS and tables.known[letter]:
                for at in range(2):
                    if tables.alone[letter, at]:
                        out[used] = tables.alone[letter, at]
                        used += 1
            else:
                out[used] = word[place]
                used += 1
        place += size
    return used


@kernel
def _add(skeleton: Words, length: int, reading: int, count: int, keys: Longs, first: int) -> int:
    """Write the hash of a skeleton that is read so behind the first `count` keys of a token, unless it is empty, there already,
    or one too many; returns how many there are then.
    """
    value, last, empty = OFFSET, np.uint32(0), True
    for place in range(length):
        sound = skeleton[place]
        if sound == _H + _CAPITAL and reading == WITHOUT_H:
            continue
        if sound == _J + _CAPITAL and reading == HARD_J:
            sound = np.uint32(_C + _CAPITAL)
        if sound == _G + _CAPITAL:
            sound = np.uint32((_J if reading == SOFT_G else _K) + _CAPITAL)
        if sound != last or sound < _FIRST_CAPITAL or sound > _LAST_CAPITAL:
            value = (value ^ np.uint64(sound)) * PRIME
        last, empty = sound, False
    if empty or count == SOUND_KEYS:
        return count
    for at in range(first, first + count):
        if keys[at] == value:
            return count
    keys[first + count] = value
    return count + 1


@kernel
def _has(skeleton: Words, length: int, sound: int) -> bool:
    place = 0
    while place < length and skeleton[place] != sound + _CAPITAL:
        place += 1
    return bool(place < length)


@kernel
def _reread(word: Words, digraph: Words, out: Words) -> int:
    """Write a word to `out` with one letter for a digraph, and return its length; 0 if it has no such digraph."""
    used, place, found = 0, 0, False
    while place < len(word):
        if place + 1 < len(word) and word[place] == digraph[0] and word[place + 1] == digraph[1]:
            out[used], found = digraph[2], True
            place += 1
        else:
            out[used] = word[place]
        used += 1
        place += 1
    return used if found else 0


@making_kernel
def sound_hashes(start: Ints, letters: Words, tables: SoundTables) -> Longs:
    """The hashes of the sound keys of words in Latin letters, `SOUND_KEYS` each, 0 behind the last."""
    words = len(start) - 1
    keys = np.zeros(words * SOUND_KEYS, np.uint64)
    longest = 1
    for number in range(words):
        longest = max(longest, start[number + 1] - start[number])
    skeleton, reread = np.empty(2 * longest + 1, np.uint32), np.empty(longest, np.uint32)
    for number in range(words):
        word = letters[start[number] : start[number + 1]]
        if len(word) >= 2:
            _find_keys(word, number * SOUND_KEYS, tables, skeleton, reread, keys)
    return keys


@kernel
def _find_keys(word: Words, first: int, tables: SoundTables, skeleton: Words, reread: Words, keys: Longs) -> None:
    initial = bool(word[0] < _LETTERS and _VOWELS[np.int64(word[0])])
    length = _skeleton(word, len(word), initial, tables, skeleton)
    count = _add(skeleton, length, HARD_G, 0, keys, first)
    if _has(skeleton, length, _G):
        count = _add(skeleton, length, SOFT_G, count, keys, first)
    if _has(skeleton, length, _J):
        count = _add(skeleton, length, HARD_J, count, keys, first)
    if _has(skeleton, length, _H):
        count = _add(skeleton, length, WITHOUT_H, count, keys, first)
    for digraph in range(len(_DIGRAPHS)):
        used = _reread(word, _DIGRAPHS[digraph], reread)
        if used:
            length = _skeleton(reread, used, initial, tables, skeleton)
            count = _add(skeleton, length, HARD_G, count, keys, first)


__all__ = ["SoundTables", "sound_hashes", "sound_tables"]
