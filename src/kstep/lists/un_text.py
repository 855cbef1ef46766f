"""What the Security Council's committees write in words: aliases of several names in one text, and notes with facts.

An alias may bring its original script, a birth clause or a second name with it; a note may bring a birth date, a
passport or a list of transliterations. All that is read here was seen in the published lists; a remark stays a remark.
"""

from __future__ import annotations

import re
import unicodedata

from kstep.lists.account import Reason
from kstep.lists.fields import clean, country, country_named_in
from kstep.lists.gathering import Gathering
from kstep.lists.papers import kind_of
from kstep.model import DocumentType, NameQuality

_REMARK = re.compile(
    r"(?:previously|formerly) listed as|birth name|combat name|nom de guerre|call sign|initials|first|second|third",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(r"(?:original script|in \w+(?: script)?)\s*:\s*([^;.]+)", re.IGNORECASE)
_ASIDE = re.compile(r"\(([^()]*)\)")
_SEVERAL = re.compile(r"[;،]|\s(?=[a-z]\)\s)")
_LETTERED = re.compile(r"^[a-z]\)\s")
_GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv)\b\.?", re.IGNORECASE)
_BORN_CLAUSE = re.compile(r",?\s*\bborn\b.*")
_FATHER_CLAUSE = re.compile(r"\s+son of\s.*")
_QUOTES = re.compile(r"[\"“”]")
_EDGES = " ,;()"

_BIRTH_ENDS = r"(?P<said>[^;(]*?)(?=$|[;(]|\bPOB\b|[Pp]assport|\bissued\b|[Nn]ationality)"
_BIRTH = re.compile(r"\b(?:DOB|DPOB|[Dd]ate of birth|born)\b" + _BIRTH_ENDS)
_BIRTH_IN_WORDS = re.compile(r"\b[Dd]ate of birth\b" + _BIRTH_ENDS)
_DATE = re.compile(
    r"(?:\d{1,2}\s+)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s*\d{4}\b|\b(?:19|20)\d\d\b"
)
_PLACE = re.compile(r"\bPOB\s*:\s*([^.;]+)")
_NATIONALITY = re.compile(r"\b[Nn]ationality\s*[:–-]\s*([^\W\d]+)")
_DOCUMENT = re.compile(
    r"(?P<words>(?:[^\W\d]{1,30}\s+){0,3}(?:[Pp]assport|identification|identity card|\bID))"
    r"\s+(?:[Nn]umber|[Nn]o\.?)\s*:?\s*(?P<number>[A-Z]{0,3}\s?\d[\w/-]*)"
)
_BEARER = re.compile(r"(?:(?:under|in) (?:the )?name(?: of)?|made out to|issued (?:to|for))\s+([^,.;()]+)")


def read_alias(text: str, quality: NameQuality, person: Gathering) -> None:
    """The names of one alias text, and the facts written behind them."""
    text = clean(text)
    if clause := _BORN_CLAUSE.search(text):
        read_facts(clause.group(), person)
        text = text[: clause.start()]
    outside, asides = clean(_ASIDE.sub(" ", text)), _ASIDE.findall(text)
    if text.startswith("(") and asides and not _other_script(asides[0]):
        outside = f"{asides.pop(0)} {outside}"
    _read_names(_FATHER_CLAUSE.sub("", outside), quality, person)
    for aside in map(str.strip, asides):
        original = _ORIGINAL.fullmatch(aside)
        said = original.group(1) if original else aside
        if _BIRTH.search(said) or _DOCUMENT.search(said):
            read_facts(said, person)
        elif any(character.isdigit() for character in said):
            person.leave_out(Reason.UNREADABLE_NAME, aside)
        elif not _REMARK.fullmatch(said):
            of_another_script = _other_script(said) or _other_script(outside)
            _read_names(said, quality if of_another_script else NameQuality.WEAK, person)


def read_alias_note(text: str, quality: NameQuality, person: Gathering) -> None:
    """The names and facts of an alias' note; the names have the quality of their alias."""
    text = clean(text)
    read_facts(text, person)
    for original in _ORIGINAL.finditer(text):
        _read_original(original.group(1), quality, person)
    separator = "," if "transliterations" in text else ";"
    for said in (*_ASIDE.findall(text), re.split(r"[()]", text)[0]):
        names = [name.strip(_EDGES) for name in said.removeprefix("transliterations:").split(separator)]
        if len(names) > 1 and not any(re.search(r"[\d:]", name) for name in names):
            for name in names:
                person.name(name, quality)


def read_document_note(text: str, person: Gathering) -> None:
    """The bearer's name in a document, in Latin and original script, and his birth date there."""
    text = clean(text)
    for bearer in _BEARER.finditer(text):
        person.name(bearer.group(1), NameQuality.STRONG)
    for original in _ORIGINAL.finditer(text):
        _read_original(original.group(1), NameQuality.STRONG, person)
    _read_births(_BIRTH, text, person)


def read_comments(text: str, person: Gathering) -> None:
    """The dates of birth and documents named as such in the comments, which else speak of many things and people."""
    text = clean(text)
    _read_births(_BIRTH_IN_WORDS, text, person)
    _read_documents(text, person)


def read_facts(text: str, person: Gathering) -> None:
    """The birth dates, places of birth, nationalities and documents in a note about a name."""
    _read_births(_BIRTH, text, person)
    _read_documents(text, person)
    for place in _PLACE.finditer(text):
        person.birth_place(place.group(1))
        if named := country(place.group(1).rpartition(",")[2]):
            person.birth_country(named)
    for nationality in _NATIONALITY.finditer(text):
        person.nationality(nationality.group(1))


def _read_births(pattern: re.Pattern[str], text: str, person: Gathering) -> None:
    for birth in pattern.finditer(text):
        for date in _DATE.findall(birth.group("said")):
            person.birth_date(date)


def _read_documents(text: str, person: Gathering) -> None:
    for document in _DOCUMENT.finditer(text):
        words = document["words"]
        person.document(kind_of(words) or DocumentType.OTHER, document["number"], country_named_in(words))


def _read_original(text: str, quality: NameQuality, person: Gathering) -> None:
    if _other_script(text):
        _read_names(text, quality, person)


def _read_names(text: str, quality: NameQuality, person: Gathering) -> None:
    for part in _SEVERAL.split(text):
        for name in _scripts_apart(_LETTERED.sub("", part.strip())):
            family, _, given = (piece.strip(_EDGES) for piece in _QUOTES.sub(" ", name).strip(_EDGES).partition(","))
            if not given:
                person.name(family, quality)
            elif "," in given or _GENERATION.match(given):
                person.name(f"{family} {given}", quality)
            else:
                person.name("", quality, family=family, given=given)


def _scripts_apart(text: str) -> list[str]:
    """A text of two scripts, such as a name and its original, as two texts."""
    runs: list[tuple[bool, str]] = []
    for word in text.split():
        other = _other_script(word)
        if runs and (runs[-1][0] == other or not any(letter.isalpha() for letter in word)):
            runs[-1] = (runs[-1][0], f"{runs[-1][1]} {word}")
        else:
            runs.append((other, word))
    return [words for _, words in runs]


def _other_script(text: str) -> bool:
    """Whether the first letter of `text` is of another script than Latin."""
    letter = next((character for character in text if character.isalpha()), "a")
    return not unicodedata.name(letter, "LATIN").startswith(("LATIN", "MODIFIER LETTER"))
