"""Count which Latin letter follows two others in name tokens, and write it as costs in whole millibits.

The probabilities are of interpolated Witten-Bell smoothing (Bell, Cleary and Witten 1990), from three letters down to
one, so no spelling is impossible.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

LETTERS = "abcdefghijklmnopqrstuvwxyz"
BOUNDARY = "^"
SYMBOLS = LETTERS + BOUNDARY


class LetterModel:
    """Letters after letters, counted from distinct tokens of *a* to *z*."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self.after: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for token in tokens:
            text = BOUNDARY * 2 + token + BOUNDARY
            for place in range(2, len(text)):
                for start in range(place - 2, place + 1):
                    self.after[text[start:place]][text[place]] += 1

    def distribution(self, context: str) -> dict[str, float]:
        """The probability of every symbol after `context` (two symbols, or fewer where those were never seen)."""
        shorter = self.distribution(context[1:]) if context else dict.fromkeys(SYMBOLS, 1 / len(SYMBOLS))
        seen = self.after[context]
        kinds, total = len(seen), seen.total()
        if not total:
            return shorter
        return {symbol: (seen[symbol] + kinds * shorter[symbol]) / (total + kinds) for symbol in SYMBOLS}

    def rows(self) -> Iterator[str]:
        """The lines of the data file: a context, then the millibits of *a* to *z* and of the end."""
        contexts = [BOUNDARY * 2, *(BOUNDARY + last for last in LETTERS)]
        contexts += [first + last for first in LETTERS for last in LETTERS]
        for context in contexts:
            probabilities = self.distribution(context)
            yield "\t".join([context, *(str(round(-1000 * math.log2(probabilities[symbol]))) for symbol in SYMBOLS)])
