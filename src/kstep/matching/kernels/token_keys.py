"""The keys by which tokens of one script, or known variants, are comparable, in bulk: what a token shares with which.

Candidates share a hash of a deletion neighbour, of a sound key or of a known variant, or are initials; each has yet to be
verified, so a collision of hashes does no harm.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Octets, Shorts, Words
from kstep.matching.kernels.bits import Marks, mark
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.names.keys import LONGEST_EDITED, MOST_SOUND_KEYS

SOUND_KEYS = MOST_SOUND_KEYS

MOST_HASHES = 1 + LONGEST_EDITED * (LONGEST_EDITED + 1) // 2
"""Strings left of a token after deleting two letters or fewer."""

_ASCII = 128

PRIME = np.uint64(1099511628211)
OFFSET = np.uint64(14695981039346656037)
"""Of the hash by Fowler, Noll and Vo."""


class TokenArrays(NamedTuple):
    """A vocabulary. `letters[start[t]:start[t+1]]` are token t's code points; hashes of sound keys are 0 behind the last; `known`
    says which are in the data of frequencies, `syllable` which syllables of Korean names each may be, `joined` which are several
    neighbours of a name written as one; `variants` are places of `variant` (hashes of pairs of known variants) and `variant_price`.
    """

    start: Ints
    letters: Words
    weight: Ints
    chance: Ints
    known: Bytes
    syllable: Longs
    sound: Longs
    sound_weight: Ints
    script: Bytes
    initial: Bytes
    first_letter: Bytes
    joined: Bytes
    variants: Ints
    variant: Longs
    variant_price: Ints


class TokenKeys(NamedTuple):
    """The list side's keys, sorted for look-up: hashes with the tokens that have them, and tokens that are no joins by first
    letter.

    Hashes of spellings lie in buckets by their first bits; `bucket_start` says where each begins. Of each its last 32 bits are
    kept; `known` has one bit for each value of some of these, and says whether there is such a one: so most that are not there
    are not looked for. `sound_token[sound_start[at]:sound_start[at + 1]]` have the sound `sound[at]`. Of the tokens of each
    first letter those that are initials come first, up to `initial_stop`.
    """

    bucket_start: Shorts
    spelling: Words
    spelling_token: Shorts
    known: Octets
    sound: Longs
    sound_start: Shorts
    sound_token: Shorts
    variant: Longs
    variant_token: Shorts
    letter_start: Shorts
    initial_stop: Shorts
    letter_token: Shorts


@inlined_kernel
def allowed(letters: Words, joined: int) -> int:
    """The edits allowed in a token (or a join) of these letters."""
    length = len(letters)
    if length == 2:
        return int(letters[0] < _ASCII and letters[1] < _ASCII)
    if length < 3 or length > LONGEST_EDITED:
        return 0
    return 1 if joined or length < 7 else 2


@inlined_kernel
def _hashed(value: np.uint64, letters: Words, start: int, stop: int) -> np.uint64:
    """The hash of what `value` is the hash of, with these letters behind it."""
    for place in range(start, stop):
        value = (value ^ np.uint64(letters[place])) * PRIME
    return value


@making_kernel
def hash_texts(start: Ints, letters: Words) -> Longs:
    """One hash a text."""
    hashes = np.empty(len(start) - 1, np.uint64)
    for text in range(len(hashes)):
        hashes[text] = _hashed(OFFSET, letters, start[text], start[text + 1])
    return hashes


@kernel
def _neighbourhood(letters: Words, first: int, last: int, joined: int, hashes: Longs) -> int:
    """Write the hashes of a token's deletion neighbourhood, and return how many there are."""
    edits = allowed(letters[first:last], joined)
    hashes[0] = _hashed(OFFSET, letters, first, last)
    count = 1
    if edits:
        before = OFFSET
        for skip in range(first, last):
            between = before
            hashes[count] = _hashed(between, letters, skip + 1, last)
            count += 1
            if edits == 2:
                for skip_too in range(skip + 1, last):
                    hashes[count] = _hashed(between, letters, skip_too + 1, last)
                    between = _hashed(between, letters, skip_too, skip_too + 1)
                    count += 1
            before = _hashed(before, letters, skip, skip + 1)
    return count


@making_kernel
def spelling_hashes(start: Ints, letters: Words, joined: Bytes) -> tuple[Shorts, Longs]:
    """The hashes of every token's deletion neighbourhood: the tokens, and the hashes."""
    neighbours = np.empty(MOST_HASHES, np.uint64)
    total = 0
    for token in range(len(start) - 1):
        length = start[token + 1] - start[token]
        edits = allowed(letters[start[token] : start[token + 1]], joined[token])
        total += 1 + (length if edits else 0) + (length * (length - 1) // 2 if edits == 2 else 0)
    owners, hashes = np.empty(total, np.int32), np.empty(total, np.uint64)
    at = 0
    for token in range(len(start) - 1):
        count = _neighbourhood(letters, start[token], start[token + 1], joined[token], neighbours)
        hashes[at : at + count] = neighbours[:count]
        owners[at : at + count] = token
        at += count
    return owners, hashes


@inlined_kernel
def _bucket(value: np.uint64, buckets: int) -> int:
    """The bucket of a hash, by its first bits, out of fewer than 2 ** 32."""
    return int(np.int64((value >> np.uint64(32)) * np.uint64(buckets) >> np.uint64(32)))


@making_kernel
def in_buckets(owners: Shorts, hashes: Longs) -> tuple[Shorts, Words, Shorts]:
    """Hashes of spellings and the tokens that have them, by bucket, one for about two hashes: where each begins and the last ends,
    and of each hash its last 32 bits and its token.
    """
    buckets = max(1, len(hashes) // 2)
    starts = np.zeros(buckets + 1, np.int32)
    for value in hashes:
        starts[_bucket(value, buckets) + 1] += 1
    for bucket in range(buckets):
        starts[bucket + 1] += starts[bucket]
    filled, spelling, tokens = starts[:-1].copy(), np.empty(len(hashes), np.uint32), np.empty(len(hashes), np.int32)
    for at in range(len(hashes)):
        bucket = _bucket(hashes[at], buckets)
        place = filled[bucket]
        spelling[place], tokens[place] = np.uint32(hashes[at]), owners[at]
        filled[bucket] = place + 1
    return starts, spelling, tokens


_KNOWN_SHIFT = np.uint32(10)


@making_kernel
def known_hashes(spelling: Words) -> Octets:
    """One bit for each value of some bits of a hash, whether it is that of one of these."""
    known = np.zeros(1 << (32 - int(_KNOWN_SHIFT)), np.uint8)
    for value in spelling:
        known[value >> _KNOWN_SHIFT] |= np.uint8(1) << np.uint8(value & np.uint32(7))
    return known


@kernel
def _mark_spellings(a: int, people: TokenArrays, keys: TokenKeys, words: int, hashes: Longs, marks: Marks) -> None:
    """Mark the list tokens that share a deletion neighbour with token `a`."""
    buckets, joined = len(keys.bucket_start) - 1, people.joined[a]
    for at in range(_neighbourhood(people.letters, people.start[a], people.start[a + 1], joined, hashes)):
        wanted = np.uint32(hashes[at])
        if not keys.known[wanted >> _KNOWN_SHIFT] >> np.uint8(wanted & np.uint32(7)) & np.uint8(1):
            continue
        bucket = _bucket(hashes[at], buckets)
        for place in range(keys.bucket_start[bucket], keys.bucket_start[bucket + 1]):
            if keys.spelling[place] == wanted and not (joined and keys.spelling_token[place] >= words):
                mark(keys.spelling_token[place], marks.second, marks)


@kernel
def token_candidates(
    a: int, people: TokenArrays, keys: TokenKeys, words: int, hashes: Longs, marks: Marks, varied: Shorts
) -> int:
    """Mark the list tokens that share a key with token `a`: those of its sounds first, all others second. Those that are
    known variants of it are written to `varied` too; returns how many these are.

    The first `words` of the list's tokens are no joins; two joins share nothing.
    """
    joined = people.joined[a]
    _mark_spellings(a, people, keys, words, hashes, marks)
    for key in range(a * SOUND_KEYS, (a + 1) * SOUND_KEYS):
        sound = people.sound[key]
        if sound == 0:
            break
        at = np.searchsorted(keys.sound, sound)
        if at < len(keys.sound) and keys.sound[at] == sound:
            for place in range(keys.sound_start[at], keys.sound_start[at + 1]):
                if joined and keys.sound_token[place] >= words:
                    break
                mark(keys.sound_token[place], marks.first, marks)
    count = 0
    for at in range(people.variants[a], people.variants[a + 1]):
        place = np.searchsorted(keys.variant, people.variant[at])
        while place < len(keys.variant) and keys.variant[place] == people.variant[at]:
            if not (joined and keys.variant_token[place] >= words):
                mark(keys.variant_token[place], marks.second, marks)
                if count < len(varied):
                    varied[count] = keys.variant_token[place]
                    count += 1
            place += 1
    letter = people.first_letter[a]
    if not joined:
        stop = keys.letter_start[letter + 1] if people.initial[a] else keys.initial_stop[letter]
        for place in range(keys.letter_start[letter], stop):
            mark(keys.letter_token[place], marks.second, marks)
    return count
