"""The kernels' script keys are the definition's, for words of every script."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.matching.arrays import letters_of
from kstep.matching.columns import columns_of
from kstep.matching.kernels.script_keys import chunk_bones
from kstep.matching.kernels.scripts import latin_keys
from kstep.matching.kernels.token_keys import hash_texts
from kstep.matching.prepared import prepare
from kstep.matching.vocabulary_arrays import native_arrays, token_arrays
from kstep.model import Identity, Name
from kstep.names.scripts import Script, script_of
from kstep.names.spelling import MOST_KEYS, READINGS, script_keys, shipped_spellings, skeleton
from script_words import HOSTILE, LETTERS
from script_words import NAMES as SCRIPT_NAMES


def assert_keyed(words: Sequence[str]) -> None:
    """Every word that a model can read has the hashes of its keys, each once."""
    natives = native_arrays(words)
    readable = [
        number
        for number, word in enumerate(words)
        if script_of(word) is not Script.LATIN and shipped_spellings().read(word)
    ]
    assert natives.token.tolist() == readable
    for place, number in enumerate(readable):
        found = natives.key[natives.key_start[place] : natives.key_start[place + 1]].tolist()
        assert len(found) == len(set(found))
        assert set(found) == set(hash_texts(*letters_of(script_keys(words[number]))).tolist()), words[number]


def test_names_and_hostile_words_have_the_keys_of_the_definition() -> None:
    assert {script_of(word) for word in SCRIPT_NAMES} == set(READINGS)
    assert_keyed(SCRIPT_NAMES)
    assert_keyed(HOSTILE)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([script for script in LETTERS if script is not Script.LATIN]), st.data())
def test_random_words_have_the_keys_of_the_definition(script: Script, data: st.DataObject) -> None:
    assert_keyed(data.draw(st.lists(st.text(LETTERS[script], min_size=1, max_size=41), min_size=1, max_size=8)))


def test_latin_words_have_the_keys_of_the_definition() -> None:
    words = [word for word in SCRIPT_NAMES if script_of(word) is Script.LATIN]
    keys, owners = latin_keys(token_arrays(words), np.arange(len(words)))
    for number, word in enumerate(words):
        assert set(keys[owners == number].tolist()) == set(hash_texts(*letters_of(script_keys(word))).tolist()), word


def test_consonants_as_numbers_sort_as_their_texts_do() -> None:
    chunks = shipped_spellings().chunks
    for numbers, texts in (
        (chunk_bones().forwards, [skeleton(chunk) for chunk in chunks]),
        (chunk_bones().backwards, [skeleton(chunk)[::-1] for chunk in chunks]),
    ):
        by_number = sorted(zip(numbers.tolist(), texts, strict=True))
        assert [text for _, text in by_number] == sorted(texts)


def test_a_word_has_no_more_keys_than_there_is_room_for() -> None:
    spellings = shipped_spellings()
    for word in SCRIPT_NAMES:
        if script_of(word) is not Script.LATIN:
            assert len(script_keys(word)) <= 2 * MOST_KEYS * max(1, len(spellings.read(word)))


def test_vocabularies_are_in_alphabetical_order_and_names_keep_their_tokens() -> None:
    names = ["Zaynab al-Rahman", "Ali Hassan", "محمد علي", "Zaynab Ali"]
    records = [prepare(Identity(names=(Name.of(name),))) for name in names]
    columns = columns_of(records)
    words = int(np.sum(columns.tokens.joined == 0))
    assert list(columns.token_texts[:words]) == sorted(columns.token_texts[:words])
    assert list(columns.token_texts[words:]) == sorted(columns.token_texts[words:])
    assert not columns.tokens.joined[:words].any() and columns.tokens.joined[words:].all()
    assert np.array_equal(columns.tokens.start, letters_of(columns.token_texts)[0])
    for number, record in enumerate(records):
        tokens = columns.names.tokens
        values = tokens.values[tokens.start[number] : tokens.start[number + 1]].tolist()
        assert tuple(columns.token_texts[value] for value in values) == record.names[0].tokens
        joins = columns.names.joins.values[columns.names.joins.start[number] : columns.names.joins.start[number + 1]]
        joined = [columns.token_texts[columns.names.join_token[join]] for join in joins]
        assert joined == [join.token for join in record.names[0].joins]
