"""Dividing the list's places by a person's birth date into stretches, each of which has a need: what names in it must earn, if
all but date and names earn what they can.
"""

from __future__ import annotations

from kstep.matching.arrays import Ints
from kstep.matching.kernels.compiled import inlined_kernel, kernel
from kstep.matching.kernels.fields import ABOUT, DAY, DAYS_OFF, EXACT, FIRST_YEAR, LAST_YEAR, MONTH, FieldArrays
from kstep.matching.kernels.walk import DAYS, LATEST_YEAR, STRETCHES, DateBounds, Scratch, Walk

IRREGULAR, SAME_YEAR = 1, 5
"""The stretches of no single exact date, and of the person's birth year; a strong date lies in one of these."""

UNDATED, NEAR, FAR, GROUPS = 0, 1, 2, 3
"""Groups of stretches that are walked together: no date is known, years that are near or dates that are not exact, other years."""

NEVER = 1 << 40
"""More than anything earns."""


@inlined_kernel
def group_of(stretch: int) -> int:
    """The group of a stretch."""
    if stretch == 0:
        return UNDATED
    return FAR if stretch == 2 or stretch == STRETCHES - 1 else NEAR


@kernel
def divide(p: int, base: int, fields: FieldArrays, walk: Walk, bounds: DateBounds, scratch: Scratch) -> int:
    """Write stretches and needs of person `p` to the scratch, where names and date must earn `base` together; returns the least of
    the needs. Nothing is needed of a stretch that has no place.
    """
    edge, need = scratch.edge, scratch.need
    for stretch in range(STRETCHES):
        edge[stretch], need[stretch] = len(walk.record), base
    edge[STRETCHES], need[STRETCHES] = 0, NEVER
    first, count = fields.dates.start[p], fields.dates.start[p + 1] - fields.dates.start[p]
    if count:
        edge[0] = walk.zones[0]
        need[IRREGULAR] = base - bounds.weak
        date = fields.dates.values[first]
        rows = fields.date_rows
        if count == 1 and rows[date, FIRST_YEAR] == rows[date, LAST_YEAR] and not rows[date, ABOUT]:
            _divide_by_date(rows[date], base, walk, bounds, scratch)
    least, before = need[STRETCHES], 0
    for stretch in range(STRETCHES):
        if edge[stretch] == before:
            need[stretch] = NEVER
        least = min(least, need[stretch])
        before = edge[stretch]
    return int(least)


@kernel
def _divide_by_date(date: Ints, base: int, walk: Walk, bounds: DateBounds, scratch: Scratch) -> None:
    """The same for the places of dates that are known to lie in one year, by a date that is one of these."""
    edge, need = scratch.edge, scratch.need
    edge[IRREGULAR] = walk.zones[1]
    for stretch in range(IRREGULAR + 1, STRETCHES):
        need[stretch] = base - bounds.by_gap[abs(stretch - SAME_YEAR)]
        if stretch < STRETCHES - 1:
            edge[stretch] = walk.year[min(max(date[FIRST_YEAR] + stretch - SAME_YEAR + 1, 0), LATEST_YEAR + 1)]
    if date[EXACT]:
        month, day = date[MONTH], date[DAY]
        if (month == 1 and day <= DAYS_OFF) or (month == 12 and day > 31 - DAYS_OFF):
            need[SAME_YEAR - 1] = need[SAME_YEAR + 1] = base - max(bounds.by_gap[1], bounds.new_year)
        edge[STRETCHES], need[STRETCHES] = month * DAYS + day, base - bounds.same_day
