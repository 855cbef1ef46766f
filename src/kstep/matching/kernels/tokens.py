"""Joining two vocabularies: every pair of comparable tokens, with what it earns, once per distinct pair.

Candidates share a hash of a deletion neighbour or of a sound key; each is then verified, so a collision of hashes does
no harm. The numbers are those of `names.similarity.compare`, by other code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Words
from kstep.matching.kernels.compiled import kernel, making_kernel
from kstep.names.keys import LONGEST_EDITED
from kstep.names.similarity import (
    CLOSE_SOUND,
    FAR_SOUND,
    INITIAL,
    ONE_EDIT,
    ONE_EDIT_LONG,
    OTHER_SCRIPT,
    SAME,
    TWO_EDITS,
)

SOUND_KEYS = 4
"""The most sound keys that a token has."""

_ONE_EDIT_4, _ONE_EDIT_5, _ONE_EDIT_6 = ONE_EDIT[4], ONE_EDIT[5], ONE_EDIT[6]
BUCKET_BITS = 18
BUCKET_SHIFT = np.uint64(64 - BUCKET_BITS)

_PRIME = np.uint64(1099511628211)
_OFFSET = np.uint64(14695981039346656037)


class TokenArrays(NamedTuple):
    """A vocabulary. `letters[start[t]:start[t+1]]` are token t's code points; hashes of sound keys are 0 where there
    is none.
    """

    start: Ints
    letters: Words
    weight: Ints
    sound: Longs
    sound_weight: Ints
    consonantal: Bytes
    initial: Bytes
    first_letter: Bytes


class TokenKeys(NamedTuple):
    """The list side's keys, sorted for look-up: hashes with the tokens that have them, and tokens by first letter.

    Hashes of spellings lie in 2 ** `BUCKET_BITS` buckets by their first bits; `bucket_start` says where each begins.
    """

    bucket_start: Ints
    spelling: Longs
    spelling_token: Ints
    sound: Longs
    sound_token: Ints
    letter_start: Ints
    letter_token: Ints


@kernel
def allowed(length: int) -> int:
    """The edits allowed in a token of `length` letters."""
    if length < 4 or length > LONGEST_EDITED:
        return 0
    return 1 if length < 8 else 2


@kernel
def _hash(letters: Words, start: int, stop: int, skip: int, skip_too: int) -> np.uint64:
    value = _OFFSET
    for place in range(start, stop):
        if place != skip and place != skip_too:
            value = (value ^ np.uint64(letters[place])) * _PRIME
    return value


@making_kernel
def hash_texts(start: Ints, letters: Words) -> Longs:
    """One hash a text."""
    hashes = np.empty(len(start) - 1, np.uint64)
    for text in range(len(hashes)):
        hashes[text] = _hash(letters, start[text], start[text + 1], -1, -1)
    return hashes


@making_kernel
def spelling_hashes(start: Ints, letters: Words) -> tuple[Ints, Longs]:
    """The hashes of every token's deletion neighbourhood: offsets per token, and the hashes."""
    tokens = len(start) - 1
    offsets = np.zeros(tokens + 1, np.int64)
    for token in range(tokens):
        length = start[token + 1] - start[token]
        edits = allowed(length)
        count = 1 + (length if edits else 0) + (length * (length - 1) // 2 if edits == 2 else 0)
        offsets[token + 1] = offsets[token] + count
    hashes = np.empty(offsets[tokens], np.uint64)
    for token in range(tokens):
        first, last, at = start[token], start[token + 1], offsets[token]
        edits = allowed(last - first)
        hashes[at] = _hash(letters, first, last, -1, -1)
        at += 1
        if edits:
            for skip in range(first, last):
                hashes[at] = _hash(letters, first, last, skip, -1)
                at += 1
                if edits == 2:
                    for skip_too in range(skip + 1, last):
                        hashes[at] = _hash(letters, first, last, skip, skip_too)
                        at += 1
    return offsets, hashes


@kernel
def edit_distance(left: Words, right: Words, rows: Ints) -> int:
    """Optimal string alignment distance; `rows` is scratch of at least 3 x (len(right) + 1)."""
    width = len(right) + 1
    for column in range(width):
        rows[width + column] = column
    for row in range(1, len(left) + 1):
        above, now, before = (row % 3) * width, ((row + 1) % 3) * width, ((row + 2) % 3) * width
        rows[now] = row
        for column in range(1, width):
            cost = rows[above + column - 1] + (left[row - 1] != right[column - 1])
            cost = min(cost, rows[above + column] + 1, rows[now + column - 1] + 1)
            if row > 1 and column > 1 and left[row - 1] == right[column - 2] and left[row - 2] == right[column - 1]:
                cost = min(cost, rows[before + column - 2] + 1)
            rows[now + column] = cost
    return int(rows[((len(left) + 1) % 3) * width + width - 1])


@kernel
def _compare(people: TokenArrays, a: int, entries: TokenArrays, b: int, rows: Ints) -> int:
    left = people.letters[people.start[a] : people.start[a + 1]]
    right = entries.letters[entries.start[b] : entries.start[b + 1]]
    light = int(min(people.weight[a], entries.weight[b]))
    same = len(left) == len(right)
    if same:
        for place in range(len(left)):
            if left[place] != right[place]:
                same = False
                break
    if same:
        return min(INITIAL, light) if people.initial[a] else light - SAME
    if people.initial[a] or entries.initial[b]:
        alike = people.first_letter[a] == entries.first_letter[b] and not (people.initial[a] and entries.initial[b])
        return min(INITIAL, light - SAME) if alike else 0
    shared = -1
    for mine in range(SOUND_KEYS):
        for theirs in range(SOUND_KEYS):
            key = people.sound[a * SOUND_KEYS + mine]
            if key != 0 and key == entries.sound[b * SOUND_KEYS + theirs]:
                shared = max(shared, people.sound_weight[a * SOUND_KEYS + mine])
    if people.consonantal[a] != entries.consonantal[b]:
        return min(shared, light) - OTHER_SCRIPT if shared >= 0 else 0
    edits_allowed = min(allowed(len(left)), allowed(len(right)))
    if shared < 0 and abs(len(left) - len(right)) > edits_allowed:
        return 0
    edits = edit_distance(left, right, rows)
    best = 0
    if shared >= 0:
        best = min(shared, light) - (CLOSE_SOUND if 2 * edits <= max(len(left), len(right)) else FAR_SOUND)
    if edits <= edits_allowed:
        shorter = min(len(left), len(right))
        price = ONE_EDIT_LONG
        if edits == 2:
            price = TWO_EDITS
        elif shorter == 4:
            price = _ONE_EDIT_4
        elif shorter == 5:
            price = _ONE_EDIT_5
        elif shorter == 6:
            price = _ONE_EDIT_6
        best = max(best, light - price)
    return best


@kernel
def _meet(b: int, a: int, count: int, seen: Ints, found: Ints) -> int:
    """Write `b` to `found` if token `a` has not met it, and return how many there are."""
    if seen[b] == a:
        return count
    seen[b] = a
    found[count] = b
    return count + 1


@kernel
def _candidates(
    a: int,
    people: TokenArrays,
    offsets: Ints,
    hashes: Longs,
    entries: TokenArrays,
    keys: TokenKeys,
    seen: Ints,
    found: Ints,
) -> int:
    """Write to `found` the list tokens that share a key with token `a`, each once, and return how many there are."""
    count = 0
    for at in range(offsets[a], offsets[a + 1]):
        wanted = hashes[at]
        bucket = np.int64(wanted >> BUCKET_SHIFT)
        for place in range(keys.bucket_start[bucket], keys.bucket_start[bucket + 1]):
            if keys.spelling[place] == wanted:
                count = _meet(keys.spelling_token[place], a, count, seen, found)
    for key in range(SOUND_KEYS):
        sound = people.sound[a * SOUND_KEYS + key]
        if sound != 0:
            place = np.searchsorted(keys.sound, sound)
            while place < len(keys.sound) and keys.sound[place] == sound:
                count = _meet(keys.sound_token[place], a, count, seen, found)
                place += 1
    letter = people.first_letter[a]
    for place in range(keys.letter_start[letter], keys.letter_start[letter + 1]):
        b = keys.letter_token[place]
        if people.initial[a] or entries.initial[b]:
            count = _meet(b, a, count, seen, found)
    return count


@making_kernel
def join_tokens(
    first: int, last: int, people: TokenArrays, offsets: Ints, hashes: Longs, entries: TokenArrays,
    keys: TokenKeys,
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """For the people's tokens `first` to `last`: how many comparable list tokens each has, which (ascending), and
    millibits.
    """
    counts = np.zeros(last - first, np.int64)
    found = np.empty(1 << 16, np.int64)
    earned = np.empty(1 << 16, np.int64)
    used = 0
    seen = np.full(len(entries.weight), -1, np.int64)
    candidates = np.empty(len(entries.weight), np.int64)
    longest = 1
    for token in range(len(entries.start) - 1):
        longest = max(longest, entries.start[token + 1] - entries.start[token])
    rows = np.empty(3 * (longest + 1), np.int64)
    for a in range(first, last):
        count = _candidates(a, people, offsets, hashes, entries, keys, seen, candidates)
        chosen = np.sort(candidates[:count])
        if used + count > len(found):
            grown = max(2 * len(found), used + count)
            more = np.empty(grown, np.int64)
            more[:used] = found[:used]
            found = more
            more = np.empty(grown, np.int64)
            more[:used] = earned[:used]
            earned = more
        for b in chosen:
            millibits = _compare(people, a, entries, b, rows)
            if millibits > 0:
                found[used] = b
                earned[used] = millibits
                used += 1
                counts[a - first] += 1
    return counts, found[:used].copy(), earned[:used].copy()
