"""Partial dates: what is known of a day, as the interval of days it may be.

A birth date in a register or on a list is a day, a month, a year, a range of years, or about one of them.
All are one value: the earliest and the latest day it may be, both inclusive, and whether the source said *about*.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kstep.model.errors import ValueRefused

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """The interval of days, `earliest` to `latest` inclusive (Gregorian), that a date may be; `circa` if only about."""

    earliest: date
    latest: date
    circa: bool = False

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise ValueRefused(f"the date range {self.earliest} to {self.latest} ends before it begins")

    @classmethod
    def of(cls, year: int, month: int | None = None, day: int | None = None, *, circa: bool = False) -> PartialDate:
        """The date of which year, perhaps month, perhaps day are known. Raises `ValueRefused` for no such date."""
        try:
            if month is None:
                return cls(date(year, 1, 1), date(year, 12, 31), circa)
            if day is None:
                last = calendar.monthrange(year, month)[1]
                return cls(date(year, month, 1), date(year, month, last), circa)
            exact = date(year, month, day)
        except (ValueError, calendar.IllegalMonthError):
            shown = "-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part is not None)])
            raise ValueRefused(f"there is no date {shown}") from None
        return cls(exact, exact, circa)

    @classmethod
    def between(cls, first: PartialDate, last: PartialDate) -> PartialDate:
        """The range from the earliest day of `first` to the latest day of `last`."""
        return cls(first.earliest, last.latest, first.circa or last.circa)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. Raises `ValueRefused` otherwise.

        A day that only the Persian calendar has, such as 1365-02-31, is read as the Gregorian day that it was.
        """
        found = _ISO.fullmatch(text.strip())
        if not found:
            raise ValueRefused(f"{text.strip()!r} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        try:
            return cls.of(year, month, day)
        except ValueRefused:
            from kstep.model.calendars import persian_days

            if days := persian_days(year, month, day):
                return cls(*days)
            raise

    @classmethod
    def from_iso(cls, earliest: str, latest: str, circa: bool) -> PartialDate:
        """The date of which both ends are written `YYYY-MM-DD`."""
        return cls(date.fromisoformat(earliest), date.fromisoformat(latest), circa)

    @property
    def precision(self) -> Precision:
        """How much is known: the day, the month, the year, or a wider range."""
        first, last = self.earliest, self.latest
        if first == last:
            return Precision.DAY
        if first.year == last.year and first.day == 1:
            if first.month == last.month and last.day == calendar.monthrange(last.year, last.month)[1]:
                return Precision.MONTH
            if (first.month, last.month, last.day) == (1, 12, 31):
                return Precision.YEAR
        return Precision.RANGE

    def __str__(self) -> str:
        first, last = self.earliest, self.latest
        match self.precision:
            case Precision.DAY:
                shown = first.isoformat()
            case Precision.MONTH:
                shown = f"{first.year:04d}-{first.month:02d}"
            case Precision.YEAR:
                shown = f"{first.year:04d}"
            case Precision.RANGE:
                whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
                shown = f"{first.year:04d} to {last.year:04d}" if whole_years else f"{first} to {last}"
        return f"about {shown}" if self.circa else shown
