"""Syllables of Korean names: one letter apart is mostly another name, and one name is written in many ways."""

from __future__ import annotations

import pytest

from brute_force import assert_no_miss, named
from kstep.names import compare, shipped_frequencies
from kstep.names.similarity import Relation
from kstep.names.syllables import _IN_NAMES, _of_hangul, are_other_syllables, syllables

FREQUENCIES = shipped_frequencies()


def are_others(left: str, right: str) -> bool:
    return are_other_syllables(syllables(left), syllables(right))


@pytest.mark.parametrize(
    "written",
    [
        "jong chong jung jeong joung chung", "kim gim", "choi choe", "yong ryong", "im rim", "lee ri yi i", "no roh ro",
        "yon youn yeon", "hee hui", "woo wu oo", "hyok hyuk hyeok", "kyong kyung gyeong", "song sung seong",
        "chol chul cheol", "gwon kwon kweon", "son sun seon",
    ],
)  # fmt: skip
def test_a_name_may_be_written_in_many_ways(written: str) -> None:
    first, *others = written.split()
    assert not any(are_others(first, other) for other in others)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("jong", "yong"), ("choi", "cho"), ("jang", "kang"), ("ju", "jo"), ("so", "su"), ("yon", "yong"), ("hyon", "hyok"),
        ("pak", "pok"), ("song", "jong"), ("jung", "jang"), ("ho", "hyo"), ("gun", "gang"),
    ],
)  # fmt: skip
def test_a_letter_apart_is_another_name(left: str, right: str) -> None:
    assert are_others(left, right) and are_others(right, left)
    found = compare(left, right, FREQUENCIES)
    assert found is None or found.millibits < -3_000


@pytest.mark.parametrize(
    "word", ["hassan", "chen", "john", "wong", "ali", "x", "ng", "muhammad", "정", "", "kim1", "khan"]
)
def test_what_is_no_such_syllable_is_left_alone(word: str) -> None:
    assert syllables(word) == 0
    assert not are_others(word, "jong") and not are_others("yong", word)


def test_a_slip_that_makes_a_syllable_nobody_bears_is_still_a_slip() -> None:
    assert are_others("yop", "sop") and "yop" not in FREQUENCIES.tokens
    found = compare("yop", "sop", FREQUENCIES)
    assert found and found.relation is Relation.SPELLING and found.millibits > 0


def test_what_is_known_as_a_variant_stays_one() -> None:
    assert are_others("chang", "cheung") or not syllables("cheung")
    found = compare("chang", "cheung", FREQUENCIES)
    assert found and found.relation is Relation.VARIANT


BEGIN = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "-", "j", "jj", "ch", "k", "t", "p", "h"]
MIDDLE = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
END = {0: "", 1: "k", 4: "n", 8: "l", 16: "m", 17: "p", 19: "t", 21: "ng"}
"""The Revised Romanization of the parts of a syllable, by their numbers in Unicode."""


@pytest.mark.parametrize("syllable", _IN_NAMES)
def test_every_syllable_may_be_written_as_the_revised_romanization_says(syllable: str) -> None:
    number = ord(syllable) - ord("가")
    begin, middle, end = number // 588, number // 28 % 21, number % 28
    written = BEGIN[begin].strip("-") + MIDDLE[middle] + END[end]
    own = _of_hangul(syllable)
    assert own.bit_count() == 3
    assert len(written) == 1 or syllables(written) & own == own


def test_the_engine_keeps_them_apart_as_brute_force_does() -> None:
    korean = ["Kim Jong Chol", "Kim Yong Chol", "Ri Hong-sop", "Ri Hong-yop", "Choi Jun-ryong", "Cho Chun Ryong", "Jang Myong Chol",
              "Kang Myong Chol", "Ryu Jin", "Pak Han Se", "Kag Chol Su", "Kang Chol Su", "Chang Ho", "Cheung Ho"]  # fmt: skip
    assert_no_miss([named(name) for name in korean], [named(name) for name in korean[::-1]], thresholds=60)
