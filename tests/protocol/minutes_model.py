"""A model of working time: a calendar is a list of minutes, and the clock of a step a counter that runs down through them.

Nothing here computes when something is due: it is, once its counter is empty. Moments are microseconds since 1970, UTC; minutes are
counted from there too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from holidays import country_holidays

MINUTE = 60_000_000
MINUTES_OF_DAY = 24 * 60
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"minute": MINUTE, "hour": 60 * MINUTE, "day": MINUTES_OF_DAY * MINUTE}

Text = Mapping[str, Any]
Minute = tuple[bool, date, int]
"""Whether it counts; the date and the minute of the day that the clock on the wall shows in it."""


@dataclass(frozen=True, eq=False)
class Minutes:
    """A calendar: the time zone, when it is open on each day of the week, and the days on which it is not."""

    zone: str
    hours: tuple[tuple[tuple[int, int], ...], ...]
    holidays: tuple[str, ...]
    closed: tuple[str, ...]

    def is_open(self, shown: datetime) -> bool:
        day, clock = shown.date(), shown.hour * 60 + shown.minute
        return (
            any(begin <= clock < end for begin, end in self.hours[day.weekday()])
            and day.isoformat() not in self.closed
            and not any(_is_holiday(code, day) for code in self.holidays)
        )


@lru_cache(maxsize=4096)
def day_of(calendar: Minutes, day: int) -> list[Minute]:
    """The minutes of a day by UTC."""
    zone, found = ZoneInfo(calendar.zone), []
    for minute in range(day * MINUTES_OF_DAY, (day + 1) * MINUTES_OF_DAY):
        shown = datetime.fromtimestamp(minute * 60, zone)
        found.append((calendar.is_open(shown), shown.date(), shown.hour * 60 + shown.minute))
    return found


def minute_of(calendar: Minutes, moment: int) -> Minute:
    day, minute = divmod(moment // MINUTE, MINUTES_OF_DAY)
    return day_of(calendar, day)[minute]


@lru_cache(maxsize=4096)
def date_of(calendar: Minutes, day: date) -> list[tuple[int, bool, int]]:
    """The minutes of a date by the clock on the wall: which, whether it counts, and what the clock shows."""
    around = (day - date(1970, 1, 1)).days
    return [
        (number * MINUTES_OF_DAY + at, is_open, clock)
        for number in (around - 1, around, around + 1)
        for at, (is_open, shown, clock) in enumerate(day_of(calendar, number))
        if shown == day
    ]


@lru_cache(maxsize=4096)
def _is_holiday(code: str, day: date) -> bool:
    country, _, part = code.partition("-")
    return day in country_holidays(country, subdiv=part or None, years=range(day.year - 1, day.year + 2))


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def calendar_of(text: Text) -> Minutes:
    """A calendar as it is written; one without hours is always open."""

    def of(day: str) -> tuple[tuple[int, int], ...]:
        spans = text["hours"].get(day, []) if "hours" in text else "00:00-24:00"
        spans = [spans] if isinstance(spans, str) else spans
        return tuple((_clock(begin), _clock(end)) for begin, end in (span.split("-") for span in spans))

    zone, shut = text.get("time_zone", "UTC"), tuple(text.get("closed", ()))
    return Minutes(zone, tuple(of(day) for day in DAYS), tuple(text.get("holidays", ())), shut)


def length(text: str) -> tuple[int, str]:
    """How many of which unit."""
    number, unit = text.split()
    return int(number), unit.removesuffix("s")


def span(text: str) -> int:
    """A length by the clock on the wall."""
    number, unit = length(text)
    return number * UNITS[unit]


@lru_cache
def read(text: str) -> tuple[Text, Mapping[str, Minutes]]:
    """A protocol as it is written, everything in it being text; and its calendars."""
    protocol: Text = yaml.load(text, Loader=yaml.BaseLoader)
    calendars = {"always": {}, **protocol.get("calendars", {})}
    return protocol, {name: calendar_of(said) for name, said in calendars.items()}


class Countdown:
    """The clock of a step: it runs while its calendar is open and nobody has stopped it. `due` is there once it ran out.

    By days, the step is due at the same time by the clock of the last such day, within its hours; and later by the working time for
    which the clock had been stopped until then. Should it stand still just then, the step is due when it goes on.
    """

    def __init__(self, calendar: Minutes, within: str, start: int) -> None:
        number, unit = length(within)
        self.calendar, self.start, self.by_days = calendar, start, unit == "day"
        self.left = 0 if self.by_days else number * UNITS[unit]
        """The working time that has still to pass; by days, that for which the clock has been stopped."""
        self.days_left = number
        _, self.day, self.shows = minute_of(calendar, start)
        self.same_time: int | None = None
        """By days: that time of the last day, once this has begun."""
        self.due: int | None = None

    def run(self, begin: int, end: int, stopped_until: int, minute: Minute) -> None:
        """Let time pass, within one minute; the clock is stopped for all of it, or for nothing of it. A run of no length asks
        whether it ran out at this very moment, in which an office may open.
        """
        is_open, shown, _ = minute
        is_stopped = begin < stopped_until
        if self.by_days:
            if is_open and self.same_time is None and shown > self.day:
                self.day, self.days_left = shown, self.days_left - 1
                if not self.days_left:
                    self.same_time = self._same_time(shown)
            if self.same_time is None or begin < self.same_time:
                until = end if self.same_time is None else min(end, self.same_time)
                if is_open and is_stopped:
                    self.left += until - begin
                begin = until
            if self.same_time is None or begin < self.same_time:
                return
            if not self.left and begin >= stopped_until:
                self.due = begin
                return
        if is_open and not is_stopped:
            passed = min(self.left, end - begin)
            self.left -= passed
            if not self.left:
                self.due = begin + passed

    def _same_time(self, day: date) -> int:
        minutes = date_of(self.calendar, day)
        opened = [minute for minute, is_open, _ in minutes if is_open]
        closing = (opened[-1] + 1) * MINUTE
        for minute, _, clock in minutes:
            if clock >= self.shows:
                exact = self.start % MINUTE if clock == self.shows else 0
                return min(max(minute * MINUTE + exact, opened[0] * MINUTE), closing)
        return closing


__all__ = ["MINUTE", "Countdown", "Minutes", "Text", "calendar_of", "length", "minute_of", "read", "span"]
