"""Joining the numbers of documents: candidates share a hash of a key, and each is verified by its letters.

A number's keys are itself, its core, and what is left of it when one character is deleted. The numbers are those of
`reference_fields.compare_document`, by other code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Shorts, Words
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.matching.kernels.token_keys import OFFSET, PRIME
from kstep.matching.kernels.tokens import grown
from kstep.matching.reference_fields import LONGEST_NUMBER

_ZERO, _ONE, _A, _I, _O, _Z = (ord(sign) for sign in "01AIOZ")
_ASCII = 128
_MOST_KEYS = 2 + LONGEST_NUMBER
_NOTHING = -1


class DocumentNumbers(NamedTuple):
    """Documents: `letters[start[d]:start[d + 1]]` are the number of document d as it is compared, of which the core begins at
    `core[d]` of `letters`; `kind` is its type and `issuer` a hash of its issuer, 0 if it has none.
    """

    start: Ints
    letters: Words
    core: Ints
    kind: Bytes
    issuer: Longs


class DocumentKeys(NamedTuple):
    """The fields of `DocumentNumbers`, and the hashes of their keys, by bucket: where each bucket begins and the last ends, and of
    each hash its last 32 bits and its document.
    """

    start: Ints
    letters: Words
    core: Ints
    kind: Bytes
    issuer: Longs
    bucket_start: Shorts
    key: Words
    document: Shorts


class DocumentPrices(NamedTuple):
    """What documents earn: the `document` prices of the weights, of these names."""

    least_length: int
    most: int
    character: int
    type_differs: int
    issuer_differs: int
    core_least_length: int
    core_differs: int
    one_off_least_length: int
    one_off_most: int
    one_off_character: int


@making_kernel
def folded(start: Ints, letters: Words) -> tuple[Ints, Words, Ints]:
    """Of numbers the form in which they are compared: offsets, letters, and where each core begins.

    What is not ASCII is in that form already.
    """
    starts, kept, cores = np.zeros(len(start), np.int64), np.empty(len(letters), np.uint32), start[:-1].copy()
    used = 0
    for number in range(len(start) - 1):
        for place in range(start[number], start[number + 1]):
            letter = letters[place]
            if 97 <= letter <= 122:
                letter -= np.uint32(32)
            if letter >= _ASCII or _A <= letter <= _Z or _ZERO <= letter <= 57:
                kept[used] = letter
                used += 1
        starts[number + 1] = used
        core = starts[number]
        while core < used and _A <= kept[core] <= _Z:
            core += 1
        while core < used and _read(int(np.int64(kept[core]))) == _ZERO:
            core += 1
        cores[number] = core
    return starts, kept[:used].copy(), cores


@inlined_kernel
def _read(letter: int) -> int:
    """A character of a core: O and I are read as 0 and 1."""
    return _ZERO if letter == _O else _ONE if letter == _I else letter


@inlined_kernel
def _with(value: np.uint64, letter: int) -> np.uint64:
    """The hash of what `value` is the hash of, with this letter behind it."""
    return (value ^ np.uint64(letter)) * PRIME


@kernel
def _mixed(value: np.uint64) -> np.uint64:
    """The hash with its last bits spread over all: buckets are told by the first."""
    value = (value ^ (value >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return value ^ (value >> np.uint64(29))


@kernel
def _keys(document: int, numbers: DocumentNumbers, core_least: int, one_off_least: int, hashes: Longs) -> int:
    """Write the hashes of a document's keys, and return how many there are."""
    first, stop = numbers.start[document], numbers.start[document + 1]
    letters, core = numbers.letters, numbers.core[document]
    whole = OFFSET
    for place in range(first, stop):
        whole = _with(whole, int(np.int64(letters[place])))
    hashes[0] = _mixed(whole)
    count = 1
    if stop - core >= core_least:
        value = OFFSET
        for place in range(core, stop):
            value = _with(value, _read(int(np.int64(letters[place]))))
        if value != whole:
            hashes[count] = _mixed(value)
            count += 1
    if one_off_least <= stop - first <= LONGEST_NUMBER:
        before = OFFSET
        for skip in range(first, stop):
            # To delete either of two neighbours that are equal leaves the same.
            if skip + 1 == stop or letters[skip] != letters[skip + 1]:
                value = before
                for place in range(skip + 1, stop):
                    value = _with(value, int(np.int64(letters[place])))
                hashes[count] = _mixed(value)
                count += 1
            before = _with(before, int(np.int64(letters[skip])))
    return count


@inlined_kernel
def _bucket(value: np.uint64, buckets: int) -> int:
    """The bucket of a hash, by its first bits, out of fewer than 2 ** 32."""
    return int(np.int64((value >> np.uint64(32)) * np.uint64(buckets) >> np.uint64(32)))


@making_kernel
def keys_in_buckets(numbers: DocumentNumbers) -> tuple[Shorts, Words, Shorts]:
    """The hashes of all keys that any weights may ask for, by bucket, as `DocumentKeys` has them."""
    documents = len(numbers.start) - 1
    hashes = np.empty(_MOST_KEYS, np.uint64)
    total = 0
    for document in range(documents):
        total += _keys(document, numbers, 1, 1, hashes)
    buckets = max(1, total // 2)
    starts = np.zeros(buckets + 1, np.int32)
    for document in range(documents):
        for at in range(_keys(document, numbers, 1, 1, hashes)):
            starts[_bucket(hashes[at], buckets) + 1] += 1
    for bucket in range(buckets):
        starts[bucket + 1] += starts[bucket]
    filled, keys, owners = starts[:-1].copy(), np.empty(total, np.uint32), np.empty(total, np.int32)
    for document in range(documents):
        for at in range(_keys(document, numbers, 1, 1, hashes)):
            bucket = _bucket(hashes[at], buckets)
            place = filled[bucket]
            keys[place], owners[place] = np.uint32(hashes[at]), document
            filled[bucket] = place + 1
    return starts, keys, owners


@kernel
def _are_one_off(left: Words, right: Words) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes the one of these, which differ, the other."""
    same = 0
    while same < min(len(left), len(right)) and left[same] == right[same]:
        same += 1
    alike = 0
    while alike < min(len(left), len(right)) - same and left[len(left) - 1 - alike] == right[len(right) - 1 - alike]:
        alike += 1
    mine, theirs = len(left) - same - alike, len(right) - same - alike
    if max(mine, theirs) == 1:
        return True
    return mine == 2 and theirs == 2 and left[same] == right[same + 1] and left[same + 1] == right[same]


@kernel
def _compare(mine: int, people: DocumentNumbers, theirs: int, entries: DocumentNumbers, price: DocumentPrices) -> int:
    """What two documents that agree earn, `_NOTHING` if they do not agree."""
    left = people.letters[people.start[mine] : people.start[mine + 1]]
    right = entries.letters[entries.start[theirs] : entries.start[theirs + 1]]
    issuer, other_issuer = people.issuer[mine], entries.issuer[theirs]
    issuers_differ = issuer != 0 and other_issuer != 0 and issuer != other_issuer
    types_differ = people.kind[mine] != entries.kind[theirs]
    if len(left) == len(right):
        place = 0
        while place < len(left) and left[place] == right[place]:
            place += 1
        if place == len(left):
            if len(left) < price.least_length:
                return 0
            worth = min(price.most, price.character * len(left))
            worth -= price.type_differs * types_differ + price.issuer_differs * issuers_differ
            return int(max(0, worth))
    if issuers_differ:
        return _NOTHING
    core, other_core = people.core[mine], entries.core[theirs]
    length = people.start[mine + 1] - core
    if length >= price.core_least_length and length == entries.start[theirs + 1] - other_core:
        place = 0
        while place < length and _read(int(np.int64(people.letters[core + place]))) == _read(
            int(np.int64(entries.letters[other_core + place]))
        ):
            place += 1
        if place == length:
            worth = min(price.most, price.character * length) - price.core_differs
            return int(max(0, worth - price.type_differs * types_differ))
    shorter, longer = min(len(left), len(right)), max(len(left), len(right))
    may_be_off = not types_differ and price.one_off_least_length <= shorter and longer <= LONGEST_NUMBER
    if may_be_off and _are_one_off(left, right):
        return min(price.one_off_most, price.one_off_character * shorter)
    return _NOTHING


@making_kernel
def join_numbers(
    first: int, last: int, people: DocumentNumbers, entries: DocumentNumbers, keys: DocumentKeys, price: DocumentPrices
) -> tuple[Ints, Shorts, Shorts]:
    """For documents `first` to `last` of the people: how many of the entries' agree with each, which (ascending), and millibits.

    `keys` are those of `entries`.
    """
    counts = np.zeros(last - first, np.int64)
    found, earned, candidates = np.empty(1 << 8, np.int32), np.empty(1 << 8, np.int32), np.empty(1 << 8, np.int32)
    hashes = np.empty(_MOST_KEYS, np.uint64)
    buckets, used = len(keys.bucket_start) - 1, 0
    for mine in range(first, last):
        met = 0
        for at in range(_keys(mine, people, price.core_least_length, price.one_off_least_length, hashes)):
            wanted, bucket = np.uint32(hashes[at]), _bucket(hashes[at], buckets)
            for place in range(keys.bucket_start[bucket], keys.bucket_start[bucket + 1]):
                if keys.key[place] == wanted:
                    if met == len(candidates):
                        candidates = grown(candidates, met, 2 * met)
                    candidates[met] = keys.document[place]
                    met += 1
        if met > 1:
            candidates[:met].sort()
        if used + met > len(found):
            size = max(2 * len(found), used + met)
            found, earned = grown(found, used, size), grown(earned, used, size)
        before = used
        for at in range(met):
            if at and candidates[at] == candidates[at - 1]:
                continue
            worth = _compare(mine, people, candidates[at], entries, price)
            if worth != _NOTHING:
                found[used], earned[used] = candidates[at], worth
                used += 1
        counts[mine - first] = used - before
    return counts, found[:used].copy(), earned[:used].copy()


__all__ = [
    "DocumentKeys", "DocumentNumbers", "DocumentPrices", "folded", "join_numbers", "keys_in_buckets",
]  # fmt: skip
