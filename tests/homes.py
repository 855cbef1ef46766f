"""A home with accounts, on which commands are run: real keys in real files, and the log to read what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from command_line import Ran
from kstep.access.keys import PersonalKey
from kstep.access.service import Access
from kstep.app.home import Home
from kstep.ledger.service import By
from kstep.model.events import AccessDenied, Fact, Recorded
from kstep.model.markings import Level
from kstep.screening.adoption import adopt, proposed

ORIGIN = "screening.example/hq"
FOR = "administration"


@dataclass
class StaffedHome:
    """A home, and the files of its accounts' keys by their numbers; account 1 is the administrator."""

    home: Home
    keys: dict[int, Path] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path) -> StaffedHome:
        """A new home with its log and its first account; keys lie in the same folder."""
        home = Home.create(folder / "home", ORIGIN)
        with home.database.write() as connection:
            home.ledger().begin(connection, ORIGIN)
        staffed = cls(home)
        staffed.access.open_first("Ada Verwalter", staffed._write(1))
        adopt(home.ledger(), By("account:1", FOR), "for tests", proposed(None))
        return staffed

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.home.path

    @property
    def access(self) -> Access:
        """Its accounts."""
        return Access(self.home.ledger())

    def open(self, *roles: str, office: str = "", level: Level = Level.INTERNAL) -> int:
        """Open an account with these roles, which may see up to a level; returns its number."""
        access, number = self.access, len(self.keys) + 1
        first = access.authenticate(self.keys[1])
        assert access.open_account(first, f"Person {number}", self._write(number), FOR) == number
        for role in roles:
            access.grant(first, number, role, office, FOR)
        if level:
            access.set_eligibility(first, number, level, [], [], FOR)
        return number

    def close(self, number: int) -> None:
        """Close an account."""
        access = self.access
        access.close_account(access.authenticate(self.keys[1]), number, "left", FOR)

    def told(self, *types: type[Fact]) -> list[Recorded]:
        """What was recorded, of these types."""
        with self.home.database.read() as connection:
            return list(self.home.ledger().read(connection, types=types))

    def denial(self) -> tuple[str, str, str]:
        """Who was denied what for the last time, and why."""
        last = self.told(AccessDenied)[-1]
        assert isinstance(last.fact, AccessDenied)
        return last.actor, last.fact.action, last.fact.reason

    def _write(self, number: int) -> str:
        key = PersonalKey.generate()
        self.keys[number] = self.path.parent / f"{number}.key"
        key.write(self.keys[number])
        return key.public


@pytest.fixture
def staffed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StaffedHome]:
    """A home with its administrator, both named by the environment."""
    for name in ("KSTEP_KEY_PASSWORD", "KSTEP_NEW_KEY_PASSWORD", "KSTEP_PURPOSE"):
        monkeypatch.delenv(name, raising=False)
    made = StaffedHome.made(tmp_path)
    monkeypatch.setenv("KSTEP_HOME", str(made.path))
    monkeypatch.setenv("KSTEP_KEY", str(made.keys[1]))
    yield made
    made.home.database.close()


def refused(ended: Ran) -> str:
    """The one line in which a command was refused."""
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1), ended
    return ended.told[0]


__all__ = ["FOR", "ORIGIN", "StaffedHome", "refused", "staffed"]
