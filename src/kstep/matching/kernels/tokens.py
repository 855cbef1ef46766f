"""Joining two vocabularies: every pair of comparable tokens, with what it earns, once per distinct pair.

Each pair that shares a key (`kernels.token_keys`) is verified here. A Latin and another token are compared here only as known
variants; by their letters they are in `kernels.scripts`. The numbers are those of `names.similarity.compare`, by other code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Octets, Words
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
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
from kstep.matching.kernels.token_keys import (
    MOST_HASHES,
    SOUND_KEYS,
    TokenArrays,
    TokenKeys,
    allowed,
    token_candidates,
)
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

NOT_COMPARABLE = -(1 << 40)
"""What is said of two tokens that are not comparable."""

_LATIN = int(Script.LATIN)
_ONE_EDIT_4, _ONE_EDIT_5, _ONE_EDIT_6 = ONE_EDIT[4], ONE_EDIT[5], ONE_EDIT[6]


class Spelled(NamedTuple):
    """What it takes to compare spellings: the costs, and the chunks of every token of both sides."""

    tables: SpellingTables
    people_start: Ints
    people_chunks: Chunks
    entries_start: Ints
    entries_chunks: Chunks


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


@inlined_kernel
def _is_same(left: Words, right: Words) -> bool:
    if len(left) != len(right):
        return False
    place = 0
    while place < len(left) and left[place] == right[place]:
        place += 1
    return place == len(left)


@inlined_kernel
def _is_first(left: Words, right: Words) -> bool:
    """Whether `left` comes before `right` in the order of texts."""
    for place in range(min(len(left), len(right))):
        if left[place] != right[place]:
            return bool(left[place] < right[place])
    return len(left) < len(right)


@inlined_kernel
def _variant_price(people: TokenArrays, a: int, entries: TokenArrays, b: int) -> int:
    """The price of two known variants, or -1."""
    for mine in range(people.variants[a], people.variants[a + 1]):
        for theirs in range(entries.variants[b], entries.variants[b + 1]):
            if people.variant[mine] == entries.variant[theirs]:
                return int(people.variant_price[mine])
    return -1


@inlined_kernel
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


@inlined_kernel
def _shared_sound(people: TokenArrays, a: int, entries: TokenArrays, b: int) -> int:
    """The weight of the rarest sound that both have, or -1."""
    shared = -1
    for mine in range(a * SOUND_KEYS, (a + 1) * SOUND_KEYS):
        if people.sound[mine] == 0:
            break
        for theirs in range(b * SOUND_KEYS, (b + 1) * SOUND_KEYS):
            if entries.sound[theirs] == 0:
                break
            if people.sound[mine] == entries.sound[theirs]:
                shared = max(shared, people.sound_weight[mine])
    return int(shared)


@inlined_kernel
def _respelled(
    people: TokenArrays, a: int, entries: TokenArrays, b: int, light: int, least: int, spelled: Spelled, board: Board
) -> int:
    """What two Latin tokens earn, if it is `least` or more: the likelier by chance is the name, the other its spelling."""
    left = people.letters[people.start[a] : people.start[a + 1]]
    right = entries.letters[entries.start[b] : entries.start[b + 1]]
    if max(len(left), len(right)) > LONGEST:
        return NOT_COMPARABLE
    mine, theirs = people.weight[a], entries.weight[b]
    heavy, tables = int(max(mine, theirs)), spelled.tables
    if mine < theirs or (mine == theirs and _is_first(left, right)):
        name, spelling, chance = left, right, int(entries.chance[b])
        chunks = spelled.entries_chunks[spelled.entries_start[b] : spelled.entries_start[b + 1]]
    else:
        name, spelling, chance = right, left, int(people.chance[a])
        chunks = spelled.people_chunks[spelled.people_start[a] : spelled.people_start[a + 1]]
    set_latin(name, tables, board)
    cost = cheapest(name, spelling, chunks, dearest(chance, heavy, RESPELLED, least), tables.latin, board)
    return explained(chance, cost, light, heavy) - RESPELLED


@inlined_kernel
def _compare(
    people: TokenArrays, a: int, entries: TokenArrays, b: int, spelled: Spelled, scratch: Ints, board: Board
) -> int:
    left = people.letters[people.start[a] : people.start[a + 1]]
    right = entries.letters[entries.start[b] : entries.start[b + 1]]
    light = int(min(people.weight[a], entries.weight[b]))
    joined = people.joined[a] | entries.joined[b]
    least = 1 if joined else LEAST
    if _is_same(left, right):
        return min(INITIAL, light) if people.initial[a] else light - SAME
    if people.initial[a] or entries.initial[b]:
        if joined:
            return NOT_COMPARABLE
        alike = people.first_letter[a] == entries.first_letter[b] and not (people.initial[a] and entries.initial[b])
        return min(INITIAL, light - SAME) if alike else NOT_COMPARABLE
    mine, theirs = people.script[a], entries.script[b]
    price = _variant_price(people, a, entries, b)
    best = light - price if price >= 0 and (light > price or not joined) else NOT_COMPARABLE
    if mine != theirs and (mine == _LATIN or theirs == _LATIN):
        return best
    shared = _shared_sound(people, a, entries, b)
    if mine != theirs:
        earned = min(light, shared) - FOREIGN
        return max(best, earned) if shared >= 0 and earned >= least else best
    edits_allowed = 0 if joined else min(allowed(left), allowed(right))
    if shared < 0 and abs(len(left) - len(right)) > edits_allowed:
        return best
    edits = 0
    if shared < 0 or mine != _LATIN:
        edits = edit_distance(left, right, scratch)
    if shared < 0 and (edits_allowed == 0 or edits > edits_allowed):
        return best
    if mine == _LATIN:
        earned = _respelled(people, a, entries, b, light, least, spelled, board)
        return max(best, earned) if earned >= least else best
    price = _edits_price(edits, edits_allowed, min(len(left), len(right)))
    earned = light - (min(price, SAME_SOUND) if shared >= 0 else price)
    return max(best, earned) if earned >= least else best


@making_kernel
def grown(values: Ints, used: int, size: int) -> Ints:
    """The first `used` of these values, with room for `size`."""
    more = np.empty(size, np.int64)
    more[:used] = values[:used]
    return more


@making_kernel
def compare_scratch(people: TokenArrays, entries: TokenArrays) -> tuple[Ints, Board]:
    """Working space of one thread for `compare_tokens`."""
    longest = 1
    for start in (people.start, entries.start):
        for token in range(len(start) - 1):
            longest = max(longest, start[token + 1] - start[token])
    return np.empty(3 * (longest + 1), np.int64), empty_board()


@kernel
def compare_tokens(
    a: int, count: int, candidates: Ints, people: TokenArrays, entries: TokenArrays, spelled: Spelled, scratch: Ints,
    board: Board, found: Ints, earned: Ints, used: int,
) -> int:  # fmt: skip
    """Write which of the first `count` list tokens are comparable with token `a`, and their millibits, behind the first `used`;
    returns how many are used then. Two joins are never compared.
    """
    for at in range(count):
        if people.joined[a] & entries.joined[candidates[at]]:
            continue
        millibits = _compare(people, a, entries, candidates[at], spelled, scratch, board)
        if millibits > NOT_COMPARABLE:
            found[used], earned[used] = candidates[at], millibits
            used += 1
    return used


@making_kernel
def join_tokens(
    wanted: Ints, people: TokenArrays, entries: TokenArrays, keys: TokenKeys, known: Octets, spelled: Spelled
) -> tuple[Ints, Ints, Ints]:
    """For these tokens of the people: how many comparable list tokens each has, which (ascending), and millibits.

    `known` are the `known_hashes` of the keys.
    """
    counts = np.zeros(len(wanted), np.int64)
    found = np.empty(1 << 16, np.int64)
    earned = np.empty(1 << 16, np.int64)
    used = 0
    seen = np.full(len(entries.weight), -1, np.int64)
    candidates, hashes = np.empty(len(entries.weight), np.int64), np.empty(MOST_HASHES, np.uint64)
    scratch, board = compare_scratch(people, entries)
    for at in range(len(wanted)):
        count = token_candidates(wanted[at], people, entries, keys, known, hashes, seen, candidates)
        candidates[:count].sort()
        if used + count > len(found):
            size = max(2 * len(found), used + count)
            found, earned = grown(found, used, size), grown(earned, used, size)
        kept = compare_tokens(
            wanted[at], count, candidates, people, entries, spelled, scratch, board, found, earned, used
        )
        counts[at], used = kept - used, kept
    return counts, found[:used].copy(), earned[:used].copy()
