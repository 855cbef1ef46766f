"""An edition: one immutable version of a list, with an account of everything in its source.

The parts of the account add up to the file: every row of the source is an entry, belongs to one, or was left out for a
named reason.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from mmap import mmap

from kstep.model import Entry

READER_VERSION = "1"
"""Raised whenever a reader reads the same bytes differently: it is part of every edition's id."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of the source that is not in the edition: why (`reason`), `where` in the source, and a `detail` to
    read.
    """

    reason: str
    where: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One immutable version of a list.

    `id` is the hash of the source's bytes and the reader's version; `rows` counts the source's records by kind
    (individuals, entities, vessels, aliases …) so that entries and left-out records can be added up to them; `unknown`
    counts elements or columns that the reader does not know; `notes` are things that a person should see. `stated` is how many
    records the source says it holds, and how many it holds, where it says so; `unended` names the files that lack the mark by
    which their publisher ends them.
    """

    id: str
    kind: str
    source_date: date | None
    entries: tuple[Entry, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    unknown: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    stated: tuple[int, int] | None = None
    unended: tuple[str, ...] = ()

    @property
    def left_out_by_reason(self) -> dict[str, int]:
        """How many records or fields were left out, by reason."""
        return dict(sorted(Counter(item.reason for item in self.left_out).items()))

    @property
    def entries_root(self) -> str:
        """A hash of the entries alone: equal when two editions say the same of the same people."""
        digest = hashlib.sha256()
        for entry in self.entries:
            digest.update(json.dumps(asdict(entry), default=str, ensure_ascii=False, sort_keys=True).encode())
            digest.update(b"\n")
        return digest.hexdigest()


def edition_id(kind: str, sources: Iterable[tuple[str, bytes | mmap]]) -> str:
    """The id of an edition: SHA-256 over the kind, the reader's version and every source file's name and bytes."""
    digest = hashlib.sha256(f"kstep-edition {kind} {READER_VERSION}\n".encode())
    for name, content in sources:
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
