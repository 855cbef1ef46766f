"""A home: the folder in which a node keeps its settings, keys, indexes and the editions of lists; and its database, if that is a
file.

kstep.toml        the node's origin, the URL of its database, and where its checkpoints go
keys/home.key     the key by which the secrets of subjects are sealed; without it nothing can be read
keys/log.key      the first key by which checkpoints are signed
keys/log-ID.key   the keys that came after it
kstep.db          the database, unless it is another
indexes/          of the roster and of lists, made again where they are missing
editions/         the files of each edition, as they came
evidence/         files that were put to facts, each sealed with its person's secret
checkpoints/      a copy of each checkpoint that was made: a database restored from an older copy is noticed by them
"""

from __future__ import annotations

import json
import os
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kstep.app import schema
from kstep.app.projections import projections
from kstep.ledger.service import Ledger
from kstep.ledger.signing import SigningKey
from kstep.ledger.tables import logs
from kstep.ledger.vault import KEY_BYTES, Vault
from kstep.ledger.verifier import is_key_name
from kstep.model import InputError
from kstep.store import Database

SETTINGS, HOME_KEY, LOG_KEY, DATABASE = "kstep.toml", "keys/home.key", "keys/log.key", "kstep.db"
FOLDERS = ("keys", "indexes", "editions", "evidence", "checkpoints")


def now() -> int:
    """The time, in microseconds since 1970 in UTC."""
    return time.time_ns() // 1000


@dataclass(frozen=True)
class Home:
    """A home that was made, and its database, open."""

    path: Path
    settings: dict[str, Any]
    database: Database
    vault: Vault

    @classmethod
    def create(cls, path: Path, origin: str, url: str | None = None) -> Home:
        """Make a home, its keys, and the database's tables. Raises `InputError` if it cannot be made there, and `StoreError`."""
        if not is_key_name(origin):
            mend = "write something like screening.example/hq, without spaces or +"
            raise InputError(f"{origin!r} cannot name this node's log", where="--origin", mend=mend)
        if (path / SETTINGS).exists():
            raise InputError("is a home already", where=str(path), mend="use it, or choose another folder")
        settings = {"origin": origin, "database": url or ""}
        database = Database.open(_url(path, settings))
        try:
            for folder in FOLDERS:
                (path / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
            path.chmod(0o700)
            if database.path:
                database.path.touch(mode=0o600)
            schema.upgrade(database)
            _check_empty(database)
            _write_secret(path / HOME_KEY, os.urandom(KEY_BYTES).hex())
            _write_secret(path / LOG_KEY, SigningKey.generate(origin).secret.hex())
            _write_secret(
                path / SETTINGS, "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
            )
        except FileExistsError as error:
            raise InputError("is in the way", where=str(error.filename), mend="choose an empty folder") from None
        except OSError as error:
            raise InputError(
                f"cannot be made ({error.strerror})",
                where=str(error.filename or path),
                mend="choose a folder that can be written to",
            ) from None
        finally:
            database.close()
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, *, any_schema: bool = False) -> Home:
        """A home that was made. Raises `InputError` if it is none, and `StoreError` if its database cannot be used: it has to have
        the schema of this kstep, unless it is opened to be upgraded.
        """
        try:
            settings = tomllib.loads((path / SETTINGS).read_text())
            key = bytes.fromhex((path / HOME_KEY).read_text())
        except FileNotFoundError as error:
            raise InputError(
                f"is no home of kstep ({Path(error.filename).name} is missing)",
                where=str(path),
                mend="make one with kstep init",
            ) from None
        except OSError as error:
            raise InputError(
                f"cannot be read ({error.strerror})", where=str(error.filename), mend="check its permissions"
            ) from None
        except ValueError as error:
            raise InputError(
                f"has a damaged file ({error})", where=str(path), mend="restore it from a backup"
            ) from None
        database = Database.open(_url(path, settings))
        try:
            if not any_schema:
                schema.check(database)
        except BaseException:
            database.close()
            raise
        return cls(path, settings, database, Vault(key))

    @property
    def origin(self) -> str:
        """The name of this node's log."""
        return str(self.settings["origin"])

    @property
    def signing_key(self) -> SigningKey:
        """The first key by which this node signs checkpoints. Raises `InputError` if it cannot be read."""
        return self._signing_key(self.path / LOG_KEY)

    @property
    def signing_keys(self) -> list[SigningKey]:
        """The keys for signing checkpoints that lie here, the first one first. Raises `InputError` if one cannot be read."""
        first = self.path / LOG_KEY
        later = sorted(first.parent.glob("log-*.key"))
        return [self._signing_key(path) for path in [*([first] if first.exists() or not later else []), *later]]

    def add_signing_key(self) -> SigningKey:
        """Make another key for signing checkpoints, which signs none before the log says so. Raises `InputError`."""
        made = SigningKey.generate(self.origin)
        path = self.path / f"keys/log-{made.key.id.hex()}.key"
        try:
            _write_secret(path, made.secret.hex())
        except OSError as error:
            mend = "check its folder's permissions"
            raise InputError(f"cannot be written ({error.strerror})", where=str(path), mend=mend) from None
        return made

    def _signing_key(self, path: Path) -> SigningKey:
        try:
            return SigningKey.from_bytes(self.origin, bytes.fromhex(path.read_text()))
        except (OSError, ValueError) as error:
            raise InputError(f"is no key ({error})", where=str(path), mend="restore it from a backup") from None

    def ledger(self) -> Ledger:
        """Its ledger, from which all rooms compute what they keep."""
        return Ledger(self.database, self.vault, now, projections(self.vault))


def _check_empty(database: Database) -> None:
    with database.read() as connection:
        found = connection.execute(select(logs.c.origin)).scalar()
    if found is not None:
        mend = "name a database that is empty, or restore that node's home"
        raise InputError(f"holds the log of {found} already", where=str(database), mend=mend)


def _url(path: Path, settings: dict[str, Any]) -> str:
    return str(settings.get("database") or f"sqlite:///{path.absolute() / DATABASE}")


def _write_secret(path: Path, text: str) -> None:
    """Write a file that was not there and that nobody else may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


__all__ = ["Home", "now"]
