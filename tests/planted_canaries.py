"""A node with canaries in it, as tests of them meet it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from histories import STANDARD
from kstep.matching import build_index
from kstep.model import Entry
from kstep.model.events import Fact
from kstep.records.people import person_from_mapping
from kstep.screening.adoption import Adopted
from kstep.screening.canaries import Canaries, Night, alarms
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import OpenList
from kstep.screening.tables import canary_pairs
from kstep.store import Database
from nodes import BY, Node, people_file, person

PAIRS = 12
STRICT = Standard(0.999, 8_000)
BY_STANDARD = Adopted(STANDARD.engine, STANDARD.threshold, STANDARD.nominal_list, 30, "account:1", "a test", 0)


def node_with_people(database: Database, folder: Path) -> Node:
    node = Node(database).begin()
    node.register.import_people(people_file(folder / "people.csv", [person(number) for number in range(20)]), BY)
    return node


def real_list() -> ListInUse:
    found = [person_from_mapping(person(number), person_id="x")[0].identity for number in (3, 7, 11)]
    entries = [Entry(f"E{number}", identity) for number, identity in enumerate(found)]
    return ListInUse("made", OpenList("made", "table", None, {}, (), build_index("made 1", entries)))


def canaries_of(node: Node, folder: Path, standard: Standard = STANDARD) -> Canaries:
    return Canaries(rescreening(node, folder, standard), node.projection)


def rescreening(node: Node, folder: Path, standard: Standard = STANDARD) -> Rescreening:
    return Rescreening(node.ledger, node.register, folder, standard)


def night_of(node: Node, folder: Path, standard: Standard = STANDARD) -> Night:
    """Bring home what was planted."""
    found = canaries_of(node, folder, standard).bring_home(BY)
    assert found is not None
    return found


def planted(node: Node) -> list[int]:
    with node.database.read() as connection:
        return list(connection.execute(select(canary_pairs.c.person).order_by(canary_pairs.c.person)).scalars())


def alarmed(node: Node) -> list[str]:
    with node.database.read() as connection:
        return alarms(connection, node.now)


def told(node: Node, kind: type[Fact]) -> list[Fact | None]:
    with node.database.read() as connection:
        return [event.fact for event in node.ledger.read(connection, types=[kind])]


__all__ = [
    "BY_STANDARD", "PAIRS", "STRICT", "alarmed", "canaries_of", "night_of", "node_with_people", "planted",
    "real_list", "rescreening", "told",
]  # fmt: skip
