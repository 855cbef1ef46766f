"""No message disappears: whatever is killed, cut, delayed, doubled, reordered or full, each is acknowledged once in
effect, or waits and is counted as late.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from certificates import Papers
from databases import Copies
from killed_phases import Points
from kstep.dispatch.looking import late_messages
from kstep.dispatch.tables import messages, receipts
from kstep.dispatch.transports import Answer, Letter, NotDelivered
from kstep.encounters.facts import facts_of
from kstep.store import Database, StoreError
from messaging import DAY, HOUR, WE, Telegraph, named, note, telling
from receivers import acknowledge_all, an_inbox, both, https, receiving

PROTOCOL = Path(__file__).parents[2] / "protocols" / "kstep.yaml"
LATE = "messages were not acknowledged in time; see kstep messages list --late"


FATES = ["cut before", "delayed", "doubled", "cut after", *[""] * 6]
"""What befalls letters that are handed over together, each as often as it stands here."""


@dataclass
class Faulty:
    """A wire that cuts before or after, doubles, and holds letters back to bring them later, in another order; and counts
    what it did.
    """

    way: Any
    chance: random.Random
    down: bool = False
    calm: bool = False
    again: bool = True
    did: Counter[str] = field(default_factory=Counter)
    _held: list[Letter] = field(default_factory=list)
    _bag: list[str] = field(default_factory=list)

    def send(self, channel: str, some: Sequence[Letter]) -> Mapping[str, Answer]:
        if self.calm:
            return self.way.send(channel, some)  # type: ignore[no-any-return]
        if not self._bag:
            self._bag = self.chance.sample(FATES, len(FATES))
        fate = "" if self.down else self._bag.pop()
        self._fail(channel, fate == "cut before")
        if self._held:
            self.chance.shuffle(self._held)
            late, self._held = self._held, []
            self.way.send(channel, late)  # nobody hears the answer
            self.did["reordered"] += len(late)
        if fate == "delayed":
            self._held += some
            self.did[fate] += 1
            raise NotDelivered(f"{channel}: no answer in time")
        if fate == "doubled":
            self.way.send(channel, some)
            self.did[fate] += 1
        shuffled = self.chance.sample(list(some), len(some))
        got = dict(self.way.send(channel, shuffled))
        if fate == "cut after":
            self.did[fate] += 1
            raise NotDelivered(f"{channel}: the answer was cut off")
        for name in [name for name in got if self.chance.random() < 0.03]:
            self.did["left out"] += 1
            del got[name]
        return got

    def ask(self, channel: str, names: Sequence[str]) -> Mapping[str, Answer]:
        self._fail(channel, self.chance.random() < 0.1)
        return self.way.ask(channel, names)  # type: ignore[no-any-return]

    def _fail(self, channel: str, cut: bool) -> None:
        if self.down:
            self.did["down"] += 1
            raise NotDelivered(f"{channel}: nobody is there")
        if cut:
            self.did["cut before"] += 1
            raise NotDelivered(f"{channel}: cut off")


@contextmanager
def full(database: Database) -> Iterator[None]:
    """A database that cannot grow: what it says is what it says on a full disk."""

    def limit(connection: Any, record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(database.engine, "connect", limit)
    database.close()
    try:
        yield
    finally:
        event.remove(database.engine, "connect", limit)
        database.close()


KILLED_AT = "sql SELECT", "sql INSERT", "sql UPDATE", "before commit", "after commit"
"""At what a worker is killed while the storm goes on."""


HAPPENS = {
    "down", "delayed", "reordered", "doubled", "cut before", "cut after", "left out", "acknowledged late",
    *(f"killed at {kind}" for kind in KILLED_AT),
}  # fmt: skip
"""What a storm does that is none in vain."""


class Workers:
    """Turns of a worker, each in a process of its own that is killed at the n-th call of a kind. They are forked from a process
    that was made before there was any thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (reading, self._out), (self._in, writing) = os.pipe(), os.pipe()
        if (process := os.fork()) == 0:
            os.close(self._out)
            with os.fdopen(reading) as asked:
                for line in asked:
                    os.write(writing, b"1" if self._run(json.loads(line)) else b"0")
            os._exit(0)
        os.close(reading)
        os.close(writing)
        self._process = process

    def kill(self, **asked: Any) -> bool:
        """Whether a turn was killed; it was over before otherwise."""
        os.write(self._out, json.dumps(asked).encode() + b"\n")
        answer = os.read(self._in, 1)
        assert answer, "the process ended"
        return answer == b"1"

    def close(self) -> None:
        os.close(self._out)
        os.waitpid(self._process, 0)
        os.close(self._in)

    def _run(self, asked: dict[str, Any]) -> bool:
        if (process := os.fork()) == 0:
            try:
                self._turn(**asked)
                os._exit(0)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        _, status = os.waitpid(process, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it ended in an error"
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def _turn(self, url: str, now: int, papers: list[str], kind: str, number: int) -> None:
        node = Telegraph(Database.open(url), self._folder, now, files=True)
        with https(Papers(*map(Path, papers))) as way:
            node.ways["https"] = way
            PointsOf(kind, number).install()
            node.turn()
        node.database.close()


class PointsOf(Points):
    """Kills this process at the n-th call of one kind."""

    def __init__(self, kind: str, number: int) -> None:
        super().__init__(number)
        self.kind = kind

    def meet(self, what: str) -> None:
        if what == self.kind:
            super().meet(what)


def kill_some(workers: Workers, node: Telegraph, papers: Papers, chance: random.Random) -> Counter[str]:
    """Workers that die at one thing or another, and what they died at."""
    died: Counter[str] = Counter()
    for kind in KILLED_AT:
        told = {"url": str(node.database), "now": node.now, "papers": list(map(str, astuple(papers)))}
        died[f"killed at {kind}"] += workers.kill(**told, kind=kind, number=chance.randint(1, 6))
        node.now += HOUR // 60
    return died


def storm(folder: Path, count: int, chance: random.Random) -> Counter[str]:
    """So many messages over a bad wire to a real receiver, through days of simulated time, while workers are killed; returns
    what was done to them, and what became of them.
    """
    with closing(Workers(folder)) as workers:
        return storm_over(workers, folder, count, chance)


def storm_over(workers: Workers, folder: Path, count: int, chance: random.Random) -> Counter[str]:
    """The same, with processes that were forked before there was any thread."""
    node = Telegraph(Copies(folder, None).open(), folder, files=True).begin(people=20)
    people = begin_files(node)
    theirs, ours = both(folder)
    inbox = an_inbox(folder, node.clock)
    died: Counter[str] = Counter()
    most = 0
    with receiving(inbox, theirs) as address, https(ours) as way:
        wire = Faulty(way, chance)
        node.ways["https"] = wire
        node.add(channels=[address])
        owed: list[str] = []
        of_files: dict[str, int] = {}
        for step in range(60):
            share = count // 20 if step < 20 else 0
            for first in range(0, share, 500):
                with node.ledger.unit(WE) as unit:
                    owed += [
                        node.outbox.queue(unit, telling(duty=f"duty:{step}:{number}"))
                        for number in range(first, min(first + 500, share))
                    ]
            for number in range(share // 25):
                person = people[number % len(people)]
                told = telling(body=note("There was contact.", [named(person)]))
                message, _ = node.correspondence.send(WE, person, told, about={}, says={})
                of_files[message] = person
            wire.down, wire.calm = 8 <= step < 14, step == 15
            if step == 15:
                with full(inbox.database):
                    assert any("503" in reason for reason in node.turn()), "nothing is signed for that cannot be kept"
            elif step == 17:
                with full(node.database), pytest.raises(StoreError):
                    while True:
                        node.turn()
                        node.tell()
            else:
                if share and not wire.down and step % 2 == 0:
                    died += kill_some(workers, node, ours, chance)
                for _ in range(2 if step < 20 else 30):
                    node.turn()
                    node.now += HOUR // 6
            node.now += {10: 3 * DAY, 12: -5 * DAY}.get(step, 2 * HOUR)
            acknowledge_all(inbox) if step % 3 == 2 else None
            with node.database.read() as connection:
                open_ = connection.execute(select(func.count()).where(messages.c.finished.is_(None))).scalar_one()
                late = late_messages(connection, node.now)[LATE]
                overdue = messages.c.finished.is_(None) & (messages.c.due <= node.now)
                assert late == connection.execute(select(func.count()).where(overdue)).scalar_one()
                if 10 <= step < 12:
                    assert late > 0, "who is down for days makes messages late"
            most = max(most, late)
            if step > 25 and not open_:
                break
        with node.database.read() as connection:
            states = Counter(connection.execute(select(messages.c.state)).scalars())
            digests = dict(line[:2] for line in connection.execute(select(messages.c.message, messages.c.digest)))
            were_late = select(func.count()).where(messages.c.finished > messages.c.due)
            done_late = connection.execute(were_late).scalar_one()
            once = select(func.count()).select_from(receipts).where(receipts.c.state == "acknowledged")
            acknowledged = connection.execute(once).scalar_one()
        there = {line["message"]: line["digest"] for line in inbox.all()}
        assert there == digests, "each is there once, and nothing else"
        assert states == {"acknowledged": acknowledged}
        assert len(owed) == len(set(owed)) == count // 20 * 20
        assert set(owed) <= set(digests)
        assert acknowledged_in_files(node, people) == Counter((person, name) for name, person in of_files.items())
        assert node.replays(), "what workers left behind who died is what the log tells"
    node.database.close()
    inbox.database.close()
    figures = {
        "messages": len(digests),
        "acknowledged": acknowledged,
        "acknowledged late": done_late,
        "late at once": most,
        "of files": len(of_files),
    }
    return wire.did + died + Counter(figures)


def begin_files(node: Telegraph) -> list[int]:
    """Have a file kept of everybody; returns their numbers."""
    files = node.correspondence.files
    files.adopt(WE, PROTOCOL, "the policy")
    people = [node.number(place) for place in range(20)]
    for person in people:
        files.record(WE, person, "EncounterOpened", says={"nature": "notice"})
    return people


def acknowledged_in_files(node: Telegraph, people: Sequence[int]) -> Counter[tuple[int, str]]:
    """How often the file of somebody says that a message was signed for."""
    with node.database.read() as connection:
        held = [(person, fact) for person in people for fact in facts_of(connection, person)]
    return Counter((person, fact.says["id"]) for person, fact in held if fact.kind == "MessageAcknowledged")


def test_bad_wire_loses_nothing(tmp_path: Path) -> None:
    did = storm(tmp_path, 600, random.Random(7))
    assert all(did[what] for what in HAPPENS), did


@pytest.mark.histories
def test_thousands_of_messages_over_a_bad_wire(tmp_path: Path) -> None:
    """Of two nodes, each in a process of its own; how many it is, KSTEP_STORM says."""
    size = int(os.environ.get("KSTEP_STORM", "5000")) // 2
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as processes:
        seeds = [random.Random(seed) for seed in (11, 12)]
        did = sum(processes.map(storm, folders, [size, size], seeds), Counter[str]())
    print(dict(did))
    assert all(did[what] for what in HAPPENS), did
    assert did["messages"] == did["acknowledged"] >= size // 20 * 40
    assert did["of files"] >= size // 25
