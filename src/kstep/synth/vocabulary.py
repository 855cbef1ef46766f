"""Names by rank: a written head of common names and a generated tail of rare ones, drawn by one heavy-tailed law.

Rank 0 is the most common name. The tail is put together from a culture's syllables and endings, the same word for the
same rank always: a language does not change with the seed, only who bears which name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kstep.synth.draws import Draws, Floats, Integers

Words = NDArray[np.object_]
_FORMS = 6
_SCATTER = 2_654_435_761
"""A prime larger than any tail, so that neighbouring ranks get unlike words and no two ranks of a pattern the same."""


@dataclass(frozen=True, slots=True)
class Law:
    """Zipf–Mandelbrot: the name of rank r (from 0) is as common as (r + 1 + offset) ** -exponent, for `size` names.

    Ranks come from inverting the integral of that curve, which needs no table and is near enough to the sum. Source:
    B. Mandelbrot, An informational theory of the statistical structure of language (1953).
    """

    exponent: float
    offset: float
    size: int

    def ranks(self, uniform: Floats) -> Integers:
        """The ranks at these points of the cumulated curve."""
        power = 1.0 - self.exponent
        low, high = 0.5 + self.offset, self.size + 0.5 + self.offset
        if abs(power) < 1e-9:
            points = low * np.exp(uniform * np.log(high / low))
        else:
            points = (low**power + uniform * (high**power - low**power)) ** (1.0 / power)
        return np.asarray(np.clip(np.floor(points - low), 0, self.size - 1), np.int64)


class Tail:
    """The rare names of one slot: patterns of syllables, each in Latin letters and, where known, in its own script."""

    def __init__(self, patterns: Sequence[str], classes: Mapping[str, str]) -> None:
        syllables = {name: [_syllable(text) for text in listed.split()] for name, listed in classes.items()}
        self._patterns = [
            [
                syllables.get(atom) or [_syllable(atom.replace("_", " "))]
                for atom in re.sub(r" =", "_=", pattern).split()
            ]
            for pattern in patterns
        ]
        self._sizes = [prod(map(len, pattern)) for pattern in self._patterns]

    def word(self, rank: int) -> tuple[str, str]:
        """The name of this rank in Latin letters, and in its own script or empty."""
        turn, which = divmod(rank, len(self._patterns))
        left = turn * _SCATTER % self._sizes[which]
        latin, native = "", ""
        known = True
        for options in self._patterns[which]:
            left, position = divmod(left, len(options))
            latin += options[position][0]
            known = known and options[position][1] is not None
            native += options[position][1] or ""
        return _capital(latin), native[:1].upper() + native[1:] if known else ""


def _syllable(text: str) -> tuple[str, str | None]:
    latin, known, native = text.partition("=")
    return latin, native if known else (text if text == "·" else None)


def _capital(word: str) -> str:
    return re.sub(r"(^~?|[ '])([a-z])", lambda found: found[1] + found[2].upper(), word)


class Vocabulary:
    """The names of one slot of one culture."""

    def __init__(self, listed: str, tail: Tail | None, law: Sequence[float]) -> None:
        """`listed` is the head, commonest first, parted by commas: spellings parted by `/`, `=` and the own script."""
        head = [name.strip() for name in listed.replace("\n", " ").split(",") if name.strip()]
        self.spellings = [tuple(name.partition("=")[0].split("/")) for name in head]
        self._head = np.array(
            [[forms[min(i, len(forms) - 1)] for i in range(_FORMS)] for forms in self.spellings], object
        )
        self._tail = tail
        exponent, offset, size = law
        self.law = Law(exponent, offset, int(size) if tail else len(head))
        self._words: Words = np.full((2, self.law.size), "", object)
        self._known = np.zeros(self.law.size, bool)
        self._words[1, : len(head)] = [name.partition("=")[2].replace("·", "") for name in head]

    def draw(self, draws: Draws, size: int) -> tuple[Words, Words]:
        """`size` names in Latin letters, and the same in their own script, empty where it is not known.

        Each further spelling of a name is a third as common as the one before it.
        """
        ranks = self.law.ranks(draws.uniform(size))
        spelling = np.floor(-np.log(1.0 - draws.uniform(size)) / np.log(3.0)).astype(np.int64)
        in_head = ranks < len(self._head)
        self._know(ranks[~in_head])
        latin, native = self._words[0][ranks], self._words[1][ranks]
        latin[in_head] = self._head[ranks[in_head], np.minimum(spelling[in_head], _FORMS - 1)]
        return latin, native

    def _know(self, ranks: Integers) -> None:
        for rank in np.unique(ranks[~self._known[ranks]]).tolist():
            assert self._tail is not None
            latin, native = self._tail.word(rank - len(self._head))
            self._words[0, rank], self._words[1, rank] = latin, native.replace("·", "")
            self._known[rank] = True


def vocabularies(culture: Mapping[str, Any]) -> dict[str, Vocabulary]:
    """Every slot's vocabulary of one culture's file."""
    tails, classes = culture.get("tails", {}), culture.get("classes", {})
    return {
        slot: Vocabulary(listed, Tail(tails[slot], classes) if slot in tails else None, culture["laws"][slot])
        for slot, listed in culture["names"].items()
    }
