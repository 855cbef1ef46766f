"""Lists as a run names them, `KIND=PATH`, opened once: read and indexed, or the index taken from where it was kept.

A kept index is found by the names and bytes of the list's files, the reader's version and the engine's configuration,
so it can never be one of another list or another engine. Where no index can be kept, it is built again each time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kstep.lists import READERS, Edition, read_list
from kstep.lists.edition import READER_VERSION
from kstep.lists.source import LARGEST_STREAM, check_file
from kstep.matching import Index, build_index
from kstep.model import InputError
from kstep.screening.compilation import compile_kernels
from kstep.screening.kept import changed, digest_of_files, keep_index, take_index

NOT_PEOPLE = frozenset({"entity", "vessel", "aircraft", "not a person"})
"""Reasons for which a reader leaves records out that need nobody's attention."""


@dataclass(frozen=True, slots=True)
class ListSource:
    """A list to screen against: its kind, its path, and the `label` it has in the output (its kind, unless two share
    it).
    """

    kind: str
    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list that is ready: what its reader said of it, its index, and the digest of its files (nothing if it is of none)."""

    label: str
    kind: str
    source_date: date | None
    left_out: dict[str, int]
    notes: tuple[str, ...]
    index: Index
    digest: str = ""

    @property
    def left_out_of_people(self) -> dict[str, int]:
        """What was left out of or among the list's people, by reason: not organisations and the like."""
        return {reason: count for reason, count in self.left_out.items() if reason not in NOT_PEOPLE}


def parse_sources(arguments: Sequence[str]) -> list[ListSource]:
    """The lists that arguments `KIND=PATH` name. Raises `InputError` for another form or an unknown kind."""
    parsed = [_parse(argument) for argument in arguments]
    kinds = [kind for kind, _ in parsed]
    labels: list[str] = []
    for kind, path in parsed:
        plain = kind if kinds.count(kind) == 1 else f"{kind}:{path.absolute().stem}"
        tried = (plain if number == 1 else f"{plain}:{number}" for number in itertools.count(1))
        labels.append(next(label for label in tried if label not in labels))
    return [ListSource(kind, path, label) for (kind, path), label in zip(parsed, labels, strict=True)]


def _parse(argument: str) -> tuple[str, Path]:
    kind, equals, path = argument.partition("=")
    if not equals or not path:
        raise InputError("does not name a list", where=argument, mend="write KIND=PATH, as in un=consolidated.xml")
    if kind not in READERS:
        raise InputError(f"{kind!r} is not a kind of list", where=argument, mend=f"write one of {', '.join(READERS)}")
    return kind, Path(path)


def check_sources(sources: Sequence[ListSource]) -> None:
    """Raise `InputError` if files of these lists are not there or cannot be read; whether they are lists is not looked at."""
    for source in sources:
        with _told_of(source):
            for path in files_of(source):
                check_file(path, largest=LARGEST_STREAM)
                path.open("rb").close()


def open_lists(
    sources: Sequence[ListSource], say: Callable[[str], None] = lambda text: None, *, kept_indexes: bool = True
) -> list[OpenList]:
    """The lists, ready, in their order; read afresh if `kept_indexes` are not to be used.

    All of them are read before anything is compiled or indexed, so that a list that cannot be used is refused first.
    `say` is told what takes a while, and when an index cannot be kept or used. Raises `InputError` for an unreadable
    list.
    """
    found = [(source, *_read(source, say, kept_indexes)) for source in sources]
    compile_kernels(say)
    return [
        _opened(source, read if isinstance(read, Index) else _indexed(source, read, digest, say), digest)
        for source, digest, read in found
    ]


def _read(source: ListSource, say: Callable[[str], None], kept_indexes: bool) -> tuple[str, Index | Edition]:
    """The digest of the list's files, and its kept index, or the list itself where there is none."""
    digest = _digest(source)
    if kept_indexes and (index := take_index(digest, source.label, say)):
        return digest, index
    edition = read_list(source.kind, source.path)
    if _digest(source) != digest:
        raise changed(source.path)
    return digest, edition


def _indexed(source: ListSource, edition: Edition, digest: str, say: Callable[[str], None]) -> Index:
    say(f"building the index of {source.label} ({len(edition.entries):,} entries) …")
    return keep_index(build_index(edition.id, edition.entries, _about(edition)), digest, source.label, say)


def _about(edition: Edition) -> dict[str, Any]:
    return {
        "source_date": edition.source_date and edition.source_date.isoformat(),
        "left_out": edition.left_out_by_reason,
        "notes": list(edition.notes),
    }


def _opened(source: ListSource, index: Index, digest: str) -> OpenList:
    about = index.about
    source_date = date.fromisoformat(about["source_date"]) if about["source_date"] else None
    left_out, notes = dict(about["left_out"]), tuple(about["notes"])
    return OpenList(source.label, source.kind, source_date, left_out, notes, index, digest)


def _digest(source: ListSource) -> str:
    """The digest of the list's files. Raises `InputError` if the list cannot be read."""
    with _told_of(source):
        return digest_of_files(f"{source.kind} {READER_VERSION}", files_of(source))


@contextmanager
def _told_of(source: ListSource) -> Iterator[None]:
    """Raise `InputError` where the list's files cannot be looked at or read."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("there is no such file or directory", where=str(source.path), mend="check the path") from None
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", where=str(source.path), mend="check its permissions"
        ) from None


def files_of(source: ListSource) -> list[Path]:
    """The files that the list is read from. Raises `OSError` if they cannot be looked for."""
    if not source.path.is_dir():
        return [source.path]
    from kstep.lists.ofac_sdn import COLUMNS

    return sorted(inner for inner in source.path.iterdir() if inner.name.lower() in COLUMNS)
