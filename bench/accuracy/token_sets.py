"""Single name tokens, Latin against native script, of which the native form was never trained on.

A native form's true pairs are all its Latin spellings in the file; as many false ones are drawn from the other held-out
Latin tokens of the file.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labelled import LabelledSet, Row, chance, is_held_out, pair, person, script_of

TRANSLITERATION = {
    "ru": "russian",
    "ar": "arabic",
    "he": "hebrew",
    "katakana": "katakana",
    "ko": "korean",
    "zh": "chinese",
}
"""What a set is called, and its file."""


@dataclass(frozen=True, slots=True)
class Token:
    """A Latin and a native spelling of one name, and how often the two were seen together."""

    latin: str
    native: str
    count: int


def tokens_of(data: Path, language: str) -> list[Token]:
    """Every token of a language's file, each pair of spellings once."""
    with gzip.open(data / "transliteration" / f"{TRANSLITERATION[language]}.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    counts: dict[tuple[str, str], int] = {}
    for latin, native, count in rows:
        key = (latin, native.replace(" ", ""))
        counts[key] = counts.get(key, 0) + int(count)
    return [Token(latin, native, count) for (latin, native), count in counts.items()]


def token_sets(data: Path) -> Iterator[LabelledSet]:
    """One set a language."""
    for language in TRANSLITERATION:
        yield (
            f"tokens_{language}_test",
            _pairs(language, [t for t in tokens_of(data, language) if is_held_out(t.native)]),
        )


def _pairs(language: str, tokens: list[Token]) -> list[Row]:
    spellings: dict[str, list[str]] = {}
    for token in tokens:
        spellings.setdefault(token.native, []).append(token.latin)
    latin = sorted({token.latin for token in tokens})
    draws = chance("tokens", language)
    rows = []
    for native, true in spellings.items():
        labels = {"culture": language, "script": script_of(native)}
        rows += [pair(person([spelling]), person([native]), True, **labels) for spelling in true]
        others = draws.sample(latin, 2 * len(true) + 1)
        false = [spelling for spelling in others if spelling not in true][: len(true)]
        rows += [pair(person([spelling]), person([native]), False, **labels) for spelling in false]
    return rows
