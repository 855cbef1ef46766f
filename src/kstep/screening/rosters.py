"""A file of people as a run needs it: what there is to say of the file, and everyone in it as an index, kept for the next run.

People are read on all cores, a few thousand at a time, and lie on disk rather than in memory from then on.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kstep.matching import Index, columns_of_identities
from kstep.matching.arrays import Longs
from kstep.matching.column_parts import Part
from kstep.matching.columns import RECORDS_AT_ONCE, columns_of_parts, prepared_part
from kstep.matching.index import searched, side_of
from kstep.matching.processes import sent_to_processes
from kstep.matching.records import Records, RecordsSpool, records_of
from kstep.model import InputError, Person
from kstep.model.collector import garbage_collector_paused
from kstep.records import PeopleFile, RowError, read_people
from kstep.records.columns import Undeclared
from kstep.records.people import SomePeople, people_file, people_of_rows, rows_of_people
from kstep.records.row import Row
from kstep.screening.kept import changed, digest_of_files, keep_index, take_index

KIND, KEPT_AS = "people", "roster"


@dataclass(frozen=True, slots=True)
class Roster:
    """Everyone in a file: what there is to say of the file, and the index of its people, in the file's order."""

    file: PeopleFile
    index: Index

    def to_search(self, say: Callable[[str], None] = lambda text: None) -> Roster:
        """The roster, so that entries can be looked for among its people; kept so from then on, if it is kept."""
        if self.index.ways:
            return self
        return _stored(Roster(self.file, searched(self.index)), say)


def index_of_people(people: Sequence[Person]) -> Index:
    """The index of people who are at hand; it is of no file."""
    with garbage_collector_paused():
        columns = columns_of_identities([person.identity for person in people])
        return side_of("", {}, columns, records_of(people))


def roster_of(file: PeopleFile) -> Roster:
    """The roster of people who are at hand."""
    return Roster(file, index_of_people(file.people))


@dataclass(frozen=True, slots=True)
class FoundRoster:
    """A file of people that can be used as far as one can tell: its roster, if that was kept, or its first rows."""

    path: Path
    kept: Roster | None
    digest: str
    undeclared: Undeclared
    first: list[Row]
    rest: Iterator[Row]

    def open(
        self, say: Callable[[str], None] = lambda text: None, progress: Callable[[int], None] = lambda people: None
    ) -> Roster:
        """The roster, read and indexed if it was not kept.

        `progress` is called with the number of people read since its last call. Raises `InputError` if the file cannot be
        read to its end.
        """
        if self.kept:
            return self.kept
        roster = _read(self, progress)
        if _digest(self.path) != self.digest:
            raise changed(self.path)
        return _stored(roster, say)


def _stored(roster: Roster, say: Callable[[str], None]) -> Roster:
    """The roster in pages of a file rather than in memory of this process, if it is that of a file and can be kept."""
    if not roster.index.edition:
        return roster
    return _roster(keep_index(roster.index, roster.index.edition, "people", say, KEPT_AS))


def find_roster(
    path: Path, say: Callable[[str], None] = lambda text: None, *, kept_indexes: bool = True
) -> FoundRoster:
    """Find out whether a file of people can be used. What is no ordinary file, such as a pipe, is read once and kept nowhere.

    Raises `InputError` if it cannot be read or lacks a required column.
    """
    undeclared = Undeclared()
    if not path.is_file() or not kept_indexes:
        return FoundRoster(path, roster_of(read_people(path)), "", undeclared, [], iter(()))
    digest = _digest(path)
    index = take_index(digest, path.name, say, KEPT_AS)
    rows = iter(()) if index else rows_of_people(path, undeclared)
    return FoundRoster(
        path, _roster(index) if index else None, digest, undeclared, list(islice(rows, RECORDS_AT_ONCE)), rows
    )


def _digest(path: Path) -> str:
    try:
        return digest_of_files(KIND, [path])
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error})", where=str(path), mend="check that it is a readable file"
        ) from None


class _Piece(NamedTuple):
    """Some rows of a file: their people as numbers and as they are kept, what was wrong, and hashes of their ids."""

    part: Part
    records: Records
    errors: tuple[RowError, ...]
    refused: tuple[RowError, ...]
    ids: Longs


def _piece(rows: list[Row]) -> _Piece:
    with garbage_collector_paused():
        people, errors, refused = people_of_rows(rows)
        part = prepared_part([person.identity for person in people])
        ids = b"".join(hashlib.blake2b(person.person_id.encode(), digest_size=8).digest() for person in people)
        return _Piece(part, records_of(people), errors, refused, np.frombuffer(ids, np.uint64))


def _read(file: FoundRoster, progress: Callable[[int], None]) -> Roster:
    errors: list[RowError] = []
    refused: list[RowError] = []
    ids: list[Longs] = [np.empty(0, np.uint64)]

    def parts(spool: RecordsSpool) -> Iterator[Part]:
        for piece in sent_to_processes(_piece, _in_pieces(chain(file.first, file.rest))):
            spool.add(piece.records)
            errors.extend(piece.errors)
            refused.extend(piece.refused)
            ids.append(piece.ids)
            progress(len(piece.ids))
            yield piece.part

    with garbage_collector_paused(), tempfile.TemporaryFile() as spooled:
        spool = RecordsSpool(spooled)
        columns = columns_of_parts(parts(spool))
        index = side_of(file.digest, {}, columns, spool.whole())
    found = SomePeople(index.people, tuple(errors), tuple(refused))
    account = people_file(found, _shared(index, np.concatenate(ids)), file.undeclared)
    about = {"rows": account.rows, "errors": [asdict(error) for error in errors],
             "refused": [asdict(error) for error in refused], "notices": account.notices,
             "shared_ids": dict(account.shared_ids), "misnamed": dict(account.misnamed)}  # fmt: skip
    return Roster(account, replace(index, about=about))


def _in_pieces(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while piece := list(islice(rows, RECORDS_AT_ONCE)):
        yield piece


def _shared(index: Index, ids: Longs) -> Mapping[str, int]:
    """How many rows have each id that more than one has, in the file's order."""
    order = np.argsort(ids, kind="stable")
    same = np.flatnonzero(ids[order][1:] == ids[order][:-1])
    times: dict[str, int] = {}
    for place in np.unique(order[np.concatenate([same, same + 1])]).tolist():
        person_id = index.ids[place]
        times[person_id] = times.get(person_id, 0) + 1
    return {person_id: rows for person_id, rows in times.items() if rows > 1}


def _roster(index: Index) -> Roster:
    """The roster of an index that was kept."""
    about: Mapping[str, Any] = index.about
    errors, refused = (tuple(RowError(**error) for error in about[kind]) for kind in ("errors", "refused"))
    file = PeopleFile(
        index.people, about["rows"], errors, refused, tuple(about["notices"]), about["shared_ids"], about["misnamed"]
    )
    return Roster(file, index)
