"""Working time is what the clock on the wall shows: through daylight saving, lost days, holidays and pauses, to year 9998."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kstep.model import ValueRefused
from kstep.protocol.calendars import ALWAYS, DAY, MINUTE, SECOND, Calendar, Hours, Pause
from kstep.protocol.public_holidays import public_holidays

HOUR = 60 * MINUTE
ALL_DAY: Hours = ((0, 1440),)
OFFICE: Hours = ((480, 1020),)
WITH_LUNCH: Hours = ((480, 720), (780, 1020))
WORKDAYS: tuple[Hours, ...] = (*(OFFICE,) * 5, (), ())
FOREVER = 10**18

NEW_YORK = Calendar("court", "America/New_York", WORKDAYS, ("US",))
LORD_HOWE = Calendar("island", "Australia/Lord_Howe", (ALL_DAY,) * 7)


def at(written: str, zone: str = "America/New_York", fold: int = 0) -> int:
    """The moment at which the zone's clock shows this, for the first or the second time."""
    return round(datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()) * SECOND


def every_day(zone: str, *hours: tuple[int, int]) -> Calendar:
    return Calendar("every day", zone, (hours,) * 7)


# Weeks and days


def test_what_is_left_at_the_weekend_falls_due_on_monday() -> None:
    assert NEW_YORK.due(at("2026-03-06 16:00"), 2 * HOUR) == at("2026-03-09 09:00")
    assert NEW_YORK.due(at("2026-03-07 12:00"), 2 * HOUR) == at("2026-03-09 10:00")


def test_a_whole_day_ends_at_closing_and_not_at_the_next_opening() -> None:
    assert NEW_YORK.due(at("2026-03-03 08:00"), 9 * HOUR) == at("2026-03-03 17:00")
    assert NEW_YORK.due(at("2026-03-03 08:00"), 9 * HOUR + 1) == at("2026-03-04 08:00") + 1


def test_a_break_does_not_count() -> None:
    calendar = replace(NEW_YORK, hours=(WITH_LUNCH,) * 7)
    assert calendar.due(at("2026-03-03 11:30"), 45 * MINUTE) == at("2026-03-03 13:15")
    assert calendar.elapsed(at("2026-03-03 00:00"), at("2026-03-04 00:00")) == 8 * HOUR


@pytest.mark.parametrize("start", ["2026-03-03 12:00", "2026-03-07 12:00", "2026-12-25 12:00"])
@pytest.mark.parametrize("within", [0, -1])
def test_nothing_allowed_is_due_at_once_even_when_closed_or_paused(start: str, within: int) -> None:
    assert NEW_YORK.due(at(start), within, [(0, None)]) == at(start)


def test_microseconds_are_kept() -> None:
    assert NEW_YORK.due(at("2026-03-03 16:59") + 7, MINUTE) == at("2026-03-04 08:00") + 7


def test_nothing_has_passed_backwards() -> None:
    pause = (at("2026-03-03 13:00"), at("2026-03-03 14:00"))
    assert NEW_YORK.elapsed(at("2026-03-03 12:00"), at("2026-03-03 09:00"), [pause]) == 0


# Daylight saving


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01", "2026-03-10"])
def test_an_office_day_has_nine_hours_whatever_the_clocks_do_at_night(day: str) -> None:
    calendar = every_day("America/New_York", *OFFICE)
    assert calendar.elapsed(at(f"{day} 00:00"), at(f"{day} 23:59")) == 9 * HOUR
    assert calendar.due(at(f"{day} 00:00"), 9 * HOUR) == at(f"{day} 17:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-07", 8), ("2026-03-08", 7), ("2026-11-01", 9), ("2026-11-02", 8)])
def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn(day: str, hours: int) -> None:
    night = every_day("America/New_York", (0, 480))
    assert night.elapsed(at(f"{day} 00:00"), at(f"{day} 12:00")) == hours * HOUR
    assert night.due(at(f"{day} 00:00"), hours * HOUR) == at(f"{day} 08:00")


def test_lord_howe_moves_its_clocks_by_half_an_hour() -> None:
    def whole(day: str, after: str) -> int:
        return LORD_HOWE.elapsed(at(day, "Australia/Lord_Howe"), at(after, "Australia/Lord_Howe"))

    assert whole("2026-04-05", "2026-04-06") == 24 * HOUR + 30 * MINUTE
    assert whole("2026-10-04", "2026-10-05") == 23 * HOUR + 30 * MINUTE
    short = every_day("Australia/Lord_Howe", (90, 105))  # 01:30 to 01:45 is shown twice in April
    assert (
        short.elapsed(at("2026-04-05", "Australia/Lord_Howe"), at("2026-04-06", "Australia/Lord_Howe")) == 30 * MINUTE
    )


def test_hours_that_end_within_an_hour_shown_twice_end_twice() -> None:
    night = every_day("America/New_York", (0, 90))  # until 01:30
    assert night.due(at("2026-11-01 00:00"), 90 * MINUTE) == at("2026-11-01 01:30")
    assert night.due(at("2026-11-01 00:00"), 91 * MINUTE) == at("2026-11-01 01:01", fold=1)
    assert night.elapsed(at("2026-11-01 00:00"), at("2026-11-01 12:00")) == 2 * HOUR


def test_hours_that_begin_or_end_within_a_skipped_hour_lose_what_is_skipped() -> None:
    start, end = at("2026-03-08 00:00"), at("2026-03-08 12:00")
    assert every_day("America/New_York", (150, 240)).elapsed(start, end) == HOUR
    assert every_day("America/New_York", (60, 150)).elapsed(start, end) == HOUR
    assert every_day("America/New_York", (130, 170)).elapsed(start, end) == 0


def test_a_clock_set_back_over_midnight_shows_the_end_of_a_day_again() -> None:
    # Newfoundland went back at 00:01 to 23:01 of the day before.
    evening = every_day("America/St_Johns", (1380, 1440))
    start, end = at("2006-10-28 12:00", "America/St_Johns"), at("2006-10-29 12:00", "America/St_Johns")
    assert evening.elapsed(start, end) == 119 * MINUTE


def test_the_day_that_apia_skipped_does_not_count() -> None:
    office = every_day("Pacific/Apia", *OFFICE)
    thursday, saturday = at("2011-12-29 16:00", "Pacific/Apia"), at("2011-12-31 16:00", "Pacific/Apia")
    assert saturday - thursday == DAY
    assert office.due(thursday, 2 * HOUR) == at("2011-12-31 09:00", "Pacific/Apia")
    assert office.elapsed(thursday, saturday) == 9 * HOUR
    assert office.after_days(thursday, 1) == saturday


# Holidays, and days closed and open


def test_a_leap_day_counts() -> None:
    tuesday = at("2028-02-28 16:00") + DAY
    assert NEW_YORK.due(at("2028-02-28 16:00"), 2 * HOUR) == at("2028-02-29 09:00")
    assert NEW_YORK.after_days(at("2028-02-28 16:00"), 1) == tuesday == at("2028-02-29 16:00")


def test_christmas_and_its_weekend_do_not_count() -> None:
    assert NEW_YORK.due(at("2026-12-24 16:00"), 2 * HOUR) == at("2026-12-28 09:00")
    assert replace(NEW_YORK, holidays=()).due(at("2026-12-24 16:00"), 2 * HOUR) == at("2026-12-25 09:00")


def test_a_holiday_counts_where_it_is_observed() -> None:
    # Independence Day 2027 is a Sunday and observed on Monday; New Year's Day 2028 a Saturday, observed in 2027.
    assert NEW_YORK.due(at("2027-07-02 16:00"), 2 * HOUR) == at("2027-07-06 09:00")
    assert NEW_YORK.due(at("2027-12-30 16:00"), 2 * HOUR) == at("2028-01-03 09:00")
    assert date(2027, 12, 31) in public_holidays("US", 2027)


def test_parts_of_a_country_have_their_own_holidays() -> None:
    epiphany = date(2026, 1, 6)
    bavaria = Calendar("Bavaria", "Europe/Berlin", WORKDAYS, ("DE-BY",))
    assert bavaria.hours_on(epiphany) == ()
    assert replace(bavaria, holidays=("DE",)).hours_on(epiphany) == OFFICE
    assert replace(bavaria, holidays=("DE-BY", "US")).hours_on(date(2026, 7, 3)) == ()


def test_dates_are_closed_and_opened_by_name() -> None:
    columbus_day, tuesday = date(2026, 10, 12), date(2026, 10, 13)
    kept = replace(NEW_YORK, closed=frozenset({tuesday}), open_days=frozenset({columbus_day, date(2026, 10, 11)}))
    assert kept.due(at("2026-10-12 16:00"), 2 * HOUR) == at("2026-10-14 09:00")
    assert kept.hours_on(date(2026, 10, 11)) == ()  # a Sunday opened has a Sunday's hours
    assert NEW_YORK.due(at("2026-10-12 16:00"), 2 * HOUR) == at("2026-10-13 10:00")


@pytest.mark.parametrize("year", [1970, 2000, 2036, 2101, 9998, 9999])
@pytest.mark.parametrize("code", ["US", "IN", "MH", "SA", "CN"])
def test_holidays_of_years_that_nobody_knows_are_none(code: str, year: int) -> None:
    found = public_holidays(code, year)
    assert all(day.year == year for day in found)
    assert not found or year <= 2100


# Pauses


def test_the_clock_stands_still_in_pauses_however_they_are_written() -> None:
    pauses: list[Pause] = [
        (at("2026-03-04 10:00"), at("2026-03-04 11:00")),
        (at("2026-03-03 15:00"), at("2026-03-03 20:00")),
        (at("2026-03-03 14:00"), at("2026-03-03 16:00")),  # overlaps
        (at("2026-03-04 09:00"), at("2026-03-04 09:00")),  # empty
        (at("2026-03-04 12:00"), at("2026-03-04 08:00")),  # reversed
        (at("2026-03-06 00:00"), None),
        (at("2026-03-01 00:00"), at("2026-03-02 00:00")),
    ]
    start = at("2026-03-03 13:00")
    assert NEW_YORK.due(start, HOUR, pauses) == at("2026-03-03 14:00")
    assert NEW_YORK.due(start, 4 * HOUR, pauses) == at("2026-03-04 12:00")
    assert NEW_YORK.elapsed(start, at("2026-03-09 00:00"), pauses) == (1 + 8 + 9) * HOUR


def test_an_open_pause_holds_back_only_what_lies_beyond_its_beginning() -> None:
    start, pause = at("2026-03-03 10:00"), (at("2026-03-03 12:00"), None)
    assert NEW_YORK.due(start, 2 * HOUR, [pause]) == at("2026-03-03 12:00")
    assert NEW_YORK.due(start, 2 * HOUR + 1, [pause]) is None
    assert NEW_YORK.due(at("2026-03-03 13:00"), 1, [pause]) is None
    assert NEW_YORK.elapsed(start, FOREVER, [pause]) == 2 * HOUR


# Days


def test_working_days_keep_the_time_of_day_within_hours() -> None:
    assert NEW_YORK.after_days(at("2026-03-06 10:00"), 1) == at("2026-03-09 10:00")
    assert NEW_YORK.after_days(at("2026-03-07 10:00"), 1) == at("2026-03-09 10:00")
    assert NEW_YORK.after_days(at("2026-03-03 06:00"), 5) == at("2026-03-10 08:00")
    assert NEW_YORK.after_days(at("2026-03-03 23:00"), 5) == at("2026-03-10 17:00")
    assert NEW_YORK.after_days(at("2026-12-24 10:00"), 1) == at("2026-12-28 10:00")
    assert NEW_YORK.after_days(at("2026-12-24 10:00"), 0) == at("2026-12-24 10:00")
    assert NEW_YORK.after_days(at("2026-01-02 10:00"), 251) == at("2027-01-05 10:00")


def test_a_time_that_a_day_skips_or_shows_twice() -> None:
    calendar = every_day("America/New_York", *ALL_DAY)
    assert calendar.after_days(at("2026-03-07 02:30"), 1) == at("2026-03-08 03:00")
    assert calendar.after_days(at("2026-10-31 01:30"), 1) == at("2026-11-01 01:30")
    assert calendar.after_days(at("2026-11-01 01:30", fold=1), 1) == at("2026-11-02 01:30")


def test_a_pause_adds_to_days_the_working_time_it_took() -> None:
    start = at("2026-03-03 10:00")
    two_days = (at("2026-03-04 10:00"), at("2026-03-06 10:00"))
    assert NEW_YORK.after_days(start, 2, [two_days]) == at("2026-03-09 10:00")
    over_the_weekend = (at("2026-03-06 18:00"), at("2026-03-09 06:00"))
    assert NEW_YORK.after_days(start, 4, [over_the_weekend]) == at("2026-03-09 10:00")


def test_no_deadline_of_days_falls_within_a_pause() -> None:
    start = at("2026-03-06 06:00")
    assert NEW_YORK.after_days(start, 1, [(at("2026-03-07 00:00"), at("2026-03-09 12:00"))]) == at("2026-03-09 12:00")
    assert NEW_YORK.after_days(start, 1, [(at("2026-03-07 00:00"), None)]) is None
    assert NEW_YORK.after_days(start, 1, [(at("2026-03-09 08:00"), None)]) == at("2026-03-09 08:00")


def test_always_counts_every_minute_and_its_days_have_24_hours() -> None:
    start = at("2026-03-07 12:34")
    assert ALWAYS.due(start, 1000 * DAY) == start + 1000 * DAY
    assert ALWAYS.after_days(start, 400) == start + 400 * DAY
    assert ALWAYS.elapsed(start, start + 400 * DAY) == 400 * DAY
    assert ALWAYS.due(start, DAY, [(start + HOUR, start + 3 * HOUR)]) == start + DAY + 2 * HOUR


# The ends of time


def test_the_last_years_are_like_any_other() -> None:
    # 9998-12-28 is a Monday; no holidays are known so late.
    assert NEW_YORK.due(at("9998-12-28 16:00"), 2 * HOUR) == at("9998-12-29 09:00")
    assert NEW_YORK.after_days(at("9999-12-29 16:00"), 1) == at("9999-12-30 16:00")
    assert NEW_YORK.due(at("9999-12-30 09:00"), 9 * HOUR) is None
    assert NEW_YORK.after_days(at("9999-12-30 16:00"), 1) is None


def test_beyond_the_ends_nothing_counts() -> None:
    end = at("9999-12-31 00:00", "UTC")
    assert ALWAYS.due(end - 5, 5) == end
    assert ALWAYS.due(end - 5, 6) is None
    assert ALWAYS.due(FOREVER, 1) is None
    assert ALWAYS.after_days(FOREVER, 1) is None
    assert ALWAYS.elapsed(end - 5, FOREVER) == 5
    assert ALWAYS.elapsed(-FOREVER, 5) == 5
    assert ALWAYS.due(-FOREVER, 5) == 5
    assert ALWAYS.after_days(-FOREVER, 1) == DAY


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time_zone": "Europe/Atlantis"}, "'Europe/Atlantis' is no time zone"),
        ({"time_zone": ""}, "'' is no time zone"),
        ({"time_zone": "../etc/passwd"}, "is no time zone"),
        ({"holidays": ("US", "XX")}, "'XX' is no code of public holidays"),
        ({"holidays": ("US-QQ",)}, "'US-QQ' is no code"),
        ({"holidays": ("US-",)}, "'US-' is no code"),
        ({"holidays": ("country_holidays",)}, "is no code"),
        ({"hours": (OFFICE,) * 5}, "hours for 5 days"),
        ({"hours": (((1020, 480),),) * 7}, "1020 to 480 of weekday 0 are reversed"),
        ({"hours": (OFFICE, ((480, 480),)) + (OFFICE,) * 5}, "480 to 480 of weekday 1"),
        ({"hours": (((480, 720), (719, 1020)),) * 7}, "719 to 1020"),
        ({"hours": (((780, 1020), (480, 720)),) * 7}, "480 to 720"),
        ({"hours": (((480, 1441),),) * 7}, "480 to 1441"),
        ({"hours": (((-1, 480),),) * 7}, "-1 to 480"),
        ({"hours": ((),) * 7}, "never opens"),
        ({"closed": frozenset({date(2026, 1, 2)}), "open_days": frozenset({date(2026, 1, 2)})}, "2026-01-02 is both"),
    ],
)
def test_what_is_no_calendar_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueRefused, match="calendar 'court': ") as refused:
        replace(NEW_YORK, **change)  # type: ignore[arg-type]
    assert message in str(refused.value)
