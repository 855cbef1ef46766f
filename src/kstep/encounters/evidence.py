"""Evidence: a file, known by the hash of its content and held against it whenever it is read; or a pointer to a marked original
that lies elsewhere.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from kstep.ledger.vault import SealBroken, Vault
from kstep.model import InputError, KstepError, one_line
from kstep.model.markings import Marking
from kstep.register.projection import subject_of
from kstep.store import Database

LARGEST = 256 << 20
"""Bytes of a piece of evidence at most."""

_MEND = "restore it from a backup"


class EvidenceDamaged(KstepError):
    """A piece of evidence is not there, or is not what it was: `how`, in words that follow its name."""

    def __init__(self, hash: str, how: str, mend: str = "") -> None:
        super().__init__(f"evidence {hash[:12]} {how}{mend}")
        self.how = how


@dataclass(frozen=True)
class Evidence:
    """A piece: of what kind, as protocols call it; the hash of its file (SHA-256) or a pointer to where it is; its media type;
    where it is from; and how it is marked.
    """

    kind: str
    hash: str = ""
    pointer: str = ""
    type: str = ""
    source: str = ""
    marking: str = "restricted"

    def to_json(self) -> dict[str, str]:
        """As events hold it."""
        return {
            "kind": self.kind, "hash": self.hash, "pointer": self.pointer, "type": self.type, "source": self.source,
            "marking": self.marking,
        }  # fmt: skip


@dataclass(frozen=True)
class EvidenceStore:
    """The folder in which evidence is kept: each file sealed with the secret of the person whom it concerns, under a name that
    tells nothing without the home's key. Whoever is erased, their evidence goes with them.
    """

    folder: Path
    database: Database
    vault: Vault
    new: list[Path] = field(default_factory=list)
    """What it kept, and did not have before."""

    def put(
        self, person: int, path: Path, kind: str, source: str, marking: str = "restricted", type: str = ""
    ) -> Evidence:
        """Keep a copy of a file; it is there, whole, when this returns. Raises `InputError`."""
        Marking.parse(marking)
        try:
            content = path.read_bytes() if path.stat().st_size <= LARGEST else None
        except OSError as error:
            mend = "give the path of a file that can be read"
            raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend=mend) from None
        if not content:
            what = "is empty" if content is not None else f"is larger than {LARGEST >> 20} MiB"
            raise InputError(what, where=str(path), mend="give the file that shows it")
        hash = hashlib.sha256(content).hexdigest()
        kept = self._path(person, hash)
        if not kept.exists():
            with self.database.write() as connection:
                secret = self.vault.secret(connection, subject_of(person))
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = kept.with_name(f".{kept.name}.{os.getpid()}")
            with half.open("wb") as file:
                file.write(secret.seal(content, _place(hash)))
                file.flush()
                os.fsync(file.fileno())
            half.replace(kept)
            self.new.append(kept)
        return Evidence(kind, hash, type=type or _type_of(path), source=source, marking=marking)

    @contextmanager
    def unless_refused(self) -> Iterator[EvidenceStore]:
        """A store that lets go of what it keeps, and did not have before, if what it was kept for is refused."""
        new: list[Path] = []
        try:
            yield replace(self, new=new)
        except KstepError:
            for path in new:
                path.unlink(missing_ok=True)
            raise

    def read(self, person: int, hash: str) -> bytes:
        """The content of a file that was kept of a person. Raises `EvidenceDamaged`."""
        try:
            sealed = self._path(person, hash).read_bytes()
        except OSError:
            raise EvidenceDamaged(hash, "is missing", f": it is not in {self.folder}; {_MEND}") from None
        with self.database.read() as connection:
            found = self.vault.find(connection, [subject_of(person)])
        secret = found.get(subject_of(person))
        if secret is None or secret.is_gone_for(sealed):
            raise EvidenceDamaged(hash, "went with the person whom it concerned")
        try:
            content = secret.open(sealed, _place(hash))
        except SealBroken:
            content = b""
        if hashlib.sha256(content).hexdigest() != hash:
            raise EvidenceDamaged(hash, "was changed since it was kept", f"; {_MEND}")
        return content

    def _path(self, person: int, hash: str) -> Path:
        name = self.vault.keyed("evidence", f"{person} {hash}".encode()).hex()
        return self.folder / name[:2] / name


def _place(hash: str) -> str:
    return f"evidence {hash}"


def pointed_at(kind: str, pointer: str, source: str, marking: str = "restricted") -> Evidence:
    """Evidence that lies elsewhere. Raises `InputError`."""
    Marking.parse(marking)
    if not pointer.strip() or len(pointer) > 400 or not pointer.isprintable():
        mend = "say where the original is, in 1 to 400 printable characters"
        raise InputError(f"{one_line(pointer, 40)!r} points at nothing", where="--evidence", mend=mend)
    return Evidence(kind, pointer=pointer.strip(), source=source, marking=marking)


def _type_of(path: Path) -> str:
    import mimetypes

    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


__all__ = ["LARGEST", "Evidence", "EvidenceDamaged", "EvidenceStore", "pointed_at"]
