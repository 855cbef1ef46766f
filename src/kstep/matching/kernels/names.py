"""Comparing two names: the best one-to-one pairing of their tokens, out of the table of comparable tokens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Pairs, Ragged
from kstep.matching.kernels.compiled import kernel
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
    join_token: Ints
    join_first: Ints
    join_stop: Ints
    join_most: Ints
    weak: Bytes


class NameScratch(NamedTuple):
    """Working space of one thread."""

    table: Ints
    reached: Ints
    following: Ints


@kernel
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


@kernel
def _counted(usual: Bytes, first: int, count: int, without: int) -> tuple[int, int]:
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
    """What names earn of which `left` and `right` tokens were free to pair, `mine` and `theirs` as `_counted` counts them;
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
    return int(total - agreed * doubt * min(against, conflict) // (1000 * conflict) if conflict else total)


@kernel
def compare_names(
    people: NameArrays, i: int, entries: NameArrays, j: int, pairs: Pairs, prices: Ints, scratch: NameScratch
) -> int:
    """The millibits of person's name `i` beside entry's name `j`. `prices` as `prices.name_prices` orders them."""
    conflict, weak_alias, other_name = prices[0], prices[2], prices[3]
    a_first, b_first = people.tokens.start[i], entries.tokens.start[j]
    left, right = people.tokens.start[i + 1] - a_first, entries.tokens.start[j + 1] - b_first
    for x in range(left):
        for y in range(right):
            found = similar(pairs, people.tokens.values[a_first + x], entries.tokens.values[b_first + y])
            worth = 0
            if found + conflict > 0:
                worth = ((found + conflict) << SUM) + (max(found, 0) << AGREED) + (1 << MATCHED)
                worth += np.int64(people.usual[a_first + x]) << USUAL_MINE
                worth += np.int64(entries.usual[b_first + y]) << USUAL_THEIRS
                worth += (np.int64(0 < x < left - 1) << INNER_MINE) + (0 < y < right - 1)
            scratch.table[x * MOST_TOKENS + y] = worth
    mine, theirs = _counted(people.usual, a_first, left, 0), _counted(entries.usual, b_first, right, 0)
    best = _sum_up(_assign(scratch, left, right, 0, 0), 0, left, right, mine, theirs, prices)
    for at in range(people.joins.start[i], people.joins.start[i + 1]):
        join = people.joins.values[at]
        token = people.join_token[join]
        if pairs.start[token] == pairs.start[token + 1]:
            continue
        first, stop = people.join_first[join], people.join_stop[join]
        covered = ((1 << stop) - 1) & ~((1 << first) - 1)
        mine = _counted(people.usual, a_first, left, covered)
        for y in range(right):
            found = min(similar(pairs, token, entries.tokens.values[b_first + y]), people.join_most[join])
            if found > 0:
                paired = _assign(scratch, left, right, covered, 1 << y)
                theirs = _counted(entries.usual, b_first, right, 1 << y)
                best = max(best, _sum_up(paired, found, left - (stop - first), right - 1, mine, theirs, prices))
    for at in range(entries.joins.start[j], entries.joins.start[j + 1]):
        join = entries.joins.values[at]
        first, stop = entries.join_first[join], entries.join_stop[join]
        covered = ((1 << stop) - 1) & ~((1 << first) - 1)
        theirs = _counted(entries.usual, b_first, right, covered)
        for x in range(left):
            token = people.tokens.values[a_first + x]
            found = min(similar(pairs, token, entries.join_token[join]), entries.join_most[join])
            if found > 0:
                paired = _assign(scratch, left, right, 1 << x, covered)
                mine = _counted(people.usual, a_first, left, 1 << x)
                best = max(best, _sum_up(paired, found, left - 1, right - (stop - first), mine, theirs, prices))
    return int(max(best - weak_alias if entries.weak[j] else best, other_name))


@kernel
def best_names(
    people: NameArrays, p: int, entries: NameArrays, e: int, pairs: Pairs, prices: Ints, scratch: NameScratch
) -> tuple[int, int, int]:
    """The best of all pairs of names of person `p` and entry `e`: millibits, and which name of each side it is.

    0 and -1 where a side has no name; of equally good pairs the first counts.
    """
    best, best_mine, best_theirs = 0, -1, -1
    for i in range(people.of_record[p], people.of_record[p + 1]):
        for j in range(entries.of_record[e], entries.of_record[e + 1]):
            found = compare_names(people, i, entries, j, pairs, prices, scratch)
            if best_mine < 0 or found > best:
                best, best_mine, best_theirs = found, i - people.of_record[p], j - entries.of_record[e]
    return best, best_mine, best_theirs


def name_scratch() -> NameScratch:
    """Working space for one thread."""
    states = 1 << MOST_TOKENS
    return NameScratch(np.zeros(MOST_TOKENS**2, np.int64), np.zeros(states, np.int64), np.zeros(states, np.int64))
