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
_NO_CHUNK = np.iinfo(np.int16).max
_FIRST_LETTER = ord("a")

MOST_SIGNS = 3 * LONGEST
"""Signs of a word: a Hangul syllable has three at most, a Han character two."""


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
    the edge 27); `start`, `chunk`, `emitted` all rows; `chunk_of` numbers a chunk's letters in base 27.
    """

    latin: CostTable
    latin_row: Ints
    start: Ints
    chunk: Ints
    emitted: Costs
    chunk_of: Chunks
    unheard: Ints
    chunk_length: Ints


class Board(NamedTuple):
    """Working space of one thread, for a word of at most `MOST_SIGNS` signs and spellings of at most `LONGEST` letters.

    `cost[(LONGEST_CHUNK + letters) * (MOST_SIGNS + 1) + signs]` is that of the cheapest way in which so many signs emit so
    many letters of a spelling; the first columns stand for fewer letters than none. `least` is what the whole costs at
    least if its cheapest way passes through a column. `rows` are the word's rows, `dropped` what each costs if it emits
    nothing, `rest` what those from each sign on cost at least.
    """

    cost: Costs
    least: Ints
    rows: Ints
    dropped: Ints
    rest: Ints


_COLUMN = MOST_SIGNS + 1
_ONE = np.uint64(_COLUMN)


@making_kernel
def empty_board() -> Board:
    """Working space for one thread."""
    columns = LONGEST_CHUNK + LONGEST + 1
    return Board(
        np.full(columns * _COLUMN, BEYOND, np.int32), np.full(columns, BEYOND, np.int64), np.empty(MOST_SIGNS, np.int64),
        np.empty(MOST_SIGNS, np.int64), np.empty(_COLUMN, np.int64),
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
    for number, text in enumerate(spellings.chunks):
        code = 0
        for sign in text:
            code = code * 27 + ord(sign) - _FIRST_LETTER + 1
        chunk_of[code] = number
    latin = CostTable(len(rows), known, costs.ravel(), costs.min(axis=0).astype(np.int64))
    return SpellingTables(latin, latin_row, start, chunk, emitted, chunk_of, unheard, lengths)


@making_kernel
def chunks_of(start: Ints, letters: Words, tables: SpellingTables) -> tuple[Ints, Chunks]:
    """For every token, at each letter the chunks of 1 to 4 letters that end there: offsets and chunk numbers.

    Tokens too long to be read have none.
    """
    tokens = len(start) - 1
    offsets = np.zeros(tokens + 1, np.int64)
    for token in range(tokens):
        length = start[token + 1] - start[token]
        offsets[token + 1] = offsets[token] + (length * LONGEST_CHUNK if length <= LONGEST else 0)
    found = np.full(offsets[tokens], _NO_CHUNK, np.int16)
    for token in range(tokens):
        first, length = start[token], start[token + 1] - start[token]
        if length > LONGEST:
            continue
        for stop in range(1, length + 1):
            code, power = 0, 1
            for size in range(1, min(LONGEST_CHUNK, stop) + 1):
                letter = int(np.int64(letters[first + stop - size])) - _FIRST_LETTER
                if letter < 0 or letter >= _OTHER:
                    break
                code += (letter + 1) * power
                power *= 27
                found[offsets[token] + (stop - 1) * LONGEST_CHUNK + size - 1] = tables.chunk_of[code]
    return offsets, found


@kernel
def _place(letter: int) -> int:
    number = letter - _FIRST_LETTER
    return number if 0 <= number < _OTHER else _OTHER


@kernel
def _set(signs: int, table: CostTable, board: Board) -> None:
    """Make the board ready for the word of which it has the rows."""
    board.rest[signs] = 0
    for sign in range(signs - 1, -1, -1):
        board.dropped[sign] = table.cost[board.rows[sign]]
        board.rest[sign] = board.rest[sign + 1] + table.least[board.rows[sign]]


@kernel
def set_latin(word: Words, tables: SpellingTables, board: Board) -> None:
    """Make a Latin word the one whose spellings the board prices."""
    for place in range(len(word)):
        after = _place(int(np.int64(word[place + 1]))) if place + 1 < len(word) else _EDGE
        board.rows[place] = tables.latin_row[_place(int(np.int64(word[place]))), after]
    _set(len(word), tables.latin, board)


@making_kernel
def native_table(rows: Ints, tables: SpellingTables, board: Board) -> CostTable:
    """What these rows emit, as a table of their own, and the board set to the word that they read."""
    signs, known = len(rows), len(tables.chunk_length)
    cost, least = np.empty((known + LONGEST_CHUNK) * signs, np.int32), np.empty(signs, np.int64)
    for chunk in range(known + LONGEST_CHUNK):
        length = tables.chunk_length[chunk] if chunk < known else chunk - known + 1
        for sign in range(signs):
            cost[chunk * signs + sign] = tables.unheard[length]
    for sign in range(signs):
        board.rows[sign] = sign
        least[sign] = tables.unheard[0]
        for at in range(tables.start[rows[sign]], tables.start[rows[sign] + 1]):
            cost[tables.chunk[at] * signs + sign] = tables.emitted[at]
            least[sign] = min(least[sign], np.int64(tables.emitted[at]))
    table = CostTable(signs, known, cost, least)
    _set(signs, table, board)
    return table


@kernel
def _fill(stop: int, signs: int, spelling: Words, chunks: Chunks, swaps: Words, table: CostTable, board: Board) -> None:
    """Fill the column of `stop` letters."""
    cost, emitted, rows, dropped, rest = board.cost, table.cost, board.rows, board.dropped, board.rest
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
        may_swap = len(swaps) > 0 and stop > 1 and spelling[stop - 1] != spelling[stop - 2]
        for sign in range(signs):
            row, before = np.uint64(rows[sign]), now + np.uint64(sign)
            reached = min(
                reached + dropped[sign],
                min(
                    min(cost[before - one] + emitted[at_1 + row], cost[before - two] + emitted[at_2 + row]),
                    min(cost[before - three] + emitted[at_3 + row], cost[before - four] + emitted[at_4 + row]),
                ),
            )
            if may_swap and sign and swaps[sign - 1] == spelling[stop - 1] and swaps[sign] == spelling[stop - 2]:
                reached = min(reached, cost[before - two - np.uint64(1)] + SWAP)
            cost[before + np.uint64(1)] = reached
            least = min(least, reached + rest[sign + 1])
    board.least[stop + LONGEST_CHUNK] = least


@kernel
def cheapest(
    filled: int, signs: int, spelling: Words, chunks: Chunks, swaps: Words, most: int, table: CostTable, board: Board
) -> tuple[int, int]:
    """The cost of the cheapest way to cut `spelling` into what the board's word of `signs` signs emits, `BEYOND` if it is more
    than `most`; and how many columns of the board are now filled, one more than letters.

    The first `filled` columns are taken as they are: those of a spelling that begins with the same letters. `chunks` as
    `chunks_of` gives them; `swaps` are the letters that may change places, none for other scripts.
    """
    letters = len(spelling)
    if signs == 0 or letters == 0 or letters > LONGEST or signs > MOST_SIGNS:
        return BEYOND, 0
    least = board.least
    for stop in range(max(0, filled - 1), letters + 1):
        if stop >= filled:
            _fill(stop, signs, spelling, chunks, swaps, table, board)
        # Of any LONGEST_CHUNK columns one after the other, every way passes through one.
        column = stop + LONGEST_CHUNK
        if min(min(least[column], least[column - 1]), min(least[column - 2], least[column - 3])) > most:
            return BEYOND, max(filled, stop + 1)
    cost = int(board.cost[(letters + LONGEST_CHUNK) * _COLUMN + signs])
    return (cost if cost <= most else BEYOND), letters + 1


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
    "MOST_SIGNS", "Board", "CostTable", "SpellingTables", "cheapest", "chunks_of", "dearest", "empty_board", "expected",
    "explained", "native_table", "set_latin", "spelling_tables",
]  # fmt: skip
