"""How a word of any script is spelled in Latin letters: what the model reads, and what a spelling costs.

What can be counted by hand is asked of costs made by hand; of the learned ones only what must hold whatever they are.
"""

from __future__ import annotations

import json
from array import array

import pytest
from hypothesis import given, settings

from kstep.model import InputError
from kstep.names.scripts import Script, latin, script_of
from kstep.names.spelling import (
    BEYOND,
    EDGE,
    KEY_LENGTH,
    LONGEST,
    LONGEST_CHUNK,
    MOST_KEYS,
    NEITHER,
    READINGS,
    SWAP,
    UNHEARD_OF,
    Spellings,
    asset,
    fallback,
    parse,
    script_keys,
    shipped_spellings,
    signs,
    skeleton,
    spelling_cost,
)
from script_words import HOSTILE, NAMES, words

SHIPPED = shipped_spellings()
EVERY_READING = {name for names in READINGS.values() for name in names}

CHUNKS = ["", "a", "b", "c", "ch", "sh", "u"]
BY_HAND: dict[str, dict[str, dict[str, int]]] = {
    "latin": {
        "@": {"": 9_000},
        "a": {"a": 10, "u": 400, "": 3_000},
        "b": {"b": 20},
        NEITHER + "a" + EDGE: {"a": 5},
        "c": {"c": 30, "ch": 700},
        "h": {"": 500},
    },
    "cyrillic": {
        "@": {},
        "а": {"a": 100},
        "ш": {"sh": 200, "ch": 2_500},
        EDGE + "ш" + NEITHER: {"ch": 300},
        NEITHER + "ш" + EDGE: {"sh": 50},
        "аша": {"c": 1},
    },
    "chinese": {"@": {}, "@sh1": {"sh": 60}, "@an2": {"a": 70}, "山1": {"ch": 7}},
    "kanji": {"@": {}, "山1": {"": 8}, "山2": {"u": 9}},
}


def written(rows: dict[str, dict[str, dict[str, int]]] = BY_HAND) -> bytes:
    """A data file of these costs, as `parse` documents it."""
    start, chunk, cost = array("i", [0]), array("H"), array("H")
    for model in rows.values():
        for row in model.values():
            chunk.extend(map(CHUNKS.index, row))
            cost.extend(row.values())
            start.append(len(cost))
    head = {"provenance": "by hand", "chunks": CHUNKS, "rows": {name: list(model) for name, model in rows.items()}}
    return json.dumps(head).encode() + b"\n" + start.tobytes() + chunk.tobytes() + cost.tobytes()


def by_hand() -> Spellings:
    """The costs by hand, with rows for every reading, so that no word asks for one that is not there."""
    return parse(written({**{name: {} for name in EVERY_READING}, **BY_HAND}))


HAND = by_hand()


def names_of(spellings: Spellings, reading: str, rows: tuple[int, ...]) -> list[str]:
    by_number = {number: name for name, number in spellings.rows[reading].items()}
    return [by_number[row] for row in rows]


def test_a_data_file_says_what_each_row_emits() -> None:
    for reading, rows in BY_HAND.items():
        for name, costs in rows.items():
            assert HAND.emits(HAND.rows[reading][name]) == costs


def test_costs_read_later_are_never_taken_for_those_read_before() -> None:
    """Also where the later lie at the place in memory that the former have left."""
    for number in range(50):
        made = parse(written({**{name: {} for name in EVERY_READING}, "latin": {"@": {}, "a": {"b": number}}}))
        assert spelling_cost("a", "b", made) == number


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Щука", ["Щ", "у", "к", "а"]),
        ("محمد", ["م", "ح", "م", "د"]),
        ("김", ["ᄀ", "ᅵ", "ᆷ"]),
        ("아이", ["ᄋ", "ᅡ", "ᄋ", "ᅵ"]),
        ("山田", ["山1", "山2", "田1", "田2"]),
        ("ヤマ", ["ヤ", "マ"]),
        ("abc", ["a", "b", "c"]),
    ],
)
def test_a_word_is_read_sign_by_sign(word: str, expected: list[str]) -> None:
    assert list(signs(word)) == expected


@pytest.mark.parametrize(
    ("sign", "row"),
    [
        ("山1", "@sh1"),
        ("山2", "@an2"),
        ("安1", "@1"),
        ("安2", "@an2"),
        ("王1", "@w1"),
        ("a", "@"),
        ("ж", "@"),
        ("김", "@"),
    ],
)
def test_a_sign_that_was_never_seen_is_read_by_its_sound_if_it_is_han(sign: str, row: str) -> None:
    assert fallback(sign) == row


@pytest.mark.parametrize(
    ("word", "reading", "rows"),
    [
        ("ab", "latin", ["a", "b"]),
        ("ba", "latin", ["b", NEITHER + "a" + EDGE]),
        ("az", "latin", ["a", "@"]),
        ("ша", "cyrillic", [EDGE + "ш" + NEITHER, "а"]),
        ("аша", "cyrillic", ["а", "аша", "а"]),
        ("аш", "cyrillic", ["а", NEITHER + "ш" + EDGE]),
        ("ш", "cyrillic", [NEITHER + "ш" + EDGE]),
        ("аща", "cyrillic", ["а", "@", "а"]),
    ],
)
def test_the_most_specific_row_reads_a_sign(word: str, reading: str, rows: list[str]) -> None:
    """Both neighbours before the next one, that before the one before, that before the sign alone, and last any sign."""
    (found,) = HAND.read(word)
    assert names_of(HAND, reading, found) == rows


def test_a_han_word_is_read_by_each_model_that_can() -> None:
    (chinese,) = HAND.read("杉")
    assert names_of(HAND, "chinese", chinese) == ["@sh1", "@an2"]
    both = HAND.read("山")
    assert [names_of(HAND, name, rows) for name, rows in zip(("chinese", "kanji"), both, strict=True)] == [
        ["山1", "@an2"], ["山1", "山2"],
    ]  # fmt: skip


def test_what_no_model_reads_costs_beyond_everything() -> None:
    assert HAND.read("王") == []
    assert HAND.read("حسن") == HAND.read("") == []
    assert spelling_cost("حسن", "hassan", HAND) == spelling_cost("", "a", HAND) == BEYOND


@pytest.mark.parametrize(
    ("word", "spelling", "cost"),
    [
        ("a", "a", 5),
        ("ab", "ab", 10 + 20),
        ("ab", "ub", 400 + 20),
        ("ab", "b", 3_000 + 20),
        ("aba", "aba", 10 + 20 + 5),
        ("ab", "xb", UNHEARD_OF[1] + 20),
        ("cb", "chb", 700 + 20),
        ("cb", "cub", min(30 + UNHEARD_OF[2], 20 + UNHEARD_OF[2])),
        ("b", "bcchb"[:4], UNHEARD_OF[4]),
        ("ш", "sh", 50),
        ("ш", "ch", UNHEARD_OF[2]),
        ("ша", "cha", 300 + 100),
        ("аша", "aca", 100 + 1 + 100),
        ("ша", "a", UNHEARD_OF[0] + 100),
        ("山", "sha", UNHEARD_OF[2] + 70),
        ("杉", "sha", 60 + 70),
        ("山", "u", 8 + 9),
        ("山", "cha", 7 + 70),
    ],
)
def test_a_spelling_costs_its_cheapest_cut(word: str, spelling: str, cost: int) -> None:
    assert spelling_cost(word, spelling, HAND) == cost


def test_two_neighbouring_letters_may_change_places_in_latin_words_alone() -> None:
    assert spelling_cost("cb", "bc", HAND) == SWAP
    assert spelling_cost("cbb", "bcb", HAND) == SWAP + 20
    assert spelling_cost("cbcb", "bcbc", HAND) == 2 * SWAP
    assert spelling_cost("bb", "bb", HAND) == 40
    assert spelling_cost("ша", "аш", HAND) == 2 * UNHEARD_OF[1]


@pytest.mark.parametrize(("word", "letters"), [("b", 5), ("bb", 9), ("ш", 5), ("山", 9)])
def test_more_letters_than_the_signs_can_emit_are_beyond_everything(word: str, letters: int) -> None:
    assert spelling_cost(word, "z" * (letters - 1), HAND) < BEYOND
    assert spelling_cost(word, "z" * letters, HAND) == BEYOND


def test_a_word_or_spelling_that_is_an_attack_is_not_read() -> None:
    assert HAND.read("b" * LONGEST)
    assert HAND.read("b" * (LONGEST + 1)) == []
    assert spelling_cost("b" * LONGEST, "b" * LONGEST, HAND) == 20 * LONGEST
    assert spelling_cost("b" * LONGEST, "b" * (LONGEST + 1), HAND) == BEYOND
    assert spelling_cost("b", "", HAND) == BEYOND


@pytest.mark.parametrize("missing", [1, 2, 3, 4, 1_000, 1_000_000])
def test_a_truncated_data_file_is_refused_with_its_mend(missing: int) -> None:
    with pytest.raises(InputError, match=r"spellings\.bin: .*not whole; install kstep again"):
        parse(asset()[:-missing])


@pytest.mark.parametrize(
    "data", [b"", b"{}\n", b"not json\n1234", b"[]\n", b"\xff\n", asset() + b"1234", asset()[1_000:]]
)
def test_a_data_file_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not whole"):
        parse(data)


def test_the_shipped_costs_are_whole_and_in_their_bounds() -> None:
    rows = sorted(number for model in SHIPPED.rows.values() for number in model.values())
    assert rows == list(range(len(SHIPPED.start) - 1))
    assert SHIPPED.start[0] == 0
    assert list(SHIPPED.start) == sorted(SHIPPED.start)
    assert SHIPPED.start[-1] == len(SHIPPED.chunk) == len(SHIPPED.cost)
    assert len(set(SHIPPED.chunks)) == len(SHIPPED.chunks) > max(SHIPPED.chunk)
    assert all(
        len(chunk) <= LONGEST_CHUNK and set(chunk) <= set("abcdefghijklmnopqrstuvwxyz") for chunk in SHIPPED.chunks
    )
    assert "" in SHIPPED.chunks
    lengths = [len(chunk) for chunk in SHIPPED.chunks]
    dear = [
        1 for chunk, cost in zip(SHIPPED.chunk, SHIPPED.cost, strict=True) if not 0 <= cost < UNHEARD_OF[lengths[chunk]]
    ]
    assert not dear, "what is seen costs less than what is unheard of"


def test_every_script_has_its_readings_and_each_reads_any_sign() -> None:
    assert set(READINGS) == set(Script)
    assert set(SHIPPED.rows) == EVERY_READING
    for reading in EVERY_READING:
        assert "@" in SHIPPED.rows[reading] or "@1" in SHIPPED.rows[reading]


@settings(max_examples=300)
@given(words)
def test_a_word_that_is_read_has_a_row_for_each_sign(word: str) -> None:
    for rows in SHIPPED.read(word):
        assert len(rows) == len(signs(word)) > 0


@settings(max_examples=300)
@given(words, words.map(latin))
def test_a_spelling_costs_nothing_less_than_nothing_and_no_more_than_unheard_of(word: str, spelling: str) -> None:
    cost = spelling_cost(word, spelling, SHIPPED)
    most = max((len(rows) for rows in SHIPPED.read(word)), default=0)
    possible = most and 0 < len(spelling) <= min(LONGEST, most * LONGEST_CHUNK)
    assert (cost < BEYOND) == bool(possible)
    assert not possible or 0 <= cost <= most * max(UNHEARD_OF)


LIKELIER = [
    ("mohammed", "muhammad", "mkhammed"), ("yusuf", "youssef", "yokkef"), ("ivanov", "ivanoff", "ivanogg"),
    ("习", "xi", "bo"), ("近平", "chinping", "shaobin"), ("김", "kim", "pak"), ("山田", "yamada", "suzuki"),
    ("ヤマダ", "yamada", "yokota"), ("щербаков", "shcherbakov", "cherkasov"), ("محمد", "mohammed", "mahmud"),
    ("אברהם", "avraham", "aharon"), ("чайковский", "tchaikovsky", "chumakovsky"), ("حسن", "hassan", "hussein"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "spelling", "another"), LIKELIER)
def test_a_names_own_spelling_costs_less_than_another_name(word: str, spelling: str, another: str) -> None:
    assert spelling_cost(word, spelling, SHIPPED) < spelling_cost(word, another, SHIPPED)


@settings(max_examples=300)
@given(words)
def test_script_keys_are_few_short_and_of_one_form(word: str) -> None:
    keys = script_keys(word)
    assert keys == script_keys(word)
    assert len(set(keys)) == len(keys)
    assert all(key[0] in "<>" and len(key) <= 1 + KEY_LENGTH and set(key[1:]) <= set("BFKTSLMNR") for key in keys)
    if script_of(word) is Script.LATIN:
        assert [key[0] for key in keys] == ["<", ">"]
    else:
        assert keys == tuple(sorted(keys))
        assert len(keys) <= 2 * MOST_KEYS * len(READINGS[script_of(word)])
        assert bool(keys) == bool(SHIPPED.read(word))


def test_a_skeleton_is_the_classes_of_consonants() -> None:
    assert skeleton("mohammed") == "MT"
    assert skeleton("shcherbakov") == "SKRBKF"
    assert skeleton("aeiouhwy") == ""
    assert script_keys("shcherbakov") == ("<SKR", ">FKB")
    assert script_keys("li") == ("<L", ">L")


@pytest.mark.parametrize(
    ("word", "spelling"), [(word, spelling) for word, spelling, _ in LIKELIER if not word.isascii()]
)
def test_a_word_shares_a_key_with_its_own_spelling(word: str, spelling: str) -> None:
    assert set(script_keys(word)) & set(script_keys(spelling))


def test_nothing_hostile_is_a_traceback() -> None:
    for word in HOSTILE:
        script_keys(word)
        for spelling in (*NAMES[:20], *HOSTILE):
            assert 0 <= spelling_cost(word, spelling, SHIPPED) <= BEYOND
