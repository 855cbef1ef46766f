"""Each consumer of a list says which edition it runs, and who is behind for too long is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from kstep.app import schema
from kstep.editions.consumers import SCREENING, ConsumerKept, acknowledge_screened
from kstep.editions.errors import EditionsError
from kstep.editions.status import status
from kstep.model.events import EditionAcknowledged
from kstep.store import Database
from lists_in_use import ANN, BEN, DAY, SECOND, Node, crowd


@pytest.fixture
def own(node: Node) -> Node:
    """A node with a list of one edition, and a consumer."""
    node.register()
    node.editions.declare_consumers(ANN, "own", ["border"])
    node.publish(crowd(3))
    return node


def consumer(node: Node, name: str = "border") -> ConsumerKept:
    return next(kept for kept in node.editions.consumers("own") if kept.consumer == name)


def late(node: Node) -> list[str]:
    """Who is behind for too long."""
    (told,) = status(node.editions, node.clock())
    return [kept["consumer"] for kept in told["consumers"] if kept["late"]]


def published(node: Node, number: int) -> int:
    when = node.editions.edition("own", number).published
    assert when is not None
    return when


def test_consumer_is_behind_until_it_acknowledges_the_edition_in_force(own: Node) -> None:
    assert consumer(own) == ConsumerKept("border", None, None, published(own, 1))
    own.clock.pass_seconds(60)
    own.editions.acknowledge(ANN, "own", 1, "border")
    said = consumer(own)
    assert (said.number, said.behind) == (1, None)
    assert published(own, 1) + 60 * SECOND < (said.acknowledged or 0)
    for size in (4, 5):
        own.clock.pass_seconds(60)
        own.publish(crowd(size))
    assert consumer(own) == ConsumerKept("border", 1, said.acknowledged, published(own, 2)), (
        "since the first it has not"
    )
    own.editions.acknowledge(ANN, "own", 2, "border")
    assert consumer(own).behind == published(own, 3)
    own.editions.acknowledge(ANN, "own", 3, "border")
    assert consumer(own).behind is None


def test_who_is_behind_for_a_day_is_late(own: Node) -> None:
    own.clock.shows = published(own, 1) + DAY * SECOND
    assert late(own) == []
    own.clock.shows += 1
    assert late(own) == ["border", SCREENING], "screening is a consumer without being declared"
    own.editions.acknowledge(ANN, "own", 1, "border")
    assert late(own) == [SCREENING]


def test_new_consumer_is_behind_since_it_is_one(own: Node) -> None:
    own.clock.pass_seconds(3 * DAY)
    own.editions.declare_consumers(ANN, "own", ["visa desk"])
    assert late(own) == ["border", SCREENING]
    own.clock.pass_seconds(DAY + 1)
    assert late(own) == ["border", SCREENING, "visa desk"]


def test_ended_consumer_owes_nothing(own: Node) -> None:
    own.editions.end_consumers(ANN, "own", ["border"])
    assert [kept.consumer for kept in own.editions.consumers("own")] == [SCREENING]
    with pytest.raises(EditionsError, match="has no consumer 'border'; declare it with kstep lists consumers own"):
        own.editions.acknowledge(ANN, "own", 1, "border")
    own.editions.declare_consumers(ANN, "own", ["border", "border"])
    assert consumer(own).number is None, "it begins anew"


def test_screening_acknowledges_once_and_never_goes_back(own: Node) -> None:
    first = own.editions.edition("own", 1).edition
    second = own.publish(crowd(4)).edition
    for edition in (first, first, second, first, "0" * 64):
        acknowledge_screened(own.ledger, "own", edition, BEN)
    acknowledge_screened(own.ledger, "other", first, BEN)
    with own.database.read() as connection:
        told = list(own.ledger.read(connection, types=[EditionAcknowledged]))
    assert [(one.fact, one.actor) for one in told] == [
        (EditionAcknowledged(list="own", number=number, edition=edition, consumer=SCREENING), BEN.actor)
        for number, edition in ((1, first), (2, second))
    ]
    assert consumer(own, SCREENING).number == 2


def test_what_is_none_is_refused(own: Node) -> None:
    own.publish({"E-0": crowd(1)["E-0"]})  # held
    editions = own.editions
    cases: list[tuple[Callable[[], None], str]] = [
        (lambda: editions.acknowledge(ANN, "own", 2, "border"), "the edition 2 of own was never in force"),
        (lambda: editions.acknowledge(ANN, "own", 9, "border"), "has no edition 9"),
        (lambda: editions.acknowledge(ANN, "other", 1, "border"), "there is no list 'other'"),
        (lambda: editions.acknowledge(ANN, "own", 1, "boarder"), "there are: border"),
        (lambda: editions.acknowledge(ANN, "own", 1, SCREENING), "says itself which edition it runs"),
        (lambda: editions.declare_consumers(ANN, "own", [SCREENING]), "says itself which edition it runs"),
        (lambda: editions.declare_consumers(ANN, "own", ["visa", "border"]), "has the consumer 'border' already"),
        (lambda: editions.declare_consumers(ANN, "own", ["\x1b[31m"]), "a consumer's name is a text"),
        (lambda: editions.declare_consumers(ANN, "own", ["visa", "\udcff"]), "a consumer's name is a text"),
        (lambda: editions.declare_consumers(ANN, "other", ["visa"]), "there is no list 'other'"),
        (lambda: editions.end_consumers(ANN, "own", ["\udcff"]), "has no consumer"),
        (lambda: editions.end_consumers(ANN, "own", [SCREENING]), "says itself which edition it runs"),
    ]
    for refused, why in cases:
        before = own.happened()
        with pytest.raises(EditionsError, match=why):
            refused()
        assert own.happened() == before


def test_consumers_are_the_same_when_they_are_computed_anew(own: Node) -> None:
    own.editions.declare_consumers(ANN, "own", ["visa desk", "ships"])
    own.editions.acknowledge(ANN, "own", 1, "border")
    acknowledge_screened(own.ledger, "own", own.editions.edition("own", 1).edition, BEN)
    own.publish(crowd(4))
    own.editions.acknowledge(BEN, "own", 2, "border")
    own.editions.end_consumers(ANN, "own", ["ships"])
    live = own.dump()
    assert len(live["editions_acknowledged"]) == 3
    own.ledger.rebuild()
    assert own.dump() == live


def test_who_acknowledged_before_consumers_were_declared_is_one(empty_url: str) -> None:
    database = Database.open(empty_url)
    schema.upgrade(database, "0006")
    with database.write() as connection:
        connection.execute(text("INSERT INTO editions_consumers VALUES ('own', 'border', 2, 5)"))
    schema.upgrade(database)
    with database.read() as connection:
        asked = "SELECT consumer, since, number, acknowledged FROM editions_acknowledged WHERE list = 'own'"
        assert [tuple(line) for line in connection.execute(text(asked))] == [("border", 5, 2, 5)]
    database.close()
