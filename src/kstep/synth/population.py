"""Synthetic people: rows of the person input, made chunk by chunk in columns, the same for the same number and seed.

No row copies anyone: names are random combinations, numbers and dates are random. A chunk is a few thousand people,
so that memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kstep.synth.composing import Names, compose
from kstep.synth.cultures import FEMALE, MALE, Culture
from kstep.synth.draws import Draws
from kstep.synth.fields import birth_countries, birth_dates, custody, documents, home_countries, nationalities
from kstep.synth.heads import given_names_of
from kstep.synth.rates import rates
from kstep.synth.spelling import Speller

CHUNK = 25_000
_IDENTITY = 9
"""Columns that depend on a person's culture: all from `name` to `documents`."""


class SyntheticPerson(NamedTuple):
    """One row of the person input, every field as text; empty is unknown, several values are parted by `;`."""

    person_id: str
    name: str
    family_name: str
    given_names: str
    aliases: str
    birth_date: str
    sex: str
    nationality: str
    birth_country: str
    documents: str
    custody_place: str
    release_basis: str
    outcome: str
    office: str


def people(n: int, seed: int, common: float | None = None) -> Iterator[SyntheticPerson]:
    """`n` synthetic people, one at a time. The same arguments give the same people in every process.

    `common` is the share of people whose first given name is one of the ten commonest; without it, names are as common
    as the cultures' files say. Raises `InputError` for a share that cannot be had.
    """
    return _chunks(n, seed, given_names_of(common))


def _chunks(n: int, seed: int, cultures: Sequence[Culture]) -> Iterator[SyntheticPerson]:
    for first in range(0, n, CHUNK):
        yield from _chunk(first, min(CHUNK, n - first), seed, cultures)


def _chunk(first: int, size: int, seed: int, cultures: Sequence[Culture]) -> Iterator[SyntheticPerson]:
    draws = Draws(seed, "people", first)
    chosen = draws.by_weight([culture.weights["people"] for culture in cultures], size)
    columns = np.full((_IDENTITY, size), "", object)
    for number, culture in enumerate(cultures):
        where = np.flatnonzero(chosen == number)
        if len(where):
            for column, values in zip(columns, _identities(culture, len(where), draws), strict=True):
                column[where] = values
    ids = [f"P{number:08d}" for number in range(first + 1, first + size + 1)]
    return map(SyntheticPerson, ids, *columns.tolist(), *custody(size, draws))


def _identities(culture: Culture, size: int, draws: Draws) -> tuple[list[str], ...]:
    """The columns from `name` to `documents` of `size` people of one culture."""
    assumed = rates().assumed
    sexes = np.where(draws.uniform(size) < culture.male_share, MALE, FEMALE)
    shown = _shown(culture, compose(culture, sexes, draws), draws)
    sex = np.where(sexes == MALE, "M", "F").astype(object)
    sex[draws.happens(assumed["sex_unspecified"], size)] = "X"
    sex[draws.happens(assumed["sex_missing"], size)] = ""
    homes = home_countries(culture, size, draws)
    return (*shown, birth_dates(culture, size, draws), sex.tolist(), nationalities(homes, draws),
            birth_countries(homes, draws), documents(culture, homes, draws))  # fmt: skip


def _shown(culture: Culture, names: Names, draws: Draws) -> tuple[list[str], list[str], list[str], list[str]]:
    """The columns name, family_name, given_names, aliases: one field or two, capitals or not, rarely the own script."""
    assumed, size = rates().assumed, len(names.given)
    whole = whole_names(culture, names, draws)
    native = native_names(culture, names)
    speller = Speller(draws)
    one_field = draws.happens(assumed["one_name_field"], size)
    capitals = draws.happens(assumed["capitals"], size)
    own_script = draws.happens(assumed["original_script"], size)
    has_alias = draws.happens(assumed["aliases"], size)
    name, family, given, aliases = [], list(names.family), list(names.given), [""] * size
    for position, text in enumerate(whole):
        shown = text
        if own_script[position] and native[position]:
            shown, family[position], given[position] = native[position], "", ""
        elif one_field[position] or not family[position]:
            family[position] = given[position] = ""
        else:
            shown = ""
        if has_alias[position]:
            aliases[position] = (
                native[position] if native[position] and not own_script[position] else speller.respelled_name(text)
            )
        if capitals[position]:
            shown, family[position], given[position] = shown.upper(), family[position].upper(), given[position].upper()
        name.append(shown)
    return name, family, given, aliases


def whole_names(culture: Culture, names: Names, draws: Draws) -> list[str]:
    """Names in one text, in the culture's order or, where that is family first, sometimes turned round."""
    first = draws.happens(0.7 if culture.family_first else 0.0, len(names.given)).tolist()
    return [(f"{family} {given}" if turned else f"{given} {family}").strip()
            for given, family, turned in zip(names.given, names.family, first, strict=True)]  # fmt: skip


def native_names(culture: Culture, names: Names) -> list[str]:
    """Names in their own script, empty where a part of them is not known in it."""
    parts = zip(names.family, names.native_given, names.native_family, strict=True)
    whole = [(given, own) if given and (own or not family) else ("", "") for family, given, own in parts]
    if culture.family_first:
        return [f"{family}{given}" for given, family in whole]
    return [f"{given} {family}".strip() for given, family in whole]
