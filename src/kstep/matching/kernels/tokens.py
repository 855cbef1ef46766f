"""What two tokens earn, one pair at a time: the numbers of `names.similarity.compare`, by other code.

A Latin and another token are compared here only as known variants; by their letters they are in `kernels.scripts`.
"""

from __future__ import annotations

import numpy as np

from kstep.matching.arrays import Ints, Shorts, Words
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.matching.kernels.spelling import (
    Board,
    SpellingTables,
    cheapest,
    dearest,
    explained,
    set_latin,
    slipped,
)
from kstep.matching.kernels.token_keys import SOUND_KEYS, TokenArrays, allowed
from kstep.names.keys import LONGEST_EDITED
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
from kstep.names.syllables import BEGINNING, END, VOWEL

NOT_COMPARABLE = -(1 << 40)
"""What is said of two tokens that are not comparable."""

_LATIN = int(Script.LATIN)
_ONE_EDIT_4, _ONE_EDIT_5, _ONE_EDIT_6 = ONE_EDIT[4], ONE_EDIT[5], ONE_EDIT[6]


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


_BEGINNING, _VOWEL, _END = (np.uint64(part) for part in (BEGINNING, VOWEL, END))
_NONE = np.uint64(0)


@inlined_kernel
def are_other_syllables(left: np.uint64, right: np.uint64) -> bool:
    """`names.syllables.are_other_syllables`."""
    both = left & right
    same = both & _BEGINNING != _NONE and both & _VOWEL != _NONE and both & _END != _NONE
    return left != _NONE and right != _NONE and not same


@inlined_kernel
def _respelled(
    people: TokenArrays, a: int, entries: TokenArrays, b: int, light: int, least: int, slip: bool,
    tables: SpellingTables, board: Board,
) -> int:  # fmt: skip
    """What two Latin tokens earn, if it is `least` or more: the likelier by chance is the name, the other its spelling."""
    left = people.letters[people.start[a] : people.start[a + 1]]
    right = entries.letters[entries.start[b] : entries.start[b + 1]]
    if max(len(left), len(right)) > LONGEST:
        return NOT_COMPARABLE
    mine, theirs = people.weight[a], entries.weight[b]
    heavy = int(max(mine, theirs))
    if mine < theirs or (mine == theirs and _is_first(left, right)):
        name, spelling, chance, known = left, right, int(entries.chance[b]), entries.known[b] != 0
    else:
        name, spelling, chance, known = right, left, int(people.chance[a]), people.known[a] != 0
    earned = NOT_COMPARABLE
    if not are_other_syllables(people.syllable[a], entries.syllable[b]):
        set_latin(name, tables, board)
        cost = cheapest(name, spelling, dearest(chance, heavy, RESPELLED, least), tables, board)
        earned = explained(chance, cost, light, heavy) - RESPELLED
    return max(earned, slipped(light, chance, heavy, known, len(spelling))) if slip else earned


@kernel
def compare(
    people: TokenArrays, a: int, entries: TokenArrays, b: int, tables: SpellingTables, scratch: Ints, board: Board
) -> int:
    """What two tokens earn in millibits, `NOT_COMPARABLE` if they are not; two scripts of which one is Latin only as variants."""
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
    edits_allowed = min(allowed(left, joined), allowed(right, joined))
    if shared < 0 and abs(len(left) - len(right)) > edits_allowed:
        return best
    distance = 2  # or more
    if edits_allowed and (shared < 0 or mine != _LATIN or abs(len(left) - len(right)) <= 1):
        distance = edit_distance(left, right, scratch)
    if shared < 0 and (edits_allowed == 0 or distance > edits_allowed):
        return best
    if mine == _LATIN:
        earned = _respelled(people, a, entries, b, light, least, distance == 1, tables, board)
        return max(best, earned) if earned >= least else best
    price = _edits_price(distance, edits_allowed, min(len(left), len(right)))
    earned = light - (min(price, SAME_SOUND) if shared >= 0 else price)
    return max(best, earned) if earned >= least else best


@making_kernel
def grown(values: Shorts, used: int, size: int) -> Shorts:
    """The first `used` of these values, with room for `size`."""
    more = np.empty(size, np.int32)
    more[:used] = values[:used]
    return more


def compare_scratch() -> Ints:
    """Working space of one thread for `compare`."""
    return np.empty(3 * (LONGEST_EDITED + 1), np.int64)


__all__ = ["NOT_COMPARABLE", "are_other_syllables", "compare", "compare_scratch", "edit_distance", "grown"]
