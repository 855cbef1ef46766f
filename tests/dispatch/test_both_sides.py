"""Both sides are held against each other every night, and against the other's own log; a receiver that falls silent is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from certificates import HOST
from kstep.dispatch.envelope import letter
from kstep.dispatch.inbox import Inbox, letters
from kstep.dispatch.looking import late_messages
from kstep.dispatch.nights import Nights
from kstep.dispatch.reconciling import Reconciling
from kstep.model import InputError
from kstep.model.events import HeartbeatMissed, HeartbeatReturned, MessagesReconciled
from kstep.store import Database
from messaging import DAY, HOUR, HQ, ORIGIN, SIGNER, WE, Telegraph, key_of
from receivers import an_inbox, both, free_port, https, receiving


@pytest.fixture
def wire(database: Database, tmp_path: Path) -> Iterator[tuple[Telegraph, Inbox, Nights]]:
    node = Telegraph(database, tmp_path).begin(people=0)
    theirs, ours = both(tmp_path)
    inbox = an_inbox(tmp_path, node.clock)
    with receiving(inbox, theirs) as address, https(ours) as way:
        node.ways["https"] = way
        node.add(channels=[address])
        yield node, inbox, Nights(node.outbox, way, WE)
    inbox.database.close()


def lose(inbox: Inbox, message: str) -> Mapping[str, Any]:
    """The receiver loses a letter, which is returned."""
    with inbox.database.write() as connection:
        row = connection.execute(letters.select().where(letters.c.message == message)).mappings().one()
        connection.execute(delete(letters).where(letters.c.message == message))
    return dict(row)


def restore(inbox: Inbox, row: Mapping[str, Any]) -> None:
    """The receiver has a letter again."""
    with inbox.database.write() as connection:
        connection.execute(letters.insert(), [dict(row)])


def to_settle(node: Telegraph) -> list[tuple[str, str]]:
    return [(one.message, one.what) for one in Reconciling(node.outbox).open()]


def late(node: Telegraph, what: str) -> int:
    """How many are late, of what is told in words with these."""
    with node.database.read() as connection:
        return sum(count for words, count in late_messages(connection, node.now).items() if what in words)


def told(node: Telegraph, *types: type) -> list[str]:
    with node.database.read() as connection:
        return [event.type for event in node.ledger.read(connection, types=types)]


def test_night_in_which_all_is_well_says_nothing(wire: tuple[Telegraph, Inbox, Nights]) -> None:
    node, inbox, nights = wire
    messages = [node.tell() for _ in range(3)]
    node.turn()
    assert nights.turn() == []
    node.now += DAY + HOUR
    assert nights.turn() == []
    assert told(node, MessagesReconciled) == []
    for message in messages:
        inbox.sign(message, "acknowledged")
    node.now += HOUR
    node.turn()
    inbox.sign(messages[0], "acted-on")
    node.now += DAY
    assert nights.turn() == []
    assert node.state(messages[0]) == "acted-on", "it is still asked what became of it"


def test_what_the_receiver_lost_is_a_task_until_it_has_it_again(wire: tuple[Telegraph, Inbox, Nights]) -> None:
    node, inbox, nights = wire
    nights.turn()
    kept, lost = node.tell(), node.tell()
    node.turn()
    row = lose(inbox, lost)
    node.now += DAY + HOUR
    assert nights.turn() == [f"{HQ}: 1 messages are not the same on both sides"]
    (item,) = Reconciling(node.outbox).open()
    assert (item.message, item.what, item.due - item.found) == (lost, "only here", DAY)
    restore(inbox, {**row, "digest": "0" * 64})
    node.now += DAY + HOUR
    nights.turn()
    assert {one.what for one in Reconciling(node.outbox).open()} == {"only here", "differs"}
    with inbox.database.write() as connection:
        connection.execute(letters.update().where(letters.c.message == lost).values(digest=row["digest"]))
    node.now += DAY
    assert nights.turn() == []
    assert Reconciling(node.outbox).open() == []
    assert node.state(kept) == "received"
    assert node.replays()


def test_what_only_the_receiver_has_is_a_task(wire: tuple[Telegraph, Inbox, Nights]) -> None:
    """As it is when this node was restored from an older copy."""
    node, inbox, nights = wire
    nights.turn()
    node.tell()
    node.turn()
    with inbox.database.write() as connection:
        row = connection.execute(letters.select()).mappings().one()
        connection.execute(letters.insert(), [{**row, "message": "ab" * 16}])
    node.now += DAY + HOUR
    nights.turn()
    (item,) = Reconciling(node.outbox).open()
    assert (item.message, item.what) == ("ab" * 16, "only there")
    with pytest.raises(InputError, match="settles nothing"):
        Reconciling(node.outbox).settle(item.item, "because", "x", WE)
    Reconciling(node.outbox).settle(item.item, "not ours", "asked them", WE)
    assert Reconciling(node.outbox).open() == []
    assert node.replays()


def test_what_was_lost_stays_a_task_however_old_it_grows(wire: tuple[Telegraph, Inbox, Nights]) -> None:
    node, inbox, nights = wire
    nights.turn()
    lost = node.tell()
    node.turn()
    row = lose(inbox, lost)
    for _ in range(6):
        node.now += DAY + HOUR
        assert nights.turn() == [f"{HQ}: 1 messages are not the same on both sides"]
        assert to_settle(node) == [(lost, "only here")]
    restore(inbox, row)
    node.now += DAY + HOUR
    assert (nights.turn(), to_settle(node)) == ([], [])
    assert node.replays()


@pytest.fixture
def line(database: Database, tmp_path: Path) -> Iterator[tuple[Telegraph, Inbox, Nights, Callable[[], Any]]]:
    """A receiver that runs only while a test has it run."""
    node = Telegraph(database, tmp_path).begin(people=0)
    theirs, ours = both(tmp_path)
    inbox, port = an_inbox(tmp_path, node.clock), free_port()
    with https(ours) as way:
        node.ways["https"] = way
        node.add(channels=[f"https://{HOST}:{port}"])
        yield node, inbox, Nights(node.outbox, way, WE), lambda: receiving(inbox, theirs, port)
    inbox.database.close()


def test_what_left_days_after_it_was_queued_is_compared(
    line: tuple[Telegraph, Inbox, Nights, Callable[[], Any]],
) -> None:
    node, inbox, nights, running = line
    with running():
        nights.turn()
    lost = node.tell()
    for _ in range(5):
        node.now += DAY
        node.turn()
        nights.turn()
    with running():
        node.now += 2 * HOUR
        node.turn()
        nights.turn()
        lose(inbox, lost)
        node.now += DAY + HOUR
        nights.turn()
    assert to_settle(node) == [(lost, "only here")]


def test_all_since_the_last_comparison_is_compared_however_long_ago_that_was(
    line: tuple[Telegraph, Inbox, Nights, Callable[[], Any]],
) -> None:
    node, inbox, nights, running = line
    with running():
        nights.turn()
        lost, kept = node.tell(), node.tell()
        node.turn()
    row = lose(inbox, lost)
    restore(inbox, {**row, "message": "ab" * 16})
    for _ in range(10):
        node.now += DAY
        nights.turn()
    with running():
        node.now += 2 * HOUR
        nights.turn()
    assert set(to_settle(node)) == {(lost, "only here"), ("ab" * 16, "only there")}
    assert node.state(kept) == "received"


def test_after_a_clock_that_was_ahead_nights_compare_what_was_sent(wire: tuple[Telegraph, Inbox, Nights]) -> None:
    node, inbox, nights = wire
    nights.turn()
    node.now += 365 * DAY
    node.tell()
    node.turn()
    nights.turn()
    node.now -= 365 * DAY
    lost = node.tell()
    node.turn()
    lose(inbox, lost)
    for _ in range(2):
        node.now += DAY + HOUR
        nights.turn()
    assert to_settle(node) == [(lost, "only here")]
    (item,) = Reconciling(node.outbox).open()
    assert item.found <= node.now, "by the clock"
    node.now = item.found + DAY - 1
    assert late(node, "same on both sides") == 0
    node.now += 1
    assert late(node, "same on both sides") == 1


def test_after_a_clock_that_was_ahead_silence_is_told(
    line: tuple[Telegraph, Inbox, Nights, Callable[[], Any]],
) -> None:
    node, _, nights, running = line
    node.now += 30 * DAY
    with running():
        nights.turn()
    node.now -= 30 * DAY
    for _ in range(6):
        node.now += HOUR // 2
        nights.turn()
    assert told(node, HeartbeatMissed) == ["HeartbeatMissed"]
    node.now -= 30 * DAY
    assert late(node, "not heard of") == 1, "whatever the clock says"


def test_what_the_authoritys_log_lacks_is_not_settled_by_a_night_that_asks_of_something_else(
    wire: tuple[Telegraph, Inbox, Nights], tmp_path: Path
) -> None:
    node, inbox, nights = wire
    nights.turn()
    old = node.tell()
    node.turn()
    lose(inbox, old)
    (tmp_path / "log.csv").write_text("message\n")
    node.now += 10 * DAY
    Reconciling(node.outbox).with_log(HQ, tmp_path / "log.csv", WE)
    found = Reconciling(node.outbox).with_receiver(HQ, [], [], [], [], WE)
    assert (found.agreed, to_settle(node)) == ((), [(old, "only here")])
    nights.turn()
    assert to_settle(node) == [(old, "only here")]


@pytest.mark.parametrize("how", ["", "sent again", "they have it", "they lost it"])
def test_what_is_lost_a_second_time_is_a_task_again(wire: tuple[Telegraph, Inbox, Nights], how: str) -> None:
    node, inbox, nights = wire
    nights.turn()
    node.now += DAY - 4 * HOUR
    message = node.tell()
    node.turn()
    row = lose(inbox, message)
    node.now += 5 * HOUR
    nights.turn()
    (first,) = Reconciling(node.outbox).open()
    if how:
        Reconciling(node.outbox).settle(first.item, how, "asked them", WE)
    restore(inbox, row)
    node.now += DAY
    assert (nights.turn(), to_settle(node)) == ([], [])
    lose(inbox, message)
    node.now += DAY
    nights.turn()
    (again,) = Reconciling(node.outbox).open()
    assert (again.item, again.due - again.found) == (first.item, DAY)
    assert again.found > first.due
    assert node.replays()


@pytest.mark.parametrize(
    ("how", "returns"),
    [("sent again", True), ("they have it", True), ("they lost it", False), ("their log is wrong", False)],
)
def test_what_was_said_to_be_there_and_is_not_is_a_task_again(
    wire: tuple[Telegraph, Inbox, Nights], tmp_path: Path, how: str, *, returns: bool
) -> None:
    node, _, _ = wire
    message = node.tell()
    node.turn()
    both_sides, log = Reconciling(node.outbox), tmp_path / "log.csv"
    log.write_text("message\n")
    both_sides.with_log(HQ, log, WE)
    both_sides.settle(both_sides.open()[0].item, how, "asked them", WE)
    node.now += DAY
    both_sides.with_log(HQ, log, WE)
    assert to_settle(node) == ([(message, "only here")] if returns else [])
    assert node.replays()


def test_what_an_inbox_holds_for_another_recipient_is_no_difference(
    wire: tuple[Telegraph, Inbox, Nights],
) -> None:
    node, inbox, _ = wire
    other = "hq.example/second"
    node.add(other, channels=["https://second.example"])
    theirs = node.tell(recipient=other)
    node.ways["https"] = node.held
    node.turn()
    second = Inbox(inbox.database, key_of(other), [SIGNER.key], node.clock)
    second.take([letter(node.held.has(theirs), SIGNER)])
    until, asked = node.now + HOUR, {theirs: node.line(theirs).digest}
    assert inbox.held({}, ORIGIN, 0, until)["more"] == []
    assert inbox.held(asked, ORIGIN, 0, until)["lacks"] == [theirs]
    assert second.held({}, ORIGIN, 0, until)["more"] == [theirs]
    assert second.held(asked, ORIGIN, 0, until) == {"differs": [], "lacks": [], "more": []}


def test_receiver_that_falls_silent_is_told_once_until_it_is_heard_again(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    theirs, ours = both(tmp_path)
    inbox = an_inbox(tmp_path, node.clock)
    with https(ours) as way:
        nights = Nights(node.outbox, way, WE)
        with receiving(inbox, theirs) as address:
            node.add(channels=[address])
            assert nights.turn() == []
        port = int(address.rpartition(":")[2])
        for _ in range(8):
            node.now += HOUR // 2
            last = nights.turn()
        assert "has not been heard of" in last[0]
        assert told(node, HeartbeatMissed, HeartbeatReturned) == ["HeartbeatMissed"]
        with node.database.read() as connection:
            assert late_messages(connection, node.now)["receivers are not heard of; see kstep recipients list"] == 1
        with receiving(inbox, theirs, port):
            node.now += HOUR // 2
            assert nights.turn() == []
        assert told(node, HeartbeatMissed, HeartbeatReturned) == ["HeartbeatMissed", "HeartbeatReturned"]
    assert node.replays()


@pytest.mark.parametrize("is_retired", [True, False])
def test_receiver_that_is_there_no_more_is_not_silent(
    line: tuple[Telegraph, Inbox, Nights, Callable[[], Any]], *, is_retired: bool
) -> None:
    node, _, nights, _ = line
    nights.turn()
    node.now += 3 * HOUR
    nights.turn()
    assert told(node, HeartbeatMissed) == ["HeartbeatMissed"]
    if is_retired:
        node.recipients.retire(HQ, "closed", WE)
    else:
        node.add(channels=["file:/mnt/carrier/hq"])
    node.now += DAY
    assert nights.turn() == []
    with node.database.read() as connection:
        assert late_messages(connection, node.now)["receivers are not heard of; see kstep recipients list"] == 0
    assert node.replays()
