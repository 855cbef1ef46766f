"""Records that are hard to compare, invented: near-equal names in many scripts, joins, initials, dates, documents.

Everything is drawn from small pools, so that records of two sides often agree, nearly agree or conflict. Nobody exists.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from hypothesis import strategies as st

from kstep.model import Document, DocumentType, Identity, Name, NameQuality, PartialDate, Sex

Value = TypeVar("Value")

_SHORT_WORDS = """
    ali aly alli hassan hasan hassen hussein husayn mohammed muhammad mhd ahmed amed gamal jamal jang chang zhang
    jin ping jinping jing pin kim jong un jongun al bin abu umm abd abdul rahman abdulrahman abdurrahman
    el zawahiri alzawahiri a h o brien obrien mc donald mcdonald de la cruz delacruz dr sheikh unknown
    sergei sergey serhii ivanov ivanova ivaniv zqxv zqxw şehzade çelik νικόλαος иванов хасан гасан сергей
    علي حسن عبد الرحمن عبدالرحمن ابو بكر محمد אברהם חסן לוי 习 近平 习近平 김정은 金正恩
"""
_LONG_WORDS = (*("x" * length for length in (39, 40, 41, 42)), "xy" * 20, "xy" * 20 + "x", "xy" * 120)
WORDS = (*_SHORT_WORDS.split(), *_LONG_WORDS)
"""Parts of names: many spell, sound, join or shorten one another."""

_SHORT_NAMES = """
    Ali|Ali Ali|Ali Ali Ali Ali|Ali Hassan|Hassan, Ali|Ali Hasan Ali|A. Hassan|A H|A B C D|H|Ali Unknown|
    Xi Jinping|Xi Jin Ping|Xi Jin-Ping|XIJINPING|习近平|Kim Jong Un|Kim Jong-un|김정은|金正恩|
    Abd al-Rahman Hassan|Abdulrahman Hassan|Abdel Rahman Hassan|عبد الرحمن حسن|عبدالرحمن حسن|
    Ayman al-Zawahiri|Ayman Alzawahiri|Ayman Zawahiri|أيمن الظواهري|Abu Bakr|Abubakr|أبو بكر|
    O'Brien|O Brien|OBrien|Mc Donald|McDonald|de la Cruz|Delacruz|Zqxv Wqxj|Zqxw Wqxj|Dr Sheikh|
    Sergey Ivanov|Сергей Иванов|Serhii Ivaniv|אברהם לוי|Avraham Levi|Abraham Levy|
    Mr|FNU LNU|Unknown|---|١٢٣|al|bin al|abd|Abdul
"""
_TEN_PATRONYMICS = "Nuh bin Ahmad bin Said bin Omar bin Salih bin Yusuf bin Isa bin Musa bin Daud bin Harun bin Idris"
NAMES = (
    *(name.strip() for name in _SHORT_NAMES.split("|")),
    "Jin Ping " * 6,
    _TEN_PATRONYMICS,
    *(f"{word} Ali" for word in _LONG_WORDS),
    "y" + "x" * 40 + " Ali",
)
"""Whole names; some have no token at all, some more tokens than are compared."""

SLOW_NAMES = ("Ali " * 12, "Al Ali Aly " * 11, " ".join("abcdefghijklm"), "Ali Aly Alli " * 4, "Abu Umm Abd " * 80)
"""Names whose tokens are all alike, so that brute force tries every pairing of them."""

_DAYS = (
    "1970-05-03 1970-03-05 1970-05-13 1970-05-04 1970-08-21 1971-05-03 1972-05-03 1973-05-03 1980-05-03 1981-05-03 "
    "1970-01-01 1971-01-01 1970-01-02 1970-02-01 1970-12-31 1971-12-31 1972-02-29 1976-02-29 1972-02-28 1970-04-04 "
    "1970-11-11 1970-05-12 1970-12-05 1907-05-03 0970-05-03 0001-01-01 9999-12-31 1970-10-03 1970-05-30 2000-05-03 1979-12-12 "
    "1970-05-05 1970-05-31 1970-07-01 1970-07-09 1907-01-01 1365-02-03 1986-04-23 1946-01-05 1400-01-01 1979-11-21"
)
_MONTHS_AND_YEARS = (
    "1970-05 1970-03 1970-01 1972-02 1971-05 1970-12 1969 1970 1971 1972 1975 1980 1990 1365 1400 1365-02"
)
_RANGES = (
    (1969, 1, 1, 1971, 12, 31), (1960, 1, 1, 1980, 12, 31), (1970, 5, 1, 1970, 6, 30), (1970, 5, 2, 1970, 5, 9),
    (1969, 12, 31, 1970, 1, 1), (1970, 1, 1, 1973, 12, 31), (1970, 1, 1, 1974, 12, 31), (1970, 1, 1, 1970, 1, 2),
)  # fmt: skip
_ABOUT = ((1970,), (1971,), (1980,), (1970, 5), (1970, 5, 3), (1970, 1, 1))
DATES = (
    *(PartialDate.parse(text) for text in f"{_DAYS} {_MONTHS_AND_YEARS}".split()),
    *(PartialDate(date(*ends[:3]), date(*ends[3:])) for ends in _RANGES),
    *(PartialDate.of(*known, circa=True) for known in _ABOUT),
    PartialDate(date(1967, 6, 1), date(1970, 5, 3), circa=True),
)
"""Dates of every precision, in every relation to one another."""

_LONG = "AB12" * 32
_SHORT_NUMBERS = """
    A1234567 A1234568 A12345678 1A234567 A-123.4567 A123456 A123457 1234567 123456 123457 12345678 12345679 ١٢٣٤٥٦٧٨
    1 12 1-2 123 1234 1235 AB1234567 001234567 O1234567 AO234567 A0234567 ABCDEFG
"""
_NUMBERS = (
    *_SHORT_NUMBERS.split(),
    *(_LONG, _LONG[:-1] + "9", _LONG + "7", _LONG + "78", _LONG + "79", "7" * 1000, "7" * 999 + "8"),
)
_ISSUED = (
    *((kind, issuer) for kind in (DocumentType.PASSPORT, DocumentType.NATIONAL_ID) for issuer in ("", "IR", "SY")),
    (DocumentType.OTHER, ""),
)
DOCUMENTS = tuple(Document(kind, number, issuer) for kind, issuer in _ISSUED for number in _NUMBERS)
"""Numbers that are equal, one character off, too short to say anything, very long, of one issuer or of several."""

COUNTRIES = ("RU", "IR", "SY", "AF", "TV", "LI", "SU", "UA")
"""Common and rare ones, and states of which one came of another."""

_full_names = st.one_of(
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    st.lists(st.sampled_from(WORDS), min_size=8, max_size=13, unique=True).map(lambda words: " ".join(words)[:1000]),
    st.text("abdhlmnrsuy-' ", min_size=1, max_size=14),
)
names = st.builds(Name, _full_names, quality=st.sampled_from(NameQuality))
"""Names of every quality."""


def _several(pool: Sequence[Value], most: int) -> st.SearchStrategy[tuple[Value, ...]]:
    return st.lists(st.sampled_from(pool), max_size=most).map(tuple)


identities = st.builds(
    Identity,
    names=st.lists(names, max_size=3).map(tuple),
    birth_dates=_several(DATES, 2),
    sexes=_several(tuple(Sex), 2),
    nationalities=_several(COUNTRIES, 2),
    birth_countries=_several(COUNTRIES, 2),
    documents=_several(DOCUMENTS, 2),
)
"""Records of any fields, each of which may be missing."""


def drawn_identity(chance: random.Random) -> Identity:
    """A record from the pools, for sets too large to search for the smallest that fails."""

    def some(pool: Sequence[Value], share: float) -> tuple[Value, ...]:
        return tuple(chance.choices(pool, k=chance.choice((1, 1, 1, 2)))) if chance.random() < share else ()

    return Identity(
        names=tuple(_drawn_name(chance) for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 4)))),
        birth_dates=some(DATES, 0.8),
        sexes=some(tuple(Sex), 0.7),
        nationalities=some(COUNTRIES, 0.6),
        birth_countries=some(COUNTRIES, 0.4),
        documents=some(DOCUMENTS, 0.3),
    )


def _drawn_name(chance: random.Random) -> Name:
    quality = chance.choice(tuple(NameQuality))
    if chance.random() < 0.3:
        return Name(chance.choice(NAMES), quality=quality)
    return Name(" ".join(chance.choices(WORDS, k=chance.choice((1, 2, 2, 2, 3, 3, 4)))), quality=quality)
