"""How ordinary a spelling is: a model of which Latin letter follows two others in the names of people.

The costs are a pinned asset of whole millibits that `tools/build_frequencies.py` counts from distinct name tokens; a
token's surprise is their plain sum, so every machine gives the same.
"""

from __future__ import annotations

import functools
from array import array
from importlib import resources

BOUNDARY = 26
"""The symbol before a token's first letter and after its last; the letters *a* to *z* are 0 to 25."""

OTHER_LETTER = 4_500
"""Millibits a letter that is not one of *a* to *z*: about what one of the alphabets of Cyrillic or Arabic names tells."""

SYMBOLS = 27
_FIRST = ord("a")


def letters_asset() -> bytes:
    """The data file's bytes, which the engine's configuration hash must cover."""
    return resources.files("kstep.names").joinpath("data/letters.tsv").read_bytes()


@functools.cache
def letter_costs() -> memoryview:
    """Millibits of every symbol after every two: int32[27, 27, 27], [before the last, the last, the next].

    Shared and read-only; `numpy.array(letter_costs())` is an array of it. Contexts that cannot be (a boundary after a
    letter) cost nothing.
    """
    costs = array("i", bytes(4 * SYMBOLS**3))
    for line in letters_asset().decode().splitlines():
        if not line.startswith("#"):
            context, *row = line.split("\t")
            start = SYMBOLS * (SYMBOLS * _symbol(context[0]) + _symbol(context[1]))
            costs[start : start + SYMBOLS] = array("i", map(int, row))
    return memoryview(costs.tobytes()).cast("i", (SYMBOLS, SYMBOLS, SYMBOLS))


@functools.cache
def _flat() -> memoryview:
    return letter_costs().cast("B").cast("i")


def _symbol(letter: str) -> int:
    return BOUNDARY if letter == "^" else ord(letter) - _FIRST


@functools.lru_cache(maxsize=1 << 18)
def surprise(token: str) -> int:
    """-log2 of the probability that a name token is spelled so, its end included, in millibits.

    Letters that are not *a* to *z* cost a constant each, after which there is no end to pay for.
    """
    costs = _flat()
    total = 0
    before = last = BOUNDARY
    for letter in token:
        symbol = ord(letter) - _FIRST
        if 0 <= symbol < BOUNDARY:
            total += costs[SYMBOLS * (SYMBOLS * before + last) + symbol]
            before, last = last, symbol
        else:
            total += OTHER_LETTER
            before = last = BOUNDARY
    return total if last == BOUNDARY else total + costs[SYMBOLS * (SYMBOLS * before + last) + BOUNDARY]


__all__ = ["BOUNDARY", "OTHER_LETTER", "SYMBOLS", "letter_costs", "letters_asset", "surprise"]
