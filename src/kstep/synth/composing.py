"""Names of many people at once: structures filled from vocabularies, then joints and endings written out.

Work is done in groups that share a structure and a sex, so that each step handles a whole column of names.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat

import numpy as np

from kstep.synth.cultures import FEMALE, MALE, Culture, Endings, Piece, Template
from kstep.synth.draws import Draws, Integers

_COMMON_LETTERS = "AMSJRHKBLCDFGNTEPIVOWYZ"


@dataclass(frozen=True, slots=True)
class Names:
    """Names in columns: given and family part in Latin letters, and both in the own script, empty if not known."""

    given: list[str]
    family: list[str]
    native_given: list[str]
    native_family: list[str]


def compose(culture: Culture, sexes: Integers, draws: Draws) -> Names:
    """A name for each of `sexes` (0 man, 1 woman)."""
    size = len(sexes)
    columns = [np.full(size, "", object) for _ in range(4)]
    chosen = draws.by_weight([structure.weight for structure in culture.structures], size)
    joint = draws.uniform(size)
    for number, structure in enumerate(culture.structures):
        for sex in (MALE, FEMALE):
            where = np.flatnonzero((chosen == number) & (sexes == sex))
            if not len(where):
                continue
            for column, template in ((0, structure.given), (1, structure.family)):
                latin, native = fill(culture, template, sex, joint[where].tolist(), draws)
                columns[column][where], columns[column + 2][where] = latin, native
    return Names(*(column.tolist() for column in columns))


def fill(
    culture: Culture, template: Template, sex: int, joint: Sequence[float], draws: Draws
) -> tuple[list[str], list[str]]:
    """One text for each of `joint`, in Latin letters and in the own script; `joint` decides how marks are written.

    A person's joints are all written alike: who is `Al-Hassan` is not `El Hassan` in the next word.
    """
    size = len(joint)
    latin: list[Iterable[str]] = []
    native: list[Iterable[str]] = []
    for piece in template[sex]:
        if piece.slot:
            words, own = _slot(culture, piece, sex, size, draws)
            latin.append(words)
            native.append(own)
        else:
            latin.append(repeat(piece.latin, size))
            native.append(repeat(piece.native, size))
    texts = ["".join(words) for words in zip(*latin, strict=True)] if latin else [""] * size
    own_texts = ["".join(words) if all(words) else "" for words in zip(*native, strict=True)] if native else [""] * size
    for mark, options in culture.joints.items():
        if any(mark in text for text in texts):
            texts = _written(texts, mark, options, joint)
    return texts, own_texts


def _slot(culture: Culture, piece: Piece, sex: int, size: int, draws: Draws) -> tuple[list[str], list[str]]:
    if piece.slot == "initial":
        letters = draws.below(len(_COMMON_LETTERS), size).tolist()
        return [_COMMON_LETTERS[letter] for letter in letters], [""] * size
    slot = "male" if piece.slot == "patronymic" else culture.slot(piece.slot, sex)
    latin, native = culture.vocabularies[slot].draw(draws, size)
    if endings := culture.endings.get(piece.slot):
        return _ended(latin, endings[0], sex), _ended(native, endings[1], sex)
    return latin, native


def _ended(words: list[str], endings: Endings, sex: int) -> list[str]:
    forms = [(ending, man if sex == MALE else woman) for ending, man, woman in endings]

    def ended(word: str) -> str:
        for ending, form in forms:
            if word.endswith(ending):
                return word[: len(word) - len(ending)] + form
        return word

    return [ended(word) if word else "" for word in words]


def _written(texts: list[str], mark: str, options: Mapping[str, float], joint: Sequence[float]) -> list[str]:
    ways, reached = list(options), list(accumulate(options.values()))
    return [
        _joined(text, mark, ways[bisect_right(reached, point * reached[-1], hi=len(ways) - 1)])
        if mark in text
        else text
        for text, point in zip(texts, joint, strict=True)
    ]


def _joined(text: str, mark: str, way: str) -> str:
    first, *rest = text.split(mark)
    for part in rest:
        if way[-1:] == " ":
            part = part[:1].upper() + part[1:]
        elif way[-1:].isalpha():
            part = part[:1].lower() + part[1:]
        first += way + part
    return first
