"""The records of a side as they are kept: each as one JSON text, read again only where somebody asks for it."""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

import numpy as np

from kstep.matching.arrays import Decoded, Ints, Longs, Octets
from kstep.model import Entry, Identity, Person
from kstep.model.codec import entry_from_json, entry_to_json, identity_from_json, person_from_json, person_to_json

DIGEST = 16
"""Bytes of the hash (BLAKE2b) that tells whether two records are compared alike."""


class Records(NamedTuple):
    """Records one behind the other: record r is the JSON text `content[start[r]:start[r+1]]`, and `digest[r]` a hash of its id and
    of all that is compared.
    """

    start: Ints
    content: Octets
    digest: Longs


def records_of(records: Iterable[Entry] | Iterable[Person]) -> Records:
    """The records as they are kept, in their order."""
    lines: list[bytes] = []
    digests: list[bytes] = []
    for record in records:
        compared, rest = entry_to_json(record) if isinstance(record, Entry) else person_to_json(record)
        head = _encoded(compared)
        lines.append(b"%s,%s" % (head[:-1], _encoded(rest)[1:]))
        digests.append(hashlib.blake2b(head, digest_size=DIGEST).digest())
    return Records(
        np.append(0, np.cumsum([len(line) for line in lines], dtype=np.int64)),
        np.frombuffer(b"".join(lines), np.uint8),
        np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2),
    )


def _encoded(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def entries_in(records: Records) -> Sequence[Entry]:
    """The entries of which `records_of` made these."""
    return Decoded(len(records.digest), lambda at: entry_from_json(json.loads(_line(records, at))))


def people_in(records: Records) -> Sequence[Person]:
    """The people of whom `records_of` made these."""
    return Decoded(len(records.digest), lambda at: person_from_json(json.loads(_line(records, at))))


def identities_in(records: Records) -> Sequence[Identity]:
    """What is compared of records of either kind."""
    return Decoded(len(records.digest), lambda at: identity_from_json(json.loads(_line(records, at))))


def ids_in(records: Records) -> Sequence[str]:
    """The ids of records of either kind, which stand first."""
    return Decoded(len(records.digest), lambda at: _id(_line(records, at)))


def _id(line: bytes) -> str:
    text = line.decode()
    found, _ = _DECODER.raw_decode(text, text.index(":") + 1)
    return str(found)


_DECODER = json.JSONDecoder()


def _line(records: Records, at: int) -> bytes:
    return records.content[records.start[at] : records.start[at + 1]].tobytes()


class RecordsSpool:
    """Records put behind each other in a temporary file, so that they take no memory while more are read."""

    def __init__(self, file: IO[bytes]) -> None:
        """`file` is empty, has a descriptor, and may be closed when it is `whole`."""
        self._file = file
        self._lengths: list[Ints] = []
        self._digests: list[Longs] = []

    def add(self, records: Records) -> None:
        """Put records behind those that came before. Raises `OSError` if there is no room."""
        self._file.write(records.content.data)
        self._lengths.append(np.diff(records.start))
        self._digests.append(records.digest)

    def whole(self) -> Records:
        """All of them, in pages of the file."""
        self._file.flush()
        pages = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if self._file.tell() else b""
        return Records(
            np.append(0, np.cumsum(np.concatenate([np.empty(0, np.int64), *self._lengths]))),
            np.frombuffer(pages, np.uint8),
            np.concatenate([np.empty((0, 2), np.uint64), *self._digests]),
        )


def differing(records: Records, others: Records) -> tuple[Ints, Ints]:
    """The places of the records that are compared like no other one of the same id, ascending; and the same of the others."""
    if np.array_equal(records.digest, others.digest):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first, second = np.concatenate([records.digest, others.digest]).T
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    alike = np.append(0, np.cumsum((first[1:] != first[:-1]) | (second[1:] != second[:-1])))
    of_others = order >= len(records.digest)
    alone = []
    for side in (~of_others, of_others):
        met = np.zeros(alike[-1] + 1, np.bool_)
        met[alike[~side]] = True
        alone.append(np.sort(order[side & ~met[alike]]))
    return alone[0], alone[1] - len(records.digest)
