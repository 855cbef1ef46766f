"""Some records as integers, each part with numbers of its own for the values it holds, and parts put together as one."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from kstep.matching.arrays import Ints, Ragged, Shorts, ragged
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
        np.array(of_record, np.int64), Ragged(np.array(token_start, np.int64), np.array(values, np.int32)),
        np.zeros(0, np.int8), Ragged(np.array(join_start, np.int64), np.arange(len(joins), dtype=np.int32)),
        np.array([_number(joined, join.token) for join in joins], np.int32),
        np.array([join.start for join in joins], np.int8), np.array([join.stop for join in joins], np.int8),
        np.zeros(0, np.int32), np.array(weak, np.int8),
    )  # fmt: skip


def _countries(rows: Iterable[frozenset[str]]) -> Ragged:
    return ragged([country_number(code) for code in sorted(row)] for row in rows)


def _national_issuer(document: Document) -> int:
    return country_number(document.issuer) if document.type is DocumentType.NATIONAL_ID and document.issuer else -1


class Merger:
    """Parts put behind each other as they come, so that nothing of them need be kept but arrays."""

    def __init__(self) -> None:
        self._tokens: Numbers[str] = {}
        self._joins: Numbers[str] = {}
        self._dates: Numbers[PartialDate] = {}
        self._documents: Numbers[Document] = {}
        self._names: list[NameArrays] = []
        self._fields: list[FieldArrays] = []

    def add(self, part: Part) -> None:
        """Put a part behind those that came before."""
        tokens, joins, dates, documents = (
            _renumbered(known, values)
            for known, values in (
                (self._tokens, part.tokens),
                (self._joins, part.joins),
                (self._dates, part.dates),
                (self._documents, part.documents),
            )
        )
        names, fields = part.names, part.fields
        self._names.append(
            names._replace(
                tokens=Ragged(names.tokens.start, tokens.places[names.tokens.values]),
                join_token=joins.places[names.join_token],
            )
        )
        self._fields.append(
            fields._replace(
                dates=Ragged(fields.dates.start, dates.places[fields.dates.values]),
                documents=Ragged(fields.documents.start, documents.places[fields.documents.values]),
                national_issuer=fields.national_issuer[documents.new],
            )
        )

    def whole(self) -> Part:
        """All parts as one. What was kept of them is given up."""
        if not self._names:
            self.add(part_of(()))
        of_record = [names.of_record for names in self._names]
        names, fields = _behind(self._names), _behind(self._fields)
        self._names, self._fields = [], []
        numbered = np.arange(len(names.join_token), dtype=np.int32)
        names = names._replace(of_record=_starts(of_record), joins=Ragged(names.joins.start, numbered))
        return Part(names, fields, self._tokens, self._joins, self._dates, self._documents)


class _Renumbered(NamedTuple):
    """Of the values of a part the numbers among all, by its own ones, and which of its own were new."""

    places: Shorts
    new: Ints


def _renumbered(numbers: Numbers[Any], part: Numbers[Any]) -> _Renumbered:
    known = len(numbers)
    places = np.array([numbers.setdefault(value, len(numbers)) for value in part], np.int32)
    return _Renumbered(places, np.flatnonzero(places >= known))


Arrays = TypeVar("Arrays", bound=tuple[Any, ...])


def _behind(parts: Sequence[Arrays]) -> Arrays:
    """Tuples of columns and rows, those of each behind those of the one before."""
    kind = type(parts[0])
    columns: list[Any] = []
    for values in zip(*parts, strict=True):
        if isinstance(values[0], Ragged):
            start = _starts([rows.start for rows in values])
            columns.append(Ragged(start, np.concatenate([rows.values for rows in values])))
        else:
            columns.append(np.concatenate(values))
    return kind(*columns)


def _starts(starts: Sequence[Ints]) -> Ints:
    """The offsets of rows that follow each other."""
    lengths = [np.diff(start) for start in starts]
    return np.append(0, np.cumsum(np.concatenate(lengths))).astype(np.int64)
