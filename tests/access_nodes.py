"""A node with accounts, for the tests of several rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kstep.access.account import Actor
from kstep.access.keys import PersonalKey
from kstep.access.projection import ACCESS
from kstep.access.service import Access
from kstep.access.tables import TABLES
from kstep.ledger.service import Ledger
from kstep.ledger.vault import KEY_BYTES, Vault
from kstep.model.events import Fact, Recorded
from kstep.store import Database

ORIGIN = "screening.example/hq"
HOME_KEY = bytes(KEY_BYTES)
SECOND = 1_000_000
START = 1_770_000_000 * SECOND
FOR = "administration"


def ticking() -> Callable[[], int]:
    """A clock that shows a second more each time."""
    seconds = count()
    return lambda: START + next(seconds) * SECOND


@dataclass
class Node:
    """A log that was begun, its accounts, and the files of their keys; account 1 is the administrator."""

    access: Access
    folder: Path
    files: dict[int, Path] = field(default_factory=dict)

    @classmethod
    def begun(cls, database: Database, folder: Path) -> Node:
        ledger = Ledger(database, Vault(HOME_KEY), ticking(), [ACCESS])
        with database.write() as connection:
            ledger.begin(connection, ORIGIN)
        node = cls(Access(ledger), folder)
        node.files[1] = node.write("first.key")
        assert node.access.open_first("Ada Verwalter", PersonalKey.read(node.files[1]).public) == 1
        return node

    def write(self, name: str, password: str = "") -> Path:
        """A new key in a new file."""
        path = self.folder / name
        PersonalKey.generate().write(path, password)
        return path

    def actor(self, number: int = 1) -> Actor:
        return self.access.authenticate(self.files[number])

    def open(self, *roles: str, office: str = "") -> int:
        """A new account with these roles."""
        path = self.write(f"{len(self.files) + 1}.key")
        number = self.access.open_account(self.actor(), "Somebody", PersonalKey.read(path).public, FOR)
        self.files[number] = path
        for role in roles:
            self.access.grant(self.actor(), number, role, office, FOR)
        return number

    def told(self, *types: type[Fact]) -> list[Recorded]:
        """What was recorded, of these types."""
        with self.access.ledger.database.read() as connection:
            return list(self.access.ledger.read(connection, types=types))

    def dump(self) -> dict[str, list[Any]]:
        """All that the room's tables hold."""
        with self.access.ledger.database.read() as connection:
            return {
                table.name: [tuple(line) for line in connection.execute(select(table).order_by(*table.primary_key))]
                for table in TABLES
            }


__all__ = ["FOR", "HOME_KEY", "ORIGIN", "SECOND", "START", "Node", "ticking"]
