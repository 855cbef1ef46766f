"""OFAC's remarks: clauses between semicolons, which hold most of what identifies a person in the legacy CSV.

Every clause ends in one of five ways: it is read, it is of a kind that is known not to identify a person, it is words
about the person (an office, a relative, an arrest), it is broken off, or it is counted as unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum

from kstep.lists.account import Reason
from kstep.lists.gathering import Gathering
from kstep.lists.ofac_documents import documents_in, is_not_identity
from kstep.lists.ofac_values import add_birth_date, add_birth_place, add_document, add_name
from kstep.model import NameQuality

REMARKS_WIDTH = 1000
"""Characters of the remarks field; what goes beyond stands in `sdn_comments.csv`."""


class Clause(StrEnum):
    """What became of a clause."""

    WEAK_NAME = "weak alias"
    BIRTH_DATE = "birth date"
    BIRTH_PLACE = "birth place"
    NATIONALITY = "nationality or citizenship"
    SEX = "sex"
    DOCUMENT = "document"
    NOT_IDENTITY = "kind that does not identify"
    WORDS = "words about the person"
    BROKEN_OFF = "broken off"
    UNKNOWN = "unknown"


# In quotes, and now and then in two pairs of them; an apostrophe at one end only is a letter of the name.
_WEAK_NAME = re.compile(r"[anf]\.k\.a\. '(?:'([^']+)'|(.+))'")
_FIELD = re.compile(r"(?:[Aa]lt\. )?(DOB|POB|nationality|citizen|Gender):? (.+)")
# A passage in brackets of one entry, whose every fact is said again in the clauses around it.
_PASSAGE = re.compile(r"\(Following data derived from [^()]*\)")
# Words that name a number or a field without being one.
_STATEMENT = re.compile(
    r"arrested \d|currently in |named in UNSCR |Member of |President since \d|Individual's height is |Director of "
    r"|(?:Senior )?Officer, |member, |#\d+ in |Driver's License is issued |passport place of issue|Holder of an? "
    r"|U\.S\.A\. Passport issued |Passport (?:and National ID were )?issued "
)
# A clause that looks as if it held an identifier or a field: words of that sort must not pass as mere words.
_LOOKS_LIKE_IDENTITY = re.compile(
    r"\d{4}|:|\b(?:No\.?|Number|#|Card|Code|Certificate)\W+\S*\d"
    r"|^(?:alt\. )?(?:passport|DOB|POB|born|birth|nationality|citizen|gender|sex|male|female|alias|[anf]\.?k\.?a)\b",
    re.IGNORECASE,
)


def read_remarks(text: str, person: Gathering, clauses: Counter[Clause], *, broken_off: bool = False) -> None:
    """Read the remarks `text` of one person into `person` and count what became of its clauses.

    `broken_off` says that the text fills its field and its continuation is missing: its last clause is then left out.
    """
    text, passages = _PASSAGE.subn("", text)
    clauses[Clause.WORDS] += passages
    parts = text.split(";")
    if broken_off:
        person.leave_out(Reason.BROKEN_OFF, parts.pop().strip() or "nothing follows the last semicolon")
        clauses[Clause.BROKEN_OFF] += 1
    for part in parts:
        clause = _unbracketed(" ".join(part.split()).removesuffix("."))
        if clause:
            clauses[_read_clause(clause, person)] += 1


def _unbracketed(clause: str) -> str:
    """A clause without the brackets that the plain XML puts around all remarks, be they both in it or one."""
    if clause.startswith("("):
        depth = 0
        for position, letter in enumerate(clause):
            depth += (letter == "(") - (letter == ")")
            if not depth:
                return clause[1:-1] if position == len(clause) - 1 else clause
        return clause[1:]
    return clause[:-1] if clause.endswith(")") and clause.count(")") > clause.count("(") else clause


def _read_clause(clause: str, person: Gathering) -> Clause:
    if field := _FIELD.fullmatch(clause):
        return _read_field(field[1], field[2], person)
    if weak := _WEAK_NAME.fullmatch(clause):
        add_name(person, weak[1] or weak[2], NameQuality.WEAK)
        return Clause.WEAK_NAME
    if is_not_identity(clause):
        return Clause.NOT_IDENTITY
    if documents := documents_in(clause):
        for document in documents:
            add_document(person, *document)
        return Clause.DOCUMENT
    if _STATEMENT.match(clause) or not _LOOKS_LIKE_IDENTITY.search(clause):
        return Clause.WORDS
    person.account.unknown(f"remarks: {_label(clause)}")
    return Clause.UNKNOWN


def _read_field(label: str, value: str, person: Gathering) -> Clause:
    match label:
        case "DOB":
            add_birth_date(person, value)
            return Clause.BIRTH_DATE
        case "POB":
            add_birth_place(person, value)
            return Clause.BIRTH_PLACE
        case "Gender":
            person.sex(value)
            return Clause.SEX
    person.nationality(value)
    return Clause.NATIONALITY


def _label(clause: str) -> str:
    """The words before the first figure, so that clauses of one kind are counted together."""
    words = re.split(r" \S*\d", clause, maxsplit=1)[0]
    return words if len(words) <= 60 else words[:59] + "…"


def summary(clauses: Counter[Clause]) -> str:
    """One line that says how many clauses there were and what became of them."""
    shown = ", ".join(f"{clauses[kind]:,} {kind}" for kind in Clause if clauses[kind])
    return f"the remarks of individuals hold {clauses.total():,} clauses: {shown or 'none'}"
