"""Writing the bundle that an inspector gets: the bytes of logs, what may be shown of their payloads, and the verifier itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

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
    """A log: the bytes of its events in order, its last checkpoint, payloads by ascending number, rows of segments by the number
    of their event.
    """

    origin: str
    events: Iterable[bytes]
    checkpoint: bytes
    payloads: Iterable[ShownPayload] = ()
    segments: Mapping[int, Iterable[ShownRow | HiddenRow]] = field(default_factory=dict)


def write_bundle(folder: Path, logs: Sequence[LogToShow]) -> None:
    """Write a bundle of these logs to a folder that is not there yet. Raises `OSError` if it cannot be written."""
    folder.mkdir(parents=True)
    about = canonical({"format": FORMAT, "logs": [log.origin for log in logs]})
    (folder / "bundle.json").write_bytes(about + b"\n")
    (folder / "verify.py").write_bytes(Path(verifier.__file__).read_bytes())
    for place, log in enumerate(logs):
        _write_log(folder / "logs" / str(place), log)


def _write_log(folder: Path, log: LogToShow) -> None:
    folder.mkdir(parents=True)
    _write_lines(folder / "events.jsonl", log.events)
    (folder / "checkpoint").write_bytes(log.checkpoint)
    shown = ({"number": found.number, "payload": found.payload, "salt": found.salt.hex()} for found in log.payloads)
    _write_lines(folder / "payloads.jsonl", map(canonical, shown))
    for number, rows in log.segments.items():
        (folder / "segments").mkdir(exist_ok=True)
        _write_lines(folder / "segments" / f"{number}.jsonl", map(_row_line, rows))


def _row_line(row: ShownRow | HiddenRow) -> bytes:
    if isinstance(row, HiddenRow):
        return canonical({"hash": row.leaf.hex()})
    return canonical({"row": row.row, "salt": row.salt.hex()})


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines)


__all__ = ["HiddenRow", "LogToShow", "ShownPayload", "ShownRow", "write_bundle"]
