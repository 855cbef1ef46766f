"""What two birth dates say of each other: the definition, one pair at a time. The first rule that holds names the
relation.
"""

from __future__ import annotations

from datetime import date

from kstep.model import PartialDate, Precision

SAME_DAY_YEARS = 10
"""Years apart within which an equal day and month is taken for one person's."""


def compare_dates(left: PartialDate, right: PartialDate) -> str:
    """The relation of two dates, a key of the weights' `birth_date`. The order of the arguments makes no difference."""
    if left.precision is Precision.DAY and right.precision is Precision.DAY and not (left.circa or right.circa):
        return _days(left.earliest, right.earliest)
    return _intervals(left, right)


def _days(left: date, right: date) -> str:
    first_january = [(day.month, day.day) == (1, 1) for day in (left, right)]
    if left == right:
        return "equal 1 January" if all(first_january) else "equal"
    same_year = left.year == right.year
    if same_year and (left.month, left.day) == (right.day, right.month):
        return "day and month swapped"
    if same_year and any(first_january):
        return "same year, 1 January"
    if _digits_differing(left, right) == 1:
        return "one digit differs"
    if same_year:
        return "same year and month" if left.month == right.month else "same year"
    apart = abs(left.year - right.year)
    if (left.month, left.day) == (right.month, right.day) and apart <= SAME_DAY_YEARS and not any(first_january):
        return "same day, other year"
    return _years_apart(apart)


def _digits_differing(left: date, right: date) -> int:
    return sum(a != b for a, b in zip(left.isoformat(), right.isoformat(), strict=True))


def _years_apart(apart: int) -> str:
    return "a year apart" if apart == 1 else "two years apart" if apart == 2 else "conflict"


def _intervals(left: PartialDate, right: PartialDate) -> str:
    gap = max(left.earliest.year - right.latest.year, right.earliest.year - left.latest.year)
    if left.earliest > right.latest or right.earliest > left.latest:
        return "same year" if gap <= 0 else _years_apart(gap)
    years = max(side.latest.year - side.earliest.year + 1 for side in (left, right))
    if years > 4:
        return "within a wide range"
    if years > 1:
        return "within the range"
    if left.circa or right.circa:
        return "about the same year"
    if {left.precision, right.precision} <= {Precision.DAY, Precision.MONTH}:
        return "same month"
    return "year agrees"
