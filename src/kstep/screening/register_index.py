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
from kstep.matching.stored import ArraysWriter, open_arrays
from kstep.model import InputError, Person
from kstep.model.collector import garbage_collector_paused
from kstep.register.service import Registered

ENDING, NUMBERS = ".roster", ".numbers"
"""Of an index, and of the numbers of its people."""


@dataclass(frozen=True)
class RegisterIndex:
    """The index, the moment of which it is (microseconds since 1970), and the number of the person of each of its records."""

    index: Index
    as_of: int
    numbers: Ints


class _Piece(NamedTuple):
    part: Part
    records: Records
    numbers: Ints


def _piece(some: list[Registered]) -> _Piece:
    with garbage_collector_paused():
        people = [_numbered(found.person, record) for found in some for record in found.records or ()]
        numbers = np.array([int(person.person_id) for person in people], np.int64)
        return _Piece(prepared_part([person.identity for person in people]), records_of(people), numbers)


def _numbered(number: int, person: Person) -> Person:
    return Person(
        str(number), person.identity, person.custody_place, person.release_basis, person.outcome, person.office
    )


def index_registered(
    people: Iterable[Registered], as_of: int, progress: Callable[[int], None] = lambda people: None
) -> RegisterIndex:
    """The index of these people as of a moment, of each record of theirs. Whose records were destroyed is not in it."""
    numbers = [np.empty(0, np.int64)]

    def parts(spool: RecordsSpool) -> Iterator[Part]:
        for piece in sent_to_processes(_piece, _in_pieces(people)):
            spool.add(piece.records)
            numbers.append(piece.numbers)
            progress(len(piece.numbers))
            yield piece.part

    with garbage_collector_paused(), tempfile.TemporaryFile() as spooled:
        spool = RecordsSpool(spooled)
        columns = columns_of_parts(parts(spool))
        return RegisterIndex(side_of("roster", {}, columns, spool.whole()), as_of, np.concatenate(numbers))


def _in_pieces(people: Iterable[Registered]) -> Iterator[list[Registered]]:
    coming = iter(people)
    while piece := list(islice(coming, RECORDS_AT_ONCE)):
        yield piece


def keep(made: RegisterIndex, folder: Path) -> RegisterIndex:
    """Keep the index of everyone in a folder, in the place of any that was there before. Raises `InputError` if it cannot be
    written.
    """
    path = folder / f"{made.as_of}{ENDING}"
    ready = searched(made.index)
    try:
        with ArraysWriter(
            _numbers(path), {}
        ) as file:  # first: where the index is, they are, unless it was given up meanwhile
            file.add("numbers", made.numbers)
        save_index(ready, path)
    except OSError as error:
        mend = "make room there, or let it be written to, and run the same again"
        raise InputError(f"cannot be written ({error.strerror})", where=str(path), mend=mend) from None
    forget(folder, but=path)
    try:
        return _open(path)
    except (InputError, OSError):  # somebody gave it up, or made a newer one
        return RegisterIndex(ready, made.as_of, made.numbers)


def find(folder: Path) -> RegisterIndex | None:
    """The index that is kept in a folder, if there is one that can be used."""
    for path in sorted(folder.glob(f"*{ENDING}"), reverse=True):
        try:
            return _open(path)
        except (InputError, OSError, ValueError, KeyError):
            continue
    return None


def moments(folder: Path) -> list[int]:
    """The moments of the indexes that are kept in a folder, whether or not they can be used."""
    return [int(path.stem) for path in folder.glob(f"*{ENDING}") if path.stem.isdecimal()]


def forget(folder: Path, but: Path | None = None) -> None:
    """Give up the indexes of a folder: because somebody in them was erased, or there is a newer one."""
    kept = () if but is None else (but, _numbers(but))
    for ending in (ENDING, NUMBERS):
        for path in folder.glob(f"*{ending}"):
            if path not in kept:
                path.unlink(missing_ok=True)


def _open(path: Path) -> RegisterIndex:
    found, (_, arrays) = load_index(path), open_arrays(_numbers(path))
    return RegisterIndex(found, int(path.stem), arrays["numbers"])


def _numbers(path: Path) -> Path:
    return path.with_suffix(NUMBERS)


__all__ = ["RegisterIndex", "find", "forget", "index_registered", "keep", "moments"]
