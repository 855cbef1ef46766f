"""Writing the bundle that an inspector gets: the bytes of logs, what may be shown of their payloads, and the verifier itself.

Nothing is held in memory: what is written comes a line at a time, and goes to a folder or into an archive that lies in its place
when it is whole. The same logs give the same bytes.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from kstep.ledger import verifier
from kstep.ledger.verifier import FORMAT, canonical


class ShownPayload(NamedTuple):
    """The payload of an event, and the salt with which that committed to it."""

    number: int
    salt: bytes
    payload: Any


class ShownRow(NamedTuple):
    """A row of a segment, and its salt."""

    row: Any
    salt: bytes


class HiddenRow(NamedTuple):
    """The leaf of a row that is not shown."""

    leaf: bytes


@dataclass(frozen=True)
class LogToShow:
    """A log: the bytes of its events in order, its last checkpoint, payloads by ascending number, and the rows of segments, each
    with the number of its event.
    """

    origin: str
    events: Iterable[bytes]
    checkpoint: bytes
    payloads: Iterable[ShownPayload] = ()
    segments: Iterable[tuple[int, Iterable[ShownRow | HiddenRow]]] = ()


Open = Callable[[str], IO[bytes]]
"""A file of a bundle by its name, to be written once."""


def write_bundle(out: Path, logs: Sequence[LogToShow], *, archive: bool = False) -> None:
    """Write a bundle of these logs to a folder, or an archive, that is not there yet. Raises `OSError` if it cannot be written;
    then nothing is there.
    """
    if out.exists():
        raise FileExistsError(errno.EEXIST, "is there already", str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    try:
        if archive:
            with zipfile.ZipFile(work / out.name, "w", zipfile.ZIP_DEFLATED) as file:
                _write(lambda name: file.open(_member(name), "w", force_zip64=True), logs)
        else:
            _write(lambda name: _file(work / out.name / name), logs)
        (work / out.name).rename(out)
    finally:
        with suppress(OSError):
            shutil.rmtree(work)


def _file(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb")


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)  # of 1980, as all of them: the time of writing is no part of a bundle
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _write(open: Open, logs: Sequence[LogToShow]) -> None:
    about = canonical({"format": FORMAT, "logs": [log.origin for log in logs]})
    _write_lines(open, "bundle.json", [about])
    with open("verify.py") as file:
        file.write(Path(verifier.__file__).read_bytes())
    for place, log in enumerate(logs):
        _write_log(open, f"logs/{place}", log)


def _write_log(open: Open, folder: str, log: LogToShow) -> None:
    _write_lines(open, f"{folder}/events.jsonl", log.events)
    with open(f"{folder}/checkpoint") as file:
        file.write(log.checkpoint)
    shown = ({"number": found.number, "payload": found.payload, "salt": found.salt.hex()} for found in log.payloads)
    _write_lines(open, f"{folder}/payloads.jsonl", map(canonical, shown))
    for number, rows in log.segments:
        _write_lines(open, f"{folder}/segments/{number}.jsonl", map(_row_line, rows))


def _row_line(row: ShownRow | HiddenRow) -> bytes:
    if isinstance(row, HiddenRow):
        return canonical({"hash": row.leaf.hex()})
    return canonical({"row": row.row, "salt": row.salt.hex()})


def _write_lines(open: Open, name: str, lines: Iterable[bytes]) -> None:
    with open(name) as file:
        file.writelines(line + b"\n" for line in lines)


__all__ = ["HiddenRow", "LogToShow", "ShownPayload", "ShownRow", "write_bundle"]
