"""Homes with something in them, as tests of what is kept meet them: accounts, people, a list, a screening, a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from kstep.access.keys import PersonalKey
from kstep.access.service import Access
from kstep.app.home import Home
from kstep.editions.publishing import Outcome
from kstep.editions.service import Editions
from kstep.editions.source import ListSource
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.leaving import Directory, file_name
from kstep.ledger.service import By
from kstep.ledger.soundness import Soundness
from kstep.ledger.verifier import Checkpoint
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import ListSource as Source
from kstep.screening.sources import open_lists
from lists_in_use import crowd
from nodes import people_file, person

ORIGIN = "screening.example/hq"
ANN = By("account:1", "testing")
STANDARD = Standard(0.5, 8_000)


@dataclass(frozen=True)
class Kept:
    """A home, and the rooms in it."""

    home: Home

    @classmethod
    def make(cls, folder: Path, url: str | None = None, origin: str = ORIGIN) -> Kept:
        """A home whose log was begun, with an administrator whose key is `ada.key` beside it."""
        home = Home.create(folder, origin, url)
        with home.database.write() as connection:
            home.ledger().begin(connection, origin)
        key = PersonalKey.generate()
        key.write(folder.parent / "ada.key")
        Access(home.ledger()).open_first("Ada", key.public)
        return cls(home)

    @classmethod
    def open(cls, folder: Path) -> Kept:
        return cls(Home.open(folder))

    @property
    def register(self) -> Register:
        return Register(self.home.ledger(), RegisterProjection(self.home.vault))

    @property
    def editions(self) -> Editions:
        return Editions(self.home.ledger(), self.home.path / "editions")

    def import_people(self, path: Path) -> None:
        self.register.import_people(path, ANN)

    def publish(self, path: Path) -> Outcome:
        if not self.editions.lists():
            source = ListSource(list="own", kind="table", most_removed="1/1", authority="the desk of the list")
            self.editions.register(ANN, source)
        return self.editions.publish(ANN, "own", "table", path)

    def issued_by(self, country: str, authority: str = "the desk of the list") -> None:
        """From here on this state issues the list, and this authority says who is meant."""
        source = ListSource(list="own", kind="table", most_removed="1/1", country=country, authority=authority)
        self.editions.change(ANN, source)

    def rescreen(self) -> None:
        current = self.editions.current("own")
        assert current is not None
        stored = self.editions.stored("own", current.number)
        (opened,) = open_lists([Source(stored.kind, stored.path, "own")], kept_indexes=False)
        run = Rescreening(self.home.ledger(), self.register, self.home.path / "indexes", STANDARD)
        run.run([ListInUse("own", opened)], ANN)

    def checkpoint(self) -> Checkpoint:
        kept = make_checkpoint(self.home.ledger(), self.home.signing_keys)
        Directory(self.home.path / "checkpoints").send(kept.note, kept.made)
        return Checkpoint.parse(kept.note, file_name(kept.note))

    def number_of(self, number: int) -> int:
        return self.register.find(f"P{number:06d}")

    def findings(self, *outside: Checkpoint) -> list[str]:
        keys = [signer.key for signer in self.home.signing_keys]
        return [str(finding) for finding in Soundness(self.home.ledger(), keys, outside).findings()]

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table that is computed from events."""
        with self.home.database.read() as connection:
            tables: list[Table] = [table for one in self.home.ledger().projections for table in one.tables]
            return {
                table.name: [
                    tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
                ]
                for table in tables
            }


def listed_file(folder: Path, size: int = 6) -> Path:
    """A list of invented people, of whom the first is also among `person`'s."""
    from command_line import write_rows

    rows = {"E-own": {"name": "Tariq Qasrawan", "birth_date": "1950-03-01"}, **crowd(size)}
    return write_rows(folder / "own.jsonl", [{"entry_id": entry, **said} for entry, said in rows.items()])


def a_home(folder: Path, url: str | None = None, people: int = 12) -> Kept:
    """A home with everything in it."""
    kept = Kept.make(folder, url)
    kept.import_people(people_file(folder.parent / "people.csv", [person(number) for number in range(people)]))
    kept.publish(listed_file(folder.parent))
    kept.rescreen()
    kept.register.erase(kept.number_of(3), "retention", ANN)
    kept.checkpoint()
    return kept
