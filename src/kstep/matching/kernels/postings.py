"""Rows of varying length turned about: for each value the rows that hold it, and rows in another order."""

from __future__ import annotations

import numpy as np

from kstep.matching.arrays import Ints, Shorts
from kstep.matching.kernels.compiled import making_kernel


@making_kernel
def rows_by_value(start: Ints, values: Shorts, width: int) -> tuple[Ints, Shorts]:
    """For each value below `width` the rows that hold it, each once, ascending: where they begin and end, and the rows."""
    count = np.zeros(width + 1, np.int64)
    last = np.full(width, -1, np.int64)
    for row in range(len(start) - 1):
        for at in range(start[row], start[row + 1]):
            value = values[at]
            if last[value] != row:
                last[value] = row
                count[value + 1] += 1
    for value in range(width):
        count[value + 1] += count[value]
    filled = count[:-1].copy()
    rows = np.empty(count[width], np.int32)
    last[:] = -1
    for row in range(len(start) - 1):
        for at in range(start[row], start[row + 1]):
            value = values[at]
            if last[value] != row:
                last[value] = row
                rows[filled[value]] = row
                filled[value] += 1
    return count, rows


@making_kernel
def rows_in_order(order: Ints, start: Ints, values: Shorts) -> tuple[Ints, Shorts]:
    """The rows in this order, some perhaps left out."""
    moved = np.zeros(len(order) + 1, np.int64)
    for place in range(len(order)):
        moved[place + 1] = moved[place] + start[order[place] + 1] - start[order[place]]
    found = np.empty(moved[len(order)], np.int32)
    at = 0
    for row in order:
        for place in range(start[row], start[row + 1]):
            found[at] = values[place]
            at += 1
    return moved, found


@making_kernel
def tokens_beside(
    posting_start: Ints, posting: Shorts, token_start: Ints, token: Shorts, words: int, room: int
) -> Shorts:
    """Of each place that a posting names, the other tokens of its name, `room` of them, with `words` behind the last; the first is
    -1 if there are more. Postings are those of `words` tokens.
    """
    beside = np.full(room * posting_start[words], words, np.int32)
    for word in range(words):
        for at in range(posting_start[word], posting_start[word + 1]):
            first, stop = token_start[posting[at]], token_start[posting[at] + 1]
            if stop - first > room + 1:
                beside[room * at] = -1
                continue
            found, own = 0, True
            for other in range(first, stop):
                if own and token[other] == word:
                    own = False
                else:
                    beside[room * at + found] = token[other]
                    found += 1
    return beside


@making_kernel
def rank_pairs(
    start: Ints, other: Shorts, worth: Shorts, words: int, posting_start: Ints
) -> tuple[Ints, Shorts, Shorts, Shorts]:
    """A sparse table's positive pairs with others below `words`, of each row the worthiest first: where rows begin, the others,
    what they are worth, and in how many places they and all before them in the row stand (`posting_start` says where those of
    each begin). Nothing at all where no places are known.
    """
    rows = len(start) - 1
    ranked = np.zeros(rows + 1, np.int64)
    if len(posting_start) == 0:
        return ranked, np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32)
    for row in range(rows):
        ranked[row + 1] = ranked[row]
        for at in range(start[row], start[row + 1]):
            ranked[row + 1] += worth[at] > 0 and other[at] < words
    others, worths = np.empty(ranked[rows], np.int32), np.empty(ranked[rows], np.int32)
    counts = np.empty(ranked[rows], np.int32)
    keys = np.empty(1, np.int64)
    for row in range(rows):
        count = ranked[row + 1] - ranked[row]
        if count > len(keys):
            keys = np.empty(2 * count, np.int64)
        found = 0
        for at in range(start[row], start[row + 1]):
            if worth[at] > 0 and other[at] < words:
                keys[found] = (-np.int64(worth[at]) << 32) + other[at]
                found += 1
        keys[:count].sort()
        total = 0
        for found in range(count):
            place = ranked[row] + found
            others[place] = keys[found] & 0xFFFFFFFF
            worths[place] = -(keys[found] >> 32)
            total += posting_start[others[place] + 1] - posting_start[others[place]]
            counts[place] = total
    return ranked, others, worths, counts
