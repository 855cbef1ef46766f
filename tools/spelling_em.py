"""Learning which letters signs become: expectation maximisation over every way to cut a spelling into chunks.

A model has rows; a row is a distribution of chunks (0 to 4 Latin letters) that one sign emits in one context. Rows of
rarer contexts are drawn to those of wider ones (Dirichlet smoothing), and a pair that the letters alone explain better than
the signs do counts little (it is two names, not one).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from kstep.names.spelling import EDGE, LONGEST_CHUNK, NEITHER

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

ROUNDS = 8
ROUNDS_IN_CONTEXT = 4
MOST_CHUNKS = 4_000
LEAST_USES = 3.0
TO_WIDER = 20.0
"""Uses of a sign in a wider context that weigh as much as those in a narrower one."""

TO_ALL = 5.0
MISALIGNED = 0.05
"""The share of training pairs that are not two spellings of one name, before they are looked at."""


@dataclass(frozen=True, slots=True)
class Example:
    """A word's signs, its spelling in Latin letters, how much it counts, and the natural probability of the spelling."""

    signs: tuple[str, ...]
    spelling: str
    weight: float
    chance: float


@numba.njit(cache=False)
def _pass(rows: Ints, row_start: Ints, letters: Ints, letter_start: Ints, lookup: Ints, emits: Floats, counts: Floats,
          chances: Floats, weights: Floats) -> Floats:  # fmt: skip
    """One expectation step: adds expected uses to `counts`, returns each example's probability."""
    probability = np.zeros(len(row_start) - 1)
    for example in range(len(probability)):
        states = rows[row_start[example] : row_start[example + 1]]
        text = letters[letter_start[example] : letter_start[example + 1]]
        n, m = len(states), len(text)
        ids = np.full((m + 1, LONGEST_CHUNK + 1), -1, np.int64)
        for j in range(m + 1):
            code = 0
            for k in range(LONGEST_CHUNK + 1):
                if j + k <= m:
                    if k:
                        code = code * 27 + text[j + k - 1]
                    ids[j, k] = lookup[code]
        ahead, back = np.zeros((n + 1, m + 1)), np.zeros((n + 1, m + 1))
        ahead[0, 0] = back[n, m] = 1.0
        for i in range(n):
            for j in range(m + 1):
                if ahead[i, j] > 0:
                    for k in range(LONGEST_CHUNK + 1):
                        if ids[j, k] >= 0:
                            ahead[i + 1, j + k] += ahead[i, j] * emits[states[i], ids[j, k]]
        total = ahead[n, m]
        probability[example] = total
        if total <= 0:
            continue
        for i in range(n - 1, -1, -1):
            for j in range(m + 1):
                for k in range(LONGEST_CHUNK + 1):
                    if ids[j, k] >= 0:
                        back[i, j] += back[i + 1, j + k] * emits[states[i], ids[j, k]]
        one_name = (1 - MISALIGNED) * total / ((1 - MISALIGNED) * total + MISALIGNED * chances[example])
        share = one_name * weights[example] / total
        for i in range(n):
            for j in range(m + 1):
                if ahead[i, j] > 0:
                    for k in range(LONGEST_CHUNK + 1):
                        c = ids[j, k]
                        if c >= 0:
                            counts[states[i], c] += ahead[i, j] * emits[states[i], c] * back[i + 1, j + k] * share
    return probability


def _packed(rows: Iterable[Sequence[int]]) -> tuple[Ints, Ints]:
    kept = list(rows)
    start = np.zeros(len(kept) + 1, np.int64)
    start[1:] = np.cumsum([len(row) for row in kept])
    return np.array([value for row in kept for value in row], np.int64), start


def _codes(letters: str) -> list[int]:
    return [ord(letter) - 96 for letter in letters]


def _code(chunk: str) -> int:
    code = 0
    for value in _codes(chunk):
        code = code * 27 + value
    return code


@dataclass(frozen=True, slots=True)
class Learned:
    """A model: the chunks, and per named row how often (expected uses) and with what probabilities it emits them."""

    chunks: list[str]
    names: list[str]
    uses: Floats
    emits: Floats


class Learner:
    """Learns one model. `wider` gives the row, if any, that a sign's row is drawn to (for Han, that of its pinyin)."""

    def __init__(self, examples: Sequence[Example], wider: Callable[[str], str], contexts: str) -> None:
        self.examples = examples
        self.wider = wider
        self.contexts = contexts
        seen = Counter(
            example.spelling[start : start + length]
            for example in examples
            for length in range(1, LONGEST_CHUNK + 1)
            for start in range(len(example.spelling) - length + 1)
        )
        common = [chunk for chunk, _ in sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:MOST_CHUNKS]]
        self.chunks = ["", *sorted({*common, *"abcdefghijklmnopqrstuvwxyz"} - {""})]
        self.letters = _packed(_codes(example.spelling) for example in examples)
        self.weights = np.array([example.weight for example in examples])
        self.chances = np.array([example.chance for example in examples])

    def learn(self) -> Learned:
        """All rows: of signs alone, and of signs beside their neighbours."""
        names = sorted({sign for example in self.examples for sign in example.signs})
        number = {name: place for place, name in enumerate(names)}
        rows = _packed([number[sign] for sign in example.signs] for example in self.examples)
        emits = np.tile(self._plain(), (len(names), 1))
        for turn in range(ROUNDS):
            uses = self._expect(rows, emits)
            if turn == ROUNDS // 2:
                keep = [
                    place
                    for place, chunk in enumerate(self.chunks)
                    if len(chunk) < 2 or uses[:, place].sum() >= LEAST_USES
                ]
                self.chunks, uses = [self.chunks[place] for place in keep], uses[:, keep]
            emits, wide_names, wide = self._smoothed(names, uses)
        found = Learned(
            self.chunks, [*names, *wide_names], np.vstack([uses, np.zeros_like(wide)]), np.vstack([emits, wide])
        )
        return self._in_context(found, names) if self.contexts else found

    def _plain(self) -> Floats:
        """Every chunk by its length alone."""
        plain = np.array([0.25 if not chunk else 0.5 ** len(chunk) / 26.0 ** len(chunk) for chunk in self.chunks])
        return np.asarray(plain / plain.sum(), np.float64)

    def _expect(self, rows: tuple[Ints, Ints], emits: Floats) -> Floats:
        lookup = np.full(27**LONGEST_CHUNK, -1, np.int64)
        for place, chunk in enumerate(self.chunks):
            lookup[_code(chunk)] = place
        counts = np.zeros_like(emits)
        _pass(*rows, *self.letters, lookup, emits, counts, self.chances, self.weights)
        return counts

    def _smoothed(self, names: list[str], uses: Floats) -> tuple[Floats, list[str], Floats]:
        """The rows of signs, drawn to their wider rows, and these, drawn to all together."""
        all_together = 0.5 * uses.sum(0) / uses.sum() + 0.5 * self._plain()
        wide_names = sorted({self.wider(name) for name in names})
        place = {name: number for number, name in enumerate(wide_names)}
        of_sign = np.array([place[self.wider(name)] for name in names])
        wide = np.zeros((len(wide_names), uses.shape[1]))
        np.add.at(wide, of_sign, uses)
        if len(wide_names) > 1:
            wide = (wide + TO_ALL * all_together) / (wide.sum(1, keepdims=True) + TO_ALL)
        else:
            wide = all_together[None, :]
        emits = (uses + TO_ALL * wide[of_sign]) / (uses.sum(1, keepdims=True) + TO_ALL)
        return emits, wide_names, wide

    def _in_context(self, alone: Learned, names: list[str]) -> Learned:
        """Further rounds in which a sign's row is that of its neighbours too."""
        of_sign = {name: place for place, name in enumerate(names)}
        narrow: dict[tuple[str, str, str], int] = {}
        rows = _packed(
            [narrow.setdefault(context, len(narrow)) for context in self._windows(example.signs)]
            for example in self.examples
        )
        sign = np.array([of_sign[context[1]] for context in narrow])
        after: dict[str, int] = {}
        to_after = np.array([after.setdefault(NEITHER + now + later, len(after)) for _, now, later in narrow])
        before: dict[str, int] = {}
        to_before = np.array([before.setdefault(first + now + NEITHER, len(before)) for first, now, _ in narrow])
        sign_after, sign_before = (np.array([of_sign[name[1]] for name in side]) for side in (after, before))
        emits, plain = alone.emits[sign], alone.emits[: len(names)]
        for _ in range(ROUNDS_IN_CONTEXT):
            uses = self._expect(rows, emits)
            plain_uses = self._summed(uses, sign, len(names))
            plain, _, wide = self._smoothed(names, plain_uses)
            after_uses, before_uses = (
                self._summed(uses, to_after, len(after)),
                self._summed(uses, to_before, len(before)),
            )
            by_after, by_before = _drawn(after_uses, plain[sign_after]), _drawn(before_uses, plain[sign_before])
            emits = _drawn(uses, 0.5 * (by_after[to_after] + by_before[to_before]))
        found = [(alone.names, np.vstack([plain_uses, np.zeros_like(wide)]), np.vstack([plain, wide])),
                 (list(after), after_uses, by_after)]  # fmt: skip
        if self.contexts == "both":
            found += [(list(before), before_uses, by_before), ([*map("".join, narrow)], uses, emits)]
        return Learned(alone.chunks, [name for part in found for name in part[0]], np.vstack([part[1] for part in found]),
                       np.vstack([part[2] for part in found]))  # fmt: skip

    def _windows(self, word: tuple[str, ...]) -> Iterable[tuple[str, str, str]]:
        padded = (EDGE, *word, EDGE)
        for before, sign, after in zip(padded, padded[1:], padded[2:], strict=False):
            yield (before if self.contexts == "both" else NEITHER, sign, after)

    @staticmethod
    def _summed(uses: Floats, to: Ints, count: int) -> Floats:
        total = np.zeros((count, uses.shape[1]))
        np.add.at(total, to, uses)
        return total


def _drawn(uses: Floats, wider: Floats) -> Floats:
    return np.asarray((uses + TO_WIDER * wider) / (uses.sum(1, keepdims=True) + TO_WIDER))


__all__ = ["Example", "Learned", "Learner"]
