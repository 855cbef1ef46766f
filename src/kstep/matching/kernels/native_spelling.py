"""What it costs that a word of another script is spelled in Latin letters: `names.spelling.spelling_cost` for one word beside
many spellings.

Costs lie on a board, a column for each letter of the spelling. They are kept less what it costs that all signs so far emit
nothing, so that a column takes few additions; and of what is still to come, a bound says early that it costs too much.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.matching.kernels.spelling import Chunks, Costs, SpellingTables
from kstep.names.spelling import BEYOND, LONGEST, LONGEST_CHUNK

MOST_SIGNS = 3 * LONGEST
"""Signs of a word: a Hangul syllable has three at most, a Han character two."""

_BLOCK = 8
_STATES = (MOST_SIGNS // _BLOCK + 1) * _BLOCK
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
    many letters cost at least that the signs from there on have to emit (last: any letters); `foreign` says of each chunk of
    one letter which it is, and last of letters that are none.

    The others are for finding the bound: what a row emits at least, by how many letters of either kind, and what the signs from
    one on and those from the next on do.
    """

    signs: Ints
    emitted: Costs
    cost: Costs
    dropped: Ints
    rest: Costs
    foreign: Bytes
    by_count: Costs
    bound: Costs
    further: Costs


@making_kernel
def native_board(tables: SpellingTables) -> NativeBoard:
    """Working space for one thread."""
    known = len(tables.chunk_length)
    return NativeBoard(
        np.zeros(3, np.int64),
        np.zeros((known + LONGEST_CHUNK) * _STATES, np.int32),
        np.full((LONGEST_CHUNK + LONGEST + 2) * _STATES, BEYOND, np.int32),
        np.zeros(1, np.int64),
        np.zeros((_HOME * _FOREIGN + 1) * _STATES, np.int32),
        np.zeros(known + 1, np.int8),
        np.zeros((LONGEST_CHUNK + 1) * (LONGEST_CHUNK + 1), np.int32),
        np.zeros(_COUNTS, np.int32),
        np.zeros(_COUNTS, np.int32),
    )


@kernel
def _chunk_of_letter(code: int, tables: SpellingTables) -> int:
    """The chunk that is one letter, of its code; one more than there are chunks if none is."""
    return min(int(tables.chunk_of[code]), len(tables.chunk_length))


@kernel
def _kinds(rows: Ints, tables: SpellingTables, board: NativeBoard) -> None:
    """Find out which letters are at home in the word that these rows read."""
    foreign = board.foreign
    foreign[:] = 1
    for row in rows:
        for at in range(tables.start[row], tables.start[row + 1]):
            if tables.emitted[at] <= _AT_HOME:
                code = tables.code[tables.chunk[at]]
                while code:
                    foreign[_chunk_of_letter(code % _BASE, tables)] = 0
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
            if board.foreign[_chunk_of_letter(code % _BASE, tables)]:
                foreign += 1
            else:
                home += 1
            code //= _BASE
        place = home * width + foreign
        by_count[place] = min(by_count[place], tables.emitted[at])


@kernel
def _bound(rows: Ints, tables: SpellingTables, board: NativeBoard) -> None:
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
def set_native(rows: Ints, tables: SpellingTables, board: NativeBoard) -> None:
    """Make the word that these rows read the one whose spellings the board prices."""
    signs, known = len(rows), len(tables.chunk_length)
    room = (signs // _BLOCK + 1) * _BLOCK
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
    _kinds(rows, tables, board)
    _bound(rows, tables, board)


@inlined_kernel
def _fill(stop: int, chunks: Chunks, rest: int, board: NativeBoard) -> int:
    """Fill the column of `stop` letters, of which `chunks` says the ends; returns what the whole costs at least if it passes
    through it, `rest` being where `board.rest` says what is to come.
    """
    cost, room, known = board.cost, board.signs[1], board.signs[2]
    now, place = (stop + LONGEST_CHUNK) * _STATES, (stop - 1) * LONGEST_CHUNK
    one, two, three, four = now - _STATES, now - 2 * _STATES, now - 3 * _STATES, now - 4 * _STATES
    after_one, after_two = cost[one : one + room], cost[two : two + room]
    after_three, after_four = cost[three : three + room], cost[four : four + room]
    at_1 = (chunks[place] if chunks[place] < known else known) * room
    at_2 = (chunks[place + 1] if chunks[place + 1] < known else known + 1) * room
    at_3 = (chunks[place + 2] if chunks[place + 2] < known else known + 2) * room
    at_4 = (chunks[place + 3] if chunks[place + 3] < known else known + 3) * room
    emits_one, emits_two = board.emitted[at_1 : at_1 + room], board.emitted[at_2 : at_2 + room]
    emits_three, emits_four = board.emitted[at_3 : at_3 + room], board.emitted[at_4 : at_4 + room]
    cost[now] = BEYOND
    column = cost[now + 1 : now + 1 + room]
    for sign in range(room):
        column[sign] = min(
            min(np.int32(after_one[sign] + emits_one[sign]), np.int32(after_two[sign] + emits_two[sign])),
            min(np.int32(after_three[sign] + emits_three[sign]), np.int32(after_four[sign] + emits_four[sign])),
        )
    reached = np.int32(BEYOND)
    least = reached
    to_come = board.rest[rest + 1 : rest + room]
    for sign in range(board.signs[0]):
        reached = min(reached, column[sign])
        column[sign] = reached
        least = min(least, np.int32(reached + to_come[sign]))
    return int(least)


@inlined_kernel
def _least(stop: int, rest: int, board: NativeBoard) -> int:
    """What `_fill` says of a column that is filled already."""
    room = board.signs[1]
    first = (stop + LONGEST_CHUNK) * _STATES
    column, to_come = board.cost[first : first + room], board.rest[rest : rest + room]
    least = np.int32(BEYOND)
    for state in range(room):
        least = min(least, np.int32(column[state] + to_come[state]))
    return int(least)


@inlined_kernel
def _rest(home: int, foreign: int, board: NativeBoard) -> int:
    """Where `board.rest` says what so many letters cost at least."""
    count = home * _FOREIGN + foreign if home < _HOME and foreign < _FOREIGN else _HOME * _FOREIGN
    return int(count * board.signs[1])


@inlined_kernel
def _is_foreign(place: int, chunks: Chunks, board: NativeBoard) -> int:
    """1 if the letter in this place of a spelling is not at home in the board's word."""
    chunk, known = chunks[place * LONGEST_CHUNK], board.signs[2]
    return int(board.foreign[chunk if chunk < known else known])


@inlined_kernel
def foreign_letters(chunks: Chunks, first: int, stop: int, board: NativeBoard) -> int:
    """How many letters of a spelling, of which these are the chunks, are not at home in the board's word."""
    foreign, known = 0, board.signs[2]
    for place in range(first, stop, LONGEST_CHUNK):
        foreign += board.foreign[chunks[place] if chunks[place] < known else known]
    return int(foreign)


@inlined_kernel
def least_of_all(letters: int, foreign: int, board: NativeBoard) -> int:
    """The least that a spelling of so many letters costs, so many of which are foreign."""
    return int(board.rest[_rest(letters - foreign, foreign, board)])


@inlined_kernel
def cheapest_native(
    filled: int, letters: int, foreign: int, chunks: Chunks, most: int, board: NativeBoard
) -> tuple[int, int]:
    """The cost of the cheapest way to cut a spelling of so many letters, so many of them `foreign_letters`, into what the
    board's word emits, `BEYOND` if it is more than `most`; and how many columns of the board are now filled, one more than
    letters.

    The first `filled` columns are taken as they are: those of a spelling that begins with the same letters. `chunks` are the
    spelling's, as `chunks_of` gives them.
    """
    signs, home = board.signs[0], letters - foreign
    if signs == 0 or letters == 0 or letters > LONGEST:
        return BEYOND, 0
    filled = max(filled, 1)
    for place in range(filled - 1):
        is_foreign = _is_foreign(place, chunks, board)
        foreign, home = foreign - is_foreign, home - (1 - is_foreign)
    # Of any LONGEST_CHUNK columns one after the other, every way passes through one. So it is enough to know the last filled
    # column that is not too dear: there is no such row that holds one before it and a new one, and not this one.
    before, second, third = _least(filled - 1, _rest(home, foreign, board), board), BEYOND, BEYOND
    least, back, home_back, foreign_back = before, 1, home, foreign
    while least > most:
        if back == min(filled, LONGEST_CHUNK):
            return BEYOND, filled
        is_foreign = _is_foreign(filled - 1 - back, chunks, board)
        foreign_back, home_back = foreign_back + is_foreign, home_back + (1 - is_foreign)
        least = _least(filled - 1 - back, _rest(home_back, foreign_back, board), board)
        second, third = (least if back == 1 else second), (least if back == 2 else third)
        back += 1
    for stop in range(filled, letters + 1):
        is_foreign = _is_foreign(stop - 1, chunks, board)
        foreign, home = foreign - is_foreign, home - (1 - is_foreign)
        least = _fill(stop, chunks, _rest(home, foreign, board), board)
        if min(min(least, before), min(second, third)) > most:
            return BEYOND, stop + 1
        before, second, third = least, before, second
    cost = int(board.cost[(letters + LONGEST_CHUNK) * _STATES + signs] + board.dropped[0])
    return (cost if cost <= most else BEYOND), letters + 1


__all__ = ["NativeBoard", "cheapest_native", "foreign_letters", "least_of_all", "native_board", "set_native"]
