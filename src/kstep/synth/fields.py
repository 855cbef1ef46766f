"""Everything of a person but the name, in columns: birth dates, countries, papers, custody.

Fields are missing, coarse or placeholders as often as `data/rates.json` says; numbers are random in the pattern of
their kind and belong to nobody on purpose.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kstep.synth.cultures import Culture, cultures
from kstep.synth.draws import Draws
from kstep.synth.rates import rates

Days = NDArray[np.datetime64]

_AGES = ((0.0, 0.06, 0.45, 0.85, 0.98, 1.0), (0.0, 17.0, 31.0, 46.0, 64.0, 95.0))
_LISTED_AGES = ((0.0, 0.1, 0.5, 0.9, 1.0), (22.0, 34.0, 50.0, 68.0, 94.0))
"""Points of the cumulated distributions of ages in a register and on a list: shares, and years on the day below."""
_TODAY = np.datetime64("2024-06-30")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"

_CUSTODY = {"agency": 45, "state_local": 48, "child_welfare": 5, "hospital": 2}
_RELEASE = {"recognizance": 34, "parole": 26, "supervision_order": 18, "bond": 9, "monitoring": 7, "none": 6}
_OUTCOME = {"": 970, "departed": 6, "removed": 7, "status_granted": 8, "citizen": 2, "deceased": 1, "absconded": 6}
_OFFICES = ("ATL", "BAL", "BOS", "BUF", "CHI", "DAL", "DEN", "DET", "ELP", "HOU", "LOS", "MIA", "NEW", "NOL", "NYC",
            "PHI", "PHO", "SAA", "SEA", "SFR", "SLC", "SND", "SPM", "WAS")  # fmt: skip


def birth_dates(culture: Culture, size: int, draws: Draws) -> list[str]:
    """Birth dates as a register has them: some missing, some without day or month, some 1 January for want of a day."""
    january_first = culture.january_first + rates().assumed["birth_date_january_first"]
    texts: list[str] = _days(_AGES, january_first, size, draws).astype(str).tolist()
    gaps = [rates().assumed[f"birth_date_{kind}"] for kind in ("missing", "year_only", "month_only")]
    kept = draws.by_weight([*gaps, 1.0 - sum(gaps)], size).tolist()
    return [text[: (0, 4, 7, 10)[length]] for text, length in zip(texts, kept, strict=True)]


def listed_birth_dates(culture: Culture, size: int, draws: Draws) -> list[date]:
    """Birth dates of grown people, each a day, if often 1 January."""
    days: list[date] = _days(_LISTED_AGES, culture.january_first, size, draws).tolist()
    return days


def _days(ages: tuple[Sequence[float], Sequence[float]], january_first: float, size: int, draws: Draws) -> Days:
    days = _TODAY - (np.interp(draws.uniform(size), *ages) * 365.25).astype("timedelta64[D]")
    placeholder = draws.happens(january_first, size)
    return np.where(placeholder, days.astype("datetime64[Y]").astype("datetime64[D]"), days)


def home_countries(culture: Culture, size: int, draws: Draws) -> list[str]:
    """The country each person is from, by the culture's weights and a spill of people who are from anywhere."""
    own = list(culture.countries)
    countries = [own[number] for number in draws.by_weight(list(culture.countries.values()), size).tolist()]
    spilled = np.flatnonzero(draws.happens(rates().assumed["nationality_spill"], size)).tolist()
    return _replaced(countries, spilled, anywhere(len(spilled), draws))


def anywhere(size: int, draws: Draws) -> list[str]:
    """Countries as common as their people."""
    codes, weights = _all_countries()
    return [codes[number] for number in draws.by_weight(weights, size).tolist()]


@functools.cache
def _all_countries() -> tuple[tuple[str, ...], tuple[float, ...]]:
    found: dict[str, float] = {}
    for culture in cultures():
        for code, weight in culture.countries.items():
            found[code] = found.get(code, 0.0) + weight * culture.weights["people"] / sum(culture.countries.values())
    return tuple(found), tuple(found.values())


def _replaced(values: list[str], positions: Sequence[int], others: Sequence[str]) -> list[str]:
    for position, other in zip(positions, others, strict=True):
        values[position] = other
    return values


def nationalities(homes: list[str], draws: Draws) -> list[str]:
    """What a register says of the nationality of people from `homes`: sometimes nothing, rarely two."""
    size = len(homes)
    missing = np.flatnonzero(draws.happens(rates().assumed["nationality_missing"], size)).tolist()
    second = np.flatnonzero(draws.happens(rates().assumed["second_nationality"], size)).tolist()
    pairs = ((homes[position], other) for position, other in zip(second, anywhere(len(second), draws), strict=True))
    both = [f"{home};{other}" if other != home else home for home, other in pairs]
    return _replaced(_replaced(list(homes), second, both), missing, [""] * len(missing))


def birth_countries(homes: list[str], draws: Draws) -> list[str]:
    """Where people from `homes` were born: mostly there, sometimes elsewhere or unknown."""
    size = len(homes)
    elsewhere = np.flatnonzero(draws.happens(rates().assumed["birth_country_elsewhere"], size)).tolist()
    missing = np.flatnonzero(draws.happens(rates().assumed["birth_country_missing"], size)).tolist()
    return _replaced(_replaced(list(homes), elsewhere, anywhere(len(elsewhere), draws)), missing, [""] * len(missing))


def documents(culture: Culture, homes: list[str], draws: Draws) -> list[str]:
    """The papers of people from `homes` as the person input writes them, in the number patterns of their culture."""
    size = len(homes)
    columns = []
    for kind, pattern in (("passport", culture.passport), ("national_id", culture.national_id)):
        have = np.flatnonzero(draws.happens(rates().assumed[kind], size)).tolist()
        papers = [f"{kind}:{homes[position]}:{number}"
                  for position, number in zip(have, numbers(pattern, len(have), draws), strict=True)]  # fmt: skip
        columns.append(_replaced([""] * size, have, papers))
    return [
        f"{first};{second}" if first and second else first or second for first, second in zip(*columns, strict=True)
    ]


def numbers(pattern: str, size: int, draws: Draws) -> list[str]:
    """`size` numbers: each `#` of `pattern` becomes a digit, each `@` a letter."""
    columns = []
    for run in _runs(pattern):
        if run == "@":
            columns.append([_LETTERS[number] for number in draws.below(len(_LETTERS), size).tolist()])
        elif run[0] == "#":
            columns.append([f"{number:0{len(run)}d}" for number in draws.below(10 ** len(run), size).tolist()])
        else:
            columns.append([run] * size)
    return ["".join(parts) for parts in zip(*columns, strict=True)]


def number_like(pattern: str, draws: Draws) -> str:
    """One number, as `numbers` makes them."""
    return "".join(
        draws.one(_LETTERS) if run == "@" else f"{draws.number(10 ** len(run)):0{len(run)}d}" if run[0] == "#" else run
        for run in _runs(pattern)
    )


@functools.cache
def _runs(pattern: str) -> tuple[str, ...]:
    return tuple(re.findall(r"#{1,9}|@|[^#@]", pattern))


def custody(size: int, draws: Draws) -> tuple[list[str], list[str], list[str], list[str]]:
    """The columns custody_place, release_basis, outcome and office: nearly everyone is supervised, not in custody."""
    held = draws.happens(rates().assumed["in_custody"], size).tolist()
    unknown = draws.happens(0.01, size).tolist()
    places = _chosen(_CUSTODY, size, draws)
    bases = _chosen(_RELEASE, size, draws)
    place = [
        where if here else "unknown" if lost else "none"
        for where, here, lost in zip(places, held, unknown, strict=True)
    ]
    basis = ["none" if here else how for how, here in zip(bases, held, strict=True)]
    offices = [_OFFICES[number] for number in draws.below(len(_OFFICES), size).tolist()]
    return place, basis, _chosen(_OUTCOME, size, draws), offices


def _chosen(weights: dict[str, int], size: int, draws: Draws) -> list[str]:
    options = list(weights)
    return [options[number] for number in draws.by_weight(list(weights.values()), size).tolist()]
