"""A node that takes lists in, as tests meet it: a clock that stands still until it is moved, and small lists of invented people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from command_line import write_rows
from kstep.editions.projection import editions_projection
from kstep.editions.publishing import Outcome
from kstep.editions.service import Editions
from kstep.editions.source import ListSource
from kstep.editions.tables import TABLES
from kstep.ledger.service import By, Ledger
from kstep.ledger.vault import Vault
from kstep.store import Database

SECOND = 1_000_000
START = 1_770_000_000 * SECOND
DAY = 24 * 3600
ANN, BEN = By("account:1", "keeping lists"), By("account:2", "keeping lists")


class Clock:
    """Shows what it is set to: a little more than so many seconds later, because no two events are of one moment."""

    def __init__(self) -> None:
        self.shows = START

    def __call__(self) -> int:
        return self.shows

    def pass_seconds(self, seconds: int) -> None:
        self.shows += seconds * SECOND + 100


@dataclass
class Node:
    """The lists of a node, and what they are made of."""

    database: Database
    folder: Path
    clock: Clock
    ledger: Ledger
    editions: Editions

    @classmethod
    def begin(cls, database: Database, folder: Path, **options: Any) -> Node:
        clock, vault = Clock(), Vault(b"k" * 32)
        ledger = Ledger(database, vault, clock, [editions_projection(vault)])
        with database.write() as connection:
            ledger.begin(connection, "screening.example/hq")
        return cls(database, folder, clock, ledger, Editions(ledger, folder / "editions", **options))

    def register(self, list: str = "own", kind: str = "table", **fields: Any) -> None:
        self.editions.register(ANN, ListSource(list=list, kind=kind, **fields))

    def file(self, rows: Mapping[str, Mapping[str, Any]]) -> Path:
        """A table of these entries by their ids."""
        return write_rows(self.folder / "own.jsonl", [{"entry_id": entry, **said} for entry, said in rows.items()])

    def publish(self, rows: Mapping[str, Mapping[str, Any]], by: By = ANN, list: str = "own") -> Outcome:
        return self.editions.publish(by, list, "table", self.file(rows))

    def force(self, rows: Mapping[str, Mapping[str, Any]]) -> Outcome:
        """Publish, and have somebody else release it if it is held."""
        outcome = self.publish(rows)
        return outcome if outcome.state != "held" else self.editions.release(BEN, "own", outcome.number, "looked at")

    def numbers(self, list: str = "own") -> dict[str, int]:
        """kstep's numbers of the entries in force, by the source's ids."""
        current = self.editions.registered(list).current
        assert current is not None
        return {kept.entry.entry_id: kept.number for kept in self.editions.entries(list, current)}

    def happened(self) -> list[str]:
        """The types of the events, in their order."""
        with self.database.read() as connection:
            return [recorded.type for recorded in self.ledger.read(connection)]

    def dump(self) -> dict[str, list[Any]]:
        """Everything that is computed from events."""
        with self.database.read() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in TABLES
            }


def person(name: str, birth_date: str = "", documents: str = "", **more: str) -> dict[str, str]:
    """What a row of a table says of somebody."""
    return {"name": name, "birth_date": birth_date, "documents": documents, **more}


def crowd(size: int) -> dict[str, dict[str, str]]:
    """So many people who have nothing in common."""
    names = ("Vardo", "Ingrid", "Tariq", "Meera", "Somchai", "Dmitri", "Noam", "Yusra", "Pavel", "Chiara")
    return {
        f"E-{number}": person(
            f"{names[number % 10]} Plum{chr(97 + number % 26)}{chr(97 + number // 26)}", f"{1940 + number}-01-02"
        )
        for number in range(size)
    }
