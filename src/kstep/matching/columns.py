"""Records as columns: one side of a comparison, people or entries, as integers in arrays and the vocabularies behind
them.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from kstep.matching.arrays import Ints, Longs, Ragged, letters_of, ragged
from kstep.matching.kernels import fields as field_kernels
from kstep.matching.kernels.fields import FieldArrays
from kstep.matching.kernels.names import NameArrays
from kstep.matching.kernels.script_keys import chunk_bones, native_keys
from kstep.matching.kernels.scripts import NativeArrays
from kstep.matching.kernels.sounds import sound_hashes, sound_tables
from kstep.matching.kernels.spelling import spelling_tables
from kstep.matching.kernels.token_keys import TokenArrays, hash_texts
from kstep.matching.prepared import Prepared
from kstep.model import Document, DocumentType, PartialDate, Precision, Sex, ValueRefused
from kstep.names import shipped_frequencies
from kstep.names.frequencies import UNSEEN_SOUND
from kstep.names.keys import is_initial
from kstep.names.scripts import Script, latin, script_of
from kstep.names.similarity import USUAL, chance_of
from kstep.names.spelling import shipped_spellings
from kstep.names.tokens import MOST_JOINS, MOST_TOKENS, Join
from kstep.names.variants import variants

COUNTRIES = 676
"""Country numbers: two letters in base 26."""

_SEXES = {None: 0, Sex.MALE: 1, Sex.FEMALE: 2}

Value = TypeVar("Value", bound=Hashable)


class Vocabulary(Generic[Value]):
    """Distinct values, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.numbers: dict[Value, int] = {}

    def number(self, value: Value) -> int:
        """The number of `value`, a new one if it is new."""
        return self.numbers.setdefault(value, len(self.numbers))

    def values(self) -> list[Value]:
        """The values by number."""
        return list(self.numbers)


@dataclass(frozen=True, slots=True)
class Columns:
    """One side: its names and other fields by record, and its distinct tokens, dates and documents."""

    names: NameArrays
    fields: FieldArrays
    tokens: TokenArrays
    natives: NativeArrays
    token_texts: tuple[str, ...]
    dates: tuple[PartialDate, ...]
    documents: tuple[Document, ...]

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.fields.sex)


class Vocabularies(NamedTuple):
    """The distinct values of one side: tokens, those of them that are not Latin, dates, documents."""

    tokens: TokenArrays
    natives: NativeArrays
    dates: Sequence[PartialDate]
    documents: Sequence[Document]


def vocabularies(side: Columns) -> Vocabularies:
    """The distinct values of one side."""
    return Vocabularies(side.tokens, side.natives, side.dates, side.documents)


@functools.cache
def country_number(code: str) -> int:
    """The number of an alpha-2 code. Raises `ValueRefused` for another one, of which the kernels' tables hold nothing."""
    if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
        raise ValueRefused(f"{code!r} is not the ISO 3166 alpha-2 code of a country")
    return (ord(code[0]) - 65) * 26 + ord(code[1]) - 65


def columns_of(records: Sequence[Prepared]) -> Columns:
    """The records as columns, in their order."""
    tokens: Vocabulary[str] = Vocabulary()
    dates: Vocabulary[PartialDate] = Vocabulary()
    documents: Vocabulary[Document] = Vocabulary()
    names = _names(records, tokens)
    fields = FieldArrays(
        dates=ragged([dates.number(date) for date in record.dates] for record in records),
        date_rows=date_rows(dates.values()),
        sex=np.array([_SEXES[record.sex] for record in records], np.int8),
        nationalities=_countries(record.nationalities for record in records),
        birth_countries=_countries(record.birth_countries for record in records),
        documents=ragged([documents.number(document) for document in record.documents] for record in records),
        national_issuer=np.array([_national_issuer(document) for document in documents.values()], np.int64),
    )
    texts = tuple(sorted(tokens.values()))
    arrays = token_arrays(texts)
    names = _weighed(_renumbered(names, tokens, texts), arrays.weight)
    return Columns(names, fields, arrays, native_arrays(texts), texts, tuple(dates.values()), tuple(documents.values()))


def _names(records: Sequence[Prepared], tokens: Vocabulary[str]) -> NameArrays:
    """The names, of which it is not yet known which tokens are usual, nor what joins may earn."""
    of_record = [0]
    weak: list[bool] = []
    token_start, join_start = [0], [0]
    values: list[int] = []
    joins: list[Join] = []
    number = tokens.number
    for record in records:
        for name in record.names:
            assert len(name.tokens) <= MOST_TOKENS and len(name.joins) <= MOST_JOINS, (
                "the kernels' working space is made for no more"
            )
            values += [number(token) for token in name.tokens]
            token_start.append(len(values))
            joins += name.joins
            join_start.append(len(joins))
            weak.append(name.weak)
        of_record.append(len(weak))
    return NameArrays(
        np.array(of_record, np.int64), Ragged(np.array(token_start, np.int64), np.array(values, np.int64)),
        np.zeros(len(values), np.int8), Ragged(np.array(join_start, np.int64), np.arange(len(joins), dtype=np.int64)),
        np.array([number(join.token) for join in joins], np.int64), np.array([join.start for join in joins], np.int64),
        np.array([join.stop for join in joins], np.int64), np.zeros(len(joins), np.int64), np.array(weak, np.int8),
    )  # fmt: skip


def _weighed(names: NameArrays, weight: Ints) -> NameArrays:
    """The names with all that the weights of their tokens say of them."""
    of_tokens = weight[names.tokens.values]
    sums = np.append(0, np.cumsum(of_tokens))
    first = np.repeat(names.tokens.start[:-1], np.diff(names.joins.start))
    return names._replace(
        usual=(of_tokens < USUAL).astype(np.int8),
        join_most=sums[first + names.join_stop] - sums[first + names.join_first],
    )


def _renumbered(names: NameArrays, tokens: Vocabulary[str], order: Sequence[str]) -> NameArrays:
    """The names with their tokens numbered in this order: the alphabet's, by which the joins find alike ones side by side."""
    numbers = np.empty(len(order), np.int64)
    numbers[[tokens.numbers[token] for token in order]] = np.arange(len(order))
    return names._replace(
        tokens=Ragged(names.tokens.start, numbers[names.tokens.values]), join_token=numbers[names.join_token]
    )


def _countries(rows: Iterable[frozenset[str]]) -> Ragged:
    return ragged([country_number(code) for code in sorted(row)] for row in rows)


def _national_issuer(document: Document) -> int:
    return country_number(document.issuer) if document.type is DocumentType.NATIONAL_ID and document.issuer else -1


def date_rows(dates: Sequence[PartialDate]) -> Ints:
    """Dates as the kernels read them, one row each."""
    rows = np.zeros((len(dates), field_kernels.DATE_COLUMNS), np.int64)
    for row, date in zip(rows, dates, strict=True):
        precision = date.precision
        row[:] = (
            date.earliest.toordinal(), date.latest.toordinal(), date.earliest.year, date.latest.year, date.earliest.month,
            date.earliest.day, precision is Precision.DAY and not date.circa, date.circa,
            precision in (Precision.DAY, Precision.MONTH),
        )  # fmt: skip
    return rows


def token_arrays(texts: Sequence[str]) -> TokenArrays:
    """A vocabulary as the kernels read it."""
    pinned = shipped_frequencies()
    start, letters = letters_of(texts)
    latins = [text if text.isascii() else latin(text) for text in texts]
    sounds = sound_hashes(*letters_of(latins), sound_tables())
    pairs = [
        [("\n".join(sorted((text, other))), price) for other, price in others.items()] if others else ()
        for text, others in zip(texts, map(variants, texts), strict=True)
    ]
    variant_start = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(row) for row in pairs], out=variant_start[1:])
    return TokenArrays(
        start=start,
        letters=letters,
        weight=np.array([pinned.token(text) for text in texts], np.int64),
        chance=np.array([chance_of(text, pinned) for text in texts], np.int64),
        sound=sounds,
        sound_weight=_sound_weights(sounds),
        script=np.array([script_of(text) for text in texts], np.int8),
        initial=np.array([is_initial(text) for text in texts], np.int8),
        first_letter=np.array([ord(text[:1] or "\0") for text in latins], np.int8),
        variants=variant_start,
        variant=hash_texts(*letters_of([pair for row in pairs for pair, _ in row])),
        variant_price=np.array([price for row in pairs for _, price in row], np.int64),
    )


@functools.cache
def _known_sounds() -> tuple[Longs, Ints]:
    """The hashes of the sounds of which the weight is known, ascending, and these."""
    sounds = shipped_frequencies().sounds
    hashes = hash_texts(*letters_of(list(sounds)))
    order = np.argsort(hashes)
    return hashes[order], np.array(list(sounds.values()), np.int64)[order]


def _sound_weights(sounds: Longs) -> Ints:
    """The weights of hashes of sounds; 0 where there is none."""
    known, weights = _known_sounds()
    places = np.minimum(np.searchsorted(known, sounds), len(known) - 1)
    return np.where(known[places] == sounds, weights[places], np.where(sounds != 0, UNSEEN_SOUND, 0))


def native_arrays(texts: Sequence[str]) -> NativeArrays:
    """The tokens of a vocabulary that are not Latin, as the kernels that read them into Latin letters expect them."""
    spellings = shipped_spellings()
    tokens: list[int] = []
    readings_of: list[range] = []
    readings: list[tuple[int, ...]] = []
    for number, text in enumerate(texts):
        if script_of(text) is not Script.LATIN and (found := spellings.read(text)):
            tokens.append(number)
            readings_of.append(range(len(readings), len(readings) + len(found)))
            readings += found
    of_token, of_reading = ragged(readings_of), ragged(readings)
    keys = native_keys(of_token, of_reading, spelling_tables(), chunk_bones())
    return NativeArrays(np.array(tokens, np.int64), of_token, of_reading, *keys)
