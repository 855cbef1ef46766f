"""A bundle shows an account what it may see, segments too, and nothing marked that was not recorded before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from access_nodes import ORIGIN, Node
from kstep.access.account import AccessError, Actor
from kstep.access.bundle import export_for
from kstep.access.policy import Item
from kstep.access.service import Access
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.segments import NewRow, append_rows
from kstep.ledger.service import By, Ledger
from kstep.ledger.signing import SigningKey
from kstep.ledger.verifier import Tree, canonical, verify
from kstep.model import ValueRefused
from kstep.model.events import AccessDenied, MarkedItemRead
from kstep.model.markings import Level
from kstep.store import Database
from live_logs import TestPeopleImported, TestPersonNamed

SIGNER = SigningKey.from_bytes(ORIGIN, b"hq".ljust(32, b"."))
WE = By("account:7", "records")
FOR = "oversight"


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    """A node on which two people came in, of whom one has a name twice, and a third is marked higher."""
    node = Node.begun(database, tmp_path)
    import_people(node.access.ledger, ["person:1", "person:2"])
    for person, marking in (("person:1", "restricted"), ("person:1", "restricted"), ("person:3", "secret")):
        name(node.access.ledger, person, marking)
    return node


def import_people(ledger: Ledger, people: list[str]) -> None:
    tree = Tree()
    with ledger.database.write() as connection:
        new = [
            NewRow(one, ledger.vault.secret(connection, one), canonical({"name": f"Row of {one}"})) for one in people
        ]
        append_rows(connection, "import 1", tree, new)
    with ledger.unit(WE) as unit:
        told = {"id": "import 1", "rows": tree.size, "root": tree.root().hex()}
        unit.record(TestPeopleImported(segment=told), subject="import:1", marking="restricted")


def name(ledger: Ledger, person: str, marking: str) -> None:
    with ledger.unit(WE) as unit:
        unit.record(TestPersonNamed(name="Tariq"), subject=person, marking=marking)


def inspector(node: Node, level: Level) -> Actor:
    number = node.open("inspector")
    node.access.set_eligibility(node.actor(), number, level, [], [], "administration")
    return node.actor(number)


def shown(folder: Path) -> tuple[list[str], list[Any]]:
    """Of whom payloads are shown, apart from accounts, and the rows of segments."""
    lines = (folder / "logs/0/events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    payloads = map(json.loads, (folder / "logs/0/payloads.jsonl").read_text(encoding="utf-8").splitlines())
    subjects = [events[payload["number"]]["subject"] for payload in payloads]
    rows = [
        json.loads(row).get("row") for path in folder.glob("logs/0/segments/*") for row in path.read_text().splitlines()
    ]
    return [subject for subject in subjects if not subject.startswith("account:")], rows


@pytest.mark.parametrize(("level", "seen"), [
    (Level.INTERNAL, []), (Level.RESTRICTED, ["import:1", "person:1"]), (Level.SECRET, ["import:1", "person:1", "person:3"]),
])  # fmt: skip
def test_bundle_shows_what_its_reader_may_see(node: Node, tmp_path: Path, level: Level, seen: list[str]) -> None:
    actor = inspector(node, level)
    checkpoint = make_checkpoint(node.access.ledger, [SIGNER]).checkpoint
    export_for(node.access, actor, tmp_path / "bundle", FOR, marked=True)
    subjects, rows = shown(tmp_path / "bundle")
    assert list(dict.fromkeys(subjects)) == seen
    assert rows == [{"name": "Row of person:1"}, {"name": "Row of person:2"}][: 2 * bool(seen)]
    read = [(told.actor, told.purpose, told.fact) for told in node.told(MarkedItemRead)]
    assert read == [
        (actor.subject, FOR, MarkedItemRead(action="ledger.export", item=subject, marking=marking))
        for subject, marking in zip(seen, ("restricted", "restricted", "secret"), strict=False)
    ]
    assert verify(tmp_path / "bundle", [SIGNER.key], [checkpoint])[0].shown == len(subjects) + checkpoint.size - 4


def test_bundle_without_the_marked_needs_no_record(node: Node, tmp_path: Path) -> None:
    actor = inspector(node, Level.SECRET)
    make_checkpoint(node.access.ledger, [SIGNER])
    export_for(node.access, actor, tmp_path / "bundle", FOR, marked=False)
    assert shown(tmp_path / "bundle") == ([], [])
    assert node.told(MarkedItemRead) == []


def test_who_may_not_export_gets_nothing(node: Node, tmp_path: Path) -> None:
    make_checkpoint(node.access.ledger, [SIGNER])
    for marked in (True, False):
        with pytest.raises(AccessError, match=r"ledger\.export was denied"):
            export_for(node.access, node.actor(), tmp_path / "bundle", FOR, marked=marked)
    assert not (tmp_path / "bundle").exists()
    assert len(node.told(AccessDenied)) == 2


class Busy(Access):
    """Accounts of a node on which, as soon as a read is recorded, somebody else writes and makes a checkpoint."""

    def read_marked(self, actor: Actor, action: str, items: Any, purpose: str) -> None:
        super().read_marked(actor, action, items, purpose)
        name(self.ledger, "person:9", "restricted")
        make_checkpoint(self.ledger, [SIGNER])


def test_what_came_after_the_record_is_not_shown(node: Node, tmp_path: Path) -> None:
    actor = inspector(node, Level.RESTRICTED)
    size = make_checkpoint(node.access.ledger, [SIGNER]).size
    (exported,) = export_for(Busy(node.access.ledger), actor, tmp_path / "bundle", FOR, marked=True)
    assert exported.size > size
    assert shown(tmp_path / "bundle")[0] == ["import:1", "person:1", "person:1"]


def test_right_that_goes_before_the_record_ends_it(node: Node, tmp_path: Path) -> None:
    class Withdrawing(Access):
        """Accounts that lose their role before a read is recorded."""

        def read_marked(self, actor: Actor, action: str, items: Any, purpose: str) -> None:
            node.access.withdraw(node.actor(), actor.number, "inspector", "", "moved on", "administration")
            super().read_marked(actor, action, items, purpose)

    actor = inspector(node, Level.RESTRICTED)
    make_checkpoint(node.access.ledger, [SIGNER])
    with pytest.raises(AccessError, match=r"ledger\.export \(import:1\) was denied"):
        export_for(Withdrawing(node.access.ledger), actor, tmp_path / "bundle", FOR, marked=True)
    assert not (tmp_path / "bundle").exists()
    assert node.told(MarkedItemRead) == []


def test_many_reads_are_recorded_each(node: Node, tmp_path: Path) -> None:
    with node.access.ledger.unit(WE) as unit:
        for number in range(1_100):
            unit.record(TestPersonNamed(name="N"), subject=f"person:{100 + number}", marking="restricted")
    actor = inspector(node, Level.RESTRICTED)
    make_checkpoint(node.access.ledger, [SIGNER])
    export_for(node.access, actor, tmp_path / "bundle.zip", FOR, marked=True, archive=True)
    assert len(node.told(MarkedItemRead)) == 1_102


@pytest.mark.parametrize("marking", ["", "lists", "office", "Restricted", "restricted//b", "internal//-"])
def test_event_has_a_marking_that_can_be_read(node: Node, marking: str) -> None:
    with pytest.raises(ValueRefused):
        name(node.access.ledger, "person:1", marking)
    node.access.require(node.actor(), "accounts.read", Item(), FOR)
