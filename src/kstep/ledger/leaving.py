"""How checkpoints leave the machine: to a directory, by mail, to witnesses. Each way is tried, whatever became of the others.

A checkpoint is worth something where the keeper of the log cannot reach it; what comes back from a witness is kept with it.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kstep.ledger.checkpoints import Kept, keep_note, kept_checkpoints
from kstep.ledger.mail import Mail
from kstep.ledger.service import Ledger
from kstep.ledger.verifier import Checkpoint, Refused, sha256
from kstep.ledger.witness import Witness
from kstep.model import KstepError

SUFFIX = ".checkpoint"


@dataclass(frozen=True)
class Directory:
    """A folder that is there, such as one that another machine shares and where nothing can be overwritten."""

    path: Path

    def __str__(self) -> str:
        return f"the directory {self.path}"

    def send(self, note: bytes, time: int) -> None:
        """Put a note there, whole or not at all, unless it is there already. Raises `OSError`."""
        final = self.path / file_name(note)
        if final.exists():
            if final.read_bytes() != note:
                raise FileExistsError(errno.EEXIST, "another file is in the way", str(final))
            return
        handle, work = tempfile.mkstemp(dir=self.path, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            Path(work).chmod(0o644)
            Path(work).rename(final)
        except OSError:
            Path(work).unlink(missing_ok=True)
            raise
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def longest(self, origin: str) -> Checkpoint | None:
        """The checkpoint of the most events of a log that lies there; files that are none are passed over. Raises `OSError`."""
        for path in sorted(self.path.glob(f"{_readable(origin)}.*{SUFFIX}"), reverse=True):
            try:
                found = Checkpoint.parse(path.read_bytes(), str(path))
            except Refused:
                continue
            if found.origin == origin:
                return found
        return None


Way = Directory | Mail | Witness


class Departure(NamedTuple):
    """Where a checkpoint was sent, and why it did not get there; None if it did."""

    to: str
    failed: str | None


def leave(ledger: Ledger, kept: Kept, ways: Sequence[Way]) -> list[Departure]:
    """Send a checkpoint of this node's log on each of these ways, to witnesses first: the others get it with their cosignatures,
    which are kept.
    """
    departures = []
    for way in sorted(ways, key=lambda way: not isinstance(way, Witness)):
        failed = None
        try:
            if isinstance(way, Witness):
                kept = _witnessed(ledger, kept, way)
            else:
                way.send(kept.note, ledger.clock())
        except (KstepError, Refused) as error:
            failed = str(error)
        except OSError as error:
            failed = f"{way}: {error.strerror or error}"
        departures.append(Departure(str(way), failed))
    return departures


def _witnessed(ledger: Ledger, kept: Kept, witness: Witness) -> Kept:
    def proof_from(size: int) -> list[bytes]:
        with ledger.database.read() as connection:
            return ledger.consistency_proof(connection, size, kept.size, kept.log)

    with ledger.database.read() as connection:
        before = next(
            (
                found.size
                for found in kept_checkpoints(connection, kept.log, newest_first=True)
                if found.size <= kept.size and witness.signed(found.checkpoint)
            ),
            0,
        )
    note = witness.cosigned(kept.note, before, proof_from)
    with ledger.database.write() as connection:
        return keep_note(connection, kept.log, note, ledger.clock())


def file_name(note: bytes) -> str:
    """The name of a checkpoint's file: names sort by log and size, and two notes never share one."""
    checkpoint = Checkpoint.parse(note, "a checkpoint")
    return f"{_readable(checkpoint.origin)}.{checkpoint.size:016}.{sha256(note)[:8].hex()}{SUFFIX}"


def _readable(origin: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", origin)[:120]


__all__ = ["Departure", "Directory", "Way", "file_name", "leave"]
