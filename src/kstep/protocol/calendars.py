"""Working time: when a deadline falls due, and how much of it has passed, by the hours of an office.

A moment counts if the clock on the wall shows, at that moment, a time within the hours of a date on which the office
is open. All that daylight saving does follows from this: an hour that is skipped does not count, an hour shown twice
counts twice, and hours that end within an hour shown twice end twice. Moments are microseconds since 1970 in UTC;
nothing counts before 1970, nor from the last day of the year 9999 on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from whenever import Instant, available_timezones

from kstep.model.errors import ValueRefused
from kstep.protocol.public_holidays import is_holiday_code, public_holidays

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

Hours = tuple[tuple[int, int], ...]
"""When an office is open on a date: from and until, in minutes of the day on the wall's clock, in order; 1440 is midnight."""

Pause = tuple[int, int | None]
"""The moments from and until which the clock stands still; None if it still does. One that ends at or before its start is none."""

_WEEK, _MINUTES_OF_DAY = 7, 24 * 60
_EPOCH = date(1970, 1, 1).toordinal()
_END = (date(9999, 12, 31).toordinal() - _EPOCH) * DAY
"""Where time ends: a day later some zone would show the year 10000, which no date has."""

_BLOCK = 64 * DAY
"""How much of a calendar is worked out at once: a deadline of a month lies within one or two of them."""


@dataclass(frozen=True)
class Calendar:
    """The hours of an office. Raises `ValueRefused` for what is no calendar.

    `time_zone` is a name of the IANA database; `hours` has a tuple for each day of the week from Monday on. No hour of
    a public holiday counts: `holidays` has codes such as US, US-TX or DE-BY; one observed on another day closes both.
    `closed` are further dates that do not count, `open_days` those that do though they are holidays, with the hours of
    their day of the week.
    """

    name: str
    time_zone: str
    hours: tuple[Hours, ...]
    holidays: tuple[str, ...] = ()
    closed: frozenset[date] = frozenset()
    open_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        def refuse(what: str) -> ValueRefused:
            return ValueRefused(f"calendar {self.name!r}: {what}")

        if not _is_time_zone(self.time_zone):
            raise refuse(f"{self.time_zone!r} is no time zone; write a name such as Europe/Berlin")
        for code in self.holidays:
            if not is_holiday_code(code):
                raise refuse(f"{code!r} is no code of public holidays; write one such as US, US-TX or DE-BY")
        if len(self.hours) != _WEEK:
            raise refuse(f"it has hours for {len(self.hours)} days of the week; give them for 7, Monday first")
        for weekday, hours in enumerate(self.hours):
            past = 0
            for begin, end in hours:
                if not past <= begin < end <= _MINUTES_OF_DAY:
                    raise refuse(
                        f"the hours {begin} to {end} of weekday {weekday} are reversed, overlap the ones before them or "
                        f"leave the day; give minutes from 0 to {_MINUTES_OF_DAY}, in order"
                    )
                past = end
        if not any(self.hours):
            raise refuse("it never opens; give the hours of at least one day of the week")
        if both := self.closed & self.open_days:
            raise refuse(f"{min(both)} is both closed and open; strike it from one")

    def hours_on(self, day: date) -> Hours:
        """The hours of a date, whatever the zone makes of them; empty if the office is closed."""
        if day in self.closed:
            return ()
        if day not in self.open_days and any(day in public_holidays(code, day.year) for code in self.holidays):
            return ()
        return self.hours[day.weekday()]

    def due(self, start: int, within: int, pauses: Sequence[Pause] = ()) -> int | None:
        """The first moment at which `within` microseconds of working time have passed since `start`.

        So a day's work due ends at the day's closing, not at the next opening. Nothing allowed (or less) is due at
        `start` itself, be the office open, closed or paused. None if the moment never comes: it lies beyond the
        beginning of a pause without end, or beyond the end of time.
        """
        if within <= 0:
            return start
        for block, before, until in self._worked(start, _END, pauses):
            if within <= until - before:
                return block.moment_of(before + within)
            within -= until - before
        return None

    def elapsed(self, start: int, end: int, pauses: Sequence[Pause] = ()) -> int:
        """How many microseconds of working time lie from `start` to before `end`; 0 if `end` is no later."""
        return sum(until - before for _, before, until in self._worked(start, end, pauses))

    def after_days(self, start: int, days: int, pauses: Sequence[Pause] = ()) -> int | None:
        """The moment at which the clock shows what it shows at `start`, on the `days`-th working day after its date.

        A working day is a date of which some moment counts. A time before its opening is moved to the opening, one
        after its last closing to that; of a time shown twice, the first is meant, and for one that is skipped the
        moment of the skip. Working time that pauses took until then is added as by `due`, and a deadline that would
        fall within a pause waits for its end. No days (or less) end at `start` itself. None as for `due`.
        """
        if days <= 0:
            return start
        if start >= _END:
            return None
        begin = max(start, 0)
        ((_, _, ahead),) = _shown(self.time_zone, begin, begin + 1)
        today, time = divmod(begin + ahead, DAY)
        day = self._working_day(begin, today, days)
        if day is None:
            return None
        moment = self._moment_on(day, time)
        if taken := self.elapsed(begin, moment) - self.elapsed(begin, moment, pauses):
            return self.due(moment, taken, pauses)
        # The last microsecond before the deadline must not be paused, or the deadline lies in a pause or at its end.
        latest = next((run for run in _running(begin, _END, pauses) if run[1] >= moment), None)
        return None if latest is None else max(moment, latest[0])

    def _worked(self, start: int, end: int, pauses: Sequence[Pause]) -> Iterator[tuple[_Block, int, int]]:
        """The blocks in which the clock runs, each with its working time before the clock's running and until its end."""
        for begin, until in _running(start, end, pauses):
            for number in range(begin // _BLOCK, (until - 1) // _BLOCK + 1):
                block = _block(self, number)
                yield block, block.worked_until(begin), block.worked_until(until)

    def _working_day(self, moment: int, after: int, count: int) -> int | None:
        """The `count`-th working day after the day `after`, which the clock shows at `moment`."""
        for number in range(moment // _BLOCK, (_END - 1) // _BLOCK + 1):
            days = _block(self, number).days
            first = bisect_right(days, after)
            if first + count <= len(days):
                return days[first + count - 1]
            count -= len(days) - first
            after = max(after, *days[-1:])
        return None

    def _moment_on(self, day: int, time: int) -> int:
        """The first moment of a working day at which the clock shows `time` or later, within the day's hours."""
        hours = self.hours_on(date.fromordinal(_EPOCH + day))
        shown: list[int] = []
        counted: list[int] = []
        for begin, end, ahead in _shown(self.time_zone, (day - 1) * DAY, min((day + 2) * DAY, _END)):
            midnight = day * DAY - ahead
            if (moment := max(begin, midnight + time)) < min(end, midnight + DAY):
                shown.append(moment)
            for opens, closes in _within(hours, midnight, begin, end):
                counted += opens, closes
        return min(max(shown[0], counted[0]), counted[-1]) if shown else counted[-1]


class _Block(NamedTuple):
    """A stretch of `_BLOCK` microseconds: when the office opens and closes in it, in order, and on which days."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    """The working time of the block before each opening; and at the end, all of it."""
    days: tuple[int, ...]
    """The local dates, in days since 1970, of which some moment counts."""

    def worked_until(self, moment: int) -> int:
        """The working time of the block before a moment, which may lie outside."""
        last = bisect_right(self.opens, moment) - 1
        return 0 if last < 0 else self.before[last] + min(moment, self.closes[last]) - self.opens[last]

    def moment_of(self, worked: int) -> int:
        """The first moment with so much working time of the block before it, which is more than none."""
        last = bisect_left(self.before, worked) - 1
        return self.opens[last] + worked - self.before[last]


@lru_cache(maxsize=4096)
def _block(calendar: Calendar, number: int) -> _Block:
    opens: list[int] = []
    closes: list[int] = []
    days: set[int] = set()
    start = number * _BLOCK
    for begin, end, ahead in _shown(calendar.time_zone, start, min(start + _BLOCK, _END)):
        for day in range((begin + ahead) // DAY, (end - 1 + ahead) // DAY + 1):
            hours = calendar.hours_on(date.fromordinal(_EPOCH + day))
            for opening, closing in _within(hours, day * DAY - ahead, begin, end):
                days.add(day)
                if closes and closes[-1] == opening:
                    closes[-1] = closing
                else:
                    opens.append(opening)
                    closes.append(closing)
    before = [0]
    for opening, closing in zip(opens, closes, strict=True):
        before.append(before[-1] + closing - opening)
    return _Block(tuple(opens), tuple(closes), tuple(before), tuple(sorted(days)))


def _within(hours: Hours, midnight: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The moments from and until which hours of the day that began at `midnight` count, of those of a stretch."""
    for opening, closing in hours:
        opens, closes = max(begin, midnight + opening * MINUTE), min(end, midnight + closing * MINUTE)
        if opens < closes:
            yield opens, closes


def _shown(time_zone: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The stretches of a span in which a zone's clock is a constant time ahead of UTC: from, until, and how far."""
    while start < end:
        clock = Instant.from_timestamp(start // SECOND).to_tz(time_zone)
        change = clock.next_transition()
        until = end if change is None else min(end, change.timestamp() * SECOND)
        yield start, until, round(clock.offset.total("seconds")) * SECOND
        start = until


def _running(start: int, end: int, pauses: Sequence[Pause]) -> Iterator[tuple[int, int]]:
    """The stretches of a span, cut to the time that there is, in which the clock does not stand still."""
    start, end = max(start, 0), min(end, _END)
    for begin, until in sorted((begin, _END if until is None else until) for begin, until in pauses):
        if begin < until:
            if start < min(begin, end):
                yield start, min(begin, end)
            start = max(start, until)
    if start < end:
        yield start, end


@lru_cache(maxsize=1024)
def _is_time_zone(name: str) -> bool:
    return name == "UTC" or name in available_timezones()


ALWAYS = Calendar("always", "UTC", (((0, _MINUTES_OF_DAY),),) * _WEEK)
"""Every minute counts, and a day has 24 hours."""
