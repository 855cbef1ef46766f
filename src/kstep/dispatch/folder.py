"""A folder that somebody carries over an air gap: letters go into it, receipts come out of it; each file is whole or not
there.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from kstep.dispatch.receipts import SIGNED
from kstep.dispatch.transports import Answer, Letter, NotDelivered
from kstep.model import InputError, one_line

LETTERS, RECEIPTS = "letters", "receipts"
LETTER_END, RECEIPT_END = ".letter.json", ".receipt.json"
LARGEST = 1 << 18
"""Bytes of a file that is read."""


class Folder:
    """Channels that are folders: `file:/PATH`, which has to be there."""

    again = False

    def send(self, channel: str, letters: Sequence[Letter]) -> Mapping[str, Answer]:
        """Put letters there, and look for receipts."""
        path = _path(channel)
        try:
            put_all(path / LETTERS, {f"{letter.message}{LETTER_END}": letter.text for letter in letters})
        except OSError as error:
            raise NotDelivered(f"{channel}: {error.strerror or error}") from None
        return self.ask(channel, [letter.message for letter in letters])

    def ask(self, channel: str, messages: Sequence[str]) -> Mapping[str, Answer]:
        """The receipts that lie there."""
        folder = _path(channel) / RECEIPTS
        try:
            there = {entry.name for entry in os.scandir(folder)} if folder.is_dir() else set()
            found: dict[str, Answer] = {}
            for message in messages:
                names = [f"{message}.{state}{RECEIPT_END}" for state in SIGNED]
                found[message] = Answer(tuple(read_small(folder / name) for name in names if name in there))
        except OSError as error:
            raise NotDelivered(f"{channel}: {error.strerror or error}") from None
        return found


def _path(channel: str) -> Path:
    path = Path(channel.removeprefix("file:"))
    if not path.is_dir():
        raise NotDelivered(f"{one_line(channel, 120)}: the folder is not there; make it, or bring the carrier")
    return path


def put_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a folder, each whole or not at all, and on the disk before this ends. Raises `OSError`."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        final = folder / name
        if final.exists() and final.read_bytes() == content:
            continue
        handle, work = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(work).chmod(0o644)
            Path(work).rename(final)
        except OSError:
            Path(work).unlink(missing_ok=True)
            raise
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def write_receipts(folder: Path, answers: Mapping[str, Answer]) -> None:
    """Put the receipts of messages into a folder, as senders look for them. Raises `InputError` if that cannot be."""
    told = [(text, json.loads(text)["receipt"]) for answer in answers.values() for text in answer.receipts]
    files = {f"{receipt['message']}.{receipt['state']}{RECEIPT_END}": text for text, receipt in told}
    try:
        put_all(folder / RECEIPTS, files)
    except OSError as error:
        what, mend = f"cannot be written ({error.strerror})", "choose a folder that is there"
        raise InputError(what, where=str(folder), mend=mend) from None


def read_small(path: Path) -> bytes:
    """A file's bytes; of one that is too large to be ours, no more than shows that. Raises `OSError`."""
    with path.open("rb") as file:
        return file.read(LARGEST)


__all__ = ["LETTERS", "LETTER_END", "RECEIPTS", "RECEIPT_END", "Folder", "put_all", "read_small", "write_receipts"]
