"""A node that has something to tell, and a headquarters that signs for it, with real keys; a clock that a test sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from kstep.app.correspondence import Correspondence
from kstep.app.projections import projections
from kstep.dispatch.delivery import Delivery
from kstep.dispatch.envelope import Payload, open_letter
from kstep.dispatch.folder import Folder
from kstep.dispatch.ladder import Ladder
from kstep.dispatch.outbox import Outbox, find_message
from kstep.dispatch.projection import DISPATCH
from kstep.dispatch.protection import Protection
from kstep.dispatch.receipts import Receipt
from kstep.dispatch.recipients import Recipients
from kstep.dispatch.transports import Answer, Letter, NotDelivered, Transport
from kstep.editions.projection import editions_projection
from kstep.ledger.service import By, Ledger
from kstep.ledger.signing import SigningKey
from kstep.ledger.vault import Vault
from kstep.model.ports import Telling
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.register.tasks import TasksProjection
from kstep.store import Database
from nodes import KEY, START, people_file, person

ORIGIN = "screening.example/hq"
HQ, OFFICER, AUTHORITY = "hq.example/intake", "desk.example/duty", "authority.example/confirm"
WE = By("account:1", "reporting")
SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
SIGNER = SigningKey.from_bytes(ORIGIN, b"node".ljust(32, b"."))


def key_of(name: str) -> SigningKey:
    """The key by which a recipient signs."""
    return SigningKey.from_bytes(name, name.encode().ljust(32, b".")[:32])


def told_recipient(name: str = HQ, **changed: Any) -> dict[str, Any]:
    """A recipient as it is registered."""
    return {
        "recipient": name, "owner": "duty desk", "states": ["US"],
        "channels": ["https://one.example"], "keys": [str(key_of(name).key)],
        "permitted": ["reporting"], "highest": "secret", **changed,
    }  # fmt: skip


def note(what: str = "Something happened.", people: Iterable[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
    """The body of a notification."""
    return {"people": list(people), "what": what, "happened": "2026-02-03T04:05:06Z", **more}


def named(number: int, name: str = "Tariq Qasrawan") -> dict[str, Any]:
    """Somebody as a body tells of them."""
    return {"person": number, "name": name}


def telling(kind: str = "notification", recipient: str = HQ, **more: Any) -> Telling:
    """Something to tell."""
    held: dict[str, Any] = {"body": note(), "marking": "restricted", "purpose": "reporting", **more}
    return Telling(kind=kind, recipient=recipient, **held)


@dataclass
class Held:
    """A way to recipients who are here: each keeps letters by id, and signs what it is told to."""

    clock: Any
    signs: Sequence[str] = ("received",)
    down: bool = False
    letters: dict[str, dict[str, Payload]] = field(default_factory=dict)
    signed: dict[str, dict[str, bytes]] = field(default_factory=dict)
    tries: int = 0
    again: bool = True

    def send(self, channel: str, letters: Sequence[Letter]) -> Mapping[str, Answer]:
        self._try(channel)
        for letter in letters:
            payload = open_letter(letter.text, [SIGNER.key])
            before = self.letters.setdefault(channel, {}).setdefault(payload.id, payload)
            assert before.digest == payload.digest
            for state in self.signs:
                self.sign(payload, state)
        return self._answers([letter.message for letter in letters])

    def ask(self, channel: str, messages: Sequence[str]) -> Mapping[str, Answer]:
        self._try(channel)
        return self._answers(messages)

    def sign(self, payload: Payload, state: str, **more: Any) -> bytes:
        """A receipt, the same each time."""
        told = payload.value["recipient"]
        of_message = self.signed.setdefault(payload.id, {})
        if state not in of_message:
            receipt = Receipt(payload.id, payload.digest, told, state, self.clock(), **more)
            of_message[state] = receipt.signed(key_of(told))
        return of_message[state]

    def has(self, message: str) -> Payload:
        """A message's payload, wherever it came."""
        return next(found[message] for found in self.letters.values() if message in found)

    def _try(self, channel: str) -> None:
        self.tries += 1
        if self.down:
            raise NotDelivered(f"{channel}: nobody is there")

    def _answers(self, messages: Sequence[str]) -> Mapping[str, Answer]:
        return {name: Answer(tuple(self.signed.get(name, {}).values())) for name in messages}


@dataclass
class Telegraph:
    """A node with its register, its outbox, and ways out of it; with `files` of people, too."""

    database: Database
    folder: Path
    now: int = START
    vault: Vault = field(default_factory=lambda: Vault(KEY))
    files: bool = False

    def __post_init__(self) -> None:
        projection = RegisterProjection(self.vault)
        tasks, lists = TasksProjection(self.vault).projection(), editions_projection(self.vault)
        held = [*Register.projections(projection), tasks, lists, DISPATCH]
        self.ledger = Ledger(self.database, self.vault, self.clock, projections(self.vault) if self.files else held)
        self.register = Register(self.ledger, projection)
        self.correspondence = Correspondence(self.ledger, ORIGIN)
        self.outbox = self.correspondence.outbox if self.files else Outbox(self.ledger, ORIGIN)
        self.recipients = Recipients(self.ledger)
        self.protection = Protection(self.ledger)
        self.held = Held(self.clock)
        self.ways: dict[str, Transport] = {"file": Folder(), "https": self.held}
        self.delivery = Delivery(self.outbox, self.ways, SIGNER, WE)
        self.ladder = Ladder(self.outbox, WE)

    def begin(self, people: int = 12) -> Telegraph:
        """Begin its log, with people in the register and headquarters among the recipients."""
        with self.database.write() as connection:
            self.ledger.begin(connection, ORIGIN)
        if people:
            rows = [person(number) for number in range(people)]
            self.register.import_people(people_file(self.folder / "people.csv", rows), WE)
        self.add()
        return self

    def add(self, name: str = HQ, **changed: Any) -> None:
        """Register and verify a recipient."""
        self.recipients.register(told_recipient(name, **changed), WE)
        self.recipients.verify(name, "called back", WE)

    def clock(self) -> int:
        self.now += 1_000
        return self.now

    def tell(self, kind: str = "notification", recipient: str = HQ, **more: Any) -> str:
        return self.outbox.tell(telling(kind, recipient, **more), WE)

    def number(self, person: int) -> int:
        return self.register.find(f"P{person:06d}")

    def line(self, message: str) -> Any:
        with self.database.read() as connection:
            return find_message(connection, message)

    def state(self, message: str) -> str:
        return str(self.line(message).state)

    def turn(self) -> list[str]:
        """What a worker does of this room, once."""
        failed = self.delivery.turn()
        self.ladder.turn()
        return failed

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

    def replays(self) -> bool:
        """Whether the tables are computed again as they are."""
        before = self.dump()
        self.ledger.rebuild()
        return self.dump() == before


__all__ = [
    "AUTHORITY", "DAY", "HOUR", "HQ", "OFFICER", "ORIGIN", "SECOND", "SIGNER", "WE", "Held", "Telegraph", "key_of", "named", "note",
    "telling", "told_recipient",
]  # fmt: skip
