"""Comparing two names: the best one-to-one pairing of their tokens, out of the table of comparable tokens.

What the table says of a person is spread out once (`meet`), before the person is compared with many entries: of most names
it then takes a glance to see that nothing in them is comparable.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Pairs, Ragged, Shorts
from kstep.matching.kernels.compiled import inlined_kernel, kernel
from kstep.matching.kernels.tokens import NOT_COMPARABLE
from kstep.names.tokens import MOST_TOKENS

SUM, AGREED, MATCHED, USUAL_MINE, USUAL_THEIRS, INNER_MINE = 44, 25, 20, 15, 10, 5
"""Where in one number lie, from their first bit: the sum that a pairing maximises; the millibits of its pairs that agree; how
many pairs it has; how many usual tokens of the person's name it pairs, and of the entry's; how many tokens that are neither
first nor last in the person's name, and (from bit 0) in the entry's. Adding such numbers adds each of them.
"""

_AGREED_BITS = (1 << (SUM - AGREED)) - 1
_COUNT_BITS = 31


class NameArrays(NamedTuple):
    """The names of one side: which names each record has; each name's tokens and joins; whether it is a weak alias.

    `usual` runs parallel to `tokens.values`.
    `join_token`, `join_first`, `join_stop` and `join_most` run parallel to `joins.values`, which numbers them: the
    word, the tokens it stands for, and the most it may earn in millibits.
    """

    of_record: Ints
    tokens: Ragged
    usual: Bytes
    joins: Ragged
    join_token: Shorts
    join_first: Bytes
    join_stop: Bytes
    join_most: Shorts
    weak: Bytes


class NameScratch(NamedTuple):
    """Working space of one thread.

    `met` says of each of the list's tokens with which tokens of the person it is comparable: of each the bit `_bit`. `unlike`
    and `unlike_name` keep what the person's names earn at most beside a name in which nothing is comparable, and which does,
    by whether it is a weak alias, how many tokens it has, and how many usual ones: nothing else then says what they earn.
    """

    table: Ints
    reached: Ints
    following: Ints
    met: Longs
    unlike: Ints
    unlike_name: Ints


_SHAPE = MOST_TOKENS + 1
_SHAPES = 2 * _SHAPE * _SHAPE
_UNKNOWN = -(1 << 40)
_NOTHING = np.uint64(0)


@inlined_kernel
def _bit(token: int) -> np.uint64:
    """One of 64 bits for a token; several tokens may have the same."""
    return np.uint64(1) << np.uint64(token & 63)


@kernel
def meet(people: NameArrays, p: int, pairs: Pairs, scratch: NameScratch) -> None:
    """Make the scratch ready for `best_names` of person `p`; whoever does so has `part` take it back."""
    met = scratch.met
    for shape in range(_SHAPES):
        scratch.unlike[shape] = _UNKNOWN
    for i in range(people.of_record[p], people.of_record[p + 1]):
        for at in range(people.tokens.start[i], people.tokens.start[i + 1]):
            token = people.tokens.values[at]
            for pair in range(pairs.start[token], pairs.start[token + 1]):
                met[pairs.other[pair]] |= _bit(token)
        for at in range(people.joins.start[i], people.joins.start[i + 1]):
            token = people.join_token[people.joins.values[at]]
            for pair in range(pairs.start[token], pairs.start[token + 1]):
                met[pairs.other[pair]] |= _bit(token)


@kernel
def part(people: NameArrays, p: int, pairs: Pairs, scratch: NameScratch) -> None:
    """Undo `meet`."""
    met = scratch.met
    for i in range(people.of_record[p], people.of_record[p + 1]):
        for at in range(people.tokens.start[i], people.tokens.start[i + 1]):
            token = people.tokens.values[at]
            for pair in range(pairs.start[token], pairs.start[token + 1]):
                met[pairs.other[pair]] = _NOTHING
        for at in range(people.joins.start[i], people.joins.start[i + 1]):
            token = people.join_token[people.joins.values[at]]
            for pair in range(pairs.start[token], pairs.start[token + 1]):
                met[pairs.other[pair]] = _NOTHING


@inlined_kernel
def similar(pairs: Pairs, a: int, b: int) -> int:
    """What token `b` of the list earns beside token `a` of a person, in millibits, or `NOT_COMPARABLE`."""
    low, high = pairs.start[a], pairs.start[a + 1]
    while low < high:
        middle = (low + high) // 2
        if pairs.other[middle] < b:
            low = middle + 1
        else:
            high = middle
    return pairs.millibits[low] if low < pairs.start[a + 1] and pairs.other[low] == b else NOT_COMPARABLE


@inlined_kernel
def counted_of(usual: Bytes, first: int, count: int, without: int) -> tuple[int, int]:
    """How many of a name's tokens that are not excluded (bit mask) are usual ones, and how many are neither first nor last."""
    found, inner = 0, 0
    for place in range(count):
        if not without >> place & 1:
            found += usual[first + place]
            inner += 0 < place < count - 1
    return int(found), inner


@kernel
def _assign(scratch: NameScratch, left: int, right: int, without_left: int, without_right: int) -> int:
    """The best one-to-one pairing of the tokens that are not excluded (bit masks), in the form that `SUM` and the others part:
    that with the highest sum of (millibits + the price of a conflict), of equally high ones that with the highest rest.
    """
    table = scratch.table
    total, taken, clash = 0, 0, False
    for i in range(left):
        if without_left >> i & 1:
            continue
        best, place = 0, -1
        for j in range(right):
            worth = table[i * MOST_TOKENS + j]
            if worth > best and not without_right >> j & 1:
                best, place = worth, j
        if place >= 0:
            if taken >> place & 1:
                clash = True
                break
            taken |= 1 << place
            total += best
    if not clash:
        return total
    reached, following = scratch.reached, scratch.following
    states = 1 << right
    for used in range(1, states):
        reached[used] = -1
    reached[0] = 0
    for i in range(left):
        if without_left >> i & 1:
            continue
        for used in range(states):
            following[used] = reached[used]
        for j in range(right):
            worth = table[i * MOST_TOKENS + j]
            if worth == 0 or without_right >> j & 1:
                continue
            for used in range(states):
                if reached[used] >= 0 and not used >> j & 1:
                    now = used | 1 << j
                    following[now] = max(following[now], reached[used] + worth)
        for used in range(states):
            reached[used] = following[used]
    best = 0
    for used in range(states):
        best = max(best, reached[used])
    return int(best)


@kernel
def _sum_up(
    paired: int, given: int, left: int, right: int, mine: tuple[int, int], theirs: tuple[int, int], prices: Ints
) -> int:
    """What names earn of which `left` and `right` tokens were free to pair, `mine` and `theirs` as `counted_of` counts them;
    `paired` as `_assign` gives it, `given` what a join earned.
    """
    conflict, missing, doubt, conflict_rare, missing_inner = prices[0], prices[1], prices[4], prices[5], prices[6]
    matched = paired >> MATCHED & _COUNT_BITS
    agreed = given + (paired >> AGREED & _AGREED_BITS)
    against = agreed - (given + (paired >> SUM) - matched * conflict)
    conflicts = min(left, right) - matched
    usual = min(
        conflicts, mine[0] - (paired >> USUAL_MINE & _COUNT_BITS), theirs[0] - (paired >> USUAL_THEIRS & _COUNT_BITS)
    )
    against += usual * conflict + (conflicts - usual) * conflict_rare
    lacking = abs(left - right)
    if left > right:
        inner = min(lacking, mine[1] - (paired >> INNER_MINE & _COUNT_BITS))
    else:
        inner = min(lacking, theirs[1] - (paired & _COUNT_BITS))
    total = agreed - against - (lacking - inner) * missing - inner * missing_inner
    if not conflict or not agreed:
        return int(total)
    return int(total - agreed * doubt * min(against, conflict) // (1000 * conflict))


@inlined_kernel
def _met(entries: NameArrays, j: int, scratch: NameScratch) -> np.uint64:
    """The bits of the person's tokens that are comparable with a token or a join of the entry's name `j`."""
    met, found = scratch.met, _NOTHING
    for at in range(entries.tokens.start[j], entries.tokens.start[j + 1]):
        found |= met[entries.tokens.values[at]]
    for at in range(entries.joins.start[j], entries.joins.start[j + 1]):
        found |= met[entries.join_token[entries.joins.values[at]]]
    return found


@inlined_kernel
def _bits(people: NameArrays, i: int) -> np.uint64:
    """The bits of the tokens and joins of the person's name `i`."""
    found = _NOTHING
    for at in range(people.tokens.start[i], people.tokens.start[i + 1]):
        found |= _bit(people.tokens.values[at])
    for at in range(people.joins.start[i], people.joins.start[i + 1]):
        found |= _bit(people.join_token[people.joins.values[at]])
    return found


@kernel
def _compare_names(
    people: NameArrays, i: int, entries: NameArrays, j: int, counted: tuple[int, int], pairs: Pairs, prices: Ints,
    scratch: NameScratch,
) -> int:  # fmt: skip
    """The millibits of person's name `i` beside entry's name `j`, whose tokens are `counted`, as if it were a strong one."""
    conflict, met = prices[0], scratch.met
    a_first, b_first = people.tokens.start[i], entries.tokens.start[j]
    left, right = people.tokens.start[i + 1] - a_first, entries.tokens.start[j + 1] - b_first
    for y in range(right):
        other = entries.tokens.values[b_first + y]
        bits = met[other]
        for x in range(left):
            worth, token = 0, people.tokens.values[a_first + x]
            if bits & _bit(token):
                found = similar(pairs, token, other)
                if found + conflict > 0:
                    worth = ((found + conflict) << SUM) + (max(found, 0) << AGREED) + (1 << MATCHED)
                    worth += np.int64(people.usual[a_first + x]) << USUAL_MINE
                    worth += np.int64(entries.usual[b_first + y]) << USUAL_THEIRS
                    worth += (np.int64(0 < x < left - 1) << INNER_MINE) + (0 < y < right - 1)
            scratch.table[x * MOST_TOKENS + y] = worth
    mine, theirs = counted_of(people.usual, a_first, left, 0), counted
    best = _sum_up(_assign(scratch, left, right, 0, 0), 0, left, right, mine, theirs, prices)
    for at in range(people.joins.start[i], people.joins.start[i + 1]):
        join = people.joins.values[at]
        token = people.join_token[join]
        if pairs.start[token] == pairs.start[token + 1]:
            continue
        first, stop = people.join_first[join], people.join_stop[join]
        covered = ((1 << stop) - 1) & ~((1 << first) - 1)
        mine = counted_of(people.usual, a_first, left, covered)
        for y in range(right):
            other = entries.tokens.values[b_first + y]
            if met[other] & _bit(token):
                found = min(similar(pairs, token, other), people.join_most[join])
                if found > 0:
                    paired = _assign(scratch, left, right, covered, 1 << y)
                    theirs = counted_of(entries.usual, b_first, right, 1 << y)
                    best = max(best, _sum_up(paired, found, left - (stop - first), right - 1, mine, theirs, prices))
    for at in range(entries.joins.start[j], entries.joins.start[j + 1]):
        join = entries.joins.values[at]
        bits = met[entries.join_token[join]]
        if bits == _NOTHING:
            continue
        first, stop = entries.join_first[join], entries.join_stop[join]
        covered = ((1 << stop) - 1) & ~((1 << first) - 1)
        theirs = counted_of(entries.usual, b_first, right, covered)
        for x in range(left):
            token = people.tokens.values[a_first + x]
            if bits & _bit(token):
                found = min(similar(pairs, token, entries.join_token[join]), entries.join_most[join])
                if found > 0:
                    paired = _assign(scratch, left, right, 1 << x, covered)
                    mine = counted_of(people.usual, a_first, left, 1 << x)
                    best = max(best, _sum_up(paired, found, left - 1, right - (stop - first), mine, theirs, prices))
    return int(best)


@inlined_kernel
def unlike(people: NameArrays, i: int, right: int, counted: tuple[int, int], prices: Ints) -> int:
    """The millibits of person's name `i` beside one of `right` tokens, `counted` so, of which none is comparable."""
    first, left = people.tokens.start[i], people.tokens.start[i + 1] - people.tokens.start[i]
    return _sum_up(0, 0, left, right, counted_of(people.usual, first, left, 0), counted, prices)


@inlined_kernel
def _best_unlike(
    people: NameArrays, p: int, weak: int, right: int, counted: tuple[int, int], prices: Ints, scratch: NameScratch
) -> tuple[int, int]:
    """The same for the name of person `p` that earns the most, of equal ones the first; and which it is."""
    shape = (weak * _SHAPE + right) * _SHAPE + counted[0]
    if scratch.unlike[shape] == _UNKNOWN:
        best, best_name = _UNKNOWN, -1
        for i in range(people.of_record[p], people.of_record[p + 1]):
            found = max(unlike(people, i, right, counted, prices) - weak * prices[2], prices[3])
            if found > best:
                best, best_name = found, i
        scratch.unlike[shape], scratch.unlike_name[shape] = best, best_name
    return scratch.unlike[shape], scratch.unlike_name[shape]


@inlined_kernel
def best_names(
    people: NameArrays, p: int, entries: NameArrays, e: int, pairs: Pairs, prices: Ints, scratch: NameScratch
) -> tuple[int, int, int]:
    """The best of all pairs of names of person `p` and entry `e`: millibits, and which name of each side it is.

    0 and -1 where a side has no name; of equally good pairs the first counts. The scratch has been made ready for the person by
    `meet`; `prices` are as `prices.name_prices` orders them.
    """
    first, last = people.of_record[p], people.of_record[p + 1]
    best, best_mine, best_theirs = 0, -1, -1
    if first == last:
        return best, best_mine, best_theirs
    for j in range(entries.of_record[e], entries.of_record[e + 1]):
        b_first = entries.tokens.start[j]
        right, weak = entries.tokens.start[j + 1] - b_first, int(entries.weak[j])
        counted = counted_of(entries.usual, b_first, right, 0)
        met = _met(entries, j, scratch)
        if met == _NOTHING:
            found, i = _best_unlike(people, p, weak, right, counted, prices, scratch)
            if best_mine < 0 or found > best or (found == best and i < best_mine):
                best, best_mine, best_theirs = found, i, j
            continue
        for i in range(first, last):
            if met & _bits(people, i):
                found = _compare_names(people, i, entries, j, counted, pairs, prices, scratch)
            else:
                found = unlike(people, i, right, counted, prices)
            found = max(found - weak * prices[2], prices[3])
            if best_mine < 0 or found > best or (found == best and i < best_mine):
                best, best_mine, best_theirs = found, i, j
    if best_mine < 0:
        return best, best_mine, best_theirs
    return best, best_mine - first, best_theirs - entries.of_record[e]


def name_scratch(tokens: int) -> NameScratch:
    """Working space for one thread that compares names with those of a list of so many distinct tokens."""
    states = 1 << MOST_TOKENS
    return NameScratch(
        np.zeros(MOST_TOKENS**2, np.int64), np.zeros(states, np.int64), np.zeros(states, np.int64),
        np.zeros(tokens, np.uint64), np.empty(_SHAPES, np.int64), np.empty(_SHAPES, np.int64),
    )  # fmt: skip
