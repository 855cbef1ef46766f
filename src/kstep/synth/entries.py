"""Synthetic people of a watchlist: what a publisher would know of each, before it is written in a publisher's format.

How much is known (aliases, dates and their accuracy, sex, papers) follows the real lists; aliases differ from the
primary name in the ways and at the rates of real aliases. Names are random combinations and mean nobody.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from kstep.synth.composing import compose, fill
from kstep.synth.corrupting import NameWriter, Token
from kstep.synth.countries import countries
from kstep.synth.cultures import FEMALE, MALE, Culture, cultures
from kstep.synth.differing import differing_date
from kstep.synth.draws import Draws
from kstep.synth.fields import home_countries, listed_birth_dates, number_like
from kstep.synth.population import CHUNK, native_names
from kstep.synth.rates import rates

_FIRST_LISTING = date(2001, 1, 8).toordinal()
_LISTING_DAYS = 8400
_RANGE_YEARS = 6
_MORE_MEN = 0.25
"""Lists hold more men than registers do."""
_PASSPORT, _NATIONAL_ID = 0.7, 0.5
"""Of the people whose papers are known, about so many have one of each."""
_BORN_AT_HOME, _BIRTH_COUNTRY_NAMED = 0.9, 0.75


class ListedName(NamedTuple):
    """A name of an entry in its two parts; the family part may be empty."""

    given: str
    family: str

    def spoken(self, family_first: bool = False) -> str:
        """The whole name in one text."""
        if not (self.given and self.family):
            return self.given or self.family
        return f"{self.family} {self.given}" if family_first else f"{self.given} {self.family}"


class ListedDate(NamedTuple):
    """A birth date and its accuracy: `day`, `month`, `year`, `circa` (a year) or `range` (of years up to `to_year`)."""

    kind: str
    day: date
    to_year: int


class ListedPaper(NamedTuple):
    """A document: its type of the person input, the issuing country, and its number."""

    type: str
    country: str
    number: str


class ListedPerson(NamedTuple):
    """What a publisher knows of one person. Countries are alpha-2 codes; empty is unknown."""

    name: ListedName
    family_first: bool
    aliases: tuple[ListedName, ...]
    weak_aliases: tuple[str, ...]
    original_script: str
    sex: str
    birth_dates: tuple[ListedDate, ...]
    nationality: str
    birth_country: str
    birth_town: str
    papers: tuple[ListedPaper, ...]
    listed_on: date


def listed_people(kind: str, n: int, seed: int) -> Iterator[ListedPerson]:
    """`n` people of a list of `kind` (`ofac-sdn`, `un` or `table`), in random order of their cultures.

    They are made chunk by chunk, as a roster is, so that memory does not grow with their number.
    """
    for first in range(0, n, CHUNK):
        yield from _chunk(kind, first, min(CHUNK, n - first), seed)


def _chunk(kind: str, first: int, size: int, seed: int) -> Iterator[ListedPerson]:
    source = "un" if kind == "un" else "ofac"
    known = rates().lists["un" if kind == "un" else "ofac-sdn"]
    draws = Draws(seed, "list", kind, first)
    chosen = draws.by_weight([culture.weights[source] for culture in cultures()], size)
    people: dict[int, ListedPerson] = {}
    for number, culture in enumerate(cultures()):
        where = np.flatnonzero(chosen == number).tolist()
        people.update(zip(where, _of_culture(culture, len(where), known, draws), strict=True))
    return (people[position] for position in range(size))


def _of_culture(culture: Culture, size: int, known: Mapping[str, Any], draws: Draws) -> Iterator[ListedPerson]:
    sexes = np.where(draws.happens(min(0.97, culture.male_share + _MORE_MEN), size), MALE, FEMALE)
    names = compose(culture, sexes, draws)
    native = native_names(culture, names)
    days = listed_birth_dates(culture, size, draws)
    homes = home_countries(culture, size, draws)
    writer = NameWriter(draws)
    for position, sex in enumerate(sexes.tolist()):
        name = ListedName(names.given[position], names.family[position])
        home = homes[position]
        papers: tuple[ListedPaper, ...] = ()
        if draws.chance(known["document"] * _PASSPORT):
            papers = (ListedPaper("passport", home, number_like(culture.passport, draws)),)
        if draws.chance(known["document"] * _NATIONAL_ID):
            papers = (*papers, ListedPaper("national_id", home, number_like(culture.national_id, draws)))
        born_at_home = draws.chance(_BORN_AT_HOME)
        yield ListedPerson(
            name=name,
            family_first=culture.family_first,
            aliases=_aliases(name, culture, _many(known["aliases_mean"], draws), writer),
            weak_aliases=_nicknames(culture, sex, _many(known["weak_aliases_mean"], draws), draws),
            original_script=native[position] if draws.chance(known["original_script"]) else "",
            sex="MF"[sex] if draws.chance(known["sex"]) else "",
            birth_dates=_birth_dates(days[position], known, draws),
            nationality=home if draws.chance(known["nationality"]) else "",
            birth_country=home if born_at_home and draws.chance(_BIRTH_COUNTRY_NAMED) else "",
            birth_town=draws.one(countries()[home].towns) if born_at_home else "",
            papers=papers,
            listed_on=date.fromordinal(_FIRST_LISTING + draws.number(_LISTING_DAYS)),
        )  # fmt: skip


def _many(mean: float, draws: Draws) -> int:
    """A count with this mean and the long tail that counts of aliases have (geometric)."""
    one_more = mean / (1.0 + mean)
    left = 1.0 - draws.point() if mean else 1.0
    return int(math.log(left) / math.log(one_more)) if left <= one_more else 0


def _aliases(name: ListedName, culture: Culture, many: int, writer: NameWriter) -> tuple[ListedName, ...]:
    if not many:
        return ()
    tokens = [Token(word, False) for word in name.given.split()] + [Token(word, True) for word in name.family.split()]
    found: dict[ListedName, None] = {}
    for _ in range(many):
        anew = writer.anew(tokens, culture, [])
        given = " ".join([text for text, of_family in anew if not of_family])
        family = " ".join([text for text, of_family in anew if of_family])
        found[ListedName(given, family) if given else ListedName(family, "")] = None
    found.pop(name, None)
    return tuple(found)


def _nicknames(culture: Culture, sex: int, many: int, draws: Draws) -> tuple[str, ...]:
    return tuple([fill(culture, draws.one(culture.nicknames), sex, [draws.point()], draws)[0][0] for _ in range(many)])


def _birth_dates(day: date, known: Mapping[str, Any], draws: Draws) -> tuple[ListedDate, ...]:
    if not draws.chance(known["birth_date"]):
        return ()
    dates = [_listed(day, known, draws)]
    if draws.chance(known["second_birth_date"]):
        ways = {kind: share for kind, share in rates().birth_date.items() if kind not in ("equal", "year_only")}
        other = date.fromisoformat(differing_date(day, draws.one_by_weight(ways), draws))
        if other != day:
            dates.append(_listed(other, known, draws))
    return tuple(dict.fromkeys(dates))


def _listed(day: date, known: Mapping[str, Any], draws: Draws) -> ListedDate:
    kind = draws.one_by_weight(known["birth_date_kinds"])
    return ListedDate(kind, day, day.year + 1 + draws.number(_RANGE_YEARS) if kind == "range" else day.year)
