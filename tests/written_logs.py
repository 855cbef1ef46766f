"""Logs as tests write them: a dozen events, with payloads, a sealed one and a segment; bundles of them; checkpoints that left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from kstep.ledger.bundles import HiddenRow, LogToShow, ShownPayload, ShownRow, write_bundle
from kstep.ledger.events import Event, committed, row_leaf, row_salt
from kstep.ledger.signing import SigningKey, sign_checkpoint
from kstep.ledger.verifier import Checkpoint, Key, Tree, leaf_hash

HQ, FIELD = "screening.example/hq", "screening.example/field"
SECOND = 1_000_000
START = 1_770_000_000 * SECOND
ROWS = [{"name": f"Row {number}", "place": number} for number in range(5)]
SECRET = bytes(range(32))


class Written(NamedTuple):
    """A log while a test writes it, and the keys that sign it."""

    origin: str
    signer: SigningKey
    events: list[Event]
    payloads: dict[int, ShownPayload]
    segments: dict[int, list[ShownRow | HiddenRow]]

    @classmethod
    def of(cls, origin: str) -> Written:
        return cls(origin, SigningKey.from_bytes(origin, origin.encode().ljust(32, b".")[:32]), [], {}, {})

    def add(self, type: str, payload: Any = None, subject: str = "person:1", **members: Any) -> int:
        number = len(self.events)
        salt = bytes(range(number, number + 32))
        self.events.append(
            Event(
                **{
                    "log": self.origin, "number": number, "type": type, "version": 1, "subject": subject, "actor": "account:7",
                    "purpose": "screening", "marking": "office", "recorded": START + number * SECOND, "happened": None,
                    "commitment": None if payload is None else committed(payload, salt), **members,
                }
            )
        )  # fmt: skip
        if payload is not None:
            self.payloads[number] = ShownPayload(number, salt, payload)
        return number

    def retell(self, number: int, payload: Any) -> None:
        """Have an event tell another payload."""
        salt = self.payloads[number].salt
        self.events[number] = replace(self.events[number], commitment=committed(payload, salt))
        self.payloads[number] = ShownPayload(number, salt, payload)

    def root(self, size: int | None = None) -> bytes:
        tree = Tree()
        for event in self.events[:size]:
            tree.add(leaf_hash(event.text))
        return tree.root()

    def checkpoint(self, size: int | None = None, *keys: SigningKey) -> bytes:
        size = len(self.events) if size is None else size
        return sign_checkpoint(size, self.root(size), *(keys or (self.signer,)))

    def to_show(self, checkpoint: bytes | None = None) -> LogToShow:
        events = [event.text for event in self.events]
        payloads = [self.payloads[number] for number in sorted(self.payloads)]
        return LogToShow(self.origin, events, checkpoint or self.checkpoint(), payloads, self.segments.items())


def a_log(origin: str = HQ) -> Written:
    """A log of a dozen events: with and without payloads, one of which is sealed, and a segment of which a row is hidden."""
    log = Written.of(origin)
    log.add("PersonRegistered", {"name": "Tariq Qasrawan", "born": "1980-01-02"})
    log.add("PersonScreened", subject="run:1")
    log.add("PersonChanged", {"name": "طارق", "notes": ["a\n", "\u0001", 'quote " and \\', -5, True, None, {}]})
    log.add("PersonRegistered", {"name": "Sealed"}, subject="person:2")
    del log.payloads[3]
    salts = [row_salt(SECRET, "import 4", number) for number in range(len(ROWS))]
    tree = Tree()
    for row, salt in zip(ROWS, salts, strict=True):
        tree.add(row_leaf(row, salt))
    log.add("PeopleImported", {"segment": {"root": tree.root().hex(), "rows": len(ROWS)}}, subject="import:4")
    log.segments[4] = [ShownRow(row, salt) for row, salt in zip(ROWS, salts, strict=True)]
    log.segments[4][2] = HiddenRow(row_leaf(ROWS[2], salts[2]))
    for _ in range(7):
        log.add("PersonScreened", subject="run:2", happened=START - SECOND)
    return log


def bundle_of(folder: Path, *logs: Written) -> Path:
    write_bundle(folder / "bundle", [log.to_show() for log in logs])
    return folder / "bundle"


def outside(*notes: bytes) -> list[Checkpoint]:
    return [Checkpoint.parse(note, f"checkpoint {number}") for number, note in enumerate(notes)]


def keys_of(*logs: Written) -> list[Key]:
    return [log.signer.key for log in logs]
