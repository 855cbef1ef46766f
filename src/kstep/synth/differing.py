"""How a register writes down the rest of someone on a list: birth date, sex, countries and papers, with differences.

Every function returns the field as the person input has it, and the kind of what was done to it, empty if nothing.
A field that the list does not know is filled as for anyone and counts as no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kstep.model import Document, Identity, PartialDate, Precision
from kstep.synth.cultures import Culture
from kstep.synth.draws import Draws
from kstep.synth.fields import anywhere, number_like
from kstep.synth.rates import rates

_OLDEST, _YOUNGEST = 1935, 2006
_CIRCA_YEARS = 2


def written_birth_date(identity: Identity, draws: Draws) -> tuple[str, str]:
    """A birth date of someone of `identity`."""
    assumed = rates().assumed
    if draws.chance(assumed["birth_date_missing"]):
        return "", "birth_date:missing" if identity.birth_dates else ""
    if not identity.birth_dates:
        return any_day(draws, _OLDEST, _YOUNGEST).isoformat(), ""
    known = draws.one(identity.birth_dates)
    day = _a_day_of(known, draws)
    gaps = {kind: assumed[f"birth_date_{kind}"] for kind in ("year_only", "month_only", "january_first")}
    kind = draws.one_by_weight({**gaps, "": 1.0 - sum(gaps.values())})
    if not kind:
        kind = draws.one_by_weight(rates().birth_date)
    text = differing_date(day, kind, draws)
    return text, "" if text == day.isoformat() else f"birth_date:{kind}"


def any_day(draws: Draws, first_year: int, last_year: int) -> date:
    first = date(first_year, 1, 1)
    return first + timedelta(days=draws.number((date(last_year + 1, 1, 1) - first).days))


def _a_day_of(known: PartialDate, draws: Draws) -> date:
    """A day that the list's date may mean; where the list knows only a year, often 1 January, as registers write it."""
    earliest, latest = known.earliest, known.latest
    if known.circa:
        earliest, latest = (
            _in_year(earliest, earliest.year - _CIRCA_YEARS),
            _in_year(latest, latest.year + _CIRCA_YEARS),
        )
    day = earliest + timedelta(days=draws.number((latest - earliest).days + 1))
    if known.precision is not Precision.DAY and draws.chance(rates().assumed["unknown_day_january_first"]):
        return day.replace(month=1, day=1)
    return day


def _in_year(day: date, year: int) -> date:
    return day.replace(year=min(max(year, 1), 9999), day=28 if (day.month, day.day) == (2, 29) else day.day)


def differing_date(day: date, kind: str, draws: Draws) -> str:
    """`day` as the difference `kind` leaves it; unchanged where it cannot be applied (no swap of 14 and 3)."""
    text = day.isoformat()
    if kind == "year_only":
        return text[:4]
    if kind == "month_only":
        return text[:7]
    if kind == "january_first":
        return f"{text[:4]}-01-01"
    if kind == "swapped":
        return f"{text[:4]}-{text[8:]}-{text[5:7]}" if day.day <= 12 else text
    if kind == "one_digit":
        return _one_digit_off(text, draws)
    if kind == "near_year":
        return _in_year(day, day.year + draws.one((-2, -1, 1, 2))).isoformat()
    if kind == "conflict":
        return _in_year(any_day(draws, _OLDEST, _YOUNGEST), day.year - 3 - draws.number(10)).isoformat()
    return text


def _one_digit_off(text: str, draws: Draws) -> str:
    slips = (text[:place] + digit + text[place + 1 :] for place in (2, 3, 5, 6, 8, 9) for digit in "0123456789")
    latest = max(text[:4], str(_YOUNGEST))
    return draws.one([slip for slip in slips if slip != text and slip[:4] <= latest and _is_date(slip)])


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def written_sex(identity: Identity, draws: Draws) -> tuple[str, str]:
    """The sex of someone of `identity`."""
    known = identity.sexes[0].value if identity.sexes else ""
    if draws.chance(rates().assumed["sex_missing"]):
        return "", "sex:missing" if known else ""
    if known and draws.chance(rates().assumed["sex_wrong"]):
        return ("F" if known == "M" else "M"), "sex:wrong"
    return known or draws.one_by_weight({"M": 0.85, "F": 0.15}), ""


def written_nationality(identity: Identity, draws: Draws) -> tuple[str, str]:
    """The nationality of someone of `identity`."""
    return _country(identity.nationalities, identity.birth_countries, "nationality",
                    rates().assumed["nationality_missing"], rates().nationality["different"], draws)  # fmt: skip


def written_birth_country(identity: Identity, draws: Draws) -> tuple[str, str]:
    """The birth country of someone of `identity`."""
    assumed = rates().assumed
    return _country(identity.birth_countries, identity.nationalities, "birth_country",
                    assumed["birth_country_missing"], assumed["birth_country_elsewhere"], draws)  # fmt: skip


def _country(
    known: Sequence[str], likely: Sequence[str], field: str, missing: float, other: float, draws: Draws
) -> tuple[str, str]:
    if draws.chance(missing):
        return "", f"{field}:missing" if known else ""
    if known and draws.chance(other):
        elsewhere = next((code for code in anywhere(8, draws) if code not in known), "")
        return (elsewhere, f"{field}:other") if elsewhere else (known[0], "")
    if known:
        return draws.one(known), ""
    return (likely[0] if likely else anywhere(1, draws)[0]), ""


def written_documents(identity: Identity, culture: Culture, home: str, draws: Draws) -> tuple[str, str]:
    """The papers of someone of `identity`, a national of `home`: one that the list knows, another one, or none."""
    assumed = rates().assumed
    if not identity.documents:
        return (_new_passport(culture, home, draws), "") if draws.chance(assumed["passport"]) else ("", "")
    if not draws.chance(assumed["document_kept"]):
        return "", "document:missing"
    if draws.chance(rates().document["different"]):
        return _new_passport(culture, home, draws), "document:other"
    document = draws.one(identity.documents)
    if ";" in document.number:
        return "", "document:missing"
    if draws.chance(assumed["document_one_digit"]):
        return str(_digit_off(document, draws)), "document:one_digit"
    return str(document), "document:kept"


def _new_passport(culture: Culture, home: str, draws: Draws) -> str:
    return f"passport:{home}:{number_like(culture.passport, draws)}"


def _digit_off(document: Document, draws: Draws) -> Document:
    number = document.number
    at = draws.one([place for place, letter in enumerate(number) if letter.isalnum()] or [0])
    digit = draws.one([digit for digit in "0123456789" if digit != number[at]])
    return Document(document.type, number[:at] + digit + number[at + 1 :], document.issuer)
