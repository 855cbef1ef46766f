"""From a duty to a signed receipt: what is queued leaves, what is signed for is done, and nothing else is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from kstep.dispatch.envelope import open_letter
from kstep.dispatch.folder import LETTERS, RECEIPTS
from kstep.dispatch.receipts import Receipt
from kstep.dispatch.recipients import Recipient
from kstep.dispatch.tables import TRIED, about, messages, receipts
from kstep.dispatch.transports import Answer, Letter, NotDelivered
from kstep.model import InputError
from kstep.model.events import MessageOwed, MessagesSent
from kstep.store import Database
from messaging import DAY, HOUR, HQ, SIGNER, WE, Telegraph, key_of, named, note, telling

OTHER = "b.example/desk"


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Telegraph:
    return Telegraph(database, tmp_path).begin()


def test_message_is_done_when_its_recipient_signed_for_it(node: Telegraph, tmp_path: Path) -> None:
    """Over a folder that somebody carries."""
    drop = tmp_path / "drop"
    drop.mkdir()
    node.add(channels=[f"file:{drop}"])
    who = node.number(3)
    message = node.tell(body=note("Seen at the gate.", [named(who)]), action=True)
    assert node.state(message) == "queued"
    assert node.turn() == []
    assert node.state(message) == "sent"
    letter = (drop / LETTERS / f"{message}.letter.json").read_bytes()
    payload = open_letter(letter, [SIGNER.key])
    assert payload.value["body"]["people"][0]["person"] == who
    for state, day in (("received", 1), ("acknowledged", 2), ("acted-on", 3)):
        receipt = Receipt(message, payload.digest, HQ, state, node.now, reference="HQ-7/1" if day == 3 else "")
        (drop / RECEIPTS).mkdir(exist_ok=True)
        (drop / RECEIPTS / f"{message}.{state}.receipt.json").write_bytes(receipt.signed(key_of(HQ)))
        node.now += HOUR
        assert node.turn() == []
        assert node.state(message) == state
        assert (node.line(message).finished is not None) == (state == "acted-on")
    assert node.replays()


def test_duty_and_message_are_written_together_or_not_at_all(node: Telegraph) -> None:
    with pytest.raises(RuntimeError), node.ledger.unit(WE) as unit:
        node.outbox.queue(unit, telling())
        raise RuntimeError("the duty fell through")
    with node.database.read() as connection:
        assert connection.execute(select(messages)).all() == []
    with node.ledger.unit(WE) as unit:
        first = node.outbox.queue(unit, telling(duty="encounter:1"))
        assert node.outbox.queue(unit, telling(duty="encounter:1")) == first, "a duty is told once"
    with node.database.read() as connection:
        assert len(list(node.ledger.read(connection, types=[MessageOwed]))) == 1


def test_message_that_takes_a_decision_is_open_until_there_is_one(node: Telegraph) -> None:
    node.held.signs = ("received", "acknowledged")
    message = node.tell("incident-report", body={"people": [], "summary": "x", "happened": "2026-01-01"}, action=True)
    node.turn()
    assert (node.state(message), node.line(message).finished) == ("acknowledged", None)
    node.held.sign(node.held.has(message), "no-action-decided")
    node.now += HOUR
    node.turn()
    assert node.state(message) == "no-action-decided"
    assert node.line(message).finished is not None
    assert node.replays()


def test_refused_message_stays_open_until_somebody_here_acts(node: Telegraph) -> None:
    node.held.signs = ()
    message = node.tell()
    node.turn()
    node.held.sign(node.held.has(message), "refused", reason="wrong-person")
    node.now += HOUR
    node.turn()
    assert (node.state(message), node.line(message).finished) == ("refused", None)
    node.held.letters.clear()
    node.now += HOUR
    node.turn()
    assert node.held.letters == {}, "nothing more is sent"
    body = {"people": [], "wrong": "the name", "right": "another name"}
    new = node.outbox.supersede(message, telling("correction", body=body), WE)
    assert (node.state(message), node.line(new).refers) == ("superseded", message)
    assert node.replays()


def test_last_word_of_a_recipient_is_heard_after_a_refusal(node: Telegraph) -> None:
    message = node.tell()
    node.turn()
    payload = node.held.has(message)
    node.held.sign(payload, "refused", reason="other")
    node.now += HOUR
    node.turn()
    assert node.state(message) == "refused"
    node.held.sign(payload, "acted-on")
    node.now += HOUR
    node.turn()
    assert (node.state(message), node.line(message).finished is None) == ("acted-on", False)
    assert node.replays()


@pytest.mark.parametrize(("days", "state"), [(1, "refused"), (29, "refused"), (32, "acknowledged")])
def test_last_word_of_a_recipient_is_heard_after_all_was_done(
    node: Telegraph, tmp_path: Path, days: int, state: str
) -> None:
    """For thirty days, over a folder too; a carrier who is away meanwhile is missed by nobody."""
    drop = tmp_path / "drop"
    (drop / RECEIPTS).mkdir(parents=True)
    node.add(channels=[f"file:{drop}"])
    message = node.tell()
    node.turn()

    def put(said: str, reason: str = "") -> None:
        receipt = Receipt(message, node.line(message).digest, HQ, said, node.clock(), reason)
        (drop / RECEIPTS / f"{message}.{said}.receipt.json").write_bytes(receipt.signed(key_of(HQ)))

    put("acknowledged")
    node.now += HOUR
    node.turn()
    assert node.state(message) == "acknowledged"
    for _ in range(days):
        assert node.turn() == []
        node.now += DAY
    drop.rename(tmp_path / "away")
    assert node.turn() == []
    (tmp_path / "away").rename(drop)
    put("refused", "wrong-person")
    node.now += 2 * HOUR
    node.turn()
    assert node.state(message) == state
    assert node.replays()


def test_withdrawn_message_that_was_sent_is_followed_by_a_retraction(node: Telegraph) -> None:
    unsent, sent = node.tell(), node.tell()
    assert node.outbox.withdraw(unsent, "sent in error", WE) == ""
    node.turn()
    retraction = node.outbox.withdraw(sent, "no longer true", WE)
    line = node.line(retraction)
    assert (line.kind, line.refers, line.state, node.state(sent)) == ("retraction", sent, "queued", "withdrawn")
    assert list(node.held.letters["https://one.example"]) == [sent]
    node.held.sign(node.held.has(sent), "acknowledged")
    node.held.signs = ("acknowledged",)
    node.turn()
    assert (node.state(retraction), node.state(sent)) == ("acknowledged", "withdrawn")
    with pytest.raises(InputError, match="is withdrawn already"):
        node.outbox.withdraw(sent, "sent in error", WE)
    with pytest.raises(InputError, match="is no ground to take a message back"):
        node.outbox.withdraw(retraction, "because", WE)
    assert node.replays()


@pytest.mark.parametrize("during", [True, False])
def test_message_that_may_have_arrived_is_followed_by_a_retraction(
    node: Telegraph, during: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Withdrawn while it is handed over, or when its answer was lost."""
    message, send, retractions = node.tell(), node.held.send, list[str]()

    def cut(channel: str, letters: Sequence[Letter]) -> Mapping[str, Answer]:
        send(channel, letters)
        if during:
            retractions.append(node.outbox.withdraw(message, "sent in error", WE))
        raise NotDelivered(f"{channel}: the answer was lost")

    monkeypatch.setattr(node.held, "send", cut)
    node.turn()
    if not during:
        assert node.state(message) == "queued"
        retractions.append(node.outbox.withdraw(message, "sent in error", WE))
    monkeypatch.setattr(node.held, "send", send)
    node.now += HOUR
    node.turn()
    (retraction,) = retractions
    assert (node.state(message), node.state(retraction)) == ("withdrawn", "received")
    assert node.held.has(retraction).value["refers"] == message
    assert node.replays()


def test_message_withdrawn_before_it_is_handed_over_does_not_leave(
    node: Telegraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, kept, begin = node.tell(), node.tell(), node.delivery._begin

    def late(recipient: Recipient, letters: list[Letter]) -> list[Letter]:
        if node.state(message) != "withdrawn":
            assert node.outbox.withdraw(message, "sent in error", WE) == ""
        return begin(recipient, letters)

    monkeypatch.setattr(node.delivery, "_begin", late)
    assert node.turn() == []
    assert list(node.held.letters["https://one.example"]) == [kept]


def test_what_lies_in_a_folder_is_taken_back_though_the_rest_did_not_fit(node: Telegraph, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    node.add(channels=[f"file:{drop}"])
    first, last = node.tell(), node.tell()
    (drop / LETTERS / f"{last}.letter.json").mkdir(parents=True)
    assert node.turn() != []
    assert (drop / LETTERS / f"{first}.letter.json").is_file()
    assert (node.state(first), node.state(last)) == ("queued", "queued")
    assert node.line(node.outbox.withdraw(first, "sent in error", WE)).refers == first


def test_carrier_that_comes_back_empty_or_is_another_gets_what_is_open(node: Telegraph, tmp_path: Path) -> None:
    """What a folder holds may be lost with whoever carries it."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    node.add(channels=[f"file:{one}"])
    message = node.tell()
    name = Path(LETTERS) / f"{message}.letter.json"
    node.turn()
    letter = (one / name).read_bytes()
    shutil.rmtree(one)
    node.now += 2 * DAY
    assert any("bring the carrier" in failed for failed in node.turn())
    one.mkdir()
    node.now += HOUR
    assert node.turn() == []
    assert (one / name).read_bytes() == letter
    node.add(channels=[f"file:{other}"])
    assert node.turn() == []
    assert (other / name).read_bytes() == letter
    assert node.replays()


@pytest.mark.parametrize(
    ("before", "now", "sent"),
    [("ab", "ab", 1), ("ab", "a", 0), ("ab", "abc", 1), ("ab", "ac", 0), ("ab", "cb", TRIED), ("ab", "ba", TRIED)],
)
def test_what_is_open_counts_as_unsent_from_the_first_other_channel_on(
    node: Telegraph, before: str, now: str, sent: int
) -> None:
    node.add(channels=[f"https://{name}.example" for name in before])
    message = node.tell()
    for _ in range(2):
        node.now += 5 * HOUR
        node.turn()
    assert node.line(message).sent == 1
    node.add(channels=[f"https://{name}.example" for name in now])
    assert node.line(message).sent == sent
    assert node.replays()


def test_nobody_else_gets_what_takes_the_place_of_a_message(node: Telegraph) -> None:
    """Its recipient would hear nothing."""
    node.add(OTHER)
    message = node.tell()
    node.turn()
    with pytest.raises(InputError, match=f"is for {HQ}: nobody else gets what takes its place"):
        node.outbox.supersede(message, telling(recipient=OTHER), WE)
    assert node.state(message) == "received"
    assert node.line(node.outbox.supersede(message, telling(recipient=""), WE)).recipient == HQ


def test_erasing_a_person_takes_what_messages_said_of_them(node: Telegraph) -> None:
    """One alone, and two together: id, hash and states stay; what could not be sent any more is withdrawn."""
    one, other = node.number(1), node.number(2)
    alone = node.tell(body=note("secret words of one", [named(one)]))
    both = node.tell(body=note("secret words of two", [named(one), named(other)]))
    node.turn()
    waiting = node.tell(body=note("never sent", [named(one)]))
    digest = node.line(alone).digest
    node.register.erase(one, "retention", WE)
    node.turn()
    assert [node.state(name) for name in (alone, both, waiting)] == ["received", "received", "withdrawn"]
    assert node.line(alone).digest == digest
    with node.database.read() as connection:
        texts = [event.fact for event in node.ledger.read(connection) if event.type == "MessageWritten"]
        assert texts == [None] * 3
        assert [line.person for line in connection.execute(select(about))] == [other]
        assert len(connection.execute(select(receipts)).all()) == 2
    assert node.replays()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"recipient": "nobody.example"}, "is no recipient in the registry"),
        ({"kind": "telegram"}, "is no kind of message"),
        ({"body": {"people": []}}, "notification, what: is missing"),
        ({"body": note("x", suspect="yes")}, "suspect: is no field that is known here"),
        ({"body": note("x", [named(9999)])}, "there is no record of person 9999"),
        ({"kind": "retraction", "body": {"people": [], "ground": "x"}}, "is about an earlier message"),
        ({"within": 0}, "is no time in which anybody can answer"),
    ],
)
def test_telling_that_makes_no_sense_is_refused(node: Telegraph, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        node.tell(**{"kind": "notification", **wrong})  # type: ignore[arg-type]


def test_what_was_sent_is_recorded_once_for_each_channel(node: Telegraph) -> None:
    for _ in range(3):
        node.tell()
    node.turn()
    node.turn()
    with node.database.read() as connection:
        (sent,) = node.ledger.read(connection, types=[MessagesSent])
    assert isinstance(sent.fact, MessagesSent)
    assert len(sent.fact.messages) == 3
