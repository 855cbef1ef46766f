"""A join of some of the people's tokens says of these what the join of all says, and what is kept for joins is kept whole."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from kstep.matching import shipped_weights
from kstep.matching.arrays import Pairs
from kstep.matching.columns import Vocabularies, columns_of, vocabularies
from kstep.matching.field_joins import document_numbers
from kstep.matching.joinable import joinable
from kstep.matching.prepared import prepare
from kstep.matching.vocabulary import join, join_fields
from kstep.matching.vocabulary_arrays import native_arrays, token_arrays
from kstep.model import Document, DocumentType, Identity, Name, PartialDate
from script_words import NAMES, drawn_words

WEIGHTS = shipped_weights()


def some_side(chance: random.Random, count: int) -> Vocabularies:
    """Words of every script, and words that are two of them written as one."""
    words = [*dict.fromkeys([*drawn_words(chance, count), *NAMES])]
    joins = [*dict.fromkeys(one + other for one, other in zip(words[::3], words[1::3], strict=False))]
    texts = [*sorted(words), *sorted(set(joins) - set(words))]
    return Vocabularies(token_arrays(texts, len(words)), native_arrays(texts, len(words)), (), document_numbers(()))


def rows_of(pairs: Pairs) -> list[tuple[list[int], list[int]]]:
    return [
        (pairs.other[first:last].tolist(), pairs.millibits[first:last].tolist())
        for first, last in pairwise(pairs.start.tolist())
    ]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_join_of_wanted_tokens_says_of_these_what_the_whole_says_and_of_others_nothing(
    share: float, workers: int
) -> None:
    chance = random.Random(f"{share} {workers}")
    mine, theirs = some_side(chance, 400), some_side(chance, 400)
    keys, count = joinable(theirs), len(mine.tokens.weight)
    whole = rows_of(join(mine, theirs, keys, WEIGHTS, 2).tokens)
    assert sum(bool(others) for others, _ in whole) > 100
    wanted = [token for token in range(count) if chance.random() < share]
    some = rows_of(join(mine, theirs, keys, WEIGHTS, workers, np.array(wanted, np.int64)).tokens)
    assert some == [whole[token] if token in wanted else ([], []) for token in range(count)]


def test_tokens_that_are_wanted_one_by_one_are_joined_as_all_at_once() -> None:
    chance = random.Random(1)
    mine, theirs = some_side(chance, 60), some_side(chance, 300)
    keys = joinable(theirs)
    whole = rows_of(join(mine, theirs, keys, WEIGHTS, 1).tokens)
    for token, row in enumerate(whole):
        assert rows_of(join(mine, theirs, keys, WEIGHTS, 1, np.array([token])).tokens)[token] == row


def test_dates_and_documents_that_are_joined_before_are_taken_as_they_are() -> None:
    papers = [Document(DocumentType.PASSPORT, f"P{number:07d}", "IR") for number in range(40)]
    identities = [
        Identity(names=(Name("Ali Rezai"),), birth_dates=(PartialDate.of(1970, 1, 1 + place),), documents=(paper,))
        for place, paper in enumerate(papers[:25])
    ]
    side = vocabularies(columns_of([prepare(identity) for identity in identities]))
    keys = joinable(side)
    fields, tables = join_fields(side, side, keys, WEIGHTS), join(side, side, keys, WEIGHTS, 1)
    assert len(fields.dates.other) >= 25 and len(fields.documents.other) >= 25
    for one, other in ((fields.dates, tables.dates), (fields.documents, tables.documents)):
        assert rows_of(one) == rows_of(other)
    again = join(side, side, keys, WEIGHTS, 1, fields=fields)
    assert again.dates is fields.dates and again.documents is fields.documents
