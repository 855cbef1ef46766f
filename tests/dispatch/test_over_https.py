"""Letters over HTTPS to a real receiver: certificates on both sides, one answer to a repeat, nothing signed that is not kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from certificates import Authority
from kstep.dispatch.envelope import Payload, letter
from kstep.dispatch.https import Https
from kstep.dispatch.inbox import Inbox
from kstep.dispatch.transports import Letter, NotDelivered
from kstep.ledger.signing import SigningKey
from kstep.model import InputError
from kstep.store import Database
from messaging import HOUR, HQ, ORIGIN, SIGNER, WE, Telegraph, key_of, named, note
from receivers import an_inbox, both, https, receiving


@pytest.fixture
def wire(database: Database, tmp_path: Path) -> Iterator[tuple[Telegraph, Inbox, str]]:
    """A node, and a headquarters that listens."""
    node = Telegraph(database, tmp_path).begin()
    theirs, ours = both(tmp_path)
    inbox = an_inbox(tmp_path, node.clock)
    with receiving(inbox, theirs) as address, https(ours) as way:
        node.ways["https"] = way
        node.add(channels=[address])
        yield node, inbox, address


def test_message_goes_over_the_wire_and_comes_back_signed(wire: tuple[Telegraph, Inbox, str]) -> None:
    node, inbox, _ = wire
    message = node.tell(body=note("Seen at the gate.", [named(node.number(2))]))
    assert node.turn() == []
    assert node.state(message) == "received"
    inbox.sign(message, "acknowledged", reference="HQ-1")
    assert node.turn() == [], "it was asked a moment ago"
    assert node.state(message) == "received"
    node.now += HOUR // 10
    assert node.turn() == []
    assert node.state(message) == "acknowledged"
    assert (len(inbox.all()), node.replays()) == (1, True)


def test_repeat_gets_the_same_receipt_and_another_text_none(wire: tuple[Telegraph, Inbox, str]) -> None:
    node, inbox, address = wire
    node.tell()
    node.turn()
    (kept,) = inbox.all()
    payload = Payload.read(inbox.text(kept["message"]))
    again = node.ways["https"].send(address, [Letter(payload.id, letter(payload, SIGNER))])
    assert again == inbox.receipts([payload.id])
    members = {name: value for name, value in payload.value.items() if name != "format"}
    other = Payload.make({**members, "made": node.now})
    told = node.ways["https"].send(address, [Letter(other.id, letter(other, SIGNER))])[payload.id]
    assert (told.receipts, told.problem) == ((), "another text was received under this id")
    assert inbox.text(payload.id) == payload.text


def test_letter_of_a_stranger_is_not_taken(wire: tuple[Telegraph, Inbox, str]) -> None:
    node, inbox, address = wire
    node.tell()
    node.turn()
    payload = Payload.read(inbox.text(inbox.all()[0]["message"]))
    for signer in (key_of(HQ), key_of("screening.example/hq")):
        assert node.ways["https"].send(address, [Letter("x", letter(payload, signer))])[""].problem
    assert node.ways["https"].send(address, [Letter("x", b'{"not":"a letter"}')])[""].problem
    assert len(inbox.all()) == 1


def test_both_sides_show_certificates(wire: tuple[Telegraph, Inbox, str], tmp_path: Path) -> None:
    node, _, address = wire
    (tmp_path / "elsewhere").mkdir()
    stranger = Authority.make(tmp_path / "elsewhere").vouch("stranger")
    with https(stranger) as way, pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"):
        way.ask(address, [])  # who does not know the receiver's authority
    known = Authority.make(tmp_path / "elsewhere", "other").vouch("other")
    mixed = type(known)(known.certificate, known.key, tmp_path / "authority.pem")
    with https(mixed) as way, pytest.raises(NotDelivered):
        way.ask(address, [])  # whom the receiver does not know
    node.ways["https"].ask(address, [])


def test_sender_is_told_of_its_own_letters_alone(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    theirs, ours = both(tmp_path)
    other = SigningKey.from_bytes("screening.example/other", b"other".ljust(32, b"."))
    forger = SigningKey.from_bytes(ORIGIN, b"forger".ljust(32, b"."))
    inbox = an_inbox(tmp_path, node.clock)
    inbox.senders = [SIGNER.key, other.key]
    with receiving(inbox, theirs) as address:
        node.add(channels=[address])
        with https(ours) as way:
            node.ways["https"] = way
            message = node.tell()
            node.turn()
            assert way.ask(address, [message])[message].receipts
            assert way.held(address, {}, HQ, 0, node.now + HOUR)["more"] == [message]
            with pytest.raises(NotDelivered, match="another recipient"):
                way.held(address, {}, "hq.example/second", 0, node.now + HOUR)
        with https(ours, signer=other) as way:
            assert way.ask(address, [message])[message].receipts == ()
            held = way.held(address, {message: node.line(message).digest}, HQ, 0, node.now + HOUR)
            assert held == {"differs": [], "lacks": [message], "more": []}
        with https(ours, signer=forger) as way:
            for asks in (partial(way.ask, address, [message]), partial(way.held, address, {}, HQ, 0, node.now)):
                with pytest.raises(NotDelivered, match="the question is signed by"):
                    asks()


def test_message_whose_answer_was_lost_is_taken_back_where_it_lies(
    wire: tuple[Telegraph, Inbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    node, inbox, _ = wire
    way = node.ways["https"]
    assert isinstance(way, Https)
    post = way._post

    def cut(channel: str, path: str, body: bytes) -> bytes:
        post(channel, path, body)
        raise NotDelivered(f"{channel}: the answer was lost")

    message = node.tell()
    with monkeypatch.context() as then:
        then.setattr(way, "_post", cut)
        node.turn()
    assert ([one["message"] for one in inbox.all()], node.state(message)) == ([message], "queued")
    retraction = node.outbox.withdraw(message, "sent in error", WE)
    node.now += HOUR
    assert node.turn() == []
    assert Payload.read(inbox.text(retraction)).value["refers"] == message


def test_receiver_that_is_down_is_tried_again_for_ever(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    theirs, ours = both(tmp_path)
    inbox = an_inbox(tmp_path, node.clock)
    with receiving(inbox, theirs) as address:
        pass
    node.add(channels=[address])
    with https(ours) as way:
        node.ways["https"] = way
        message = node.tell()
        for _ in range(60):
            node.turn()
            node.now += HOUR
        assert node.state(message) == "queued"
        with receiving(inbox, theirs, int(address.rpartition(":")[2])):
            node.turn()
        assert node.state(message) == "received"


def test_more_cannot_be_taken_back_and_nothing_is_signed_that_is_not_there(wire: tuple[Telegraph, Inbox, str]) -> None:
    node, inbox, _ = wire
    message = node.tell()
    with pytest.raises(InputError, match="no such message was received"):
        inbox.sign(message, "acknowledged")
    node.turn()
    first = inbox.sign(message, "acted-on")
    assert inbox.sign(message, "acted-on") == first
    with pytest.raises(InputError, match="was signed for as acted-on, received"):
        inbox.sign(message, "acknowledged")
