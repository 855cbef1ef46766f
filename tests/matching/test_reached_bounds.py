"""The law *No silent miss* where a bound is reached: what names, dates and sex may earn at most is what they do earn.

Each set is tried at the score of every one of its pairs, so a need that is one millibit too high loses a pair.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Sequence
from datetime import date

import pytest

from adversarial_records import COUNTRIES
from brute_force import WEIGHTS, Identities, assert_no_miss, by_brute_force, named
from kstep.matching import Weights
from kstep.model import Document, Identity, Name, PartialDate, Sex

EVERY_SCORE = 10**6

Born = PartialDate | str
"""A date, or how it is written; `""`: none is known."""


def dates_of(born: Born) -> tuple[PartialDate, ...]:
    return ((born if isinstance(born, PartialDate) else PartialDate.parse(born)),) if born else ()


def with_dates(records: Identities, dates: Iterable[Born]) -> list[Identity]:
    """Each record born on each of the dates."""
    return [dataclasses.replace(record, birth_dates=dates_of(born)) for record in records for born in dates]


def about(*known: int) -> PartialDate:
    return PartialDate.of(*known, circa=True)


def years(first: int, last: int) -> PartialDate:
    return PartialDate(date(first, 1, 1), date(last, 12, 31))


RARE, USUAL = named("Tariq Nadir Qasrawan"), named("Ali Hassan")
NEAR_NAMES = [named(name) for name in ("Tariq Nadir Qasrawan", "Tariq Nadir", "Tareq Qasrawan", "Omar Hussein")]

NEW_YEAR = [f"{year}-{day}" for year in (1969, 1970) for day in ("12-29", "12-30", "12-31", "01-01", "01-02", "01-03")]
SAME_DAY = [*(f"{year}-05-03" for year in (1955, 1959, 1960, 1968, 1969, 1970, 1971, 1980, 1981, 1907)), "1970-05-04"]
LEAP_DAY = ["1972-02-29", "1976-02-29", "1980-02-29", "1984-02-29", "1972-02-28", "1973-03-01"]
FAR = ["0001-01-01", "1900-05-04", "1966", "1967-08", "1968", "1969", "1970", "1971", "1972", "1973", "2020-05-04",
       "9999-12-31"]  # fmt: skip
INEXACT: list[Born] = [
    about(1970), about(1970, 5), about(1970, 5, 3), about(1960), about(1958), years(1969, 1970), years(1968, 1974),
    years(1971, 1972), "1970", "1970-05", "1970-05-03", "1971-05-03", "",
]  # fmt: skip

WORDS = ["Tariq", "Nadir", "Qasrawan", "Brastov", "Oosterhaal", "Tarvenkar", "Rattanavong", "Zqxv"]
LONG_NAMES = [
    *(named(" ".join(WORDS[:count])) for count in range(1, 9)),
    *(named(" ".join([*WORDS[first:], *WORDS[:first]][:5])) for first in range(1, 8, 2)),
    named("Ali Hassan Ali Hassan Omar"), named("Ali Hassan Omar Said Qasrawan"), named("Tariq Ali Omar Said Hassan Qasrawan"),
]  # fmt: skip

JOINED = [
    named(name) for name in (
        "Chen Zhiqiang", "Chen Zhi Qiang", "Zhi Qiang", "Zhiqiang", "Maria Delacruz", "Maria de la Cruz", "Brastov Jinping",
        "Brastov Jin Ping", "Jinping Zhi Qiang Brastov", "Jin Ping Zhiqiang", "陈志强", "习近平",
    )
]  # fmt: skip

FULL = [
    Identity(names=(Name("Tariq Nadir"),), birth_dates=(PartialDate.parse("1970-05-03"),), sexes=sexes, nationalities=nations,
             birth_countries=births)
    for sexes in ((), (Sex.MALE,)) for nations in ((), ("IR",), ("RU", "IR")) for births in ((), ("IR",))
]  # fmt: skip

SITUATIONS: dict[str, tuple[Identities, Identities]] = {
    "birthdays around New Year": (with_dates(NEAR_NAMES[:2], NEW_YEAR), with_dates(NEAR_NAMES, NEW_YEAR)),
    "the same day of other years": (with_dates(NEAR_NAMES[:2], SAME_DAY), with_dates(NEAR_NAMES, SAME_DAY)),
    "leap days": (with_dates([RARE], LEAP_DAY), with_dates(NEAR_NAMES, LEAP_DAY)),
    "years far apart": (with_dates([RARE, USUAL], FAR), with_dates([RARE, USUAL], FAR)),
    "ranges and years that are about": (with_dates(NEAR_NAMES[:2], INEXACT), with_dates(NEAR_NAMES, INEXACT)),
    "nobody is dated": (with_dates(NEAR_NAMES, [""]), with_dates(NEAR_NAMES, [""])),
    "undated people": (with_dates(NEAR_NAMES, [""]), with_dates(NEAR_NAMES, ["1970-05-03", about(1970), ""])),
    "undated entries": (with_dates(NEAR_NAMES, ["1970-05-03", about(1970)]), with_dates(NEAR_NAMES, [""])),
    "names of many tokens": (LONG_NAMES, LONG_NAMES),
    "names of many tokens, dated": (
        with_dates(LONG_NAMES[2:9], ["1970-05-03"]), with_dates(LONG_NAMES, ["1970-05-03", "1975-05-03"]),
    ),
    "a word for two": (JOINED, JOINED),
    "a word for two, dated": (
        with_dates(JOINED, ["1970-05-03"]), with_dates(JOINED, ["1970-05-03", "1974-05-03", "1980"]),
    ),
    "a word for two, several dates": (
        [dataclasses.replace(record, birth_dates=(PartialDate.parse("1970-05-03"), PartialDate.parse("1950")))
         for record in JOINED],
        with_dates(JOINED, ["1970-05-03", "1990"]),
    ),
    "several dates": (
        [dataclasses.replace(RARE, birth_dates=tuple(map(PartialDate.parse, born.split())))
         for born in ("1970-05-03 1971-05-03", "1970 1980", "1969-12-31 1950-01-01", "1970-05 1970-05-03")],
        with_dates(NEAR_NAMES, [*NEW_YEAR[:4], *SAME_DAY, "1970-05", "1970", ""]),
    ),
    "sex and countries that agree": (FULL, FULL),
    "names of one token that conflict, of one birthday": (
        with_dates([named("Qasrawan"), named("Ali")], ["1970-05-03"]),
        with_dates([named("Brastov"), named("Omar"), named("Zqxv")], ["1970-05-03", "1970-05", "1970-03-05"]),
    ),
    "no names, some dates": (
        [named(born="1970-05-03"), named(), RARE], [named(born="1970-05-03"), named(born="1970"), named(), RARE],
    ),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_engine_equals_brute_force_at_every_score(situation: str) -> None:
    assert_no_miss(*SITUATIONS[situation], thresholds=EVERY_SCORE)


ALONE = [
    ("1970-05-03", "1970-05-03"), ("1970-05-03", "1970-03-05"), ("1970-05-03", "1970-05"), ("1970-05-03", "1970"),
    ("1970-05-03", "1971"), ("1970-05-03", "1969"), ("1970-05-03", "1972"), ("1970-05-03", "1968"),
    ("1970-05-03", "1973-02-02"), ("1970-05-03", "1967-02-02"), ("1970-05-03", "1971-05-03"), ("1970-05-03", "1969-05-03"),
    ("1970-05-03", "1972-05-03"), ("1970-05-03", "1965-05-03"), ("1970-05-03", "1980-05-03"), ("1970-05-03", ""),
    ("", "1970-05-03"), ("", ""), ("1969-12-31", "1970-01-01"), ("1970-01-01", "1969-12-31"), ("1969-12-30", "1970-01-01"),
    ("1970-01-02", "1969-12-31"), ("1970-05-03", about(1970)), (about(1970), "1970-05-03"), (about(1970), about(1970)),
    (about(1970), ""), (years(1968, 1971), "1970"), ("1970-05-03", years(1968, 1971)), ("1970", about(1975)),
]  # fmt: skip


@pytest.mark.parametrize("sexes", [(), (Sex.FEMALE,)])
@pytest.mark.parametrize(("mine", "theirs"), ALONE)
def test_a_namesake_is_found_though_nobody_else_is_listed(mine: Born, theirs: Born, sexes: tuple[Sex, ...]) -> None:
    """With one place in the list all stretches but one have none."""
    record = dataclasses.replace(RARE, sexes=sexes)
    assert_no_miss(with_dates([record], [mine]), with_dates([record], [theirs]))


def test_names_are_other_names_at_least_also_where_a_strong_date_asks_for_less() -> None:
    """Names that have nothing in common cost no more than `other_name`, which their tokens would cost many times."""
    lenient = dataclasses.replace(WEIGHTS, name={**WEIGHTS.name, "other_name": -1_000})
    people, entries = [named("Ali Hassan", born="1970-05-03")], [named("Zqxv Wqxj Tarvenkar", born="1970-05-03")]
    (pair,) = by_brute_force(people, entries, lenient)
    assert pair.millibits == lenient.birth_date["equal"] - 1_000
    assert_no_miss(people, entries, lenient)


def _drawn(chance: random.Random) -> Identity:
    """A record of which much agrees with any other: few words, few days."""
    pools: tuple[Sequence[Born], ...] = (NEW_YEAR, SAME_DAY, FAR, INEXACT)
    days = chance.choices(chance.choice(pools), k=chance.choice((0, *[1] * 8, 2)))
    words = [*WORDS, "Ali", "Hassan", "Omar", "Zhi", "Qiang", "Zhiqiang", "طارق", "A"]
    return Identity(
        names=tuple(
            Name(" ".join(chance.sample(words, chance.choice((1, 2, 2, 3, 3, 4, 5, 6)))))
            for _ in range(chance.choice((1, 1, 1, 2)))
        ),
        birth_dates=tuple(date for born in days for date in dates_of(born)),
        sexes=chance.choice(((), (Sex.MALE,), (Sex.FEMALE,))),
        nationalities=chance.choice(((), tuple(chance.choices(COUNTRIES, k=1)))),
        documents=(Document.parse("passport:IR:A1234567"),) if chance.random() < 0.05 else (),
    )


@pytest.mark.parametrize("seed", range(4))
def test_engine_equals_brute_force_where_much_agrees(seed: int) -> None:
    chance = random.Random(f"much agrees {seed}")
    people, entries = ([_drawn(chance) for _ in range(40)] for _ in range(2))
    assert_no_miss(people, entries, _weights(seed), thresholds=30)


def _weights(seed: int) -> Weights:
    """The shipped ones, and some in which other relations of dates earn the most."""
    if seed % 2 == 0:
        return WEIGHTS
    chance = random.Random(seed)
    return dataclasses.replace(
        WEIGHTS, birth_date={key: chance.randrange(-6_000, 12_000) for key in WEIGHTS.birth_date}
    )
