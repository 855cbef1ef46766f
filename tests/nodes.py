"""A node as tests use it: a ledger with its register and screening, on either database, with a clock that a test sets."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from kstep.ledger.service import By, Ledger
from kstep.ledger.vault import Vault
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.register.tasks import TasksProjection
from kstep.screening.canary_standing import CanaryProjection
from kstep.screening.standing import ScreeningProjection
from kstep.store import Database

BY = By("account:1", "testing")
START = 1_770_000_000_000_000
SECOND = 1_000_000
KEY = bytes(range(32))


@dataclass
class Node:
    """A node: its clock shows `now`, and a second more each time that it is asked."""

    database: Database
    now: int = START
    vault: Vault = field(default_factory=lambda: Vault(KEY))

    def __post_init__(self) -> None:
        self.projection = register = RegisterProjection(self.vault)
        projections = [
            *Register.projections(register),
            TasksProjection(self.vault).projection(),
            ScreeningProjection(self.vault).projection(),
            CanaryProjection(self.vault).projection(),
        ]
        self.ledger = Ledger(self.database, self.vault, self.clock, projections)
        self.register = Register(self.ledger, register)

    def begin(self, origin: str = "screening.example/hq") -> Node:
        """Begin its log."""
        with self.database.write() as connection:
            self.ledger.begin(connection, origin)
        return self

    def clock(self) -> int:
        self.now += SECOND
        return self.now

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """What was computed from events: every row of every table, in order."""
        with self.database.read() as connection:
            tables: list[Table] = [table for projection in self.ledger.projections for table in projection.tables]
            return {
                table.name: [
                    tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
                ]
                for table in tables
            }


def people_file(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    """A file of people."""
    columns = ("person_id", "name", "birth_date", "nationality", "documents", "office", "custody_place", "outcome")
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def person(number: int, **fields: str) -> dict[str, str]:
    """A row of a file of people."""
    given = ("Tariq", "Mohammed", "Elena", "Jin", "Amadou", "Rosa")[number % 6]
    family = ("Qasrawan", "Ivanova", "Okafor", "Castellanos", "Haddad")[number % 5]
    return {
        "person_id": f"P{number:06d}", "name": f"{given} {family}", "birth_date": f"{1950 + number % 50}-03-{1 + number % 28:02d}",
        "nationality": "JO", "office": f"office {number % 3}", "custody_place": "none", **fields,
    }  # fmt: skip
