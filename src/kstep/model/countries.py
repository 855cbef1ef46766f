"""Countries: codes of ISO 3166 as people give them, and names as list publishers write them, to alpha-2.

States that are gone keep the code they had (SU, YU, CS, DD, AN), because a person's papers may still say so. Old codes
of states that only changed their name (BU, ZR) are read as the present ones.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from kstep.model.errors import ValueRefused

_GONE = {"SUN": "SU", "YUG": "YU", "SCG": "CS", "CSK": "CS", "DDR": "DD", "ANT": "AN"}
_RENAMED = {"BU": "MM", "BUR": "MM", "ZR": "CD", "ZAR": "CD", "TP": "TL", "TMP": "TL"}
_GONE_NAMES = {"SU": "Soviet Union", "YU": "Yugoslavia", "CS": "Czechoslovakia; Serbia and Montenegro",
               "DD": "East Germany", "AN": "Netherlands Antilles", "XK": "Kosovo"}  # fmt: skip

RELATED_STATES = {
    "SU": ("RU", "UA", "BY", "UZ", "KZ", "GE", "AZ", "LT", "MD", "LV", "KG", "TJ", "AM", "TM", "EE"),
    "YU": ("RS", "BA", "HR", "SI", "MK", "ME", "XK", "CS"), "CS": ("CZ", "SK", "RS", "ME", "XK"), "DD": ("DE",),
    "AN": ("CW", "SX", "BQ", "AW"), "SD": ("SS",), "ET": ("ER",), "ID": ("TL",), "RS": ("XK", "ME"), "UA": ("RU",),
    "CN": ("HK", "MO", "TW"), "PS": ("JO", "IL"),
}  # fmt: skip
"""States, and those that came of them or give the same people papers: sources call one person a national of either."""

# Names that publishers write and ISO does not: folded name -> alpha-2.
_ALSO = {
    "burma": "MM", "korea north": "KP", "north korea": "KP", "dprk": "KP", "korea south": "KR", "south korea": "KR",
    "korea": "KR", "republic of korea": "KR", "democratic peoples republic of korea": "KP",
    "democratic people s republic of korea": "KP", "congo democratic republic of the": "CD", "drc": "CD",
    "democratic republic of the congo": "CD", "democratic republic of congo": "CD", "zaire": "CD",
    "congo republic of the": "CG", "republic of the congo": "CG", "congo": "CG", "cote d ivoire": "CI",
    "ivory coast": "CI", "iran": "IR", "iran islamic republic of": "IR", "islamic republic of iran": "IR",
    "syria": "SY", "russia": "RU", "russian federation": "RU", "ussr": "SU", "soviet union": "SU", "former soviet union": "SU",
    "union of soviet socialist republics": "SU", "yugoslavia": "YU", "czechoslovakia": "CS",
    "serbia and montenegro": "CS", "east germany": "DD", "west bank": "PS", "region west bank": "PS", "gaza": "PS",
    "palestinian": "PS",
    "palestine": "PS", "palestinian territories": "PS", "west bank and gaza strip": "PS", "region gaza": "PS",
    "gaza strip": "PS", "state of palestine": "PS", "occupied palestinian territory": "PS",
    "palestinian authority": "PS", "kosovo": "XK", "macedonia": "MK", "north macedonia": "MK",
    "north macedonia the republic of": "MK", "macedonia the former yugoslav republic of": "MK",
    "the former yugoslav republic of macedonia": "MK", "former yugoslav republic of macedonia": "MK",
    "moldova": "MD", "bosnia": "BA", "bosnia herzegovina": "BA", "bosnia herzegovina republic of": "BA",
    "bosnia and herzegovina": "BA", "tanzania": "TZ", "venezuela": "VE", "bolivia": "BO", "laos": "LA",
    "vietnam": "VN", "viet nam": "VN", "brunei": "BN", "east timor": "TL", "cape verde": "CV", "swaziland": "SZ",
    "turkey": "TR", "turkiye": "TR", "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB",
    "united kingdom": "GB", "wales": "GB", "northern ireland": "GB", "usa": "US", "us": "US", "u s a": "US",
    "united states of america": "US", "united states": "US", "america": "US", "uae": "AE",
    "united arab emirates": "AE", "hong kong": "HK", "macau": "MO", "macao": "MO", "taiwan": "TW",
    "people s republic of china": "CN", "peoples republic of china": "CN", "prc": "CN", "china": "CN",
    "the bahamas": "BS", "bahamas the": "BS", "the gambia": "GM", "gambia the": "GM", "gambia": "GM",
    "czech republic": "CZ", "holland": "NL", "the netherlands": "NL", "netherlands antilles": "AN",
    "virgin islands british": "VG", "british virgin islands": "VG", "virgin islands u s": "VI",
    "micronesia": "FM", "st kitts and nevis": "KN", "saint kitts and nevis": "KN", "st lucia": "LC",
    "st vincent and the grenadines": "VC", "sao tome and principe": "ST", "vatican": "VA", "vatican city": "VA",
    "holy see": "VA", "falkland islands": "FK", "kyrgyz republic": "KG", "kyrgyzstan": "KG", "south sudan": "SS",
    "the sudan": "SD", "republic of the sudan": "SD", "libya": "LY", "libyan arab jamahiriya": "LY",
    "syrian arab republic": "SY", "lao": "LA", "republic of yemen": "YE", "the philippines": "PH",
    "republic of moldova": "MD", "united republic of tanzania": "TZ", "kingdom of saudi arabia": "SA",
    "the republic of the philippines": "PH", "central african republic the": "CF", "comoros the": "KM",
    "crimea": "UA", "region crimea": "UA", "region of crimea": "UA", "reunion": "RE", "aruba": "AW",
    "curacao": "CW", "cook islands": "CK", "isle of man": "IM", "man isle of": "IM", "jersey": "JE", "guernsey": "GG",
}  # fmt: skip


def folded(name: str) -> str:
    """`name` without accents, case and punctuation, as country names are compared."""
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", name) if not unicodedata.combining(ch))
    return " ".join(re.sub(r"[^a-z ]+", " ", plain.casefold().replace("&", " and ")).split())


@functools.cache
def _codes() -> dict[str, str]:
    import pycountry

    codes = {country.alpha_3: country.alpha_2 for country in pycountry.countries}
    codes |= {code: code for code in list(codes.values())}
    codes |= _GONE | {code: code for code in _GONE.values()} | _RENAMED
    return codes | {"XK": "XK", "XKX": "XK", "KSV": "XK"}


@functools.cache
def _names() -> dict[str, str]:
    import pycountry

    names: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            if shown := getattr(country, attribute, None):
                names[folded(shown)] = country.alpha_2
    return names | _ALSO


@functools.lru_cache(maxsize=4096)
def country_of_code(text: str) -> str:
    """The alpha-2 code of an ISO 3166 alpha-2 or alpha-3 code. Raises `ValueRefused` for an unknown one."""
    found = _codes().get(text.strip().upper())
    if not found:
        raise ValueRefused(f"{text.strip()!r} is not a country; write an ISO 3166 code of two or three letters")
    return found


@functools.lru_cache(maxsize=65536)
def country_of_name(text: str) -> str | None:
    """The alpha-2 code of a country's name or code as publishers write it, or None if there is none to be found."""
    if found := _codes().get(text.strip().upper()):
        return found
    key = folded(text)
    names = _names()
    if found := names.get(key):
        return found
    return names.get(key.removeprefix("the ").removeprefix("republic of "))


@functools.cache
def country_name(code: str) -> str:
    """The English name of an alpha-2 code, for people to read; the code itself if it has none."""
    import pycountry

    if shown := _GONE_NAMES.get(code):
        return shown
    country = pycountry.countries.get(alpha_2=code)
    return getattr(country, "common_name", country.name) if country else code
