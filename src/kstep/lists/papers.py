"""Identity documents as publishers describe them: the kind of document, its number and its issuer, out of words.

A number may come with its kind, its issuer and its dates in one text (`Afghan passport number OR 801168, issued …`).
Only the number is kept as the number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kstep.lists.fields import clean, country_named_in, numbered
from kstep.model import DocumentType

# Tried in this order: an `Ex-serviceman's identification card` is a military paper, a `national passport` a passport.
_KINDS = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        (DocumentType.SOCIAL_SECURITY, r"social (?:security|insurance)|\bssn\b"),
        (DocumentType.DRIVING_LICENCE, r"\bdriv(?:er|ing)"),
        (DocumentType.BIRTH_CERTIFICATE, r"\bbirth cert"),
        (DocumentType.RESIDENCE, r"\bresiden|alien registration"),
        (DocumentType.MILITARY_ID, r"\bmilitary|armed forces|serviceman|\bfardc\b"),
        (DocumentType.TRAVEL_DOCUMENT, r"travel document|travel card|laissez|refugee"),
        (DocumentType.PASSPORT, r"passport|passeport|pasaporte|\breisepass"),
        (DocumentType.VISA, r"\bvisa\b"),
        (DocumentType.TAX_ID, r"\bfiscal|\btax|\btin\b|\binn\b|\bnif\b"),
        (DocumentType.OTHER, r"\bration|\bvoter|\belect|\bstudent|certificate of|\bother\b"),
        (DocumentType.NATIONAL_ID, r"national|identi|tazkira|\bid\b|\bcivil|cedula|cédula|\bcnic\b|\bnic\b"),
    )
)

_LONGEST = 1000
"""Characters; a longer text describes no document."""

_LABEL = re.compile(r"(?:\b(?:numbers?|numéro|número)\b|\b(?:no|nr)(?=[\s.:\d])|№|#|\bn[°º])[\s.:]*", re.IGNORECASE)
_ASIDE = re.compile(r"\(([^()]*)\)?")
_WHEN = re.compile(
    r"[\s,;.]*\b(?:issued?|issuing|date of|dated|expir\w*|exp\.|valid|under|in the name|made out|as at|on \d)\b.*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[;,]|\s(?:and|or)\s")
_LEADING_WORD = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)?)[:,]?\s+(?=.*\d)")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document's `number`, and what the same words say of its `kind` (None) and `issuer` (empty) if they do."""

    number: str
    kind: DocumentType | None = None
    issuer: str = ""


def kind_of(words: str) -> DocumentType | None:
    """The type of document that words describe, or None if they describe none."""
    return next((kind for kind, pattern in _KINDS if pattern.search(words)), None)


def papers(text: str) -> list[Paper]:
    """The documents that one field or note names: each text that holds a number. Empty if there is no number in it."""
    if len(text) > _LONGEST:
        return []
    found: list[Paper] = []
    for item in numbered(clean(text)):
        asides = " ".join(_ASIDE.findall(item))
        body = _WHEN.sub("", _ASIDE.sub(" ", item))
        parts = [part for part in map(str.strip, _SEPARATOR.split(body)) if part]
        spoken = " ".join([asides, *(part for part in parts if not _has_digit(part))])
        for part in parts:
            before, number = _apart(part)
            if number:
                kind = kind_of(before) or kind_of(spoken)
                found.append(Paper(number, kind, country_named_in(before) or country_named_in(spoken)))
    return found


def _apart(part: str) -> tuple[str, str]:
    """The words before a number, and the number; no number if there is no digit in it."""
    label = _LABEL.search(part)
    if label and _has_digit(part[label.end() :]):
        words, number = part[: label.start()], _LABEL.sub(" ", part[label.end() :])
    else:
        words, number = "", part
        while (word := _LEADING_WORD.match(number)) and _is_word(word.group(1)):
            words, number = f"{words} {word.group(1)}", number[word.end() :]
    number = clean(number).strip(" .:,;\"'“”")
    return words, number if _has_digit(number) else ""


def _is_word(text: str) -> bool:
    """Whether letters before a number are a word and not its series, as `AB` or `OR` in `OR 801168` are."""
    return not text.isupper() or kind_of(text) is not None or bool(country_named_in(text))


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
