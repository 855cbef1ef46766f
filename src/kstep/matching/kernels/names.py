"""Comparing two names: the best one-to-one pairing of their tokens, out of the table of comparable tokens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Pairs, Ragged
from kstep.matching.kernels.compiled import kernel
from kstep.names.tokens import MOST_TOKENS

NOTHING = -(1 << 40)


class NameArrays(NamedTuple):
    """The names of one side: which names each record has; each name's tokens and joins; whether it is a weak alias.

    `join_token`, `join_first`, `join_stop` and `join_most` run parallel to `joins.values`, which numbers them: the
    word, the tokens it stands for, and the most it may earn in millibits.
    """

    of_record: Ints
    tokens: Ragged
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
    """What token `b` of the list earns beside token `a` of a person, in millibits; 0 where they are not comparable."""
    low, high = pairs.start[a], pairs.start[a + 1]
    while low < high:
        middle = (low + high) // 2
        if pairs.other[middle] < b:
            low = middle + 1
        else:
            high = middle
    return pairs.millibits[low] if low < pairs.start[a + 1] and pairs.other[low] == b else 0


@kernel
def _assign(scratch: NameScratch, left: int, right: int, without_left: int, without_right: int, gain: int) -> int:
    """The highest sum of (millibits + gain) over one-to-one pairings of the tokens that are not excluded (bit
    masks).
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
            total += best + gain
    if not clash:
        return total
    reached, following = scratch.reached, scratch.following
    states = 1 << right
    for used in range(1, states):
        reached[used] = NOTHING
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
                if reached[used] > NOTHING and not used >> j & 1:
                    now = used | 1 << j
                    following[now] = max(following[now], reached[used] + worth + gain)
        for used in range(states):
            reached[used] = following[used]
    best = NOTHING
    for used in range(states):
        best = max(best, reached[used])
    return int(best)


@kernel
def compare_names(
    people: NameArrays, i: int, entries: NameArrays, j: int, pairs: Pairs, prices: Ints, scratch: NameScratch
) -> int:
    """The millibits of person's name `i` beside entry's name `j`. `prices` as `prices.name_prices` orders them."""
    conflict, missing, weak_alias, other_name = prices[0], prices[1], prices[2], prices[3]
    a_first, b_first = people.tokens.start[i], entries.tokens.start[j]
    left, right = people.tokens.start[i + 1] - a_first, entries.tokens.start[j + 1] - b_first
    for x in range(left):
        for y in range(right):
            found = similar(pairs, people.tokens.values[a_first + x], entries.tokens.values[b_first + y])
            scratch.table[x * MOST_TOKENS + y] = found
    best = _assign(scratch, left, right, 0, 0, conflict) - min(left, right) * conflict - abs(left - right) * missing
    for at in range(people.joins.start[i], people.joins.start[i + 1]):
        join = people.joins.values[at]
        token = people.join_token[join]
        if pairs.start[token] == pairs.start[token + 1]:
            continue
        first, stop = people.join_first[join], people.join_stop[join]
        covered = ((1 << stop) - 1) & ~((1 << first) - 1)
        for y in range(right):
            found = min(similar(pairs, token, entries.tokens.values[b_first + y]), people.join_most[join])
            if found > 0:
                rest_left, rest_right = left - (stop - first), right - 1
                rest = _assign(scratch, left, right, covered, 1 << y, conflict)
                rest -= min(rest_left, rest_right) * conflict + abs(rest_left - rest_right) * missing
                best = max(best, found + rest)
    for at in range(entries.joins.start[j], entries.joins.start[j + 1]):
        join = entries.joins.values[at]
        first, stop = entries.join_first[join], entries.join_stop[join]
        covered = ((1 << stop) - 1) & ~((1 << first) - 1)
        for x in range(left):
            token = people.tokens.values[a_first + x]
            found = min(similar(pairs, token, entries.join_token[join]), entries.join_most[join])
            if found > 0:
                rest_left, rest_right = left - 1, right - (stop - first)
                rest = _assign(scratch, left, right, 1 << x, covered, conflict)
                rest -= min(rest_left, rest_right) * conflict + abs(rest_left - rest_right) * missing
                best = max(best, found + rest)
    return int(max(best - weak_alias if entries.weak[j] else best, other_name))


def name_scratch() -> NameScratch:
    """Working space for one thread."""
    states = 1 << MOST_TOKENS
    return NameScratch(np.zeros(MOST_TOKENS**2, np.int64), np.zeros(states, np.int64), np.zeros(states, np.int64))
