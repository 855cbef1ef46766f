"""One side of a comparison as it is kept on disk: its records, their columns, and what it takes to look for others among
them.

An index belongs to one edition or roster and one engine configuration; a file of another is refused. It is written whole
or not at all, mapped into memory rather than read, and nothing in it is run.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Bytes, Decoded, Ints, Texts, letters_of, plain, texts_in
from kstep.matching.ceilings import ceilings_of
from kstep.matching.columns import Columns, columns_of_identities, vocabularies
from kstep.matching.field_joins import KINDS
from kstep.matching.joinable import Joinable, joinable
from kstep.matching.kernels.documents import DocumentNumbers
from kstep.matching.kernels.fields import ABOUT, EARLIEST, LATEST, FieldArrays
from kstep.matching.kernels.names import NameArrays
from kstep.matching.kernels.scripts import NativeArrays
from kstep.matching.kernels.token_keys import TokenArrays
from kstep.matching.kernels.walk import Scratch, Walk
from kstep.matching.places import walk_of
from kstep.matching.records import Records, entries_in, identities_in, ids_in, people_in, records_of
from kstep.matching.stored import ArraysWriter, open_arrays
from kstep.matching.threads import Spaces
from kstep.matching.weights import configuration, shipped_weights
from kstep.model import Document, Entry, Identity, InputError, PartialDate, Person

FORMAT = "kstep index 8"


@dataclass(frozen=True, slots=True)
class Index:
    """Everything about a side's records that matching needs.

    `edition` is the id of the list's edition or of the roster, `about` what else its reader said (JSON values, kept and not
    read here), `ceilings` what a perfect copy of each record would earn in millibits, by the weights as they are shipped.
    `ways` are only there where others are looked for among the records; `spaces` are the working spaces of searches that did so,
    by the prices that they are made for.
    """

    edition: str
    about: Mapping[str, Any]
    columns: Columns
    ceilings: Ints
    records: Records
    ways: Ways | None
    spaces: dict[tuple[int, ...], Spaces[Scratch]] = field(default_factory=dict, compare=False, repr=False)
    _poor: dict[int, Sequence[int]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def poor(self, need: int) -> Sequence[int]:
        """The places of records of which even a perfect copy would earn less than so many millibits."""
        if need not in self._poor:
            self._poor.clear()  # what is asked for again and again is one threshold
            self._poor[need] = np.flatnonzero(self.ceilings < need).tolist()
        return self._poor[need]

    @property
    def entries(self) -> Sequence[Entry]:
        """The records, if they are those of a list."""
        return entries_in(self.records)

    @property
    def people(self) -> Sequence[Person]:
        """The records, if they are those of a roster."""
        return people_in(self.records)

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the records, of either kind."""
        return ids_in(self.records)

    @property
    def identities(self) -> Sequence[Identity]:
        """What is compared of the records, of either kind."""
        return identities_in(self.records)

    @property
    def keys(self) -> Joinable:
        """What its vocabularies are joined by."""
        assert self.ways, "this side is not made to be searched"
        return self.ways.keys

    @property
    def walk(self) -> Walk:
        """The names in the order of birth dates."""
        assert self.ways, "this side is not made to be searched"
        return self.ways.walk


class Ways(typing.NamedTuple):
    """What it takes to look for others among the records of a side."""

    keys: Joinable
    walk: Walk


def build_index(edition: str, entries: Sequence[Entry], about: Mapping[str, Any] | None = None) -> Index:
    """The index of a list's entries."""
    side = columns_of_identities([entry.identity for entry in entries])
    return searched(side_of(edition, about or {}, side, records_of(entries)))


def side_of(edition: str, about: Mapping[str, Any], columns: Columns, records: Records) -> Index:
    """The index of a side among which nobody is looked for."""
    return Index(edition, about, columns, ceilings_of(columns, shipped_weights()), records, None)


def searched(index: Index) -> Index:
    """The index, so that others can be looked for among its records."""
    if index.ways:
        return index
    side = index.columns
    walk = walk_of(side.names, side.fields, side.words, len(side.token_texts), len(side.dates), len(side.documents))
    return replace(index, ways=Ways(joinable(vocabularies(side)), walk))


def save_index(index: Index, path: Path) -> None:
    """Write the index to `path`, whole or not at all."""
    side = index.columns
    header = {"format": FORMAT, "configuration": configuration(), "edition": index.edition, "about": index.about}
    parts = {"names": side.names, "fields": side.fields, "tokens": side.tokens, "natives": side.natives,
             "document_numbers": side.document_numbers,
             "documents": _texts_of(side.documents), "records": index.records, "ceilings": index.ceilings}  # fmt: skip
    arrays = plain({**parts, **({"ways": index.ways} if index.ways else {})})
    with ArraysWriter(path, header) as file:
        for name, array in arrays.items():
            file.add(name, array)


def load_index(path: Path) -> Index:
    """Map an index at `path` into memory.

    Raises `InputError` if the file is damaged or belongs to another engine configuration, `FileNotFoundError` if
    there is none.
    """
    header, arrays = open_arrays(path)
    try:
        if (header["format"], header["configuration"]) != (FORMAT, configuration()):
            raise InputError("is the index of another engine", where=str(path), mend="delete it")
        return _index(header, arrays)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"is damaged ({type(error).__name__})", where=str(path), mend="delete it") from None


def _index(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Index:
    fields, numbers = _tuple(FieldArrays, "fields", arrays), _tuple(DocumentNumbers, "document_numbers", arrays)
    side = Columns(
        names=_tuple(NameArrays, "names", arrays),
        fields=fields,
        tokens=_tuple(TokenArrays, "tokens", arrays),
        natives=_tuple(NativeArrays, "natives", arrays),
        dates=_dates(fields.date_rows),
        documents=_documents(numbers.kind, _tuple(_Documents, "documents", arrays)),
        document_numbers=numbers,
    )
    ways = _tuple(Ways, "ways", arrays) if any(name.startswith("ways.") for name in arrays) else None
    records = _tuple(Records, "records", arrays)
    return Index(header["edition"], header["about"], side, arrays["ceilings"], records, ways)


def _dates(rows: Ints) -> Sequence[PartialDate]:
    def at(number: int) -> PartialDate:
        first, last = (date.fromordinal(int(rows[number, column])) for column in (EARLIEST, LATEST))
        return PartialDate(first, last, bool(rows[number, ABOUT]))

    return Decoded(len(rows), at)


class _Documents(typing.NamedTuple):
    """What is kept of documents beside their `DocumentNumbers`: the texts as the source writes them."""

    number: Texts
    issuer: Texts


def _texts_of(documents: Sequence[Document]) -> _Documents:
    numbers, issuers = ([getattr(document, text) for document in documents] for text in _Documents._fields)
    return _Documents(letters_of(numbers), letters_of(issuers))


def _documents(kind: Bytes, kept: _Documents) -> Sequence[Document]:
    number, issuer = texts_in(kept.number), texts_in(kept.issuer)
    return Decoded(len(kind), lambda at: Document(KINDS[kind[at]], number[at], issuer[at]))


Arrays = TypeVar("Arrays", bound=tuple[Any, ...])


def _tuple(kind: type[Arrays], prefix: str, arrays: dict[str, NDArray[Any]]) -> Arrays:
    """The named tuple of arrays that `plain` took apart; its fields are arrays or named tuples of arrays again."""
    values: dict[str, Any] = {}
    for part, of_part in typing.get_type_hints(kind).items():
        name = f"{prefix}.{part}"
        nested = isinstance(of_part, type) and issubclass(of_part, tuple)
        values[part] = _tuple(of_part, name, arrays) if nested else arrays[name]
    return kind(**values)
