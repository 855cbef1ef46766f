"""What is denied, and what is read of the marked, stands in the log with who, what and what for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access_nodes import FOR, Node
from kstep.access.account import AccessError
from kstep.access.policy import Item
from kstep.model import InputError
from kstep.model.events import AccessDenied, MarkedItemRead, OfficeOpened
from kstep.model.markings import Level, Marking
from kstep.store import Database

OPEN = Item("person:1")
MARKED = Item("person:2", marking=Marking(Level.SECRET, frozenset({"A"})))


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    return Node.begun(database, tmp_path)


def facts(node: Node, *types: Any) -> list[Any]:
    return [told.fact for told in node.told(*types)]


def test_denial_is_recorded_and_says_whom_to_ask(node: Node) -> None:
    number = node.open("reviewer")
    node.access.require(node.actor(number), "people.read", OPEN, "review")
    assert node.told(AccessDenied) == []
    with pytest.raises(AccessError) as raised:
        node.access.require(node.actor(number), "people.erase", OPEN, "retention")
    reason = "account:2 has no role that may do this: records-officer, supervisor"
    assert str(raised.value) == f"people.erase (person:1) was denied: {reason}; ask an administrator (account:1)"
    (told,) = node.told(AccessDenied)
    assert (told.actor, told.purpose, told.subject, told.marking) == ("account:2", "retention", "account:2", "internal")
    assert told.fact == AccessDenied(action="people.erase", item="person:1", reason=reason)


def test_denial_of_what_is_marked_is_marked_as_high(node: Node) -> None:
    number = node.open("reviewer")
    with pytest.raises(AccessError, match="it is marked above internal, up to which this account may see"):
        node.access.require(node.actor(number), "people.read", MARKED, "review")
    assert [told.marking for told in node.told(AccessDenied)] == ["secret//A"]


def test_right_that_was_taken_away_is_gone_at_once(node: Node) -> None:
    """Also for who came in before."""
    number = node.open("reviewer")
    actor = node.actor(number)
    node.access.withdraw(node.actor(), number, "reviewer", "", "moved on", FOR)
    with pytest.raises(AccessError, match="has no role that may do this"):
        node.access.require(actor, "people.read", OPEN, "review")
    with pytest.raises(AccessError, match="has no role that may do this"):
        node.access.require_somewhere(actor, "people.read", "review")
    node.access.close_account(node.actor(), number, "left", FOR)
    with (
        pytest.raises(AccessError, match="account:2 is closed"),
        node.access.unit(actor, "people.read", OPEN, "review"),
    ):
        pytest.fail("a unit of a closed account began")
    assert len(node.told(AccessDenied)) == 3


def test_unit_that_is_denied_leaves_its_denial_alone(node: Node) -> None:
    number = node.open("reviewer")
    with pytest.raises(AccessError):
        node.access.open_office(node.actor(number), "NYC", "New York", FOR)
    assert node.told(OfficeOpened) == []
    assert facts(node, AccessDenied)[0].action == "accounts.manage"
    with pytest.raises(ZeroDivisionError), node.access.unit(node.actor(), "accounts.manage", None, FOR) as unit:
        unit.record(OfficeOpened(name="Never"), subject="office:X", marking="internal")
        raise ZeroDivisionError
    assert node.told(OfficeOpened) == []


def test_unknown_purpose_is_refused_before_anything(node: Node) -> None:
    with pytest.raises(InputError, match="is no declared purpose"):
        node.access.require(node.actor(), "accounts.read", None, "")
    with pytest.raises(InputError, match="is no declared purpose"):
        node.access.read_marked(node.actor(), "people.read", [MARKED], "gossip")
    assert node.told(AccessDenied, MarkedItemRead) == []


def test_each_read_of_what_is_marked_is_recorded(node: Node) -> None:
    number = node.open("reviewer")
    node.access.set_eligibility(node.actor(), number, Level.SECRET, ["A", "B"], [], FOR)
    actor = node.actor(number)
    node.access.read_marked(actor, "people.read", [OPEN], "review")
    assert node.told(MarkedItemRead) == []
    node.access.read_marked(actor, "people.read", [OPEN, MARKED], "review")
    (told,) = node.told(MarkedItemRead)
    assert (told.actor, told.purpose, told.marking) == ("account:2", "review", "secret//A")
    assert told.fact == MarkedItemRead(action="people.read", item="person:2", marking="secret//A")


def test_of_several_items_of_which_one_is_denied_none_is_read(node: Node) -> None:
    number = node.open("reviewer")
    node.access.set_eligibility(node.actor(), number, Level.SECRET, ["A"], [], FOR)
    higher = Item("person:3", marking=Marking(Level.TOP_SECRET))
    for items in ([MARKED, higher], [higher, MARKED, OPEN]):
        with pytest.raises(AccessError, match=r"people.read \(person:3\) was denied: it is marked above secret"):
            node.access.read_marked(node.actor(number), "people.read", items, "review")
    assert node.told(MarkedItemRead) == []
    assert [fact.item for fact in facts(node, AccessDenied)] == ["person:3"] * 2


def test_administrator_sees_nothing_marked(node: Node) -> None:
    node.access.grant(node.actor(), 1, "inspector", "", FOR)
    with pytest.raises(AccessError, match="it is marked above"):
        node.access.read_marked(node.actor(), "people.read", [MARKED], "oversight")
