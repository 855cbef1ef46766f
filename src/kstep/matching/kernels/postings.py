"""Rows of varying length turned about: for each value the rows that hold it, and rows in another order."""

from __future__ import annotations

import numpy as np

from kstep.matching.arrays import Ints
from kstep.matching.kernels.compiled import making_kernel


@making_kernel
def rows_by_value(start: Ints, values: Ints, width: int) -> tuple[Ints, Ints]:
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
    rows = np.empty(count[width], np.int64)
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
def rows_in_order(order: Ints, start: Ints, values: Ints) -> tuple[Ints, Ints]:
    """The rows in this order, some perhaps left out."""
    moved = np.zeros(len(order) + 1, np.int64)
    for place in range(len(order)):
        moved[place + 1] = moved[place] + start[order[place] + 1] - start[order[place]]
    found = np.empty(moved[len(order)], np.int64)
    at = 0
    for row in order:
        for place in range(start[row], start[row + 1]):
            found[at] = values[place]
            at += 1
    return moved, found
