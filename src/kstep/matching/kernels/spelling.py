"""What it costs that one word is spelled another, in millibits: `names.spelling.spelling_cost` in bulk."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints, Words
from kstep.matching.kernels.compiled import kernel, making_kernel
from kstep.names.similarity import EXPECTED, EXPECTED_OF_USUAL, WELL_KNOWN
from kstep.names.spelling import (
    BEYOND,
    EDGE,
    LONGEST,
    LONGEST_CHUNK,
    NEITHER,
    SWAP,
    UNHEARD_OF,
    fallback,
    shipped_spellings,
)

Costs = NDArray[np.int32]
Chunks = NDArray[np.int16]

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_OTHER, _EDGE = 26, 27
_WIDTH = LONGEST_CHUNK + 1
_NO_CHUNK = -1
_FIRST_LETTER = ord("a")

MOST_SIGNS = 3 * LONGEST
"""Signs of a word: a Hangul syllable has three at most, a Han character two."""


class SpellingTables(NamedTuple):
    """The learned costs. `latin[row, chunk]` with `latin_row[letter, next letter]` for Latin spellings (letters 0 to 25, another
    26, the edge 27); `start`, `chunk`, `cost` all rows; `chunk_of` numbers a chunk's letters in base 27, or -1; `unheard` by
    length.
    """

    latin: Costs
    latin_row: Ints
    start: Ints
    chunk: Ints
    cost: Costs
    chunk_of: Chunks
    unheard: Ints
    chunk_length: Ints


@functools.cache
def spelling_tables() -> SpellingTables:
    """The costs that ship with kstep, as the kernels read them."""
    spellings = shipped_spellings()
    start, chunk = np.array(spellings.start, np.int64), np.array(spellings.chunk, np.int64)
    cost = np.array(spellings.cost, np.int32)
    lengths = np.array([len(text) for text in spellings.chunks], np.int64)
    unheard = np.array(UNHEARD_OF, np.int64)
    rows = spellings.rows["latin"]
    first = min(rows.values())
    used = slice(start[first], start[first + len(rows)])
    width = int(chunk[used].max()) + 1 if len(chunk[used]) else 1
    latin = np.tile(unheard[lengths[:width]].astype(np.int32), (len(rows), 1))
    for row in range(len(rows)):
        places = slice(start[first + row], start[first + row + 1])
        latin[row, chunk[places]] = cost[places]
    latin_row = np.zeros((_OTHER + 1, _EDGE + 1), np.int64)
    for letter in range(_OTHER + 1):
        for after in range(_EDGE + 1):
            sign = _ALPHABET[letter] if letter < _OTHER else "?"
            beside = EDGE if after == _EDGE else _ALPHABET[after] if after < _OTHER else "?"
            names = (NEITHER + sign + beside, sign, fallback(sign))
            latin_row[letter, after] = next(rows[name] for name in names if name in rows) - first
    chunk_of = np.full(27**LONGEST_CHUNK, _NO_CHUNK, np.int16)
    for number, text in enumerate(spellings.chunks):
        code = 0
        for sign in text:
            code = code * 27 + ord(sign) - _FIRST_LETTER + 1
        chunk_of[code] = number
    return SpellingTables(latin, latin_row, start, chunk, cost, chunk_of, unheard, lengths)


@making_kernel
def chunks_of(start: Ints, letters: Words, tables: SpellingTables) -> tuple[Ints, Chunks]:
    """For every token, at each place the chunks of 0 to 4 letters that end there: offsets and chunk numbers (-1: none known).

    Tokens too long to be read have none.
    """
    tokens = len(start) - 1
    offsets = np.zeros(tokens + 1, np.int64)
    for token in range(tokens):
        length = start[token + 1] - start[token]
        offsets[token + 1] = offsets[token] + ((length + 1) * _WIDTH if length <= LONGEST else 0)
    found = np.full(offsets[tokens], _NO_CHUNK, np.int16)
    for token in range(tokens):
        first, length = start[token], start[token + 1] - start[token]
        if length > LONGEST:
            continue
        for stop in range(length + 1):
            code, power = 0, 1
            found[offsets[token] + stop * _WIDTH] = tables.chunk_of[0]
            for size in range(1, min(LONGEST_CHUNK, stop) + 1):
                letter = int(np.int64(letters[first + stop - size])) - _FIRST_LETTER
                if letter < 0 or letter >= _OTHER:
                    break
                code += (letter + 1) * power
                power *= 27
                found[offsets[token] + stop * _WIDTH + size] = tables.chunk_of[code]
    return offsets, found


@kernel
def _place(letter: int) -> int:
    number = letter - _FIRST_LETTER
    return number if 0 <= number < _OTHER else _OTHER


@kernel
def latin_rows(word: Words, tables: SpellingTables, rows: Ints) -> None:
    """The rows of a Latin word's letters, written to `rows`."""
    for place in range(len(word)):
        after = _place(int(np.int64(word[place + 1]))) if place + 1 < len(word) else _EDGE
        rows[place] = tables.latin_row[_place(int(np.int64(word[place]))), after]


@kernel
def expand(rows: Ints, first: int, last: int, tables: SpellingTables, table: Costs) -> None:
    """Write rows `first` to `last` of `rows` to the first rows of `table`, every chunk with its cost."""
    for place in range(last - first):
        for chunk in range(len(tables.chunk_length)):
            table[place, chunk] = tables.unheard[tables.chunk_length[chunk]]
        row = rows[first + place]
        for at in range(tables.start[row], tables.start[row + 1]):
            table[place, tables.chunk[at]] = tables.cost[at]


@kernel
def cheapest(
    table: Costs, rows: Ints, signs: int, spelling: Words, chunks: Chunks, swaps: Words, most: int, tables: SpellingTables,
    scratch: Ints,
) -> int:  # fmt: skip
    """The cost of the cheapest way to cut `spelling` into what `signs` rows emit; `BEYOND` if it is more than `most`.

    `chunks` as `chunks_of` gives them. `swaps` are the letters that may change places, none for other scripts. `scratch` is
    at least 3 x (len(spelling) + 1).
    """
    letters = len(spelling)
    if signs == 0 or letters == 0 or letters > LONGEST or signs > MOST_SIGNS:
        return BEYOND
    width = letters + 1
    for stop in range(width):
        scratch[stop] = BEYOND
    scratch[0] = 0
    for sign in range(signs):
        before, reached, following = ((sign + 2) % 3) * width, (sign % 3) * width, ((sign + 1) % 3) * width
        row = rows[sign]
        least = BEYOND
        for stop in range(width):
            best = BEYOND
            for size in range(min(LONGEST_CHUNK, stop) + 1):
                so_far = scratch[reached + stop - size]
                if so_far < BEYOND:
                    chunk = chunks[stop * _WIDTH + size]
                    known = 0 <= chunk < table.shape[1]
                    best = min(best, so_far + (table[row, chunk] if known else tables.unheard[size]))
            if len(swaps) and sign and stop > 1 and scratch[before + stop - 2] < BEYOND:
                swapped = swaps[sign - 1] == spelling[stop - 1] and swaps[sign] == spelling[stop - 2]
                if swapped and swaps[sign] != swaps[sign - 1]:
                    best = min(best, scratch[before + stop - 2] + SWAP)
            scratch[following + stop] = best
            least = min(least, best)
        # A swap may still begin one sign earlier, so a row beyond the limit ends nothing unless no swap can.
        if least > most and len(swaps) == 0:
            return BEYOND
    cost = scratch[(signs % 3) * width + letters]
    return int(cost) if cost <= most else BEYOND


@kernel
def expected(chance: int, heavier: int) -> int:
    """What a spelling is expected to explain of what chance makes it cost; `heavier` is the weight of the rarer token."""
    return chance * (EXPECTED_OF_USUAL if heavier < WELL_KNOWN else EXPECTED) // 1000


@kernel
def explained(chance: int, cost: int, light: int, heavy: int) -> int:
    """What a spelling of this cost earns, of tokens of which the lighter weighs `light` and the other `heavy`."""
    if cost >= BEYOND:
        return -BEYOND
    gained = chance - cost
    return min(light, gained) - max(0, expected(chance, heavy) - gained)


@kernel
def dearest(chance: int, heavy: int, price: int, least: int) -> int:
    """The most that a spelling may cost and still earn `least` after `price`, or a little more."""
    wanted = expected(chance, heavy)
    return chance - min(wanted, (least + price + wanted) // 2) + 1


__all__ = [
    "MOST_SIGNS",
    "SpellingTables",
    "cheapest",
    "chunks_of",
    "dearest",
    "expand",
    "expected",
    "explained",
    "latin_rows",
    "spelling_tables",
]
