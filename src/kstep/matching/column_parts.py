"""Some records as integers, each part with numbers of its own for the values it holds, and parts put together as one."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints, Ragged, ragged
from kstep.matching.kernels.fields import DATE_COLUMNS, FieldArrays
from kstep.matching.kernels.names import NameArrays
from kstep.matching.prepared import Prepared
from kstep.model import Document, DocumentType, PartialDate, Sex, ValueRefused
from kstep.names.tokens import MOST_JOINS, MOST_TOKENS, Join

COUNTRIES = 676
"""Country numbers: two letters in base 26."""

_SEXES = {None: 0, Sex.MALE: 1, Sex.FEMALE: 2}

Value = TypeVar("Value", bound=Hashable)
Numbers = dict[Value, int]
"""Distinct values and their numbers, in the order in which they were met."""


class Part(NamedTuple):
    """Some records: their names and other fields, and the values that the numbers in these stand for.

    It is not yet known which tokens are usual, nor what joins may earn, nor what the dates look like.
    """

    names: NameArrays
    fields: FieldArrays
    tokens: Numbers[str]
    joins: Numbers[str]
    dates: Numbers[PartialDate]
    documents: Numbers[Document]


@functools.cache
def country_number(code: str) -> int:
    """The number of an alpha-2 code. Raises `ValueRefused` for another one, of which the kernels' tables hold nothing."""
    if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
        raise ValueRefused(f"{code!r} is not the ISO 3166 alpha-2 code of a country")
    return (ord(code[0]) - 65) * 26 + ord(code[1]) - 65


def part_of(records: Sequence[Prepared]) -> Part:
    """These records, in their order."""
    tokens: Numbers[str] = {}
    joins: Numbers[str] = {}
    dates: Numbers[PartialDate] = {}
    documents: Numbers[Document] = {}
    names = _names(records, tokens, joins)
    fields = FieldArrays(
        dates=ragged([_number(dates, date) for date in record.dates] for record in records),
        date_rows=np.empty((0, DATE_COLUMNS), np.int64),
        sex=np.array([_SEXES[record.sex] for record in records], np.int8),
        nationalities=_countries(record.nationalities for record in records),
        birth_countries=_countries(record.birth_countries for record in records),
        documents=ragged([_number(documents, document) for document in record.documents] for record in records),
        national_issuer=np.array([_national_issuer(document) for document in documents], np.int64),
    )
    return Part(names, fields, tokens, joins, dates, documents)


def _number(numbers: Numbers[Value], value: Value) -> int:
    return numbers.setdefault(value, len(numbers))


def _names(records: Sequence[Prepared], tokens: Numbers[str], joined: Numbers[str]) -> NameArrays:
    of_record = [0]
    weak: list[bool] = []
    token_start, join_start = [0], [0]
    values: list[int] = []
    joins: list[Join] = []
    for record in records:
        for name in record.names:
            assert len(name.tokens) <= MOST_TOKENS and len(name.joins) <= MOST_JOINS, (
                "the kernels' working space is made for no more"
            )
            values += [tokens.setdefault(token, len(tokens)) for token in name.tokens]
            token_start.append(len(values))
            joins += name.joins
            join_start.append(len(joins))
            weak.append(name.weak)
        of_record.append(len(weak))
    return NameArrays(
        np.array(of_record, np.int64), Ragged(np.array(token_start, np.int64), np.array(values, np.int64)),
        np.zeros(0, np.int8), Ragged(np.array(join_start, np.int64), np.arange(len(joins), dtype=np.int64)),
        np.array([_number(joined, join.token) for join in joins], np.int64),
        np.array([join.start for join in joins], np.int64), np.array([join.stop for join in joins], np.int64),
        np.zeros(0, np.int64), np.array(weak, np.int8),
    )  # fmt: skip


def _countries(rows: Iterable[frozenset[str]]) -> Ragged:
    return ragged([country_number(code) for code in sorted(row)] for row in rows)


def _national_issuer(document: Document) -> int:
    return country_number(document.issuer) if document.type is DocumentType.NATIONAL_ID and document.issuer else -1


def merged(parts: Sequence[Part]) -> Part:
    """The parts as one, in their order."""
    if len(parts) == 1:
        return parts[0]
    parts = parts or [part_of(())]
    tokens, joins, dates, documents = (
        _merged([getattr(part, values) for part in parts]) for values in ("tokens", "joins", "dates", "documents")
    )

    def joined(kind: int, field: str, renumbered: Sequence[Ints] | None = None) -> Any:
        columns = [getattr(part[kind], field) for part in parts]
        if not isinstance(columns[0], Ragged):
            return _concatenated(columns, renumbered)
        start = _starts([rows.start for rows in columns])
        return Ragged(start, _concatenated([rows.values for rows in columns], renumbered))

    names = NameArrays(
        of_record=_starts([part.names.of_record for part in parts]),
        tokens=joined(0, "tokens", tokens.places),
        usual=parts[0].names.usual,
        joins=Ragged(_starts([part.names.joins.start for part in parts]), np.empty(0, np.int64)),
        join_token=joined(0, "join_token", joins.places),
        join_first=joined(0, "join_first"),
        join_stop=joined(0, "join_stop"),
        join_most=parts[0].names.join_most,
        weak=joined(0, "weak"),
    )
    names = names._replace(joins=Ragged(names.joins.start, np.arange(len(names.join_token), dtype=np.int64)))
    issuers = [part.fields.national_issuer for part in parts]
    fields = FieldArrays(
        dates=joined(1, "dates", dates.places),
        date_rows=parts[0].fields.date_rows,
        sex=joined(1, "sex"),
        nationalities=joined(1, "nationalities"),
        birth_countries=joined(1, "birth_countries"),
        documents=joined(1, "documents", documents.places),
        national_issuer=np.concatenate([of_part[new] for of_part, new in zip(issuers, documents.new, strict=True)]),
    )
    return Part(names, fields, tokens.numbers, joins.numbers, dates.numbers, documents.numbers)


class _Merged(NamedTuple):
    """All values with their numbers; of each part the numbers by its own ones, and which of its own were new."""

    numbers: Numbers[Any]
    places: Sequence[Ints]
    new: Sequence[Ints]


def _merged(parts: Sequence[Numbers[Any]]) -> _Merged:
    numbers: Numbers[Any] = {}
    places, new = [], []
    for part in parts:
        known = len(numbers)
        of_part = np.array([numbers.setdefault(value, len(numbers)) for value in part], np.int64)
        places.append(of_part)
        new.append(np.flatnonzero(of_part >= known))
    return _Merged(numbers, places, new)


def _concatenated(columns: Sequence[NDArray[Any]], renumbered: Sequence[Ints] | None) -> NDArray[Any]:
    if renumbered is None:
        return np.concatenate(columns)
    return np.concatenate([places[column] for places, column in zip(renumbered, columns, strict=True)])


def _starts(starts: Sequence[Ints]) -> Ints:
    """The offsets of rows that follow each other."""
    lengths = [np.diff(start) for start in starts]
    return np.append(0, np.cumsum(np.concatenate(lengths))).astype(np.int64)
