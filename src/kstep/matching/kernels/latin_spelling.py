"""What it costs that one Latin word is spelled as another, for one word beside many: `names.spelling.spelling_cost` for those
that come in the order of the alphabet.

Either the one word is the name, and each of the many a spelling: then costs lie in a column for each letter of the spelling.
Or the one is the spelling, and each of the many the name: then they lie in a row for each sign of the name. In both, words
that begin alike share what was reckoned for their beginnings, and one that is too dear is left at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints, Longs, Octets, Shorts
from kstep.matching.kernels.cards import IN_CARD, OTHER_LETTER, Spelt, no_word
from kstep.matching.kernels.compiled import inlined_kernel, kernel
from kstep.matching.kernels.lanes import LANES, lowest_sum, reach_letters, reach_signs
from kstep.matching.kernels.spelling import Costs, SpellingTables
from kstep.names.spelling import BEYOND, LONGEST_CHUNK, SWAP

_ROOM = (IN_CARD // LANES + 1) * LANES
"""Places of a word of at most `IN_CARD` letters, one more than letters, in whole blocks: processors reckon by blocks."""

_PITCH = LANES + _ROOM
_EDGE, _BASE = 27, 27
_BEYOND, _NEVER = np.int32(BEYOND), np.int32(BEYOND // 2)
"""Dearer than any spelling, and what is safe to add to it."""


class LatinBoard(NamedTuple):
    """Working space of one thread.

    `word` is the one word, `as_name` and `as_spelling` are those that were asked about last: spellings of it, or names that it is
    a spelling of. `about` holds the one word's number of letters, the room that it takes, how many rows of `emitted` are used, what
    all its signs cost if they emit nothing, how many columns are filled, how many lines are, its number, and whether it is made
    ready as a name. `places` has for each letter a bit for each place where it stands in the one word, and `after` a bit for each
    letter that follows it there.

    Of the one word as a name: `row_of` says which row of `emitted` a chunk has (0: none; the first four are those of unheard
    chunks of 1 to 4 letters), `chunks` which chunks have one. A row holds the cost for each sign less that of no letter
    (`dropped`). `column` holds the costs, a column every `_PITCH` places, less what the signs so far cost if they emit nothing;
    `still` is what is to be added to these at least, `least` what each column comes to at least.

    Of the one word as a spelling: `emitted_here` is what the chunks of 1 to 4 letters that end at each letter cost, by the row of
    costs that emits them, if `known_for` says that it was reckoned for this word. `line` holds the costs by sign, of which only
    those `within` its letters count, and `least_of_line` the least of each.
    """

    about: Ints
    word: Spelt
    as_name: Spelt
    as_spelling: Spelt
    places: Longs
    after: NDArray[np.uint32]
    row_of: Shorts
    chunks: Shorts
    dropped: Costs
    emitted: Costs
    column: Costs
    still: Costs
    least: Costs
    known_for: Ints
    emitted_here: Costs
    line: Costs
    within: Costs
    least_of_line: Costs


LETTERS, ROOM, USED, DROPPED, COLUMNS, LINES, NUMBER, NAMED = range(8)


def latin_board(tables: SpellingTables) -> LatinBoard:
    """Working space for one thread."""
    known, rows = tables.latin.known, tables.latin.rows
    columns = LONGEST_CHUNK + IN_CARD + 1
    return LatinBoard(
        np.zeros(8, np.int64), no_word(), no_word(), no_word(), np.zeros(OTHER_LETTER + 1, np.uint64),
        np.zeros(OTHER_LETTER + 1, np.uint32), np.zeros(known, np.int32), np.zeros(known, np.int32),
        np.zeros(_ROOM, np.int32), np.zeros((known + LONGEST_CHUNK) * _ROOM, np.int32),
        np.full(columns * _PITCH, BEYOND, np.int32), np.zeros(_ROOM, np.int32), np.full(columns, BEYOND, np.int32),
        np.zeros(rows, np.int64), np.empty(rows * LONGEST_CHUNK * _ROOM, np.int32),
        np.full((IN_CARD + 2) * _PITCH, BEYOND, np.int32), np.zeros(_ROOM, np.int32), np.full(IN_CARD + 2, BEYOND, np.int32),
    )  # fmt: skip


@kernel
def set_word(letters: int, board: LatinBoard) -> None:
    """Make the first `letters` of `board.word` the one word."""
    about = board.about
    about[LETTERS], about[ROOM] = letters, (letters // LANES + 1) * LANES
    about[COLUMNS], about[LINES], about[NAMED] = 0, 0, 0
    about[NUMBER] += 1
    board.after[:] = 0
    board.places[:] = 0
    word = board.word.letter
    for place in range(letters):
        board.places[word[place]] |= np.uint64(1) << np.uint64(place)
        if place:
            board.after[word[place - 1]] |= np.uint32(1) << np.uint32(word[place])


@inlined_kernel
def _row(word: Octets, place: int, letters: int, tables: SpellingTables) -> int:
    """The row of costs of a sign of a Latin word."""
    after = int(np.int64(word[place + 1])) - 1 if place + 1 < letters else _EDGE
    return int(tables.latin_row[np.int64(word[place]) - 1, after])


@kernel
def _set_name(tables: SpellingTables, board: LatinBoard) -> None:
    """Make ready for spellings of the one word."""
    about, emitted, dropped, row_of = board.about, board.emitted, board.dropped, board.row_of
    letters, room = about[LETTERS], about[ROOM]
    for used in range(about[USED]):
        row_of[board.chunks[used]] = 0
    used, total = 0, 0
    emitted[: LONGEST_CHUNK * room] = 0
    rest = 0
    for sign in range(letters):
        row = _row(board.word.letter, sign, letters, tables)
        dropped[sign] = tables.latin.cost[row]
        total += dropped[sign]
        for size in range(LONGEST_CHUNK):
            emitted[size * room + sign] = tables.unheard[size + 1] - dropped[sign]
    for sign in range(letters):
        row = _row(board.word.letter, sign, letters, tables) + tables.latin_first
        for at in range(tables.start[row], tables.start[row + 1]):
            chunk = tables.chunk[at]
            if chunk == 0:
                continue
            if row_of[chunk] == 0:
                new = (LONGEST_CHUNK + used) * room
                first = (tables.chunk_length[chunk] - 1) * room
                for place in range(room):
                    emitted[new + place] = emitted[first + place]
                row_of[chunk], board.chunks[used] = LONGEST_CHUNK + used, chunk
                used += 1
            emitted[row_of[chunk] * room + sign] = tables.emitted[at] - dropped[sign]
    about[USED], about[DROPPED], about[NAMED] = used, total, 1
    board.still[letters] = total
    board.still[letters + 1 : room] = _NEVER
    for sign in range(letters - 1, -1, -1):
        total -= dropped[sign]
        rest += tables.latin.least[_row(board.word.letter, sign, letters, tables)]
        board.still[sign] = total + rest
    # Nothing is emitted yet, whatever the sign: what all the first ones cost if they emit nothing is not counted here.
    first = LONGEST_CHUNK * _PITCH
    board.column[first : first + room] = 0
    least = board.still[0]
    for sign in range(1, letters + 1):
        least = min(least, board.still[sign])
    board.least[LONGEST_CHUNK] = least
    about[COLUMNS] = 1


@inlined_kernel
def _fill_column(stop: int, other: Octets, tables: SpellingTables, board: LatinBoard) -> int:
    """Reckon the column of the first `stop` letters of a spelling, and return the least that it may come to."""
    room, letters = board.about[ROOM], board.about[LETTERS]
    column, emitted, still = board.column, board.emitted, board.still
    now = (stop + LONGEST_CHUNK) * _PITCH
    known = tables.latin.known
    at_1, at_2, at_3, at_4 = 0, room, 2 * room, 3 * room
    code = np.int64(other[stop - 1])
    found = board.row_of[tables.chunk_of[code]] if tables.chunk_of[code] < known else 0
    at_1 = found * room if found else at_1
    if stop > 1:
        code += np.int64(other[stop - 2]) * _BASE
        found = board.row_of[tables.chunk_of[code]] if tables.chunk_of[code] < known else 0
        at_2 = found * room if found else at_2
    if stop > 2:
        code += np.int64(other[stop - 3]) * (_BASE * _BASE)
        found = board.row_of[tables.chunk_of[code]] if tables.chunk_of[code] < known else 0
        at_3 = found * room if found else at_3
    if stop > 3:
        code += np.int64(other[stop - 4]) * (_BASE * _BASE * _BASE)
        found = board.row_of[tables.chunk_of[code]] if tables.chunk_of[code] < known else 0
        at_4 = found * room if found else at_4
    one, two, three, four = now - _PITCH, now - 2 * _PITCH, now - 3 * _PITCH, now - 4 * _PITCH
    carried = least = _BEYOND
    for block in range(0, room, LANES):
        carried = reach_signs(
            now + block, one + block, two + block, three + block, four + block, column, at_1 + block, at_2 + block, at_3 + block,
            at_4 + block, emitted, carried,
        )  # fmt: skip
        least = min(least, lowest_sum(now + block, column, block, still))
    if stop > 1 and board.after[other[stop - 1]] >> np.uint32(other[stop - 2]) & np.uint32(1):
        first, second = other[stop - 1], other[stop - 2]
        for sign in range(1, letters):
            if board.word.letter[sign - 1] == first and board.word.letter[sign] == second and first != second:
                swapped = column[two + sign - 1] + np.int32(SWAP) - board.dropped[sign - 1] - board.dropped[sign]
                for behind in range(sign + 1, letters + 1):
                    column[now + behind] = min(column[now + behind], np.int32(swapped))
                    least = min(least, np.int32(column[now + behind] + still[behind]))
    board.least[stop + LONGEST_CHUNK] = least
    return int(least)


@inlined_kernel
def keep(same: int, board: LatinBoard, as_name: bool) -> None:
    """Say that of the next word that is asked about (`as_name` or else as a spelling of it) only so many letters are the same as of
    the last.
    """
    about = board.about
    if as_name:
        about[COLUMNS] = min(about[COLUMNS], same + 1)
    else:  # what a sign emits depends on the letter behind it
        about[LINES] = min(about[LINES], max(1, same))


@inlined_kernel
def cost_as_name(other: Octets, letters: int, most: int, tables: SpellingTables, board: LatinBoard) -> int:
    """What it costs that the one word is spelled as `other`, of so many letters; `BEYOND` if it is more than `most`."""
    about, least = board.about, board.least
    if not about[NAMED]:
        _set_name(tables, board)
    filled = about[COLUMNS]
    at = filled - 1 + LONGEST_CHUNK
    # Of any LONGEST_CHUNK columns one after the other, every way passes through one.
    before, second, third = least[at], least[at - 1], least[at - 2]
    if min(min(before, second), min(third, least[at - 3])) > most:
        return BEYOND
    for stop in range(filled, letters + 1):
        now = _fill_column(stop, other, tables, board)
        if min(min(now, before), min(second, third)) > most:
            about[COLUMNS] = stop + 1
            return BEYOND
        before, second, third = np.int32(now), before, second
    about[COLUMNS] = letters + 1
    cost = int(board.column[(letters + LONGEST_CHUNK) * _PITCH + about[LETTERS]] + about[DROPPED])
    return cost if cost <= most else BEYOND


@kernel
def _emit_here(row: int, tables: SpellingTables, board: LatinBoard) -> None:
    """Find out what a row asks for each chunk of the one word."""
    letters, room, known, width = board.about[LETTERS], board.about[ROOM], tables.latin.known, tables.latin.rows
    first = row * LONGEST_CHUNK * _ROOM
    for size in range(1, LONGEST_CHUNK + 1):
        here = board.emitted_here[first + (size - 1) * room : first + size * room]
        here[:] = tables.unheard[size]
    for stop in range(1, letters + 1):
        code, power = np.int64(0), 1
        for size in range(1, min(LONGEST_CHUNK, stop) + 1):
            code += np.int64(board.word.letter[stop - size]) * power
            power *= _BASE
            chunk = tables.chunk_of[code]
            if chunk < known:
                board.emitted_here[first + (size - 1) * room + stop] = tables.latin.cost[chunk * width + row]
    board.known_for[row] = board.about[NUMBER]


@inlined_kernel
def _fill_line(sign: int, other: Octets, letters: int, tables: SpellingTables, board: LatinBoard) -> int:
    """Reckon the line behind a sign of a name, and return the least of it."""
    row, room, line = _row(other, sign, letters, tables), board.about[ROOM], board.line
    if board.known_for[row] != board.about[NUMBER]:
        _emit_here(row, tables, board)
    dropped = tables.latin.cost[row]
    before, now = sign * _PITCH + LANES, (sign + 1) * _PITCH + LANES
    first, least = row * LONGEST_CHUNK * _ROOM, _BEYOND
    for block in range(0, room, LANES):
        reach_letters(now + block, before + block, line, dropped, first + block, room, board.emitted_here)
        least = min(least, lowest_sum(now + block, line, block, board.within))
    if sign and board.after[other[sign]] >> np.uint32(other[sign - 1]) & np.uint32(1):
        first, second = other[sign], other[sign - 1]
        for stop in range(2, board.about[LETTERS] + 1):
            if board.word.letter[stop - 2] == first and board.word.letter[stop - 1] == second and first != second:
                line[now + stop] = min(line[now + stop], np.int32(line[before - _PITCH + stop - 2] + np.int32(SWAP)))
                least = min(least, line[now + stop])
    board.least_of_line[sign + 1] = least
    return int(least)


@inlined_kernel
def cost_as_spelling(other: Octets, letters: int, most: int, tables: SpellingTables, board: LatinBoard) -> int:
    """What it costs that `other`, of so many letters, is spelled as the one word; `BEYOND` if it is more than `most`."""
    about, line = board.about, board.line
    if not about[LINES]:
        line[LANES : LANES + about[ROOM]] = _BEYOND
        line[LANES] = 0
        board.within[: about[LETTERS] + 1] = 0
        board.within[about[LETTERS] + 1 : about[ROOM]] = _NEVER
        board.least_of_line[0] = 0
        about[LINES] = 1
    filled = about[LINES]
    before = board.least_of_line[filled - 1]
    # A swap passes by one line, and nothing passes by two.
    if before > most and (filled == 1 or board.least_of_line[filled - 2] > most):
        return BEYOND
    for sign in range(filled - 1, letters):
        now = _fill_line(sign, other, letters, tables, board)
        if min(now, before) > most:
            about[LINES] = sign + 2
            return BEYOND
        before = np.int32(now)
    about[LINES] = letters + 1
    cost = int(line[letters * _PITCH + LANES + about[LETTERS]])
    return cost if cost <= most else BEYOND


@inlined_kernel
def edits(other: Octets, letters: int, board: LatinBoard) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours that make the one word the other, as
    `tokens.edit_distance` counts them, a letter at a time for all places at once (Hyyrö 2003).
    """
    one, last = np.uint64(1), np.uint64(1) << np.uint64(board.about[LETTERS] - 1)
    higher, lower, same = ~np.uint64(0), np.uint64(0), np.uint64(0)
    places_before, count = np.uint64(0), board.about[LETTERS]
    for place in range(letters):
        places = board.places[other[place]]
        swapped = (~same & places) << one & places_before
        same = (((places & higher) + higher) ^ higher) | places | lower | swapped
        up, down = lower | ~(same | higher), same & higher
        count += np.int64((up & last) != 0) - np.int64((down & last) != 0)
        up = up << one | one
        down = down << one
        higher, lower, places_before = down | ~(same | up), up & same, places
    return int(count)


__all__ = ["LatinBoard", "cost_as_name", "cost_as_spelling", "edits", "keep", "latin_board", "set_word"]
