"""Records as columns: one side of a comparison, people or entries, as integers in arrays and the vocabularies behind
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Ragged, Shorts, Texts, texts_in
from kstep.matching.column_parts import Merger, Numbers, Part, part_of
from kstep.matching.field_joins import document_numbers
from kstep.matching.kernels.documents import DocumentNumbers
from kstep.matching.kernels.fields import FieldArrays
from kstep.matching.kernels.names import NameArrays
from kstep.matching.kernels.scripts import NativeArrays
from kstep.matching.kernels.token_keys import TokenArrays
from kstep.matching.prepared import Prepared, prepare
from kstep.matching.processes import in_processes
from kstep.matching.vocabulary_arrays import date_rows, native_arrays, token_arrays
from kstep.model import Document, Identity, PartialDate
from kstep.names.similarity import SAME, USUAL

RECORDS_AT_ONCE = 10_000
"""Records that one process prepares at a time."""


@dataclass(frozen=True, slots=True)
class Columns:
    """One side: its names and other fields by record, and its distinct tokens, dates and documents."""

    names: NameArrays
    fields: FieldArrays
    tokens: TokenArrays
    natives: NativeArrays
    dates: Sequence[PartialDate]
    documents: Sequence[Document]
    document_numbers: DocumentNumbers

    @property
    def token_texts(self) -> Sequence[str]:
        """The distinct tokens: words, then joins."""
        return texts_in(Texts(self.tokens.start, self.tokens.letters))

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.fields.sex)

    @property
    def words(self) -> int:
        """How many of the tokens, the first ones, are no joins."""
        return words_of(self.tokens)


def words_of(tokens: TokenArrays) -> int:
    """How many of the tokens, the first ones, are no joins."""
    return int(np.searchsorted(tokens.joined, np.int8(1)))  # a number of another type would have all of them copied


class Vocabularies(NamedTuple):
    """The distinct values of one side: tokens, those of them that are not Latin, dates, documents."""

    tokens: TokenArrays
    natives: NativeArrays
    dates: Sequence[PartialDate]
    documents: DocumentNumbers


def vocabularies(side: Columns) -> Vocabularies:
    """The distinct values of one side."""
    return Vocabularies(side.tokens, side.natives, side.dates, side.document_numbers)


def columns_of(records: Sequence[Prepared]) -> Columns:
    """The records as columns, in their order."""
    return columns_of_parts([part_of(records)])


def columns_of_identities(identities: Sequence[Identity]) -> Columns:
    """The same of records that are not prepared, on all cores if they are many; none of them is kept prepared."""
    edges = [*range(0, len(identities), RECORDS_AT_ONCE), len(identities)]
    return columns_of_parts(in_processes(prepared_part, [identities[first:last] for first, last in pairwise(edges)]))


def prepared_part(identities: Sequence[Identity]) -> Part:
    """Some records, prepared and numbered for themselves."""
    return part_of([prepare(identity) for identity in identities])


def columns_of_parts(parts: Iterable[Part]) -> Columns:
    """The columns of all parts, in their order; a part is not kept when the next one is asked for."""
    merger = Merger()
    for part in parts:
        merger.add(part)
    whole = merger.whole()
    words, joined = sorted(whole.tokens), sorted(whole.joins)
    texts = (*words, *joined)
    arrays = token_arrays(texts, len(words))
    names = whole.names._replace(
        tokens=Ragged(whole.names.tokens.start, _places(whole.tokens, words)[whole.names.tokens.values]),
        join_token=np.int32(len(words)) + _places(whole.joins, joined)[whole.names.join_token],
    )
    dates, documents = tuple(whole.dates), tuple(whole.documents)
    fields = whole.fields._replace(date_rows=date_rows(dates))
    natives, numbers = native_arrays(texts, len(words)), document_numbers(documents)
    return Columns(_weighed(names, arrays.weight), fields, arrays, natives, dates, documents, numbers)


def _places(numbers: Numbers[str], order: Sequence[str]) -> Shorts:
    """Of each value by its number the place in this order: the alphabet's, by which joins of vocabularies find alike ones side by
    side.
    """
    places = np.empty(len(order), np.int32)
    places[[numbers[text] for text in order]] = np.arange(len(order), dtype=np.int32)
    return places


def _weighed(names: NameArrays, weight: Ints) -> NameArrays:
    """The names with all that the weights of their tokens say of them."""
    of_tokens = weight[names.tokens.values]
    sums = np.append(0, np.cumsum(of_tokens - SAME))
    first = np.repeat(names.tokens.start[:-1], np.diff(names.joins.start))
    return names._replace(
        usual=(of_tokens < USUAL).astype(np.int8),
        join_most=(sums[first + names.join_stop] - sums[first + names.join_first]).astype(np.int32),
    )
