"""A name's text to comparable tokens.

A token is lower-case ASCII, or Arabic or Hebrew letters in one form. Order is kept but means nothing to the
comparison. Neighbouring tokens may also be written as one word, so every name carries its *joins*: which tokens one
word would replace.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from kstep.names import scripts, words

MOST_TOKENS = 10
"""Tokens of one name that are compared; the longest real ones have as many, more is noise or an attack."""

MOST_JOINS = 2 * MOST_TOKENS
"""Joins of one name that are compared."""

_APOSTROPHES = re.compile(r"[’'`´‘ʼʻʾʿˈ׳״\"“”«»]")
_SEPARATORS = re.compile(r"[\s,;:./\\|()\[\]{}_+*&#@!?<>=~^·•・､、。،؛־–—‐‑‒-]+")
_NOT_AVAILABLE = re.compile(r"\bn/a\b")
_ABD_COMPOUND = re.compile(r"abd[aeiou]{1,2}(?:l(?!l?ahi?$)|([rsztdn])(?=\1)|s(?=h))(?P<rest>[a-z]{3,})")
_ALLAH = re.compile(r"abd[aeiou]{1,2}ll?ah?i?")


@dataclass(frozen=True, slots=True)
class Join:
    """One word that stands for the tokens `start` to `stop` (exclusive) of its name, and perhaps a particle before
    them.
    """

    start: int
    stop: int
    token: str


@dataclass(frozen=True, slots=True)
class NameTokens:
    """The tokens of one name, at most `MOST_TOKENS`, and the joins of neighbours."""

    tokens: tuple[str, ...]
    joins: tuple[Join, ...] = ()


def tokenize(name: str) -> NameTokens:
    """The tokens of a name as a person or a publisher writes it; empty if nothing in it names anyone."""
    spoken: list[tuple[str, bool]] = []
    for chunk in _chunks(name):
        spoken.extend(_words(chunk))
    spoken = [(word, light) for word, light in spoken if word not in words.PLACEHOLDERS]
    if all(word in words.EMPTY_WORDS for word, _ in spoken):
        return NameTokens(())
    return _assemble(_meant(spoken))


def _meant(spoken: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The words without titles, each with whether it is light, so that two names are left where there are two words.

    A title after an article is a name (*al-Shaykh*). Where fewer than two names are left, the last titles that are
    also names count, then a particle that links nothing: at the end (*Changgen Du*), or before the only other word (*Bin
    Xu*).
    """
    before = ["", *(word for word, _ in spoken)]
    titles = [
        word in words.TITLES and previous not in words.ARTICLES
        for (word, _), previous in zip(spoken, before, strict=False)
    ]
    names = [not light and not title for (_, light), title in zip(spoken, titles, strict=True)]
    for place in reversed(range(len(spoken))):
        if sum(names) < 2 and titles[place] and spoken[place][0] in words.NAMES_TOO:
            names[place] = True
    if sum(names) < 2 and spoken[-1][1] and spoken[-1][0] not in words.ARTICLES:
        names[-1] = True
    if sum(names) < 2 and len(spoken) == 2 and spoken[0][1] and spoken[0][0] not in words.ARTICLES:
        names[0] = True
    if not any(names):
        names = [True] * len(spoken)
    kept = zip(spoken, names, titles, strict=True)
    return [(word, not name) for (word, _), name, title in kept if name or not title]


def _chunks(name: str) -> list[str]:
    """The name's words as written, hyphens kept out, case and compatibility forms folded, invisible signs removed."""
    text = name
    if not name.isascii():
        text = unicodedata.normalize("NFKC", name.replace("´", "'"))
        text = "".join(ch for ch in text if unicodedata.category(ch) != "Cf")
    text = text.casefold()
    text = _hyphenated_articles(_APOSTROPHES.sub("", _NOT_AVAILABLE.sub(" ", text)))
    return [run for chunk in _SEPARATORS.split(text) for run in scripts.runs(chunk)]


def _hyphenated_articles(text: str) -> str:
    """Assimilated articles are articles only where a hyphen says so (*ash-Shami*): write them all as *al*."""
    return re.sub(r"\b(?:an|ar|as|ash|ad|ath|at|az)-(?=\w)", "al ", text)


@functools.lru_cache(maxsize=1 << 18)
def _words(chunk: str) -> tuple[tuple[str, bool], ...]:
    """The words of one chunk, each with whether it is light (a particle): Han and Hangul names are cut, the rest
    folded.
    """
    if scripts.HAN.search(chunk):
        return _transliterated(_east_asian(chunk, words.COMPOUND_SURNAMES_HAN, 4))
    if scripts.HANGUL.search(chunk):
        return _transliterated(_east_asian(chunk, words.COMPOUND_SURNAMES_HANGUL, 5))
    if scripts.is_consonantal(chunk):
        return _consonantal_words(chunk)
    word = scripts.latin(chunk)
    if not word or word.isdigit():
        return ()
    word = _letters(word)
    if _ALLAH.fullmatch(word):
        return (("abdallah", False),)
    if found := _ABD_COMPOUND.fullmatch(word):
        word = "abd" + found["rest"]
    return ((word, word in words.PARTICLES),) if word else ()


def _east_asian(chunk: str, compound_surnames: frozenset[str], longest: int) -> list[str]:
    """A name written without spaces: family name first, the rest is the given name."""
    if not 2 <= len(chunk) <= longest:
        return [chunk]
    cut = 2 if len(chunk) > 2 and chunk[:2] in compound_surnames else 1
    return [chunk[:cut], chunk[cut:]]


def _transliterated(parts: list[str]) -> tuple[tuple[str, bool], ...]:
    """The parts in Latin letters; a part of rare characters, for which there are none, stays as it is."""
    spelled = (_letters(scripts.latin(part)) or _letters(part) for part in parts)
    return tuple((word, False) for word in spelled if word)


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _consonantal_words(chunk: str) -> tuple[tuple[str, bool], ...]:
    word = scripts.consonantal_form(chunk)
    if word in {"بن", "ابن", "بنت", "ال", "ولد", "בן", "בת"}:
        return ((word, True),)
    if word.startswith("عبدال") and len(word) > 6:
        return (("عبد", False), ("ال", True), (word[5:], False)) if word != "عبدالله" else (("عبدالله", False),)
    if word.startswith("ال") and len(word) >= 5 and word != "الله":
        return (("ال", True), (word[2:], False))
    return ((word, False),) if word else ()


_JOINED_CONSONANTAL = frozenset({"عبد", "ابو", "ابي", "ام"})


def _assemble(spoken: list[tuple[str, bool]]) -> NameTokens:
    """Tokens and joins out of words: *abd*, *abu* and *umm* take the next word to themselves, articles between are
    dropped.
    """
    units: list[tuple[str, bool]] = []
    waiting: list[str] = []
    for word, light in spoken:
        if waiting and light and word in ("al", "el", "ul", "il", "ال"):
            continue
        if word in words.JOINED_TO_NEXT or word in _JOINED_CONSONANTAL:
            waiting.append(word)
            continue
        if waiting and light:
            units.append((_joined(waiting), False))
        elif waiting:
            word = _joined([*waiting, word])
        waiting = []
        units.append((word, light))
    if waiting:
        units.append((_joined(waiting), False))
    tokens = [word for word, light in units if not light][:MOST_TOKENS]
    return NameTokens(tuple(tokens), _joins(units, len(tokens)))


def _joined(parts: list[str]) -> str:
    """Halves of names and what follows them, as in *Abu Abd al-Rahman*, as one token."""
    return functools.reduce(lambda second, first: _half_name(first, second), reversed(parts))


def _half_name(first: str, second: str) -> str:
    """*Abd* and its like in one spelling, *abu* and *umm* too, joined to what follows; `allah` makes *abdallah*."""
    if first.startswith("abd"):
        return "abdallah" if second in ("allah", "lah", "ullah") else "abd" + second
    if first == "عبد":
        return "عبدالله" if second in ("الله", "لله") else first + second
    if first.startswith("ab"):
        return "abu" + second
    if first in ("um", "umm", "oum", "om"):
        return "umm" + second
    return first + second


def _joins(units: list[tuple[str, bool]], kept: int) -> tuple[Join, ...]:
    """Every way to write neighbours as one word: a token with the one before it, and with the particles between or before.

    *Juan de la Cruz* may be written *Lacruz* or *Delacruz*, *Nur al-Din* *Nuraldin*.
    """
    joins: list[Join] = []
    position, last = 0, ""
    particles: list[str] = []
    for word, light in units:
        if light:
            particles.append(word)
            continue
        if position >= kept:
            break
        one_script = all(part.isascii() == word.isascii() for part in (*particles, last or word))
        if one_script:
            ends = range(1, len(particles) + 1)
            joins += [Join(position, position + 1, "".join(particles[-count:]) + word) for count in ends]
        if one_script and last:
            joins.append(Join(position - 1, position + 1, last + "".join(particles) + word))
        position, last, particles = position + 1, word, []
    return tuple(joins[:MOST_JOINS])
