"""Making a backup of a home: what its database held at one moment, with its settings, editions and checkpoints, in a folder that
holds no live key; and beside it a file of the secrets, sealed for the recovery key.

Indexes are not in it: they hold what is known in the clear, and are made again. Both appear whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from kstep.app import schema
from kstep.app.backup_form import (
    AT_ONCE,
    FORMAT,
    LOG_KEYS,
    MANIFEST,
    SETTINGS,
    BackupError,
    digest_of,
    table_file,
    table_lines,
    tables_kept,
    wait_for_disk,
    wait_for_entry,
)
from kstep.app.backup_keys import RecoveryKey, RecoveryPublic, SecretsWriter, seal_log_keys, write_new
from kstep.app.home import Home, now
from kstep.ledger.keys import log_keys
from kstep.ledger.tables import OWN, logs, secrets
from kstep.model import InputError

RECOVERY = "keys/recovery.pub"
"""Where a home keeps the public part of its recovery key."""


@dataclass(frozen=True)
class Made:
    """A backup that was made: events of this node's log, rows of all tables, secrets beside it, and whether it has the log's
    keys.
    """

    events: int
    rows: int
    secrets: int
    log_keys: bool


def make_recovery_key(home: Home, private: Path, password: str) -> RecoveryPublic:
    """Make the recovery key of a home: the private part into a new file, the public part into the home. Raises `InputError`."""
    kept = home.path / RECOVERY
    if kept.exists():
        mend = "take it away first; backups that were made before still need the key that it belongs to"
        raise InputError("is there already", where=str(kept), mend=mend)
    key = RecoveryKey.generate()
    key.write(private, password)
    try:
        write_new(kept, f"{key.public}\n".encode())
    except InputError:
        private.unlink()  # nothing is sealed for it
        raise
    return key.public


def recovery_of(home: Home) -> RecoveryPublic:
    """The key for which this home's backups are sealed. Raises `InputError` if there is none."""
    path = home.path / RECOVERY
    try:
        return RecoveryPublic.parse(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError):
        mend = "make one with kstep backup make-key, and keep the file that it writes elsewhere"
        raise InputError("this home has no recovery key", where=str(path), mend=mend) from None


def keys_beside(out: Path) -> Path:
    """Where the secrets of a backup go, unless it is said."""
    return out.with_name(f"{out.name}.keys")


def back_up(home: Home, out: Path, keys: Path, passphrase: str = "") -> Made:
    """Make a backup of a home into a folder, and the file of its secrets, which are not there yet. With a passphrase the log's keys
    are in it, behind that. Raises `InputError`, `BackupError`, `StoreError` and `OSError`; then neither is there.
    """
    recovery = recovery_of(home)
    for path in (out, keys):
        if path.exists() or path.is_symlink():
            raise InputError("is there already", where=str(path), mend="choose another; nothing is overwritten")
        if not path.parent.is_dir():
            raise InputError("its folder is not there", where=str(path), mend="make it, or mount it")
    work = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=keys.parent, prefix=f".{keys.name}.")
        beside = Path(name)
        made = _Making(home, work / out.name, passphrase).run(handle, recovery)
        wait_for_disk(work / out.name)
        _put(beside, keys)
        try:
            (work / out.name).rename(out)
        except OSError:
            keys.unlink()
            raise
        wait_for_entry(out)
        return made
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
        with suppress(OSError):
            shutil.rmtree(work)


def _put(work: Path, final: Path) -> None:
    """Give a file its name, unless that is taken. Raises `OSError`."""
    os.link(work, final)
    work.unlink()
    wait_for_entry(final)


class _Making:
    """One backup while it is made, in a folder of its own."""

    def __init__(self, home: Home, folder: Path, passphrase: str) -> None:
        self._home, self._folder, self._passphrase = home, folder, passphrase
        self._files: dict[str, str] = {}
        self._rows = 0

    def run(self, handle: int, recovery: RecoveryPublic) -> Made:
        """Write everything. Raises `BackupError`, `StoreError` and `OSError`."""
        name = os.urandom(16).hex()
        for folder in (self._folder, self._folder / "tables", self._folder / "files"):
            folder.mkdir(mode=0o700)
        # Copies of checkpoints first: none of them is longer than the log is in the tables.
        self._copy_below("checkpoints")
        with self._home.database.read() as connection:
            log = connection.execute(select(logs).where(logs.c.log == OWN)).one_or_none()
            if log is None:
                raise BackupError("this node has no log yet, so there is nothing to back up; kstep init begins one")
            ledger = self._home.ledger()
            root = ledger.root(connection, log.size)
            for table in tables_kept():
                self._write(table_file(table), table_lines(connection, table))
            with os.fdopen(handle, "wb") as file:
                count = self._write_secrets(connection, SecretsWriter(file, name, self._home.vault.key, recovery))
                file.flush()
                os.fsync(file.fileno())
            # An event tells of an edition, or of evidence, when its files lie there: they are copied after the tables.
            self._copy_below("editions")
            self._copy_below("evidence")
            held = [signer.key for signer in self._signing_keys()]
            keys = [str(key.key) for key in log_keys(ledger, connection, held)]
        self._write(SETTINGS, [_without_database((self._home.path / "kstep.toml").read_text()).encode()])
        self._write_log_keys()
        about = {
            "format": FORMAT, "id": name, "schema": schema.newest(), "origin": log.origin, "made": now(), "size": log.size,
            "root": root.hex(), "keys": keys, "files": self._files,
        }  # fmt: skip
        (self._folder / MANIFEST).write_text(json.dumps(about, indent=1) + "\n")
        return Made(log.size, self._rows, count, LOG_KEYS in self._files)

    def _write(self, name: str, lines: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        with (self._folder / name).open("wb") as file:
            for line in lines:
                self._rows += name.startswith("tables/")
                digest.update(line)
                file.write(line)
        self._files[name] = digest.hexdigest()

    def _write_secrets(self, connection: Connection, writer: SecretsWriter) -> int:
        """The secrets themselves beside the backup, and in it only whose there are and which were destroyed."""
        asked = select(secrets.c.subject).order_by(secrets.c.subject)
        told, count = [], 0
        for some in connection.execute(asked, execution_options={"yield_per": AT_ONCE}).scalars().partitions():
            for subject, secret in sorted(self._home.vault.look(connection, some).items()):
                told.append(json.dumps([subject, secret.generation, not secret.secret]).encode() + b"\n")
                if secret.secret:
                    writer.add(subject, secret.generation, secret.secret)
                    count += 1
        self._write(table_file(secrets), told)
        return count

    def _copy_below(self, folder: str) -> None:
        top = self._home.path / folder
        for path in sorted(top.rglob("*")):
            inside = path.relative_to(top)
            if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in inside.parts):
                continue  # what begins with a dot is on its way in, or damaged
            name = f"files/{folder}/{inside.as_posix()}"
            target = self._folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(path, target)
            self._files[name] = digest_of(target)

    def _signing_keys(self) -> list[Any]:
        folder = self._home.path / "keys"
        return self._home.signing_keys if list(folder.glob("log*.key")) else []

    def _write_log_keys(self) -> None:
        if self._passphrase:
            found = {path.name: path.read_text() for path in sorted((self._home.path / "keys").glob("log*.key"))}
            self._write(LOG_KEYS, [seal_log_keys(found, self._passphrase)])


def _without_database(text: str) -> str:
    """Settings without the address of the database, in which there may be a password."""
    return re.sub(r"(?m)^\s*database\s*=.*$", 'database = ""', text)


def destroyed_in(connection: Connection) -> dict[str, int]:
    """The subjects of which a secret was destroyed, each with its last generation that was: who has one again has a later one."""
    gone = (secrets.c.wrapped == b"") | (secrets.c.generation > 0)
    asked = select(secrets.c.subject, secrets.c.generation, secrets.c.wrapped).where(gone)
    return {line.subject: line.generation - bool(line.wrapped) for line in connection.execute(asked)}


__all__ = ["RECOVERY", "Made", "back_up", "destroyed_in", "keys_beside", "make_recovery_key", "recovery_of"]
