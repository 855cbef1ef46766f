"""Letters on paper: whatever cannot be drawn, or would steer how its neighbours are drawn, is written as its number in Unicode, so
that no letter is lost without a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

CanDraw = Callable[[frozenset[str]], bool]
"""Whether there is a font for every one of these words."""

_JOINERS = "\u200c\u200d"
_NEVER = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
_LINES = frozenset({"text", "reason", "note"})
"""Members whose lines are lines; elsewhere a line break is a letter like another."""

_LONGEST_WORD = 24
_BREAK = "\u200b"
_HASH = re.compile("[0-9a-f]{64}")
_WORD = re.compile(r"\S+")
_ID = re.compile("[0-9a-f]{32}")
"""What the page has room for in one line, and is copied from it."""


def drawn(told: Any, can_draw: CanDraw) -> tuple[Any, bool]:
    """A value of JSON with every text as it can be drawn, and whether a letter of it had to be written as a number."""
    texts = list(_texts(told))
    words = {word for text in texts for word in _plain(text).split() if not word.isascii()}
    cannot = _cannot(frozenset(words), can_draw)
    shown = _map(told, lambda key, text: _shown(key, text, cannot))
    numbered = any(_plain(text) != text.replace("\n", " ") for text in texts) or bool(cannot)
    return shown, numbered


def _texts(told: Any) -> Iterable[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for held in told.values():
            yield from _texts(held)
    elif isinstance(told, list | tuple):
        for held in told:
            yield from _texts(held)


def _map(told: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    if isinstance(told, str):
        return change(key, told)
    if isinstance(told, dict):
        return {name: _map(held, change, name) for name, held in told.items()}
    return [_map(held, change, key) for held in told] if isinstance(told, list | tuple) else told


def number(letter: str) -> str:
    """A letter by its number."""
    return f"[U+{ord(letter):04X}]"


def _is_never_drawn(letter: str) -> bool:
    return letter not in _JOINERS and unicodedata.category(letter) in _NEVER


def _plain(text: str) -> str:
    """A text without what is written as numbers whatever the fonts."""
    return "".join(" " if _is_never_drawn(letter) else letter for letter in text)


def _cannot(words: frozenset[str], can_draw: CanDraw) -> frozenset[str]:
    """The letters for which there is no font; all of a word, if it cannot be drawn though each of its letters can."""
    if not words or can_draw(words):
        return frozenset()
    if len(words) > 1:
        half = sorted(words)
        middle = len(half) // 2
        return _cannot(frozenset(half[:middle]), can_draw) | _cannot(frozenset(half[middle:]), can_draw)
    letters = frozenset(letter for word in words for letter in word if not letter.isascii())
    return frozenset(letter for letter in letters if not can_draw(frozenset({letter}))) or letters


def _shown(key: str, text: str, cannot: frozenset[str]) -> str:
    lines = key in _LINES
    found = "".join(
        letter
        if letter == "\n" and lines
        else number(letter)
        if letter in cannot or _is_never_drawn(letter)
        else letter
        for letter in text
    )
    if _HASH.fullmatch(found):
        return found
    return _WORD.sub(lambda word: word[0] if _ID.fullmatch(word[0]) else "".join(_broken(word[0])), found)


def _broken(word: str) -> Iterable[str]:
    """A word of any length with places to break. The page breaks there without writing anything, so that it is copied as it was."""
    run = 0
    for letter in word:
        run += 1
        if run > _LONGEST_WORD and not unicodedata.combining(letter) and letter not in _JOINERS:
            yield _BREAK
            run = 1
        yield letter


__all__ = ["CanDraw", "drawn", "number"]
