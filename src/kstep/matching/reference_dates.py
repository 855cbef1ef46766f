"""What two birth dates say of each other: the definition, one pair at a time. The first rule that holds names the
relation.
"""

from __future__ import annotations

from datetime import date

from kstep.model import PartialDate, Precision

DAYS_OFF = 2
"""Days apart that are taken for a slip, or for a calendar that began its month a day or two later."""

SAME_DAY_YEARS = 10
"""Years apart within which an equal day and month is taken for one person's."""

ABOUT_YEARS = 10
"""Years by which a year that a source gives as *about* may be off."""


def compare_dates(left: PartialDate, right: PartialDate) -> str:
    """The relation of two dates, a key of the weights' `birth_date`. The order of the arguments makes no difference."""
    if left.precision is Precision.DAY and right.precision is Precision.DAY and not (left.circa or right.circa):
        return _days(left.earliest, right.earliest)
    return _intervals(left, right)


def _days(left: date, right: date) -> str:
    if left == right:
        return "equal 1 January" if _is_first_january(left) else "equal"
    same_year, same_month, same_day = left.year == right.year, left.month == right.month, left.day == right.day
    if same_year and (left.month, left.day) == (right.day, right.month):
        return "day and month swapped"
    if abs((left - right).days) <= DAYS_OFF:
        return "a day or two off"
    if same_year and (_is_placeholder(left) or _is_placeholder(right)):
        return "same year, placeholder"
    apart = abs(left.year - right.year)
    digits = _digits(left, right)
    if same_month and same_day and not _is_first_january(left):
        if apart == 1:
            return "same day, a year off"
        if apart <= SAME_DAY_YEARS or digits:
            return "same day, other year"
    if same_year and digits:
        return digits
    if same_year:
        return "same year and month" if same_month else "same year"
    return "a year apart" if apart == 1 else "two years apart" if apart == 2 else "conflict"


def _is_first_january(day: date) -> bool:
    return (day.month, day.day) == (1, 1)


def _is_placeholder(day: date) -> bool:
    """Whether registers write this day where they know the year alone."""
    return (day.month, day.day) in ((1, 1), (7, 1))


def _digits(left: date, right: date) -> str:
    """The relation of two days of which the eight digits differ in one place or in two neighbours that are swapped."""
    mine, theirs = (f"{day.year:04d}{day.month:02d}{day.day:02d}" for day in (left, right))
    places = [place for place in range(8) if mine[place] != theirs[place]]
    if len(places) == 1:
        return "one digit differs"
    if len(places) == 2 and places[1] - places[0] == 1:
        first, second = places
        if (mine[first], mine[second]) == (theirs[second], theirs[first]):
            return "digits transposed"
    return ""


def _intervals(left: PartialDate, right: PartialDate) -> str:
    about = left.circa or right.circa
    if left.earliest > right.latest or right.earliest > left.latest:
        gap = max(left.earliest.year - right.latest.year, right.earliest.year - left.latest.year)
        if gap <= 0:
            return "same year"
        if about and gap <= ABOUT_YEARS:
            return "about, some years apart"
        return "neighbouring years" if gap == 1 else "two years apart" if gap == 2 else "conflict"
    years = max(side.latest.year - side.earliest.year + 1 for side in (left, right))
    if years > 4:
        return "within a wide range"
    if years > 1:
        return "within the range"
    if about:
        return "about the same year"
    if {left.precision, right.precision} <= {Precision.DAY, Precision.MONTH}:
        return "same month"
    return "year agrees"
