"""What a newer log than a backup's says: which people were erased since, and whether it continues the backup's.

It is a bundle, or the home that the backup was made of, if its database can still be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Connection

from kstep.app.backup import destroyed_in
from kstep.app.backup_form import BackupError
from kstep.app.home import Home
from kstep.ledger.events import Event
from kstep.ledger.service import Ledger
from kstep.ledger.verifier import DAMAGED, EMPTY_ROOT, Bundle, Checkpoint, Key, Refused, verify
from kstep.model import ValueRefused
from kstep.register.projection import people_of, stranger

ERASED, SUBJECT = "PersonErased", "erasure:"
FORGOTTEN, OF = "DifferenceForgotten", "forgotten:"
_ALL = 1 << 31
"""More than any generation of a secret."""


@dataclass
class Later:
    """What newer logs say: the number of their longest's events, the people erased behind the backup's last event, and the
    subjects of which a secret was destroyed, with its generation.
    """

    size: int = 0
    erased: set[int] = field(default_factory=set)
    destroyed: dict[str, int] = field(default_factory=dict)

    def forbids(self, subject: str, generation: int) -> bool:
        """Whether a secret must not come back."""
        kind, _, number = subject.partition(":")
        about = people_of(subject) or ((int(number),) if kind == "person" and number.isdigit() else ())
        return not self.erased.isdisjoint(about) or generation <= self.destroyed.get(subject, -1)

    def read_bundle(self, path: Path, held: Iterator[bytes], origin: str, keys: Sequence[Key],
                    outside: Sequence[Checkpoint]) -> None:  # fmt: skip
        """What a bundle says, once it was verified. Raises `BackupError` if it is not as it must be, or is of another history than
        the events `held`.
        """
        try:
            found = verify(path, keys, outside)
            names = [log.origin for log in found]
            if origin not in names:
                raise BackupError(f"{path}: has no log {origin}; bring a bundle of that one")
            place = names.index(origin)
            self._read(Bundle(path).lines(f"logs/{place}/events.jsonl"), held, str(path))
        except Refused as refused:
            raise BackupError(f"{path}: {refused}") from None
        except OSError as error:
            raise BackupError(
                f"{error.filename or path}: cannot be read ({error.strerror or error}); name a bundle"
            ) from None
        except DAMAGED as damage:
            raise BackupError(f"{path}: is no bundle that can be read ({damage}); name another") from None

    def read_home(self, path: Path, held: Iterator[bytes], origin: str, outside: Sequence[Checkpoint]) -> None:
        """What a home's log says, and its secrets. Raises as `read_bundle` does, and `InputError` and `StoreError`."""
        with _opened(path) as (ledger, connection):
            if ledger.origin(connection) != origin:
                raise BackupError(
                    f"{path}: its log is {ledger.origin(connection)}, not {origin}; name the home of that one"
                )
            self._read(ledger.texts(connection), held, str(path))
            for checkpoint in outside:
                reached = checkpoint.size <= self.size
                root = ledger.root(connection, checkpoint.size) if checkpoint.size and reached else EMPTY_ROOT
                if not reached or root != checkpoint.root:
                    raise BackupError(f"{path}: does not agree with {checkpoint.where}; kstep ledger verify tells more")
            for subject, generation in destroyed_in(connection).items():
                self.destroyed[subject] = max(generation, self.destroyed.get(subject, -1))

    def _read(self, texts: Iterator[bytes], held: Iterator[bytes], where: str) -> None:
        size = 0
        for text, ours in zip_longest(texts, held):
            if text is None:
                break
            if ours is None:
                self._note(text, where)
            elif ours != text:
                raise BackupError(
                    f"{where}: from event {size:,} on it tells another history than the backup; use the right one"
                )
            size += 1
        self.size = max(size, self.size)

    def _note(self, text: bytes, where: str) -> None:
        try:
            event = Event.read(text)
        except ValueRefused as refused:
            raise BackupError(f"{where}: {refused}") from None
        if event.type == ERASED and event.subject.startswith(SUBJECT):
            self.erased.add(int(event.subject.removeprefix(SUBJECT)))
        if event.type == FORGOTTEN and event.subject.startswith(OF):  # a backup from before has no later secret
            self.destroyed[stranger(event.subject.removeprefix(OF))] = _ALL


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Ledger, Connection]]:
    home = Home.open(path)
    try:
        with home.database.read() as connection:
            yield home.ledger(), connection
    finally:
        home.database.close()


__all__ = ["Later"]
