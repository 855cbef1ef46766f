"""Names as people mistype them: what is one slip from a name and is none itself is that name; what is a name is another."""

from __future__ import annotations

import random

import pytest

from kstep.names import Frequencies, compare, shipped_frequencies, tokenize
from kstep.names.similarity import LEAST, RESPELLED, SAME, SLIPPED, SLIPS, chance_of, edit_distance

SHIPPED = shipped_frequencies()
USUAL = [token for token, weight in SHIPPED.tokens.items() if weight < 9_000 and token.isascii() and len(token) > 4]


def slip(word: str, chance: random.Random) -> str:
    """The word with one letter left out, put in or taken for another, or with two neighbours exchanged."""
    place, letter = chance.randrange(len(word) - 1), chance.choice("abcdefghijklmnopqrstuvwxyz")
    before, here, after = word[:place], word[place], word[place + 1 :]
    swapped = before + after[0] + here + after[1:]
    return chance.choice([before + after, before + letter + here + after, before + letter + after, swapped])


def earned(left: str, right: str, weights: Frequencies = SHIPPED) -> int:
    found = compare(left, right, weights)
    return found.millibits if found else LEAST


@pytest.mark.parametrize(
    ("slipped", "name"),
    [("mohammaz", "mohammad"), ("guhammad", "muhammad"), ("jnog", "jong"), ("boorzai", "noorzai"), ("yshya", "yahya"),
     ("kmi", "kim"), ("hzsan", "hasan")],
)  # fmt: skip
def test_what_is_no_name_and_one_slip_away_earns_what_the_name_does_but_for_the_slip(slipped: str, name: str) -> None:
    assert earned(slipped, name) == SHIPPED.token(name) - SLIPPED


@pytest.mark.parametrize(("left", "right"), [("yong", "kyong"), ("jamal", "kamal"), ("ali", "adi"), ("salah", "sayah")])
def test_two_usual_names_one_letter_apart_are_no_slips_of_each_other(left: str, right: str) -> None:
    unknown = Frequencies({token: weight for token, weight in SHIPPED.tokens.items() if token != left}, SHIPPED.sounds)
    assert edit_distance(left, right) == 1
    assert earned(left, right) < SHIPPED.token(right) - RESPELLED
    assert earned(left, right) < earned(left, right, unknown), "what nobody is called may be a slip"


def test_a_slip_earns_no_more_than_the_name_and_no_less_than_its_letters_say() -> None:
    chance = random.Random(5)
    certain = 0
    for name in chance.sample(USUAL, 2_000):
        written = slip(name, chance)
        if written == name or written in SHIPPED.tokens:
            continue
        found, most = earned(written, name), SHIPPED.token(name)
        told = max(chance_of(written, SHIPPED), SHIPPED.token(written)) - SLIPS[len(written)]
        assert SAME < SLIPPED <= most - found, (written, name)
        certain += found == most - SLIPPED
        assert found <= max(most - RESPELLED, min(most, told) - SLIPPED), (written, name)
    assert certain > 1_000, "most slips of usual names look like no name"


def test_a_slip_of_a_longer_word_is_one_of_more() -> None:
    assert list(SLIPS) == sorted(SLIPS)
    assert SLIPS[8] - SLIPS[4] == 1_000, "twice the letters, twice the slips"


AS_WRITTEN = {
    "Isamuddin": ("isamdin", ["isamuddin"]),
    "Hidayatullah": ("hidayatallah", ["hidayatullah"]),
    "Abdullah": ("abdallah", ["abdullah"]),
    "Abdulrahman": ("abdrahman", ["abdulrahman"]),
    "McDonald": ("macdonald", ["mcdonald"]),
    "Nasir Uddin": ("nasir uddin", ["nasirdin"]),
    "St John": ("saint john", ["saintjohn"]),
    "Mc Donald": ("mac donald", ["macdonald"]),
    "Hidayatallah": ("hidayatallah", []),
}


@pytest.mark.parametrize(("name", "read"), AS_WRITTEN.items())
def test_a_compound_stands_as_it_is_written_too(name: str, read: tuple[str, list[str]]) -> None:
    found = tokenize(name)
    assert (" ".join(found.tokens), [join.token for join in found.joins]) == read


@pytest.mark.parametrize(
    ("name", "tokens"),
    [("Badur Rehman", "abdrehman"), ("Nashwan Ab al-Baqi", "nashwan abdbaqi"), ("Abdullazh Yahya", "abdullazh yahya"),
     ("Abdullatif", "abdlatif"), ("Abdul Latif", "abdlatif"), ("Abdulahi", "abdallah"), ("Abdullayev", "abdullayev")],
)  # fmt: skip
def test_slips_of_half_a_name_are_read_as_the_half_where_nothing_else_is_meant(name: str, tokens: str) -> None:
    assert " ".join(tokenize(name).tokens) == tokens
