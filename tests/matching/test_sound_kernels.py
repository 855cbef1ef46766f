"""The kernels hear in words what `sound_keys` says, and weigh it the same."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kstep.matching.arrays import letters_of
from kstep.matching.kernels.token_keys import SOUND_KEYS, hash_texts
from kstep.matching.vocabulary_arrays import token_arrays
from kstep.names import shipped_frequencies, sound_keys
from script_words import HOSTILE, NAMES, drawn_words


def assert_heard(words: list[str]) -> None:
    """Hashes and weights of every word's keys, in their order, 0 behind the last."""
    found, keys = token_arrays(words), [sound_keys(word) for word in words]
    texts = [key for row in keys for key in row]
    hashes = dict(zip(texts, hash_texts(*letters_of(texts)).tolist(), strict=True))
    for place, row in enumerate(keys):
        nothing = [0] * (SOUND_KEYS - len(row))
        of_word = slice(place * SOUND_KEYS, (place + 1) * SOUND_KEYS)
        assert found.sound[of_word].tolist() == [hashes[key] for key in row] + nothing, words[place]
        weights = [shipped_frequencies().sound(key) for key in row]
        assert found.sound_weight[of_word].tolist() == weights + nothing, words[place]


@given(st.lists(st.text("tschdzjkgpwhaeixyqn", max_size=12), max_size=20))
def test_words_of_letters_that_sound_together_are_heard_as_defined(words: list[str]) -> None:
    assert_heard(words)


@pytest.mark.parametrize("seed", range(2))
def test_words_of_all_scripts_and_attacks_are_heard_as_defined(seed: int) -> None:
    assert_heard([*NAMES, *HOSTILE, *drawn_words(random.Random(seed), 500)])


def test_a_word_is_not_heard_in_more_ways_than_there_is_room_for() -> None:
    words = ["jghkhdhth", "gjkhdhthh", "thdhkhjgj"]
    assert max(len(sound_keys(word)) for word in words) == SOUND_KEYS
    assert_heard(words)
