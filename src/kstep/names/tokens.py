"""A name's text to comparable tokens.

A token is of one script: lower-case ASCII, or letters of a script that keeps its own, in one form (`scripts`). Order is
kept but means nothing to the comparison. Neighbouring tokens may also be written as one word, so every name carries
its *joins*: which tokens one word would replace.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

from kstep.names import compounds, east_asian, scripts, words
from kstep.names.scripts import Script

MOST_TOKENS = 10
"""Tokens of one name that are compared; the longest real ones have as many, more is noise or an attack."""

MOST_JOINS = 2 * MOST_TOKENS
"""Joins of one name that are compared."""

SHORT = 3
"""The most letters of what is written short (*St*, *Mc*): no compound has so few."""

_APOSTROPHES = re.compile(r"[’'`´‘ʼʻʾʿˈ׳״\"“”«»]")
_SEPARATORS = re.compile(r"[\s,;:./\\|()\[\]{}_+*&#@!?<>=~^·•‧∙・･、。،؛־–—‐‑‒゠-]+")
_DOTTED = re.compile(r"\w[·•‧∙・](?=\w)")
_NOT_A_NAME = re.compile(r"\b(?:n/a|[as]/[lpo]|[dwc]/o)\b")
# The Arabic article with its last letter as it is spoken, where a hyphen says that it is one: ash-Shami, ur-Rahman.
_HYPHENATED_ARTICLE = re.compile(
    r"\b(?:a(?:r|s|sh|d|th|t|z)-|[aeu](sh|th|dh|[rdsnztl])-(?=\1)|u[dl]-|(?<=[iu] )l-|[аэу](ш|[дзнрст])-(?=\2))(?=\w)"
)
_HYPHENS = re.compile("[–—‐‑‒]")


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
    said, written = _spoken(_folded(name))
    spoken = [word for word in said if word[0] not in words.PLACEHOLDERS]
    if all(word in words.EMPTY_WORDS for word, _ in spoken):
        return NameTokens(())
    return _assemble(_meant(compounds.with_articles(compounds.with_servants(spoken))), written)


def _folded(name: str) -> str:
    """The name's text with case and compatibility forms folded, invisible signs and apostrophes removed, articles
    apart.
    """
    text = name
    if not name.isascii():
        text = unicodedata.normalize("NFKC", name.replace("´", "'"))
        # A symbol is no letter, though it could be written out in letters.
        spaced = (
            "" if kind == "Cf" else " " if kind == "So" else ch for ch in text for kind in [unicodedata.category(ch)]
        )
        text = _HYPHENS.sub("-", "".join(spaced))
    text = _APOSTROPHES.sub("", text.casefold().replace(" 't ", " "))
    if "/" in text:
        text = _NOT_A_NAME.sub(" ", text)
    return _HYPHENATED_ARTICLE.sub(" al ", text) if "-" in text else text


def _spoken(text: str) -> tuple[list[tuple[str, bool]], dict[str, str]]:
    """The words of a folded name, each with whether it is light (a particle); and how the compounds among them are written."""
    spoken: list[tuple[str, bool]] = []
    written: dict[str, str] = {}
    for chunk, light in _chunks(text):
        read = _NOTHING_READ if light else _words(chunk)
        spoken += ((chunk, True),) if light else read.words
        if read.compound:
            written[read.words[0][0]] = read.compound
    return spoken, written


def _chunks(text: str) -> Iterable[tuple[str, bool]]:
    """What stands between separators, of one script each and in its own form, and whether it is known to be light."""
    if text.isascii():
        return zip(_SEPARATORS.split(text), repeat(False))
    chunks = [run for chunk in _SEPARATORS.split(text) for run in scripts.runs(chunk)]
    forms = [form for chunk in chunks if (form := scripts.own_form(chunk))]
    while len(forms) > 2 and forms[0] in words.LEADING_TITLES:
        forms = forms[1:]
    if not scripts.EAST_ASIAN.search(text):
        return zip(forms, repeat(False))
    return east_asian.parted(forms, bool(_DOTTED.search(text)))


def _meant(spoken: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The words without titles, each with whether it is light, so that two names are left where there are two words.

    A title after an article is a name (*al-Shaykh*). Where fewer than two names are left (*Abdul Manan* is one), the
    last titles that are also names count, then a particle that links nothing: at the end (*Changgen Du*), or before the
    only other word (*Bin Xu*).
    """
    if not any(light or word in words.TITLES for word, light in spoken):
        return spoken
    before = ["", *(word for word, _ in spoken)]
    titles = [
        word in words.TITLES and previous not in words.ARTICLES
        for (word, _), previous in zip(spoken, before, strict=False)
    ]
    names = [not light and not title for (_, light), title in zip(spoken, titles, strict=True)]
    halves = sum(word in words.JOINED_TO_NEXT for word, _ in spoken[:-1])
    for place in reversed(range(len(spoken))):
        if sum(names) - halves < 2 and titles[place] and spoken[place][0] in words.NAMES_TOO:
            names[place] = True
    if sum(names) < 2 and spoken[-1][1] and spoken[-1][0] not in words.ARTICLES:
        names[-1] = True
    if sum(names) < 2 and len(spoken) == 2 and spoken[0][1] and spoken[0][0] not in words.ARTICLES:
        names[0] = True
    if not any(names):
        names = [True] * len(spoken)
    kept = zip(spoken, names, titles, strict=True)
    return [(word, not name) for (word, _), name, title in kept if name or not title]


class _Read(NamedTuple):
    """The words of a chunk, each with whether it is light; and what is written, if that is a compound which has another form."""

    words: tuple[tuple[str, bool], ...]
    compound: str = ""


_NOTHING_READ = _Read(())


@functools.lru_cache(maxsize=1 << 18)
def _words(chunk: str) -> _Read:
    """The words of one chunk, which is of one script and, unless Latin, in its own form."""
    script = scripts.script_of(chunk)
    if script in (Script.ARABIC, Script.HEBREW):
        return _Read(compounds.consonantal_words(chunk))
    word = chunk if script is not Script.LATIN else "".join(filter(str.isalpha, scripts.latin(chunk)))
    if not word:
        return _NOTHING_READ
    if word in words.PARTICLES:
        return _Read(((word, True),))
    if word in words.TITLES or word in words.JOINED_TO_NEXT:
        return _Read(((word, False),))
    if script is Script.LATIN:
        parts = compounds.latin_words(words.WRITTEN_SHORT.get(word, word))
        is_compound = len(parts) == 1 and parts[0] != word and len(word) > SHORT
        return _Read(tuple((part, False) for part in parts), word if is_compound else "")
    return _Read(((compounds.cyrillic_form(word) if script is Script.CYRILLIC else word, False),))


def _assemble(spoken: list[tuple[str, bool]], written: Mapping[str, str]) -> NameTokens:
    """Tokens and joins out of words: *abd*, *abu* and *umm* take the next word to themselves, *din* goes to the word before
    it, articles between are dropped.
    """
    units: list[tuple[str, bool]] = []
    waiting: list[str] = []
    for word, light in spoken:
        article = light and word in compounds.ARTICLES
        if waiting and article:
            continue
        if waiting and (light or not _one_script(waiting[-1], word)):
            units.append((_joined(waiting), False))
            waiting = []
        if word in words.JOINED_TO_NEXT:
            waiting.append(word)
            continue
        if waiting:
            word = _joined([*waiting, word])
            waiting = []
        elif (din := compounds.second_half(word)) and _after_article(units) and _one_script(units[-2][0], din):
            units[-2:] = [(units[-2][0] + din, False)]
            continue
        elif word in compounds.GOD and units and not units[-1][1] and _one_script(units[-1][0], word):
            units[-1] = (units[-1][0] + word, False)
            continue
        units.append((word, light))
    if waiting:
        units.append((_joined(waiting), False))
    tokens = [word for word, light in units if not light][:MOST_TOKENS]
    return NameTokens(tuple(tokens), _joins(units, len(tokens), written))


def _after_article(units: list[tuple[str, bool]]) -> bool:
    """Whether a name and an article are what stands last."""
    return len(units) > 1 and units[-1][1] and units[-1][0] in compounds.ARTICLES and not units[-2][1]


def _joined(parts: list[str]) -> str:
    """Halves of names and what follows them, as in *Abu Abd al-Rahman*, as one token."""
    return functools.reduce(lambda second, first: compounds.half_name(first, second), reversed(parts))


def _joins(units: list[tuple[str, bool]], kept: int, written: Mapping[str, str]) -> tuple[Join, ...]:
    """Every way to write neighbours as one word: a token with the one before it, and with the particles between or before.

    *Juan de la Cruz* may be written *Lacruz* or *Delacruz*, *Rahmat Ullah* *Rahmatullah*. A compound stands as it is written,
    too: a slip of it (*Isamuqddin*) is farther from its form.
    """
    joins: list[Join] = []
    position, last = 0, ""
    particles: list[str] = []
    plain = all(word.isascii() for word, _ in units)
    for word, light in units:
        if light:
            particles.append(word)
            continue
        if position >= kept:
            break
        if plain or _one_script(word, *particles, last or word):
            ends = range(1, len(particles) + 1)
            joins += [Join(position, position + 1, "".join(particles[-count:]) + word) for count in ends]
            if last:
                joins.append(Join(position - 1, position + 1, compounds.join_form(last, "".join(particles), word)))
        if word in written:
            joins.append(Join(position, position + 1, written[word]))
        position, last, particles = position + 1, word, []
    return tuple(joins[:MOST_JOINS])


def _one_script(*parts: str) -> bool:
    return len({scripts.script_of(part) for part in parts}) == 1
