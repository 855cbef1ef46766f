"""What is late climbs its ladder, each rung once; a clock that jumps hides no deadline and stops no try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from kstep.dispatch import delivery
from kstep.dispatch.delivery import FIRST_WAIT, LONGEST_WAIT
from kstep.dispatch.ladder import Ladder
from kstep.dispatch.looking import late_messages
from kstep.dispatch.tables import tried
from kstep.dispatch.transports import Answer, NotDelivered
from kstep.model.events import MessagesEscalated
from kstep.store import Database
from messaging import DAY, HOUR, HQ, OFFICER, WE, Held, Telegraph

LATE = "messages were not acknowledged in time; see kstep messages list --late"


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Telegraph:
    node = Telegraph(database, tmp_path).begin(people=0)
    node.add(HQ, channels=["https://one.example", "https://two.example", "https://three.example"])
    node.add(OFFICER, channels=["https://desk.example"], roles=["duty-officer"])
    return node


def climbed(node: Telegraph) -> list[tuple[str, int, bool, int]]:
    with node.database.read() as connection:
        events = list(node.ledger.read(connection, types=[MessagesEscalated]))
    facts = [event.fact for event in events if isinstance(event.fact, MessagesEscalated)]
    return [(fact.recipient, fact.rung, fact.last, len(fact.told)) for fact in facts]


def test_unacknowledged_message_goes_over_the_next_channel_and_the_duty_officer_is_told(node: Telegraph) -> None:
    message = node.tell()
    other = node.tell("incident-report", body={"people": [], "summary": "x", "happened": "2026-01-01"})
    node.turn()
    assert (sorted(node.held.letters), climbed(node)) == (["https://one.example"], [])
    node.now += HOUR
    for _ in range(2):
        node.turn()
    assert sorted(node.held.letters["https://two.example"]) == [other], "an incident report has an hour"
    assert climbed(node) == [(HQ, 1, False, 1)]
    assert len(node.held.letters["https://desk.example"]) == 1
    node.now += 3 * HOUR
    for _ in range(2):
        node.turn()
    assert sorted(node.held.letters["https://two.example"]) == sorted([message, other])
    assert sorted(node.held.letters["https://three.example"]) == [other]
    for _ in range(40):
        node.now += HOUR
        node.turn()
    rungs = [one for one in climbed(node) if one[0] == HQ]
    assert rungs == [(HQ, 1, False, 1), (HQ, 1, False, 1), (HQ, 2, True, 1), (HQ, 2, True, 1)], "each rung once"
    with node.database.read() as connection:
        assert late_messages(connection, node.now)[LATE] >= 2
    node.held.sign(node.held.has(message), "acknowledged")
    node.now += HOUR
    node.turn()
    assert node.state(message) == "acknowledged"
    assert node.replays()


def test_worker_that_was_down_for_days_climbs_each_rung_once(node: Telegraph) -> None:
    message = node.tell()
    node.now += 9 * DAY
    node.turn()
    assert [one[:2] for one in climbed(node)] == [(HQ, 1), (HQ, 2)]
    node.turn()
    assert node.state(message) == "received"
    assert sorted(node.held.letters)[-2:] == ["https://three.example", "https://two.example"]


def test_recipient_that_is_down_is_tried_less_often_but_never_given_up(node: Telegraph) -> None:
    node.held.down = True
    node.add(HQ)
    node.tell()
    times, before = list[int](), 0
    for _ in range(2 * 24 * 12):  # two days, looking every five minutes
        node.now += HOUR // 12
        node.delivery.turn()
        if node.held.tries > before:
            times.append(node.now)
            before = node.held.tries
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits[0] < HOUR // 6 < min(waits[-9:]) <= max(waits) <= LONGEST_WAIT + HOUR // 6
    assert len(times) > 2 * 20
    node.held.down = False
    node.now += HOUR + HOUR // 60
    node.turn()
    assert len(node.held.letters["https://one.example"]) == 1


@pytest.mark.parametrize("stuck", ["refused", "stopped"])
def test_duty_officer_is_told_of_what_nobody_delivers_any_more(node: Telegraph, stuck: str) -> None:
    message = node.tell(marking="top-secret" if stuck == "stopped" else "restricted")
    node.turn()
    if stuck == "refused":
        node.held.sign(node.held.has(message), "refused", reason="other")
    node.now += HOUR // 3
    node.turn()
    assert (node.state(message), climbed(node)) == (stuck, [])
    for _ in range(30):
        node.now += HOUR
        node.turn()
    assert [one for one in climbed(node) if one[0] == HQ] == [(HQ, 1, False, 1), (HQ, 2, True, 1)]
    assert node.state(message) == stuck
    assert message not in node.held.letters.get("https://two.example", {}), "and it goes over no other channel"
    assert node.replays()


def test_it_is_said_that_there_is_nobody_to_be_told(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    ladder = Ladder(node.outbox, WE)
    node.held.down = True
    node.tell()
    assert ladder.unheard() == []
    node.now += DAY
    node.turn()
    (told,) = ladder.unheard()
    assert told.startswith("1 messages are late, and no duty officer who is verified can be told")
    node.add(OFFICER, channels=["https://desk.example"], roles=["duty-officer"])
    assert ladder.unheard() == []


def test_clock_that_had_been_ahead_hides_nothing_that_is_late(node: Telegraph) -> None:
    """What is recorded after it was put right is recorded later than what was; deadlines are by the clock."""
    back = node.now
    node.now += 30 * DAY
    node.tell()
    node.now = back
    node.held.down = True
    message = node.tell()
    assert node.line(message).queued > back + 30 * DAY
    node.turn()
    assert node.line(message).rung == 0, "and what is new is not late at once"
    node.now += DAY
    node.turn()
    assert node.line(message).rung == 2
    with node.database.read() as connection:
        assert late_messages(connection, node.now)[LATE] >= 1


class TakesAndFails(Held):
    """A way that takes letters, and is cut off whenever it is asked."""

    def ask(self, channel: str, messages: Sequence[str]) -> Mapping[str, Answer]:
        raise NotDelivered(f"{channel}: was cut off")


def test_line_that_carries_some_is_tried_again_soon(node: Telegraph) -> None:
    node.ways["https"] = TakesAndFails(node.clock)
    for _ in range(8):
        node.tell()
        node.turn()
        with node.database.read() as connection:
            this = tried.c.channel == "https://one.example"
            found = connection.execute(select(tried.c.tries, tried.c.next).where(this)).all()
        assert [line.tries for line in found] == [1], "what came through counts"
        assert found[0].next - node.now <= FIRST_WAIT
        node.now += FIRST_WAIT + 1_000_000


def test_clock_that_jumps_back_delays_nothing_for_long(node: Telegraph) -> None:
    node.held.down = True
    node.add(HQ)
    node.now += 30 * DAY
    message = node.tell()
    for _ in range(20):
        node.turn()
        node.now += HOUR
    node.now -= 40 * DAY
    node.held.down = False
    late = node.tell()
    node.turn()
    assert [node.state(one) for one in (message, late)] == ["received", "received"]
    node.held.sign(node.held.has(message), "acknowledged")
    node.held.sign(node.held.has(late), "acknowledged")
    node.now += HOUR
    node.turn()
    assert [node.state(one) for one in (message, late)] == ["acknowledged", "acknowledged"]


def test_deadline_further_off_than_it_can_be_has_passed(node: Telegraph) -> None:
    node.now += 30 * DAY
    node.tell()
    node.now -= 60 * DAY
    node.turn()
    assert (HQ, 1, False, 1) in climbed(node)


def test_what_is_late_to_a_duty_officer_tells_no_other(node: Telegraph) -> None:
    """Or two officers who are away would tell each other for ever."""
    node.add("second.example/duty", channels=["https://second.example"], roles=["duty-officer"])
    node.held.down = True
    node.tell()
    for _ in range(50):
        node.now += HOUR
        node.turn()
    told = [one for one in climbed(node) if one[3]]
    assert len(told) == 2, "two rungs of the one message"


def test_asking_that_is_cut_off_each_time_leaves_nobody_out(node: Telegraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ASKED_AT_ONCE", 2)
    messages = sorted(node.tell() for _ in range(12))
    node.turn()
    node.held.sign(node.held.has(messages[-1]), "acknowledged")
    first, asked = node.held.ask, list[int]()

    def ask(channel: str, names: Sequence[str]) -> Mapping[str, Answer]:
        asked.append(len(names))
        if len(asked) % 2 == 0:
            raise NotDelivered(f"{channel}: cut off")
        return first(channel, names)

    monkeypatch.setattr(node.held, "ask", ask)
    for _ in range(900):  # ids are random: some lie close behind others, and are seldom the next
        node.now += HOUR
        node.delivery.turn()
        if node.state(messages[-1]) == "acknowledged":
            break
    assert node.state(messages[-1]) == "acknowledged"
    assert [node.state(message) for message in messages[:-1]] == ["received"] * 11
