"""A log in a database as rooms write it: people with names, an import in a segment, somebody erased; ways past the triggers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, delete, func, insert, select, text, update

from kstep.ledger.checkpoints import Kept, last_checkpoint, make_checkpoint
from kstep.ledger.segments import NewRow, append_rows
from kstep.ledger.service import By, Ledger, Projection
from kstep.ledger.signing import SigningKey
from kstep.ledger.soundness import Soundness
from kstep.ledger.tables import APPENDED, checkpoints, events, logs, nodes, payloads
from kstep.ledger.vault import Vault
from kstep.ledger.verifier import Checkpoint, Key, Tree, canonical
from kstep.model.events import Fact, Recorded
from kstep.store import Database
from kstep.store.database import ROLE

ORIGIN = "screening.example/hq"
SECOND = 1_000_000
START = 1_770_000_000 * SECOND
WE = By("account:7", "screening")
VAULT = Vault(bytes(range(32)))
SIGNER = SigningKey.from_bytes(ORIGIN, b"hq".ljust(32, b"."))


@dataclass(frozen=True, kw_only=True)
class TestPersonNamed(Fact):
    """A person has this name."""

    __test__ = False
    name: str


@dataclass(frozen=True, kw_only=True)
class TestPeopleImported(Fact):
    """People came in."""

    __test__ = False
    segment: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class TestPersonErased(Fact):
    """What is known of a person was destroyed."""

    __test__ = False
    person: str
    generation: int


names = Table(
    "test_names",
    MetaData(),
    Column("subject", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("times", Integer, nullable=False),
)


def name_person(connection: Connection, recorded: Recorded) -> None:
    """Remember the last name of a person, and how many there were; of who was erased, nothing."""
    if not isinstance(recorded.fact, TestPersonNamed):
        return
    changed = update(names).where(names.c.subject == recorded.subject)
    if not connection.execute(changed.values(name=recorded.fact.name, times=names.c.times + 1)).rowcount:
        connection.execute(insert(names), [{"subject": recorded.subject, "name": recorded.fact.name, "times": 1}])


def erase_person(connection: Connection, recorded: Recorded) -> None:
    """Forget a person."""
    assert isinstance(recorded.fact, TestPersonErased)
    connection.execute(delete(names).where(names.c.subject == recorded.fact.person))
    VAULT.destroy(connection, recorded.fact.person, recorded.fact.generation)


NAMES = Projection([names], {TestPersonNamed: name_person, TestPersonErased: erase_person})


@dataclass
class Clock:
    """A clock that goes on by a second each time that it is read, and can be set."""

    time: int = START
    step: int = SECOND

    def __call__(self) -> int:
        self.time += self.step
        return self.time


@dataclass
class Live:
    """A ledger in a database, and its clock."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    projections: tuple[Projection, ...] = ()

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.database, VAULT, self.clock, self.projections)

    def begin(self) -> Live:
        with self.database.write() as connection:
            self.ledger.begin(connection, ORIGIN)
        return self

    def name(self, person: str, name: str) -> Recorded:
        with self.ledger.unit(WE) as unit:
            return unit.record(TestPersonNamed(name=name), subject=person, marking="restricted")

    def erase(self, person: str) -> Recorded:
        with self.ledger.unit(WE) as unit:
            generation = VAULT.look(unit.connection, [person])[person].generation
            erased = TestPersonErased(person=person, generation=generation)
            return unit.record(erased, subject="erasure:1", marking="restricted")

    def import_people(self, segment: str, people: list[str]) -> Recorded:
        tree, ledger = Tree(), self.ledger
        with self.database.write() as connection:
            new = [
                NewRow(person, VAULT.secret(connection, person), canonical({"name": f"Row of {person}"}))
                for person in people
            ]
            append_rows(connection, segment, tree, new)
        with ledger.unit(WE) as unit:
            told = {"id": segment, "rows": tree.size, "root": tree.root().hex()}
            return unit.record(TestPeopleImported(segment=told), subject=segment, marking="restricted")

    def checkpoint(self, *keys: SigningKey) -> Kept:
        return make_checkpoint(self.ledger, keys or [SIGNER])

    def last(self) -> Kept:
        with self.database.read() as connection:
            found = last_checkpoint(connection)
        assert found is not None
        return found

    def findings(self, *outside: bytes, keys: tuple[Key, ...] = (SIGNER.key,)) -> list[str]:
        left = [Checkpoint.parse(note, f"left {number}") for number, note in enumerate(outside)]
        return [finding.what for finding in Soundness(self.ledger, keys, left).findings()]


def begun(database: Database) -> Live:
    """A log that was just begun, from which names of people are computed."""
    live = Live(database, Clock(), (NAMES,))
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("RESET ROLE"))
        names.create(connection)
        if not database.is_sqlite:
            connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {names.name} TO {ROLE}"))
    database.close()
    return live.begin()


def a_live_log(database: Database) -> Live:
    """Thirteen events, of which event 6 tells of a segment of five rows, and checkpoints at 5 and 13 events."""
    live = Live(database).begin()
    for number in range(5):
        live.name(f"person:{number}", f"Name {number}")
    live.checkpoint()
    live.name("person:1", "Qasrawan of a secret sound")
    live.import_people("import:1", [f"person:{number}" for number in range(5)])
    for number in range(6):
        live.name(f"person:{number}", f"Other {number}")
    live.checkpoint()
    return live


@contextmanager
def as_owner(database: Database) -> Iterator[Connection]:
    """A unit of somebody who owns the tables: no trigger holds him back."""
    if database.is_sqlite:
        with database.write() as connection:
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
            for _, statement in triggers:
                connection.exec_driver_sql(statement)
        return
    with database.write() as connection:
        connection.execute(text("RESET ROLE"))
        for table in APPENDED:
            connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL"))
        yield connection
        for table in APPENDED:
            connection.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER ALL"))
        connection.execute(text(f"SET ROLE {ROLE}"))


def cut(connection: Connection, size: int) -> None:
    """Take away everything that is of events from `size` on, as if they had never been."""
    for table in (payloads, events):
        connection.execute(delete(table).where(table.c.number >= size))
    for level in range(8):
        connection.execute(delete(nodes).where(nodes.c.level == level, nodes.c.place >= size >> level))
    connection.execute(delete(checkpoints).where(checkpoints.c.size > size))
    recorded = connection.execute(select(func.coalesce(func.max(events.c.recorded), 0))).scalar_one()
    connection.execute(update(logs).values(size=size, recorded=recorded, clock=recorded))


def forge(live: Live, size: int) -> None:
    """Take the log back to a size and write another history behind it, with the keeper's own means."""
    with as_owner(live.database) as connection:
        cut(connection, size)
    for number in range(13 - size):
        live.name(f"person:{number}", "Forged")


def files_of(database: Database) -> list[Path]:
    """The files in which a database is."""
    if database.path:
        return sorted(database.path.parent.glob(f"{database.path.name}*"))
    with database.write() as connection:
        connection.execute(text("RESET ROLE"))
        folder = connection.execute(text("SHOW data_directory")).scalar_one()
        number = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
        connection.execute(text("CHECKPOINT"))
        connection.execute(text(f"SET ROLE {ROLE}"))
    found = [*Path(folder, "base", str(number)).iterdir(), *Path(folder, "pg_wal").iterdir()]
    return [path for path in found if path.is_file()]
