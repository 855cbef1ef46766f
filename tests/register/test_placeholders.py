"""Placeholders that come too often are told by source and office, for whoever may see those people."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.register.placeholders import FEW, Frequent, frequent_placeholders
from kstep.register.quality import Flaw
from kstep.register.repair_queue import RepairQueue
from kstep.register.tables import Only, people
from kstep.store import Database
from nodes import BY, Node, people_file, person

JANUARY = Flaw.PLACEHOLDER_BIRTH_DATE.value


@pytest.fixture
def node(database: Database) -> Node:
    return Node(database).begin()


def rows(numbers: range, *, placeholders: int = 0, **fields: str) -> list[dict[str, str]]:
    """People, the first so many of whom have the first of January."""
    made = [person(number, **fields) for number in numbers]
    return [{**row, "birth_date": "1980-01-01"} if at < placeholders else row for at, row in enumerate(made)]


def often(node: Node, **options: float) -> list[Frequent]:
    with node.database.read() as connection:
        return frequent_placeholders(node.ledger, connection, **options)  # type: ignore[arg-type]


def test_source_and_office_with_many_placeholders_are_named(node: Node, tmp_path: Path) -> None:
    first = rows(range(40), placeholders=5, office="north") + rows(range(40, 90), placeholders=1, office="south")
    second = rows(range(90, 130), placeholders=2, office="north")
    node.register.import_people(people_file(tmp_path / "bookings.csv", first), BY)
    node.register.import_people(people_file(tmp_path / "parole.csv", second), BY)
    assert often(node) == [
        Frequent("bookings.csv", "north", JANUARY, 5, 40),
        Frequent("parole.csv", "north", JANUARY, 2, 40),
    ]
    assert [one.share for one in often(node)] == [0.125, 0.05]
    assert often(node, most=0.05) == [Frequent("bookings.csv", "north", JANUARY, 5, 40)], (
        "just as many are not too many"
    )
    assert [one.office for one in often(node, most=0.0)] == ["north", "north", "south"]


def test_what_is_mended_or_found_right_counts_no_more(node: Node, tmp_path: Path) -> None:
    node.register.import_people(people_file(tmp_path / "all.csv", rows(range(40), placeholders=2, office="north")), BY)
    assert [one.people for one in often(node)] == [2]
    RepairQueue(node.ledger).close(node.register.find("P000000"), JANUARY, "born so, by the birth certificate", BY)
    assert [one.people for one in often(node)] == [1]
    node.register.leave(node.register.find("P000001"), "departed", "ticket", "account:2", BY)
    assert often(node) == []


def test_names_and_documents_count_and_few_people_do_not(node: Node, tmp_path: Path) -> None:
    made = rows(range(FEW), office="north")
    made[0] |= {"name": "FNU Haddad", "documents": "passport:JO:0000000"}
    node.register.import_people(
        people_file(tmp_path / "all.csv", [*made, *rows(range(50, 53), placeholders=3, office="west")]), BY
    )
    assert [(one.office, one.what) for one in often(node)] == [
        ("north", Flaw.PLACEHOLDER_DOCUMENT.value), ("north", Flaw.PLACEHOLDER_NAME.value),
    ]  # fmt: skip


def test_offices_are_told_to_whoever_may_see_them(node: Node, tmp_path: Path) -> None:
    made = rows(range(40), placeholders=5, office="north") + rows(range(40, 80), placeholders=5, office="south")
    node.register.import_people(people_file(tmp_path / "all.csv", made), BY)
    only: Only = lambda columns: people.c.office == "south"  # noqa: E731
    with node.database.read() as connection:
        assert [one.office for one in frequent_placeholders(node.ledger, connection, only)] == ["south"]
