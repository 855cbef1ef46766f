"""Joining two vocabularies: every pair of comparable tokens, with what it earns, once per distinct pair.

Candidates share a hash of a deletion neighbour, of a sound key or of a known variant; each is then verified, so a collision
of hashes does no harm. A Latin and another token are compared here only as known variants; by their letters they are in
`kernels.scripts`. The numbers are those of
`names.similarity.compare`, by other code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Shorts, Words
from kstep.matching.kernels.compiled import kernel, making_kernel
from kstep.matching.kernels.spelling import (
    Board,
    Chunks,
    SpellingTables,
    cheapest,
    dearest,
    empty_board,
    explained,
    set_latin,
)
from kstep.names.keys import LONGEST_EDITED, MOST_SOUND_KEYS
from kstep.names.scripts import Script
from kstep.names.similarity import (
    FOREIGN,
    INITIAL,
    LEAST,
    ONE_EDIT,
    ONE_EDIT_LONG,
    RESPELLED,
    SAME,
    SAME_SOUND,
    TWO_EDITS,
)
from kstep.names.spelling import LONGEST

SOUND_KEYS = MOST_SOUND_KEYS

NOT_COMPARABLE = -(1 << 40)
"""What is said of two tokens that are not comparable."""

_LATIN = int(Script.LATIN)
_ONE_EDIT_4, _ONE_EDIT_5, _ONE_EDIT_6 = ONE_EDIT[4], ONE_EDIT[5], ONE_EDIT[6]
_MOST_HASHES = 1 + LONGEST_EDITED * (LONGEST_EDITED + 1) // 2
"""Strings left of a token after deleting two letters or fewer."""

_ASCII = 128

PRIME = np.uint64(1099511628211)
OFFSET = np.uint64(14695981039346656037)
"""Of the hash by Fowler, Noll and Vo."""


class TokenArrays(NamedTuple):
    """A vocabulary. `letters[start[t]:start[t+1]]` are token t's code points; hashes of sound keys are 0 where there
    is none; `variants` are places of `variant` (hashes of pairs of known variants) and `variant_price`.
    """

    start: Ints
    letters: Words
    weight: Ints
    chance: Ints
    sound: Longs
    sound_weight: Ints
    script: Bytes
    initial: Bytes
    first_letter: Bytes
    variants: Ints
    variant: Longs
    variant_price: Ints


class TokenKeys(NamedTuple):
    """The list side's keys, sorted for look-up: hashes with the tokens that have them, and tokens by first letter; script keys of
    Latin tokens only.

    Hashes of spellings lie in buckets by their first bits; `bucket_start` says where each begins. Of each its last 32 bits
    are kept.
    """

    bucket_start: Shorts
    spelling: Words
    spelling_token: Shorts
    sound: Longs
    sound_token: Ints
    variant: Longs
    variant_token: Ints
    letter_start: Ints
    letter_token: Ints
    script: Longs
    script_token: Ints


class Spelled(NamedTuple):
    """What it takes to compare spellings: the costs, and the chunks of every token of both sides."""

    tables: SpellingTables
    people_start: Ints
    people_chunks: Chunks
    entries_start: Ints
    entries_chunks: Chunks


@kernel
def allowed(letters: Words) -> int:
    """The edits allowed in a token of these letters."""
    length = len(letters)
    if length == 2:
        return int(letters[0] < _ASCII and letters[1] < _ASCII)
    if length < 3 or length > LONGEST_EDITED:
        return 0
    return 1 if length < 7 else 2


@kernel
def _hash(letters: Words, start: int, stop: int, skip: int, skip_too: int) -> np.uint64:
    value = OFFSET
    for place in range(start, stop):
        if place != skip and place != skip_too:
            value = (value ^ np.uint64(letters[place])) * PRIME
    return value


@making_kernel
def hash_texts(start: Ints, letters: Words) -> Longs:
    """One hash a text."""
    hashes = np.empty(len(start) - 1, np.uint64)
    for text in range(len(hashes)):
        hashes[text] = _hash(letters, start[text], start[text + 1], -1, -1)
    return hashes


@kernel
def _neighbourhood(letters: Words, first: int, last: int, hashes: Longs) -> int:
    """Write the hashes of a token's deletion neighbourhood, and return how many there are."""
    edits = allowed(letters[first:last])
    hashes[0] = _hash(letters, first, last, -1, -1)
    count = 1
    if edits:
        for skip in range(first, last):
            hashes[count] = _hash(letters, first, last, skip, -1)
            count += 1
            if edits == 2:
                for skip_too in range(skip + 1, last):
                    hashes[count] = _hash(letters, first, last, skip, skip_too)
                    count += 1
    return count


@making_kernel
def spelling_hashes(start: Ints, letters: Words) -> tuple[Shorts, Longs]:
    """The hashes of every token's deletion neighbourhood: the tokens, and the hashes."""
    neighbours = np.empty(_MOST_HASHES, np.uint64)
    total = 0
    for token in range(len(start) - 1):
        length = start[token + 1] - start[token]
        edits = allowed(letters[start[token] : start[token + 1]])
        total += 1 + (length if edits else 0) + (length * (length - 1) // 2 if edits == 2 else 0)
    owners, hashes = np.empty(total, np.int32), np.empty(total, np.uint64)
    at = 0
    for token in range(len(start) - 1):
        count = _neighbourhood(letters, start[token], start[token + 1], neighbours)
        hashes[at : at + count] = neighbours[:count]
        owners[at : at + count] = token
        at += count
    return owners, hashes


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
def _is_same(left: Words, right: Words) -> bool:
    if len(left) != len(right):
        return False
    place = 0
    while place < len(left) and left[place] == right[place]:
        place += 1
    return place == len(left)


@kernel
def _is_first(left: Words, right: Words) -> bool:
    """Whether `left` comes before `right` in the order of texts."""
    for place in range(min(len(left), len(right))):
        if left[place] != right[place]:
            return bool(left[place] < right[place])
    return len(left) < len(right)


@kernel
def _variant_price(people: TokenArrays, a: int, entries: TokenArrays, b: int) -> int:
    """The price of two known variants, or -1."""
    for mine in range(people.variants[a], people.variants[a + 1]):
        for theirs in range(entries.variants[b], entries.variants[b + 1]):
            if people.variant[mine] == entries.variant[theirs]:
                return int(people.variant_price[mine])
    return -1


@kernel
def _edits_price(edits: int, allowed_edits: int, shorter: int) -> int:
    if edits > allowed_edits:
        return SAME_SOUND + TWO_EDITS
    if edits == 2:
        return TWO_EDITS
    if shorter == 4:
        return _ONE_EDIT_4
    if shorter == 5:
        return _ONE_EDIT_5
    return _ONE_EDIT_6 if shorter == 6 else ONE_EDIT_LONG


@kernel
def _shared_sound(people: TokenArrays, a: int, entries: TokenArrays, b: int) -> int:
    """The weight of the rarest sound that both have, or -1."""
    shared = -1
    for mine in range(SOUND_KEYS):
        key = people.sound[a * SOUND_KEYS + mine]
        if key != 0:
            for theirs in range(SOUND_KEYS):
                if key == entries.sound[b * SOUND_KEYS + theirs]:
                    shared = max(shared, people.sound_weight[a * SOUND_KEYS + mine])
    return int(shared)


@kernel
def _respelled(
    people: TokenArrays, a: int, entries: TokenArrays, b: int, light: int, spelled: Spelled, board: Board
) -> int:
    """What two Latin tokens earn: the likelier by chance is the name, the other its spelling."""
    left = people.letters[people.start[a] : people.start[a + 1]]
    right = entries.letters[entries.start[b] : entries.start[b + 1]]
    if max(len(left), len(right)) > LONGEST:
        return NOT_COMPARABLE
    mine, theirs = people.weight[a], entries.weight[b]
    heavy, tables = int(max(mine, theirs)), spelled.tables
    if mine < theirs or (mine == theirs and _is_first(left, right)):
        chance = int(entries.chance[b])
        chunks = spelled.entries_chunks[spelled.entries_start[b] : spelled.entries_start[b + 1]]
        most = dearest(chance, heavy, RESPELLED, LEAST)
        set_latin(left, tables, board)
        cost, _ = cheapest(0, len(left), right, chunks, left, most, tables.latin, board)
    else:
        chance = int(people.chance[a])
        chunks = spelled.people_chunks[spelled.people_start[a] : spelled.people_start[a + 1]]
        most = dearest(chance, heavy, RESPELLED, LEAST)
        set_latin(right, tables, board)
        cost, _ = cheapest(0, len(right), left, chunks, right, most, tables.latin, board)
    return explained(chance, cost, light, heavy) - RESPELLED


@kernel
def _compare(
    people: TokenArrays, a: int, entries: TokenArrays, b: int, spelled: Spelled, scratch: Ints, board: Board
) -> int:
    left = people.letters[people.start[a] : people.start[a + 1]]
    right = entries.letters[entries.start[b] : entries.start[b + 1]]
    light = int(min(people.weight[a], entries.weight[b]))
    if _is_same(left, right):
        return min(INITIAL, light) if people.initial[a] else light - SAME
    if people.initial[a] or entries.initial[b]:
        alike = people.first_letter[a] == entries.first_letter[b] and not (people.initial[a] and entries.initial[b])
        return min(INITIAL, light - SAME) if alike else NOT_COMPARABLE
    mine, theirs = people.script[a], entries.script[b]
    price = _variant_price(people, a, entries, b)
    best = light - price if price >= 0 else NOT_COMPARABLE
    if mine != theirs and (mine == _LATIN or theirs == _LATIN):
        return best
    shared = _shared_sound(people, a, entries, b)
    if mine != theirs:
        earned = min(light, shared) - FOREIGN
        return max(best, earned) if shared >= 0 and earned >= LEAST else best
    edits_allowed = min(allowed(left), allowed(right))
    if shared < 0 and abs(len(left) - len(right)) > edits_allowed:
        return best
    edits = 0
    if shared < 0 or mine != _LATIN:
        edits = edit_distance(left, right, scratch)
    if shared < 0 and (edits_allowed == 0 or edits > edits_allowed):
        return best
    if mine == _LATIN:
        earned = _respelled(people, a, entries, b, light, spelled, board)
        return max(best, earned) if earned >= LEAST else best
    price = _edits_price(edits, edits_allowed, min(len(left), len(right)))
    earned = light - (min(price, SAME_SOUND) if shared >= 0 else price)
    return max(best, earned) if earned >= LEAST else best


@kernel
def _meet(b: int, a: int, count: int, seen: Ints, found: Ints) -> int:
    """Write `b` to `found` if token `a` has not met it, and return how many there are."""
    if seen[b] == a:
        return count
    seen[b] = a
    found[count] = b
    return count + 1


@kernel
def _bucket(value: np.uint64, buckets: int) -> int:
    """The bucket of a hash, by its first bits, out of fewer than 2 ** 32."""
    return int(np.int64((value >> np.uint64(32)) * np.uint64(buckets) >> np.uint64(32)))


@making_kernel
def bucket_starts(hashes: Longs) -> Shorts:
    """Where in these sorted hashes each bucket begins, and where the last ends: one bucket for about two hashes."""
    buckets = max(1, len(hashes) // 2)
    starts = np.zeros(buckets + 1, np.int32)
    for value in hashes:
        starts[_bucket(value, buckets) + 1] += 1
    for bucket in range(buckets):
        starts[bucket + 1] += starts[bucket]
    return starts


@kernel
def _candidates(
    a: int,
    people: TokenArrays,
    entries: TokenArrays,
    keys: TokenKeys,
    hashes: Longs,
    seen: Ints,
    found: Ints,
) -> int:
    """Write to `found` the list tokens that share a key with token `a`, each once, and return how many there are."""
    count = 0
    buckets = len(keys.bucket_start) - 1
    for at in range(_neighbourhood(people.letters, people.start[a], people.start[a + 1], hashes)):
        wanted = np.uint32(hashes[at])
        bucket = _bucket(hashes[at], buckets)
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
    for at in range(people.variants[a], people.variants[a + 1]):
        place = np.searchsorted(keys.variant, people.variant[at])
        while place < len(keys.variant) and keys.variant[place] == people.variant[at]:
            count = _meet(keys.variant_token[place], a, count, seen, found)
            place += 1
    letter = people.first_letter[a]
    for place in range(keys.letter_start[letter], keys.letter_start[letter + 1]):
        b = keys.letter_token[place]
        if people.initial[a] or entries.initial[b]:
            count = _meet(b, a, count, seen, found)
    return count


@making_kernel
def grown(values: Ints, used: int, size: int) -> Ints:
    """The first `used` of these values, with room for `size`."""
    more = np.empty(size, np.int64)
    more[:used] = values[:used]
    return more


@making_kernel
def join_tokens(
    first: int, last: int, people: TokenArrays, entries: TokenArrays, keys: TokenKeys, spelled: Spelled
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """For the people's tokens `first` to `last`: how many comparable list tokens each has, which (ascending), and
    millibits.
    """
    counts = np.zeros(last - first, np.int64)
    found = np.empty(1 << 16, np.int64)
    earned = np.empty(1 << 16, np.int64)
    used = 0
    seen = np.full(len(entries.weight), -1, np.int64)
    candidates, hashes = np.empty(len(entries.weight), np.int64), np.empty(_MOST_HASHES, np.uint64)
    longest = 1
    for start in (people.start, entries.start):
        for token in range(len(start) - 1):
            longest = max(longest, start[token + 1] - start[token])
    scratch, board = np.empty(3 * (longest + 1), np.int64), empty_board()
    for a in range(first, last):
        count = _candidates(a, people, entries, keys, hashes, seen, candidates)
        chosen = np.sort(candidates[:count])
        if used + count > len(found):
            size = max(2 * len(found), used + count)
            found, earned = grown(found, used, size), grown(earned, used, size)
        for b in chosen:
            millibits = _compare(people, a, entries, b, spelled, scratch, board)
            if millibits > NOT_COMPARABLE:
                found[used] = b
                earned[used] = millibits
                used += 1
                counts[a - first] += 1
    return counts, found[:used].copy(), earned[:used].copy()
