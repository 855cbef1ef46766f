"""What opens a backup, kept apart from it: the home's key and the secrets of subjects, sealed for a recovery key whose private part
is on no machine that makes backups.

A file of secrets has a line for each subject, so that those of who was erased since can be taken out of it without the recovery
key: the machine that made it cannot open it any more.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from kstep.app.backup_form import BackupError, wait_for_entry
from kstep.ledger.vault import KEY_BYTES
from kstep.model import InputError

KEYS_FORMAT = "kstep backup keys 1"
PREFIX = "x25519:"
_NONCE, _PUBLIC = 12, 32
_COST = 1 << 16
"""Of scrypt, with blocks of 8: 64 MB and some tenths of a second for each passphrase that is tried."""


@dataclass(frozen=True)
class RecoveryPublic:
    """The public part of a recovery key: what is sealed for it, it cannot open itself."""

    raw: bytes

    def __str__(self) -> str:
        return PREFIX + base64.b64encode(self.raw).decode()

    @classmethod
    def parse(cls, text: str, where: str) -> RecoveryPublic:
        """The key of a line. Raises `InputError`."""
        try:
            raw = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
        except ValueError:
            raw = b""
        if len(raw) != _PUBLIC or not text.strip().startswith(PREFIX):
            mend = "put the line there that kstep backup make-key printed"
            raise InputError("is no public part of a recovery key", where=where, mend=mend)
        return cls(raw)

    def seal(self, content: bytes, about: str) -> bytes:
        """These bytes, for who has the private part alone."""
        once = X25519PrivateKey.generate()
        public = once.public_key().public_bytes_raw()
        key = _agreed(once.exchange(X25519PublicKey.from_public_bytes(self.raw)), public + self.raw)
        return public + _sealed(key, content, about)


@dataclass(frozen=True, repr=False)
class RecoveryKey:
    """A recovery key with its private part."""

    private: X25519PrivateKey

    @classmethod
    def generate(cls) -> RecoveryKey:
        """A new one."""
        return cls(X25519PrivateKey.generate())

    @property
    def public(self) -> RecoveryPublic:
        """What backups are sealed for."""
        return RecoveryPublic(self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed for it. Raises `BackupError`."""
        public, rest = sealed[:_PUBLIC], sealed[_PUBLIC:]
        try:
            agreed = self.private.exchange(X25519PublicKey.from_public_bytes(public))
            return _opened(_agreed(agreed, public + self.public.raw), rest, about)
        except (InvalidTag, ValueError):
            raise BackupError(
                "the secrets were sealed for another recovery key, or changed; use the right one"
            ) from None

    def write(self, path: Path, password: str = "") -> None:
        """Write it into a new file that nobody else may read. Raises `InputError`."""
        encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        text = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        write_new(path, text)

    @classmethod
    def read(cls, path: Path, password: str = "") -> RecoveryKey:
        """The key in a file. Raises `InputError`."""
        mend = "name the file that kstep backup make-key wrote; KSTEP_RECOVERY_PASSWORD is its password"
        try:
            private = load_pem_private_key(path.read_bytes(), password.encode() or None)
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend=mend) from None
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise InputError("is no recovery key, or has another password", where=str(path), mend=mend) from None
        if not isinstance(private, X25519PrivateKey):
            raise InputError("is a key for something else", where=str(path), mend=mend)
        return cls(private)


@dataclass(frozen=True)
class Held:
    """A secret in a file of secrets: of which subject and generation, and sealed; None if it was taken out since."""

    subject: str
    generation: int
    sealed: bytes | None


class SecretsWriter:
    """Writes a file of secrets for a backup. What seals them is made for this file, and sealed for the recovery key."""

    def __init__(self, file: Any, backup: str, home_key: bytes, recovery: RecoveryPublic) -> None:
        self._file, self._backup, self._key = file, backup, os.urandom(KEY_BYTES)
        sealed = recovery.seal(self._key + home_key, f"{KEYS_FORMAT} {backup}")
        self._line({"format": KEYS_FORMAT, "backup": backup, "recovery": str(recovery), "sealed": _text(sealed)})

    def add(self, subject: str, generation: int, secret: bytes) -> None:
        """Write a subject's secret."""
        sealed = _sealed(self._key, secret, _about(self._backup, subject, generation))
        self._line({"subject": subject, "generation": generation, "sealed": _text(sealed)})

    def _line(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")


class SecretsFile:
    """A file of secrets that was made with a backup."""

    def __init__(self, path: Path) -> None:
        """Raises `BackupError` if it is none."""
        self.path = path
        with self._lines() as lines:
            self._head = next(lines, {})
        self.backup = self._head.get("backup")
        if self._head.get("format") != KEYS_FORMAT or not isinstance(self.backup, str):
            raise BackupError(f"{path}: is no file of secrets of a backup; name the one that was made with it")

    def __iter__(self) -> Iterator[Held]:
        with self._lines() as lines:
            next(lines, None)
            for number, line in enumerate(lines, 2):
                try:
                    sealed = None if line["sealed"] is None else base64.b64decode(line["sealed"], validate=True)
                    yield Held(str(line["subject"]), int(line["generation"]), sealed)
                except (ValueError, KeyError, TypeError):
                    raise BackupError(f"{self.path}:{number}: is damaged; use another backup") from None

    def opened(self, recovery: RecoveryKey) -> tuple[bytes, bytes]:
        """The key of this file, and the home's. Raises `BackupError`."""
        found = recovery.open(_bytes(self._head.get("sealed")), f"{KEYS_FORMAT} {self.backup}")
        return found[:KEY_BYTES], found[KEY_BYTES:]

    def secret(self, key: bytes, held: Held) -> bytes:
        """What was held, by the key of this file. Raises `BackupError`."""
        try:
            return _opened(key, held.sealed or b"", _about(str(self.backup), held.subject, held.generation))
        except (InvalidTag, ValueError):
            raise BackupError(f"{self.path}: the secret of {held.subject} was changed; use another backup") from None

    def forget(self, destroyed: Mapping[str, int]) -> int:
        """Take out the secrets of these subjects, up to these generations, for good; that they were there stays. Returns how many
        were taken out. Raises `OSError`; then the file is as it was.
        """
        count = 0
        handle, work = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps(self._head).encode() + b"\n")
                for held in self:
                    gone = held.generation <= destroyed.get(held.subject, -1)
                    count += gone and held.sealed is not None
                    kept = None if gone or held.sealed is None else _text(held.sealed)
                    line = {"subject": held.subject, "generation": held.generation, "sealed": kept}
                    file.write(json.dumps(line).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            Path(work).replace(self.path)
            wait_for_entry(self.path)
        finally:
            Path(work).unlink(missing_ok=True)
        return count

    def _lines(self) -> _Lines:
        return _Lines(self.path)


class _Lines:
    """The lines of a file of JSON objects, while it is open."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Iterator[dict[str, Any]]:
        try:
            self._file = self._path.open("rb")
        except OSError as error:
            told = f"{self._path}: cannot be read ({error.strerror}); name the file of secrets that was made with the backup"
            raise BackupError(told) from None
        return self._read()

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read(self) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(self._file, 1):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                found = None
            if not isinstance(found, dict):
                raise BackupError(f"{self._path}:{number}: is damaged; use another backup")
            yield found


def seal_log_keys(keys: Mapping[str, str], passphrase: str) -> bytes:
    """The keys of a log by the names of their files, behind a passphrase."""
    salt = os.urandom(16)
    sealed = _sealed(_stretched(passphrase, salt), json.dumps(dict(keys)).encode(), "log keys")
    return json.dumps({"salt": _text(salt), "sealed": _text(sealed)}).encode() + b"\n"


def open_log_keys(text: bytes, passphrase: str) -> dict[str, str]:
    """The keys of a log, by the names of their files. Raises `BackupError`."""
    try:
        found = json.loads(text)
        key = _stretched(passphrase, _bytes(found["salt"]))
        opened: dict[str, str] = json.loads(_opened(key, _bytes(found["sealed"]), "log keys"))
        return opened
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise BackupError("the log's keys are behind another passphrase; set KSTEP_BACKUP_PASSPHRASE to it") from None


def write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there and that nobody else may read, and wait for the disk. Raises `InputError`."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        wait_for_entry(path)
    except FileExistsError:
        raise InputError("is there already", where=str(path), mend="choose another; nothing is overwritten") from None
    except OSError as error:
        path.unlink(missing_ok=True)
        mend = "choose a folder that can be written to and has room"
        raise InputError(f"cannot be written ({error.strerror})", where=str(path), mend=mend) from None


def forget(paths: Iterable[Path], destroyed: Mapping[str, int]) -> int:
    """Take the secrets that were destroyed since out of files of secrets; returns how many were. Raises `BackupError`."""
    return sum(SecretsFile(path).forget(destroyed) for path in paths)


def _agreed(shared: bytes, salt: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt, b"kstep/recovery/1").derive(shared)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=_COST, r=8, p=1).derive(passphrase.encode())


def _sealed(key: bytes, content: bytes, about: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, about.encode())


def _opened(key: bytes, sealed: bytes, about: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())


def _about(backup: str, subject: str, generation: int) -> str:
    return f"{backup} {subject} {generation}"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return b""


__all__ = [
    "Held", "RecoveryKey", "RecoveryPublic", "SecretsFile", "SecretsWriter", "forget", "open_log_keys", "seal_log_keys",
    "write_new",
]  # fmt: skip
