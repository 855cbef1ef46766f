"""The kernels' cost of a spelling is the definition's, however tight the limit and whatever the board was filled with before."""

from __future__ import annotations

import random

import numpy as np
import pytest

from kstep.matching.arrays import letters_of
from kstep.matching.kernels.cards import Cards, Spelt, cards_of, spell
from kstep.matching.kernels.latin_spelling import cost_as_name, cost_as_spelling, edits, keep, latin_board
from kstep.matching.kernels.latin_spelling import set_word as set_word_of_many
from kstep.matching.kernels.native_spelling import NativeBoard, cheapest_native, native_board, set_native
from kstep.matching.kernels.spelling import cheapest, empty_board, set_latin, spelling_tables
from kstep.matching.vocabulary_arrays import token_arrays
from kstep.names.scripts import Script, latin, script_of
from kstep.names.similarity import edit_distance
from kstep.names.spelling import BEYOND, LONGEST, READINGS, shipped_spellings, spelling_cost
from script_words import LETTERS, NAMES, changed

TABLES = spelling_tables()
NATIVES = [script for script in READINGS if script is not Script.LATIN and len(READINGS[script]) == 1]


def letters_in(word: Spelt, text: str) -> int:
    """Write a Latin word; returns with how many letters it begins like the word that was there, or fewer."""
    tokens = token_arrays([text])
    card = cards_of(tokens, np.zeros(1, np.int64))
    return spell(0, card, 0, Cards(card, tokens.start, tokens.letters), word)


def latin_price(word: str, spelling: str, most: int) -> int:
    """What the kernel for single pairs says of a Latin word."""
    board, (_, letters), (_, spelled) = empty_board(), letters_of([word]), letters_of([spelling])
    set_latin(letters, TABLES, board)
    return cheapest(letters, spelled, most, TABLES, board)


def set_word(word: str, board: NativeBoard) -> None:
    """Set the board to a word that one model reads."""
    (rows,) = shipped_spellings().read(word)
    set_native(np.array(rows, np.int32), TABLES, board)


def native_price(spelling: str, most: int, board: NativeBoard) -> int:
    """What the kernel says of the word to which the board is set."""
    if len(spelling) > LONGEST:
        return BEYOND
    same = letters_in(board.word, spelling)
    foreign = int(board.foreign[board.word.letter[: len(spelling)]].sum())
    return cheapest_native(len(spelling), foreign, same, most, TABLES, board)


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
                assert native_price(spelling, most, board) == min(cost, BEYOND), (word, spelling)
            assert native_price(spelling, cost - 1, board) == BEYOND, (word, spelling)


def test_spellings_that_begin_alike_share_their_columns() -> None:
    chance = random.Random(3)
    board = native_board(TABLES)
    for word in ("محمد", "عبدالرحمن", "александр", "김정은"):
        set_word(word, board)
        for spelling in sorted("".join(chance.choices("abdhmrlkzn", k=chance.randint(1, 7))) for _ in range(400)):
            cost = spelling_cost(word, spelling, shipped_spellings())
            most = cost - chance.choice((0, 0, 1, 9_000))
            assert native_price(spelling, most, board) == (cost if most >= cost else BEYOND), (word, spelling)


@pytest.mark.parametrize("ordered", [True, False])
def test_one_latin_word_beside_many_costs_what_the_definition_says(ordered: bool) -> None:
    """As a name and as a spelling, in the order of the alphabet or not, whatever was asked about before; and the edits."""
    chance, board = random.Random(4), latin_board(TABLES)
    for word in ("mohammed", "ali", "li", "alexandrovich", "abdurrahmanmuhammadabdul", "xqz", "aa"):
        letters_in(board.word, word)
        set_word_of_many(len(word), board)
        near = {changed(changed(word, "abdhmrlkxn", chance), "abdhmrlkxn", chance)[:24] for _ in range(60)}
        near |= {word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :] for at in range(len(word))}
        near |= {"".join(chance.choices("abdhmrlkzn", k=chance.randint(1, 24))) for _ in range(30)}
        others = sorted(near - {"", word})
        if not ordered:
            chance.shuffle(others)
        for other in others:
            same = letters_in(board.as_name, other)
            assert edits(board.as_name.letter, len(other), board) == edit_distance(word, other), (word, other)
            cost, back = (spelling_cost(*pair, shipped_spellings()) for pair in ((word, other), (other, word)))
            keep(same, board, True)
            most = cost - chance.choice((0, 0, 1, 9_000))
            found = cost_as_name(board.as_name.letter, len(other), most, TABLES, board)
            assert found == (cost if most >= cost else BEYOND), (word, other)
            keep(letters_in(board.as_spelling, other), board, False)
            most = back - chance.choice((0, 0, 1, 9_000))
            found = cost_as_spelling(board.as_spelling.letter, len(other), most, TABLES, board)
            assert found == (back if most >= back else BEYOND), (word, other)


def test_spellings_of_more_letters_than_the_bound_knows_cost_what_the_definition_says() -> None:
    """Letters of either kind beyond the bound's tables, up to the longest spelling that is read."""
    board = native_board(TABLES)
    for word in ("محمد", "мухаммад" * 4, "김" * 13):
        set_word(word, board)
        for spelling in ("m" * 40, "x" * 25, "muhammad" * 5, "qx" * 14, "w" * 9 + "ma" * 11, "m" * 41):
            cost = spelling_cost(word, spelling, shipped_spellings())
            assert native_price(spelling, BEYOND - 1, board) == min(cost, BEYOND), (word, spelling)
            if cost < BEYOND:
                assert native_price(spelling, cost, board) == cost, (word, spelling)
                assert native_price(spelling, cost - 1, board) == BEYOND, (word, spelling)


def test_a_sign_that_stands_for_four_letters_is_followed_over_all_of_them() -> None:
    board = native_board(TABLES)
    set_word("щербаков", board)
    cost = spelling_cost("щербаков", "szczerbakow", shipped_spellings())
    assert cost < spelling_cost("щербаков", "zszcerbakow", shipped_spellings())
    assert native_price("szczerbakow", cost, board) == cost
