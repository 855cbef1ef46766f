"""Nothing about a protected person reaches a state of that person, and what is refused looks like no record."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from databases import Copies
from kstep.dispatch.egress import Leaving, kept_from_home, may_have_a_bundle
from kstep.dispatch.recipients import Recipient, checked_recipient, find_recipient
from kstep.dispatch.requests import ANSWERS_AFTER, Requests
from kstep.editions.service import Editions
from kstep.editions.source import ListSource
from kstep.model.countries import RELATED_STATES
from kstep.model.events import EgressRefused
from kstep.store import Database
from messaging import HOUR, HQ, SECOND, WE, Telegraph, named, note, telling, told_recipient

STATES = ("US", "JO", "IR", "RU", "SU", "CN", "HK", "RS", "XK", "ER", "ET", "NO", "PS", "IL")
LOOK = HOUR // 6
"""How often the worker looks."""


@dataclass
class Crowd:
    """People of many states, of whom some are protected; what is true of them is kept apart from kstep."""

    node: Telegraph
    of: dict[int, set[str]]
    protected: dict[int, set[str]]
    recipients: list[Recipient]
    issued: dict[str, str] = field(default_factory=dict)
    """Which state issues each list."""

    looks: list[int] = field(default_factory=list)
    arrived: dict[str, int] = field(default_factory=dict)
    """When the worker looked, and at which look each message came."""

    @classmethod
    def make(cls, database: Database, folder: Path, chance: random.Random, size: int) -> Crowd:
        node = Telegraph(database, folder).begin(people=0)
        path, rows = folder / "crowd.csv", []
        for number in range(size):
            born = chance.choice(["", *STATES])
            nationality = ";".join(chance.sample(STATES, chance.choice([0, 1, 1, 2])))
            rows.append((f"C{number}", f"Person Number{number}", "1980-01-02", nationality, born, "office 1"))
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("person_id", "name", "birth_date", "nationality", "birth_country", "office"))
            writer.writerows(rows)
        node.register.import_people(path, WE)
        of = {node.register.find(row[0]): {code for code in (*row[3].split(";"), row[4]) if code} for row in rows}
        protected = {}
        for person in sorted(of):
            if chance.random() < 0.4:
                claim = set(chance.sample(STATES, 1 if chance.random() < 0.5 or not of[person] else 0))
                node.protection.record(person, claim, "a claim", WE)
                protected[person] = of[person] | claim
        for place, state in enumerate(STATES):
            states = [state] if place % 3 else [state, chance.choice(STATES)]
            name = f"{state.lower()}.example/desk"
            node.add(name, states=states, channels=[f"https://{state.lower()}.example"], highest="top-secret")
        with database.read() as connection:
            found = [find_recipient(connection, f"{state.lower()}.example/desk") for state in STATES]
        issued = {f"of-{state.lower()}": state for state in STATES} | {"of-nobody": ""}
        editions = Editions(node.ledger, folder / "editions")
        for name, country in issued.items():
            editions.register(WE, ListSource(list=name, kind="table", country=country))
        return cls(node, of, protected, found, issued)

    def goes_home(self, people: list[int], recipient: Recipient, list: str = "of-nobody") -> bool:
        """Whether this would reach a state of somebody who is protected, or whom their own state lists, by brute force."""
        for person in people:
            known = set(self.protected.get(person, ()))
            if any(related(state, self.issued[list]) for state in self.of[person]):
                known |= self.of[person]
            if any(related(state, other) for state in known for other in recipient.states):
                return True
        return False


def related(one: str, other: str) -> bool:
    """Whether two states are the same, or one came of the other or gives its people papers."""
    return one == other or other in RELATED_STATES.get(one, ()) or one in RELATED_STATES.get(other, ())


def fuzz(crowd: Crowd, chance: random.Random, count: int, share: float, rows_at_once: int) -> Counter[str]:
    """Messages, rows of exports and lines of logs, to everybody; what arrives is what may, and all that may."""
    node, seen = crowd.node, Counter[str]()
    people = sorted(crowd.of)
    owed: dict[str, tuple[list[int], Recipient]] = {}
    listed = 0
    while seen.total() < count:
        recipient = chance.choice(crowd.recipients)
        if chance.random() < share:
            with node.ledger.unit(WE) as unit:
                for _ in range(min(100, count - seen.total())):
                    some = chance.sample(people, chance.choice([0, 1, 1, 1, 2, 3]))
                    body = note("x" * chance.randrange(1, 60), [named(person) for person in some])
                    kind = "notification"
                    if chance.random() < 0.2:
                        kind, body = "supplement", {"people": body["people"], "adds": "more"}
                    refers = next(iter(owed)) if kind == "supplement" and owed else ""
                    if kind == "supplement" and not refers:
                        continue
                    told = telling(kind, recipient.recipient, body=body, refers=refers)
                    owed[node.outbox.queue(unit, told)] = (some, recipient)
                    seen["messages"] += 1
        else:
            what = chance.choice(["exports", "log lines"])
            rows = [
                (
                    chance.sample(people, chance.choice([0, 1, 1, 2])),
                    chance.choice([*crowd.issued, f"of-{recipient.states[0].lower()}"]),
                )
                for _ in range(min(rows_at_once, count - seen.total()))
            ]
            with node.database.read() as connection:
                left = kept_from_home(
                    connection,
                    node.vault,
                    rows,
                    recipient,
                    lambda row: Leaving("reporting", frozenset(row[0]), lists=frozenset([row[1]])),
                )
            never_there = [row for row in rows if not crowd.goes_home(row[0], recipient, row[1])]
            listed += sum(
                crowd.goes_home(some, recipient, name) and not crowd.goes_home(some, recipient) for some, name in rows
            )
            assert json.dumps(left) == json.dumps(never_there), "as if they had never been, counts included"
            seen[what] += len(rows)
    node.turn()
    arrived = {message for letters in node.held.letters.values() for message in letters}
    for message, (some, recipient) in owed.items():
        assert (message in arrived) != crowd.goes_home(some, recipient), (some, recipient.states)
        if crowd.goes_home(some, recipient):
            seen["refused"] += 1
    seen["of their own state's lists"] = listed
    for channel, letters in node.held.letters.items():
        for message, payload in letters.items():
            named_there = [one["person"] for one in payload.value["body"]["people"]]
            assert channel in owed[message][1].channels
            assert not crowd.goes_home(named_there, owed[message][1])
    return seen


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20_260_203)


def test_nothing_goes_home(database: Database, tmp_path: Path, chance: random.Random) -> None:
    seen = fuzz(Crowd.make(database, tmp_path, chance, 60), chance, 1_000, 0.3, 50)
    assert all(
        seen[what] > 20 for what in ("messages", "exports", "log lines", "refused", "of their own state's lists")
    )


@pytest.mark.histories
def test_nothing_goes_home_among_a_hundred_thousand(tmp_path: Path, chance: random.Random) -> None:
    database = Copies(tmp_path, None).open()
    seen = fuzz(Crowd.make(database, tmp_path, chance, 400), chance, 100_000, 0.15, 200)
    database.close()
    print(dict(seen))
    assert sum(seen[what] for what in ("messages", "exports", "log lines")) >= 100_000
    assert seen["refused"] > 1_000
    assert seen["of their own state's lists"] > 1_000


def questions(crowd: Crowd, chance: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """Questions of states about their own people who are protected, and about people of whom there is no record: what each got."""
    node, requests = crowd.node, Requests(crowd.node.outbox)
    pairs = [(one, who) for one in crowd.recipients for who in crowd.protected if crowd.goes_home([who], one)]
    open_: dict[str, dict[str, Any]] = {}
    for _ in range(count):
        recipient, who = chance.choice(pairs)
        asked = {"from": recipient.recipient, "asks": "Do you know of this person?", "deadline": node.now + 48 * HOUR}
        home = chance.random() < 0.5
        found = {"result": "record", "says": "yes, " * 9, "people": [named(who)]} if home else {"result": "no record"}
        node.now += LOOK // 2  # between two looks
        request = requests.take(asked, ["ann", "bo"], WE)
        open_[request] = {
            "home": home,
            "asked": node.now,
            "ready": node.now + chance.randrange(1, 20) * LOOK,
            "found": found,
        }
        node.now += chance.randrange(3) * LOOK
        wait_until(crowd, requests, open_, node.now)
    wait_until(crowd, requests, open_, node.now + 6 * HOUR)
    for letters in node.held.letters.values():
        for message, payload in letters.items():
            body = payload.value["body"]
            yield {**open_.pop(body["request"]), "payload": payload, "came": crowd.arrived[message]}
    assert not open_, "each got one answer"


def wait_until(crowd: Crowd, requests: Requests, open_: dict[str, dict[str, Any]], until: int) -> None:
    """Officers answer when they are ready, and the worker looks."""
    node = crowd.node
    while node.now <= until:
        for request, one in open_.items():
            if one["ready"] <= node.now and "message" not in one:
                one["message"] = requests.answer(request, one["found"], "restricted", WE)
        node.now = (node.now // LOOK + 1) * LOOK
        crowd.looks.append(node.now)
        before = {message for letters in node.held.letters.values() for message in letters}
        node.delivery.turn()
        now = {message for letters in node.held.letters.values() for message in letters}
        crowd.arrived.update(dict.fromkeys(now - before, crowd.looks[-1]))


def test_refusal_cannot_be_told_from_no_record(tmp_path: Path, chance: random.Random) -> None:
    """By content, by count, or by time."""
    database = Copies(tmp_path, None).open()
    crowd = Crowd.make(database, tmp_path, chance, 40)
    kinds: dict[bool, set[tuple[Any, ...]]] = {True: set(), False: set()}
    seen = Counter[bool]()
    for one in questions(crowd, chance, 40):
        value = dict(one["payload"].value)
        assert len(value.pop("id")) == len(value.pop("nonce")) == 32
        recipient = value.pop("recipient")
        assert abs(value.pop("made") - one["asked"] - ANSWERS_AFTER) < SECOND, "nothing tells when somebody was ready"
        value["body"] = {**value["body"], "request": "-"}
        length = len(one["payload"].text) - len(recipient)
        first = min(look for look in crowd.looks if look > one["asked"] + ANSWERS_AFTER)
        kinds[one["home"]].add((json.dumps(value, sort_keys=True), length))
        assert one["came"] == first, "it leaves when the worker first looks four hours later, whenever it was ready"
        seen[one["home"]] += 1
    assert kinds[True] == kinds[False]
    assert len(kinds[True]) == 1
    assert min(seen.values()) > 8
    with database.read() as connection:
        refused = list(crowd.node.ledger.read(connection, types=[EgressRefused]))
    assert len(refused) == seen[True], "here it is known"
    assert crowd.node.replays()
    database.close()


def test_protection_that_comes_after_a_message_was_queued_stops_it(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin()
    node.add("jo.example/desk", states=["JO"])
    who = node.number(1)
    waiting = node.tell(recipient="jo.example/desk", body=note("x", [named(who)]))
    requests = Requests(node.outbox)
    asked = {"from": "jo.example/desk", "asks": "?", "deadline": node.now + 48 * HOUR}
    request = requests.take(asked, ["ann"], WE)
    answer = requests.answer(request, {"result": "record", "people": [named(who)]}, "restricted", WE)
    node.protection.record(who, [], "asked for it", WE)
    node.now += 5 * HOUR
    node.turn()
    assert [node.state(one) for one in (waiting, answer)] == ["stopped", "superseded"]
    ((_, letters),) = node.held.letters.items()
    assert [payload.value["body"]["result"] for payload in letters.values()] == ["no record"]
    assert node.replays()
    node.protection.end(who, "asked for it", "account:2", WE)
    assert node.state(node.tell(recipient="jo.example/desk", body=note("x", [named(who)]))) == "queued"


def test_answer_that_left_is_followed_by_no_other_when_protection_comes(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin()
    node.add("jo.example/desk", states=["JO"], channels=["https://one.example", "https://two.example"])
    requests, who = Requests(node.outbox), node.number(1)
    request = requests.take({"from": "jo.example/desk", "asks": "?", "deadline": node.now + 9 * HOUR}, ["ann"], WE)
    answer = requests.answer(request, {"result": "record", "people": [named(who)]}, "restricted", WE)
    node.now += 5 * HOUR
    node.turn()
    assert node.state(answer) == "received"
    node.protection.record(who, [], "asked for it", WE)
    for _ in range(40):
        node.now += HOUR
        node.turn()
    assert node.state(answer) == "stopped"
    assert {channel: list(letters) for channel, letters in node.held.letters.items()} == {
        "https://one.example": [answer]
    }


def test_record_found_to_be_the_same_persons_counts_too(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin()
    node.add("no.example/desk", states=["NO"])
    kept, other = node.number(1), node.number(2)
    node.protection.record(other, ["NO"], "a claim", WE)
    assert node.state(node.tell(recipient="no.example/desk", body=note("x", [named(kept)]))) == "queued"
    node.register.merge(kept, other, "one photograph", WE)
    for who in (kept, other):
        assert node.state(node.tell(recipient="no.example/desk", body=note("x", [named(who)]))) == "stopped"


@pytest.mark.parametrize(
    ("changed", "telling_", "rule"),
    [
        ({"highest": "restricted"}, {"marking": "secret"}, "marking"),
        ({"highest": "secret"}, {"marking": "secret//CAT-1"}, "marking"),
        ({"highest": "secret//-//HQ"}, {"marking": "restricted//-//NYC"}, "marking"),
        ({"permitted": ["redress"]}, {}, "purpose"),
        ({"prohibited": ["reporting"]}, {}, "purpose"),
        ({}, {"body": note(match={"list": "l", "entry": "e", "confirmation": "inconclusive"})}, "undecided"),
        (
            {},
            {
                "kind": "referral",
                "body": {"match": {"list": "l", "entry": "e", "confirmation": "not asked"}, "question": "?"},
            },
            "undecided",
        ),
    ],
)
def test_other_rules_stop_a_message(
    database: Database, tmp_path: Path, changed: dict[str, Any], telling_: dict[str, Any], rule: str
) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    node.add(HQ, **changed)
    message = node.tell(**telling_)
    assert node.state(message) == "stopped"
    node.turn()
    assert node.held.letters == {}
    with node.database.read() as connection:
        (told,) = node.ledger.read(connection, types=[EgressRefused])
    assert isinstance(told.fact, EgressRefused)
    assert told.fact.rule == rule
    assert node.line(message).finished is None, "it is open here"


def test_what_may_leave_does(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    node.add(HQ, highest="secret//CAT-1//HQ", roles=["confirming-authority"], permitted=["reporting", "review"])
    open_match = {"list": "l", "entry": "e", "confirmation": "not asked"}
    told = [
        node.tell(marking="secret//CAT-1//HQ/NYC"),
        node.tell(body=note(match={**open_match, "confirmation": "positive"})),
        node.tell("referral", body={"match": open_match, "question": "?"}, purpose="review"),
    ]
    node.turn()
    assert {node.state(one) for one in told} == {"received"}


def test_recipient_that_is_not_verified_or_retired_gets_nothing(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    node.recipients.register(told_recipient("new.example"), WE)
    unverified, waiting = node.tell(recipient="new.example"), node.tell()
    node.recipients.register(told_recipient(channels=["https://elsewhere.example"]), WE)
    assert len(node.turn()) == 2
    assert [node.state(one) for one in (unverified, waiting)] == ["queued", "queued"], (
        "another address is verified again"
    )
    assert node.held.letters == {}
    node.recipients.verify(HQ, "called back", WE)
    node.turn()
    assert node.state(waiting) == "received"
    node.recipients.verify("new.example", "called back", WE)
    node.recipients.retire("new.example", "closed", WE)
    node.turn()
    assert node.state(unverified) == "stopped"
    assert node.replays()


def test_bundle_of_the_log_leaves_for_no_other_state() -> None:
    """Whether or not anybody is protected from it."""
    own, other = (checked_recipient(told_recipient(states=states)) for states in (["US"], ["US", "JO"]))
    assert (may_have_a_bundle(own, "US"), may_have_a_bundle(other, "US"), may_have_a_bundle(own, "")) == (
        True,
        False,
        False,
    )
