"""Letters over HTTPS to a real receiver: certificates on both sides, one answer to a repeat, nothing signed that is not kept."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from certificates import HOST, Authority, Papers
from kstep.dispatch.envelope import Payload, letter
from kstep.dispatch.https import Https
from kstep.dispatch.inbox import Inbox
from kstep.dispatch.recipients import find_recipient
from kstep.dispatch.transports import Answer, Letter, NotDelivered
from kstep.ledger.signing import SigningKey
from kstep.model import InputError
from kstep.store import Database
from messaging import HOUR, HQ, ORIGIN, SIGNER, WE, Telegraph, key_of, named, note
from receivers import an_inbox, both, https, receiving

OTHER = "z.example/desk"


@contextmanager
def answering(answer: bytes, papers: Papers) -> Iterator[str]:
    """The address of a server that gives everybody the same answer."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers.certificate, papers.key)
    with HTTPServer((HOST, 0), Answering) as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"https://{HOST}:{running.server_port}"
        finally:
            running.shutdown()
            thread.join(30)


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


def test_certificates_that_cannot_be_read_stop_no_other_way(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    drop = tmp_path / "drop"
    drop.mkdir()
    node.ways["https"] = Https(tmp_path / "no.pem", tmp_path / "no.key", tmp_path / "no.ca", SIGNER)
    node.add(channels=[f"https://{HOST}:1", f"file:{drop}"])
    node.add(OTHER, channels=[f"file:{drop}"])
    both_ways, other = node.tell(), node.tell(recipient=OTHER)
    (failed,) = node.turn()
    assert "no.pem: cannot be read (No such file or directory); check kstep.toml, [dispatch.https]" in failed
    assert [node.state(one) for one in (both_ways, other)] == ["queued", "sent"]
    node.now += 5 * HOUR
    for _ in range(2):
        node.turn()
    assert node.state(both_ways) == "sent", "over the next channel"


@pytest.mark.parametrize(
    "answer", [b"[" * 200_000, b'{"message":"x","receipts":[' + b"[" * 2_000 + b"]" * 2_000 + b"]}"]
)
def test_answer_that_is_nested_too_deep_stops_no_other_recipient(
    database: Database, tmp_path: Path, answer: bytes
) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    (tmp_path / "drop").mkdir()
    node.add(OTHER, channels=[f"file:{tmp_path / 'drop'}"])
    other = node.tell(recipient=OTHER)
    theirs, ours = both(tmp_path)
    with answering(answer, theirs) as address, https(ours) as way:
        node.ways["https"] = way
        node.add("a.example/desk", channels=[address])
        message = node.tell(recipient="a.example/desk")
        (failed,) = node.turn()
        assert failed.startswith(f"a.example/desk: {address}: its answer cannot be read")
        with node.database.read() as connection:
            recipient = find_recipient(connection, "a.example/desk")
        with pytest.raises(NotDelivered):
            way.held(address, {message: "x"}, SIGNER.name, 0, node.now)
        with pytest.raises(NotDelivered):
            way.heartbeat(address, recipient)
    assert [node.state(one) for one in (message, other)] == ["queued", "sent"]


def test_defect_in_one_answer_stops_no_other_recipient(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is told of what it was about."""
    node = Telegraph(database, tmp_path).begin(people=0)
    node.add(OTHER, channels=["https://two.example"])
    broken, other = node.tell(), node.tell(recipient=OTHER)
    send = node.held.send

    def fail(channel: str, letters: Sequence[Letter]) -> Mapping[str, Answer]:
        if channel == "https://one.example":
            raise ZeroDivisionError("of Tariq")
        return send(channel, letters)

    monkeypatch.setattr(node.held, "send", fail)
    said = f"{HQ}: https://one.example: a defect of kstep, ZeroDivisionError; please report it"
    assert node.turn() == [said]
    assert [node.state(one) for one in (broken, other)] == ["queued", "received"]
    assert node.turn() == [], "it waits, as after any failure"
