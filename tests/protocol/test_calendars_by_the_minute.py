"""Working time is what a count of minutes says, made with nothing but the standard library, in any zone and year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.protocol.calendars import ALWAYS, DAY, MINUTE, SECOND, Calendar, Hours, Pause

ALL_DAY: Hours = ((0, 1440),)
OFFICE: Hours = ((480, 1020),)
WITH_LUNCH: Hours = ((480, 720), (780, 1020))

OFFICES = Calendar("offices", "America/New_York", (*(WITH_LUNCH,) * 5, (), ()), ("US",))
ROUND_THE_CLOCK = Calendar("island", "Australia/Lord_Howe", (ALL_DAY,) * 7)
MIDNIGHTS = Calendar("midnights", "Pacific/Apia", (((0, 1), (1439, 1440)),) * 7)

FOREVER = (date.max - date(1970, 1, 1)) // timedelta(microseconds=1)
"""The last day of the year 9999."""

BEFORE, AFTER = 3, 6
"""How many days around an anchor are counted."""

ANCHORS = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/New_York", date(2026, 12, 25)),
    ("America/New_York", date(2027, 12, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("America/St_Johns", date(2006, 10, 29)),  # back over midnight
    ("America/Sao_Paulo", date(2018, 2, 18)),  # back at midnight
    ("America/Sao_Paulo", date(2018, 11, 4)),  # forward at midnight
    ("America/Havana", date(2026, 3, 8)),
    ("Antarctica/Troll", date(2026, 3, 29)),  # two hours
    ("Asia/Kathmandu", date(1986, 1, 1)),  # a quarter of an hour
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Europe/Berlin", date(2028, 2, 29)),
    ("Europe/Berlin", date(9998, 10, 25)),
    ("Pacific/Kiritimati", date(9998, 12, 31)),
    ("UTC", date(1973, 1, 1)),
]

ZONES = sorted(available_timezones() - {"localtime"})


class Counted:
    """Which minutes around a day count in a calendar, and what the clock shows in each: the slow and obvious way."""

    def __init__(self, calendar: Calendar, anchor: date, pauses: Sequence[Pause] = ()) -> None:
        zone, self.pauses = ZoneInfo(calendar.time_zone), pauses
        self.begin = _begin(anchor)
        self.minutes = [self.begin + minute * MINUTE for minute in range((BEFORE + AFTER) * 1440)]
        self.shown = [datetime.fromtimestamp(moment // SECOND, zone) for moment in self.minutes]
        shut = set(calendar.closed)
        for code in calendar.holidays:
            country, _, part = code.partition("-")
            years = range(anchor.year - 1, anchor.year + 2)
            shut |= country_holidays(country, subdiv=part or None, years=years).keys() - calendar.open_days

        def is_open(clock: datetime) -> bool:
            minute = clock.hour * 60 + clock.minute
            return clock.date() not in shut and any(a <= minute < b for a, b in calendar.hours[clock.weekday()])

        self.open = [is_open(clock) for clock in self.shown]
        self.counts = [
            is_open and not any(a <= moment and (b is None or moment < b) for a, b in pauses)
            for moment, is_open in zip(self.minutes, self.open, strict=True)
        ]

    def index(self, moment: int) -> int:
        return (moment - self.begin) // MINUTE

    def elapsed(self, start: int, end: int) -> int:
        return sum(self.counts[self.index(start) : self.index(end)]) * MINUTE

    def due(self, start: int, within: int) -> int | None:
        """None if it lies beyond what is counted."""
        if not within:
            return start
        for moment in self.minutes[self.index(start) :]:
            if self.counts[self.index(moment)]:
                within -= MINUTE
                if not within:
                    return moment + MINUTE
        return None

    def after_days(self, start: int, days: int) -> int | None:
        """Without pauses. None if it may lie beyond what is counted."""
        now = self.shown[self.index(start)]
        clocks = list(zip(self.minutes, self.shown, self.open, strict=True))
        working = sorted({clock.date() for _, clock, is_open in clocks if is_open and clock.date() > now.date()})
        if len(working) <= days:  # the last one may not be whole
            return None
        day = working[days - 1]
        opened = [moment for moment, clock, is_open in clocks if is_open and clock.date() == day]
        later = [moment for moment, clock, _ in clocks if clock.date() == day and clock.time() >= now.time()]
        closing = opened[-1] + MINUTE
        return min(max(later[0], opened[0]), closing) if later else closing


MOMENTS = st.builds(lambda day, minute: day * 1440 + minute, st.integers(0, BEFORE + AFTER - 1), st.integers(0, 1439))
"""Minutes from the first counted one on."""

EDGES = st.sampled_from([0, 60, 90, 120, 150, 180, 480, 1020, 1380, 1410, 1440]) | st.integers(0, 1440)


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> Hours:
    """At most three spans, which may touch."""
    edges = sorted(draw(st.lists(EDGES, max_size=6)))
    return tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if a < b)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, Counted]:
    anywhere = st.tuples(st.sampled_from(ZONES), st.dates(date(1973, 1, 4), date(9998, 12, 31)))
    zone, anchor = draw(st.sampled_from(ANCHORS) | anywhere)
    hours = draw(st.tuples(*[st.sampled_from([OFFICE, WITH_LUNCH, ALL_DAY]) | hours_of_a_day()] * 7).filter(any))
    near = st.frozensets(st.integers(-3, 5).map(lambda days: anchor + timedelta(days=days)), max_size=2)
    closed = draw(near)
    codes = draw(st.sampled_from([(), (), ("US",), ("DE-BY",), ("US-TX", "DE")]))
    calendar = Calendar("drawn", zone, hours, codes, closed, draw(near) - closed)
    first = _begin(anchor)
    lengths = st.integers(-60, 300) | st.integers(0, 2000)
    pauses: list[Pause] = [
        (first + begin * MINUTE, first + (begin + length) * MINUTE)
        for begin, length in draw(st.lists(st.tuples(MOMENTS, lengths), max_size=4))
    ]
    if draw(st.integers(0, 4)) == 4:
        pauses.append((first + draw(MOMENTS) * MINUTE, None))
    return calendar, Counted(calendar, anchor, pauses)


def _begin(anchor: date) -> int:
    return (anchor - date(1970, 1, 1) - timedelta(days=BEFORE)) // timedelta(microseconds=1)


@settings(max_examples=150, deadline=None)
@given(cases(), st.lists(st.tuples(MOMENTS, st.integers(0, 4000)), min_size=3, max_size=6), st.integers(1, 6))
def test_it_agrees_with_a_count_of_minutes(
    case: tuple[Calendar, Counted], asked: list[tuple[int, int]], days: int
) -> None:
    calendar, counted = case
    pauses, end = counted.pauses, counted.begin + len(counted.minutes) * MINUTE
    answers = []
    for minute, minutes in sorted(asked):
        start, within = counted.begin + minute * MINUTE, minutes * MINUTE
        until = min(start + within, end)
        assert calendar.elapsed(start, until, pauses) == counted.elapsed(start, until)
        due, expected = calendar.due(start, within, pauses), counted.due(start, within)
        assert due == expected if expected is not None else due is None or due > end
        if due is not None:
            assert calendar.elapsed(start, due, pauses) == within
            assert within == 0 or calendar.elapsed(start, due - 1, pauses) == within - 1
            answers.append((start, within, due))
        if (then := counted.after_days(start, days)) is not None:
            assert calendar.after_days(start, days) == then
    for start, within, due in answers:
        assert all(due <= later for begin, allowed, later in answers if begin >= start and allowed >= within)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([OFFICES, ROUND_THE_CLOCK, ALWAYS, MIDNIGHTS]),
    st.integers(0, FOREVER) | st.integers(FOREVER, 2 * FOREVER),
    st.integers(-5, 400 * DAY),
    st.integers(-5, 400),
    st.lists(st.tuples(st.integers(0, FOREVER), st.none() | st.integers(0, FOREVER)), max_size=3),
)
def test_it_is_total(calendar: Calendar, start: int, within: int, days: int, pauses: list[Pause]) -> None:
    due, then = calendar.due(start, within, pauses), calendar.after_days(start, days, pauses)
    assert due is None or due >= start
    assert then is None or then >= start
    assert due is None or calendar.elapsed(start, due, pauses) == max(within, 0)
    assert 0 <= calendar.elapsed(start, start + within, pauses) <= max(within, 0)
