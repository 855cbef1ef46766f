"""Names by rank: a written head of common names and a generated tail of rare ones, drawn by one heavy-tailed law.

Rank 0 is the most common name. The tail is put together from a culture's syllables and endings, the same word for the
same rank always: a language does not change with the seed, only who bears which name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
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
        return np.asarray(np.clip(np.floor(self._place(uniform)), 0, self.size - 1), np.int64)

    def rank(self, point: float) -> int:
        """The rank at one point, without an array."""
        return min(max(int(self._place(point)), 0), self.size - 1)

    def shares(self, ranks: int) -> Floats:
        """How common each of the first `ranks` names is."""
        edges = 0.5 + self.offset + np.arange(ranks + 1)
        high, power = self.size + 0.5 + self.offset, 1.0 - self.exponent
        if abs(power) < 1e-9:
            return np.asarray(np.diff(np.log(edges)) / np.log(high / edges[0]))
        return np.asarray(np.diff(edges**power) / (high**power - edges[0] ** power))

    def steeper(self, factor: float) -> Law:
        """The law with the exponent times `factor`."""
        return Law(self.exponent * factor, self.offset, self.size)

    def _place(self, share: Any) -> Any:
        """Where on the axis of ranks the cumulated curve has reached `share` of the whole."""
        power, low, high = 1.0 - self.exponent, 0.5 + self.offset, self.size + 0.5 + self.offset
        if abs(power) < 1e-9:
            return low * (high / low) ** share - low
        first = low**power
        return (first + share * (high**power - first)) ** (1.0 / power) - low


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

    def __init__(self, listed: str, tail: Tail | None, law: Sequence[float], steepness: float = 1.0) -> None:
        """`listed` is the head, commonest first, parted by commas: spellings parted by `/`, `=` and the own script.

        `law` is exponent, offset and size; the exponent is multiplied by `steepness`.
        """
        head = [name.strip() for name in listed.replace("\n", " ").split(",") if name.strip()]
        self.spellings = [tuple(name.partition("=")[0].split("/")) for name in head]
        self._head = np.array(
            [[forms[min(i, len(forms) - 1)] for i in range(_FORMS)] for forms in self.spellings], object
        )
        self._tail = tail
        exponent, offset, size = law
        self.law = Law(exponent, offset, int(size) if tail else len(head)).steeper(steepness)
        self._words: Words = np.full((2, self.law.size), "", object)
        self._known = np.zeros(self.law.size, bool)
        self._words[1, : len(head)] = [name.partition("=")[2].replace("·", "") for name in head]

    def common_forms(self, steepness: float) -> Iterator[tuple[str, float]]:
        """The spellings of the head's names and the share of each, if the law's exponent were `steepness` times itself."""
        spelled = [2 / 3 ** (i + 1) for i in range(_FORMS - 1)]
        spelled.append(1.0 - sum(spelled))
        for share, forms in zip(self.law.steeper(steepness).shares(len(self._head)).tolist(), self._head, strict=True):
            for form, of_form in zip(forms.tolist(), spelled, strict=True):
                yield form, share * of_form

    def draw(self, draws: Draws, size: int) -> tuple[list[str], list[str]]:
        """`size` names in Latin letters, and the same in their own script, empty where it is not known.

        Each further spelling of a name is a third as common as the one before it.
        """
        if size == 1:
            latin_word, native_word = self.one(draws)
            return [latin_word], [native_word]
        ranks = self.law.ranks(draws.uniform(size))
        spelling = np.floor(-np.log(1.0 - draws.uniform(size)) / np.log(3.0)).astype(np.int64)
        in_head = ranks < len(self._head)
        self._know(ranks[~in_head])
        latin, native = self._words[0][ranks], self._words[1][ranks]
        latin[in_head] = self._head[ranks[in_head], np.minimum(spelling[in_head], _FORMS - 1)]
        return latin.tolist(), native.tolist()

    def one(self, draws: Draws) -> tuple[str, str]:
        """One name, the same that `draw` makes of the same chance: an array of one takes twenty times as long."""
        rank = self.law.rank(draws.point())
        spelling = int(-math.log(1.0 - draws.point()) / math.log(3.0))
        if rank < len(self._head):
            return self._head[rank, min(spelling, _FORMS - 1)], self._words[1, rank]
        if not self._known[rank]:
            self._learn(rank)
        return self._words[0, rank], self._words[1, rank]

    def _know(self, ranks: Integers) -> None:
        for rank in np.unique(ranks[~self._known[ranks]]).tolist():
            self._learn(rank)

    def _learn(self, rank: int) -> None:
        assert self._tail is not None
        latin, native = self._tail.word(rank - len(self._head))
        self._words[0, rank], self._words[1, rank] = latin, native.replace("·", "")
        self._known[rank] = True


def vocabularies(culture: Mapping[str, Any], steepness: Mapping[str, float]) -> dict[str, Vocabulary]:
    """Every slot's vocabulary of one culture's file; a slot's `steepness` multiplies the exponent of its law."""
    tails, classes, laws = culture.get("tails", {}), culture.get("classes", {}), culture["laws"]
    return {
        slot: Vocabulary(
            listed, Tail(tails[slot], classes) if slot in tails else None, laws[slot], steepness.get(slot, 1.0)
        )
        for slot, listed in culture["names"].items()
    }
