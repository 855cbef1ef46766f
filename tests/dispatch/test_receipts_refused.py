"""Forged, foreign and replayed receipts: the first two are refused and told, the last changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kstep.dispatch.receipts import SIGNED, Receipt, State
from kstep.dispatch.taking import take, take_file
from kstep.ledger.signing import SigningKey
from kstep.ledger.verifier import canonical
from kstep.model import InputError, ValueRefused
from kstep.model.events import ReceiptsTaken
from kstep.store import Database
from messaging import HQ, WE, Telegraph, key_of

OTHER = "other.example/intake"


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Telegraph:
    node = Telegraph(database, tmp_path).begin(people=0)
    node.add(OTHER, channels=["https://other.example"])
    node.held.signs = ()
    return node


def sent(node: Telegraph) -> tuple[str, str]:
    """A message that was sent, and its hash."""
    message = node.tell()
    node.turn()
    return message, node.line(message).digest


def given(node: Telegraph, text: bytes) -> str:
    with node.ledger.unit(WE) as unit:
        return take_file(unit, text).state


def refused(node: Telegraph, text: bytes, why: str) -> None:
    before = node.dump()
    with pytest.raises(InputError, match=why):
        given(node, text)
    assert node.dump() == before


def test_forged_receipt_is_refused(node: Telegraph) -> None:
    message, digest = sent(node)
    text = Receipt(message, digest, HQ, "acknowledged", node.now).signed(key_of(HQ))
    value = json.loads(text)
    for member, other in (("state", "acted-on"), ("time", 5), ("reference", "HQ-9")):
        changed = {**value, "receipt": {**value["receipt"], member: other}}
        refused(node, canonical(changed), "signature was not made by hq.example/intake")
    impostor = Receipt(message, digest, HQ, "acknowledged", node.now).signed(SigningKey.generate(HQ))
    refused(node, impostor, "whose signature does not count here")
    for broken in (b"", b"{}", b"[1]", text[:-9], b'{"receipt":{"message":7}}'):
        refused(node, broken, "receipt")
    assert given(node, text) == "acknowledged"


def test_receipt_that_was_taken_is_refused_once_its_key_does_not_count(node: Telegraph) -> None:
    message, digest = sent(node)
    text = Receipt(message, digest, HQ, "acknowledged", node.now).signed(key_of(HQ))
    assert given(node, text) == given(node, text) == "acknowledged"
    node.add(keys=[str(SigningKey.generate(HQ).key)])
    refused(node, text, "whose signature does not count here")


def test_foreign_receipt_is_refused(node: Telegraph) -> None:
    message, digest = sent(node)
    other, other_digest = sent(node)
    refused(node, Receipt(message, digest, OTHER, "acknowledged", 1).signed(key_of(OTHER)), "does not count here")
    refused(node, Receipt("ab" * 16, digest, HQ, "acknowledged", 1).signed(key_of(HQ)), "this node never sent")
    refused(node, Receipt(message, other_digest, HQ, "acknowledged", 1).signed(key_of(HQ)), "another text than we sent")
    lying = Receipt(message, digest, OTHER, "acknowledged", 1).signed(key_of(HQ))
    refused(node, lying, "says that it is of other.example/intake")
    assert [node.state(name) for name in (message, other)] == ["sent", "sent"]


def test_replayed_receipt_changes_nothing(node: Telegraph) -> None:
    message, digest = sent(node)
    early, late = (Receipt(message, digest, HQ, state, 5).signed(key_of(HQ)) for state in ("received", "acted-on"))
    assert given(node, late) == "acted-on"
    before = node.dump()
    assert given(node, late) == "acted-on"
    assert node.dump() == before
    given(node, early)
    assert node.state(message) == "acted-on", "what comes late takes nothing back"
    with node.database.read() as connection:
        assert len(list(node.ledger.read(connection, types=[ReceiptsTaken]))) == 2
    assert node.replays()


def test_of_two_last_words_the_later_counts(node: Telegraph) -> None:
    message, digest = sent(node)
    given(node, Receipt(message, digest, HQ, "no-action-decided", 9).signed(key_of(HQ)))
    given(node, Receipt(message, digest, HQ, "refused", 8, "other").signed(key_of(HQ)))
    assert (node.state(message), node.line(message).finished is None) == ("no-action-decided", False)
    given(node, Receipt(message, digest, HQ, "acted-on", 10).signed(key_of(HQ)))
    assert node.state(message) == "acted-on"
    assert node.replays()


def test_any_order_of_receipts_ends_in_the_same_state(node: Telegraph) -> None:
    orders = (SIGNED, tuple(reversed(SIGNED)), (*SIGNED[2:], *SIGNED[:2]))
    for order in orders:
        message, digest = sent(node)
        of_state = {
            state: Receipt(message, digest, HQ, state, 10 + place, "other" if state == State.REFUSED else "")
            for place, state in enumerate(SIGNED)
        }
        with node.ledger.unit(WE) as unit:
            from kstep.dispatch.recipients import find_recipient

            hq = find_recipient(unit.connection, HQ)
            for state in order:
                assert take(unit, hq, [of_state[state].signed(key_of(HQ))] * 2).refused == []
        assert node.state(message) == SIGNED[-1]
    assert node.replays()


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "queued"}, {"state": "refused"}, {"reason": "other"}, {"reference": "a b"}, {"time": -1}, {"message": "x"},
        {"digest": "x"},
    ],
)  # fmt: skip
def test_receipt_says_nothing_else(wrong: dict[str, object]) -> None:
    held = {"message": "ab" * 16, "digest": "cd" * 32, "recipient": HQ, "state": "acknowledged", "time": 5, **wrong}
    with pytest.raises(ValueRefused):
        Receipt(**held)  # type: ignore[arg-type]
