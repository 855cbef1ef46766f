"""Dates of other calendars: what a year that lies centuries back says when it was counted from the Hijra.

Papers of Iran and Afghanistan count solar (Persian) years, papers of Arabia lunar (Hijri) ones; both reach a source as
they stand. A birth date of such a year can be no Gregorian one, so it has a reading for each calendar that knows the day.
"""

from __future__ import annotations

from datetime import date, timedelta

from kstep.model.dates import PartialDate, Precision

PERSIAN_YEARS = range(1280, 1461)
"""Solar years that are read as such: from 1901 on."""

HIJRI_YEARS = range(1343, 1461)
"""Lunar years that are read as such: from 1924 on, where the Umm al-Qura calendar has its first table."""

_FIRST_PERSIAN_DAY = date(1901, 3, 21).toordinal()
"""The first day of the first of `PERSIAN_YEARS`."""

_LONG_MONTHS = 6


def gregorian_readings(written: PartialDate) -> tuple[tuple[str, PartialDate], ...]:
    """The Gregorian days that a date of the Persian or the Hijri calendar may be, each with the calendar's name.

    Empty for a date that is Gregorian, and for ranges over several years.
    """
    first = written.earliest
    if first.year not in PERSIAN_YEARS or (precision := written.precision) is Precision.RANGE:
        return ()
    month = None if precision is Precision.YEAR else first.month
    day = first.day if precision is Precision.DAY else None
    found = []
    for calendar, ends in (
        ("Persian", persian_days(first.year, month, day)),
        ("Hijri", _hijri(first.year, month, day)),
    ):
        if ends:
            found.append((calendar, PartialDate(*ends, circa=written.circa)))
    return tuple(found)


def persian_days(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date] | None:
    """The first and last Gregorian day of a year, month or day of the Persian calendar, or None if it has no such day.

    Leap years follow the cycle of 33 years, which agrees with the calendar in force for all of `PERSIAN_YEARS`.
    """
    lengths = [31] * _LONG_MONTHS + [30] * 5 + [30 if _is_leap(year) else 29]
    if year not in PERSIAN_YEARS or not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= lengths[(month or 1) - 1]:
        return None
    first = date.fromordinal(
        _FIRST_PERSIAN_DAY + sum(365 + _is_leap(before) for before in range(PERSIAN_YEARS.start, year))
    )
    if month is None:
        return first, first + timedelta(sum(lengths) - 1)
    first += timedelta(sum(lengths[: month - 1]))
    if day is None:
        return first, first + timedelta(lengths[month - 1] - 1)
    return (first + timedelta(day - 1),) * 2


def _is_leap(year: int) -> bool:
    return (25 * year + 11) % 33 < 8


def _hijri(year: int, month: int | None, day: int | None) -> tuple[date, date] | None:
    if year not in HIJRI_YEARS:
        return None
    from hijridate import Hijri

    try:
        first = Hijri(year, month or 1, day or 1)
    except ValueError:
        return None
    last = first if day else Hijri(year, month or 12, Hijri(year, month or 12, 1).month_length())
    return date(*first.to_gregorian().datetuple()), date(*last.to_gregorian().datetuple())
