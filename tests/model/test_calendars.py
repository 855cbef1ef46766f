"""Dates of years that are counted from the Hijra: the days that publishers of those calendars say they were."""

from __future__ import annotations

from datetime import date

import pytest

from kstep.model import PartialDate, ValueRefused
from kstep.model.calendars import PERSIAN_YEARS, gregorian_readings, persian_days


def readings(text: str) -> dict[str, str]:
    return {calendar: str(reading) for calendar, reading in gregorian_readings(PartialDate.parse(text))}


@pytest.mark.parametrize(
    ("written", "persian", "hijri"),
    [
        ("1365-02-03", "1986-04-23", "1946-01-06"),
        ("1357-11-22", "1979-02-11", "1939-01-12"),
        ("1400-01-01", "2021-03-21", "1979-11-20"),
        ("1400", "2021-03-21 to 2022-03-20", "1979-11-20 to 1980-11-08"),
        ("1400-09", "2021-11-22 to 2021-12-21", "1980-07-13 to 1980-08-11"),
    ],
)
def test_a_date_of_the_hijra_is_read_by_both_calendars(written: str, persian: str, hijri: str) -> None:
    assert readings(written) == {"Persian": persian, "Hijri": hijri}


@pytest.mark.parametrize(
    ("year", "new_year"),
    [(1300, "1921-03-21"), (1375, "1996-03-20"), (1376, "1997-03-21"), (1403, "2024-03-20"),
     (1404, "2025-03-21"), (1408, "2029-03-20"), (1409, "2030-03-21")],
)  # fmt: skip
def test_persian_years_begin_when_they_began(year: int, new_year: str) -> None:
    assert persian_days(year, 1, 1) == (date.fromisoformat(new_year),) * 2


def test_every_persian_year_begins_when_the_one_before_has_ended() -> None:
    for year in PERSIAN_YEARS[:-1]:
        ends, begins = persian_days(year), persian_days(year + 1)
        assert ends and begins
        assert (begins[0] - ends[1]).days == 1
        assert (ends[1] - ends[0]).days + 1 in (365, 366)
        for month in range(1, 12):
            first, following = persian_days(year, month), persian_days(year, month + 1)
            assert first and following
            assert (following[0] - first[1]).days == 1


def test_a_day_that_one_calendar_lacks_has_one_reading() -> None:
    assert list(readings("1403-12-30")) == ["Persian"]
    assert list(readings("1300-05-01")) == ["Persian"], "before the first table of the Umm al-Qura calendar"
    assert list(readings("1404-12-30")) == ["Hijri"], "not a leap year of the Persian calendar"


@pytest.mark.parametrize("written", ["1279-12-29", "1461-01-01", "1970-05-03", "0970", "1600"])
def test_other_years_are_read_as_they_stand(written: str) -> None:
    assert readings(written) == {}


def test_about_stays_about_and_ranges_are_left_alone() -> None:
    assert all(reading.circa for _, reading in gregorian_readings(PartialDate.of(1365, circa=True)))
    assert gregorian_readings(PartialDate.between(PartialDate.of(1365), PartialDate.of(1367))) == ()


def test_days_that_only_the_persian_calendar_has_can_be_written() -> None:
    assert str(PartialDate.parse("1365-02-31")) == "1986-05-21"
    assert str(PartialDate.parse("1365-02-30")) == "1986-05-20"


@pytest.mark.parametrize("written", ["1365-09-31", "1365-02-32", "1365-13-01", "1970-02-31"])
def test_days_that_no_calendar_has_are_refused(written: str) -> None:
    with pytest.raises(ValueRefused, match="there is no date"):
        PartialDate.parse(written)
