"""The kernels' cost of a spelling is the definition's, however tight the limit and whatever the board was filled with before."""

from __future__ import annotations

import random

import numpy as np
import pytest

from kstep.matching.arrays import letters_of
from kstep.matching.kernels.native_spelling import (
    NativeBoard,
    cheapest_native,
    foreign_letters,
    native_board,
    set_native,
)
from kstep.matching.kernels.spelling import cheapest, chunks_of, empty_board, set_latin, spelling_tables
from kstep.names.scripts import Script, latin, script_of
from kstep.names.spelling import BEYOND, READINGS, shipped_spellings, spelling_cost
from script_words import LETTERS, NAMES, changed

TABLES = spelling_tables()
NATIVES = [script for script in READINGS if script is not Script.LATIN and len(READINGS[script]) == 1]


def latin_price(word: str, spelling: str, most: int) -> int:
    """What the kernel says of a Latin word."""
    board, letters = empty_board(), letters_of([word])[1]
    start, spelled = letters_of([spelling])
    set_latin(letters, TABLES, board)
    return cheapest(letters, spelled, chunks_of(start, spelled, TABLES)[1], most, TABLES.latin, board)


def set_word(word: str, board: NativeBoard) -> None:
    """Set the board to a word that one model reads."""
    (rows,) = shipped_spellings().read(word)
    set_native(np.array(rows, np.int64), TABLES, board)


def native_price(spelling: str, filled: int, most: int, board: NativeBoard) -> tuple[int, int]:
    """What the kernel says of the word to which the board is set."""
    _, chunks = chunks_of(*letters_of([spelling]), TABLES)
    foreign = foreign_letters(chunks, 0, len(chunks), board)
    return cheapest_native(filled, len(spelling), foreign, chunks, most, board)


def near_spellings(word: str, chance: random.Random) -> list[str]:
    """Spellings that may be a word's, or not at all."""
    near = latin(word) or "ali"
    return [
        spelling
        for spelling in (chance.choice(NAMES), near, changed(near, LETTERS[Script.LATIN], chance), "shchkstr" + near)
        if script_of(spelling) is Script.LATIN and spelling
    ]


def words_of(script: Script, chance: random.Random) -> list[str]:
    """Names of a script, and words of chance letters."""
    words = [word for word in NAMES if script_of(word) is script]
    words += ["".join(chance.choices(LETTERS[script], k=chance.randint(1, 9))) for _ in range(60)]
    return [word for word in words if shipped_spellings().read(word)]


def test_a_latin_spelling_costs_what_the_definition_says_and_nothing_below_the_limit_is_lost() -> None:
    chance = random.Random(0)
    for word in words_of(Script.LATIN, chance):
        for spelling in near_spellings(word, chance):
            cost = spelling_cost(word, spelling, shipped_spellings())
            for most in (cost, cost + 1, BEYOND - 1):
                assert latin_price(word, spelling, most) == min(cost, BEYOND), (word, spelling)
            assert latin_price(word, spelling, cost - 1) == BEYOND, (word, spelling)


@pytest.mark.parametrize("script", NATIVES)
def test_a_spelling_costs_what_the_definition_says_and_nothing_below_the_limit_is_lost(script: Script) -> None:
    chance = random.Random(int(script))
    board = native_board(TABLES)
    for word in words_of(script, chance):
        set_word(word, board)
        for spelling in near_spellings(word, chance):
            cost = spelling_cost(word, spelling, shipped_spellings())
            for most in (cost, cost + 1, BEYOND - 1):
                assert native_price(spelling, 0, most, board)[0] == min(cost, BEYOND), (word, spelling)
            assert native_price(spelling, 0, cost - 1, board)[0] == BEYOND, (word, spelling)


def test_spellings_that_begin_alike_share_their_columns() -> None:
    chance = random.Random(3)
    board = native_board(TABLES)
    for word in ("محمد", "عبدالرحمن", "александр", "김정은"):
        set_word(word, board)
        filled, before = 0, ""
        for spelling in sorted("".join(chance.choices("abdhmrlkzn", k=chance.randint(1, 7))) for _ in range(400)):
            shared = next((place for place, (a, b) in enumerate(zip(before, spelling, strict=False)) if a != b), None)
            same = min(len(before), len(spelling)) if shared is None else shared
            cost = spelling_cost(word, spelling, shipped_spellings())
            most = cost - chance.choice((0, 0, 1, 9_000))
            found, filled = native_price(spelling, min(filled, 1 + same), most, board)
            assert found == (cost if most >= cost else BEYOND), (word, before, spelling)
            before = spelling


def test_spellings_of_more_letters_than_the_bound_knows_cost_what_the_definition_says() -> None:
    """Letters of either kind beyond the bound's tables, up to the longest spelling that is read."""
    board = native_board(TABLES)
    for word in ("محمد", "мухаммад" * 4, "김" * 13):
        set_word(word, board)
        for spelling in ("m" * 40, "x" * 25, "muhammad" * 5, "qx" * 14, "w" * 9 + "ma" * 11, "m" * 41):
            cost = spelling_cost(word, spelling, shipped_spellings())
            assert native_price(spelling, 0, BEYOND - 1, board)[0] == min(cost, BEYOND), (word, spelling)
            if cost < BEYOND:
                assert native_price(spelling, 0, cost, board)[0] == cost, (word, spelling)
                assert native_price(spelling, 0, cost - 1, board)[0] == BEYOND, (word, spelling)


def test_a_sign_that_stands_for_four_letters_is_followed_over_all_of_them() -> None:
    board = native_board(TABLES)
    set_word("щербаков", board)
    cost = spelling_cost("щербаков", "szczerbakow", shipped_spellings())
    assert cost < spelling_cost("щербаков", "zszcerbakow", shipped_spellings())
    assert native_price("szczerbakow", 0, cost, board)[0] == cost
