"""Fields as publishers write them, turned into values of the model: countries, dates, sex, numbered items.

A text that is none of these is said to be none: nothing is guessed.
"""

from __future__ import annotations

import functools
import re

from kstep.model import PartialDate, Sex, ValueRefused
from kstep.model.countries import country_of_name, folded

_NOTHING = {"", "-", "--", "n/a", "na", "none", "not available", "not known", "unknown", "not applicable"}

_SEXES = {"m": Sex.MALE, "male": Sex.MALE, "man": Sex.MALE, "f": Sex.FEMALE, "female": Sex.FEMALE, "woman": Sex.FEMALE,
          "x": Sex.UNSPECIFIED, "other": Sex.UNSPECIFIED}  # fmt: skip

# Names of countries as these publishers write them, beyond those that the model knows, and the people of countries.
_WRITTEN = {
    "congo democratic republic": "CD", "dem rep of the congo": "CD", "congo republic": "CG",
    "occupied palestinian territories": "PS", "palestinian territory occupied": "PS", "car": "CF",
    "macedonia the former yugoslav republic of": "MK", "north macedonia the republic of": "MK",
    "cabo verde previously cape verde": "CV", "possibly palestinian": "PS",
    "afghan": "AF", "algerian": "DZ", "american": "US",
    "bahraini": "BH", "bangladeshi": "BD", "belarusian": "BY", "belgian": "BE", "bosnian": "BA", "british": "GB",
    "burmese": "MM", "canadian": "CA", "chadian": "TD", "chinese": "CN", "congolese": "CD", "cuban": "CU",
    "danish": "DK", "dutch": "NL", "egyptian": "EG", "eritrean": "ER", "ethiopian": "ET", "french": "FR",
    "georgian": "GE", "german": "DE", "greek": "GR", "haitian": "HT", "indian": "IN", "indonesian": "ID",
    "iranian": "IR", "iraqi": "IQ", "israeli": "IL", "italian": "IT", "jordanian": "JO", "kenyan": "KE",
    "kuwaiti": "KW", "lebanese": "LB", "libyan": "LY", "malaysian": "MY", "malian": "ML", "mauritanian": "MR",
    "moroccan": "MA", "nigerian": "NG", "omani": "OM", "pakistani": "PK", "qatari": "QA", "russian": "RU",
    "rwandan": "RW", "saudi": "SA", "saudi arabian": "SA", "serbian": "RS", "somali": "SO", "south african": "ZA",
    "south sudanese": "SS", "spanish": "ES", "sudanese": "SD", "swedish": "SE", "swiss": "CH", "syrian": "SY",
    "tajik": "TJ", "tunisian": "TN", "turkish": "TR", "ugandan": "UG", "ukrainian": "UA", "uzbek": "UZ",
    "venezuelan": "VE", "yemeni": "YE", "zimbabwean": "ZW",
}  # fmt: skip
_SHORT_NAMES = {"UK", "US", "USA", "UAE", "DRC", "CAR", "PRC"}
_PLACE_WORDS = re.compile(r"[(),;/]|\b(?:the former|formerly|former|now|currently|then|or)\b", re.IGNORECASE)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_UNKNOWN_PART = r"(?:\d{1,2}|[a-z]{2}|--)"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})(?:-(?P<number>\d{1,2})(?:-(?P<day>\d{1,2}))?)?(?:t[\d:.]+)?(?:z|[+-]\d\d:\d\d)?",
        rf"(?:(?P<day>{_UNKNOWN_PART})/)?(?P<number>{_UNKNOWN_PART})/(?P<year>\d{{4}})",
        rf"(?:(?P<day>\d{{1,2}})[\s.-]*)?{_MONTH}[\s,-]*(?P<year>\d{{4}})",
        rf"{_MONTH}\s*(?P<day>\d{{1,2}}),?\s*(?P<year>\d{{4}})",
    )
)
_LONGEST_DATE = 60
_LONGEST_COUNTRY = 200
_ABOUT = re.compile(r"^(?:approximately|approx\.?|circa|about|around|c\.|ca\.)\s*")
_RANGE = re.compile(r"(?:between\s+(.+?)\s+and\s+(.+))|(?:(\d{4})\s*(?:-|–|to)\s*(\d{4}))")


def clean(text: str | None) -> str:
    """`text` with white space collapsed; empty for None."""
    return " ".join(text.split()) if text else ""


def says_nothing(text: str) -> bool:
    """Whether a publisher's cell only says that there is nothing to say."""
    return text.casefold() in _NOTHING


def numbered(text: str) -> list[str]:
    """The items of a cell that numbers them, as in `(1) Kabul. (2) Logar.`; the whole text if it does not."""
    parts = re.split(r"\(\d{1,2}\)", text)
    if len(parts) == 1:
        return [text] if text else []
    return [item for part in parts if (item := part.strip(" ,;.\n"))]


def sex_of(text: str) -> Sex | None:
    """Sex in a publisher's word or letter; None if it is neither."""
    return _SEXES.get(text.casefold())


@functools.lru_cache(maxsize=4096)
def country(text: str) -> str | None:
    """The alpha-2 code of one country, named in words, by its people, or by a code in capitals; None if it is none.

    Lower-case words of two and three letters are words (`na`, `no`, `in`), not codes.
    """
    name = clean(text).strip(" .,:;")
    if len(name) <= 3 and not (name.isupper() and name.isascii()):
        return None
    return _WRITTEN.get(folded(name).removeprefix("the ")) or country_of_name(name)


@functools.lru_cache(maxsize=4096)
def countries(text: str) -> tuple[str, ...]:
    """The countries of a text that may name an old and a present one, as in `former USSR (currently Ukraine)`.

    Empty if any part of the text is not a country.
    """
    if len(text) > _LONGEST_COUNTRY:
        return ()
    if found := country(text):
        return (found,)
    parts = [part for piece in _PLACE_WORDS.split(text) if (part := clean(piece))]
    codes = [country(part) for part in parts]
    return tuple(dict.fromkeys(code for code in codes if code)) if all(codes) else ()


def country_named_in(text: str) -> str:
    """The first country named among other words, as in `Afghan passport`; empty if there is none."""
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)
    for start in range(len(words)):
        for end in range(min(len(words), start + 5), start, -1):
            phrase = " ".join(words[start:end])
            if (len(phrase) > 3 or phrase in _SHORT_NAMES) and (found := country(phrase)):
                return found
    return ""


def date_of(text: str) -> PartialDate:
    """A date in any form these publishers use: `1968`, `1968-05`, `1968-05-12`, `12/05/1968`, `dd/mm/1968`,
    `00/05/1968`, `12 May 1968`, `May 1968`, `circa 1968`, `between 1968 and 1970`, `1968-1970`.

    Raises `ValueRefused` for anything else and for a day that does not exist.
    """
    lowered = clean(text).casefold().strip(" .,;")
    if len(lowered) > _LONGEST_DATE:
        raise ValueRefused(f"a text of {len(lowered)} characters is not a date")
    bare = _ABOUT.sub("", lowered)
    circa = bare != lowered
    if found := _RANGE.fullmatch(bare):
        first, last = (part for part in found.groups() if part)
        year = re.search(r"\d{4}", last)
        if not re.search(r"\d{4}", first) and year:
            first = f"{first} {year.group()}"
        span = PartialDate.between(date_of(first), date_of(last))
        return PartialDate(span.earliest, span.latest, span.circa or circa)
    for pattern in _DATES:
        if found := pattern.fullmatch(bare):
            parts = found.groupdict()
            named = parts.get("month")
            month = _MONTHS.index(named) + 1 if named else _known(parts.get("number"))
            day = _known(parts.get("day"))
            return PartialDate.of(int(parts["year"]), month, day if month else None, circa=circa)
    raise ValueRefused(f"{clean(text)!r} is not a date")


def _known(part: str | None) -> int | None:
    return int(part) or None if part and part.isdigit() else None
