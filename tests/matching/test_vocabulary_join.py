"""Support by construction: joining two vocabularies misses no pair that the model would compare, and invents none.

Each join is held against its definition, evaluated for every pair of values.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversarial_records import DATES, DOCUMENTS, NAMES, WORDS
from kstep.matching import shipped_weights
from kstep.matching.arrays import Pairs, letters_of
from kstep.matching.columns import Vocabularies
from kstep.matching.field_joins import date_keys, document_keys, document_numbers, join_dates, join_documents, weak_date
from kstep.matching.joinable import joinable
from kstep.matching.kernels.tokens import edit_distance as kernel_edit_distance
from kstep.matching.reference_dates import compare_dates
from kstep.matching.reference_fields import compare_document
from kstep.matching.vocabulary import join
from kstep.matching.vocabulary_arrays import native_arrays, token_arrays
from kstep.model import Document, DocumentType, PartialDate
from kstep.names import compare, shipped_frequencies, sound_keys, tokenize
from kstep.names.scripts import Script, latin, script_of
from kstep.names.similarity import edit_distance
from kstep.names.variants import variants
from script_words import HOSTILE, LETTERS, changed, drawn_words, words
from script_words import NAMES as SCRIPT_NAMES

WEIGHTS = shipped_weights()
FREQUENCIES = shipped_frequencies()
SOME_VARIANTS = [
    *SCRIPT_NAMES,
    "bob",
    "elizabeth",
    "mehmet",
    "john",
    "александр",
    "محمد",
    "giuseppe",
    "haroun",
    "peggy",
]


def table(pairs: Pairs) -> dict[tuple[int, int], int]:
    """The pairs of a sparse table; each row's are in ascending order and none comes twice."""
    found: dict[tuple[int, int], int] = {}
    for row, (first, last) in enumerate(zip(pairs.start[:-1].tolist(), pairs.start[1:].tolist(), strict=True)):
        others = pairs.other[first:last].tolist()
        assert others == sorted(set(others))
        found |= {
            (row, other): worth for other, worth in zip(others, pairs.millibits[first:last].tolist(), strict=True)
        }
    return found


def assert_equal_tables(one: Pairs, other: Pairs) -> None:
    assert np.array_equal(one.start, other.start)
    assert np.array_equal(one.other, other.other)
    assert np.array_equal(one.millibits, other.millibits)


def assert_joined(
    people: Sequence[str],
    entries: Sequence[str],
    workers: int = 2,
    joins: Sequence[str] = (),
    their_joins: Sequence[str] = (),
) -> None:
    """The kernels' table of two vocabularies says what `compare` says of every pair of their tokens, and of every join of
    several neighbours beside a token of the other side. Two joins are never compared.
    """
    my_words, words = len(people), len(entries)
    people, entries = [*people, *joins], [*entries, *their_joins]
    mine, theirs = (
        Vocabularies(token_arrays(side, count), native_arrays(side, count), (), document_numbers(()))
        for side, count in ((people, my_words), (entries, words))
    )
    tables = join(mine, theirs, joinable(theirs), WEIGHTS, workers, posting_start=np.arange(len(entries) + 1))
    expected = {}
    for (i, left), (j, right) in product(enumerate(people), enumerate(entries)):
        if i >= my_words and j >= words:
            continue
        one, other = (right, left) if j >= words else (left, right)
        if found := compare(one, other, FREQUENCIES, joined=i >= my_words or j >= words):
            expected[i, j] = found.millibits
    assert table(tables.tokens) == expected
    ranked, rows = tables.ranked, range(len(people))
    of_rows = [slice(first, last) for first, last in pairwise(ranked.start.tolist())]
    best_first = [
        sorted((-worth, other) for (row, other), worth in expected.items() if row == i and worth > 0 and other < words)
        for i in rows
    ]
    assert [
        [*zip((-ranked.worth[row]).tolist(), ranked.other[row].tolist(), strict=True)] for row in of_rows
    ] == best_first
    assert [ranked.places[row].tolist() for row in of_rows] == [[*range(1, len(row) + 1)] for row in best_first]


@st.composite
def two_vocabularies(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Two vocabularies of a few words and many near copies of them, so that much is nearly comparable."""
    chance = random.Random(draw(st.integers(0, 10**9)))
    found: dict[str, None] = {}
    for alphabet in (LETTERS[script] for script in (Script.LATIN, *Script)):
        for _ in range(draw(st.integers(0, 1))):
            word = draw(st.text(alphabet, min_size=1, max_size=draw(st.sampled_from((3, 4, 7, 8, 9, 12)))))
            found |= dict.fromkeys([word, *(changed(word, alphabet, chance) for _ in range(6)), latin(word)])
    shuffled = [word for word in found if word]
    chance.shuffle(shuffled)
    half = len(shuffled) // 2
    return shuffled[: half + 3], shuffled[max(0, half - 3) :]


@settings(max_examples=25, deadline=None)
@given(two_vocabularies())
def test_tokens_are_joined_as_compared(both: tuple[list[str], list[str]]) -> None:
    assert_joined(*both)


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=12, unique=True), st.lists(words, max_size=12, unique=True))
def test_words_of_all_scripts_are_joined_as_compared(people: list[str], entries: list[str]) -> None:
    assert_joined(people, entries)


def test_names_of_all_scripts_initials_variants_and_attacks_are_joined_as_compared() -> None:
    every = [*SCRIPT_NAMES, *HOSTILE[1:]]
    assert_joined(every, every[::-1])


@pytest.mark.parametrize("seed", range(3))
def test_a_mixed_vocabulary_is_joined_as_compared(seed: int) -> None:
    """Large enough that every worker has several pieces of work and buffers grow."""
    drawn = drawn_words(random.Random(seed), 700)
    assert_joined(drawn[:450], drawn[350:], workers=3)


def test_known_variants_are_joined_as_compared() -> None:
    """Also where the letters alone make them comparable, across scripts too: the higher counts, once."""
    chance = random.Random(11)
    table_of_variants = sorted({word for word in SOME_VARIANTS for word in (word, *variants(word))})
    chosen = chance.sample(table_of_variants, min(600, len(table_of_variants)))
    assert_joined(chosen[::2], chosen[1::2])


ALIKE = [f"m{first}h{second}m{third}d" for first, second, third in product("aeiou", "aeiouy", "aeiouy")]


def test_more_pairs_of_two_scripts_than_a_buffer_holds_are_joined_as_compared() -> None:
    natives = [*("محمد" + letter for letter in LETTERS[Script.ARABIC][:20]), "мухаммад", "מחמד"]
    assert_joined(natives, ALIKE[::2], workers=1)
    assert_joined(ALIKE[::2], natives, workers=1)


def test_more_pairs_than_a_buffer_holds_are_joined_as_fewer_at_once_are() -> None:
    """Every buffer of one worker must grow; those of forty need not."""
    every = [word + end for word in ALIKE for end in ("", "i", "a", "u", "ie")]
    side = Vocabularies(token_arrays(every), native_arrays(every), (), document_numbers(()))
    keys = joinable(side)
    alone, many = (join(side, side, keys, WEIGHTS, workers).tokens for workers in (1, 40))
    assert len(alone.other) > 4 << 16
    assert_equal_tables(alone, many)


def test_tokens_of_hard_names_are_joined_as_compared() -> None:
    tokens = sorted({token for name in (*NAMES, *WORDS) for token in tokenize(name).tokens})
    joined = sorted({join.token for name in NAMES for join in tokenize(name).joins} - set(tokens))
    assert_joined(tokens + joined, tokens + joined)


def test_joins_of_hard_names_are_joined_as_compared_with_tokens_alone() -> None:
    tokens = sorted({token for name in (*NAMES, *WORDS) for token in tokenize(name).tokens})
    joined = sorted({join.token for name in NAMES for join in tokenize(name).joins})
    assert_joined(tokens, tokens, joins=joined, their_joins=joined)


@pytest.mark.parametrize("seed", range(3))
def test_joins_in_all_scripts_are_joined_as_compared_with_tokens_alone(seed: int) -> None:
    """Words of every script written as one, their parts swapped or an end changed, and each word that is such a join too."""
    chance = random.Random(f"joins {seed}")
    drawn = drawn_words(chance, 160)
    both = [[token for token in tokenize(word).tokens if len(token) > 1] for word in (*drawn, *SCRIPT_NAMES)]
    of_script: dict[Script, list[str]] = {}
    for token in dict.fromkeys(token for tokens in both for token in tokens):
        of_script.setdefault(script_of(token), []).append(token)
    assert set(of_script) == set(Script)
    joined: dict[str, None] = {}
    for script, tokens in of_script.items():
        for _ in range(12):
            one, other = chance.choices(tokens, k=2)
            joined |= dict.fromkeys((one + other, other + one, changed(one + other, LETTERS[script], chance)))
            joined |= dict.fromkeys(chance.choices(tokens, k=2))
            if script is not Script.LATIN:
                joined[latin(one + other)] = None
    every = [word for word in joined if word]
    chance.shuffle(every)
    tokens = [*dict.fromkeys([*every[::3], *chance.sample([*of_script[Script.LATIN], *SCRIPT_NAMES], 120)])]
    assert_joined(tokens[::2] + every[1::9], tokens[1::2] + every[::9], joins=every[::2], their_joins=every[::3])


def test_common_tokens_that_sound_alike_are_joined_as_compared() -> None:
    """Tokens of the shipped frequencies, in groups of one sound: spellings and scripts of the same names."""
    by_sound: dict[str, list[str]] = {}
    for token in sorted(FREQUENCIES.tokens):
        for key in sound_keys(token):
            by_sound.setdefault(key, []).append(token)
    groups = sorted(by_sound.values(), key=len, reverse=True)
    chance = random.Random(7)
    chosen = sorted({token for group in groups[5:2000:50] for token in chance.sample(group, min(8, len(group)))})
    assert len(chosen) > 150
    assert_joined(chosen[::2], chosen[1::2])


@pytest.mark.parametrize("length", [39, 40, 41, 42])
def test_tokens_at_the_longest_that_is_compared_by_letters(length: int) -> None:
    word = ("bdfgklmnrst" * 4)[:length]
    near = [word, word[1:], word + "b", word[:-2] + "aa", word[0] + word[2] + word[1] + word[3:], word[:20] + word[21:]]
    assert_joined(near, near)


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_the_number_of_workers_changes_no_join(workers: int) -> None:
    assert_joined(WORDS, WORDS[::-1], workers)


@pytest.mark.parametrize(("people", "entries"), [([], []), (["ali"], []), ([], ["ali"]), (["ali"], ["zqxv"])])
def test_an_empty_vocabulary_joins_nothing(people: list[str], entries: list[str]) -> None:
    assert_joined(people, entries)


@settings(max_examples=200, deadline=None)
@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
def test_edit_distance_of_the_kernels_is_that_of_the_model(left: str, right: str) -> None:
    _, mine = letters_of([left])
    _, theirs = letters_of([right])
    assert kernel_edit_distance(mine, theirs, np.empty(3 * (len(right) + 1), np.int64)) == edit_distance(left, right)


some_days = st.dates(min_value=PartialDate.of(1969).earliest, max_value=PartialDate.of(1972).latest)
some_dates = st.one_of(
    st.sampled_from(DATES),
    some_days.map(lambda day: PartialDate(day, day)),
    some_days.map(lambda day: PartialDate.of(day.year, day.month)),
    st.tuples(some_days, some_days, st.booleans()).map(
        lambda three: PartialDate(min(three[:2]), max(three[:2]), three[2])
    ),
)


def strong_dates(people: Sequence[PartialDate], entries: Sequence[PartialDate]) -> dict[tuple[int, int], int]:
    """Every pair of dates whose relation earns more than a weak one."""
    worths = {
        (i, j): WEIGHTS.birth_date[compare_dates(mine, theirs)]
        for (i, mine), (j, theirs) in product(enumerate(people), enumerate(entries))
    }
    return {pair: worth for pair, worth in worths.items() if worth > weak_date(WEIGHTS)}


def test_every_strong_pair_of_dates_is_joined() -> None:
    found = table(join_dates(DATES, DATES, date_keys(DATES), WEIGHTS))
    assert found == strong_dates(DATES, DATES)
    assert {WEIGHTS.birth_date[relation] for relation in ("equal", "day and month swapped")} <= set(found.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(some_dates, max_size=12, unique=True), st.lists(some_dates, max_size=12, unique=True))
def test_dates_are_joined_as_compared(people: list[PartialDate], entries: list[PartialDate]) -> None:
    assert table(join_dates(people, entries, date_keys(entries), WEIGHTS)) == strong_dates(people, entries)


@settings(max_examples=30, deadline=None)
@given(st.lists(some_dates, max_size=12, unique=True))
def test_a_date_is_joined_by_keys_that_were_kept_as_by_new_ones(dates: list[PartialDate]) -> None:
    keys = date_keys(dates)
    for known in (*DATES[:6], *dates[:3]):
        assert table(join_dates([known], dates, keys, WEIGHTS)) == strong_dates([known], dates)


def agreeing(people: Sequence[Document], entries: Sequence[Document]) -> dict[tuple[int, int], int]:
    """Every pair of documents that agree, also of those that are too short to say anything."""
    compared = {
        (i, j): compare_document(mine, theirs, WEIGHTS)
        for (i, mine), (j, theirs) in product(enumerate(people), enumerate(entries))
    }
    return {pair: worth for pair, (how, worth) in compared.items() if how not in ("conflict", "other document")}


def joined_documents(
    people: Sequence[Document], entries: Sequence[Document], workers: int = 2
) -> dict[tuple[int, int], int]:
    """The pairs that the join finds: the same of each document alone."""
    keys = document_keys(document_numbers(entries))
    found = table(join_documents(document_numbers(people), keys, WEIGHTS, workers))
    for number, document in enumerate(people[:5]):
        alone = table(join_documents(document_numbers([document]), keys, WEIGHTS))
        assert {(number, other): worth for (_, other), worth in alone.items()} == {
            pair: worth for pair, worth in found.items() if pair[0] == number
        }
    return found


def test_every_agreeing_pair_of_documents_is_joined() -> None:
    found = joined_documents(DOCUMENTS, DOCUMENTS)
    assert found == agreeing(DOCUMENTS, DOCUMENTS)
    assert len(set(found.values())) > 5


NUMBERS = [
    "A1234567", "a-123 4567", "B1234567", "01234567", "1234567", "123456", "O123456", "0I2E456", "I0I0I0I0", "10101010",
    "ABCDEFGH", "OOOOOOOO", "IIIIIII", "00000000", "AB000000", "1112223", "1122233", "1121223", "٢٢٣٤٥٦٧", "2234567", "Ⅷ234567",
    "straße-12345", "STRASSE12345", "ЖШ123456", "ЖЩ123456", "XЖ123456", "123", "12", "1", "A", "AB", "ABC", "X" * 127 + "1",
    "X" * 128, "X" * 127, "X" * 129, "X" * 128 + "1", "9" * 300, "9" * 299 + "8",
]  # fmt: skip


def test_hostile_numbers_of_all_types_and_issuers_are_joined_as_compared() -> None:
    """Cores of letters alone, of zeros, behind other scripts; one character off at each place, twice the same; too long."""
    kinds = (DocumentType.PASSPORT, DocumentType.NATIONAL_ID, DocumentType.OTHER)
    papers = [Document(kind, number, issuer) for kind in kinds for number in NUMBERS for issuer in ("", "IR", "XYZ")]
    word = "12344321"
    near = {
        word[:place] + sign + word[stop:]
        for place in range(9)
        for stop in (place, place + 1)
        for sign in ("", "4", "X")
    }
    near |= {
        word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :] for place in range(8)
    }
    papers += [Document(kind, number, "IR") for kind in kinds[:2] for number in sorted(near)]
    found = joined_documents(papers, papers[::-1])
    assert found == agreeing(papers, papers[::-1])
    assert len(found) > 1_000


def test_more_documents_than_a_piece_of_work_holds_are_joined_by_any_number_of_workers() -> None:
    """Dense numbers, so that each has many neighbours and buffers grow."""
    papers = [Document(DocumentType.PASSPORT, f"{number:08d}", "IR") for number in range(40_000)]
    people = papers[:3_000] + papers[-20_000:]
    keys = document_keys(document_numbers(papers))
    one, many = (join_documents(document_numbers(people), keys, WEIGHTS, workers) for workers in (1, 3))
    assert_equal_tables(one, many)
    for number in (0, 2_999, 3_000, 16_384, 22_999):
        alone = agreeing([people[number]], papers)
        row = slice(one.start[number], one.start[number + 1])
        found = zip(one.other[row].tolist(), one.millibits[row].tolist(), strict=True)
        assert {(0, other): worth for other, worth in found} == alone


@pytest.mark.parametrize(("people", "entries"), [(0, 0), (2, 0), (0, 2)])
def test_a_side_without_documents_joins_nothing(people: int, entries: int) -> None:
    mine, theirs = document_numbers(DOCUMENTS[:people]), document_numbers(DOCUMENTS[:entries])
    found = join_documents(mine, document_keys(theirs), WEIGHTS)
    assert found.start.tolist() == [0] * (people + 1)
    assert not len(found.other) and not len(found.millibits)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("A1٢-", min_size=1, max_size=9), max_size=6), st.integers(0, 10**6))
def test_documents_are_joined_as_compared(numbers: list[str], seed: int) -> None:
    chance = random.Random(seed)
    near = [*numbers, *(changed(number * 2, "A12", chance) for number in numbers for _ in range(3))]
    known = [number for number in near if any(map(str.isalnum, number))]
    papers = [
        Document(
            chance.choice((DocumentType.PASSPORT, DocumentType.NATIONAL_ID)), number, chance.choice(("", "IR", "SY"))
        )
        for number in known
    ]
    assert joined_documents(papers, papers[::-1]) == agreeing(papers, papers[::-1])
