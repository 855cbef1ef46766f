"""Partial dates: an interval of days and nothing else, read and shown as people write it, refused where there is no such day."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kstep.model import PartialDate, Precision, ValueRefused

READ = {
    "1970": (date(1970, 1, 1), date(1970, 12, 31), Precision.YEAR),
    "1970-05": (date(1970, 5, 1), date(1970, 5, 31), Precision.MONTH),
    "1970-02": (date(1970, 2, 1), date(1970, 2, 28), Precision.MONTH),
    "1972-02": (date(1972, 2, 1), date(1972, 2, 29), Precision.MONTH),
    "1972-02-29": (date(1972, 2, 29), date(1972, 2, 29), Precision.DAY),
    "1970-1-2": (date(1970, 1, 2), date(1970, 1, 2), Precision.DAY),
    " 1970-05-03 ": (date(1970, 5, 3), date(1970, 5, 3), Precision.DAY),
    "0970-05-03": (date(970, 5, 3), date(970, 5, 3), Precision.DAY),
    "9999-12-31": (date(9999, 12, 31), date(9999, 12, 31), Precision.DAY),
    "١٩٧٠": (date(1970, 1, 1), date(1970, 12, 31), Precision.YEAR),
}


@pytest.mark.parametrize("text", READ)
def test_a_written_date_is_the_days_it_may_be(text: str) -> None:
    found = PartialDate.parse(text)
    assert (found.earliest, found.latest, found.precision) == READ[text]
    assert not found.circa


@pytest.mark.parametrize(
    "text", ["1970-02-29", "1970-13", "1970-00", "1970-05-00", "1970-05-32", "1970-13-01", "0000", "0000-01-01"]
)
def test_a_day_that_never_was_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueRefused, match=f"there is no date {text}"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "70",
        "1970/05/03",
        "03.05.1970",
        "1970-05-03T00:00",
        "1970-5-3-1",
        "19700503",
        "x",
        "-1970",
        "1970-",
        "12345",
        "²⁰⁰⁰",
    ],
)
def test_another_form_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(ValueRefused, match="write YYYY, YYYY-MM or YYYY-MM-DD"):
        PartialDate.parse(text)


def test_a_range_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueRefused, match="1971-01-01 to 1970-01-01 ends before it begins"):
        PartialDate(date(1971, 1, 1), date(1970, 1, 1))
    with pytest.raises(ValueRefused, match="ends before it begins"):
        PartialDate.between(PartialDate.of(1975), PartialDate.of(1970))


def test_a_range_is_about_as_soon_as_one_of_its_ends_is() -> None:
    first, last = PartialDate.of(1970, circa=True), PartialDate.of(1975, 6)
    between = PartialDate.between(first, last)
    assert between == PartialDate(date(1970, 1, 1), date(1975, 6, 30), circa=True)
    assert between.precision is Precision.RANGE
    assert not PartialDate.between(last, last).circa


SHOWN = {
    "1970-05-03": PartialDate.of(1970, 5, 3),
    "1970-05": PartialDate.of(1970, 5),
    "1970": PartialDate.of(1970),
    "0970-05": PartialDate.of(970, 5),
    "1970 to 1975": PartialDate.between(PartialDate.of(1970), PartialDate.of(1975)),
    "1970-05-01 to 1970-06-30": PartialDate.between(PartialDate.of(1970, 5), PartialDate.of(1970, 6)),
    "1970-05-02 to 1970-05-09": PartialDate(date(1970, 5, 2), date(1970, 5, 9)),
    "about 1970": PartialDate.of(1970, circa=True),
    "about 1970-05-03": PartialDate.of(1970, 5, 3, circa=True),
    "about 1970 to 1975": PartialDate(date(1970, 1, 1), date(1975, 12, 31), circa=True),
}


@pytest.mark.parametrize("text", SHOWN)
def test_a_date_is_shown_as_people_write_it(text: str) -> None:
    assert str(SHOWN[text]) == text


@given(st.dates())
def test_what_is_shown_of_a_day_a_month_or_a_year_is_read_as_the_same(day: date) -> None:
    for known in ((day.year,), (day.year, day.month), (day.year, day.month, day.day)):
        written = PartialDate.of(*known)
        assert PartialDate.parse(str(written)) == written
        assert written.earliest <= day <= written.latest


@given(st.dates(max_value=date(9999, 12, 30)), st.integers(0, 800))
def test_every_interval_has_one_precision(first: date, days: int) -> None:
    last = min(first + timedelta(days=min(days, (date.max - first).days)), date.max)
    precision = PartialDate(first, last).precision
    month_end = calendar.monthrange(first.year, first.month)[1]
    expected = Precision.RANGE
    if first == last:
        expected = Precision.DAY
    elif first.day == 1 and last == first.replace(day=month_end):
        expected = Precision.MONTH
    elif (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        expected = Precision.YEAR
    assert precision is expected


@given(st.dates(), st.dates(), st.booleans())
def test_written_ends_come_back(one: date, other: date, circa: bool) -> None:
    kept = PartialDate(min(one, other), max(one, other), circa)
    assert PartialDate.from_iso(kept.earliest.isoformat(), kept.latest.isoformat(), circa) == kept
