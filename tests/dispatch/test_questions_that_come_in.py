"""What others ask has an owner, a deadline and somebody who takes over, and is open until the answer is acknowledged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kstep.dispatch.looking import late_messages
from kstep.dispatch.requests import Requests
from kstep.model import InputError
from kstep.store import Database
from messaging import DAY, HOUR, HQ, OFFICER, SECOND, WE, Telegraph, named, telling

LATE = "questions were not answered in time; see kstep requests list --late"


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Telegraph:
    return Telegraph(database, tmp_path).begin()


def asked(node: Telegraph, **more: Any) -> dict[str, Any]:
    return {"from": HQ, "asks": "Do you know of this person?", "deadline": node.now + 12 * HOUR, **more}


def test_question_is_open_until_its_answer_is_acknowledged(node: Telegraph) -> None:
    requests = Requests(node.outbox)
    request = requests.take(asked(node), ["ann", "bo"], WE)
    assert requests.asks(request) == "Do you know of this person?"
    message = requests.answer(request, {"result": "record", "people": [named(node.number(1))]}, "restricted", WE)
    node.turn()
    (one,) = requests.open()
    assert (one.state, node.state(message)) == ("queued", "queued"), "obtained is not sent"
    with node.database.read() as connection:
        assert late_messages(connection, node.now + 13 * HOUR)[LATE] == 1
    node.now += 5 * HOUR
    node.turn()
    assert [one.state for one in requests.open()] == ["received"]
    node.held.sign(node.held.has(message), "acknowledged")
    node.now += HOUR
    node.turn()
    assert requests.open() == []
    with pytest.raises(InputError, match="is answered already"):
        requests.answer(request, {"result": "no record"}, "restricted", WE)
    assert node.replays()


def test_answer_is_withdrawn_and_given_again_and_never_superseded(node: Telegraph) -> None:
    requests = Requests(node.outbox)
    request = requests.take(asked(node), ["ann"], WE)
    first = requests.answer(request, {"result": "record", "people": [named(node.number(1))]}, "restricted", WE)
    with pytest.raises(InputError, match=r"withdraw it and answer again: kstep requests answer"):
        node.outbox.supersede(first, telling("notification"), WE)
    assert node.state(first) == "queued"
    node.outbox.withdraw(first, "sent in error", WE)
    assert [one.state for one in requests.open()] == ["withdrawn"]
    again = requests.answer(request, {"result": "no record"}, "restricted", WE)
    assert node.line(again).release == node.line(first).release, "when it leaves tells nothing of what was done here"
    node.turn()
    assert node.held.letters == {}
    node.now += 5 * HOUR
    node.turn()
    node.held.sign(node.held.has(again), "acknowledged")
    assert len(requests.open()) == 1
    node.now += HOUR
    node.turn()
    assert requests.open() == []
    assert node.replays()


def test_next_owner_takes_over_when_the_first_does_not_answer(node: Telegraph) -> None:
    requests = Requests(node.outbox)
    request = requests.take(asked(node), ["ann", "bo", "cy"], WE)

    def owner() -> str:
        return requests.open()[0].owner

    requests.turn(WE)
    assert owner() == "ann"
    node.now += 4 * HOUR
    assert (requests.turn(WE), requests.turn(WE), owner()) == ([request], [], "bo")
    node.now += 30 * HOUR
    assert (requests.turn(WE), requests.turn(WE), owner()) == ([request], [], "cy")
    requests.assign(request, "di", WE)
    requests.turn(WE)
    assert owner() == "di"
    assert node.replays()


def test_duty_officer_is_told_when_a_question_goes_on_or_its_time_is_over(node: Telegraph) -> None:
    node.add(OFFICER, channels=["https://desk.example"], roles=["duty-officer"])
    requests = Requests(node.outbox)
    request = requests.take(asked(node), ["ann", "bo"], WE)

    def told() -> list[str]:
        requests.turn(WE)
        node.turn()
        letters = node.held.letters.get("https://desk.example", {})
        return [str(letters[name].value["body"]["what"]) for name in letters]

    assert told() == []
    node.now += 7 * HOUR
    onwards = f"The question {request} is not answered; the next who sees to it does now."
    assert (told(), told()) == ([onwards], [onwards])
    node.now += 6 * HOUR
    assert told()[-1] == f"The question {request} was not answered by its deadline."
    assert len(told()) == 2
    assert node.replays()


def test_question_goes_on_though_the_clock_had_been_ahead(node: Telegraph) -> None:
    requests, back = Requests(node.outbox), node.now
    node.now += 30 * DAY
    node.tell()
    node.now = back
    request = requests.take(asked(node), ["ann", "bo"], WE)
    node.now += 7 * HOUR
    assert requests.turn(WE) == [request]
    assert requests.open()[0].owner == "bo"


@pytest.mark.parametrize(
    ("ready", "deadline", "leaves"),
    [(1, 12, 4), (5, 12, 8), (7, 12, 8), (9, 12, 9), (11, 12, 11), (5, 30, 8), (13, 30, 16)],
)
def test_time_of_an_answer_tells_nothing_of_when_it_was_ready(
    node: Telegraph, ready: int, deadline: int, leaves: int
) -> None:
    """It is said to be made when it leaves, too: every four hours, or, where that is too late, every one."""
    requests = Requests(node.outbox)
    request = requests.take(asked(node, deadline=node.now + deadline * HOUR - SECOND), ["ann"], WE)
    began = requests.open()[0].arrived
    node.now += ready * HOUR - 17 * SECOND
    message = requests.answer(request, {"result": "no record"}, "restricted", WE)
    assert node.line(message).release == began + leaves * HOUR
    node.turn()
    assert node.held.letters == {}
    node.now = began + leaves * HOUR + SECOND
    node.turn()
    assert node.held.has(message).value["made"] == began + leaves * HOUR


def test_what_was_asked_by_telephone_is_provisional_until_it_is_written(node: Telegraph) -> None:
    requests = Requests(node.outbox)
    request = requests.take(asked(node, voice={"desk": "night desk", "reference": "T-5"}), ["ann"], WE)
    assert requests.open()[0].voice == "night desk, T-5"
    requests.confirm(request, "letter of 5 February", WE)
    assert requests.open()[0].voice == ""
    with pytest.raises(InputError, match="needs no confirmation"):
        requests.confirm(request, "another", WE)
    assert node.replays()


def test_answer_that_was_stopped_may_be_written_again(node: Telegraph) -> None:
    requests = Requests(node.outbox)
    request = requests.take(asked(node), ["ann"], WE)
    requests.answer(request, {"result": "record"}, "top-secret", WE)
    assert [one.state for one in requests.open()] == ["stopped"]
    requests.answer(request, {"result": "record"}, "restricted", WE)
    assert [one.state for one in requests.open()] == ["queued"]


def test_deadline_before_any_answer_leaves_is_refused(node: Telegraph) -> None:
    requests = Requests(node.outbox)
    with pytest.raises(InputError, match="is over before an answer leaves, 4 hours after the question came") as refused:
        requests.take(asked(node, deadline=node.now + 4 * HOUR), ["ann"], WE)
    assert requests.open() == []
    (soonest,) = re.findall(r"write (\d+) \(2026-\S+Z\) or later", str(refused.value))
    node.now += 30 * SECOND
    request = requests.take(asked(node, deadline=int(soonest)), ["ann"], WE)
    message = requests.answer(request, {"result": "no record"}, "restricted", WE)
    assert node.line(message).release < int(soonest)


@pytest.mark.parametrize("way", ["stopped", "refused", "withdrawn"])
def test_next_owner_takes_over_when_an_answer_did_not_hold(node: Telegraph, way: str) -> None:
    requests = Requests(node.outbox)
    request = requests.take(asked(node), ["ann", "bo"], WE)
    message = requests.answer(request, {"result": "no record"}, "restricted", WE)
    node.now += 7 * HOUR
    assert requests.turn(WE) == [], "its answer is on its way"
    if way == "withdrawn":
        node.outbox.withdraw(message, "sent in error", WE)
    elif way == "stopped":
        node.recipients.retire(HQ, "closed", WE)
        node.turn()
    else:
        node.turn()
        node.held.sign(node.held.has(message), "refused", reason="other")
        node.now += HOUR
        node.turn()
    assert node.state(message) == way
    assert (requests.turn(WE), requests.turn(WE)) == ([request], [])
    assert requests.open()[0].owner == "bo"
    assert node.replays()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"from": "nobody.example"}, "is no recipient in the registry"),
        ({"asks": " "}, "asks nothing"),
        ({"deadline": 5}, "is no time to come"),
        ({"deadline": "soon"}, "is no time to come"),
        ({"voice": {"desk": "x"}}, "names no desk and reference"),
        ({"more": 1}, "is no question"),
    ],
)
def test_question_that_makes_no_sense_is_refused(node: Telegraph, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Requests(node.outbox).take(asked(node, **wrong), ["ann"], WE)
