"""A home that is backed up, and restored somewhere else, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from databases import new_postgresql
from kept_homes import Kept, a_home
from kstep.app.backup import back_up, keys_beside, make_recovery_key
from kstep.app.backup_form import Backup
from kstep.app.backup_keys import RecoveryKey, SecretsFile
from kstep.app.restore import Restored, Restoring
from kstep.ledger.verifier import Checkpoint
from kstep.store import Database


class Place:
    """A home on one database, its recovery key, and where it is backed up and restored."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.folder = folder
        self.kept = a_home(folder / "home", url)
        make_recovery_key(self.kept.home, folder / "recovery.pem", "")
        self.out = folder / "out"

    def back_up(self, passphrase: str = "a phrase") -> None:
        back_up(self.kept.home, self.out, keys_beside(self.out), passphrase)

    def restoring(self, *outside: Checkpoint, passphrase: str = "a phrase") -> Restoring:
        recovery = RecoveryKey.read(self.folder / "recovery.pem")
        found = Backup.open(self.out), SecretsFile(keys_beside(self.out))
        return Restoring(*found, recovery, passphrase, outside=outside)

    def restore(self, url: str | None, *outside: Checkpoint, newer: tuple[Path, ...] = ()) -> tuple[Kept, Restored]:
        done = replace(self.restoring(*outside), newer=newer).into(self.folder / "new", url)
        return Kept.open(self.folder / "new"), done


@pytest.fixture
def place(tmp_path: Path, empty_url: str, opened_homes: None) -> Place:
    return Place(tmp_path, None if empty_url.startswith("sqlite") else empty_url)


@pytest.fixture
def opened_homes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets go at the end of every database that was opened."""
    opened, first = [], Database.open

    def remember(url: str) -> Database:
        opened.append(first(url))
        return opened[-1]

    monkeypatch.setattr(Database, "open", remember)
    yield
    for database in opened:
        database.close()


@pytest.fixture(params=["into sqlite", "into postgresql"])
def new_url(request: pytest.FixtureRequest) -> str | None:
    """Where something is restored into: a file in the home, or an empty database."""
    return None if request.param == "into sqlite" else new_postgresql(request.getfixturevalue("postgresql"))


__all__ = ["Place", "new_url", "opened_homes", "place"]
