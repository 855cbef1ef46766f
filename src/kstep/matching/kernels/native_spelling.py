"""What it costs that a word of another script is spelled in Latin letters: `names.spelling.spelling_cost` for one word beside
many spellings.

Costs lie on a board, a column for each letter of the spelling. They are kept less what it costs that all signs so far emit
nothing, so that a column takes few additions; and of what is still to come, a bound says early that it costs too much.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Shorts
from kstep.matching.kernels.cards import OTHER_LETTER, Spelt, no_word
from kstep.matching.kernels.compiled import inlined_kernel, kernel
from kstep.matching.kernels.lanes import LANES, lowest_sum, reach_signs
from kstep.matching.kernels.spelling import Costs, SpellingTables
from kstep.names.spelling import BEYOND, LONGEST, LONGEST_CHUNK

MOST_SIGNS = 3 * LONGEST
"""Signs of a word: a Hangul syllable has three at most, a Han character two."""

_STATES = (MOST_SIGNS // LANES + 1) * LANES
"""Room of a column: one place more than signs, in whole blocks, because processors reckon by blocks."""

_HOME, _FOREIGN = 20, 10
"""Letters still to come, of either kind, of which the bound knows; of more it only knows what the signs cost at least."""

_PITCH = _FOREIGN + LONGEST_CHUNK
_COUNTS = _HOME * _PITCH
_AT_HOME = 5_000
"""Millibits below which one of a word's signs emits the letters that are at home in it; all others are foreign."""

_BASE = 27
"""Of the codes of chunks."""

_NEVER = 1 << 29
"""Dearer than any spelling, and safe to add to `BEYOND`."""


class NativeBoard(NamedTuple):
    """Working space of one thread, for one word at a time and spellings of at most `LONGEST` letters.

    `signs` holds their number, the room that they take in a column, and the number of chunks that are known.
    `emitted[chunk * room + sign]` is the cost of a chunk less that of none. `cost[(LONGEST_CHUNK + letters) * _STATES + signs]`
    is that of the cheapest way in which so many signs emit so many letters; the first columns stand for fewer letters than
    none. `dropped` is the cost of all signs if they emit nothing. `rest[(home * _FOREIGN + foreign) * room + signs]` is what so
    many letters cost at least that the signs from there on have to emit (last: any letters); `foreign` says of each letter which it
    is. `word` is the spelling that was asked about last, of which `filled` columns stand on the board, one more than letters.

    The others are for finding the bound: what a row emits at least, by how many letters of either kind, and what the signs from
    one on and those from the next on do.
    """

    signs: Ints
    emitted: Costs
    cost: Costs
    dropped: Ints
    rest: Costs
    foreign: Bytes
    word: Spelt
    filled: Ints
    by_count: Costs
    bound: Costs
    further: Costs


def native_board(tables: SpellingTables) -> NativeBoard:
    """Working space for one thread."""
    known = len(tables.chunk_length)
    return NativeBoard(
        np.zeros(3, np.int64),
        np.zeros((known + LONGEST_CHUNK) * _STATES, np.int32),
        np.full((LONGEST_CHUNK + LONGEST + 2) * _STATES, BEYOND, np.int32),
        np.zeros(1, np.int64),
        np.zeros((_HOME * _FOREIGN + 1) * _STATES, np.int32),
        np.ones(OTHER_LETTER + 1, np.int8),
        no_word(),
        np.zeros(1, np.int64),
        np.zeros((LONGEST_CHUNK + 1) * (LONGEST_CHUNK + 1), np.int32),
        np.zeros(_COUNTS, np.int32),
        np.zeros(_COUNTS, np.int32),
    )


@kernel
def _kinds(rows: Shorts, tables: SpellingTables, board: NativeBoard) -> None:
    """Find out which letters are at home in the word that these rows read."""
    foreign = board.foreign
    foreign[:], foreign[0] = 1, 0  # where a word is over there is no letter
    for row in rows:
        for at in range(tables.start[row], tables.start[row + 1]):
            if tables.emitted[at] <= _AT_HOME:
                code = tables.code[tables.chunk[at]]
                while code:
                    foreign[code % _BASE] = 0
                    code //= _BASE


@kernel
def _count_costs(row: int, tables: SpellingTables, board: NativeBoard) -> None:
    """What the row emits at least, by how many letters of either kind it emits."""
    by_count, width = board.by_count, LONGEST_CHUNK + 1
    for home in range(width):
        for foreign in range(width - home):
            by_count[home * width + foreign] = tables.unheard[home + foreign]
    for at in range(tables.start[row], tables.start[row + 1]):
        code, home, foreign = tables.code[tables.chunk[at]], 0, 0
        while code:
            if board.foreign[code % _BASE]:
                foreign += 1
            else:
                home += 1
            code //= _BASE
        place = home * width + foreign
        by_count[place] = min(by_count[place], tables.emitted[at])


@kernel
def _bound(rows: Shorts, tables: SpellingTables, board: NativeBoard) -> None:
    """Fill `rest`, from the last sign to the first."""
    signs, room = len(rows), board.signs[1]
    bound, further, by_count, rest = board.bound, board.further, board.by_count, board.rest
    dropped, any_letters = board.dropped[0], 0
    bound[:] = BEYOND
    bound[LONGEST_CHUNK] = 0
    for sign in range(signs, -1, -1):
        if sign < signs:
            _count_costs(rows[sign], tables, board)
            least = by_count[0]
            dropped -= by_count[0]
            further[:] = BEYOND
            for home in range(LONGEST_CHUNK + 1):
                for foreign in range(LONGEST_CHUNK + 1 - home):
                    price, shift = by_count[home * (LONGEST_CHUNK + 1) + foreign], home * _PITCH + foreign
                    least = min(least, price)
                    for place in range(shift, _COUNTS):
                        further[place] = min(further[place], np.int32(bound[place - shift] + price))
            any_letters += least
            for place in range(_COUNTS):
                bound[place] = further[place]
            # The first places of each row stand for fewer foreign letters than none.
            for home in range(_HOME):
                bound[home * _PITCH : home * _PITCH + LONGEST_CHUNK] = BEYOND
        for home in range(_HOME):
            for foreign in range(_FOREIGN):
                found = bound[home * _PITCH + LONGEST_CHUNK + foreign]
                rest[(home * _FOREIGN + foreign) * room + sign] = min(found, _NEVER) + dropped
        rest[_HOME * _FOREIGN * room + sign] = any_letters + dropped
    for count in range(_HOME * _FOREIGN + 1):
        rest[count * room + signs + 1 : (count + 1) * room] = _NEVER


@kernel
def set_native(rows: Shorts, tables: SpellingTables, board: NativeBoard) -> None:
    """Make the word that these rows read the one whose spellings the board prices."""
    signs, known = len(rows), len(tables.chunk_length)
    room = (signs // LANES + 1) * LANES
    board.signs[0], board.signs[1], board.signs[2] = signs, room, known
    emitted, total = board.emitted, 0
    for chunk in range(known + LONGEST_CHUNK):
        length = tables.chunk_length[chunk] if chunk < known else chunk - known + 1
        emitted[chunk * room : (chunk + 1) * room] = tables.unheard[length]
    for sign in range(signs):
        for at in range(tables.start[rows[sign]], tables.start[rows[sign] + 1]):
            emitted[tables.chunk[at] * room + sign] = tables.emitted[at]
        total += emitted[sign]
    for chunk in range(known + LONGEST_CHUNK - 1, -1, -1):
        for sign in range(room):
            emitted[chunk * room + sign] -= emitted[sign]
    board.dropped[0] = total
    board.cost[LONGEST_CHUNK * _STATES : LONGEST_CHUNK * _STATES + room] = 0
    board.filled[0] = 1
    _kinds(rows, tables, board)
    _bound(rows, tables, board)


@inlined_kernel
def _chunks_before(stop: int, tables: SpellingTables, board: NativeBoard) -> tuple[int, int, int, int]:
    """The chunks of 1 to 4 letters that end before place `stop` of the word, or what stands for one that is not known."""
    word, known = board.word.letter, board.signs[2]
    one, two, three, four = known, known + 1, known + 2, known + 3
    code = np.int64(word[stop - 1])
    if code < _BASE:
        one = min(one, np.int64(tables.chunk_of[code]))
        if stop > 1 and word[stop - 2] < _BASE:
            code += np.int64(word[stop - 2]) * _BASE
            chunk = np.int64(tables.chunk_of[code])
            two = chunk if chunk < known else two
            if stop > 2 and word[stop - 3] < _BASE:
                code += np.int64(word[stop - 3]) * (_BASE * _BASE)
                chunk = np.int64(tables.chunk_of[code])
                three = chunk if chunk < known else three
                if stop > 3 and word[stop - 4] < _BASE:
                    chunk = np.int64(tables.chunk_of[code + np.int64(word[stop - 4]) * (_BASE * _BASE * _BASE)])
                    four = chunk if chunk < known else four
    return one, two, three, four


@inlined_kernel
def _fill(stop: int, rest: int, tables: SpellingTables, board: NativeBoard) -> int:
    """Fill the column of `stop` letters; returns what the whole costs at least if it passes through it, `rest` being where
    `board.rest` says what is to come.
    """
    cost, room = board.cost, board.signs[1]
    now = (stop + LONGEST_CHUNK) * _STATES
    one, two, three, four = now - _STATES, now - 2 * _STATES, now - 3 * _STATES, now - 4 * _STATES
    chunk_1, chunk_2, chunk_3, chunk_4 = _chunks_before(stop, tables, board)
    at_1, at_2, at_3, at_4 = chunk_1 * room, chunk_2 * room, chunk_3 * room, chunk_4 * room
    carried, least = np.int32(BEYOND), np.int32(BEYOND)
    for block in range(0, room, LANES):
        carried = reach_signs(
            now + block, one + block, two + block, three + block, four + block, cost, at_1 + block, at_2 + block, at_3 + block,
            at_4 + block, board.emitted, carried,
        )  # fmt: skip
        least = min(least, lowest_sum(now + block, cost, rest + block, board.rest))
    return int(least)


@inlined_kernel
def _least(stop: int, rest: int, board: NativeBoard) -> int:
    """What `_fill` says of a column that is filled already."""
    first, least = (stop + LONGEST_CHUNK) * _STATES, np.int32(BEYOND)
    for block in range(0, board.signs[1], LANES):
        least = min(least, lowest_sum(first + block, board.cost, rest + block, board.rest))
    return int(least)


@inlined_kernel
def _rest(home: int, foreign: int, board: NativeBoard) -> int:
    """Where `board.rest` says what so many letters cost at least."""
    count = home * _FOREIGN + foreign if home < _HOME and foreign < _FOREIGN else _HOME * _FOREIGN
    return int(count * board.signs[1])


@inlined_kernel
def least_of_all(letters: int, foreign: int, board: NativeBoard) -> int:
    """The least that a spelling of so many letters costs, so many of which are foreign."""
    return int(board.rest[_rest(letters - foreign, foreign, board)])


@inlined_kernel
def cheapest_native(
    letters: int, foreign: int, same: int, most: int, tables: SpellingTables, board: NativeBoard
) -> int:
    """The cost of the cheapest way to cut the spelling `board.word` of so many letters into what the board's native word emits,
    `BEYOND` if it is more than `most`.

    So many of the letters are `foreign`, and the first `same` are those of the spelling that was asked about before.
    """
    signs, home, word = board.signs[0], letters - foreign, board.word.letter
    filled = min(board.filled[0], same + 1)
    board.filled[0] = filled
    if signs == 0 or letters == 0 or letters > LONGEST:
        return BEYOND
    for place in range(filled - 1):
        is_foreign = board.foreign[word[place]]
        foreign, home = foreign - is_foreign, home - (1 - is_foreign)
    # Of any LONGEST_CHUNK columns one after the other, every way passes through one. So it is enough to know the last filled
    # column that is not too dear: there is no such row that holds one before it and a new one, and not this one.
    before, second, third = _least(filled - 1, _rest(home, foreign, board), board), BEYOND, BEYOND
    least, back, home_back, foreign_back = before, 1, home, foreign
    while least > most:
        if back == min(filled, LONGEST_CHUNK):
            return BEYOND
        is_foreign = board.foreign[word[filled - 1 - back]]
        foreign_back, home_back = foreign_back + is_foreign, home_back + (1 - is_foreign)
        least = _least(filled - 1 - back, _rest(home_back, foreign_back, board), board)
        second, third = (least if back == 1 else second), (least if back == 2 else third)
        back += 1
    for stop in range(filled, letters + 1):
        is_foreign = board.foreign[word[stop - 1]]
        foreign, home = foreign - is_foreign, home - (1 - is_foreign)
        least = _fill(stop, _rest(home, foreign, board), tables, board)
        if min(min(least, before), min(second, third)) > most:
            board.filled[0] = stop + 1
            return BEYOND
        before, second, third = least, before, second
    board.filled[0] = letters + 1
    cost = int(board.cost[(letters + LONGEST_CHUNK) * _STATES + signs] + board.dropped[0])
    return cost if cost <= most else BEYOND


__all__ = ["NativeBoard", "cheapest_native", "least_of_all", "native_board", "set_native"]
