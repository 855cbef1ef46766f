"""The index of everyone on the roster at a moment, kept in the home: made once, and used until many have changed since.

It holds what is known of people in the clear, readable to its owner alone; it is made anew when somebody in it is erased.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kstep.matching import Index, load_index, save_index
from kstep.matching.arrays import Ints
from kstep.matching.column_parts import Part
from kstep.matching.columns import RECORDS_AT_ONCE, columns_of_parts, prepared_part
from kstep.matching.index import searched, side_of
from kstep.matching.processes import sent_to_processes
from kstep.matching.records import Records, RecordsSpool, records_of
from kstep.model import InputError, Person
from kstep.model.collector import garbage_collector_paused
from kstep.register.service import Registered

ENDING = ".roster"


@dataclass(frozen=True)
class RegisterIndex:
    """The index, the moment of which it is (microseconds since 1970), and the number of the person of each of its records."""

    index: Index
    as_of: int
    numbers: Ints


class _Piece(NamedTuple):
    part: Part
    records: Records


def _piece(some: list[Registered]) -> _Piece:
    with garbage_collector_paused():
        people = [_numbered(found.person, record) for found in some for record in found.records or ()]
        return _Piece(prepared_part([person.identity for person in people]), records_of(people))


def _numbered(number: int, person: Person) -> Person:
    return Person(
        str(number), person.identity, person.custody_place, person.release_basis, person.outcome, person.office
    )


def index_registered(
    people: Iterable[Registered], edition: str, progress: Callable[[int], None] = lambda people: None
) -> Index:
    """The index of these people, of each record of theirs. Whose records were destroyed is not in it."""

    def parts(spool: RecordsSpool) -> Iterator[Part]:
        for piece in sent_to_processes(_piece, _in_pieces(people)):
            spool.add(piece.records)
            progress(len(piece.records.digest))
            yield piece.part

    with garbage_collector_paused(), tempfile.TemporaryFile() as spooled:
        spool = RecordsSpool(spooled)
        columns = columns_of_parts(parts(spool))
        return side_of(edition, {}, columns, spool.whole())


def _in_pieces(people: Iterable[Registered]) -> Iterator[list[Registered]]:
    coming = iter(people)
    while piece := list(islice(coming, RECORDS_AT_ONCE)):
        yield piece


def numbers_of(index: Index) -> Ints:
    """The number of the person of each record."""
    return np.fromiter(map(int, index.ids), np.int64, len(index.ids))


def keep(index: Index, folder: Path, as_of: int) -> RegisterIndex:
    """Keep the index of everyone at a moment in a folder, in the place of any that was there before. Raises `InputError` if it
    cannot be written.
    """
    path = folder / f"{as_of}{ENDING}"
    ready = searched(index)
    try:
        save_index(ready, path)
        path.chmod(0o600)
    except OSError as error:
        mend = "make room there, or let it be written to, and run the same again"
        raise InputError(f"cannot be written ({error.strerror})", where=str(path), mend=mend) from None
    forget(folder, but=path)
    found = load_index(path)
    return RegisterIndex(found, as_of, numbers_of(found))


def find(folder: Path) -> RegisterIndex | None:
    """The index that is kept in a folder, if there is one that can be used."""
    for path in sorted(folder.glob(f"*{ENDING}"), reverse=True):
        try:
            found = load_index(path)
            return RegisterIndex(found, int(path.stem), numbers_of(found))
        except (InputError, OSError, ValueError):
            continue
    return None


def forget(folder: Path, but: Path | None = None) -> None:
    """Give up the indexes of a folder: because somebody in them was erased, or there is a newer one."""
    for path in folder.glob(f"*{ENDING}"):
        if path != but:
            path.unlink(missing_ok=True)


__all__ = ["RegisterIndex", "find", "forget", "index_registered", "keep", "numbers_of"]
