"""What it costs that one word is spelled another, in millibits: `names.spelling.spelling_cost` in bulk."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints, Words
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.names.similarity import EXPECTED, EXPECTED_OF_USUAL, SLIPPED, SLIPS, WELL_KNOWN
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
_NO_CHUNK = np.iinfo(np.int16).max
_FIRST_LETTER = ord("a")


class CostTable(NamedTuple):
    """What rows emit: `cost[chunk * rows + row]` of the chunks below `known`, then of chunks of 1 to 4 letters that are not
    known; `least` is what each row emits at least.
    """

    rows: int
    known: int
    cost: Costs
    least: Ints


class SpellingTables(NamedTuple):
    """The learned costs. `latin` those of Latin spellings, with `latin_row[letter, next letter]` (letters 0 to 25, another 26,
    the edge 27), of which the first is `latin_first` of all rows; `start`, `chunk`, `emitted` all rows; `chunk_of` numbers a
    chunk by its letters in base 27, which are its `code`.
    """

    latin: CostTable
    latin_first: int
    latin_row: Ints
    start: Ints
    chunk: Ints
    emitted: Costs
    chunk_of: Chunks
    unheard: Ints
    chunk_length: Ints
    code: Ints


class Board(NamedTuple):
    """Working space of one thread, for words of at most `LONGEST` letters, each of which is a sign.

    `cost[(LONGEST_CHUNK + letters) * (LONGEST + 1) + signs]` is that of the cheapest way in which so many signs emit so
    many letters of a spelling; the first columns stand for fewer letters than none. `least` is what the whole costs at
    least if its cheapest way passes through a column. `rows` are the word's rows, `dropped` what each costs if it emits
    nothing, `rest` what those from each sign on cost at least; `chunks` are those of the spelling, as `find_chunks` finds them.
    """

    cost: Costs
    least: Ints
    rows: Ints
    dropped: Ints
    rest: Ints
    chunks: Chunks


_COLUMN = LONGEST + 1
_ONE = np.uint64(_COLUMN)


@making_kernel
def empty_board() -> Board:
    """Working space for one thread."""
    columns = LONGEST_CHUNK + LONGEST + 1
    return Board(
        np.full(columns * _COLUMN, BEYOND, np.int32), np.full(columns, BEYOND, np.int64), np.empty(LONGEST, np.int64),
        np.empty(LONGEST, np.int64), np.empty(_COLUMN, np.int64), np.empty(LONGEST * LONGEST_CHUNK, np.int16),
    )  # fmt: skip


@functools.cache
def spelling_tables() -> SpellingTables:
    """The costs that ship with kstep, as the kernels read them."""
    spellings = shipped_spellings()
    assert spellings.chunks[0] == "", "the kernels take chunk 0 for no letters"
    start, chunk = np.array(spellings.start, np.int64), np.array(spellings.chunk, np.int64)
    emitted = np.array(spellings.cost, np.int32)
    lengths = np.array([len(text) for text in spellings.chunks], np.int64)
    unheard = np.array(UNHEARD_OF, np.int64)
    rows = spellings.rows["latin"]
    first = min(rows.values())
    used = chunk[start[first] : start[first + len(rows)]]
    known = int(used.max()) + 1 if len(used) else 1
    costs = np.repeat(np.append(unheard[lengths[:known]], unheard[1:])[:, None], len(rows), axis=1).astype(np.int32)
    for row in range(len(rows)):
        places = slice(start[first + row], start[first + row + 1])
        costs[chunk[places], row] = emitted[places]
    latin_row = np.zeros((_OTHER + 1, _EDGE + 1), np.int64)
    for letter in range(_OTHER + 1):
        for after in range(_EDGE + 1):
            sign = _ALPHABET[letter] if letter < _OTHER else "?"
            beside = EDGE if after == _EDGE else _ALPHABET[after] if after < _OTHER else "?"
            names = (NEITHER + sign + beside, sign, fallback(sign))
            latin_row[letter, after] = next(rows[name] for name in names if name in rows) - first
    chunk_of = np.full(27**LONGEST_CHUNK, _NO_CHUNK, np.int16)
    codes = np.zeros(len(lengths), np.int64)
    for number, text in enumerate(spellings.chunks):
        for sign in text:
            codes[number] = codes[number] * 27 + ord(sign) - _FIRST_LETTER + 1
    chunk_of[codes] = np.arange(len(codes))
    latin = CostTable(len(rows), known, costs.ravel(), costs.min(axis=0).astype(np.int64))
    return SpellingTables(latin, first, latin_row, start, chunk, emitted, chunk_of, unheard, lengths, codes)


@kernel
def find_chunks(letters: Words, tables: SpellingTables, chunks: Chunks) -> None:
    """Write the chunks of 1 to 4 letters that end at each letter of a word, which is not too long to be read."""
    for stop in range(1, len(letters) + 1):
        code, power = 0, 1
        place = (stop - 1) * LONGEST_CHUNK
        chunks[place : place + LONGEST_CHUNK] = _NO_CHUNK
        for size in range(1, min(LONGEST_CHUNK, stop) + 1):
            letter = int(np.int64(letters[stop - size])) - _FIRST_LETTER
            if letter < 0 or letter >= _OTHER:
                break
            code += (letter + 1) * power
            power *= 27
            chunks[place + size - 1] = tables.chunk_of[code]


@inlined_kernel
def _place(letter: int) -> int:
    number = letter - _FIRST_LETTER
    return number if 0 <= number < _OTHER else _OTHER


@inlined_kernel
def _set(signs: int, table: CostTable, board: Board) -> None:
    """Make the board ready for the word of which it has the rows."""
    board.rest[signs] = 0
    for sign in range(signs - 1, -1, -1):
        board.dropped[sign] = table.cost[board.rows[sign]]
        board.rest[sign] = board.rest[sign + 1] + table.least[board.rows[sign]]


@inlined_kernel
def set_latin(word: Words, tables: SpellingTables, board: Board) -> None:
    """Make a Latin word the one whose spellings the board prices."""
    for place in range(len(word)):
        after = _place(int(np.int64(word[place + 1]))) if place + 1 < len(word) else _EDGE
        board.rows[place] = tables.latin_row[_place(int(np.int64(word[place]))), after]
    _set(len(word), tables.latin, board)


@inlined_kernel
def _fill(stop: int, signs: int, spelling: Words, word: Words, table: CostTable, board: Board) -> None:
    """Fill the column of `stop` letters."""
    chunks, emitted = board.chunks, table.cost
    cost, rows, dropped, rest = board.cost, board.rows, board.dropped, board.rest
    now = np.uint64((stop + LONGEST_CHUNK) * _COLUMN)
    reached = np.int64(BEYOND if stop else 0)
    least = reached + rest[0]
    cost[now] = reached
    if stop == 0:
        for sign in range(signs):
            reached += dropped[sign]
            cost[now + np.uint64(sign + 1)] = reached
            least = min(least, reached + rest[sign + 1])
    else:
        known, width = table.known, table.rows
        place = (stop - 1) * LONGEST_CHUNK
        at_1 = np.uint64((chunks[place] if chunks[place] < known else known) * width)
        at_2 = np.uint64((chunks[place + 1] if chunks[place + 1] < known else known + 1) * width)
        at_3 = np.uint64((chunks[place + 2] if chunks[place + 2] < known else known + 2) * width)
        at_4 = np.uint64((chunks[place + 3] if chunks[place + 3] < known else known + 3) * width)
        one, two, three, four = _ONE, _ONE * np.uint64(2), _ONE * np.uint64(3), _ONE * np.uint64(4)
        may_swap = stop > 1 and spelling[stop - 1] != spelling[stop - 2]
        for sign in range(signs):
            row, before = np.uint64(rows[sign]), now + np.uint64(sign)
            reached = min(
                reached + dropped[sign],
                min(
                    min(cost[before - one] + emitted[at_1 + row], cost[before - two] + emitted[at_2 + row]),
                    min(cost[before - three] + emitted[at_3 + row], cost[before - four] + emitted[at_4 + row]),
                ),
            )
            if may_swap and sign and word[sign - 1] == spelling[stop - 1] and word[sign] == spelling[stop - 2]:
                reached = min(reached, cost[before - two - np.uint64(1)] + SWAP)
            cost[before + np.uint64(1)] = reached
            least = min(least, reached + rest[sign + 1])
    board.least[stop + LONGEST_CHUNK] = least


@inlined_kernel
def cheapest(word: Words, spelling: Words, most: int, tables: SpellingTables, board: Board) -> int:
    """The cost of the cheapest way to cut `spelling` into what the board's Latin `word` emits, `BEYOND` if that is more than
    `most`.
    """
    signs, letters = len(word), len(spelling)
    if signs == 0 or letters == 0 or letters > LONGEST or signs > LONGEST:
        return BEYOND
    find_chunks(spelling, tables, board.chunks)
    least = board.least
    for stop in range(letters + 1):
        _fill(stop, signs, spelling, word, tables.latin, board)
        # Of any LONGEST_CHUNK columns one after the other, every way passes through one.
        column = stop + LONGEST_CHUNK
        if min(min(least[column], least[column - 1]), min(least[column - 2], least[column - 3])) > most:
            return BEYOND
    cost = int(board.cost[(letters + LONGEST_CHUNK) * _COLUMN + signs])
    return cost if cost <= most else BEYOND


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


_SLIPS = np.array(SLIPS, np.int64)


@kernel
def slipped(light: int, chance: int, weight: int, known: bool, letters: int) -> int:
    """What it earns that a token of these letters, chance and weight is one slip away from one that weighs `light`."""
    rarity = weight if known else max(chance, weight)
    return min(light, rarity - int(_SLIPS[letters])) - SLIPPED


@kernel
def dearest(chance: int, heavy: int, price: int, least: int) -> int:
    """The most that a spelling may cost and still earn `least` after `price`, or a little more."""
    wanted = expected(chance, heavy)
    return chance - min(wanted, (least + price + wanted) // 2) + 1


__all__ = [
    "Board", "CostTable", "SpellingTables", "cheapest", "dearest", "empty_board", "expected",
    "explained", "find_chunks", "set_latin", "slipped", "spelling_tables",
]  # fmt: skip
